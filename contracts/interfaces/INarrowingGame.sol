// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeLimits, ElementView, GameView, Outcome, Position, Stage} from "../types/Dispute.sol";

/// @title  INarrowingGame
/// @notice What all games have in common: two sides with clocks and a bond, who narrow a claim down to one instruction. From the
///         slot on that differs every game has these moves.
///         Longer than other files: every kind of move, with what it refuses.
/// @dev    docs/disputes.md is the specification. Of a game the contract keeps hashes: whoever moves brings along the claim that
///         opened it and the {Position} of the last {GameMoved}, which is all that a player needs to go on.
///
///         Assumes: token, registries and rounds are Cairn's own; the contract holds NodeRegistry's SLASHER_ROLE; each side
///         gets a transaction into the chain within its clock. Keccak-256 and SHA-256 have no collisions or second preimages.
///         Does not support: taking a game over from a challenger that named no second: who mistrusts a game opens its own,
///         since each is decided by itself; runs of the machine of 2^32 steps and more.
///
///         A move reverts with {DisputeGameNotOpen}, {DisputeGameWrongPosition}, {DisputeGameWrongStage},
///         {DisputeGameNotYourTurn} or {DisputeGameTooLate}; with {DisputeGameWrongClaim} or {DisputeGameWrongTerms} where it
///         brings those; with an error of MerklePaths, CanonicalTree, Sha256Tail, DisputeReads or AggregateReads where a proof
///         fails; and emits {GameMoved}, or {GameEnded} where it ends the game.
interface INarrowingGame {
    /// @notice A move was made. `points` are what the position's `cut` is the hash of: points, nodes or words; empty where it
    ///         is 0.
    event GameMoved(
        uint256 indexed gameId, Stage indexed stage, uint40 deadline, Position position, bytes32[] points
    );

    /// @notice A game ended. Who made the claim lost `takenWei` of its stake by it; `winner` gets the bond that was put up for it,
    ///         the challenger's, or in a game that was taken up its defender's: all of its own, half of what the other side
    ///         lost. The other half is the zero address's, and burned with the next withdrawal.
    /// @dev    Else two accomplices could hold a round with games against each other, for gas alone.
    event GameEnded(uint256 indexed gameId, Outcome indexed outcome, address indexed winner, uint256 takenWei);

    /// @notice `defender` stands in for the defender of `parentId`, whose time ran out. Follows the event of an opening.
    event GameTakenUp(uint256 indexed gameId, uint256 indexed parentId, address indexed defender);

    /// @notice `second` may move for `player`, or no more.
    event SecondNamed(address indexed player, address indexed second, bool allowed);

    /// @notice `account` was paid the bonds that it won or got back. The zero address's were burned.
    event BondsWithdrawn(address indexed account, uint256 amountWei);

    /// @notice `account` does not own the task.
    error DisputeGameNotTaskOwner(uint256 taskId, address account);

    /// @notice The terms were fixed before, or the task's first round has opened.
    error DisputeGameTermsFixed(uint256 taskId);

    /// @notice The task's terms hash to `needed`, 0 when they were never fixed.
    error DisputeGameWrongTerms(uint256 taskId, bytes32 actual, bytes32 needed);

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

    /// @notice What the game is about still stands, and so does the game in whose place this one is played.
    error DisputeGameNotMoot(uint256 gameId);

    /// @notice `account` has no bonds to withdraw.
    error DisputeGameNothingToWithdraw(address account);

    /// @notice A game and one in its place could outlast the time in which a stake waits to be paid.
    error DisputeGameOutlastsUnbonding(uint256 actualSeconds, uint256 maxSeconds);

    /// @notice Fixes a task's terms for good. Emits {IDisputeGame-TermsFixed} or {IAggregateGame-AggregateTermsFixed}.
    /// @dev    The task's owner, before its first round. Who joins the task computes them from the plan, and stays away where
    ///         they differ. Reverts with {DisputeGameNotTaskOwner} or {DisputeGameTermsFixed}.
    /// @param  terms Hash of the game's kind of terms.
    function fixTerms(uint256 taskId, bytes32 terms) external;

    /// @notice Picks the first part whose end is wrong. `Stage.Pick`.
    /// @dev    Challenger. Reverts with {DisputeGameWrongPoints} or {DisputeGameNoSuchPart}.
    /// @param  part From 0.
    function pick(uint256 gameId, Position calldata position, bytes32[] calldata points, uint256 part) external;

    /// @notice Cuts the part that was picked. `Stage.Cut`.
    /// @dev    Defender. Reverts with {DisputeGameWrongPointCount}.
    function cut(uint256 gameId, Position calldata position, bytes32[] calldata points) external;

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

    /// @notice Ends a game whose side to move let its time run out. Emits {GameEnded}.
    /// @dev    Anyone; where the defender's place may be taken, `extensionSeconds` after that, once no game is open in its place.
    ///         Reverts with {DisputeGameNotOpen}, {DisputeGameWrongPosition}, {DisputeGameNotLate} or {DisputeGameTakenUp}.
    function timeout(uint256 gameId, Position calldata position) external;

    /// @notice Ends a game about what another game proved false, or one in whose stead another was won; the bond returns.
    ///         Emits {GameEnded}.
    /// @dev    Anyone. Reverts with {DisputeGameNotOpen} or {DisputeGameNotMoot}.
    function close(uint256 gameId) external;

    /// @notice Lets another account move for the caller in all of its games, or no more. Emits {SecondNamed}.
    /// @dev    So a player whose machine dies goes on from another, without sharing its key.
    function nameSecond(address second, bool allowed) external;

    /// @notice Pays the caller the bonds that it won or got back. Emits {BondsWithdrawn}; likewise for the zero address, where
    ///         something was lost since the last time, and burns that.
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

    /// @return Hash of the task's terms; 0 when they were never fixed.
    function termsOf(uint256 taskId) external view returns (bytes32);

    /// @return Whether `second` may move for `player`.
    function isSecond(address player, address second) external view returns (bool);

    /// @return What {withdraw} would pay. Unit: wei.
    function withdrawable(address account) external view returns (uint256);
}
