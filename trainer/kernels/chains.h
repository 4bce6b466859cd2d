// Sums and maxima of several rows at once, each strictly in order: one chain of additions alone waits for itself.
//
// Four rows by four columns are turned in registers, so that four chains are one vector; four such vectors run side by side.
#pragma once
#include "lanes.h"

#define QUAD 4
#define QUADS 4
#define CHAINS (QUADS * QUAD) // rows at once

typedef float quad __attribute__((vector_size(4 * QUAD), aligned(4)));
typedef i32 iquad __attribute__((vector_size(4 * QUAD), aligned(4)));

// The lanes of a and b, counted through, in the order given.
#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (iquad){__VA_ARGS__})
#endif

typedef quad fold_quad(quad so_far, quad value);
ALWAYS_INLINE quad add_quad(quad so_far, quad value) { return so_far + value; }
ALWAYS_INLINE quad larger_quad(quad so_far, quad value) {
  iquad is_more = value > so_far;
  return (quad)(((iquad)value & is_more) | ((iquad)so_far & ~is_more));
}

ALWAYS_INLINE quad load_quad(const float *from) { return *(const quad *)from; }

// Four columns of four rows, folded in order.
ALWAYS_INLINE quad fold_square(quad so_far, const float *const row[QUAD], i32 j, fold_quad *f) {
  quad a = load_quad(row[0] + j), b = load_quad(row[1] + j), c = load_quad(row[2] + j), d = load_quad(row[3] + j);
  quad low_ab = SHUFFLE(a, b, 0, 4, 1, 5), low_cd = SHUFFLE(c, d, 0, 4, 1, 5);
  quad high_ab = SHUFFLE(a, b, 2, 6, 3, 7), high_cd = SHUFFLE(c, d, 2, 6, 3, 7);
  so_far = f(so_far, SHUFFLE(low_ab, low_cd, 0, 1, 4, 5));
  so_far = f(so_far, SHUFFLE(low_ab, low_cd, 2, 3, 6, 7));
  so_far = f(so_far, SHUFFLE(high_ab, high_cd, 0, 1, 4, 5));
  return f(so_far, SHUFFLE(high_ab, high_cd, 2, 3, 6, 7));
}

// results[r] = f(… f(f(results[r], x[r, 0]), x[r, 1]) …), for `rows` <= CHAINS rows; the results beyond are of no use.
ALWAYS_INLINE void fold_rows(i32 rows, i32 columns, const float *x, i32 stride, float results[CHAINS], fold_quad *f) {
  const float *row[CHAINS];
  for (i32 r = 0; r < CHAINS; r++) row[r] = x + min_i32(r, rows - 1) * stride;
  quad so_far[QUADS];
  UNROLL for (i32 q = 0; q < QUADS; q++) so_far[q] = load_quad(results + q * QUAD);
  i32 j = 0;
  for (; j + QUAD <= columns; j += QUAD) {
    UNROLL for (i32 q = 0; q < QUADS; q++) so_far[q] = fold_square(so_far[q], row + q * QUAD, j, f);
  }
  for (; j < columns; j++) {
    UNROLL for (i32 q = 0; q < QUADS; q++) {
      const float *const *of = row + q * QUAD;
      so_far[q] = f(so_far[q], (quad){of[0][j], of[1][j], of[2][j], of[3][j]});
    }
  }
  UNROLL for (i32 q = 0; q < QUADS; q++) *(quad *)(results + q * QUAD) = so_far[q];
}

// sums[r] += row r's numbers, in order.
static inline void add_rows(i32 rows, i32 columns, const float *x, i32 stride, float sums[CHAINS]) {
  fold_rows(rows, columns, x, stride, sums, add_quad);
}

// maxima[r] = the larger of it and row r's numbers; NaN is never larger.
static inline void largest_of_rows(i32 rows, i32 columns, const float *x, i32 stride, float maxima[CHAINS]) {
  fold_rows(rows, columns, x, stride, maxima, larger_quad);
}
