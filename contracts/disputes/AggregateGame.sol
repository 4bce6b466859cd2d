// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CairnToken} from "../CairnToken.sol";
import {IAggregateGame} from "../interfaces/IAggregateGame.sol";
import {IDisputedRounds} from "../interfaces/IDisputedRounds.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {INarrowingGame} from "../interfaces/INarrowingGame.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {AcceptedUpdate, AggregateClaim, AggregateReading, AggregateTerms} from "../types/Aggregate.sol";
import {
    DisputeLimits,
    FileTail,
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
import {NarrowingGame} from "./NarrowingGame.sol";
import {Sha256Tail} from "./Sha256Tail.sol";

/// @title  AggregateGame
/// @dev    What every game has is in {NarrowingGame}; here is what a mean has of its own.
contract AggregateGame is NarrowingGame, IAggregateGame {
    using DisputeBisection for Position;
    using SafeCast for uint256;

    /// @dev Of a game at most: answer and tensor, two trees of five levels, leaf and element, a level of 2^32, settling.
    uint256 private constant MAX_MOVES = 40;

    /// @inheritdoc IAggregateGame
    mapping(uint256 taskId => mapping(uint32 round => mapping(uint8 aggregation => bool))) public isRefuted;

    /// @dev Reverts with DisputeGameOutlastsUnbonding.
    constructor(
        CairnToken token_,
        INodeRegistry nodeRegistry,
        IModelRegistry modelRegistry_,
        IDisputedRounds rounds_,
        DisputeLimits memory limits_
    ) NarrowingGame(token_, modelRegistry_, rounds_, limits_) {
        uint256 gameSeconds = _secondsOf(limits_, MAX_MOVES); // as in DisputeGame
        _requireUnbonding(nodeRegistry, 2 * gameSeconds + limits_.extensionSeconds);
    }

    /// @inheritdoc INarrowingGame
    function fixTerms(uint256 taskId, bytes32 terms) external {
        _fixTerms(taskId, terms);

        emit AggregateTermsFixed(taskId, terms);
    }

    /// @inheritdoc IAggregateGame
    function open(uint256 taskId, AcceptedUpdate[] calldata updates, AggregateTerms calldata terms)
        external
        returns (uint256 gameId)
    {
        bytes32 hash = keccak256(abi.encode(terms));
        _requireTerms(taskId, hash, termsOf[taskId]);
        rounds.holdAggregate(taskId, abi.encode(updates));
        AggregateClaim memory claim = _claimOf(taskId, updates, hash);
        require(!isRefuted[taskId][claim.round][claim.aggregation], AggregateGameRefuted(taskId, claim.round, claim.digest));

        gameId = ++gameCount;
        DisputeClock.Game storage game = _games[gameId];
        (game.challenger, game.defender) = (msg.sender, claim.proposer);
        // Rounds have 16 bits.
        (game.taskId, game.round, game.slot) = (taskId.toUint40(), uint16(claim.round), claim.aggregation);
        game.claimHash = keccak256(abi.encode(claim));
        emit AggregateGameOpened(gameId, taskId, msg.sender, claim, terms);
        _start(gameId, _atAnswer(terms.heightW));
    }

    /// @inheritdoc IAggregateGame
    function takeUp(uint256 gameId, AggregateClaim calldata claim, AggregateTerms calldata terms, Position calldata position)
        external
        returns (uint256 sisterId)
    {
        sisterId = _takeUp(gameId, position);
        _requireClaim(gameId, claim, terms);
        bool isProven = isRefuted[claim.taskId][claim.round][claim.aggregation];
        require(!isProven, AggregateGameRefuted(claim.taskId, claim.round, claim.digest));

        emit AggregateGameOpened(sisterId, claim.taskId, _games[gameId].challenger, claim, terms);
        emit GameTakenUp(sisterId, gameId, msg.sender);
        _start(sisterId, _atAnswer(terms.heightW));
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
        _turn(gameId, next);
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
        bytes32[] calldata programPath,
        bytes32[] calldata shown
    ) external {
        Position memory next = _begin(gameId, position, Stage.OpenWrite);
        _requireClaim(gameId, claim, terms);
        if (position.low >= terms.slots) {
            require(position.end == 0, DisputeGameWrongNode(gameId, position.end, 0));
            return _end(gameId, Outcome.Upheld);
        }
        _requireTensor(terms, tensor, position.low, programPath);
        (next.codeRoot, next.codeHeight) = (tensor.codeRoot, tensor.codeHeight);
        next.step = position.low;
        _enterSlot(gameId, next, position.end, tensor.length, shown);
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
        Position memory next = _begin(gameId, position, Stage.Settle);
        require(DisputeMachine.hashOf(state) == position.start, DisputeGameWrongState(gameId));
        _requireClaim(gameId, keccak256(abi.encode(claim)));
        uint256 word = _fetch(position, state.pc, instruction);
        uint32 read = AggregateReads.read(state, word, claim, reading);
        MachineState memory then = DisputeMachine.step(state, word, read);
        if (DisputeMachine.hashOf(then) == position.end) _end(gameId, Outcome.Upheld);
        else if (_games[gameId].parentId != 0) _end(gameId, Outcome.Disproven);
        else _vacate(gameId, next); // a proposer may have lost on purpose
    }

    /// @inheritdoc NarrowingGame
    function _isProvenFalse(DisputeClock.Game storage game) internal view override returns (bool) {
        return isRefuted[game.taskId][game.round][game.slot];
    }

    /// @inheritdoc NarrowingGame
    function _proveFalse(DisputeClock.Game storage game) internal override {
        isRefuted[game.taskId][game.round][game.slot] = true;
    }

    /// @inheritdoc NarrowingGame
    function _rulings() internal pure override returns (Ruling, Ruling) {
        return (Ruling.AggregateFalse, Ruling.AggregateUpheld);
    }

    /// @return position Where every game about an aggregate begins.
    function _atAnswer(uint8 heightW) private pure returns (Position memory position) {
        (position.stage, position.level) = (Stage.Answer, Level.Parameters);
        position.high = uint32(1) << heightW;
    }

    function _requireClaim(uint256 gameId, AggregateClaim calldata claim, AggregateTerms calldata terms) private view {
        _requireClaim(gameId, keccak256(abi.encode(claim)));
        _requireTerms(claim.taskId, keccak256(abi.encode(terms)), claim.terms);
    }

    function _requireTensor(AggregateTerms calldata terms, Write calldata tensor, uint256 at, bytes32[] calldata path)
        private
        pure
    {
        uint256 height = MerklePaths.heightOf(terms.slots);
        MerklePaths.requireLeaf(terms.programRoot, keccak256(abi.encode(tensor)), at, height, path);
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
            aggregation: held.attempt + held.reruns, // see RoundMachine.aggregationOf
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
