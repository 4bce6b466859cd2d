// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CanonicalTree} from "../../../contracts/disputes/CanonicalTree.sol";
import {DisputeReads} from "../../../contracts/disputes/DisputeReads.sol";
import {MerklePaths} from "../../../contracts/disputes/MerklePaths.sol";
import {IDataRegistry} from "../../../contracts/interfaces/IDataRegistry.sol";
import {DatasetView} from "../../../contracts/types/Dataset.sol";
import {Claim, MachineState, Moment, Reading, Terms} from "../../../contracts/types/Dispute.sol";
import {VmTest} from "../support/Vm.sol";
import {DisputeHarness} from "./DisputeHarness.sol";

/// @dev Each instruction, and what it reads. Stands for the data registry, too.
contract DisputeMachine_Test is VmTest {
    DisputeHarness internal machine = new DisputeHarness();
    bytes32 internal recordsRoot;

    function test_step_integers_wrapAt32Bits() public view {
        uint32 max = type(uint32).max;
        _assertResult(0x01, 0, 0, 77, 77, "LI");
        _assertResult(0x02, 5, 6, 0, 5, "MOV");
        _assertResult(0x03, max, 2, 0, 1, "ADD");
        _assertResult(0x04, max, 0, 3, 2, "ADDI");
        _assertResult(0x05, 3, 5, 0, max - 1, "SUB");
        _assertResult(0x06, 0x10001, 0x10001, 0, 0x20001, "MUL");
        _assertResult(0x07, max, 0, 2, max - 1, "MULI");
        _assertResult(0x08, 0x10001, 0x10001, 0, 1, "MULHI");
        _assertResult(0x09, 17, 5, 0, 3, "DIV");
        _assertResult(0x09, 17, 0, 0, 0, "DIV by 0");
        _assertResult(0x0a, 17, 0, 5, 3, "DIVI");
        _assertResult(0x0a, 17, 0, 0, 0, "DIVI by 0");
        _assertResult(0x0b, 17, 5, 0, 2, "REM");
        _assertResult(0x0b, 17, 0, 0, 0, "REM by 0");
        _assertResult(0x0c, 17, 0, 5, 2, "REMI");
        _assertResult(0x0c, 17, 0, 0, 0, "REMI by 0");
        _assertResult(0x0d, 12, 10, 0, 8, "AND");
        _assertResult(0x0e, 12, 0, 10, 8, "ANDI");
        _assertResult(0x0f, 12, 10, 0, 14, "OR");
        _assertResult(0x10, 12, 10, 0, 6, "XOR");
        _assertResult(0x11, 12, 0, 10, 6, "XORI");
    }

    /// @dev Case 35: shifts of 31, 32 and 2^32 − 1.
    function test_step_shifts_leaveNothingFrom32On() public view {
        uint32 max = type(uint32).max;
        _assertResult(0x12, 3, 31, 0, 0x80000000, "SHL");
        _assertResult(0x12, 3, 32, 0, 0, "SHL by 32");
        _assertResult(0x12, 3, max, 0, 0, "SHL by all");
        _assertResult(0x13, 3, 0, 31, 0x80000000, "SHLI");
        _assertResult(0x13, 3, 0, 32, 0, "SHLI by 32");
        _assertResult(0x14, max, 31, 0, 1, "SHR");
        _assertResult(0x14, max, 32, 0, 0, "SHR by 32");
        _assertResult(0x14, max, max, 0, 0, "SHR by all");
        _assertResult(0x15, max, 0, 31, 1, "SHRI");
        _assertResult(0x15, max, 0, 32, 0, "SHRI by 32");
    }

    function test_step_jumps_goWhereTheySay() public view {
        _assertJumps(0x16, 1, 2, true, "JMP");
        _assertJumps(0x17, 2, 2, true, "JEQ");
        _assertJumps(0x17, 1, 2, false, "JEQ not");
        _assertJumps(0x18, 1, 2, true, "JNE");
        _assertJumps(0x18, 2, 2, false, "JNE not");
        _assertJumps(0x19, 1, 0x80000000, true, "JLT unsigned");
        _assertJumps(0x19, 2, 2, false, "JLT not");
        _assertJumps(0x1a, 0x80000000, 1, true, "JGE unsigned");
        _assertJumps(0x1a, 2, 2, true, "JGE equal");
        _assertJumps(0x1a, 1, 2, false, "JGE not");
    }

    /// @dev Case 35: ties, −2^31, NaN and both zeros.
    function test_step_floats_roundAsTheEngine() public view {
        _assertResult(0x20, 0x3f800000, 0x33800000, 0, 0x3f800000, "FADD: a tie goes to the even 1");
        _assertResult(0x20, 0x3f800001, 0x33800000, 0, 0x3f800002, "FADD: a tie goes away from the odd");
        _assertResult(0x20, 0x7f800000, 0xff800000, 0, 0x7fc00000, "FADD: inf - inf is the NaN");
        _assertResult(0x20, 0x7fc01234, 0x3f800000, 0, 0x7fc00000, "FADD: every NaN is the NaN");
        _assertResult(0x21, 0x40400000, 0x3f800000, 0, 0x40000000, "FSUB: 3 - 1");
        _assertResult(0x22, 0x40400000, 0xc0000000, 0, 0xc0c00000, "FMUL: 3 * -2");
        _assertResult(0x23, 0x3f800000, 0x40400000, 0, 0x3eaaaaab, "FDIV: 1 / 3");
        _assertResult(0x24, 0x40000000, 0, 0, 0x3fb504f3, "FSQRT: 2");
        _assertResult(0x26, 0x80000000, 0x00000000, 0, 0, "FLT: -0 equals +0");
        _assertResult(0x26, 0xbf800000, 0x3f800000, 0, 1, "FLT: -1 < 1");
        _assertResult(0x26, 0x7fc00000, 0x3f800000, 0, 0, "FLT: NaN");
        _assertResult(0x27, 0x80000000, 0x00000000, 0, 1, "FLE: -0 equals +0");
        _assertResult(0x27, 0x3f800000, 0x7fc00000, 0, 0, "FLE: NaN");
        _assertResult(0x28, 0x80000000, 0, 0, 0xcf000000, "I2F: -2^31");
        _assertResult(0x28, 0xffffffff, 0, 0, 0xbf800000, "I2F: -1");
        _assertResult(0x29, 0xcf000000, 0, 0, 0x80000000, "F2I: -2^31");
        _assertResult(0x29, 0x4f000000, 0, 0, 0, "F2I: 2^31 is beyond");
        _assertResult(0x29, 0xbfc00000, 0, 0, 0xffffffff, "F2I: -1.5 towards zero");
        _assertResult(0x29, 0x7fc00000, 0, 0, 0, "F2I: NaN");
    }

    /// @dev (1 + 2^-12)² is 1 + 2^-11 + 2^-24; rounded by itself it is 1 + 2^-11, so adding −1 − 2^-11 leaves nothing.
    function test_step_multiplyAdd_roundsTwice() public view {
        MachineState memory state = _state(0x3f800800, 0x3f800800);
        state.high = 0xbf801000; // r15
        _assertEq(machine.step(state, _word(0x25, 15, 1, 2, 0), 0).high, 0, "FMAC");
    }

    function test_step_unknownOpcode_halts() public view {
        uint8[8] memory opcodes = [0, 0x1b, 0x1f, 0x2a, 0x2f, 0x37, 0x80, 0xff];
        for (uint256 i = 0; i < opcodes.length; i++) {
            MachineState memory state = _state(1, 2);
            state.pc = 9;
            MachineState memory next = machine.step(state, _word(opcodes[i], 15, 1, 2, 3), 4);
            _assertEq(next.pc, 9, "pc stays");
            _assertEq(next.high, 0, "registers stay");
        }
    }

    /// @dev Registers keep apart: writing one leaves the fifteen others.
    function testFuzz_step_anyRegister_changesThatAlone(uint256 low, uint256 high, uint256 rd, uint32 imm) public view {
        rd = _bound(rd, 0, 15);
        MachineState memory next = machine.step(MachineState(3, low, high), _word(0x01, rd, 0, 0, imm), 0);
        uint256 mask = uint256(type(uint32).max) << (224 - 32 * (rd % 8));
        _assertEq(rd < 8 ? next.high : next.low, rd < 8 ? high : low, "other half");
        _assertEq((rd < 8 ? next.low : next.high) & ~mask, (rd < 8 ? low : high) & ~mask, "neighbours");
        _assertEq((rd < 8 ? next.low : next.high) & mask, uint256(imm) << (224 - 32 * (rd % 8)), "itself");
        _assertEq(next.pc, 4, "pc");
    }

    function test_read_context_isThatOfTheStep() public view {
        (Moment memory p, Claim memory c, Terms memory t, Reading memory r) = _nothing();
        (p.step, t.steps) = (1, 2);
        r.data = abi.encode(uint32(1), uint32(11), uint32(12), uint32(13));
        r.path = new bytes32[](1);
        r.path[0] = keccak256("step 0");
        t.contextRoot = keccak256(abi.encodePacked(r.path[0], keccak256(r.data)));
        for (uint256 i = 1; i < 4; i++) _assertEq(_read(_word(0x31, 0, 0, 0, i), 0, 0, p, c, t, r), 10 + i, "context");
        _assertEq(_read(_word(0x31, 0, 0, 0, 0), 0, 0, p, c, t, r), 1, "the step itself");
    }

    function test_read_key_isWordsOfTheStream() public view {
        (Moment memory p, Claim memory c, Terms memory t, Reading memory r) = _nothing();
        (r.data, c.seed) = ("batch-order", keccak256("seed"));
        t.streamsRoot = keccak256(r.data);
        bytes32 hash = sha256(abi.encodePacked(c.seed, r.data));
        uint256 expected = uint256(uint8(hash[4])) | uint256(uint8(hash[5])) << 8 | uint256(uint8(hash[6])) << 16
            | uint256(uint8(hash[7])) << 24;
        _assertEq(_read(_word(0x32, 0, 0, 0, 1), 0, 0, p, c, t, r), expected, "word 1, little-endian");
    }

    /// @dev Case 34: the node above two streams is no name of a stream.
    function test_read_nodeAsStreamsName_reverts() public {
        (Moment memory p, Claim memory c, Terms memory t, Reading memory r) = _nothing();
        r.data = abi.encodePacked(keccak256("batch-order"), keccak256("dropout"));
        t.streamsRoot = keccak256(r.data);
        vm.expectRevert(abi.encodeWithSelector(DisputeReads.DisputeReadsBadStream.selector));
        _read(_word(0x32, 0, 0, 0, 1), 0, 0, p, c, t, r);
    }

    function test_read_shard_isTheSlotsOwn() public view {
        (Moment memory p, Claim memory c, Terms memory t, Reading memory r) = _nothing();
        (c.slot, t.shards) = (5, 2); // shard 1
        bytes32[4] memory words;
        words[0] = bytes32(uint256(70) << 224 | uint256(71) << 192 | uint256(72) << 160);
        bytes32 root = keccak256(abi.encode(words));
        r.data = abi.encodePacked(abi.encode(uint32(3), root), words[0], words[1], words[2], words[3]);
        r.path = new bytes32[](1);
        r.path[0] = keccak256("shard 0");
        t.shardsRoot = keccak256(abi.encodePacked(r.path[0], keccak256(abi.encode(uint32(3), root))));
        _assertEq(_read(_word(0x33, 0, 1, 0, 0), 2, 0, p, c, t, r), 72, "its third record");
        _assertEq(_read(_word(0x33, 0, 1, 0, 0), 3, 0, p, c, t, r), 0, "beyond its end");
        _assertEq(_read(_word(0x31, 0, 0, 0, 4), 0, 0, p, c, t, r), 3, "its size");
    }

    function test_read_byte_isOfTheRecord() public {
        (Moment memory p, Claim memory c, Terms memory t, Reading memory r) = _nothing();
        r.data = hex"0a0b0c";
        (t.recordPrefix, t.hasPrefix) = (keccak256("layout"), true);
        bytes32 leaf = sha256(abi.encodePacked(bytes1(0), t.recordPrefix, r.data));
        recordsRoot = sha256(abi.encodePacked(bytes1(0x02), uint64(1), leaf));
        _assertEq(_read(_word(0x34, 0, 1, 2, 0), 0, 2, p, c, t, r), 0x0c, "its third byte");
        _assertEq(_read(_word(0x34, 0, 1, 2, 0), 0, 3, p, c, t, r), 0, "beyond its end");
        r.data = hex"0a0b0d";
        vm.expectPartialRevert(CanonicalTree.CanonicalTreeWrongRoot.selector);
        _read(_word(0x34, 0, 1, 2, 0), 0, 2, p, c, t, r);
    }

    /// @dev Who registers a data set says how many records it has. Were a byte beyond them 0, a number that is too small would
    ///      make every honest trainer's input false.
    function test_read_byteBeyondTheRecords_reverts() public {
        (Moment memory p, Claim memory c, Terms memory t, Reading memory r) = _nothing();
        r.data = hex"0a0b0c";
        recordsRoot = sha256(abi.encodePacked(bytes1(0x02), uint64(1), sha256(abi.encodePacked(bytes1(0), r.data))));
        vm.expectRevert(abi.encodeWithSelector(CanonicalTree.CanonicalTreeOutOfRange.selector, 1, 1));
        _read(_word(0x34, 0, 1, 2, 0), 1, 0, p, c, t, r);
    }

    function test_read_load_isTheWordAtItsAddress() public {
        (Moment memory p, Claim memory c, Terms memory t, Reading memory r) = _nothing();
        bytes32[4] memory words;
        words[3] = bytes32(uint256(99)); // word 31 of the leaf
        r.data = abi.encode(words);
        r.path = new bytes32[](2); // one level of the slot, one above it
        (r.path[0], r.path[1]) = (keccak256("first leaf"), keccak256("the other slot"));
        bytes32 slot = keccak256(abi.encodePacked(r.path[0], keccak256(r.data)));
        p.memoryRoot = keccak256(abi.encodePacked(r.path[1], slot));
        uint256 load = _word(0x30, 0, 1, 0, 0) | 1 << 160 | 1 << 152 | 64 << 120;
        _assertEq(_read(load, 63, 0, p, c, t, r), 99, "the slot's last word");
        _assertEq(_read(load, 64, 0, p, c, t, r), 0, "beyond it");
        vm.expectPartialRevert(MerklePaths.MerklePathsWrongRoot.selector);
        _read(load, 31, 0, p, c, t, r); // another leaf
    }

    function datasetOf(uint256) external view returns (DatasetView memory dataset) {
        (dataset.recordsRoot, dataset.recordCount) = (recordsRoot, 1);
    }

    function _read(
        uint256 word,
        uint256 a,
        uint256 b,
        Moment memory p,
        Claim memory c,
        Terms memory t,
        Reading memory r
    ) private view returns (uint256) {
        return machine.read(_state(a, b), word, p, c, t, r, IDataRegistry(address(this)));
    }

    function _nothing() private pure returns (Moment memory p, Claim memory c, Terms memory t, Reading memory r) {}

    /// @dev r1 and r2.
    function _state(uint256 a, uint256 b) private pure returns (MachineState memory) {
        return MachineState(0, a << 192 | b << 160, 0);
    }

    function _assertResult(uint256 opcode, uint256 a, uint256 b, uint256 imm, uint256 expected, string memory what)
        private
        view
    {
        MachineState memory next = machine.step(_state(a, b), _word(opcode, 15, 1, 2, imm), 0);
        _assertEq(next.high, expected, what);
        _assertEq(next.pc, 1, what);
    }

    function _assertJumps(uint256 opcode, uint256 a, uint256 b, bool jumps, string memory what) private view {
        _assertEq(machine.step(_state(a, b), _word(opcode, 0, 1, 2, 40), 0).pc, jumps ? 40 : 1, what);
    }

    function _word(uint256 opcode, uint256 rd, uint256 ra, uint256 rb, uint256 imm) private pure returns (uint256) {
        return opcode << 248 | rd << 240 | ra << 232 | rb << 224 | imm << 192;
    }
}
