// Canonical arithmetic: binary32, rounded to nearest even after every operation, and functions made of nothing else.
//
// One source for WebAssembly and for native code of any vector width: LANES is 4, 8 or 16, given by the compiler's command
// line. Compile with -ffp-contract=off and never with -ffast-math: a fused or reordered operation changes bits. No libc, no
// allocation, no state. `trainer/src/engine/arithmetic.ts` spells the same functions (elementary.h) in TypeScript.
#pragma once

#include "words.h"

#ifndef LANES
#define LANES 4
#endif
#define VECTOR_BYTES (4 * LANES)
// Alignment 4, for matrices start where they start.
typedef float vec __attribute__((vector_size(VECTOR_BYTES), aligned(4)));
typedef i32 ivec __attribute__((vector_size(VECTOR_BYTES), aligned(4)));

static inline vec load(const float *from) { return *(const vec *)from; }
static inline void store(float *to, vec value) { *(vec *)to = value; }
static inline vec splat(float value) { return value - (vec){0}; } // x - (+0) is x, for every x
static inline ivec isplat(i32 value) { return value - (ivec){0}; }

// The lanes of a where the mask is all ones, of b where it is 0. Comparisons of vectors give such masks.
static inline vec select(ivec mask, vec a, vec b) { return (vec)(((ivec)a & mask) | ((ivec)b & ~mask)); }

union word {
  float number;
  u32 bits;
};
static inline float from_bits(u32 bits) { return (union word){.bits = bits}.number; }
static inline u32 to_bits(float value) { return (union word){.number = value}.bits; }

// Infinity and NaN have every exponent bit set.
#define EXPONENT_BITS 0x7f800000
static inline i32 is_finite(float value) { return (to_bits(value) & EXPONENT_BITS) != EXPONENT_BITS; }
// All ones in a lane that is an infinity or a NaN.
static inline ivec not_finite(vec value) { return ((ivec)value & EXPONENT_BITS) == isplat(EXPONENT_BITS); }
static inline i32 any_lane(ivec mask) {
  i32 any = 0;
  for (i32 i = 0; i < LANES; i++) any |= mask[i];
  return any != 0;
}

// max(x, +0): NaN stays NaN, -0 becomes +0.
static inline float relu_f32(float x) { return x <= 0.0f ? 0.0f : x; }
static inline vec relu_vec(vec x) { return (vec)((ivec)x & ~(x <= splat(0.0f))); }
// x where gate > 0, else +0.
static inline float gate_f32(float gate, float x) { return gate > 0.0f ? x : 0.0f; }
static inline vec gate_vec(vec gate, vec x) { return (vec)((ivec)x & (gate > splat(0.0f))); }
