// What the kernels do to a `vec` beside arithmetic: parts of one, extremes, roots, masks.
//
// Loops over lanes are how this is said without intrinsics; compilers make one instruction of each.
#pragma once
#include "canonical.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))
// Before a loop of a few rounds, at most 16, whose variables should stay in registers.
#define UNROLL _Pragma("GCC unroll 16")

// The first `count` numbers, the other lanes +0. Reads no more than that.
ALWAYS_INLINE vec load_part(const float *from, i32 count) {
  if (count >= LANES) return load(from);
  float part[LANES] = {0};
  for (i32 i = 0; i < count; i++) part[i] = from[i];
  return load(part);
}
// Writes the first `count` lanes and nothing else.
ALWAYS_INLINE void store_part(float *to, vec value, i32 count) {
  if (count >= LANES) {
    store(to, value);
    return;
  }
  float part[LANES];
  store(part, value);
  for (i32 i = 0; i < count; i++) to[i] = part[i];
}

// a, or b where that is larger; a where either is NaN.
static inline vec larger(vec a, vec b) {
  vec result;
  UNROLL for (i32 i = 0; i < LANES; i++) result[i] = a[i] < b[i] ? b[i] : a[i];
  return result;
}
// a, or b where that is smaller; a where either is NaN.
static inline vec smaller(vec a, vec b) {
  vec result;
  UNROLL for (i32 i = 0; i < LANES; i++) result[i] = b[i] < a[i] ? b[i] : a[i];
  return result;
}
static inline vec root(vec value) {
  vec result;
  UNROLL for (i32 i = 0; i < LANES; i++) result[i] = __builtin_sqrtf(value[i]);
  return result;
}
static inline vec magnitude(vec value) { return (vec)((ivec)value & 0x7fffffff); }

// All ones in the lanes below `count`.
static inline ivec first_lanes(i32 count) {
  ivec lane;
  UNROLL for (i32 i = 0; i < LANES; i++) lane[i] = i;
  return lane < isplat(count);
}
