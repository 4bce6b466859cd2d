// Losses with their gradients. Definitions: trainer/src/engine/operations/learning.ts.
//
// A loss is one sum in one order, so the first thread does it all.
#include "program.h"
#include "softmax.h"

// One row's gradient, from its exponentials, in place.
static void row_gradient(i32 columns, i32 target, float sum, float scale, float *row) {
  float of_target = (row[target] / sum - 1.0f) * scale;
  i32 j = 0;
  for (; j + LANES <= columns; j += LANES) store(row + j, (load(row + j) / sum) * scale);
  for (; j < columns; j++) row[j] = (row[j] / sum) * scale;
  row[target] = of_target;
}

// The losses of `rows` <= CHAINS rows, in place of their sums of exponentials.
static void row_losses(i32 rows, float sums[CHAINS], const float logits[CHAINS]) {
  for (i32 r = 0; r < rows; r += LANES) {
    i32 count = min_i32(LANES, CHAINS - r);
    store_part(sums + r, log_vec(load_part(sums + r, count)) - load_part(logits + r, count), count);
  }
}

// Rows [i, i + rows), at most CHAINS. Gives the total of their losses and of those before.
static float softmax_rows(const struct softmax_cross_entropy *o, const struct context *c, i32 i, i32 rows, float total) {
  const float *x = at(c, o->logits) + i * o->columns, *targets = at(c, o->targets) + i;
  float *gradient = at(c, o->gradient) + i * o->columns;
  float maxima[CHAINS], sums[CHAINS], logits[CHAINS] = {0};
  row_maxima(rows, o->columns, x, maxima);
  for (i32 r = 0; r < rows; r++) logits[r] = x[r * o->columns + (i32)targets[r]] - maxima[r];
  exponentials(rows, o->columns, x, gradient, maxima, sums);
  for (i32 r = 0; r < rows; r++) {
    row_gradient(o->columns, (i32)targets[r], sums[r], 1.0f / (float)o->rows, gradient + r * o->columns);
  }
  row_losses(rows, sums, logits);
  for (i32 r = 0; r < rows; r++) total = total + sums[r];
  return total;
}

i32 run_softmax_cross_entropy(const void *operation, const struct context *c) {
  const struct softmax_cross_entropy *o = operation;
  if (c->thread != 0) return 1;
  float total = 0.0f, *loss = at(c, o->loss);
  for (i32 i = 0; i < o->rows; i += CHAINS) total = softmax_rows(o, c, i, min_i32(CHAINS, o->rows - i), total);
  *loss = total / (float)o->rows;
  return is_finite(*loss);
}

i32 run_mean_squared_error(const void *operation, const struct context *c) {
  const struct mean_squared_error *o = operation;
  if (c->thread != 0) return 1;
  const float *outputs = at(c, o->outputs), *targets = at(c, o->targets);
  float *gradient = at(c, o->gradient), *loss = at(c, o->loss);
  float scale = 2.0f / (float)o->length, total = 0.0f;
  for (i32 i = 0; i < o->length; i++) {
    float d = outputs[i] - targets[i];
    total = total + d * d;
    gradient[i] = d * scale;
  }
  *loss = total / (float)o->length;
  return is_finite(*loss);
}
