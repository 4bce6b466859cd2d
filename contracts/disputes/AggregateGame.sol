// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CairnToken} from "../CairnToken.sol";
import {IAggregateGame} from "../interfaces/IAggregateGame.sol";
import {IDisputedRounds} from "../interfaces/IDisputedRounds.sol";
import {IDisputeGame} from "../interfaces/IDisputeGame.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {
    AcceptedUpdate,
    AggregateClaim,
    AggregateReading,
    AggregateTerms
} from "../types/Aggregate.sol";
import {
    DisputeLimits,
    ElementView,
    FileTail,
    GameView,
    Instruction,
    Level,
    MachineState,
    Outcome,
    Position,
    Ruling,
    Stage,
    Write
} from "../types/Dispute.sol";
import {VersionView} from "../types/Model.sol";
import {RoundView} from "../types/Round.sol";
import {AggregateReads} from "./AggregateReads.sol";
import {DisputeBisection} from "./DisputeBisection.sol";
import {DisputeClock} from "./DisputeClock.sol";
import {DisputeMachine} from "./DisputeMachine.sol";
import {MerklePaths} from "./MerklePaths.sol";
import {Sha256Tail} from "./Sha256Tail.sol";

/// @title  AggregateGame
/// @dev    Longer than other contracts: one function for each kind of move, with all that it checks.
contract AggregateGame is IAggregateGame {
    using DisputeBisection for Position;
    using DisputeClock for DisputeClock.Game;
    using SafeCast for uint256;
    using SafeERC20 for CairnToken;

    /// @dev Of a game at most: answer and tensor, two trees of five levels, leaf and element, a level of 2^32, settling.
    uint256 private constant MAX_MOVES = 40;

    CairnToken public immutable token;
    IDisputedRounds public immutable rounds;
    IModelRegistry public immutable modelRegistry;
    uint40 private immutable _clockSeconds;
    uint40 private immutable _extensionSeconds;
    uint256 private immutable _bondWei;

    /// @inheritdoc IAggregateGame
    uint256 public gameCount;
    /// @inheritdoc IAggregateGame
    mapping(uint256 taskId => bytes32) public termsOf;
    /// @inheritdoc IAggregateGame
    mapping(uint256 taskId => mapping(uint32 round => mapping(uint8 attempt => bool))) public isRefuted;
    /// @inheritdoc IAggregateGame
    mapping(address player => mapping(address second => bool)) public isSecond;
    /// @inheritdoc IAggregateGame
    /// @dev INVARIANT: the contract holds the bonds of all open games and all that can be withdrawn.
    mapping(address account => uint256) public withdrawable;
    mapping(uint256 gameId => DisputeClock.Game) private _games;

    /// @dev Reverts with DisputeGameOutlastsUnbonding: a proposer whose round ended must not have its stake paid before its
    ///      games end.
    constructor(
        CairnToken token_,
        INodeRegistry nodeRegistry,
        IModelRegistry modelRegistry_,
        IDisputedRounds rounds_,
        DisputeLimits memory limits_
    ) {
        (token, rounds, modelRegistry) = (token_, rounds_, modelRegistry_);
        (_clockSeconds, _extensionSeconds, _bondWei) = (limits_.clockSeconds, limits_.extensionSeconds, limits_.bondWei);
        uint256 gameSeconds = 2 * uint256(limits_.clockSeconds) + MAX_MOVES * uint256(limits_.extensionSeconds);
        uint256 maxSeconds = nodeRegistry.unbondingSeconds();
        require(gameSeconds <= maxSeconds, IDisputeGame.DisputeGameOutlastsUnbonding(gameSeconds, maxSeconds));
    }

    /// @inheritdoc IAggregateGame
    function fixTerms(uint256 taskId, bytes32 terms) external {
        IFLContract fl = IFLContract(address(rounds));
        (address owner, uint32 round) = (fl.taskOf(taskId).owner, fl.taskOf(taskId).round);
        require(owner == msg.sender, IDisputeGame.DisputeGameNotTaskOwner(taskId, msg.sender));
        require(round == 0 && termsOf[taskId] == 0, IDisputeGame.DisputeGameTermsFixed(taskId));

        termsOf[taskId] = terms;

        emit AggregateTermsFixed(taskId, terms);
    }

    /// @inheritdoc IAggregateGame
    function open(uint256 taskId, AcceptedUpdate[] calldata updates, AggregateTerms calldata terms)
        external
        returns (uint256 gameId)
    {
        bytes32 needed = termsOf[taskId];
        bytes32 actual = keccak256(abi.encode(terms));
        require(actual == needed, IDisputeGame.DisputeGameWrongTerms(taskId, actual, needed));
        rounds.holdAggregate(taskId, abi.encode(updates));
        AggregateClaim memory claim = _claimOf(taskId, updates, actual);
        require(!isRefuted[taskId][claim.round][claim.attempt], AggregateGameRefuted(taskId, claim.round, claim.digest));

        gameId = ++gameCount;
        DisputeClock.Game storage game = _games[gameId];
        (game.challenger, game.defender, game.isOpen) = (msg.sender, claim.proposer, true);
        // Rounds have 16 bits. Who committed to an aggregate is which committee: 0 or 1.
        (game.taskId, game.round, game.slot) = (taskId.toUint40(), uint16(claim.round), claim.attempt);
        (game.challengerSeconds, game.defenderSeconds) = (_clockSeconds, _clockSeconds);
        game.claimHash = keccak256(abi.encode(claim));
        emit AggregateGameOpened(gameId, taskId, msg.sender, claim, terms);
        Position memory position;
        (position.stage, position.level) = (Stage.Answer, Level.Parameters);
        position.high = uint32(1) << terms.heightW;
        _turn(gameId, position, new bytes32[](0));

        _pullBond();
    }

    /// @inheritdoc IAggregateGame
    function answer(
        uint256 gameId,
        AggregateClaim calldata claim,
        AggregateTerms calldata terms,
        Position calldata position,
        FileTail calldata file
    ) external {
        Position memory next = _begin(gameId, position, Stage.Answer);
        _requireClaim(gameId, claim, terms);
        next.end = Sha256Tail.lastWord(claim.digest, claim.byteLength, file);
        next.stage = terms.heightW == 0 ? Stage.OpenWrite : Stage.OpenNode;
        _turn(gameId, next, new bytes32[](0));
    }

    /// @inheritdoc IAggregateGame
    function excuse(
        uint256 gameId,
        AggregateClaim calldata claim,
        AggregateTerms calldata terms,
        Position calldata position,
        Write calldata tensor,
        bytes32[] calldata programPath,
        uint32 update,
        uint32 element,
        AggregateReading calldata reading
    ) external {
        _begin(gameId, position, Stage.Answer);
        _requireClaim(gameId, claim, terms);
        _requireTensor(terms, tensor, tensor.path, programPath);
        uint256 slot = uint256(tensor.path) << 64 | uint256(tensor.depth) << 32 | tensor.length;
        uint32 bits = update < claim.updates
            ? AggregateReads.word(claim, update, slot, element, reading)
            : _baseWord(claim, slot, element, reading);
        bool isExtreme = element < tensor.length && AggregateReads.isExtreme(bits);
        require(isExtreme, AggregateGameNotExtreme(gameId, bits));
        _end(gameId, Outcome.Upheld);
    }

    /// @inheritdoc IAggregateGame
    function openSlot(
        uint256 gameId,
        AggregateClaim calldata claim,
        AggregateTerms calldata terms,
        Position calldata position,
        Write calldata tensor,
        bytes32[] calldata programPath
    ) external {
        Position memory next = _begin(gameId, position, Stage.OpenWrite);
        _requireClaim(gameId, claim, terms);
        if (position.low >= terms.slots) {
            require(position.end == 0, IDisputeGame.DisputeGameWrongNode(gameId, position.end, 0));
            return _end(gameId, Outcome.Upheld);
        }
        _requireTensor(terms, tensor, position.low, programPath);
        (next.slotRoot, next.length) = (position.end, tensor.length);
        (next.codeRoot, next.codeHeight) = (tensor.codeRoot, tensor.codeHeight);
        next.step = position.low;
        next.enterSlot(position.end, MerklePaths.slotHeight(tensor.length));
        _turn(gameId, next, new bytes32[](0));
    }

    /// @inheritdoc IAggregateGame
    function pick(uint256 gameId, Position calldata position, bytes32[] calldata points, uint256 part) external {
        Position memory next = _begin(gameId, position, Stage.Pick);
        uint256 parts = next.partsOf();
        require(keccak256(abi.encode(points)) == position.cut, IDisputeGame.DisputeGameWrongPoints(gameId));
        require(part < parts, IDisputeGame.DisputeGameNoSuchPart(gameId, part, parts));
        next.narrow(points, part);
        _turn(gameId, next, new bytes32[](0));
    }

    /// @inheritdoc IAggregateGame
    function cut(uint256 gameId, Position calldata position, bytes32[] calldata points) external {
        _post(gameId, _begin(gameId, position, Stage.Cut), points);
    }

    /// @inheritdoc IAggregateGame
    function openNode(uint256 gameId, Position calldata position, bytes32[] calldata nodes) external {
        Position memory next = _begin(gameId, position, Stage.OpenNode);
        uint256 parts = next.partsOf();
        require(nodes.length == parts, IDisputeGame.DisputeGameWrongPointCount(gameId, nodes.length, parts));
        bytes32 actual = MerklePaths.nodeOver(nodes);
        require(actual == position.end, IDisputeGame.DisputeGameWrongNode(gameId, actual, position.end));
        next.stage = Stage.PickNode;
        _show(gameId, next, nodes);
    }

    /// @inheritdoc IAggregateGame
    function pickNode(uint256 gameId, Position calldata position, bytes32[] calldata nodes, uint256 part) external {
        Position memory next = _begin(gameId, position, Stage.PickNode);
        require(keccak256(abi.encode(nodes)) == position.cut, IDisputeGame.DisputeGameWrongPoints(gameId));
        require(part < nodes.length, IDisputeGame.DisputeGameNoSuchPart(gameId, part, nodes.length));
        next.narrowNode(nodes, part);
        bool isTensor = position.level == Level.Parameters && next.high - next.low == 1;
        if (isTensor) next.stage = Stage.OpenWrite;
        _turn(gameId, next, new bytes32[](0));
    }

    /// @inheritdoc IAggregateGame
    function openLeaf(uint256 gameId, Position calldata position, bytes32[] calldata words) external {
        Position memory next = _begin(gameId, position, Stage.OpenLeaf);
        require(words.length == 4, IDisputeGame.DisputeGameWrongPointCount(gameId, words.length, 4)); // eight to each
        bytes32 actual = MerklePaths.slotLeaf([words[0], words[1], words[2], words[3]]);
        require(actual == position.end, IDisputeGame.DisputeGameWrongNode(gameId, actual, position.end));
        next.stage = Stage.PickElement;
        _show(gameId, next, words);
    }

    /// @inheritdoc IAggregateGame
    function pickElement(uint256 gameId, Position calldata position, uint32 element) external {
        Position memory next = _begin(gameId, position, Stage.PickElement);
        uint256 leaf = element / MerklePaths.WORDS_PER_LEAF;
        require(leaf == position.low, IDisputeGame.DisputeGameNoSuchElement(gameId, element, position.low));
        (next.stage, next.element, next.cut) = (Stage.OpenElement, element, 0);
        _turn(gameId, next, new bytes32[](0));
    }

    /// @inheritdoc IAggregateGame
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
        require(word == result, IDisputeGame.DisputeGameWrongElement(gameId, word, result));
        if (isBeyond) return _end(gameId, Outcome.Upheld);

        next.level = Level.Machine;
        (next.low, next.high) = (0, element.steps);
        next.start = DisputeMachine.initialHash(position.element);
        next.end = DisputeMachine.hashOf(element.last);
        uint256 opcode = _fetch(position, element.last.pc, element.halt);
        require(DisputeMachine.isHalt(opcode >> 248), IDisputeGame.DisputeGameNotHalted(gameId));
        if (element.steps > 0) return _post(gameId, next, points);
        require(next.start == next.end, IDisputeGame.DisputeGameNotHalted(gameId));
        _end(gameId, Outcome.Upheld);
    }

    /// @inheritdoc IAggregateGame
    function settle(
        uint256 gameId,
        AggregateClaim calldata claim,
        Position calldata position,
        MachineState calldata state,
        Instruction calldata instruction,
        AggregateReading calldata reading
    ) external {
        _begin(gameId, position, Stage.Settle);
        require(DisputeMachine.hashOf(state) == position.start, IDisputeGame.DisputeGameWrongState(gameId));
        _requireClaim(gameId, claim);
        uint256 word = _fetch(position, state.pc, instruction);
        uint32 read = AggregateReads.read(state, word, claim, reading);
        MachineState memory then = DisputeMachine.step(state, word, read);
        bool isTrue = DisputeMachine.hashOf(then) == position.end;
        _end(gameId, isTrue ? Outcome.Upheld : Outcome.Disproven);
    }

    /// @inheritdoc IAggregateGame
    function timeout(uint256 gameId, Position calldata position) external {
        DisputeClock.Game storage game = _openGame(gameId);
        _requirePosition(gameId, game, position);
        uint40 deadline = game.deadline;
        require(block.timestamp >= deadline, IDisputeGame.DisputeGameNotLate(gameId, deadline));
        _end(gameId, DisputeClock.isDefenders(position.stage) ? Outcome.DefenderLate : Outcome.ChallengerLate);
    }

    /// @inheritdoc IAggregateGame
    function close(uint256 gameId) external {
        DisputeClock.Game storage game = _openGame(gameId);
        require(isRefuted[game.taskId][game.round][game.slot], IDisputeGame.DisputeGameNotMoot(gameId));
        _end(gameId, Outcome.Moot);
    }

    /// @inheritdoc IAggregateGame
    function nameSecond(address second, bool allowed) external {
        isSecond[msg.sender][second] = allowed;

        emit SecondNamed(msg.sender, second, allowed);
    }

    /// @inheritdoc IAggregateGame
    function withdraw() external returns (uint256 amountWei) {
        amountWei = withdrawable[msg.sender];
        require(amountWei > 0, IDisputeGame.DisputeGameNothingToWithdraw(msg.sender));

        delete withdrawable[msg.sender];

        emit BondsWithdrawn(msg.sender, amountWei);

        token.safeTransfer(msg.sender, amountWei);
    }

    /// @inheritdoc IAggregateGame
    function limits() external view returns (DisputeLimits memory) {
        return DisputeLimits(_clockSeconds, _extensionSeconds, _bondWei);
    }

    /// @inheritdoc IAggregateGame
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
            parentId: 0,
            openSisters: 0
        });
    }

    /// @dev As DisputeGame's.
    function _begin(uint256 gameId, Position calldata position, Stage needed) private returns (Position memory next) {
        DisputeClock.Game storage game = _openGame(gameId);
        _requirePosition(gameId, game, position);
        (Stage stage, uint40 deadline) = (position.stage, game.deadline);
        require(stage == needed, IDisputeGame.DisputeGameWrongStage(gameId, stage, needed));
        address player = DisputeClock.isDefenders(stage) ? game.defender : game.challenger;
        bool isItsTurn = msg.sender == player || isSecond[player][msg.sender];
        require(isItsTurn, IDisputeGame.DisputeGameNotYourTurn(gameId, msg.sender, player));
        require(block.timestamp < deadline, IDisputeGame.DisputeGameTooLate(gameId, deadline));
        game.stop(stage, _extensionSeconds);
        return position;
    }

    function _post(uint256 gameId, Position memory next, bytes32[] calldata points) private {
        uint256 needed = next.partsOf() - 1;
        require(points.length == needed, IDisputeGame.DisputeGameWrongPointCount(gameId, points.length, needed));
        next.post(points);
        _turn(gameId, next, points);
    }

    /// @dev Gives the turn to the challenger, which is shown these nodes or words.
    function _show(uint256 gameId, Position memory next, bytes32[] calldata shown) private {
        next.cut = keccak256(abi.encode(shown));
        _turn(gameId, next, shown);
    }

    function _turn(uint256 gameId, Position memory next, bytes32[] memory shown) private {
        DisputeClock.Game storage game = _games[gameId];
        game.turn(next, _extensionSeconds);
        emit GameMoved(gameId, next.stage, game.deadline, next, shown);
    }

    /// @dev Where another game has proven it false, nobody loses by this one.
    function _end(uint256 gameId, Outcome outcome) private {
        DisputeClock.Game storage game = _games[gameId];
        (address challenger, address defender) = (game.challenger, game.defender);
        (uint256 taskId, uint32 round, uint8 attempt) = (game.taskId, game.round, game.slot);
        if (isRefuted[taskId][round][attempt]) outcome = Outcome.Moot;
        bool isLost = outcome == Outcome.Upheld || outcome == Outcome.ChallengerLate;
        bool isFalse = outcome == Outcome.Disproven || outcome == Outcome.DefenderLate;
        address winner = isLost ? defender : challenger;
        Ruling ruling = isFalse ? Ruling.AggregateFalse : Ruling.AggregateUpheld;

        game.isOpen = false;
        if (isFalse) isRefuted[taskId][round][attempt] = true;
        withdrawable[winner] += _bondWei;

        uint256 takenWei = rounds.releaseRound(taskId, round, defender, attempt, challenger, ruling);
        emit GameEnded(gameId, outcome, winner, takenWei);
    }

    function _pullBond() private {
        uint256 heldWei = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), _bondWei);
        uint256 receivedWei = token.balanceOf(address(this)) - heldWei;
        require(receivedWei == _bondWei, IDisputeGame.DisputeGameBondNotReceived(receivedWei, _bondWei));
    }

    function _openGame(uint256 gameId) private view returns (DisputeClock.Game storage game) {
        game = _games[gameId];
        require(game.isOpen, IDisputeGame.DisputeGameNotOpen(gameId));
    }

    function _requirePosition(uint256 gameId, DisputeClock.Game storage game, Position calldata position) private view {
        bool isThere = keccak256(abi.encode(position)) == game.positionHash;
        require(isThere, IDisputeGame.DisputeGameWrongPosition(gameId));
    }

    function _requireClaim(uint256 gameId, AggregateClaim calldata claim) private view {
        bool isIts = keccak256(abi.encode(claim)) == _games[gameId].claimHash;
        require(isIts, IDisputeGame.DisputeGameWrongClaim(gameId));
    }

    function _requireClaim(uint256 gameId, AggregateClaim calldata claim, AggregateTerms calldata terms) private view {
        _requireClaim(gameId, claim);
        bytes32 actual = keccak256(abi.encode(terms));
        require(actual == claim.terms, IDisputeGame.DisputeGameWrongTerms(claim.taskId, actual, claim.terms));
    }

    function _requireTensor(AggregateTerms calldata terms, Write calldata tensor, uint256 at, bytes32[] calldata path)
        private
        pure
    {
        uint256 height = MerklePaths.heightOf(terms.slots);
        MerklePaths.requireLeaf(terms.programRoot, keccak256(abi.encode(tensor)), at, height, path);
    }

    /// @return The instruction at `pc`; 0, which is HALT, beyond the code.
    function _fetch(Position calldata position, uint32 pc, Instruction calldata instruction) private pure returns (uint256) {
        if (pc >> position.codeHeight != 0) return 0;
        bytes32 leaf = bytes32(instruction.word);
        MerklePaths.requireLeaf(position.codeRoot, leaf, pc, position.codeHeight, instruction.path);
        return instruction.word;
    }

    /// @return Word `element` of a tensor of the version that the round trained.
    function _baseWord(AggregateClaim calldata claim, uint256 slot, uint32 element, AggregateReading calldata reading)
        private
        view
        returns (uint32)
    {
        VersionView memory version = modelRegistry.versionOf(claim.modelId, claim.baseVersion);
        return AggregateReads.wordOf(version.weightsDigest, version.weightsByteLength, slot, element, reading);
    }

    function _claimOf(uint256 taskId, AcceptedUpdate[] calldata updates, bytes32 terms)
        private
        view
        returns (AggregateClaim memory)
    {
        IFLContract fl = IFLContract(address(rounds));
        uint32 round = fl.taskOf(taskId).round;
        RoundView memory held = fl.roundOf(taskId, round);
        (bytes32 updatesRoot, uint32 totalBits) = AggregateReads.summarise(updates);
        return AggregateClaim({
            taskId: taskId,
            round: round,
            attempt: held.attempt,
            proposer: held.aggregateProposer,
            digest: held.aggregateDigest,
            byteLength: held.aggregateByteLength,
            updatesRoot: updatesRoot,
            updates: uint32(updates.length), // at most 256
            totalBits: totalBits,
            modelId: fl.taskOf(taskId).parameters.modelId,
            baseVersion: held.baseVersion,
            terms: terms
        });
    }
}
