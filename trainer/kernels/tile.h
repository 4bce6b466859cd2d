// Tiles of matrix product and convolution: independent sums that stay in registers while k runs.
//
// sum[r, j] = (continued from out, or +0) + Σ_k a[r, k] * b[k, j], k rising: one accumulator an element, product rounded
// before the sum. `a` is read number by number, wherever these lie, `b` in vectors, whose lanes lie next to each other. Must
// not know what a row or a column stands for.
#pragma once
#include "canonical.h"

typedef __PTRDIFF_TYPE__ stride;

// Half a vector: for tails, and for images with few channels.
typedef float half __attribute__((vector_size(2 * LANES), aligned(4)));

// How tiles walk through their operands. a[r, k] lies at r * a_row elements and a_offsets[k] bytes, so that one loop runs
// over all of k, whatever an image's rows are; b[k, j] at k * b_row + j elements, or j + b_strip
// elements in the next strip.
#define BYTES ((i32)sizeof(float))
struct walk {
  i32 inner, a_row, b_row, b_strip;
  const i32 *a_offsets;
};

// Where tiles put their sums: element (r, j) at out + r * row + j * column, one of row and column 1.
struct target {
  float *out;
  i32 row, column;
};

// Rows of the largest tiles of two vectors and of one, chosen by measurement: enough sums to hide an addition's latency,
// and no more than registers hold.
#if LANES == 16 || defined(__aarch64__)
#define PAIR_ROWS 8
#define SINGLE_ROWS 8
#elif LANES == 8
#define PAIR_ROWS 6
#define SINGLE_ROWS 8
#else
#define PAIR_ROWS 4
#define SINGLE_ROWS 8
#endif
#define PAIR_LANES (2 * LANES)

// Columns of the tiles that compute the first of `columns` columns: two vectors, one, or (of long vectors) half a one.
static inline i32 strip_width(i32 columns) {
  if (2 * columns >= 3 * LANES || (LANES == 4 && columns > LANES)) return 2 * LANES;
  return LANES == 4 || 2 * columns > LANES ? LANES : LANES / 2;
}

// What a strip computes: `columns` <= `width`, a strip_width. Sums start from +0, or continue what lies in the target.
struct strip {
  i32 rows, columns, width, is_continued;
};

// Computes rows x columns sums of each of `count` strips side by side, which are whole where they are more than one. `b` is
// readable over the whole width. Rows are finished one tile after another, so that lines of a cache are written whole.
void run_strips(const struct walk *w, const struct strip *s, i32 count, const float *a, const float *b, struct target to);
