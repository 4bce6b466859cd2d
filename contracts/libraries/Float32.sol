// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice A number of IEEE 754 binary32, as its bits: sign (1), exponent (8), fraction (23).
/// @dev    With operators for the canonical arithmetic (docs/canonical-arithmetic.md, section 1): every result is rounded once,
///         to nearest, ties to even; subnormals are kept; every NaN that comes out is {NAN}. There is no `==` on purpose: say
///         {isEqual} for equal numbers (−0 equals +0, NaN equals nothing), or compare `unwrap`ped bits.
///
///         Inside, a number that is finite and not zero is `m · 2^(e − 150)` with a whole `m`; a normal one has its exponent's
///         bits for `e` and 24 bits in `m`. Sums, products and quotients are taken exactly, or with one bit more that says
///         whether anything is missing, and go through {roundToBits} once.
///
///         Does not support: signalling NaNs and their payloads, flags, other rounding modes.
///         See IEEE 754-2019, sections 4.3.1, 5.4.1 and 6.
type Float32 is uint32;

using {
    add as +,
    subtract as -,
    negate as -,
    multiply as *,
    divide as /,
    isLess as <,
    isAtMost as <=,
    isMore as >,
    isAtLeast as >=
} for Float32 global;
using {isEqual, isNaN, isFinite, absolute, squareRoot, maximum, minimum, toInt, canonical} for Float32 global;

/// @dev The NaN that every operation gives.
Float32 constant NAN = Float32.wrap(0x7fc00000);

uint256 constant SIGN_BIT = 0x80000000;
uint256 constant SIZE_BITS = 0x7fffffff; // all but the sign
uint256 constant INFINITY_BITS = 0x7f800000; // the exponent's bits, too
uint256 constant FRACTION_BITS = 0x007fffff;
uint256 constant LEADING_BIT = 0x00800000; // of a normal number's m; not stored

/// @return fl(a + b). An exact 0 is +0, unless both are −0.
function add(Float32 a, Float32 b) pure returns (Float32) {
    uint256 x = Float32.unwrap(a);
    uint256 y = Float32.unwrap(b);
    if (x & INFINITY_BITS < y & INFINITY_BITS) (x, y) = (y, x);
    // Every shift is at most 25, m has at most 24 bits: no sum leaves 50.
    unchecked {
        uint256 e = (x & INFINITY_BITS) >> 23;
        if (e == 255) return addToSpecial(x, y);
        uint256 m = x & FRACTION_BITS;
        if (e == 0) e = 1;
        else m |= LEADING_BIT;
        uint256 f = (y & INFINITY_BITS) >> 23;
        uint256 n = y & FRACTION_BITS;
        if (f == 0) f = 1;
        else n |= LEADING_BIT;

        uint256 shift = e - f;
        if (shift > 25) return Float32.wrap(uint32(x)); // y is below a quarter of x's last place
        m <<= shift;
        uint256 sign = x & SIGN_BIT;
        if ((x ^ y) & SIGN_BIT == 0) {
            // Zeros and subnormals have no bit 23, and need none: their exponent is the least.
            return roundToBits(sign, m + n, int256(f), 23 + shift);
        }
        if (shift > 1) return roundToBits(sign, m - n, int256(f), 22 + shift); // m − n > m / 2
        if (m == n) return Float32.wrap(0);
        (sign, m) = m > n ? (sign, m - n) : (sign ^ SIGN_BIT, n - m);
        return roundToBits(sign, m, int256(f), Math.log2(m));
    }
}

/// @return fl(a − b).
function subtract(Float32 a, Float32 b) pure returns (Float32) {
    return add(a, Float32.wrap(uint32(Float32.unwrap(b) ^ SIGN_BIT)));
}

/// @return −a, exactly.
function negate(Float32 a) pure returns (Float32) {
    return isNaN(a) ? NAN : Float32.wrap(uint32(Float32.unwrap(a) ^ SIGN_BIT));
}

/// @return fl(a · b).
function multiply(Float32 a, Float32 b) pure returns (Float32) {
    uint256 x = Float32.unwrap(a);
    uint256 y = Float32.unwrap(b);
    uint256 sign = (x ^ y) & SIGN_BIT;
    x &= SIZE_BITS;
    y &= SIZE_BITS;
    if (x >= INFINITY_BITS || y >= INFINITY_BITS) {
        bool isUndefined = x > INFINITY_BITS || y > INFINITY_BITS || x == 0 || y == 0;
        return isUndefined ? NAN : Float32.wrap(uint32(sign | INFINITY_BITS));
    }
    if (x == 0 || y == 0) return Float32.wrap(uint32(sign));
    (uint256 m, int256 e) = partsOf(x);
    (uint256 n, int256 f) = partsOf(y);
    // 24 by 24 bits are 47 or 48; the exponents are between −22 and 254.
    unchecked {
        return roundToBits(sign, m * n, e + f - 150, 46);
    }
}

/// @return fl(a / b).
function divide(Float32 a, Float32 b) pure returns (Float32) {
    uint256 x = Float32.unwrap(a);
    uint256 y = Float32.unwrap(b);
    uint256 sign = (x ^ y) & SIGN_BIT;
    x &= SIZE_BITS;
    y &= SIZE_BITS;
    if (x > INFINITY_BITS || y > INFINITY_BITS) return NAN;
    if (x == INFINITY_BITS) return y == INFINITY_BITS ? NAN : Float32.wrap(uint32(sign | INFINITY_BITS));
    if (y == 0) return x == 0 ? NAN : Float32.wrap(uint32(sign | INFINITY_BITS));
    if (x == 0 || y == INFINITY_BITS) return Float32.wrap(uint32(sign));
    (uint256 m, int256 e) = partsOf(x);
    (uint256 n, int256 f) = partsOf(y);
    // 2^26 times the quotient of two numbers of 24 bits has 26 or 27 bits: two at least are rounded away, so the last can
    // stand for a remainder.
    unchecked {
        m <<= 26;
        uint256 quotient = m / n;
        if (quotient * n != m) quotient |= 1;
        return roundToBits(sign, quotient, e - f + 124, 25);
    }
}

/// @return fl(√a). √−0 is −0; below 0 it is NaN.
function squareRoot(Float32 a) pure returns (Float32) {
    uint256 x = Float32.unwrap(a);
    if (x & SIZE_BITS == 0) return a;
    if (x >= INFINITY_BITS) return x == INFINITY_BITS ? a : NAN;
    (uint256 m, int256 e) = partsOf(x);
    // The radicand is even in its exponent and has 54 or 55 bits, so its root has 27 or 28: three at least are rounded away.
    // The first guess is a line that is off by 3.6 % at most; a Newton step makes an error of d into one of d² / 2 above,
    // three make it 2^-45; rounding down leaves it one too large at most. A root is never halfway between two numbers, so
    // its last bit can say that something is missing even where nothing is.
    unchecked {
        if (e & 1 != 0) {
            m <<= 1;
            e -= 1;
        }
        uint256 radicand = m << 30;
        uint256 root = radicand / 284_718_797 + 66_100_000; // 3 · 2^26.5, 0.696 · 2^26.5
        root = (root + radicand / root) >> 1;
        root = (root + radicand / root) >> 1;
        root = (root + radicand / root) >> 1;
        if (root * root > radicand) root -= 1;
        return roundToBits(0, root | 1, e / 2 + 60, 26);
    }
}

/// @return |a|, exactly.
function absolute(Float32 a) pure returns (Float32) {
    return isNaN(a) ? NAN : Float32.wrap(uint32(Float32.unwrap(a) & SIZE_BITS));
}

/// @return a, or {NAN} for any NaN.
function canonical(Float32 a) pure returns (Float32) {
    return isNaN(a) ? NAN : a;
}

/// @return The larger one; +0 of two zeros; NaN where one is NaN: JavaScript's `Math.max`.
function maximum(Float32 a, Float32 b) pure returns (Float32) {
    if (isNaN(a) || isNaN(b)) return NAN;
    (int256 i, int256 j) = (orderOf(a), orderOf(b));
    if (i == j) return Float32.wrap(Float32.unwrap(a) & Float32.unwrap(b));
    return i > j ? a : b;
}

/// @return The smaller one; −0 of two zeros; NaN where one is NaN: JavaScript's `Math.min`.
function minimum(Float32 a, Float32 b) pure returns (Float32) {
    if (isNaN(a) || isNaN(b)) return NAN;
    (int256 i, int256 j) = (orderOf(a), orderOf(b));
    if (i == j) return Float32.wrap(Float32.unwrap(a) | Float32.unwrap(b));
    return i < j ? a : b;
}

function isEqual(Float32 a, Float32 b) pure returns (bool) {
    return !isNaN(a) && !isNaN(b) && orderOf(a) == orderOf(b);
}

function isLess(Float32 a, Float32 b) pure returns (bool) {
    return !isNaN(a) && !isNaN(b) && orderOf(a) < orderOf(b);
}

function isAtMost(Float32 a, Float32 b) pure returns (bool) {
    return !isNaN(a) && !isNaN(b) && orderOf(a) <= orderOf(b);
}

function isMore(Float32 a, Float32 b) pure returns (bool) {
    return isLess(b, a);
}

function isAtLeast(Float32 a, Float32 b) pure returns (bool) {
    return isAtMost(b, a);
}

function isNaN(Float32 a) pure returns (bool) {
    return Float32.unwrap(a) & SIZE_BITS > INFINITY_BITS;
}

function isFinite(Float32 a) pure returns (bool) {
    return Float32.unwrap(a) & INFINITY_BITS != INFINITY_BITS;
}

/// @return fl(number).
function toFloat32(int256 number) pure returns (Float32) {
    if (number == 0) return Float32.wrap(0);
    // m is at most 2^255.
    unchecked {
        (uint256 sign, uint256 m) = number < 0 ? (SIGN_BIT, uint256(-number)) : (0, uint256(number));
        return roundToBits(sign, m, 150, Math.log2(m));
    }
}

/// @return The whole number next to a towards zero, from −2^31 to 2^31 − 1; 0 for NaN and where that is out of range.
function toInt(Float32 a) pure returns (int256) {
    uint256 x = Float32.unwrap(a);
    // The exponent is a byte; what is shifted has 24 bits, and by 7 at most.
    unchecked {
        uint256 e = (x & INFINITY_BITS) >> 23;
        if (e < 127) return 0;
        if (e > 157) return x == 0xcf000000 ? -int256(2 ** 31) : int256(0);
        uint256 m = x & FRACTION_BITS | LEADING_BIT;
        m = e < 150 ? m >> (150 - e) : m << (e - 150);
        return x & SIGN_BIT == 0 ? int256(m) : -int256(m);
    }
}

/// @dev The bits of ±m · 2^(e − 150), rounded.
/// @param sign {SIGN_BIT} or 0.
/// @param m    Below 2^52, or at most 2^255 where e is 150 or more.
/// @param e    From −200 to 600.
/// @param top  Where m's leading bit is, or one less. Where e is 1, more will do: m may be 0 then.
function roundToBits(uint256 sign, uint256 m, int256 e, uint256 top) pure returns (Float32) {
    // So every shift is below 256, and m stays below 2^256 when half of what is dropped is added.
    unchecked {
        if (m >> (top + 1) != 0) top++;
        int256 drop = int256(top) - 23;
        if (e + drop < 1) drop = 1 - e; // subnormal: the last place is fixed
        if (drop > 0) {
            uint256 shift = uint256(drop);
            // Half of the last place that stays, but a tie goes up to odd numbers only.
            m = (m + (1 << (shift - 1)) - 1 + ((m >> shift) & 1)) >> shift;
        } else {
            m <<= uint256(-drop);
        }
        // The leading bit adds 1 to the exponent, as does a carry out of all 24 bits.
        uint256 bits = (uint256(e + drop - 1) << 23) + m;
        return Float32.wrap(uint32(sign | (bits < INFINITY_BITS ? bits : INFINITY_BITS)));
    }
}

/// @dev m and e of a number that is finite and not 0, m having 24 bits for subnormals, too.
/// @param x Its bits without the sign.
function partsOf(uint256 x) pure returns (uint256 m, int256 e) {
    // Bits of a byte and of 23 bits; the leading bit of a fraction is below 23.
    unchecked {
        e = int256(x >> 23);
        if (e != 0) return (x & FRACTION_BITS | LEADING_BIT, e);
        uint256 shift = 23 - Math.log2(x);
        return (x << shift, 1 - int256(shift));
    }
}

/// @dev The sum where x is infinite or NaN. y may be anything.
function addToSpecial(uint256 x, uint256 y) pure returns (Float32) {
    if (x & SIZE_BITS != INFINITY_BITS || y & SIZE_BITS > INFINITY_BITS) return NAN;
    bool isOpposite = y & SIZE_BITS == INFINITY_BITS && x != y;
    return isOpposite ? NAN : Float32.wrap(uint32(x));
}

/// @dev A whole number in the order of what the bits stand for, both zeros alike. Not for NaN.
function orderOf(Float32 a) pure returns (int256) {
    int256 size = int256(Float32.unwrap(a) & SIZE_BITS);
    return Float32.unwrap(a) & SIGN_BIT == 0 ? size : -size;
}
