// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title  Bitmap
/// @notice Sets of up to 256 small numbers, one bit each.
library Bitmap {
    function has(uint256 bitmap, uint8 index) internal pure returns (bool) {
        return (bitmap >> index) & 1 == 1;
    }

    function add(uint256 bitmap, uint8 index) internal pure returns (uint256) {
        return bitmap | (1 << index);
    }

    function remove(uint256 bitmap, uint8 index) internal pure returns (uint256) {
        return bitmap & ~(1 << index);
    }

    /// @notice The smallest number that is not in the set.
    /// @dev    Reverts with Panic 0x11 when all 256 are.
    function lowestFree(uint256 bitmap) internal pure returns (uint8) {
        return uint8(Math.log2(~bitmap & (bitmap + 1))); // log2 of a word is below 256
    }

    /// @return sum How many numbers are in the set: 0 to 256.
    /// @dev    Adds neighbouring bits, then pairs, nibbles and bytes, and at last the sixteen 16-bit lanes.
    function count(uint256 bitmap) internal pure returns (uint256 sum) {
        sum = bitmap;
        sum = (sum & (type(uint256).max / 3)) + ((sum >> 1) & (type(uint256).max / 3));
        sum = (sum & (type(uint256).max / 5)) + ((sum >> 2) & (type(uint256).max / 5));
        sum = (sum & (type(uint256).max / 17)) + ((sum >> 4) & (type(uint256).max / 17));
        sum = (sum & (type(uint256).max / 257)) + ((sum >> 8) & (type(uint256).max / 257));
        sum += sum >> 128; // lanes of 16 bits hold at most 256 in all: no carry between lanes
        sum += sum >> 64;
        sum += sum >> 32;
        sum = (sum + (sum >> 16)) & 0xffff;
    }
}
