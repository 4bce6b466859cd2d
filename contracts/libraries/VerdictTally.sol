// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title  VerdictTally
/// @notice Counts the votes on 256 updates at once.
/// @dev    Bit i of plane p is bit p of the number of verdicts that accept update i. Adding a verdict is a ripple-carry
///         addition of one bit in all 256 columns, so the cost depends on the verdicts and not on the updates.
library VerdictTally {
    /// @dev Planes for counts up to 127; a committee has at most 48 seats.
    uint256 private constant PLANES = 7;

    /// @notice The updates that at least `quorum` of the verdicts accept.
    /// @param  verdicts At most 127 bitmaps.
    /// @param  quorum   1 to 127.
    function tally(uint256[] memory verdicts, uint256 quorum) internal pure returns (uint256 accepted) {
        uint256[PLANES] memory planes;
        for (uint256 i = 0; i < verdicts.length; i++) {
            uint256 carry = verdicts[i];
            for (uint256 p = 0; carry != 0; p++) {
                (planes[p], carry) = (planes[p] ^ carry, planes[p] & carry);
            }
        }
        return _atLeast(planes, quorum);
    }

    /// @dev Compares all columns with `quorum` from the highest bit down.
    function _atLeast(uint256[PLANES] memory planes, uint256 quorum) private pure returns (uint256) {
        uint256 above;
        uint256 equal = type(uint256).max;
        for (uint256 bit = PLANES; bit > 0; bit--) {
            uint256 plane = planes[bit - 1];
            if ((quorum >> (bit - 1)) & 1 == 0) {
                above |= equal & plane;
                equal &= ~plane;
            } else {
                equal &= plane;
            }
        }
        return above | equal;
    }
}
