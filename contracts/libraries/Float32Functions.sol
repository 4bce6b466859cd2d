// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32, INFINITY_BITS, NAN, toFloat32} from "./Float32.sol";

/// @title  Float32Functions
/// @notice The canonical elementary functions of binary32: fixed sequences of its operations, each rounded.
/// @dev    docs/canonical-arithmetic.md, section 2, to the bit; trainer/src/engine/arithmetic.ts spells the same in TypeScript. A
///         change to one is a change to both and to every golden vector; test/contracts/float32 compares coefficients and results.
///         Polynomials are packed, 32 bits a coefficient, the highest power first. (Five alone would be an address to the
///         compiler, hence `00_`.)
library Float32Functions {
    Float32 internal constant ZERO = Float32.wrap(0);
    Float32 internal constant ONE = Float32.wrap(0x3f800000);
    Float32 internal constant TWO = Float32.wrap(0x40000000);
    Float32 internal constant HALF = Float32.wrap(0x3f000000);
    Float32 internal constant QUARTER = Float32.wrap(0x3e800000);
    Float32 internal constant TWO_23 = Float32.wrap(0x4b000000); // 8388608

    Float32 internal constant LOG2_E = Float32.wrap(0x3fb8aa3b);
    Float32 internal constant ROUNDER = Float32.wrap(0x4b400000); // 12582912: adding it rounds to a whole number
    Float32 internal constant LN2_HIGH = Float32.wrap(0x3f318000); // 0.693359375
    Float32 internal constant LN2_LOW = Float32.wrap(0xb95e8083); // −2.12194440e-4
    Float32 internal constant EXP_MIN = Float32.wrap(0xc2d00000); // −104
    Float32 internal constant EXP_MAX = Float32.wrap(0x42b20000); // 89
    uint256 internal constant EXP_COEFFICIENTS = 0x39506967_3ab743ce_3c088908_3d2aa9c1_3e2aaaaa_3f000000;

    Float32 internal constant MIN_NORMAL = Float32.wrap(0x00800000); // 2^-126
    Float32 internal constant SQRT_HALF = Float32.wrap(0x3f3504f3); // also 1 / √2
    /// @dev The ninth, of the highest power, is apart: a word holds eight.
    Float32 internal constant LOG_FIRST_COEFFICIENT = Float32.wrap(0x3d9021bb);
    uint256 internal constant LOG_COEFFICIENTS =
        0xbdebd1b8_3def251a_bdfe5d4f_3e11e9bf_be2aae50_3e4cceac_be7ffffc_3eaaaaaa;

    Float32 internal constant TANH_SMALL = Float32.wrap(0x3f200000); // 0.625
    uint256 internal constant TANH_COEFFICIENTS = 0x00_bbbaf0ea_3ca9134e_bd5c1e2d_3e088393_beaaaa99;

    Float32 internal constant NORMAL_SLOPE = Float32.wrap(0x3ea7ba05); // 0.3275911
    Float32 internal constant INVERSE_SQRT_2_PI = Float32.wrap(0x3ecc422a); // 0.3989422804014327
    uint256 internal constant NORMAL_COEFFICIENTS = 0x00_3f87dc22_bfba00e3_3fb5f0e3_be91a98e_3e827906;

    Float32 internal constant PI = Float32.wrap(0x40490fdb);
    uint256 internal constant COSINE_COEFFICIENTS = 0x37ccf5ce_bab6061a_3d2aaaa5;
    uint256 internal constant SINE_COEFFICIENTS = 0xb94ca1f9_3c08839e_be2aaaa3;

    /// @return e^x.
    function exp(Float32 x) internal pure returns (Float32) {
        if (x.isNaN()) return NAN;
        x = x.maximum(EXP_MIN).minimum(EXP_MAX);
        Float32 n = x * LOG2_E + ROUNDER - ROUNDER;
        Float32 r = x - n * LN2_HIGH - n * LN2_LOW;
        Float32 p = _polynomial(EXP_COEFFICIENTS, 6, r);
        Float32 mantissa = p * (r * r) + r + ONE;
        int256 power = n.toInt();
        int256 half = power >> 1; // rounds down
        return mantissa * _powerOfTwo(half) * _powerOfTwo(power - half);
    }

    /// @return The natural logarithm: −∞ of both zeros, NaN below them.
    function log(Float32 x) internal pure returns (Float32) {
        if (x.isEqual(ZERO)) return -Float32.wrap(uint32(INFINITY_BITS));
        if (!(x > ZERO)) return NAN;
        if (!x.isFinite()) return x;
        bool isSubnormal = x < MIN_NORMAL;
        if (isSubnormal) x = x * TWO_23;
        // x = m · 2^exponent, ½ ≤ m < 1.
        int256 exponent = int256(uint256(Float32.unwrap(x) >> 23)) - (isSubnormal ? int256(149) : int256(126));
        Float32 m = Float32.wrap(Float32.unwrap(x) & 0x007fffff | 0x3f000000);
        if (m < SQRT_HALF) {
            exponent--;
            m = m + m - ONE;
        } else {
            m = m - ONE;
        }
        Float32 z = m * m;
        Float32 y = m * z * _polynomial(LOG_FIRST_COEFFICIENT, LOG_COEFFICIENTS, 8, m);
        Float32 e = toFloat32(exponent);
        y = y + LN2_LOW * e;
        y = y - HALF * z;
        return m + y + LN2_HIGH * e;
    }

    /// @return The hyperbolic tangent. That of −0 is +0.
    function tanh(Float32 x) internal pure returns (Float32) {
        Float32 a = x.absolute();
        if (a < TANH_SMALL) {
            Float32 z = x * x;
            return _polynomial(TANH_COEFFICIENTS, 5, z) * z * x + x;
        }
        Float32 t = ONE - TWO / (exp(a + a) + ONE);
        return x < ZERO ? -t : t;
    }

    /// @notice The standard normal distribution.
    /// @return distribution Φ(x).
    /// @return density      φ(x).
    function normal(Float32 x) internal pure returns (Float32 distribution, Float32 density) {
        Float32 z = x.absolute() * SQRT_HALF;
        Float32 e = exp(-(z * z));
        Float32 t = ONE / (ONE + NORMAL_SLOPE * z);
        Float32 p = _polynomial(NORMAL_COEFFICIENTS, 5, t) * t;
        Float32 q = HALF * p * e;
        return (x >= ZERO ? ONE - q : q, INVERSE_SQRT_2_PI * e);
    }

    /// @return x · Φ(x).
    function gelu(Float32 x) internal pure returns (Float32) {
        (Float32 distribution,) = normal(x);
        return x * distribution;
    }

    /// @return The derivative of {gelu}, Φ(x) + x · φ(x).
    function geluSlope(Float32 x) internal pure returns (Float32) {
        (Float32 distribution, Float32 density) = normal(x);
        return distribution + x * density;
    }

    /// @return 1 / √x: two roundings.
    function inverseSquareRoot(Float32 x) internal pure returns (Float32) {
        return ONE / x.squareRoot();
    }

    /// @return cos(π · p).
    /// @param  p From 0 to 1.
    function cosPi(Float32 p) internal pure returns (Float32) {
        Float32 q = p > HALF ? ONE - p : p;
        bool isSine = q > QUARTER;
        Float32 x = PI * (isSine ? HALF - q : q);
        Float32 z = x * x;
        Float32 y = isSine
            ? _polynomial(SINE_COEFFICIENTS, 3, z) * z * x + x
            : _polynomial(COSINE_COEFFICIENTS, 3, z) * z * z - HALF * z + ONE;
        return p > HALF ? -y : y;
    }

    /// @dev Horner's rule on `count` packed coefficients, 1 to 8.
    function _polynomial(uint256 coefficients, uint256 count, Float32 x) private pure returns (Float32) {
        Float32 first = Float32.wrap(uint32(coefficients >> (32 * (count - 1))));
        return _polynomial(first, coefficients, count - 1, x);
    }

    /// @dev The same after a first coefficient that stands apart.
    function _polynomial(Float32 first, uint256 rest, uint256 count, Float32 x) private pure returns (Float32 sum) {
        sum = first;
        for (uint256 i = count; i > 0; i--) {
            sum = sum * x + Float32.wrap(uint32(rest >> (32 * (i - 1))));
        }
    }

    /// @dev Exactly 2^n.
    /// @param n From −126 to 127.
    function _powerOfTwo(int256 n) private pure returns (Float32) {
        return Float32.wrap(uint32(uint256(n + 127) << 23));
    }
}
