// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CairnToken} from "../CairnToken.sol";
import {IDataRegistry} from "../interfaces/IDataRegistry.sol";
import {IDisputedRounds} from "../interfaces/IDisputedRounds.sol";
import {IDisputeGame} from "../interfaces/IDisputeGame.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {INarrowingGame} from "../interfaces/INarrowingGame.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {
    Claim,
    DisputedUpdate,
    DisputeLimits,
    FileTail,
    LastStep,
    Level,
    MachineState,
    Moment,
    Outcome,
    Position,
    Ruling,
    RunEnd,
    Stage,
    Terms,
    Write,
    WriteProof
} from "../types/Dispute.sol";
import {VersionView} from "../types/Model.sol";
import {UpdateReveal} from "../types/Round.sol";
import {CanonicalTree} from "./CanonicalTree.sol";
import {DisputeBisection} from "./DisputeBisection.sol";
import {DisputeClock} from "./DisputeClock.sol";
import {DisputeMachine} from "./DisputeMachine.sol";
import {DisputeReads} from "./DisputeReads.sol";
import {MerklePaths} from "./MerklePaths.sol";
import {NarrowingGame} from "./NarrowingGame.sol";
import {Sha256Tail} from "./Sha256Tail.sol";

/// @title  DisputeGame
/// @dev    What every game has is in {NarrowingGame}; here is what training has of its own.
///         Longer than other contracts: how a run is read from its documents stands together, from the terms to the machine.
contract DisputeGame is NarrowingGame, IDisputeGame {
    using DisputeBisection for Position;
    using SafeCast for uint256;

    /// @dev Of a game at most: both sides move in turn, and three levels of 2^32 take five moves of each side, and a slot four.
    uint256 private constant MAX_MOVES = 52;

    IDataRegistry public immutable dataRegistry;

    /// @inheritdoc IDisputeGame
    mapping(uint256 taskId => mapping(uint32 round => mapping(address trainer => bool))) public isStruck;

    /// @dev Reverts with {DisputeGameOutlastsUnbonding}.
    constructor(
        CairnToken token_,
        INodeRegistry nodeRegistry,
        IModelRegistry modelRegistry_,
        IDataRegistry dataRegistry_,
        IDisputedRounds rounds_,
        DisputeLimits memory limits_
    ) NarrowingGame(token_, modelRegistry_, rounds_, limits_) {
        dataRegistry = dataRegistry_;
        uint256 gameSeconds = _secondsOf(limits_, MAX_MOVES); // a game, the time to take it up, a second game
        _requireUnbonding(nodeRegistry, 2 * gameSeconds + limits_.extensionSeconds);
    }

    /// @inheritdoc INarrowingGame
    function fixTerms(uint256 taskId, bytes32 terms) external {
        _fixTerms(taskId, terms);

        emit TermsFixed(taskId, terms);
    }

    /// @inheritdoc IDisputeGame
    function open(
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        Terms calldata terms,
        FileTail calldata base
    ) external returns (uint256 gameId) {
        DisputedUpdate memory update = rounds.holdRound(taskId, trainer, opened);
        require(!isStruck[taskId][update.round][trainer], DisputeGameStruck(taskId, update.round, trainer));
        Claim memory claim = Claim({
            taskId: taskId,
            round: update.round,
            slot: update.slot,
            trainer: trainer,
            datasetId: update.datasetId,
            updateDigest: opened.updateDigest,
            updateBytes: opened.byteLength,
            traceRoot: opened.traceRoot,
            seed: _seedOf(update, taskId),
            start: Hashes.efficientKeccak256(_baseRoot(update, base), terms.initialO),
            terms: _requireTerms(taskId, terms)
        });

        gameId = ++gameCount;
        DisputeClock.Game storage game = _games[gameId];
        (game.challenger, game.defender) = (msg.sender, trainer);
        (game.taskId, game.round, game.slot) = (taskId.toUint40(), uint16(update.round), update.slot); // rounds have 16 bits
        game.claimHash = keccak256(abi.encode(claim));
        emit GameOpened(gameId, taskId, msg.sender, claim, terms);
        _start(gameId, _atAnswer(terms.steps, claim.start));
    }

    /// @inheritdoc IDisputeGame
    function takeUp(uint256 gameId, Claim calldata claim, Terms calldata terms, Position calldata position)
        external
        returns (uint256 sisterId)
    {
        sisterId = _takeUp(gameId, position);
        _requireClaim(gameId, claim, terms);
        address trainer = claim.trainer;
        require(!isStruck[claim.taskId][claim.round][trainer], DisputeGameStruck(claim.taskId, claim.round, trainer));

        emit GameOpened(sisterId, claim.taskId, _games[gameId].challenger, claim, terms);
        emit GameTakenUp(sisterId, gameId, msg.sender);
        _start(sisterId, _atAnswer(terms.steps, claim.start));
    }

    /// @inheritdoc IDisputeGame
    function disproveSampleCount(
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        Terms calldata terms,
        uint32 count,
        bytes32 recordsRoot,
        bytes32[] calldata path
    ) external returns (uint256 takenWei) {
        _requireTerms(taskId, terms);
        DisputedUpdate memory update = rounds.holdRound(taskId, trainer, opened);
        require(!isStruck[taskId][update.round][trainer], DisputeGameStruck(taskId, update.round, trainer));
        bytes32 leaf = keccak256(abi.encode(count, recordsRoot));
        uint256 height = MerklePaths.heightOf(terms.shards);
        MerklePaths.requireLeaf(terms.shardsRoot, leaf, update.slot % terms.shards, height, path);
        require(count != opened.sampleCount, DisputeGameRightSampleCount(taskId, update.round, trainer));

        isStruck[taskId][update.round][trainer] = true;

        takenWei = rounds.releaseRound(taskId, update.round, trainer, update.slot, msg.sender, Ruling.False);
        emit SampleCountDisproven(taskId, update.round, trainer, msg.sender, opened.sampleCount, count, takenWei);
    }

    /// @inheritdoc IDisputeGame
    function answer(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        RunEnd calldata end,
        bytes32[] calldata points
    ) external {
        Position memory next = _answer(gameId, claim, terms, position, end);
        require(end.leaves > 0, DisputeGameWrongRunEnd(gameId));
        bytes32 leaf = CanonicalTree.leafHash(abi.encode(next.end));
        CanonicalTree.requireLeaf(claim.traceRoot, leaf, end.leaves - 1, end.leaves, end.path);
        _post(gameId, next, points);
    }

    /// @inheritdoc IDisputeGame
    function answerPlant(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        RunEnd calldata end,
        bytes32 plantSalt,
        bytes32[] calldata points
    ) external {
        Position memory next = _answer(gameId, claim, terms, position, end);
        bytes32 planted = keccak256(
            abi.encode(
                Commitments.PLANT_DOMAIN, block.chainid, address(rounds), claim.taskId, claim.round, claim.trainer, plantSalt
            )
        );
        require(planted == claim.traceRoot, DisputeGameNotPlanted(gameId));
        _post(gameId, next, points);
    }

    /// @inheritdoc IDisputeGame
    function openStep(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        bytes32 end,
        bytes32[] calldata points
    ) external {
        Position memory next = _begin(gameId, position, Stage.OpenStep);
        _requireClaim(gameId, claim, terms);
        next.level = Level.Writes;
        (next.step, next.low, next.high) = (position.low, 0, terms.writes);
        next.start = Hashes.efficientKeccak256(position.start, terms.initialT);
        next.end = Hashes.efficientKeccak256(position.end, end);
        _post(gameId, next, points);
    }

    /// @inheritdoc IDisputeGame
    function openWrite(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        Write calldata write,
        WriteProof calldata proof
    ) external {
        Position memory next = _begin(gameId, position, Stage.OpenWrite);
        _requireClaim(gameId, claim, terms);
        uint256 height = MerklePaths.heightOf(terms.writes);
        MerklePaths.requireLeaf(terms.programRoot, keccak256(abi.encode(write)), position.low, height, proof.programPath);
        bytes32[2] memory memoryRoots = [position.start, position.end];
        MerklePaths.requireUpdate(memoryRoots, proof.slotRoots, write.path, write.depth, proof.memoryPath);
        (next.memoryRoot, next.codeRoot, next.codeHeight) = (position.start, write.codeRoot, write.codeHeight);
        _enterSlot(gameId, next, proof.slotRoots[1], write.length, proof.shown);
    }

    /// @inheritdoc IDisputeGame
    function settle(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        LastStep calldata last
    ) external {
        _begin(gameId, position, Stage.Settle);
        require(DisputeMachine.hashOf(last.state) == position.start, DisputeGameWrongState(gameId));
        _requireClaim(gameId, claim, terms);
        uint256 word = _fetch(position, last.state.pc, last.instruction);
        Moment memory moment = Moment(position.memoryRoot, position.step);
        uint32 read = DisputeReads.read(last.state, word, moment, claim, terms, last.reading, address(dataRegistry));
        MachineState memory then = DisputeMachine.step(last.state, word, read);
        bool isTrue = DisputeMachine.hashOf(then) == position.end;
        _end(gameId, isTrue ? Outcome.Upheld : Outcome.Disproven);
    }

    /// @return position Where every game about an update begins.
    function _atAnswer(uint32 steps, bytes32 start) private pure returns (Position memory position) {
        (position.stage, position.level, position.high, position.start) = (Stage.Answer, Level.Steps, steps, start);
    }

    /// @return next Ends in the state of the update's file.
    function _answer(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        RunEnd calldata end
    ) private returns (Position memory next) {
        next = _begin(gameId, position, Stage.Answer);
        _requireClaim(gameId, claim, terms);
        bytes32 parameters = Sha256Tail.lastWord(claim.updateDigest, claim.updateBytes, end.file);
        next.end = Hashes.efficientKeccak256(parameters, end.optimiserRoot);
    }

    /// @inheritdoc NarrowingGame
    function _isProvenFalse(DisputeClock.Game storage game) internal view override returns (bool) {
        return isStruck[game.taskId][game.round][game.defender];
    }

    /// @inheritdoc NarrowingGame
    function _proveFalse(DisputeClock.Game storage game) internal override {
        isStruck[game.taskId][game.round][game.defender] = true;
    }

    /// @inheritdoc NarrowingGame
    function _rulings() internal pure override returns (Ruling, Ruling) {
        return (Ruling.False, Ruling.Upheld);
    }

    function _requireTerms(uint256 taskId, Terms calldata terms) private view returns (bytes32 needed) {
        needed = termsOf[taskId];
        _requireTerms(taskId, keccak256(abi.encode(terms)), needed);
    }

    function _requireClaim(uint256 gameId, Claim calldata claim) private view {
        _requireClaim(gameId, keccak256(abi.encode(claim)));
    }

    function _requireClaim(uint256 gameId, Claim calldata claim, Terms calldata terms) private view {
        _requireClaim(gameId, claim);
        _requireTerms(claim.taskId, keccak256(abi.encode(terms)), claim.terms);
    }

    /// @return Root of the parameters that the round trains.
    function _baseRoot(DisputedUpdate memory update, FileTail calldata base) private view returns (bytes32) {
        VersionView memory version = modelRegistry.versionOf(update.modelId, update.baseVersion);
        return Sha256Tail.lastWord(version.weightsDigest, version.weightsByteLength, base);
    }

    /// @dev As `trainingSeed` in trainer/src/protocol/plan.ts.
    function _seedOf(DisputedUpdate memory update, uint256 taskId) private pure returns (bytes32) {
        return sha256(abi.encodePacked("cairn.seed.v1", update.roundSeed, taskId, update.round, uint16(update.slot)));
    }
}
