// The first half of softmax, which the layer and the loss share: exponentials of a few rows, and their sums.
#pragma once
#include "chains.h"
#include "elementary.h"

// The largest of each row. NaN among its numbers may be passed over: their exponentials then sum to NaN all the same.
static inline void row_maxima(i32 rows, i32 columns, const float *x, float maxima[CHAINS]) {
  for (i32 r = 0; r < CHAINS; r++) maxima[r] = -__builtin_inff();
  i32 whole = columns / LANES * LANES;
  if (whole > LANES) {
    float lanes[CHAINS * LANES];
    for (i32 r = 0; r < rows; r++) {
      vec most = load(x + r * columns);
      for (i32 j = LANES; j < whole; j += LANES) most = larger(most, load(x + r * columns + j));
      store(lanes + r * LANES, most);
    }
    largest_of_rows(rows, LANES, lanes, LANES, maxima);
  } else {
    whole = 0;
  }
  largest_of_rows(rows, columns - whole, x + whole, columns, maxima);
}

// to[r, j] = exp(from[r, j] - maxima[r]), and its sums over j; for `rows` <= CHAINS rows. `from` may be `to`.
static inline void exponentials(i32 rows, i32 columns, const float *from, float *to, const float maxima[CHAINS],
                                float sums[CHAINS]) {
  i32 i = 0, end = 0;
  for (i32 r = 0; r < rows; r++) {
    for (end += columns; i + LANES <= end; i += LANES) store(to + i, load(from + i) - maxima[r]);
    for (; i < end; i++) to[i] = from[i] - maxima[r];
  }
  for (i = 0; i + LANES <= end; i += LANES) store(to + i, exp_below_0(load(to + i)));
  if (i < end) store_part(to + i, exp_below_0(load_part(to + i, end - i)), end - i);
  for (i32 r = 0; r < CHAINS; r++) sums[r] = 0.0f;
  add_rows(rows, columns, to, columns, sums);
}
