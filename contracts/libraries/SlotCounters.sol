// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title  SlotCounters
/// @notice 256 counters, one a place in a task, sixteen to a word. Counts a whole round's accepted updates in at most
///         sixteen writes, so that a trainer can later be paid for any number of rounds at once.
/// @dev    Every counter starts at 1, written when a place of its word is first taken: the first round is then charged
///         for a changed slot, not a fresh one. Only differences of counters mean anything.
///         Assumes: at most 65,534 additions to a counter.
library SlotCounters {
    /// @dev A one in each 16-bit lane.
    uint256 private constant ONES = 0x0001000100010001000100010001000100010001000100010001000100010001;

    /// @dev An array of its own, not a mapping: where a word lies is then known without hashing.
    struct Counters {
        uint256[16] words;
    }

    /// @notice Makes the counter of `slot` ready.
    function open(Counters storage self, uint8 slot) internal {
        if (self.words[slot / 16] == 0) self.words[slot / 16] = ONES;
    }

    /// @return The counter of `slot`, which was opened.
    function get(Counters storage self, uint8 slot) internal view returns (uint16) {
        return uint16(self.words[slot / 16] >> (16 * (slot % 16))); // keeps the lane's 16 bits
    }

    /// @notice Adds 1 to the counter of each set bit; those were opened.
    function increment(Counters storage self, uint256 bitmap) internal {
        for (uint256 word = 0; bitmap != 0; bitmap >>= 16) {
            uint256 bits = bitmap & 0xffff;
            unchecked {
                if (bits != 0) self.words[word] += _spread(bits); // no lane overflows
                word++; // 16 at most
            }
        }
    }

    /// @dev Bit i of 16 goes to the lowest bit of lane i: halves are moved apart four times. Masks are spelt out, for the
    ///      compiler would have each round work them out.
    function _spread(uint256 bits) private pure returns (uint256 lanes) {
        lanes = (bits | (bits << 120)) & 0x000000000000000000000000000000ff000000000000000000000000000000ff;
        lanes = (lanes | (lanes << 60)) & 0x000000000000000f000000000000000f000000000000000f000000000000000f;
        lanes = (lanes | (lanes << 30)) & 0x0000000300000003000000030000000300000003000000030000000300000003;
        lanes = (lanes | (lanes << 15)) & ONES;
    }
}
