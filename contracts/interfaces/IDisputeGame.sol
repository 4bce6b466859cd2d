// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Claim,
    DisputeLimits,
    ElementView,
    FileTail,
    GameView,
    LastStep,
    Outcome,
    Position,
    RunEnd,
    Stage,
    Terms,
    Write
} from "../types/Dispute.sol";
import {UpdateReveal} from "../types/Round.sol";

/// @title  IDisputeGame
/// @notice Proves a false training claim to the chain: two sides narrow it down to one instruction, which the chain runs.
///         Longer than other files: every kind of move, with what it refuses.
/// @dev    docs/disputes.md is the specification. Of a game the contract keeps hashes: whoever moves brings along the
///         {Claim} of {GameOpened} and the {Position} of the last {GameMoved}, which is all that a player needs to go on.
///
///         Assumes: token, registries and rounds are Cairn's own; this contract holds NodeRegistry's SLASHER_ROLE; somebody
///         who can replay the run opens a game within `Challenge`; each side, or whoever takes a late defender's place, gets
///         a transaction into the chain within its clock. Keccak-256 and SHA-256 have no collisions or second preimages.
///         Does not support: disputes about aggregates; updates that were trained in another arithmetic than the canonical
///         one; tasks whose owner fixed no terms; taking a game over from a challenger that named no second: who mistrusts a
///         game opens its own, since each is decided by itself; runs of the machine of 2^32 steps and more.
///
///         A move reverts with {DisputeGameNotOpen}, {DisputeGameWrongPosition}, {DisputeGameWrongStage},
///         {DisputeGameNotYourTurn} or {DisputeGameTooLate}; with {DisputeGameWrongClaim} or {DisputeGameWrongTerms} where it
///         brings those; with an error of MerklePaths, CanonicalTree, Sha256Tail or DisputeReads where a proof fails; and
///         emits {GameMoved}, or {GameEnded} where it ends the game.
interface IDisputeGame {
    /// @notice What a task's programme is, for all of its rounds.
    event TermsFixed(uint256 indexed taskId, bytes32 terms);

    /// @notice A claim is disputed. The defender is to move, from the position of the {GameMoved} that follows.
    event GameOpened(
        uint256 indexed gameId, uint256 indexed taskId, address indexed challenger, Claim claim, Terms terms
    );

    /// @notice A move was made. `points` are what the position's `cut` is the hash of: points, nodes or words; empty where it
    ///         is 0.
    event GameMoved(
        uint256 indexed gameId, Stage indexed stage, uint40 deadline, Position position, bytes32[] points
    );

    /// @notice `defender` stands in for the defender of `parentId`, whose time ran out. Follows {GameOpened}.
    event GameTakenUp(uint256 indexed gameId, uint256 indexed parentId, address indexed defender);

    /// @notice A game ended. The trainer lost `takenWei` of its stake by it; `winner` gets the bond that was put up for it:
    ///         the challenger's, or in a game that was taken up its defender's.
    event GameEnded(uint256 indexed gameId, Outcome indexed outcome, address indexed winner, uint256 takenWei);

    /// @notice `prover` showed that an update claims `claimed` records, and its shard has `actual`. Its trainer lost `takenWei`.
    event SampleCountDisproven(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed trainer,
        address prover,
        uint32 claimed,
        uint32 actual,
        uint256 takenWei
    );

    /// @notice `second` may move for `player`, or no more.
    event SecondNamed(address indexed player, address indexed second, bool allowed);

    /// @notice `account` was paid the bonds that it won or got back.
    event BondsWithdrawn(address indexed account, uint256 amountWei);

    /// @notice `account` does not own the task.
    error DisputeGameNotTaskOwner(uint256 taskId, address account);

    /// @notice The terms were fixed before, or the task's first round has opened.
    error DisputeGameTermsFixed(uint256 taskId);

    /// @notice The task's terms hash to `needed`, 0 when they were never fixed.
    error DisputeGameWrongTerms(uint256 taskId, bytes32 actual, bytes32 needed);

    /// @notice The update was struck already.
    error DisputeGameStruck(uint256 taskId, uint32 round, address trainer);

    /// @notice The token delivered less than the bond.
    error DisputeGameBondNotReceived(uint256 actualWei, uint256 neededWei);

    /// @notice The game was never opened, or is over.
    error DisputeGameNotOpen(uint256 gameId);

    /// @notice The claim is another game's.
    error DisputeGameWrongClaim(uint256 gameId);

    /// @notice The game is not in this position.
    error DisputeGameWrongPosition(uint256 gameId);

    /// @notice The game waits for another move.
    error DisputeGameWrongStage(uint256 gameId, Stage actual, Stage needed);

    /// @notice It is the turn of `needed`.
    error DisputeGameNotYourTurn(uint256 gameId, address actual, address needed);

    /// @notice The time for the move was up at `deadline`.
    error DisputeGameTooLate(uint256 gameId, uint40 deadline);

    /// @notice The side to move has time until `deadline`.
    error DisputeGameNotLate(uint256 gameId, uint40 deadline);

    /// @notice The challenger is to move, or the game is itself played in another's place.
    error DisputeGameNotVacant(uint256 gameId);

    /// @notice `games` are still played in this one's place.
    error DisputeGameTakenUp(uint256 gameId, uint256 games);

    /// @notice The interval is cut by `needed` points.
    error DisputeGameWrongPointCount(uint256 gameId, uint256 actual, uint256 needed);

    /// @notice The points are not those that the interval was cut by.
    error DisputeGameWrongPoints(uint256 gameId);

    /// @notice The interval has `parts` parts, counted from 0.
    error DisputeGameNoSuchPart(uint256 gameId, uint256 part, uint256 parts);

    /// @notice The trace's last leaf is not the state that the update's file and the optimiser's root make.
    error DisputeGameWrongRunEnd(uint256 gameId);

    /// @notice The trace root is not one that a planted error has.
    error DisputeGameNotPlanted(uint256 gameId);

    /// @notice The nodes or words shown make the node `actual`; the game is at `needed`.
    error DisputeGameWrongNode(uint256 gameId, bytes32 actual, bytes32 needed);

    /// @notice The element is in another leaf than the one that was shown, which holds 32 from `32 · leaf` on.
    error DisputeGameNoSuchElement(uint256 gameId, uint256 element, uint256 leaf);

    /// @notice The element is `actual` in the slot; the machine ends with `needed`, or it lies beyond the slot.
    error DisputeGameWrongElement(uint256 gameId, uint32 actual, uint32 needed);

    /// @notice The machine goes on from this state, or it is not its last.
    error DisputeGameNotHalted(uint256 gameId);

    /// @notice The machine's state is not the interval's start.
    error DisputeGameWrongState(uint256 gameId);

    /// @notice The update claims as many records as its shard has.
    error DisputeGameRightSampleCount(uint256 taskId, uint32 round, address trainer);

    /// @notice The update still stands, and so does the game in whose place this one is played.
    error DisputeGameNotMoot(uint256 gameId);

    /// @notice `account` has no bonds to withdraw.
    error DisputeGameNothingToWithdraw(address account);

    /// @notice A game and one in its place could outlast the time in which a stake waits to be paid.
    error DisputeGameOutlastsUnbonding(uint256 actualSeconds, uint256 maxSeconds);

    /// @notice Fixes a task's terms for good. Emits {TermsFixed}.
    /// @dev    The task's owner, before its first round. Who joins the task computes them from the plan, and stays away where
    ///         they differ. Reverts with {DisputeGameNotTaskOwner} or {DisputeGameTermsFixed}.
    /// @param  terms Hash of {Terms}.
    function fixTerms(uint256 taskId, bytes32 terms) external;

    /// @notice Disputes an update, with a bond. Emits {GameOpened} and {GameMoved}.
    /// @dev    Anyone, within the round's `Challenge`. Pulls `bondWei` of the caller's tokens.
    ///         Reverts with {DisputeGameWrongTerms}, {DisputeGameStruck}, {DisputeGameBondNotReceived}, an error of Sha256Tail
    ///         or as {IDisputedRounds-holdRound}.
    /// @param  opened What the trainer revealed.
    /// @param  base   Of the file with the weights that the round trains.
    /// @return gameId Counts from 1.
    function open(
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        Terms calldata terms,
        FileTail calldata base
    ) external returns (uint256 gameId);

    /// @notice Takes the place of a defender whose time ran out, with a bond: in a game of its own over the same claim, from the
    ///         beginning, against the same challenger. Emits {GameOpened}, {GameTakenUp} and {GameMoved}.
    /// @dev    Anyone, from the game's deadline on for `extensionSeconds`; any number of accounts, each for itself: so a false
    ///         friend helps nobody by losing. Pulls `bondWei` of the caller's tokens, which goes to the challenger where the
    ///         caller loses. The first to win ends the game that it took up: its challenge is lost, and the challenger's bond
    ///         the winner's. The trainer stakes nothing by a game in its place.
    ///         Reverts with {DisputeGameNotOpen}, {DisputeGameWrongPosition}, {DisputeGameWrongClaim}, {DisputeGameWrongTerms},
    ///         {DisputeGameNotVacant}, {DisputeGameStruck}, {DisputeGameNotLate}, {DisputeGameTooLate} or
    ///         {DisputeGameBondNotReceived}.
    /// @return sisterId The new game's.
    function takeUp(uint256 gameId, Claim calldata claim, Terms calldata terms, Position calldata position)
        external
        returns (uint256 sisterId);

    /// @notice Proves that an update claims another number of records than its shard has, which is its weight in a mean and no
    ///         part of a game. Strikes it and slashes its trainer at once. Emits {SampleCountDisproven}.
    /// @dev    Anyone, within the round's `Challenge`; with no bond, for nothing is left to be said against it.
    ///         Reverts with {DisputeGameWrongTerms}, {DisputeGameStruck}, {DisputeGameRightSampleCount}, an error of MerklePaths
    ///         or as {IDisputedRounds-holdRound}.
    /// @param  opened      What the trainer revealed.
    /// @param  count       Records of its shard, of slot `slot mod shards`.
    /// @param  recordsRoot Of the tree over the shard's record numbers.
    /// @param  path        From both to the terms' `shardsRoot`.
    function disproveSampleCount(
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        Terms calldata terms,
        uint32 count,
        bytes32 recordsRoot,
        bytes32[] calldata path
    ) external returns (uint256 takenWei);

    /// @notice Shows where the run ended, and cuts it into parts. `Stage.Answer`.
    /// @dev    Defender. The end is the trace's last leaf, and has the parameters of the update's file: a trainer whose file is
    ///         another than its trace can't answer. Reverts with {DisputeGameWrongRunEnd} or {DisputeGameWrongPointCount}.
    /// @param  points The states after the steps that part the run, see {partsOf}.
    function answer(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        RunEnd calldata end,
        bytes32[] calldata points
    ) external;

    /// @notice As {answer} for an update that was planted wrong: its trace root is none, so the file alone says where the run
    ///         ended. `Stage.Answer`.
    /// @dev    Defender. A plant is no shelter: its parameters have to be as true as any. Reverts with {DisputeGameNotPlanted} or
    ///         {DisputeGameWrongPointCount}.
    /// @param  end       Leaves and path of the trace are not looked at.
    /// @param  plantSalt See {IFLContract-reportMissedPlant}.
    function answerPlant(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        RunEnd calldata end,
        bytes32 plantSalt,
        bytes32[] calldata points
    ) external;

    /// @notice Picks the first part whose end is wrong. `Stage.Pick`.
    /// @dev    Challenger. Reverts with {DisputeGameWrongPoints} or {DisputeGameNoSuchPart}.
    /// @param  part From 0.
    function pick(uint256 gameId, Position calldata position, bytes32[] calldata points, uint256 part) external;

    /// @notice Cuts the part that was picked. `Stage.Cut`.
    /// @dev    Defender. Reverts with {DisputeGameWrongPointCount}.
    function cut(uint256 gameId, Position calldata position, bytes32[] calldata points) external;

    /// @notice Cuts the step that is left into its writes. `Stage.OpenStep`.
    /// @dev    Defender. Reverts with {DisputeGameWrongPointCount}.
    /// @param  end    Root of T after the step.
    /// @param  points Roots of the memory between the writes that part the step.
    function openStep(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        bytes32 end,
        bytes32[] calldata points
    ) external;

    /// @notice Shows the write that is left, and that it changes nothing but its slot. `Stage.OpenWrite`.
    /// @dev    Defender.
    /// @param  slotRoots   Of the slot, before and after.
    /// @param  programPath From the write to the programme's root.
    /// @param  memoryPath  From the slot to the memory's root, before and after.
    function openWrite(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        Write calldata write,
        bytes32[2] calldata slotRoots,
        bytes32[] calldata programPath,
        bytes32[] calldata memoryPath
    ) external;

    /// @notice Shows the nodes that part the leaves below the one that the game is at, see {partsOf}. `Stage.OpenNode`.
    /// @dev    Defender. The challenger knows its own slot, and of the defender's only what was shown: so it is led to the leaf.
    ///         Reverts with {DisputeGameWrongPointCount} or {DisputeGameWrongNode}.
    function openNode(uint256 gameId, Position calldata position, bytes32[] calldata nodes) external;

    /// @notice Picks a node that differs from the challenger's own. `Stage.PickNode`.
    /// @dev    Challenger. Reverts with {DisputeGameWrongPoints} or {DisputeGameNoSuchPart}.
    /// @param  part From 0.
    function pickNode(uint256 gameId, Position calldata position, bytes32[] calldata nodes, uint256 part) external;

    /// @notice Shows the 32 words of the leaf that is left. `Stage.OpenLeaf`.
    /// @dev    Defender. Reverts with {DisputeGameWrongPointCount} or {DisputeGameWrongNode}.
    /// @param  words Four times eight of 32 bits, from the most significant.
    function openLeaf(uint256 gameId, Position calldata position, bytes32[] calldata words) external;

    /// @notice Picks an element whose word is wrong. `Stage.PickElement`.
    /// @dev    Challenger. Of the leaf that was shown; beyond the slot's length the right word is 0.
    ///         Reverts with {DisputeGameNoSuchElement}.
    function pickElement(uint256 gameId, Position calldata position, uint32 element) external;

    /// @notice Shows the element's word and how the machine came to it. `Stage.OpenElement`.
    /// @dev    Defender. Ends the game where the element lies beyond the slot, or the machine takes no step.
    ///         Reverts with {DisputeGameWrongElement}, {DisputeGameNotHalted} or {DisputeGameWrongPointCount}.
    /// @param  points Hashes of the machine's states that part its run.
    function openElement(
        uint256 gameId,
        Position calldata position,
        ElementView calldata element,
        bytes32[] calldata points
    ) external;

    /// @notice Has the chain run the instruction that is left. Ends the game. `Stage.Settle`.
    /// @dev    Challenger. Reverts with {DisputeGameWrongState}.
    function settle(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        LastStep calldata last
    ) external;

    /// @notice Ends a game whose side to move let its time run out. Emits {GameEnded}.
    /// @dev    Anyone; where the trainer is late, `extensionSeconds` after that, once no game is open in its place.
    ///         Reverts with {DisputeGameNotOpen}, {DisputeGameWrongPosition}, {DisputeGameNotLate} or {DisputeGameTakenUp}.
    function timeout(uint256 gameId, Position calldata position) external;

    /// @notice Ends a game about an update that another game struck, or one in whose stead another was won; the bond returns.
    ///         Emits {GameEnded}.
    /// @dev    Anyone. Reverts with {DisputeGameNotOpen} or {DisputeGameNotMoot}.
    function close(uint256 gameId) external;

    /// @notice Lets another account move for the caller in all of its games, or no more. Emits {SecondNamed}.
    /// @dev    So a player whose machine dies goes on from another, without sharing its key.
    function nameSecond(address second, bool allowed) external;

    /// @notice Pays the caller the bonds that it won or got back. Emits {BondsWithdrawn}.
    /// @dev    Reverts with {DisputeGameNothingToWithdraw}.
    function withdraw() external returns (uint256 amountWei);

    /// @return Into how many parts an interval so long is cut: as many as it is long up to 64, above that 2^⌈h / 2⌉ where
    ///         h = ⌈log₂ length⌉, and never more than 128. Part i of n ends at `low + ⌊length · (i + 1) / n⌋`.
    function partsOf(uint32 length) external view returns (uint256);

    /// @return What this deployment fixes for all games.
    function limits() external view returns (DisputeLimits memory);

    /// @return How many games were opened; ids count from 1 to it.
    function gameCount() external view returns (uint256);

    /// @return A game that was never opened is all zeros.
    function gameOf(uint256 gameId) external view returns (GameView memory);

    /// @return Hash of the task's {Terms}; 0 when they were never fixed.
    function termsOf(uint256 taskId) external view returns (bytes32);

    /// @return Whether this update was proven false.
    function isStruck(uint256 taskId, uint32 round, address trainer) external view returns (bool);

    /// @return Whether `second` may move for `player`.
    function isSecond(address player, address second) external view returns (bool);

    /// @return What {withdraw} would pay. Unit: wei.
    function withdrawable(address account) external view returns (uint256);
}
