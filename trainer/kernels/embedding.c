// Rows of a table by token, and the table's gradient. Definitions: trainer/src/engine/operations/sequence.ts.
#include "lanes.h"
#include "program.h"

i32 run_embedding(const void *operation, const struct context *c) {
  const struct embedding *o = operation;
  i32 from, to;
  part_of(c, o->rows, 1, &from, &to);
  for (i32 i = from; i < to; i++) {
    const float *row = at(c, o->weight) + (i32)at(c, o->tokens)[i] * o->units;
    float *out = at(c, o->output) + i * o->units;
    i32 j = 0;
    for (; j + LANES <= o->units; j += LANES) store(out + j, load(row + j));
    for (; j < o->units; j++) out[j] = row[j];
  }
  return 1;
}

// Unit: columns. A cache line, so that threads do not write to the same one.
#define GRAIN 16

// Threads share the columns, for any row may meet any token.
i32 run_embedding_backward(const void *operation, const struct context *c) {
  const struct embedding_backward *o = operation;
  i32 from, to;
  part_of(c, o->units, GRAIN, &from, &to);
  float *table = at(c, o->weight_gradient);
  for (i32 v = 0; v < o->vocabulary; v++) {
    for (i32 j = from; j < to; j++) table[v * o->units + j] = 0.0f;
  }
  for (i32 i = 0; i < o->rows; i++) {
    const float *gradient = at(c, o->out_gradient) + i * o->units;
    float *row = table + (i32)at(c, o->tokens)[i] * o->units;
    i32 j = from;
    for (; j + LANES <= to; j += LANES) store(row + j, load(row + j) + load(gradient + j));
    for (; j < to; j++) row[j] = row[j] + gradient[j];
  }
  return 1;
}
