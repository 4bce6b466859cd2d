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
    uint256 private constant ONES = type(uint256).max / 0xffff;

    struct Counters {
        mapping(uint256 word => uint256 lanes) words;
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
        for (uint256 word = 0; bitmap != 0; word++) {
            if (bitmap & 0xffff != 0) self.words[word] += _spread(bitmap & 0xffff);
            bitmap >>= 16;
        }
    }

    /// @dev Bit i of 16 goes to the lowest bit of lane i: halves are moved apart four times.
    function _spread(uint256 bits) private pure returns (uint256 lanes) {
        lanes = (bits | (bits << 120)) & (0xff * (type(uint256).max / type(uint128).max));
        lanes = (lanes | (lanes << 60)) & (0xf * (type(uint256).max / type(uint64).max));
        lanes = (lanes | (lanes << 30)) & (0x3 * (type(uint256).max / type(uint32).max));
        lanes = (lanes | (lanes << 15)) & ONES;
    }
}
