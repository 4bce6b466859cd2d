// Softmax over rows and its gradient. Definitions: trainer/src/engine/operations/elementwise.ts.
#include "program.h"
#include "softmax.h"

static void divide(i32 columns, float *row, float by) {
  i32 j = 0;
  for (; j + LANES <= columns; j += LANES) store(row + j, load(row + j) / by);
  for (; j < columns; j++) row[j] = row[j] / by;
}

i32 run_softmax(const void *operation, const struct context *c) {
  const struct row_map *o = operation;
  i32 from, to;
  part_of(c, o->rows, CHAINS, &from, &to);
  for (i32 i = from; i < to; i += CHAINS) {
    const float *x = at(c, o->from) + i * o->columns;
    float maxima[CHAINS], sums[CHAINS], *out = at(c, o->to) + i * o->columns;
    i32 rows = min_i32(CHAINS, to - i);
    row_maxima(rows, o->columns, x, maxima);
    exponentials(rows, o->columns, x, out, maxima, sums);
    for (i32 r = 0; r < rows; r++) divide(o->columns, out + r * o->columns, sums[r]);
  }
  return 1;
}

// Unit: elements. Products wait on the stack until they are added.
#define CHUNK 32

// sums[r] = Σ_j gradient[r, j] * y[r, j], for `rows` <= CHAINS rows.
static void dot_rows(i32 rows, i32 columns, const float *gradient, const float *y, float sums[CHAINS]) {
  float products[CHAINS * CHUNK];
  for (i32 r = 0; r < CHAINS; r++) sums[r] = 0.0f;
  for (i32 from = 0; from < columns; from += CHUNK) {
    i32 width = min_i32(CHUNK, columns - from);
    for (i32 r = 0; r < rows; r++) {
      i32 start = r * columns + from, j = 0;
      float *out = products + r * CHUNK;
      for (; j + LANES <= width; j += LANES) store(out + j, load(gradient + start + j) * load(y + start + j));
      for (; j < width; j++) out[j] = gradient[start + j] * y[start + j];
    }
    add_rows(rows, width, products, CHUNK, sums);
  }
}

i32 run_softmax_backward(const void *operation, const struct context *c) {
  const struct row_map *o = operation;
  i32 from, to;
  part_of(c, o->rows, CHAINS, &from, &to);
  for (i32 i = from; i < to; i += CHAINS) {
    const float *y = at(c, o->from) + i * o->columns;
    float *gradient = at(c, o->to) + i * o->columns, sums[CHAINS];
    i32 rows = min_i32(CHAINS, to - i);
    dot_rows(rows, o->columns, gradient, y, sums);
    for (i32 r = 0; r < rows; r++) {
      i32 j = r * o->columns, end = j + o->columns;
      for (; j + LANES <= end; j += LANES) store(gradient + j, load(y + j) * (load(gradient + j) - sums[r]));
      for (; j < end; j++) gradient[j] = y[j] * (gradient[j] - sums[r]);
    }
  }
  return 1;
}
