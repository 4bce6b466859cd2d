// The first half of softmax, which the layer and the loss share: exponentials of a few rows, and their sums.
#pragma once
#include "elementary.h"

// The largest of a row. Where NaN is among them it may be any of them: their exponentials then sum to NaN whatever it is.
static inline float largest(i32 columns, const float *row) {
  float result = row[0];
  i32 j = 0;
  if (columns >= LANES) {
    vec lanes = load(row);
    for (j = LANES; j + LANES <= columns; j += LANES) lanes = larger(lanes, load(row + j));
    for (i32 i = 0; i < LANES; i++) result = lanes[i] > result ? lanes[i] : result;
  }
  for (; j < columns; j++) result = row[j] > result ? row[j] : result;
  return result;
}

// to[r, j] = exp(from[r, j] - max_j from[r, j]) and its sums over j; for `rows` <= CHAINS rows. `from` may be `to`.
static inline void exponentials(i32 rows, i32 columns, const float *from, float *to, float sums[CHAINS]) {
  for (i32 r = 0; r < rows; r++) {
    const float *row = from + r * columns;
    float *out = to + r * columns;
    vec shift = splat(largest(columns, row));
    i32 j = 0;
    for (; j + LANES <= columns; j += LANES) store(out + j, exp_vec(load(row + j) - shift));
    if (j < columns) store_part(out + j, exp_vec(load_part(row + j, columns - j) - shift), columns - j);
  }
  for (i32 r = 0; r < CHAINS; r++) sums[r] = 0.0f;
  add_rows(rows, columns, to, columns, sums);
}
