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

i32 run_softmax_cross_entropy(const void *operation, const struct context *c) {
  const struct softmax_cross_entropy *o = operation;
  if (c->thread != 0) return 1;
  i32 columns = o->columns;
  const float *logits = at(c, o->logits), *targets = at(c, o->targets);
  float *gradient = at(c, o->gradient), *loss = at(c, o->loss);
  float scale = 1.0f / (float)o->rows, total = 0.0f;
  for (i32 i = 0; i < o->rows; i += CHAINS) {
    float sums[CHAINS], logit[CHAINS];
    i32 rows = min_i32(CHAINS, o->rows - i);
    for (i32 r = 0; r < rows; r++) {
      const float *row = logits + (i + r) * columns;
      logit[r] = row[(i32)targets[i + r]] - largest(columns, row);
    }
    exponentials(rows, columns, logits + i * columns, gradient + i * columns, sums);
    for (i32 r = 0; r < rows; r++) {
      total = total + (log_f32(sums[r]) - logit[r]);
      row_gradient(columns, (i32)targets[i + r], sums[r], scale, gradient + (i + r) * columns);
    }
  }
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
