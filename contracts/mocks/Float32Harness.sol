// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32, toFloat32} from "../libraries/Float32.sol";
import {Float32Functions} from "../libraries/Float32Functions.sol";

/// @title  Float32Harness
/// @notice Lets a test apply any operation of binary32 to thousands of numbers in one call. Never deployed.
contract Float32Harness {
    using Float32Functions for Float32;

    error Float32HarnessUnknownOperation(string name);

    /// @notice Applies an operation to all pairs.
    /// @param  pairs   Four pairs a word, 32 bits a number, from the most significant bit. Operations of one number take the first.
    /// @return results Four a word, in the lower half.
    function applyAll(string calldata name, uint256[] calldata pairs) external pure returns (uint256[] memory results) {
        function(Float32, Float32) pure returns (uint32) operation = _operation(name);
        results = new uint256[](pairs.length);
        // Shifts are below 256.
        unchecked {
            for (uint256 i = 0; i < pairs.length; i++) {
                uint256 word = pairs[i];
                uint256 four;
                for (uint256 shift = 256; shift > 0; shift -= 64) {
                    Float32 a = Float32.wrap(uint32(word >> (shift - 32)));
                    Float32 b = Float32.wrap(uint32(word >> (shift - 64)));
                    four = four << 32 | operation(a, b);
                }
                results[i] = four;
            }
        }
    }

    /// @return used What the operation costs for each pair (one a word, in the lower 64 bits), calls to it included. Unit: gas.
    function gasOf(string calldata name, uint256[] calldata pairs) external view returns (uint256[] memory used) {
        function(Float32, Float32) pure returns (uint32) operation = _operation(name);
        used = new uint256[](pairs.length);
        for (uint256 i = 0; i < pairs.length; i++) {
            Float32 a = Float32.wrap(uint32(pairs[i] >> 32));
            Float32 b = Float32.wrap(uint32(pairs[i]));
            used[i] = _gasOf(operation, a, b) - _gasOf(_first, a, b);
        }
    }

    /// @return The packed coefficients of the elementary functions, by name; 0 for other names.
    /// @return The coefficient before them that stands apart, or 0.
    function coefficientsOf(string calldata name) external pure returns (uint256, uint32) {
        if (_is(name, "exp")) return (Float32Functions.EXP_COEFFICIENTS, 0);
        if (_is(name, "log")) {
            return (Float32Functions.LOG_COEFFICIENTS, Float32.unwrap(Float32Functions.LOG_FIRST_COEFFICIENT));
        }
        if (_is(name, "tanh")) return (Float32Functions.TANH_COEFFICIENTS, 0);
        if (_is(name, "normal")) return (Float32Functions.NORMAL_COEFFICIENTS, 0);
        return (0, 0);
    }

    /// @return The bits of fl(number).
    function fromInteger(int256 number) external pure returns (uint32) {
        return Float32.unwrap(toFloat32(number));
    }

    function _gasOf(function(Float32, Float32) pure returns (uint32) operation, Float32 a, Float32 b)
        private
        view
        returns (uint256)
    {
        uint256 before = gasleft();
        operation(a, b);
        return before - gasleft();
    }

    function _operation(string calldata name)
        private
        pure
        returns (function(Float32, Float32) pure returns (uint32))
    {
        if (_is(name, "add")) return _add;
        if (_is(name, "subtract")) return _subtract;
        if (_is(name, "multiply")) return _multiply;
        if (_is(name, "divide")) return _divide;
        if (_is(name, "multiplyAdd")) return _multiplyAdd;
        if (_is(name, "maximum")) return _maximum;
        if (_is(name, "minimum")) return _minimum;
        if (_is(name, "isEqual")) return _isEqual;
        if (_is(name, "isLess")) return _isLess;
        if (_is(name, "isAtMost")) return _isAtMost;
        if (_is(name, "isMore")) return _isMore;
        if (_is(name, "isAtLeast")) return _isAtLeast;
        if (_is(name, "squareRoot")) return _squareRoot;
        if (_is(name, "negate")) return _negate;
        if (_is(name, "absolute")) return _absolute;
        if (_is(name, "canonical")) return _canonical;
        if (_is(name, "isNaN")) return _isNaN;
        if (_is(name, "isFinite")) return _isFinite;
        if (_is(name, "toInt")) return _toInt;
        if (_is(name, "toFloat32")) return _toFloat32;
        return _elementary(name);
    }

    function _elementary(string calldata name)
        private
        pure
        returns (function(Float32, Float32) pure returns (uint32))
    {
        if (_is(name, "exp")) return _exp;
        if (_is(name, "log")) return _log;
        if (_is(name, "tanh")) return _tanh;
        if (_is(name, "distribution")) return _distribution;
        if (_is(name, "density")) return _density;
        if (_is(name, "gelu")) return _gelu;
        if (_is(name, "geluSlope")) return _geluSlope;
        if (_is(name, "inverseSquareRoot")) return _inverseSquareRoot;
        if (_is(name, "cosPi")) return _cosPi;
        revert Float32HarnessUnknownOperation(name);
    }

    function _is(string calldata name, string memory other) private pure returns (bool) {
        return keccak256(bytes(name)) == keccak256(bytes(other));
    }

    function _first(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a);
    }

    function _add(Float32 a, Float32 b) private pure returns (uint32) {
        return Float32.unwrap(a + b);
    }

    function _subtract(Float32 a, Float32 b) private pure returns (uint32) {
        return Float32.unwrap(a - b);
    }

    function _multiply(Float32 a, Float32 b) private pure returns (uint32) {
        return Float32.unwrap(a * b);
    }

    function _divide(Float32 a, Float32 b) private pure returns (uint32) {
        return Float32.unwrap(a / b);
    }

    /// @dev One term of a sum of products, from b: two roundings.
    function _multiplyAdd(Float32 a, Float32 b) private pure returns (uint32) {
        return Float32.unwrap(b + a * b);
    }

    function _maximum(Float32 a, Float32 b) private pure returns (uint32) {
        return Float32.unwrap(a.maximum(b));
    }

    function _minimum(Float32 a, Float32 b) private pure returns (uint32) {
        return Float32.unwrap(a.minimum(b));
    }

    function _isEqual(Float32 a, Float32 b) private pure returns (uint32) {
        return a.isEqual(b) ? 1 : 0;
    }

    function _isLess(Float32 a, Float32 b) private pure returns (uint32) {
        return a < b ? 1 : 0;
    }

    function _isAtMost(Float32 a, Float32 b) private pure returns (uint32) {
        return a <= b ? 1 : 0;
    }

    function _isMore(Float32 a, Float32 b) private pure returns (uint32) {
        return a > b ? 1 : 0;
    }

    function _isAtLeast(Float32 a, Float32 b) private pure returns (uint32) {
        return a >= b ? 1 : 0;
    }

    function _squareRoot(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.squareRoot());
    }

    function _negate(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(-a);
    }

    function _absolute(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.absolute());
    }

    function _canonical(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.canonical());
    }

    function _isNaN(Float32 a, Float32) private pure returns (uint32) {
        return a.isNaN() ? 1 : 0;
    }

    function _isFinite(Float32 a, Float32) private pure returns (uint32) {
        return a.isFinite() ? 1 : 0;
    }

    function _toInt(Float32 a, Float32) private pure returns (uint32) {
        return uint32(int32(a.toInt())); // 32 bits by definition
    }

    /// @dev Of the bits as a signed word.
    function _toFloat32(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(toFloat32(int32(Float32.unwrap(a))));
    }

    function _exp(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.exp());
    }

    function _log(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.log());
    }

    function _tanh(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.tanh());
    }

    function _distribution(Float32 a, Float32) private pure returns (uint32 bits) {
        (Float32 distribution,) = a.normal();
        return Float32.unwrap(distribution);
    }

    function _density(Float32 a, Float32) private pure returns (uint32) {
        (, Float32 density) = a.normal();
        return Float32.unwrap(density);
    }

    function _gelu(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.gelu());
    }

    function _geluSlope(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.geluSlope());
    }

    function _inverseSquareRoot(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.inverseSquareRoot());
    }

    function _cosPi(Float32 a, Float32) private pure returns (uint32) {
        return Float32.unwrap(a.cosPi());
    }
}
