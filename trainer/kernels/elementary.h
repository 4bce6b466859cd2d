// exp, log, tanh and the normal distribution, as fixed sequences of + - * / and exact conversions.
//
// `trainer/src/engine/arithmetic.ts` spells the same sequences; a change to one is a change to both and to every golden
// vector. Each is written once, for all lanes.
#pragma once
#include "lanes.h"

#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f
#define ROUNDER 12582912.0f // 1.5 * 2^23: its ulp is 1

// e^x for |n| <= 150, n = x log2 e rounded: the mantissa times 2^n, rounded once, through a power that any n of one sign
// allows and the constant that is missing from it. The power's exponent, `bias` + n, is even where n is, and so added to
// the rounder changes no rounding; its bits then stand ready in the sum.
ALWAYS_INLINE vec exp_biased(vec x, float bias, float missing) {
  vec shifted = x * 1.44269504088896341f + (ROUNDER + bias);
  vec n = shifted - (ROUNDER + bias);
  vec r = (x - n * LN2_HIGH) - n * LN2_LOW;
  vec p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 0.5f;
  vec mantissa = (p * (r * r) + r) + 1.0f;
  vec power = (vec)((ivec)shifted << 23);
  return (mantissa * power) * missing;
}

// e^x of x <= 0, subnormal results included; below -104 it is +0. NaN stays NaN.
static inline vec exp_below_0(vec x) { return exp_biased(larger(x, splat(-104.0f)), 127 + 31, 0x1p-31f); }
// e^x of x >= 0; above 89 it is infinity. NaN stays NaN.
static inline vec exp_above_0(vec x) { return exp_biased(smaller(x, splat(89.0f)), 127 - 33, 0x1p33f); }

// The natural logarithm. Of 0 it is -infinity; of anything below 0, or NaN, NaN; of infinity, infinity.
static inline vec log_vec(vec x) {
  ivec is_subnormal = x < splat(1.1754943508222875e-38f);
  ivec bits = (ivec)select(is_subnormal, x * 8388608.0f, x); // 2^23
  ivec exponent = (bits >> 23) - 126 - (is_subnormal & 23);
  vec m = (vec)((bits & 0x007fffff) | 0x3f000000);
  ivec is_low = m < splat(0.707106781186547524f);
  exponent += is_low; // all ones is -1
  m = select(is_low, m + m, m) - 1.0f;
  vec z = m * m;
  vec p = splat(7.0376836292e-2f);
  p = p * m + -1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m + -1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m + -1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m + -2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  vec scale = __builtin_convertvector(exponent, vec);
  vec y = (m * z) * p;
  y = y + scale * LN2_LOW;
  y = y - z * 0.5f;
  vec result = (m + y) + scale * LN2_HIGH;
  const vec infinity = splat(__builtin_inff());
  result = select(x < infinity, result, x); // infinity and NaN
  return select(x > splat(0.0f), result, select(x == splat(0.0f), -infinity, splat(__builtin_nanf(""))));
}

// The hyperbolic tangent. NaN stays NaN.
static inline vec tanh_vec(vec x) {
  vec a = magnitude(x);
  vec z = x * x;
  vec p = splat(-5.70498872745e-3f);
  p = p * z + 2.06390887954e-2f;
  p = p * z + -5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z + -3.33332819422e-1f;
  vec small = (p * z) * x + x;
  vec t = splat(1.0f) - splat(2.0f) / (exp_above_0(a + a) + 1.0f);
  return select(a < splat(0.625f), small, select(x < splat(0.0f), -t, t));
}

struct normal {
  vec distribution, density;
};

// The standard normal distribution function and its density. NaN gives NaN.
// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
static inline struct normal normal_vec(vec x) {
  vec z = magnitude(x) * 0.7071067811865476f;
  vec e = exp_below_0(-(z * z));
  vec t = splat(1.0f) / (z * 0.3275911f + 1.0f);
  vec p = splat(1.061405429f);
  p = p * t + -1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t + -0.284496736f;
  p = p * t + 0.254829592f;
  p = p * t;
  vec q = (p * 0.5f) * e;
  return (struct normal){select(x >= splat(0.0f), 1.0f - q, q), e * 0.3989422804014327f};
}
