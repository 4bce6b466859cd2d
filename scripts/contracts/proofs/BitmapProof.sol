// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bitmap} from "../../../contracts/libraries/Bitmap.sol";

/// @title BitmapProof
/// @notice What the SMT checker proves of the library for all inputs. Never deployed.
contract BitmapProof {
    using Bitmap for uint256;

    function firstIsThere(uint256 bitmap) external pure {
        assert(bitmap.add(0).has(0));
    }
}
