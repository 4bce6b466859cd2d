// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32, toFloat32} from "../libraries/Float32.sol";
import {MachineState} from "../types/Dispute.sol";

/// @title  DisputeMachine
/// @notice The machine that computes one element of a training operation: one step of it. docs/disputes.md, section 4.
/// @dev    Mirrors trainer/src/audit/dispute; test/vectors/dispute/machine.json pins the two together. Linked into DisputeGame.
///
///         An instruction is one word:
///
///         | bytes | field  | meaning                                        |
///         | 0     | opcode |                                                |
///         | 1-3   | rd, ra, rb | registers: the lower four bits of each     |
///         | 4-7   | imm    |                                                |
///         | 8-11  | path   | of a load's slot, as `depth` and `length`      |
///         | 12    | depth  |                                                |
///         | 13-16 | length | unit: words                                    |
///
///         Assumes: what an instruction reads from outside was read and proven by the caller.
library DisputeMachine {
    uint256 private constant HALT = 0x00;
    uint256 private constant LI = 0x01;
    uint256 private constant MOV = 0x02;
    uint256 private constant ADD = 0x03;
    uint256 private constant ADDI = 0x04;
    uint256 private constant SUB = 0x05;
    uint256 private constant MUL = 0x06;
    uint256 private constant MULI = 0x07;
    uint256 private constant MULHI = 0x08;
    uint256 private constant DIV = 0x09;
    uint256 private constant DIVI = 0x0a;
    uint256 private constant REM = 0x0b;
    uint256 private constant REMI = 0x0c;
    uint256 private constant AND = 0x0d;
    uint256 private constant ANDI = 0x0e;
    uint256 private constant OR = 0x0f;
    uint256 private constant XOR = 0x10;
    uint256 private constant XORI = 0x11;
    uint256 private constant SHL = 0x12;
    uint256 private constant SHLI = 0x13;
    uint256 private constant SHR = 0x14;
    uint256 private constant SHRI = 0x15;
    uint256 private constant JMP = 0x16;
    uint256 private constant JEQ = 0x17;
    uint256 private constant JNE = 0x18;
    uint256 private constant JLT = 0x19;
    uint256 private constant JGE = 0x1a;
    uint256 private constant FADD = 0x20;
    uint256 private constant FSUB = 0x21;
    uint256 private constant FMUL = 0x22;
    uint256 private constant FDIV = 0x23;
    uint256 private constant FSQRT = 0x24;
    uint256 private constant FMAC = 0x25;
    uint256 private constant FLT = 0x26;
    uint256 private constant FLE = 0x27;
    uint256 private constant I2F = 0x28;
    uint256 private constant F2I = 0x29;
    uint256 internal constant LOAD = 0x30;
    uint256 internal constant CONTEXT = 0x31;
    uint256 internal constant KEY = 0x32;
    uint256 internal constant SHARD = 0x33;
    uint256 internal constant BYTE = 0x34;
    uint256 internal constant LOADU = 0x35;
    uint256 internal constant WEIGHT = 0x36;
    uint256 private constant LAST = WEIGHT;

    uint256 private constant REGISTERS = 16;
    uint256 private constant WORD = type(uint32).max;

    /// @dev Registers and operands of one instruction.
    struct Operands {
        uint256 rd;
        uint256 a;
        uint256 b;
        uint256 imm;
    }

    /// @notice The state after the instruction `word`.
    /// @param  read What it reads from outside, where it does.
    function step(MachineState memory state, uint256 word, uint32 read) external pure returns (MachineState memory) {
        uint256 opcode = opcodeOf(word);
        if (isHalt(opcode)) return state;
        Operands memory x = Operands({
            rd: (word >> 240) % REGISTERS,
            a: register(state, raOf(word)),
            b: register(state, rbOf(word)),
            imm: immOf(word)
        });
        // pc counts modulo 2^32.
        unchecked {
            state.pc++;
        }
        if (opcode >= JMP && opcode <= JGE) {
            if (_jumps(opcode, x)) state.pc = uint32(x.imm); // imm has 32 bits
            return state;
        }
        uint256 result;
        if (opcode >= LOAD) result = read;
        else if (opcode >= FADD) result = _float(opcode, x, register(state, x.rd));
        else result = _integer(opcode, x);
        _set(state, x.rd, result & WORD);
        return state;
    }

    /// @return Whether the opcode leaves the state as it is, as every one does that has no meaning.
    function isHalt(uint256 opcode) internal pure returns (bool) {
        return opcode == HALT || (opcode > JGE && opcode < FADD) || (opcode > F2I && opcode < LOAD) || opcode > LAST;
    }

    function opcodeOf(uint256 word) internal pure returns (uint256) {
        return word >> 248;
    }

    function raOf(uint256 word) internal pure returns (uint256) {
        return (word >> 232) % REGISTERS;
    }

    function rbOf(uint256 word) internal pure returns (uint256) {
        return (word >> 224) % REGISTERS;
    }

    function immOf(uint256 word) internal pure returns (uint256) {
        return (word >> 192) & WORD;
    }

    /// @return path   The slot's place in memory.
    /// @return depth  Levels above it.
    /// @return length Unit: words.
    function slotOf(uint256 word) internal pure returns (uint256 path, uint256 depth, uint256 length) {
        return ((word >> 160) & WORD, (word >> 152) & 0xff, (word >> 120) & WORD);
    }

    /// @param number 0 to 15.
    function register(MachineState memory state, uint256 number) internal pure returns (uint256) {
        uint256 half = number < 8 ? state.low : state.high;
        return (half >> (224 - 32 * (number % 8))) & WORD;
    }

    /// @return keccak256(pc ‖ r0 ‖ … ‖ r15), four bytes each.
    function hashOf(MachineState memory state) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(state.pc, state.low, state.high));
    }

    /// @return The hash of the state that computes `element` from.
    function initialHash(uint32 element) internal pure returns (bytes32) {
        return hashOf(MachineState({pc: 0, low: uint256(element) << 224, high: 0}));
    }

    function _set(MachineState memory state, uint256 number, uint256 value) private pure {
        uint256 shift = 224 - 32 * (number % 8);
        if (number < 8) state.low = (state.low & ~(WORD << shift)) | (value << shift);
        else state.high = (state.high & ~(WORD << shift)) | (value << shift);
    }

    function _jumps(uint256 opcode, Operands memory x) private pure returns (bool) {
        if (opcode == JMP) return true;
        if (opcode == JEQ) return x.a == x.b;
        if (opcode == JNE) return x.a != x.b;
        return opcode == JLT ? x.a < x.b : x.a >= x.b;
    }

    /// @return A number whose lower 32 bits are the result.
    function _integer(uint256 opcode, Operands memory x) private pure returns (uint256) {
        (uint256 a, uint256 b, uint256 imm) = (x.a, x.b, x.imm);
        // Operands have 32 bits: products have 64, differences wrap modulo 2^256, of which 2^32 is a divisor.
        unchecked {
            if (opcode == LI) return imm;
            if (opcode == MOV) return a;
            if (opcode == ADD) return a + b;
            if (opcode == ADDI) return a + imm;
            if (opcode == SUB) return a - b;
            if (opcode == MUL) return a * b;
            if (opcode == MULI) return a * imm;
            if (opcode == MULHI) return (a * b) >> 32;
            if (opcode == DIV) return b == 0 ? 0 : a / b;
            if (opcode == DIVI) return imm == 0 ? 0 : a / imm;
            if (opcode == REM) return b == 0 ? 0 : a % b;
            if (opcode == REMI) return imm == 0 ? 0 : a % imm;
            if (opcode == AND) return a & b;
            if (opcode == ANDI) return a & imm;
            if (opcode == OR) return a | b;
            if (opcode == XOR) return a ^ b;
            if (opcode == XORI) return a ^ imm;
            if (opcode == SHL) return b < 32 ? a << b : 0;
            if (opcode == SHLI) return imm < 32 ? a << imm : 0;
            if (opcode == SHR) return a >> b; // 32 and more leave nothing of 32 bits
            return a >> imm; // SHRI
        }
    }

    /// @param  previous What `rd` holds.
    function _float(uint256 opcode, Operands memory x, uint256 previous) private pure returns (uint256) {
        Float32 a = Float32.wrap(uint32(x.a)); // registers have 32 bits
        Float32 b = Float32.wrap(uint32(x.b));
        if (opcode == FADD) return Float32.unwrap(a + b);
        if (opcode == FSUB) return Float32.unwrap(a - b);
        if (opcode == FMUL) return Float32.unwrap(a * b);
        if (opcode == FDIV) return Float32.unwrap(a / b);
        if (opcode == FSQRT) return Float32.unwrap(a.squareRoot());
        if (opcode == FMAC) return Float32.unwrap(Float32.wrap(uint32(previous)) + a * b);
        if (opcode == FLT) return a < b ? 1 : 0;
        if (opcode == FLE) return a <= b ? 1 : 0;
        if (opcode == I2F) return Float32.unwrap(toFloat32(int32(uint32(x.a)))); // two's complement
        return uint256(a.toInt()); // F2I; two's complement, cut to 32 bits by the caller
    }
}
