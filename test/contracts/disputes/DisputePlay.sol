// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeGame} from "../../../contracts/disputes/DisputeGame.sol";
import {DisputeMachine} from "../../../contracts/disputes/DisputeMachine.sol";
import {IDisputeGame} from "../../../contracts/interfaces/IDisputeGame.sol";
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
    Write
} from "../../../contracts/types/Dispute.sol";
import {UpdateReveal} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

interface VmLogs {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
}

/// @notice A tiny training, and both sides' moves in a game about it. Two slots of four words, W and T; a step writes
///         `T[i] = 3 · W[i] + step`, then `W[i] = T[i] + 20`, the latter by a loop.
/// @dev    A side moves by its own run; a liar's goes wrong in one element of one write, and then on. What a player knows of
///         a game it takes from the events.
abstract contract DisputePlay is CairnTest {
    uint32 internal constant STEPS = 40;
    uint32 internal constant WRITES = 2;
    uint32 internal constant WORDS = 4;
    uint256 internal constant BOND_WEI = 30 ether;
    uint40 internal constant CLOCK_SECONDS = 60;
    uint40 internal constant EXTENSION_SECONDS = 10;
    uint32 internal constant NEVER = type(uint32).max;
    address internal constant CHALLENGER = address(0xC0);
    bytes32 internal constant ZERO_SLOT = keccak256(abi.encode(bytes32(0), bytes32(0), bytes32(0), bytes32(0)));

    struct Memory {
        uint32[4] w;
        uint32[4] t;
    }

    /// @dev Where a run goes wrong; `step` is NEVER where it does not.
    struct Lie {
        uint32 step;
        uint32 write;
        uint32 element;
    }

    VmLogs internal constant logs = VmLogs(address(uint160(uint256(keccak256("hevm cheat code")))));

    DisputeGame internal game;
    uint256 internal taskId;
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
        token.transfer(CHALLENGER, 100 * BOND_WEI);
        vm.stopPrank();
        vm.prank(CHALLENGER);
        token.approve(address(game), type(uint256).max);
    }

    /// @dev A round in `Challenge` whose committee accepted what trainer 0 claims: a run with this lie. The terms are fixed.
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
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        fl.openRound(taskId);
        UpdateReveal[2] memory updates = [opened, _update(1)];
        for (uint256 i = 0; i < 2; i++) {
            bytes32 commitment = this.updateCommitment(taskId, 1, _trainer(i), updates[i]);
            vm.prank(_trainer(i));
            fl.commitUpdate(taskId, commitment);
        }
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(_trainer(i));
            fl.revealUpdate(taskId, updates[i]);
        }
        _decide(3);
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
        uint256 needed = _view(taskId).quorum;
        vm.prank(members[0]);
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        for (uint256 s = 1; s < needed; s++) {
            vm.prank(members[s]);
            fl.attestAggregate(taskId, DIGEST, BYTE_LENGTH);
        }
    }

    function _open() internal {
        logs.recordLogs();
        UpdateReveal memory opened = _claimedReveal(); // hashes by a call, which would use up the prank
        uint256 gas = _as(CHALLENGER);
        gameId = game.open(taskId, _trainer(0), opened, _terms(), _tail(_run(_honest(), 0, 0).w));
        _count(gas);
    }

    /// @dev Whoever's turn it is moves by its run, until the game is over.
    function _play() internal {
        while (!game.gameOf(gameId).isOver) _move();
    }

    function _move() internal {
        _follow();
        Stage stage = position.stage;
        if (stage == Stage.Answer) _answer();
        else if (stage == Stage.Pick) _pick(_wrongPart());
        else if (stage == Stage.Cut) _cut();
        else if (stage == Stage.OpenStep) _openStep();
        else if (stage == Stage.OpenWrite) _openWrite();
        else if (stage == Stage.PickElement) _pickElement(_wrongElement());
        else if (stage == Stage.OpenElement) _openElement();
        else _settle();
    }

    function _answer() internal {
        Memory memory end = _run(lie, STEPS, 0);
        RunEnd memory shown = RunEnd(1, new bytes32[](0), bytes32(0), _tail(end.w));
        (Claim memory c, Position memory p, bytes32[] memory cuts) = (claim, position, _points());
        uint256 gas = _as(_trainer(0));
        game.answer(gameId, c, _terms(), p, shown, cuts);
        _count(gas);
    }

    function _pick(uint256 part) internal {
        (Position memory p, bytes32[] memory posted) = (position, points);
        uint256 gas = _as(CHALLENGER);
        game.pick(gameId, p, posted, part);
        _count(gas);
    }

    function _cut() internal {
        (Position memory p, bytes32[] memory cuts) = (position, _points());
        uint256 gas = _as(_trainer(0));
        game.cut(gameId, p, cuts);
        _count(gas);
    }

    function _openStep() internal {
        (Claim memory c, Position memory p) = (claim, position);
        Memory memory end = _run(lie, p.low, WRITES);
        bytes32[] memory cuts = new bytes32[](1);
        cuts[0] = _root(_run(lie, p.low, 1));
        uint256 gas = _as(_trainer(0));
        game.openStep(gameId, c, _terms(), p, _slotRoot(end.t), cuts);
        _count(gas);
    }

    function _openWrite() internal {
        (Claim memory c, Position memory p) = (claim, position);
        Memory memory before = _run(lie, p.step, p.low);
        Memory memory later = _run(lie, p.step, p.low + 1);
        bool isT = p.low == 0;
        bytes32[2] memory roots =
            isT ? [_slotRoot(before.t), _slotRoot(later.t)] : [_slotRoot(before.w), _slotRoot(later.w)];
        bytes32[] memory programPath = new bytes32[](1);
        programPath[0] = keccak256(abi.encode(_write(1 - p.low)));
        bytes32[] memory memoryPath = new bytes32[](isT ? 1 : 2);
        memoryPath[isT ? 0 : 1] = isT ? _state(before.w) : _slotRoot(before.t);
        uint256 gas = _as(_trainer(0));
        game.openWrite(gameId, c, _terms(), p, _write(p.low), roots, programPath, memoryPath);
        _count(gas);
    }

    function _pickElement(uint32 element) internal {
        Position memory p = position;
        uint256 gas = _as(CHALLENGER);
        game.pickElement(gameId, p, element);
        _count(gas);
    }

    function _openElement() internal {
        (Position memory p, bytes32[] memory cuts) = (position, new bytes32[](0));
        MachineState[] memory states = _machine(lie, p);
        if (p.element < WORDS) cuts = _cutStates(states, 0, uint32(states.length - 1));
        Memory memory later = _run(lie, p.step, _writeOf(p) + 1);
        ElementView memory shown = ElementView({
            leaf: _leaf(_writeOf(p) == 0 ? later.t : later.w),
            path: new bytes32[](0),
            steps: uint32(states.length - 1),
            last: states[states.length - 1],
            halt: _instruction(_writeOf(p), states[states.length - 1].pc)
        });
        uint256 gas = _as(_trainer(0));
        game.openElement(gameId, p, shown, cuts);
        _count(gas);
    }

    function _settle() internal {
        (Claim memory c, Position memory p) = (claim, position);
        LastStep memory last = _lastStep(p);
        uint256 gas = _as(CHALLENGER);
        game.settle(gameId, c, _terms(), p, last);
        leafGas = gas - gasleft();
        _count(gas);
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
        bytes32[] memory path = new bytes32[](isT ? 1 : 2);
        path[isT ? 0 : 1] = isT ? _state(before.w) : _slotRoot(before.t);
        return Reading(abi.encode(_leaf(isT ? before.t : before.w)), path, new bytes32[](0));
    }

    /// @dev Takes the claim, the position and the points from the events since the last time.
    function _follow() internal {
        VmLogs.Log[] memory seen = logs.getRecordedLogs();
        for (uint256 i = 0; i < seen.length; i++) {
            if (seen[i].topics[0] == IDisputeGame.GameOpened.selector) {
                (claim,) = abi.decode(seen[i].data, (Claim, Terms));
            } else if (seen[i].topics[0] == IDisputeGame.GameMoved.selector) {
                (, position, points) = abi.decode(seen[i].data, (uint40, Position, bytes32[]));
            }
        }
    }

    /// @dev The first part at whose end the honest run has another state.
    function _wrongPart() internal returns (uint256 part) {
        bytes32[] memory right = _honestPoints();
        while (part < right.length && right[part] == points[part]) part++;
    }

    function _wrongElement() internal view returns (uint32 element) {
        Lie memory agreed = lie;
        Memory memory claimed = _run(agreed, position.step, _writeOf(position) + 1);
        Memory memory right = _next(_run(agreed, position.step, _writeOf(position)), position.step, _writeOf(position));
        while (element < WORDS && claimed.w[element] == right.w[element] && claimed.t[element] == right.t[element]) {
            element++;
        }
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

    function _cutBy(Lie memory by) private returns (bytes32[] memory cuts) {
        (uint256 low, uint256 length) = (position.low, position.high - position.low);
        if (position.level == Level.Machine) return _cutStates(_machine(by, position), position.low, position.high);
        uint256 parts = length < game.PARTS() ? length : game.PARTS();
        cuts = new bytes32[](parts - 1);
        for (uint256 i = 1; i < parts; i++) cuts[i - 1] = _state(_run(by, uint32(low + length * i / parts), 0).w);
    }

    function _cutStates(MachineState[] memory states, uint256 low, uint256 high)
        private
        view
        returns (bytes32[] memory cuts)
    {
        uint256 length = high - low;
        uint256 parts = length < game.PARTS() ? length : game.PARTS();
        cuts = new bytes32[](parts - 1);
        for (uint256 i = 1; i < parts; i++) cuts[i - 1] = DisputeMachine.hashOf(states[low + length * i / parts]);
    }

    /// @dev The machine's states for the element, from the agreed memory. A liar's go wrong in the word that is loaded last.
    function _machine(Lie memory by, Position memory p) internal returns (MachineState[] memory states) {
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

    /// @dev The write that is left; at the machine's level it can be told by its code.
    function _writeOf(Position memory p) internal pure returns (uint32) {
        return p.codeRoot == _codeRoot(0) ? 0 : 1;
    }

    /// @dev The memory after `write` writes of step `step`.
    function _run(Lie memory by, uint32 step, uint32 write) internal pure returns (Memory memory m) {
        m.w = [uint32(5), 6, 7, 8];
        for (uint32 s = 0; s <= step; s++) {
            m.t = [uint32(0), 0, 0, 0];
            for (uint32 w = 0; w < (s < step ? WRITES : write); w++) {
                m = _next(m, s, w);
                if (by.step != s || by.write != w) continue;
                if (w == 0) m.t[by.element] += 3; // as a wrong word loaded makes it
                else m.w[by.element] += 1;
            }
        }
    }

    function _next(Memory memory m, uint32 step, uint32 write) internal pure returns (Memory memory next) {
        (next.w, next.t) = (m.w, m.t);
        // Words are of 32 bits and wrap.
        unchecked {
            for (uint256 i = 0; i < WORDS; i++) {
                if (write == 0) next.t[i] = m.w[i] * 3 + step;
                else next.w[i] = m.t[i] + 20;
            }
        }
    }

    function _honest() internal pure returns (Lie memory) {
        return Lie(NEVER, 0, 0);
    }

    function _claimedReveal() internal view returns (UpdateReveal memory) {
        Memory memory end = _run(lie, STEPS, 0);
        bytes memory file = _file(end.w);
        bytes32 leaf = sha256(abi.encodePacked(bytes1(0), _state(end.w)));
        bytes32 traceRoot = sha256(abi.encodePacked(bytes1(0x02), uint64(1), leaf));
        return UpdateReveal(sha256(file), uint32(file.length), traceRoot, 640, keccak256("salt"));
    }

    function _terms() internal pure returns (Terms memory terms) {
        (terms.steps, terms.writes) = (STEPS, WRITES);
        terms.programRoot =
            _node(keccak256(abi.encode(_write(0))), keccak256(abi.encode(_write(1))));
        terms.initialT = ZERO_SLOT;
        terms.shards = 1;
    }

    function _write(uint32 number) internal pure returns (Write memory) {
        return number == 0 ? Write(1, 1, WORDS, _codeRoot(0), 3) : Write(0, 2, WORDS, _codeRoot(1), 3);
    }

    function _code(uint32 write) internal pure returns (uint256[8] memory code) {
        if (write == 0) {
            code[0] = _word(0x31, 1, 0, 0, 0); // r1 = step
            code[1] = _loadWord(2, 0, 2); // r2 = W[r0]
            code[2] = _word(0x07, 2, 2, 0, 3); // r2 *= 3
            code[3] = _word(0x03, 15, 1, 2, 0); // r15 = r1 + r2
        } else {
            code[0] = _word(0x01, 3, 0, 0, 20); // r3 = 20
            code[1] = _loadWord(1, 1, 1); // r1 = T[r0]
            code[2] = _word(0x04, 2, 2, 0, 1); // r2 += 1
            code[3] = _word(0x19, 0, 2, 3, 2); // while r2 < r3
            code[4] = _word(0x03, 15, 1, 2, 0); // r15 = r1 + r2
        }
    }

    function _instruction(uint32 write, uint32 pc) internal pure returns (Instruction memory) {
        uint256[8] memory code = _code(write);
        bytes32[] memory path = new bytes32[](3);
        path[0] = bytes32(code[pc ^ 1]);
        uint256 pair = (pc / 2) ^ 1;
        path[1] = _node(bytes32(code[2 * pair]), bytes32(code[2 * pair + 1]));
        path[2] = _half(code, (pc / 4) ^ 1);
        return Instruction(code[pc], path);
    }

    function _codeRoot(uint32 write) internal pure returns (bytes32) {
        uint256[8] memory code = _code(write);
        return _node(_half(code, 0), _half(code, 1));
    }

    function _root(Memory memory m) internal pure returns (bytes32) {
        return _node(_state(m.w), _slotRoot(m.t));
    }

    function _state(uint32[4] memory w) internal pure returns (bytes32) {
        return _node(_slotRoot(w), bytes32(0));
    }

    function _slotRoot(uint32[4] memory words) internal pure returns (bytes32) {
        return keccak256(abi.encode(_leaf(words)));
    }

    function _leaf(uint32[4] memory words) internal pure returns (bytes32[4] memory leaf) {
        for (uint256 i = 0; i < 4; i++) leaf[0] |= bytes32(uint256(words[i]) << (224 - 32 * i));
    }

    function _file(uint32[4] memory w) internal pure returns (bytes memory) {
        return abi.encodePacked("forty bytes of header before the root...", _slotRoot(w));
    }

    function _tail(uint32[4] memory w) internal pure returns (FileTail memory) {
        return FileTail(bytes32(0), _file(w), "");
    }

    function _half(uint256[8] memory code, uint256 half) private pure returns (bytes32) {
        uint256 from = 4 * half;
        bytes32 left = _node(bytes32(code[from]), bytes32(code[from + 1]));
        return _node(left, _node(bytes32(code[from + 2]), bytes32(code[from + 3])));
    }

    function _node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(left, right));
    }

    function _word(uint256 opcode, uint256 rd, uint256 ra, uint256 rb, uint256 imm) private pure returns (uint256) {
        return opcode << 248 | rd << 240 | ra << 232 | rb << 224 | imm << 192;
    }

    function _loadWord(uint256 rd, uint256 path, uint256 depth) private pure returns (uint256) {
        return 0x30 << 248 | rd << 240 | path << 160 | depth << 152 | uint256(WORDS) << 120;
    }

    function _as(address player) private returns (uint256 gas) {
        vm.prank(player);
        return gasleft();
    }

    function _count(uint256 gas) private {
        moves++;
        gasOf[moves % 2 == 1 ? 0 : 1] += gas - gasleft() + 21_000;
    }
}
