// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32, INFINITY_BITS, NAN, SIGN_BIT, SIZE_BITS, toFloat32} from "../../../contracts/libraries/Float32.sol";
import {Float32Functions} from "../../../contracts/libraries/Float32Functions.sol";
import {VmTest} from "../support/Vm.sol";

/// @dev What holds of binary32 without a reference to compare with. Fuzzed bits are any number, infinities and NaNs included.
contract Float32_Test is VmTest {
    using Float32Functions for Float32;

    Float32 internal constant ZERO = Float32.wrap(0);
    Float32 internal constant ONE = Float32.wrap(0x3f800000);
    Float32 internal constant TWO = Float32.wrap(0x40000000);
    Float32 internal constant HALF = Float32.wrap(0x3f000000);
    Float32 internal constant INFINITY = Float32.wrap(0x7f800000);
    Float32 internal constant LEAST = Float32.wrap(1); // 2^-149

    // Exponents between which squares and quotients of two numbers are normal.
    uint32 internal constant LOW = 0x20000000; // 2^-63
    uint32 internal constant HIGH = 0x5e800000; // 2^62

    function testFuzz_add_anyNumbers_commutesAndFollowsTheSigns(uint32 a, uint32 b) public pure {
        (Float32 x, Float32 y) = (Float32.wrap(a), Float32.wrap(b));
        _assertSame(x + y, y + x, "x + y = y + x");
        _assertSame(x - y, x + -y, "x - y = x + (-y)");
        if ((x + y).isEqual(ZERO)) return; // an exact zero is +0 in both
        _assertSame(-(x + y), -x - y, "-(x + y) = -x - y");
    }

    function testFuzz_add_itsOpposite_isPlusZero(uint32 a) public pure {
        Float32 x = _finite(a);
        _assertSame(x - x, ZERO, "x - x = +0");
        _assertSame(x + -x, ZERO, "x + (-x) = +0");
    }

    function testFuzz_add_zeroOrOneAsNeutral_changesNothing(uint32 a) public pure {
        Float32 x = Float32.wrap(a).canonical();
        _assertSame(x - ZERO, x, "x - 0");
        _assertSame(x * ONE, x, "x * 1");
        _assertSame(x / ONE, x, "x / 1");
        _assertSame(x + x, x * TWO, "x + x = 2 x");
        _assertSame(x / TWO, x * HALF, "x / 2 = 0.5 x");
    }

    /// @dev Sterbenz's lemma: y / 2 ≤ x ≤ 2 y.
    function testFuzz_subtract_nearNumbers_isExact(uint32 a, uint32 b) public pure {
        Float32 x = _finite(a & uint32(SIZE_BITS));
        uint32 lowest = Float32.unwrap(x * HALF) + 1; // rounded down at worst
        uint32 highest = Float32.unwrap(x) < 0x7f000000 ? Float32.unwrap(x + x) : 0x7f7fffff;
        if (lowest > highest) return; // x is zero
        Float32 y = Float32.wrap(uint32(_bound(b, lowest, highest)));
        _assertSame(x - y + y, x, "(x - y) + y = x");
    }

    /// @dev Knuth: with s = fl(x + y), the error is a number, and these operations find it exactly. Added to s, it is lost again.
    function testFuzz_add_anyNumbers_hasAnErrorBelowHalfAPlace(uint32 a, uint32 b) public pure {
        Float32 x = _between(a, LOW, HIGH);
        Float32 y = _between(b, LOW, HIGH);
        Float32 s = x + y;
        Float32 virtualY = s - x;
        Float32 rest = x - (s - virtualY) + (y - virtualY);
        _assertSame(s + rest, s, "s + rest = s");
        // Modulo 2^256.
        unchecked {
            _assertEq(_scaled(x) + _scaled(y), _scaled(s) + _scaled(rest), "x + y = s + rest, exactly");
        }
    }

    function testFuzz_multiply_anyNumbers_commutesAndFollowsTheSigns(uint32 a, uint32 b) public pure {
        (Float32 x, Float32 y) = (Float32.wrap(a), Float32.wrap(b));
        _assertSame(x * y, y * x, "x y = y x");
        _assertSame(-(x * y), -x * y, "-(x y) = (-x) y");
        _assertSame(-(x / y), -x / y, "-(x / y) = (-x) / y");
    }

    /// @dev No number is nearer to x y than fl(x y): twice the distance is at most one place, exactly in whole numbers.
    function testFuzz_multiply_anyNumbers_isNearest(uint32 a, uint32 b) public pure {
        Float32 x = _between(a & uint32(SIZE_BITS), LOW, HIGH);
        Float32 y = _between(b & uint32(SIZE_BITS), LOW, HIGH);
        (uint256 m, uint256 e) = _parts(x);
        (uint256 n, uint256 f) = _parts(y);
        (uint256 p, uint256 g) = _parts(x * y);
        uint256 place = 1 << (g + 150 - e - f); // of the product, where x y is m n
        _assertTrue(2 * _distance(m * n, p * place) <= place, "within half a place");
    }

    function testFuzz_divide_anyNumbers_isNearest(uint32 a, uint32 b) public pure {
        Float32 x = _between(a & uint32(SIZE_BITS), LOW, HIGH);
        Float32 y = _between(b & uint32(SIZE_BITS), LOW, HIGH);
        (uint256 m, uint256 e) = _parts(x);
        (uint256 n, uint256 f) = _parts(y);
        (uint256 q, uint256 g) = _parts(x / y);
        // |x / y − q| ≤ half a place, times y: |m 2^k − q n| ≤ n / 2.
        uint256 scaled = m << (e + 150 - f - g);
        _assertTrue(2 * _distance(scaled, q * n) <= n, "within half a place");
    }

    function testFuzz_squareRoot_ofASquare_isTheSize(uint32 a) public pure {
        Float32 x = _between(a, LOW, HIGH);
        _assertSame((x * x).squareRoot(), x.absolute(), "sqrt(x x) = |x|");
    }

    function testFuzz_squareRoot_anyNumber_isNearest(uint32 a) public pure {
        Float32 x = Float32.wrap(uint32(_bound(a, 1, INFINITY_BITS - 1)));
        (uint256 m, uint256 e) = _parts(x);
        (uint256 r, uint256 g) = _parts(x.squareRoot());
        // (r − ½)² ≤ x ≤ (r + ½)², times 4, in squares of r's places.
        uint256 scaled = 4 * m << (e + 150 - 2 * g);
        _assertTrue((2 * r - 1) ** 2 <= scaled && scaled <= (2 * r + 1) ** 2, "within half a place");
    }

    function testFuzz_isLess_anyNumbers_ordersThem(uint32 a, uint32 b, uint32 c) public pure {
        (Float32 x, Float32 y, Float32 z) = (Float32.wrap(a), Float32.wrap(b), Float32.wrap(c));
        uint256 holds = (x < y ? 1 : 0) + (x > y ? 1 : 0) + (x.isEqual(y) ? 1 : 0);
        _assertEq(holds, x.isNaN() || y.isNaN() ? 0 : 1, "one of <, >, =, or a NaN");
        _assertTrue((x <= y) == (x < y || x.isEqual(y)) && (x >= y) == (y <= x), "<= is < or =");
        if (!(x <= y) || z.isNaN()) return;
        // Rounding keeps the order.
        _assertTrue(x + z <= y + z || (x + z).isNaN() || (y + z).isNaN(), "x + z <= y + z");
        _assertTrue(z < ZERO || x * z <= y * z || (x * z).isNaN() || (y * z).isNaN(), "x z <= y z");
        _assertSame(x.maximum(y).maximum(x.minimum(y)), x.maximum(y), "max >= min");
    }

    function testFuzz_toFloat32_wholeNumbers_comesBack(int256 number) public pure {
        int256 small = number % (2 ** 24 + 1);
        _assertTrue(toFloat32(small).toInt() == small, "exact up to 2^24");
        int256 word = int256(int32(number));
        int256 back = toFloat32(word).toInt();
        int256 gap = back > word ? back - word : word - back;
        if (word < 2 ** 31 - 64) _assertTrue(gap <= 64, "within half of 2^7"); // above, it is 2^31: out of range
    }

    function testFuzz_exp_anyNumber_isPositiveAndFlipsIntoLog(uint32 a) public pure {
        Float32 x = _between(a, 0x3c000000, 0x42a00000); // 2^-7 to 80
        Float32 y = x.exp();
        _assertTrue(y > ZERO && y.isFinite(), "positive");
        _assertTrue((y > ONE) == (x > ZERO), "above 1 for positive numbers");
        Float32 gap = (y.log() - x).absolute();
        _assertTrue(gap <= Float32.wrap(0x35800000) * x.absolute().maximum(ONE), "log(exp(x)) within 2^-20");
    }

    function testFuzz_tanh_anyNumber_isOddAndBelowOne(uint32 a) public pure {
        Float32 x = Float32.wrap(a);
        Float32 y = x.tanh();
        if (x.isNaN() || x.isEqual(ZERO)) return _assertSame(y, x.isNaN() ? NAN : ZERO, "NaN, +0");
        _assertSame((-x).tanh(), -y, "odd");
        _assertTrue(y.absolute() <= ONE && (y > ZERO) == (x > ZERO), "sign and bound");
    }

    function testFuzz_normal_anyNumber_isADistribution(uint32 a) public pure {
        Float32 x = _finite(a & uint32(SIZE_BITS));
        (Float32 above, Float32 density) = x.normal();
        (Float32 below, Float32 same) = (-x).normal();
        if (x.isEqual(ZERO)) below = ONE - below; // −0 is not below 0
        _assertSame(above, ONE - below, "both sides make 1");
        _assertSame(density, same, "even");
        _assertTrue(HALF - Float32.wrap(0x35000000) <= above && above <= ONE, "half to 1");
    }

    function test_add_handMadeTies_goToEven() public pure {
        Float32 two24 = Float32.wrap(0x4b800000);
        _assertSame(two24 + ONE, two24, "2^24 + 1 is a tie");
        _assertSame(two24 + ONE + TWO, Float32.wrap(0x4b800001), "2^24 + 2");
        _assertSame(Float32.wrap(0x4b800001) + ONE, Float32.wrap(0x4b800002), "2^24 + 3 is a tie, up");
        _assertSame(LEAST * HALF, ZERO, "2^-150 is a tie");
        _assertSame(Float32.wrap(3) * HALF, Float32.wrap(2), "3/2 of 2^-149 is a tie, up");
        _assertSame(Float32.wrap(0x7f7fffff) + Float32.wrap(0x73000000), Float32.wrap(0x7f800000), "a tie with 2^128");
        _assertSame(ONE / Float32.wrap(0x40400000), Float32.wrap(0x3eaaaaab), "1 / 3");
        _assertSame(TWO.squareRoot(), Float32.wrap(0x3fb504f3), "sqrt 2");
    }

    function test_add_infinitiesAndNaNs_followTheStandard() public pure {
        Float32 negativeNaN = Float32.wrap(0xff800001);
        _assertSame(INFINITY - INFINITY, NAN, "inf - inf");
        _assertSame(ONE - INFINITY, -INFINITY, "1 - inf");
        _assertSame(INFINITY + INFINITY, INFINITY, "inf + inf");
        _assertSame(INFINITY * ZERO, NAN, "inf 0");
        _assertSame(INFINITY * -TWO, -INFINITY, "inf (-2)");
        _assertSame(ZERO / ZERO, NAN, "0 / 0");
        _assertSame(INFINITY / INFINITY, NAN, "inf / inf");
        _assertSame(-ONE / ZERO, -INFINITY, "-1 / 0");
        _assertSame(ONE / -INFINITY, -ZERO, "1 / -inf");
        _assertSame((-ONE).squareRoot(), NAN, "sqrt -1");
        _assertSame((-ZERO).squareRoot(), -ZERO, "sqrt -0");
        _assertSame(INFINITY.squareRoot(), INFINITY, "sqrt inf");
        _assertSame(negativeNaN + ONE, NAN, "NaN + 1");
        _assertSame(ONE * negativeNaN, NAN, "1 NaN");
        _assertSame(negativeNaN / INFINITY, NAN, "NaN / inf");
        _assertSame(-negativeNaN, NAN, "-NaN");
        _assertSame(negativeNaN.absolute(), NAN, "|NaN|");
        _assertSame(ONE.minimum(negativeNaN), NAN, "min(1, NaN)");
    }

    function test_maximum_zerosOfBothSigns_takesTheSign() public pure {
        _assertSame((-ZERO).maximum(ZERO), ZERO, "max(-0, +0)");
        _assertSame(ZERO.maximum(-ZERO), ZERO, "max(+0, -0)");
        _assertSame(ZERO.minimum(-ZERO), -ZERO, "min(+0, -0)");
        _assertSame(-ZERO + -ZERO, -ZERO, "-0 + -0");
        _assertSame(-ZERO + ZERO, ZERO, "-0 + 0");
        _assertTrue((-ZERO).isEqual(ZERO) && !(-ZERO < ZERO), "-0 = +0");
    }

    function test_toInt_endsOfTheRange_areKeptOrZero() public pure {
        _assertTrue(Float32.wrap(0x4effffff).toInt() == 2 ** 31 - 128, "the largest");
        _assertTrue(Float32.wrap(0x4f000000).toInt() == 0, "2^31");
        _assertTrue(Float32.wrap(0xcf000000).toInt() == -(2 ** 31), "-2^31");
        _assertTrue(Float32.wrap(0xcf000001).toInt() == 0, "below");
        _assertTrue(NAN.toInt() == 0 && INFINITY.toInt() == 0, "NaN, infinity");
        _assertTrue(Float32.wrap(0xbfffffff).toInt() == -1, "-1.99 towards zero");
        _assertTrue(Float32.wrap(0x3f7fffff).toInt() == 0, "0.99 towards zero");
        _assertSame(toFloat32(type(int256).min), -INFINITY, "-2^255");
        _assertSame(toFloat32(2 ** 24 + 1), Float32.wrap(0x4b800000), "a tie");
    }

    function test_exp_endsOfTheRange_overflowAndVanish() public pure {
        _assertSame(ZERO.exp(), ONE, "exp 0");
        _assertSame(Float32.wrap(0x42b17218).exp(), INFINITY, "exp 88.7228394");
        _assertSame(Float32.wrap(0xc2ce0000).exp(), LEAST, "exp -103");
        _assertSame((-INFINITY).exp(), ZERO, "exp -inf");
        _assertSame(ONE.log(), ZERO, "log 1");
        _assertSame((-ZERO).log(), -INFINITY, "log -0");
        _assertSame((-LEAST).log(), NAN, "log of a negative number");
        _assertSame(INFINITY.log(), INFINITY, "log inf");
        _assertSame(INFINITY.tanh(), ONE, "tanh inf");
        _assertSame(INFINITY.cosPi(), NAN, "cos inf");
    }

    function _assertSame(Float32 actual, Float32 expected, string memory what) private pure {
        _assertEq(Float32.unwrap(actual), Float32.unwrap(expected), what);
    }

    function _finite(uint32 bits) private pure returns (Float32) {
        return Float32.wrap(uint32(bits & SIGN_BIT | (bits & SIZE_BITS) % INFINITY_BITS));
    }

    /// @dev A number whose size has bits from `low` to `high`, with the sign of `bits`.
    function _between(uint32 bits, uint256 low, uint256 high) private pure returns (Float32) {
        return Float32.wrap(uint32(bits & SIGN_BIT | _bound(bits & SIZE_BITS, low, high)));
    }

    /// @dev A positive number as m 2^(e − 150).
    function _parts(Float32 x) private pure returns (uint256 m, uint256 e) {
        uint256 bits = Float32.unwrap(x);
        e = bits >> 23;
        m = bits & 0x7fffff;
        if (e == 0) e = 1;
        else m |= 0x800000;
    }

    /// @dev x in units of 2^-149: sizes below 2^64 only. Modulo 2^256, so negative ones work, too.
    function _scaled(Float32 x) private pure returns (uint256) {
        uint256 bits = Float32.unwrap(x);
        (uint256 m, uint256 e) = _parts(Float32.wrap(uint32(bits & SIZE_BITS)));
        uint256 size = m << (e - 1);
        unchecked {
            return bits & SIGN_BIT == 0 ? size : 0 - size;
        }
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
