// Canonical binary32: types, and exp and log as fixed sequences of + - * and exact conversions.
//
// `trainer/src/engine/arithmetic.ts` spells the same sequences. Compile with -ffp-contract=off and never with
// -ffast-math: a fused or reordered operation changes bits. No libc, no allocation, no state.
#pragma once

typedef int i32;
typedef unsigned u32;
// Four lanes. Alignment 4, for matrices start where they start.
typedef float f32x4 __attribute__((vector_size(16), aligned(4)));
typedef i32 i32x4 __attribute__((vector_size(16), aligned(4)));

#define LANES 4
#define KERNEL(name) __attribute__((export_name(#name)))

static inline i32 min_i32(i32 a, i32 b) { return a < b ? a : b; }
static inline f32x4 load(const float *from) { return *(const f32x4 *)from; }
static inline void store(float *to, f32x4 value) { *(f32x4 *)to = value; }
static inline f32x4 splat(float value) { return (f32x4){value, value, value, value}; }

static inline float from_bits(u32 bits) { return __builtin_bit_cast(float, bits); }
static inline u32 to_bits(float value) { return __builtin_bit_cast(u32, value); }

// Infinity and NaN have every exponent bit set.
#define EXPONENT_BITS 0x7f800000
static inline i32 is_finite(float value) { return (to_bits(value) & EXPONENT_BITS) != EXPONENT_BITS; }

// As Math.max and Math.min: NaN if either is, and -0 below +0.
static inline float max_f32(float a, float b) { return __builtin_wasm_max_f32(a, b); }
static inline float min_f32(float a, float b) { return __builtin_wasm_min_f32(a, b); }
static inline f32x4 max_f32x4(f32x4 a, f32x4 b) { return __builtin_wasm_max_f32x4(a, b); }

#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f

// Exactly 2^n, for -126 <= n <= 127.
static inline float power_of_two(i32 n) { return from_bits((u32)(n + 127) << 23); }

// e^x. Subnormal results included; below -104 it is +0, above 89 infinity.
static inline float exp_f32(float x) {
  const float rounder = 12582912.0f; // 1.5 * 2^23: its ulp is 1
  float clamped = min_f32(max_f32(x, -104.0f), 89.0f);
  float shifted = clamped * 1.44269504088896341f + rounder;
  float n = shifted - rounder;
  float r = (clamped - n * LN2_HIGH) - n * LN2_LOW;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 0.5f;
  float mantissa = (p * (r * r) + r) + 1.0f;
  i32 exponent = (i32)(to_bits(shifted) - to_bits(rounder)); // n as an integer; of a NaN, a number that does not matter
  i32 half = exponent >> 1;
  return mantissa * power_of_two(half) * power_of_two(exponent - half);
}

// The natural logarithm of x > 0, x finite.
static inline float log_f32(float x) {
  i32 is_subnormal = x < 1.1754943508222875e-38f;
  u32 bits = to_bits(is_subnormal ? x * 8388608.0f : x); // 2^23
  i32 exponent = (i32)(bits >> 23) - 126 - (is_subnormal ? 23 : 0);
  float m = from_bits((bits & 0x007fffff) | 0x3f000000);
  if (m < 0.707106781186547524f) {
    exponent--;
    m = (m + m) - 1.0f;
  } else {
    m = m - 1.0f;
  }
  float z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m + -1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m + -1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m + -1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m + -2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float y = (m * z) * p;
  y = y + LN2_LOW * (float)exponent;
  y = y - 0.5f * z;
  return (m + y) + LN2_HIGH * (float)exponent;
}
