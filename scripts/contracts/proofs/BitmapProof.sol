// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bitmap} from "../../../contracts/libraries/Bitmap.sol";

/// @title BitmapProof
/// @notice What the SMT checker proves of the library for all inputs. Never deployed.
contract BitmapProof {
    using Bitmap for uint256;

    function addedIsThere(uint256 bitmap, uint8 index) external pure {
        assert(bitmap.add(index).has(index));
    }

    function removedIsGone(uint256 bitmap, uint8 index) external pure {
        assert(!bitmap.remove(index).has(index));
    }

    function addingTwiceIsAddingOnce(uint256 bitmap, uint8 index) external pure {
        uint256 once = bitmap.add(index);
        assert(once.add(index) == once);
    }

    function othersStay(uint256 bitmap, uint8 index, uint8 other) external pure {
        require(index != other);
        assert(bitmap.add(index).has(other) == bitmap.has(other));
        assert(bitmap.remove(index).has(other) == bitmap.has(other));
    }
}
