// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FileTail, Instruction, Position, Terms, Write} from "../../../contracts/types/Dispute.sol";

/// @notice A tiny training. Two slots of 34 words in two leaves, W and T; a step writes `T[i] = 3 · W[i] + step`, then
///         `W[i] = T[i] + 20`, the latter by a loop. A liar's run goes wrong in one element of one write, and then on.
abstract contract DisputeRun {
    uint32 internal constant STEPS = 70;
    uint32 internal constant WRITES = 2;
    uint32 internal constant WORDS = 34;
    uint32 internal constant SAMPLES = 640; // what CairnTest's updates claim
    bytes32 internal constant RECORDS_ROOT = keccak256("records");
    uint32 internal constant NEVER = type(uint32).max;
    bytes32 internal constant ZERO_LEAF = keccak256(abi.encode(bytes32(0), bytes32(0), bytes32(0), bytes32(0)));
    bytes32 internal constant ZERO_SLOT = keccak256(abi.encode(ZERO_LEAF, ZERO_LEAF));

    struct Memory {
        uint32[34] w;
        uint32[34] t;
    }

    /// @dev Where a run goes wrong; `step` is NEVER where it does not.
    struct Lie {
        uint32 step;
        uint32 write;
        uint32 element;
    }

    /// @dev The write that is left; at the machine's level it can be told by its code.
    function _writeOf(Position memory p) internal pure returns (uint32) {
        return p.codeRoot == _codeRoot(0) ? 0 : 1;
    }

    /// @dev The memory after `write` writes of step `step`.
    function _run(Lie memory by, uint32 step, uint32 write) internal pure returns (Memory memory m) {
        for (uint32 i = 0; i < WORDS; i++) m.w[i] = 5 + i;
        for (uint32 s = 0; s < step; s++) m = _take(by, m, s, WRITES);
        return _take(by, m, step, write);
    }

    /// @dev The memory after so many writes of the step that begins with `m`.
    function _take(Lie memory by, Memory memory m, uint32 step, uint32 writes) internal pure returns (Memory memory) {
        m.t = _zeros();
        for (uint32 w = 0; w < writes; w++) {
            m = _next(m, step, w);
            if (by.step != step || by.write != w) continue;
            if (w == 0) m.t[by.element] += 3; // as a wrong word loaded makes it
            else m.w[by.element] += 1;
        }
        return m;
    }

    function _zeros() private pure returns (uint32[34] memory words) {}

    function _next(Memory memory m, uint32 step, uint32 write) internal pure returns (Memory memory next) {
        // Words are of 32 bits and wrap.
        unchecked {
            for (uint256 i = 0; i < WORDS; i++) {
                (next.w[i], next.t[i]) = (m.w[i], m.t[i]);
                if (write == 0) next.t[i] = m.w[i] * 3 + step;
                else next.w[i] = m.t[i] + 20;
            }
        }
    }

    function _honest() internal pure returns (Lie memory) {
        return Lie(NEVER, 0, 0);
    }

    function _terms() internal pure returns (Terms memory terms) {
        (terms.steps, terms.writes) = (STEPS, WRITES);
        terms.programRoot =
            _node(keccak256(abi.encode(_write(0))), keccak256(abi.encode(_write(1))));
        terms.initialT = ZERO_SLOT;
        (terms.shards, terms.shardsRoot) = (1, keccak256(abi.encode(SAMPLES, RECORDS_ROOT)));
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

    function _state(uint32[34] memory w) internal pure returns (bytes32) {
        return _node(_slotRoot(w), bytes32(0));
    }

    function _slotRoot(uint32[34] memory words) internal pure returns (bytes32) {
        return _node(_leafHash(words, 0), _leafHash(words, 1));
    }

    function _leafHash(uint32[34] memory words, uint256 number) internal pure returns (bytes32) {
        return keccak256(abi.encode(_leaf(words, number)));
    }

    function _leaf(uint32[34] memory words, uint256 number) internal pure returns (bytes32[4] memory leaf) {
        for (uint256 i = 32 * number; i < WORDS && i < 32 * (number + 1); i++) {
            leaf[i % 32 / 8] |= bytes32(uint256(words[i]) << (224 - 32 * (i % 8)));
        }
    }

    function _file(uint32[34] memory w) internal pure returns (bytes memory) {
        return abi.encodePacked("forty bytes of header before the root...", _slotRoot(w));
    }

    function _tail(uint32[34] memory w) internal pure returns (FileTail memory) {
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
}
