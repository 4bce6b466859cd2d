// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Philox} from "../../../contracts/libraries/Philox.sol";
import {VmTest} from "../support/Vm.sol";

/// @dev The published blocks, and what a batch order must be whatever the engine does.
contract Philox_Test is VmTest {
    using Philox for uint32[4];

    /// @dev Far past the least domain, of 64. Unit: records.
    uint256 internal constant MAX_SHARD = 5_000;

    /// @dev Salmon et al., Random123 1.14.0, tests/kat_vectors.
    function test_draw_publishedCounters_givesThePublishedBlocks() public pure {
        uint32 full = type(uint32).max;
        _assertBlock([uint32(0), 0, 0, 0], [uint32(0), 0], 0x6627e8d5_e169c58d_bc57ac4c_9b00dbd8);
        _assertBlock([full, full, full, full], [full, full], 0x408f276d_41c83b0e_a20bc7c6_6d5451fd);
        _assertBlock(
            [uint32(0x243f6a88), 0x85a308d3, 0x13198a2e, 0x03707344],
            [uint32(0xa4093822), 0x299f31d0],
            0xd16cfe09_94fdcceb_5001e420_24126ea1
        );
    }

    function testFuzz_recordAt_twoPlacesOfAnEpoch_areTwoRecords(bytes32 seed, uint256 length, uint256 i, uint256 j)
        public
        pure
    {
        length = _bound(length, 2, MAX_SHARD);
        i = _bound(i, 0, length - 1);
        j = (i + _bound(j, 1, length - 1)) % length;
        uint256 epoch = uint256(seed) % 1_000;
        uint32[4] memory stream = Philox.streamWords(seed, "batch-order");
        uint256 one = stream.recordAt(epoch * length + i, length);
        uint256 other = stream.recordAt(epoch * length + j, length);
        _assertTrue(one < length && other < length, "in the shard");
        _assertTrue(one != other, "each record once");
    }

    function testFuzz_keeps_anyElement_readsItsWord(bytes32 seed, uint32 step, uint32 index) public pure {
        uint32[4] memory stream = Philox.streamWords(seed, "dropout");
        uint32 word = Philox.draw([index / 4, step, stream[2], stream[3]], [stream[0], stream[1]])[index % 4];
        _assertTrue(!stream.keeps(step, index, word >> 8), "at its threshold");
        _assertTrue(stream.keeps(step, index, (word >> 8) + 1), "above it");
        _assertEq(stream.wordAt(index), _wordOf(stream, index), "word of the stream");
    }

    function _wordOf(uint32[4] memory stream, uint32 index) private pure returns (uint32) {
        return Philox.draw([index / 4, 0, stream[2], stream[3]], [stream[0], stream[1]])[index % 4];
    }

    function _assertBlock(uint32[4] memory counter, uint32[2] memory key, uint256 expected) private pure {
        uint32[4] memory words = Philox.draw(counter, key);
        uint256 packed;
        for (uint256 i = 0; i < 4; i++) {
            packed = packed << 32 | words[i];
        }
        _assertEq(packed, expected, "block");
    }
}
