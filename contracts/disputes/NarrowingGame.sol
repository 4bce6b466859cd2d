// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {CairnToken} from "../CairnToken.sol";
import {IDisputedRounds} from "../interfaces/IDisputedRounds.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {INarrowingGame} from "../interfaces/INarrowingGame.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {
    DisputeLimits,
    ElementView,
    GameView,
    Instruction,
    Level,
    Outcome,
    Position,
    Ruling,
    Stage
} from "../types/Dispute.sol";
import {DisputeBisection} from "./DisputeBisection.sol";
import {DisputeClock} from "./DisputeClock.sol";
import {DisputeMachine} from "./DisputeMachine.sol";
import {MerklePaths} from "./MerklePaths.sol";

/// @title  NarrowingGame
/// @notice What all games have in common: the bonds, the clocks and the moves that know nothing of what is claimed.
/// @dev    Longer than other contracts: one function for each kind of move, with all that it checks.
abstract contract NarrowingGame is INarrowingGame {
    using DisputeBisection for Position;
    using DisputeClock for DisputeClock.Game;
    using SafeCast for uint256;
    using SafeERC20 for CairnToken;

    CairnToken public immutable token;
    IDisputedRounds public immutable rounds;
    IModelRegistry public immutable modelRegistry;
    uint40 internal immutable _clockSeconds;
    uint40 internal immutable _extensionSeconds;
    uint256 internal immutable _bondWei;

    /// @inheritdoc INarrowingGame
    uint256 public gameCount;
    /// @inheritdoc INarrowingGame
    mapping(uint256 taskId => bytes32) public termsOf;
    /// @inheritdoc INarrowingGame
    mapping(address player => mapping(address second => bool)) public isSecond;
    /// @inheritdoc INarrowingGame
    /// @dev INVARIANT: the contract holds the bonds of all open games and all that can be withdrawn.
    mapping(address account => uint256) public withdrawable;
    mapping(uint256 gameId => DisputeClock.Game) internal _games;

    constructor(
        CairnToken token_,
        IModelRegistry modelRegistry_,
        IDisputedRounds rounds_,
        DisputeLimits memory limits_
    ) {
        (token, rounds, modelRegistry) = (token_, rounds_, modelRegistry_);
        (_clockSeconds, _extensionSeconds, _bondWei) = (limits_.clockSeconds, limits_.extensionSeconds, limits_.bondWei);
    }

    /// @inheritdoc INarrowingGame
    function pick(uint256 gameId, Position calldata position, bytes32[] calldata points, uint256 part) external {
        Position memory next = _begin(gameId, position, Stage.Pick);
        uint256 parts = next.partsOf();
        require(keccak256(abi.encode(points)) == position.cut, DisputeGameWrongPoints(gameId));
        require(part < parts, DisputeGameNoSuchPart(gameId, part, parts));
        next.narrow(points, part);
        _turn(gameId, next);
    }

    /// @inheritdoc INarrowingGame
    function cut(uint256 gameId, Position calldata position, bytes32[] calldata points) external {
        _post(gameId, _begin(gameId, position, Stage.Cut), points);
    }

    /// @inheritdoc INarrowingGame
    function openNode(uint256 gameId, Position calldata position, bytes32[] calldata nodes) external {
        _showNodes(gameId, _begin(gameId, position, Stage.OpenNode), nodes);
    }

    /// @inheritdoc INarrowingGame
    function pickNode(uint256 gameId, Position calldata position, bytes32[] calldata nodes, uint256 part) external {
        Position memory next = _begin(gameId, position, Stage.PickNode);
        require(keccak256(abi.encode(nodes)) == position.cut, DisputeGameWrongPoints(gameId));
        require(part < nodes.length, DisputeGameNoSuchPart(gameId, part, nodes.length));
        next.narrowNode(nodes, part);
        _turn(gameId, next);
    }

    /// @inheritdoc INarrowingGame
    function openLeaf(uint256 gameId, Position calldata position, bytes32[] calldata words) external {
        _showWords(gameId, _begin(gameId, position, Stage.OpenLeaf), words);
    }

    /// @inheritdoc INarrowingGame
    function pickElement(uint256 gameId, Position calldata position, uint32 element) external {
        Position memory next = _begin(gameId, position, Stage.PickElement);
        uint256 leaf = element / MerklePaths.WORDS_PER_LEAF;
        require(leaf == position.low, DisputeGameNoSuchElement(gameId, element, position.low));
        (next.stage, next.element, next.cut) = (Stage.OpenElement, element, 0);
        _turn(gameId, next);
    }

    /// @inheritdoc INarrowingGame
    function openElement(
        uint256 gameId,
        Position calldata position,
        ElementView calldata element,
        bytes32[] calldata points
    ) external {
        Position memory next = _begin(gameId, position, Stage.OpenElement);
        uint256 index = position.element;
        bytes32 leaf = MerklePaths.slotLeaf(element.leaf);
        uint256 height = MerklePaths.slotHeight(position.length);
        MerklePaths.requireLeaf(position.slotRoot, leaf, index / MerklePaths.WORDS_PER_LEAF, height, element.path);
        uint32 word = MerklePaths.wordAt(element.leaf, index);
        bool isBeyond = index >= position.length;
        uint32 result = isBeyond ? 0 : uint32(element.last.high); // r15 has the lowest 32 bits
        require(word == result, DisputeGameWrongElement(gameId, word, result));
        if (isBeyond) return _end(gameId, Outcome.Upheld);

        next.level = Level.Machine;
        (next.low, next.high) = (0, element.steps);
        next.start = DisputeMachine.initialHash(position.element);
        next.end = DisputeMachine.hashOf(element.last);
        uint256 opcode = _fetch(position, element.last.pc, element.halt);
        require(DisputeMachine.isHalt(opcode >> 248), DisputeGameNotHalted(gameId));
        if (element.steps > 0) return _post(gameId, next, points);
        require(next.start == next.end, DisputeGameNotHalted(gameId));
        _end(gameId, Outcome.Upheld);
    }

    /// @inheritdoc INarrowingGame
    function timeout(uint256 gameId, Position calldata position) external {
        DisputeClock.Game storage game = _openGame(gameId);
        _requirePosition(gameId, game, position);
        (uint40 deadline, uint256 sisters) = (game.deadline, game.openSisters);
        bool isDefender = DisputeClock.isDefenders(position.stage);
        if (isDefender && game.parentId == 0) deadline += _extensionSeconds; // for whoever takes the game up
        require(block.timestamp >= deadline, DisputeGameNotLate(gameId, deadline));
        require(sisters == 0, DisputeGameTakenUp(gameId, sisters));
        if (!isDefender) return _end(gameId, Outcome.ChallengerLate);
        bool isLost = position.stage == Stage.Answer && position.level == Level.Machine; // see {_vacate}
        _end(gameId, isLost ? Outcome.Disproven : Outcome.DefenderLate);
    }

    /// @inheritdoc INarrowingGame
    function close(uint256 gameId) external {
        DisputeClock.Game storage game = _openGame(gameId);
        require(_isMoot(game), DisputeGameNotMoot(gameId));
        _end(gameId, Outcome.Moot);
    }

    /// @inheritdoc INarrowingGame
    function nameSecond(address second, bool allowed) external {
        isSecond[msg.sender][second] = allowed;

        emit SecondNamed(msg.sender, second, allowed);
    }

    /// @inheritdoc INarrowingGame
    function withdraw() external returns (uint256 amountWei) {
        amountWei = withdrawable[msg.sender];
        require(amountWei > 0, DisputeGameNothingToWithdraw(msg.sender));

        uint256 lostWei = withdrawable[address(0)];

        delete withdrawable[msg.sender];
        delete withdrawable[address(0)];

        emit BondsWithdrawn(msg.sender, amountWei);
        if (lostWei > 0) {
            emit BondsWithdrawn(address(0), lostWei);
            token.burn(lostWei);
        }
        token.safeTransfer(msg.sender, amountWei);
    }

    /// @inheritdoc INarrowingGame
    function partsOf(uint32 length) external pure returns (uint256) {
        return DisputeBisection.partsOf(uint256(length));
    }

    /// @inheritdoc INarrowingGame
    function limits() external view returns (DisputeLimits memory) {
        return DisputeLimits(_clockSeconds, _extensionSeconds, _bondWei);
    }

    /// @inheritdoc INarrowingGame
    function gameOf(uint256 gameId) external view returns (GameView memory) {
        DisputeClock.Game storage game = _games[gameId];
        return GameView({
            challenger: game.challenger,
            defender: game.defender,
            taskId: game.taskId,
            round: game.round,
            slot: game.slot,
            deadline: game.deadline,
            challengerSeconds: game.challengerSeconds,
            defenderSeconds: game.defenderSeconds,
            isOver: game.challenger != address(0) && !game.isOpen,
            claimHash: game.claimHash,
            positionHash: game.positionHash,
            parentId: game.parentId,
            openSisters: game.openSisters
        });
    }

    /// @return Whether a game has proven false what this one is about.
    function _isProvenFalse(DisputeClock.Game storage game) internal view virtual returns (bool);

    /// @dev Remembers that this game has.
    function _proveFalse(DisputeClock.Game storage game) internal virtual;

    /// @return disproven What a game's end means for the round where the claim is false.
    /// @return upheld    Likewise where it stands.
    function _rulings() internal pure virtual returns (Ruling disproven, Ruling upheld);

    /// @dev A game's bond goes to who wins it, as {_payBond} says; where nobody does, it returns.
    function _end(uint256 gameId, Outcome outcome) internal {
        DisputeClock.Game storage game = _games[gameId];
        if (game.parentId == 0) return _endFor(gameId, outcome, game.defender);
        uint256 parentId = game.parentId;
        if (_isMoot(game)) outcome = Outcome.Moot;
        bool isWon = outcome == Outcome.Upheld || outcome == Outcome.ChallengerLate;
        bool isLost = !isWon && outcome != Outcome.Moot;
        address winner = isLost ? game.challenger : game.defender;

        game.isOpen = false;
        _games[parentId].openSisters--;
        _payBond(winner, isLost);

        emit GameEnded(gameId, outcome, winner, 0);
        if (isWon) _endFor(parentId, Outcome.Defended, winner);
    }

    /// @dev Opens a game in the place of one whose defender is late, over the same claim. Whoever calls this announces it, and
    ///      starts it.
    function _takeUp(uint256 gameId, Position calldata position) internal returns (uint256 sisterId) {
        DisputeClock.Game storage game = _openGame(gameId);
        _requirePosition(gameId, game, position);
        uint40 deadline = game.deadline;
        bool isVacant = game.parentId == 0 && DisputeClock.isDefenders(position.stage);
        require(isVacant, DisputeGameNotVacant(gameId));
        require(block.timestamp >= deadline, DisputeGameNotLate(gameId, deadline));
        deadline += _extensionSeconds;
        require(block.timestamp < deadline, DisputeGameTooLate(gameId, deadline));

        game.openSisters++;
        sisterId = ++gameCount;
        DisputeClock.Game storage sister = _games[sisterId];
        (sister.challenger, sister.defender, sister.parentId) = (game.challenger, msg.sender, gameId.toUint128());
        (sister.taskId, sister.round, sister.slot, sister.claimHash) = (game.taskId, game.round, game.slot, game.claimHash);
    }

    /// @dev The defender has lost a claim that is not its alone: its place is free from now on, as if its time were up.
    /// @param next Any position of the machine: in `Answer` no other game has such a level.
    function _vacate(uint256 gameId, Position memory next) internal {
        DisputeClock.Game storage game = _games[gameId];
        next.stage = Stage.Answer;
        (game.deadline, game.positionHash) = (uint40(block.timestamp), keccak256(abi.encode(next))); // 40 bits last 34,000 years
        emit GameMoved(gameId, next.stage, game.deadline, next, new bytes32[](0));
    }

    /// @dev Who made a claim must not have its stake paid before its games end.
    function _requireUnbonding(INodeRegistry nodeRegistry, uint256 heldSeconds) internal view {
        uint256 maxSeconds = nodeRegistry.unbondingSeconds();
        require(heldSeconds <= maxSeconds, DisputeGameOutlastsUnbonding(heldSeconds, maxSeconds));
    }

    /// @return What the clocks give a game of so many moves at most. Unit: seconds.
    function _secondsOf(DisputeLimits memory limits_, uint256 moves) internal pure returns (uint256) {
        return 2 * uint256(limits_.clockSeconds) + moves * uint256(limits_.extensionSeconds);
    }

    /// @dev The task's owner, once, before the first round.
    function _fixTerms(uint256 taskId, bytes32 terms) internal {
        IFLContract fl = IFLContract(address(rounds));
        (address owner, uint32 round) = (fl.taskOf(taskId).owner, fl.taskOf(taskId).round);
        require(owner == msg.sender, DisputeGameNotTaskOwner(taskId, msg.sender));
        require(round == 0 && termsOf[taskId] == 0, DisputeGameTermsFixed(taskId));

        termsOf[taskId] = terms;
    }

    /// @dev Starts the clocks, and takes the caller's bond.
    function _start(uint256 gameId, Position memory position) internal {
        DisputeClock.Game storage game = _games[gameId];
        (game.isOpen, game.challengerSeconds, game.defenderSeconds) = (true, _clockSeconds, _clockSeconds);
        _turn(gameId, position);
        _pullBond();
    }

    /// @dev Checks that the caller may make this move now, and takes its time from its clock.
    /// @return next A copy of the position, to be changed.
    function _begin(uint256 gameId, Position calldata position, Stage needed) internal returns (Position memory next) {
        DisputeClock.Game storage game = _openGame(gameId);
        _requirePosition(gameId, game, position);
        (Stage stage, uint40 deadline) = (position.stage, game.deadline);
        require(stage == needed, DisputeGameWrongStage(gameId, stage, needed));
        address player = DisputeClock.isDefenders(stage) ? game.defender : game.challenger;
        bool isItsTurn = msg.sender == player || isSecond[player][msg.sender];
        require(isItsTurn, DisputeGameNotYourTurn(gameId, msg.sender, player));
        require(block.timestamp < deadline, DisputeGameTooLate(gameId, deadline));
        game.stop(stage, _extensionSeconds);
        return position;
    }

    function _post(uint256 gameId, Position memory next, bytes32[] calldata points) internal {
        uint256 needed = next.partsOf() - 1;
        require(points.length == needed, DisputeGameWrongPointCount(gameId, points.length, needed));
        next.post(points);
        _turn(gameId, next, points);
    }

    /// @dev Descends to a slot of `length` words under `root`, and shows the first of its tree at once.
    /// @param shown As for {openNode}; for {openLeaf} where the slot has one leaf.
    function _enterSlot(uint256 gameId, Position memory next, bytes32 root, uint32 length, bytes32[] calldata shown)
        internal
    {
        (next.slotRoot, next.length) = (root, length);
        next.enterSlot(root, MerklePaths.slotHeight(length));
        if (next.stage == Stage.OpenNode) _showNodes(gameId, next, shown);
        else _showWords(gameId, next, shown);
    }

    function _showNodes(uint256 gameId, Position memory next, bytes32[] calldata nodes) private {
        uint256 parts = next.partsOf();
        require(nodes.length == parts, DisputeGameWrongPointCount(gameId, nodes.length, parts));
        bytes32 actual = MerklePaths.nodeOver(nodes);
        require(actual == next.end, DisputeGameWrongNode(gameId, actual, next.end));
        next.stage = Stage.PickNode;
        _show(gameId, next, nodes);
    }

    function _showWords(uint256 gameId, Position memory next, bytes32[] calldata words) private {
        require(words.length == 4, DisputeGameWrongPointCount(gameId, words.length, 4)); // eight to each
        bytes32 actual = MerklePaths.slotLeaf([words[0], words[1], words[2], words[3]]);
        require(actual == next.end, DisputeGameWrongNode(gameId, actual, next.end));
        next.stage = Stage.PickElement;
        _show(gameId, next, words);
    }

    /// @dev Gives the turn to the challenger, which is shown these nodes or words.
    function _show(uint256 gameId, Position memory next, bytes32[] calldata shown) private {
        next.cut = keccak256(abi.encode(shown));
        _turn(gameId, next, shown);
    }

    function _turn(uint256 gameId, Position memory next) internal {
        _turn(gameId, next, new bytes32[](0));
    }

    function _turn(uint256 gameId, Position memory next, bytes32[] memory shown) internal {
        DisputeClock.Game storage game = _games[gameId];
        game.turn(next, _extensionSeconds);
        emit GameMoved(gameId, next.stage, game.deadline, next, shown);
    }

    /// @dev Where another game has proven the claim false, nobody loses by this one.
    /// @param saviour Gets the bond where the challenge is lost.
    function _endFor(uint256 gameId, Outcome outcome, address saviour) private {
        DisputeClock.Game storage game = _games[gameId];
        (address challenger, address defender) = (game.challenger, game.defender);
        if (_isProvenFalse(game)) outcome = Outcome.Moot;
        bool isFalse = outcome == Outcome.Disproven || outcome == Outcome.DefenderLate;
        bool isLost = !isFalse && outcome != Outcome.Moot;
        address winner = isLost ? saviour : challenger;
        (Ruling ruling, Ruling upheld) = _rulings();
        if (!isFalse) ruling = upheld; // where another game has proven it false, that has been said

        game.isOpen = false;
        if (isFalse) _proveFalse(game);
        _payBond(winner, isLost);

        uint256 takenWei = rounds.releaseRound(game.taskId, game.round, defender, game.slot, challenger, ruling);
        emit GameEnded(gameId, outcome, winner, takenWei);
    }

    /// @dev Half of a lost bond is nobody's: accomplices who play each other to hold a round pay that each time. It is burned
    ///      with the next withdrawal, which is no move and has no clock; a burn costs as much as all else that a last move does.
    function _payBond(address winner, bool isLost) private {
        uint256 lostWei = isLost ? _bondWei / 2 : 0;
        withdrawable[winner] += _bondWei - lostWei;
        if (isLost) withdrawable[address(0)] += lostWei;
    }

    /// @return Whether the claim was proven false, or the game whose defender this one replaces is over.
    function _isMoot(DisputeClock.Game storage game) private view returns (bool) {
        DisputeClock.Game storage parent = _games[game.parentId];
        bool isSister = game.parentId != 0;
        if (isSister && !parent.isOpen) return true;
        return _isProvenFalse(isSister ? parent : game);
    }

    function _pullBond() internal {
        uint256 heldWei = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), _bondWei);
        uint256 receivedWei = token.balanceOf(address(this)) - heldWei;
        require(receivedWei == _bondWei, DisputeGameBondNotReceived(receivedWei, _bondWei));
    }

    function _openGame(uint256 gameId) internal view returns (DisputeClock.Game storage game) {
        game = _games[gameId];
        require(game.isOpen, DisputeGameNotOpen(gameId));
    }

    function _requirePosition(uint256 gameId, DisputeClock.Game storage game, Position calldata position) internal view {
        require(keccak256(abi.encode(position)) == game.positionHash, DisputeGameWrongPosition(gameId));
    }

    /// @param claimHash Of what the caller brings as the game's claim.
    function _requireClaim(uint256 gameId, bytes32 claimHash) internal view {
        require(claimHash == _games[gameId].claimHash, DisputeGameWrongClaim(gameId));
    }

    /// @param actual Hash of what the caller brings as the task's terms.
    function _requireTerms(uint256 taskId, bytes32 actual, bytes32 needed) internal pure {
        require(actual == needed, DisputeGameWrongTerms(taskId, actual, needed));
    }

    /// @return The instruction at `pc`; 0, which is HALT, beyond the code.
    function _fetch(Position calldata position, uint32 pc, Instruction calldata instruction) internal pure returns (uint256) {
        if (pc >> position.codeHeight != 0) return 0;
        bytes32 leaf = bytes32(instruction.word);
        MerklePaths.requireLeaf(position.codeRoot, leaf, pc, position.codeHeight, instruction.path);
        return instruction.word;
    }
}
