// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CairnToken} from "../CairnToken.sol";
import {IDataRegistry} from "../interfaces/IDataRegistry.sol";
import {IDisputedRounds} from "../interfaces/IDisputedRounds.sol";
import {IDisputeGame} from "../interfaces/IDisputeGame.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {
    Claim,
    DisputedUpdate,
    DisputeLimits,
    ElementView,
    FileTail,
    GameView,
    Instruction,
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
    Write
} from "../types/Dispute.sol";
import {VersionView} from "../types/Model.sol";
import {UpdateReveal} from "../types/Round.sol";
import {CanonicalTree} from "./CanonicalTree.sol";
import {DisputeBisection} from "./DisputeBisection.sol";
import {DisputeClock} from "./DisputeClock.sol";
import {DisputeMachine} from "./DisputeMachine.sol";
import {DisputeReads} from "./DisputeReads.sol";
import {MerklePaths} from "./MerklePaths.sol";
import {Sha256Tail} from "./Sha256Tail.sol";

/// @title  DisputeGame
/// @dev    Longer than other contracts: one function for each kind of move, with all that it checks.
contract DisputeGame is IDisputeGame {
    using DisputeBisection for Position;
    using DisputeClock for DisputeClock.Game;
    using SafeCast for uint256;
    using SafeERC20 for CairnToken;

    /// @dev Of a game at most: both sides move in turn, and three levels of 2^32 take six moves of each side at most, and a slot five.
    uint256 private constant MAX_MOVES = 52;

    CairnToken public immutable token;
    IDisputedRounds public immutable rounds;
    IModelRegistry public immutable modelRegistry;
    IDataRegistry public immutable dataRegistry;
    uint40 private immutable _clockSeconds;
    uint40 private immutable _extensionSeconds;
    uint256 private immutable _bondWei;

    /// @inheritdoc IDisputeGame
    uint256 public gameCount;
    /// @inheritdoc IDisputeGame
    mapping(uint256 taskId => bytes32) public termsOf;
    /// @inheritdoc IDisputeGame
    mapping(uint256 taskId => mapping(uint32 round => mapping(address trainer => bool))) public isStruck;
    /// @inheritdoc IDisputeGame
    mapping(address player => mapping(address second => bool)) public isSecond;
    /// @inheritdoc IDisputeGame
    /// @dev INVARIANT: the contract holds the bonds of all open games and all that can be withdrawn.
    mapping(address account => uint256) public withdrawable;
    mapping(uint256 gameId => DisputeClock.Game) private _games;

    /// @dev Reverts with {DisputeGameOutlastsUnbonding}: a trainer whose round ended must not have its stake paid before its
    ///      games end.
    constructor(
        CairnToken token_,
        INodeRegistry nodeRegistry,
        IModelRegistry modelRegistry_,
        IDataRegistry dataRegistry_,
        IDisputedRounds rounds_,
        DisputeLimits memory limits_
    ) {
        (token, rounds) = (token_, rounds_);
        (modelRegistry, dataRegistry) = (modelRegistry_, dataRegistry_);
        (_clockSeconds, _extensionSeconds, _bondWei) = (limits_.clockSeconds, limits_.extensionSeconds, limits_.bondWei);
        uint256 gameSeconds = 2 * uint256(limits_.clockSeconds) + MAX_MOVES * uint256(limits_.extensionSeconds);
        uint256 heldSeconds = 2 * gameSeconds + limits_.extensionSeconds; // a game, the time to take it up, a second game
        uint256 maxSeconds = nodeRegistry.unbondingSeconds();
        require(heldSeconds <= maxSeconds, DisputeGameOutlastsUnbonding(heldSeconds, maxSeconds));
    }

    /// @inheritdoc IDisputeGame
    function fixTerms(uint256 taskId, bytes32 terms) external {
        (address owner, uint32 round) = _taskOf(taskId);
        require(owner == msg.sender, DisputeGameNotTaskOwner(taskId, msg.sender));
        require(round == 0 && termsOf[taskId] == 0, DisputeGameTermsFixed(taskId));

        termsOf[taskId] = terms;

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
        _start(gameId, terms.steps, claim.start);
    }

    /// @inheritdoc IDisputeGame
    function takeUp(uint256 gameId, Claim calldata claim, Terms calldata terms, Position calldata position)
        external
        returns (uint256 sisterId)
    {
        DisputeClock.Game storage game = _openGame(gameId);
        _requirePosition(gameId, game, position);
        _requireClaim(gameId, claim);
        _requireTermsOf(claim, terms);
        (address trainer, uint40 deadline) = (game.defender, game.deadline);
        bool isVacant = game.parentId == 0 && DisputeClock.isDefenders(position.stage);
        require(isVacant, DisputeGameNotVacant(gameId));
        require(!isStruck[claim.taskId][claim.round][trainer], DisputeGameStruck(claim.taskId, claim.round, trainer));
        require(block.timestamp >= deadline, DisputeGameNotLate(gameId, deadline));
        deadline += _extensionSeconds;
        require(block.timestamp < deadline, DisputeGameTooLate(gameId, deadline));

        game.openSisters++;
        sisterId = ++gameCount;
        DisputeClock.Game storage sister = _games[sisterId];
        (sister.challenger, sister.defender, sister.parentId) = (game.challenger, msg.sender, gameId.toUint128());
        (sister.taskId, sister.round, sister.slot, sister.claimHash) = (game.taskId, game.round, game.slot, game.claimHash);
        emit GameOpened(sisterId, claim.taskId, sister.challenger, claim, terms);
        emit GameTakenUp(sisterId, gameId, msg.sender);
        _start(sisterId, terms.steps, claim.start);
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
    function pick(uint256 gameId, Position calldata position, bytes32[] calldata points, uint256 part) external {
        Position memory next = _begin(gameId, position, Stage.Pick);
        uint256 parts = next.partsOf();
        require(keccak256(abi.encode(points)) == position.cut, DisputeGameWrongPoints(gameId));
        require(part < parts, DisputeGameNoSuchPart(gameId, part, parts));
        next.narrow(points, part);
        _turn(gameId, next);
    }

    /// @inheritdoc IDisputeGame
    function cut(uint256 gameId, Position calldata position, bytes32[] calldata points) external {
        _post(gameId, _begin(gameId, position, Stage.Cut), points);
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
        _requireClaim(gameId, claim);
        _requireTermsOf(claim, terms);
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
        bytes32[2] calldata slotRoots,
        bytes32[] calldata programPath,
        bytes32[] calldata memoryPath
    ) external {
        Position memory next = _begin(gameId, position, Stage.OpenWrite);
        _requireClaim(gameId, claim);
        _requireTermsOf(claim, terms);
        uint256 height = MerklePaths.heightOf(terms.writes);
        MerklePaths.requireLeaf(terms.programRoot, keccak256(abi.encode(write)), position.low, height, programPath);
        bytes32[2] memory memoryRoots = [position.start, position.end];
        MerklePaths.requireUpdate(memoryRoots, slotRoots, write.path, write.depth, memoryPath);
        (next.memoryRoot, next.slotRoot, next.length) = (position.start, slotRoots[1], write.length);
        (next.codeRoot, next.codeHeight) = (write.codeRoot, write.codeHeight);
        next.enterSlot(slotRoots[1], MerklePaths.slotHeight(write.length));
        _turn(gameId, next);
    }

    /// @inheritdoc IDisputeGame
    function openNode(uint256 gameId, Position calldata position, bytes32[] calldata nodes) external {
        Position memory next = _begin(gameId, position, Stage.OpenNode);
        uint256 parts = next.partsOf();
        require(nodes.length == parts, DisputeGameWrongPointCount(gameId, nodes.length, parts));
        bytes32 actual = MerklePaths.nodeOver(nodes);
        require(actual == position.end, DisputeGameWrongNode(gameId, actual, position.end));
        next.stage = Stage.PickNode;
        _show(gameId, next, nodes);
    }

    /// @inheritdoc IDisputeGame
    function pickNode(uint256 gameId, Position calldata position, bytes32[] calldata nodes, uint256 part) external {
        Position memory next = _begin(gameId, position, Stage.PickNode);
        require(keccak256(abi.encode(nodes)) == position.cut, DisputeGameWrongPoints(gameId));
        require(part < nodes.length, DisputeGameNoSuchPart(gameId, part, nodes.length));
        next.narrowNode(nodes, part);
        _turn(gameId, next);
    }

    /// @inheritdoc IDisputeGame
    function openLeaf(uint256 gameId, Position calldata position, bytes32[] calldata words) external {
        Position memory next = _begin(gameId, position, Stage.OpenLeaf);
        require(words.length == 4, DisputeGameWrongPointCount(gameId, words.length, 4)); // eight to each
        bytes32 actual = MerklePaths.slotLeaf([words[0], words[1], words[2], words[3]]);
        require(actual == position.end, DisputeGameWrongNode(gameId, actual, position.end));
        next.stage = Stage.PickElement;
        _show(gameId, next, words);
    }

    /// @inheritdoc IDisputeGame
    function pickElement(uint256 gameId, Position calldata position, uint32 element) external {
        Position memory next = _begin(gameId, position, Stage.PickElement);
        uint256 leaf = element / MerklePaths.WORDS_PER_LEAF;
        require(leaf == position.low, DisputeGameNoSuchElement(gameId, element, position.low));
        (next.stage, next.element, next.cut) = (Stage.OpenElement, element, 0);
        _turn(gameId, next);
    }

    /// @inheritdoc IDisputeGame
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
        _requireClaim(gameId, claim);
        _requireTermsOf(claim, terms);
        uint256 word = _fetch(position, last.state.pc, last.instruction);
        Moment memory moment = Moment(position.memoryRoot, position.step);
        uint32 read = DisputeReads.read(last.state, word, moment, claim, terms, last.reading, address(dataRegistry));
        MachineState memory then = DisputeMachine.step(last.state, word, read);
        bool isTrue = DisputeMachine.hashOf(then) == position.end;
        _end(gameId, isTrue ? Outcome.Upheld : Outcome.Disproven);
    }

    /// @inheritdoc IDisputeGame
    function timeout(uint256 gameId, Position calldata position) external {
        DisputeClock.Game storage game = _openGame(gameId);
        _requirePosition(gameId, game, position);
        (uint40 deadline, uint256 sisters) = (game.deadline, game.openSisters);
        bool isDefender = DisputeClock.isDefenders(position.stage);
        if (isDefender && game.parentId == 0) deadline += _extensionSeconds; // for whoever takes the game up
        require(block.timestamp >= deadline, DisputeGameNotLate(gameId, deadline));
        require(sisters == 0, DisputeGameTakenUp(gameId, sisters));
        _end(gameId, isDefender ? Outcome.DefenderLate : Outcome.ChallengerLate);
    }

    /// @inheritdoc IDisputeGame
    function close(uint256 gameId) external {
        DisputeClock.Game storage game = _openGame(gameId);
        require(_isMoot(game), DisputeGameNotMoot(gameId));
        _end(gameId, Outcome.Moot);
    }

    /// @inheritdoc IDisputeGame
    function nameSecond(address second, bool allowed) external {
        isSecond[msg.sender][second] = allowed;

        emit SecondNamed(msg.sender, second, allowed);
    }

    /// @inheritdoc IDisputeGame
    function withdraw() external returns (uint256 amountWei) {
        amountWei = withdrawable[msg.sender];
        require(amountWei > 0, DisputeGameNothingToWithdraw(msg.sender));

        delete withdrawable[msg.sender];

        emit BondsWithdrawn(msg.sender, amountWei);

        token.safeTransfer(msg.sender, amountWei);
    }

    /// @inheritdoc IDisputeGame
    function partsOf(uint32 length) external pure returns (uint256) {
        return DisputeBisection.partsOf(uint256(length));
    }

    /// @inheritdoc IDisputeGame
    function limits() external view returns (DisputeLimits memory) {
        return DisputeLimits(_clockSeconds, _extensionSeconds, _bondWei);
    }

    /// @inheritdoc IDisputeGame
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

    /// @dev Starts the clocks, and takes the caller's bond.
    function _start(uint256 gameId, uint32 steps, bytes32 start) private {
        DisputeClock.Game storage game = _games[gameId];
        (game.isOpen, game.challengerSeconds, game.defenderSeconds) = (true, _clockSeconds, _clockSeconds);
        Position memory position;
        (position.stage, position.level, position.high, position.start) = (Stage.Answer, Level.Steps, steps, start);
        _turn(gameId, position);
        _pullBond();
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
        _requireClaim(gameId, claim);
        _requireTermsOf(claim, terms);
        bytes32 parameters = Sha256Tail.lastWord(claim.updateDigest, claim.updateBytes, end.file);
        next.end = Hashes.efficientKeccak256(parameters, end.optimiserRoot);
    }

    /// @dev Checks that the caller may make this move now, and takes its time from its clock.
    /// @return next A copy of the position, to be changed.
    function _begin(uint256 gameId, Position calldata position, Stage needed) private returns (Position memory next) {
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

    function _post(uint256 gameId, Position memory next, bytes32[] calldata points) private {
        uint256 needed = next.partsOf() - 1;
        require(points.length == needed, DisputeGameWrongPointCount(gameId, points.length, needed));
        next.post(points);
        _turn(gameId, next, points);
    }

    /// @dev Gives the turn to the challenger, which is shown these nodes or words.
    function _show(uint256 gameId, Position memory next, bytes32[] calldata shown) private {
        next.cut = keccak256(abi.encode(shown));
        _turn(gameId, next, shown);
    }

    function _turn(uint256 gameId, Position memory next) private {
        _turn(gameId, next, new bytes32[](0));
    }

    function _turn(uint256 gameId, Position memory next, bytes32[] memory shown) private {
        DisputeClock.Game storage game = _games[gameId];
        game.turn(next, _extensionSeconds);
        emit GameMoved(gameId, next.stage, game.deadline, next, shown);
    }

    /// @dev A game's bond goes to who wins it; where nobody does, it returns.
    function _end(uint256 gameId, Outcome outcome) private {
        DisputeClock.Game storage game = _games[gameId];
        if (game.parentId == 0) return _endFor(gameId, outcome, game.defender);
        uint256 parentId = game.parentId;
        if (_isMoot(game)) outcome = Outcome.Moot;
        bool isWon = outcome == Outcome.Upheld || outcome == Outcome.ChallengerLate;
        address winner = isWon || outcome == Outcome.Moot ? game.defender : game.challenger;

        game.isOpen = false;
        _games[parentId].openSisters--;
        withdrawable[winner] += _bondWei;

        emit GameEnded(gameId, outcome, winner, 0);
        if (isWon) _endFor(parentId, Outcome.Defended, winner);
    }

    /// @dev Where another game has struck the update, nobody loses by this one.
    /// @param saviour Gets the bond where the challenge is lost.
    function _endFor(uint256 gameId, Outcome outcome, address saviour) private {
        DisputeClock.Game storage game = _games[gameId];
        (uint256 taskId, uint32 round, address defender) = (game.taskId, game.round, game.defender);
        address challenger = game.challenger;
        if (isStruck[taskId][round][defender]) outcome = Outcome.Moot;
        bool isFalse = outcome == Outcome.Disproven || outcome == Outcome.DefenderLate;
        address winner = isFalse || outcome == Outcome.Moot ? challenger : saviour;
        Ruling ruling = isFalse ? Ruling.False : Ruling.Upheld; // where another game struck it, that has been said

        game.isOpen = false;
        if (isFalse) isStruck[taskId][round][defender] = true;
        withdrawable[winner] += _bondWei;

        uint256 takenWei = rounds.releaseRound(taskId, round, defender, game.slot, challenger, ruling);
        emit GameEnded(gameId, outcome, winner, takenWei);
    }

    function _pullBond() private {
        uint256 heldWei = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), _bondWei);
        uint256 receivedWei = token.balanceOf(address(this)) - heldWei;
        require(receivedWei == _bondWei, DisputeGameBondNotReceived(receivedWei, _bondWei));
    }

    function _openGame(uint256 gameId) private view returns (DisputeClock.Game storage game) {
        game = _games[gameId];
        require(game.isOpen, DisputeGameNotOpen(gameId));
    }

    /// @return Whether the update was struck, or the game whose defender this one replaces is over.
    function _isMoot(DisputeClock.Game storage game) private view returns (bool) {
        DisputeClock.Game storage parent = _games[game.parentId];
        bool isSister = game.parentId != 0;
        if (isSister && !parent.isOpen) return true;
        return isStruck[game.taskId][game.round][isSister ? parent.defender : game.defender];
    }

    function _requirePosition(uint256 gameId, DisputeClock.Game storage game, Position calldata position) private view {
        require(keccak256(abi.encode(position)) == game.positionHash, DisputeGameWrongPosition(gameId));
    }

    function _requireClaim(uint256 gameId, Claim calldata claim) private view {
        require(keccak256(abi.encode(claim)) == _games[gameId].claimHash, DisputeGameWrongClaim(gameId));
    }

    function _requireTerms(uint256 taskId, Terms calldata terms) private view returns (bytes32 needed) {
        needed = termsOf[taskId];
        bytes32 actual = keccak256(abi.encode(terms));
        require(actual == needed, DisputeGameWrongTerms(taskId, actual, needed));
    }

    function _requireTermsOf(Claim calldata claim, Terms calldata terms) private pure {
        bytes32 actual = keccak256(abi.encode(terms));
        require(actual == claim.terms, DisputeGameWrongTerms(claim.taskId, actual, claim.terms));
    }

    /// @return The instruction at `pc`; 0, which is HALT, beyond the code.
    function _fetch(Position calldata position, uint32 pc, Instruction calldata instruction) private pure returns (uint256) {
        if (pc >> position.codeHeight != 0) return 0;
        bytes32 leaf = bytes32(instruction.word);
        MerklePaths.requireLeaf(position.codeRoot, leaf, pc, position.codeHeight, instruction.path);
        return instruction.word;
    }

    /// @return Root of the parameters that the round trains.
    function _baseRoot(DisputedUpdate memory update, FileTail calldata base) private view returns (bytes32) {
        VersionView memory version = modelRegistry.versionOf(update.modelId, update.baseVersion);
        return Sha256Tail.lastWord(version.weightsDigest, version.weightsByteLength, base);
    }

    function _taskOf(uint256 taskId) private view returns (address owner, uint32 round) {
        IFLContract fl = IFLContract(address(rounds));
        return (fl.taskOf(taskId).owner, fl.taskOf(taskId).round);
    }

    /// @dev As `trainingSeed` in trainer/src/protocol/plan.ts.
    function _seedOf(DisputedUpdate memory update, uint256 taskId) private pure returns (bytes32) {
        return sha256(abi.encodePacked("cairn.seed.v1", update.roundSeed, taskId, update.round, uint16(update.slot)));
    }
}
