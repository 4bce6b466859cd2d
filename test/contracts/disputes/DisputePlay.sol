// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {DisputeClock} from "../../../contracts/disputes/DisputeClock.sol";
import {DisputeGame} from "../../../contracts/disputes/DisputeGame.sol";
import {DisputeMachine} from "../../../contracts/disputes/DisputeMachine.sol";
import {IDisputeGame} from "../../../contracts/interfaces/IDisputeGame.sol";
import {INarrowingGame} from "../../../contracts/interfaces/INarrowingGame.sol";
import {
    Claim,
    DisputeLimits,
    ElementView,
    FileTail,
    Instruction,
    LastStep,
    Level,
    MachineState,
    Position,
    Reading,
    RunEnd,
    Stage,
    Terms,
    WriteProof
} from "../../../contracts/types/Dispute.sol";
import {UpdateReveal} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";
import {DisputeRun} from "./DisputeRun.sol";

interface VmLogs {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
}

/// @notice Both sides' moves in a game about a tiny training.
/// @dev    Longer than other files: both sides play one game. What a player knows of a game it takes from the events.
abstract contract DisputePlay is CairnTest, DisputeRun {
    using Address for address;

    uint256 internal constant BOND_WEI = 30 ether;
    /// @dev What the winner gets of a bond that another has lost.
    uint256 internal constant WON_WEI = 15 ether;
    uint40 internal constant CLOCK_SECONDS = 60;
    uint40 internal constant EXTENSION_SECONDS = 10;
    address internal constant CHALLENGER = address(0xC0);
    address internal constant VOLUNTEER = address(0xA1);
    address internal constant FALSE_FRIEND = address(0xFA);

    VmLogs internal constant logs = VmLogs(address(uint160(uint256(keccak256("hevm cheat code")))));

    DisputeGame internal game;
    uint256 internal taskId;
    uint256 internal trainers = 2;
    uint256 internal gameId;
    Lie internal lie;
    Claim internal claim;
    Position internal position;
    bytes32[] internal points;
    uint256 internal moves;
    uint256[2] internal gasOf; // challenger's, defender's
    uint256 internal leafGas;

    function _deployGame() internal {
        _deploy();
        game = new DisputeGame(
            token, registry, models, datasets, fl, DisputeLimits(CLOCK_SECONDS, EXTENSION_SECONDS, BOND_WEI)
        );
        registry.grantRole(registry.SLASHER_ROLE(), address(game));
        _enlistAll();
        bytes memory file = _file(_run(_honest(), 0, 0).w);
        vm.startPrank(OWNER);
        models.registerModel("toy", bytes32(0), 10, sha256(file), uint32(file.length), 0, 0);
        models.setPublisher(2, address(fl), true);
        address[3] memory players = [CHALLENGER, VOLUNTEER, FALSE_FRIEND];
        for (uint256 i = 0; i < players.length; i++) token.transfer(players[i], 100 * BOND_WEI);
        vm.stopPrank();
        for (uint256 i = 0; i < players.length; i++) {
            vm.prank(players[i]);
            token.approve(address(game), type(uint256).max);
        }
    }

    /// @dev A round in `Challenge` whose committee accepted all `trainers`' updates, trainer 0's being a run with this lie. The
    ///      terms are fixed.
    function _accept(Lie memory lie_) internal {
        lie = lie_;
        _accept(_claimedReveal());
    }

    function _accept(UpdateReveal memory opened) internal {
        TaskParameters memory p = _parameters();
        p.modelId = 2;
        taskId = _createTask(p);
        vm.prank(OWNER);
        game.fixTerms(taskId, keccak256(abi.encode(_terms())));
        for (uint256 i = 0; i < trainers; i++) {
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        fl.openRound(taskId);
        for (uint256 i = 0; i < trainers; i++) {
            bytes32 commitment = this.updateCommitment(taskId, 1, _trainer(i), i == 0 ? opened : _update(i));
            vm.prank(_trainer(i));
            fl.commitUpdate(taskId, commitment);
        }
        for (uint256 i = 0; i < trainers; i++) {
            vm.prank(_trainer(i));
            fl.revealUpdate(taskId, i == 0 ? opened : _update(i));
        }
        _decide((1 << trainers) - 1);
    }

    /// @dev A committee accepts these updates and agrees on an aggregate.
    function _decide(uint256 bitmap) internal {
        address[] memory members = _draw(taskId);
        address last;
        for (uint256 s = 0; s < members.length; s++) {
            if (members[s] != last) _commitVerdict(taskId, members[s], bitmap);
            last = members[s];
        }
        for (uint256 s = 0; s < members.length; s++) {
            if (members[s] != last) _revealVerdict(taskId, members[s], bitmap);
            last = members[s];
        }
        _agreeOn(DIGEST);
    }

    /// @dev As many members as it takes attest this.
    function _agreeOn(bytes32 digest) internal {
        address[] memory members = fl.committeeOf(taskId, 1);
        uint256 needed = _view(taskId).quorum;
        vm.prank(members[0]);
        fl.proposeAggregate(taskId, digest, BYTE_LENGTH);
        for (uint256 s = 1; s < needed; s++) {
            vm.prank(members[s]);
            fl.attestAggregate(taskId, digest, BYTE_LENGTH);
        }
    }

    /// @dev Somebody disputes what trainer `i` revealed, and lets it run out of time: it says nothing.
    function _strikeSilent(uint256 i) internal {
        _openAgainst(i);
        vm.warp(game.gameOf(gameId).deadline + EXTENSION_SECONDS);
        game.timeout(gameId, position);
    }

    function _openAgainst(uint256 i) internal {
        logs.recordLogs();
        gameId = game.gameCount() + 1;
        _send(CHALLENGER, _openCallAgainst(i));
        _follow();
    }

    function _openCallAgainst(uint256 i) internal view returns (bytes memory) {
        FileTail memory base = _tail(_run(_honest(), 0, 0).w);
        UpdateReveal memory opened = i == 0 ? _claimedReveal() : _update(i);
        return abi.encodeCall(game.open, (taskId, _trainer(i), opened, _terms(), base));
    }

    function _open() internal {
        logs.recordLogs();
        gameId = game.gameCount() + 1;
        _send(CHALLENGER, _openCall());
    }

    /// @dev Lets the defender's time run out in the game that is played.
    function _waitForTheDefender() internal {
        for (_follow(); !DisputeClock.isDefenders(position.stage); _follow()) _move();
        vm.warp(game.gameOf(gameId).deadline);
    }

    /// @dev Takes the game up in which `late` is the position, and plays the new one from here on.
    function _takeUp(uint256 parentId, Position memory late, address volunteer) internal {
        uint256 sisterId = game.gameCount() + 1;
        _send(volunteer, abi.encodeCall(game.takeUp, (parentId, claim, _terms(), late)));
        gameId = sisterId;
        _follow();
    }

    /// @dev Whoever's turn it is moves by its run, until the game is over.
    function _play() internal {
        while (!game.gameOf(gameId).isOver) _move();
    }

    /// @dev Moves until it is time for this.
    function _playTo(Stage stage) internal {
        for (_follow(); position.stage != stage; _follow()) _move();
    }

    function _move() internal {
        (address player, bytes memory data) = _nextCall();
        uint256 gasUsed = _send(player, data);
        if (position.stage == Stage.Settle) leafGas = gasUsed;
    }

    /// @dev What the side to move sends.
    function _nextCall() internal returns (address player, bytes memory data) {
        _follow();
        Stage stage = position.stage;
        if (stage == Stage.Answer) data = _answerCall();
        else if (stage == Stage.Pick) data = _pickCall(_wrongPart());
        else if (stage == Stage.Cut) data = _cutCall(_points());
        else if (stage == Stage.OpenStep) data = _openStepCall();
        else if (stage == Stage.OpenWrite) data = _openWriteCall();
        else if (stage == Stage.PickNode) data = _pickNodeCall(_wrongNode());
        else if (stage == Stage.OpenLeaf) data = _openLeafCall();
        else if (stage == Stage.PickElement) data = _pickElementCall(_wrongElement());
        else if (stage == Stage.OpenElement) data = _openElementCall(_machine(lie, position));
        else data = _settleCall(_lastStep(position));
        player = DisputeClock.isDefenders(stage) ? game.gameOf(gameId).defender : CHALLENGER;
    }

    function _openCall() internal view returns (bytes memory) {
        return _openCallAgainst(0);
    }

    function _answerCall() internal returns (bytes memory) {
        RunEnd memory end = RunEnd(1, new bytes32[](0), bytes32(0), _tail(_run(lie, STEPS, 0).w));
        return abi.encodeCall(game.answer, (gameId, claim, _terms(), position, end, _points()));
    }

    function _answerPlantCall(bytes32 salt) internal returns (bytes memory) {
        RunEnd memory end = RunEnd(0, new bytes32[](0), bytes32(0), _tail(_run(lie, STEPS, 0).w));
        return abi.encodeCall(game.answerPlant, (gameId, claim, _terms(), position, end, salt, _points()));
    }

    function _pickCall(uint256 part) internal view returns (bytes memory) {
        return abi.encodeCall(game.pick, (gameId, position, points, part));
    }

    function _cutCall(bytes32[] memory cuts) internal view returns (bytes memory) {
        return abi.encodeCall(game.cut, (gameId, position, cuts));
    }

    function _openStepCall() internal view returns (bytes memory) {
        bytes32[] memory cuts = new bytes32[](1);
        cuts[0] = _root(_run(lie, position.low, 1));
        bytes32 end = _slotRoot(_run(lie, position.low, WRITES).t);
        return abi.encodeCall(game.openStep, (gameId, claim, _terms(), position, end, cuts));
    }

    function _openWriteCall() internal view returns (bytes memory) {
        return _openWriteCall(_writeProof());
    }

    function _openWriteCall(WriteProof memory proof) internal view returns (bytes memory) {
        return abi.encodeCall(game.openWrite, (gameId, claim, _terms(), position, _write(position.low), proof));
    }

    function _writeProof() internal view returns (WriteProof memory) {
        uint32 write = position.low;
        Memory memory before = _run(lie, position.step, write);
        Memory memory later = _run(lie, position.step, write + 1);
        bool isT = write == 0;
        bytes32[2] memory roots =
            isT ? [_slotRoot(before.t), _slotRoot(later.t)] : [_slotRoot(before.w), _slotRoot(later.w)];
        bytes32[] memory path = new bytes32[](1);
        path[0] = keccak256(abi.encode(_write(1 - write)));
        bytes32[] memory shown = _nodesOf(isT ? later.t : later.w);
        return WriteProof(roots, path, _memoryPath(before, isT), shown);
    }

    function _pickNodeCall(uint256 part) internal view returns (bytes memory) {
        return abi.encodeCall(game.pickNode, (gameId, position, points, part));
    }

    function _openLeafCall() internal view returns (bytes memory) {
        bytes32[4] memory leaf = _leaf(_claimedSlot(), position.low);
        bytes32[] memory words = new bytes32[](4);
        for (uint256 i = 0; i < 4; i++) words[i] = leaf[i];
        return abi.encodeCall(game.openLeaf, (gameId, position, words));
    }

    /// @dev The slot that the write left sets, as the defender has it.
    function _claimedSlot() internal view returns (uint32[34] memory) {
        Memory memory later = _run(lie, position.step, _writeOf(position) + 1);
        return _writeOf(position) == 0 ? later.t : later.w;
    }

    /// @dev As the write makes it from the memory on which both agree.
    function _rightSlot() internal view returns (uint32[34] memory) {
        uint32 write = _writeOf(position);
        Memory memory right = _next(_run(lie, position.step, write), position.step, write);
        return write == 0 ? right.t : right.w;
    }

    function _nodesOf(uint32[34] memory words) internal pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](2);
        (nodes[0], nodes[1]) = (_leafHash(words, 0), _leafHash(words, 1));
    }

    function _wrongNode() internal view returns (uint256 part) {
        bytes32[] memory right = _nodesOf(_rightSlot());
        while (part + 1 < right.length && right[part] == points[part]) part++;
    }

    function _pickElementCall(uint32 element) internal view returns (bytes memory) {
        return abi.encodeCall(game.pickElement, (gameId, position, element));
    }

    /// @param states Of the machine, as they are claimed.
    function _openElementCall(MachineState[] memory states) internal view returns (bytes memory) {
        uint32 steps = uint32(states.length - 1);
        uint256 number = position.element / 32;
        bytes32[] memory path = new bytes32[](1);
        path[0] = _leafHash(_claimedSlot(), 1 - number);
        ElementView memory shown = ElementView({
            leaf: _leaf(_claimedSlot(), number),
            path: path,
            steps: steps,
            last: states[steps],
            halt: _instruction(_writeOf(position), states[steps].pc)
        });
        return abi.encodeCall(game.openElement, (gameId, position, shown, _cutStates(states, 0, steps)));
    }

    function _settleCall(LastStep memory last) internal view returns (bytes memory) {
        return abi.encodeCall(game.settle, (gameId, claim, _terms(), position, last));
    }

    /// @dev What both sides agree on is the liar's run up to the interval's start.
    function _lastStep(Position memory p) internal returns (LastStep memory) {
        MachineState memory state = _machine(lie, p)[p.low];
        Instruction memory instruction = _instruction(_writeOf(p), state.pc);
        return LastStep(state, instruction, _reading(p, instruction.word));
    }

    function _reading(Position memory p, uint256 word) internal view returns (Reading memory reading) {
        if (word >> 248 != 0x30) return Reading("", new bytes32[](0), new bytes32[](0));
        Memory memory before = _run(lie, p.step, _writeOf(p));
        bool isT = (word >> 160) & 0xffffffff == 1;
        uint32[34] memory slot = isT ? before.t : before.w;
        uint256 number = p.element / 32;
        bytes32[] memory upper = _memoryPath(before, isT);
        bytes32[] memory path = new bytes32[](upper.length + 1);
        path[0] = _leafHash(slot, 1 - number);
        for (uint256 i = 0; i < upper.length; i++) path[i + 1] = upper[i];
        return Reading(abi.encode(_leaf(slot, number)), path, new bytes32[](0));
    }

    /// @dev Takes the claim, the position and the points from the events since the last time.
    function _follow() internal {
        VmLogs.Log[] memory seen = logs.getRecordedLogs();
        for (uint256 i = 0; i < seen.length; i++) {
            if (seen[i].topics[0] == IDisputeGame.GameOpened.selector) {
                (claim,) = abi.decode(seen[i].data, (Claim, Terms));
            } else if (seen[i].topics[0] == INarrowingGame.GameMoved.selector) {
                (, position, points) = abi.decode(seen[i].data, (uint40, Position, bytes32[]));
            }
        }
    }

    /// @dev The first part at whose end the honest run has another state.
    function _wrongPart() internal returns (uint256 part) {
        bytes32[] memory right = _honestPoints();
        while (part < right.length && right[part] == points[part]) part++;
    }

    /// @dev The first word of the leaf shown that is not the challenger's own; the leaf's last where all are.
    function _wrongElement() internal view returns (uint32 element) {
        bytes32[4] memory right = _leaf(_rightSlot(), position.low);
        while (element < 31 && _wordOf(right[element / 8], element) == _wordOf(points[element / 8], element)) element++;
        element += 32 * position.low;
    }

    function _wordOf(bytes32 words, uint256 place) private pure returns (uint32) {
        return uint32(uint256(words) >> (224 - 32 * (place % 8)));
    }

    /// @dev As the defender claims them.
    function _points() internal returns (bytes32[] memory) {
        return _cutBy(lie);
    }

    /// @dev As they follow from the interval's start, on which both sides agree.
    function _honestPoints() internal returns (bytes32[] memory) {
        Lie memory none = _honest();
        if (position.level == Level.Steps) return _cutBy(none);
        if (position.level == Level.Machine) return _cutBy(none);
        bytes32[] memory right = new bytes32[](1);
        right[0] = _root(_next(_run(lie, position.step, 0), position.step, 0));
        return right;
    }

    function _cutBy(Lie memory by) private view returns (bytes32[] memory cuts) {
        (uint256 low, uint256 length) = (position.low, position.high - position.low);
        if (position.level == Level.Machine) return _cutStates(_machine(by, position), position.low, position.high);
        uint256 parts = game.partsOf(uint32(length));
        cuts = new bytes32[](parts - 1);
        Memory memory m = _run(by, position.low, 0);
        uint32 step = position.low;
        for (uint256 i = 1; i < parts; i++) {
            while (step < low + length * i / parts) m = _take(by, m, step++, WRITES);
            cuts[i - 1] = _state(m.w);
        }
    }

    function _cutStates(MachineState[] memory states, uint256 low, uint256 high)
        private
        view
        returns (bytes32[] memory cuts)
    {
        uint256 length = high - low;
        uint256 parts = game.partsOf(uint32(length));
        cuts = new bytes32[](parts - 1);
        for (uint256 i = 1; i < parts; i++) cuts[i - 1] = DisputeMachine.hashOf(states[low + length * i / parts]);
    }

    /// @dev The machine's states for the element, from the agreed memory. A liar's go wrong in the word that is loaded last.
    function _machine(Lie memory by, Position memory p) internal view returns (MachineState[] memory states) {
        uint32 write = _writeOf(p);
        bool isWrong = by.step == p.step && by.write == write && by.element == p.element;
        Memory memory before = _run(lie, p.step, write);
        MachineState memory state = MachineState(0, uint256(p.element) << 224, 0);
        states = new MachineState[](80);
        uint256 count;
        while (true) {
            states[count++] = MachineState(state.pc, state.low, state.high);
            uint256 word = _code(write)[state.pc];
            if (word == 0) break;
            uint32 read;
            if (word >> 248 == 0x31) read = p.step;
            if (word >> 248 == 0x30) {
                read = p.element >= WORDS ? 0 : write == 0 ? before.w[p.element] : before.t[p.element];
                if (isWrong) read++;
            }
            state = DisputeMachine.step(state, word, read);
        }
        MachineState[] memory all = states;
        states = new MachineState[](count);
        for (uint256 i = 0; i < count; i++) states[i] = all[i];
    }

    function _claimedReveal() internal view returns (UpdateReveal memory) {
        Memory memory end = _run(lie, STEPS, 0);
        bytes memory file = _file(end.w);
        bytes32 leaf = sha256(abi.encodePacked(bytes1(0), _state(end.w)));
        bytes32 traceRoot = sha256(abi.encodePacked(bytes1(0x02), uint64(1), leaf));
        return UpdateReveal(sha256(file), uint32(file.length), traceRoot, 640, keccak256("salt"));
    }

    function _memoryPath(Memory memory m, bool isT) private pure returns (bytes32[] memory path) {
        path = new bytes32[](isT ? 1 : 2);
        path[isT ? 0 : 1] = isT ? _state(m.w) : _slotRoot(m.t);
    }

    /// @return gasUsed What a transaction with this call costs before refunds: EIP-2028 and EIP-7623.
    function _send(address player, bytes memory data) internal returns (uint256 gasUsed) {
        vm.prank(player);
        uint256 gas = gasleft();
        address(game).functionCall(data);
        gas -= gasleft();
        uint256 zeros;
        for (uint256 i = 0; i < data.length; i++) if (data[i] == 0) zeros++;
        uint256 tokens = zeros + 4 * (data.length - zeros);
        (uint256 usual, uint256 floor) = (21_000 + 4 * tokens + gas, 21_000 + 10 * tokens);
        gasUsed = usual > floor ? usual : floor;
        gasOf[player == CHALLENGER ? 0 : 1] += gasUsed;
        moves++;
    }
}
