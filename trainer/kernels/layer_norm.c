// Layer normalisation over rows and its gradients. Definitions: trainer/src/engine/operations/sequence.ts.
#include "chains.h"
#include "program.h"

#define EPSILON 1e-5f
// Unit: elements. Terms of the sums wait on the stack until they are added.
#define CHUNK 32

// out[r, j] = (x[r, from + j] - mean[r])^2, for j < width.
static void squared_deviations(i32 rows, i32 columns, i32 width, const float *x, const float *mean, float *out) {
  for (i32 r = 0; r < rows; r++) {
    const float *row = x + r * columns;
    i32 j = 0;
    for (; j + LANES <= width; j += LANES) {
      vec d = load(row + j) - mean[r];
      store(out + r * CHUNK + j, d * d);
    }
    for (; j < width; j++) out[r * CHUNK + j] = (row[j] - mean[r]) * (row[j] - mean[r]);
  }
}

// Mean and scale of `rows` <= CHAINS rows.
static void moments(i32 rows, i32 columns, const float *x, float *mean, float *scale) {
  float sums[CHAINS] = {0}, squares[CHAINS * CHUNK];
  add_rows(rows, columns, x, columns, sums);
  for (i32 r = 0; r < rows; r++) mean[r] = sums[r] / (float)columns;
  for (i32 r = 0; r < CHAINS; r++) sums[r] = 0.0f;
  for (i32 from = 0; from < columns; from += CHUNK) {
    i32 width = min_i32(CHUNK, columns - from);
    squared_deviations(rows, columns, width, x + from, mean, squares);
    add_rows(rows, width, squares, CHUNK, sums);
  }
  for (i32 r = 0; r < rows; r++) scale[r] = 1.0f / __builtin_sqrtf(sums[r] / (float)columns + EPSILON);
}

i32 run_layer_norm(const void *operation, const struct context *c) {
  const struct layer_norm *o = operation;
  i32 from, to, columns = o->columns;
  part_of(c, o->rows, CHAINS, &from, &to);
  const float *weight = at(c, o->weight), *bias = at(c, o->bias);
  float *mean = at(c, o->mean), *scale = at(c, o->scale);
  for (i32 i = from; i < to; i += CHAINS) {
    i32 rows = min_i32(CHAINS, to - i);
    moments(rows, columns, at(c, o->input) + i * columns, mean + i, scale + i);
    for (i32 r = i; r < i + rows; r++) {
      const float *x = at(c, o->input) + r * columns;
      float *out = at(c, o->output) + r * columns;
      i32 j = 0;
      for (; j + LANES <= columns; j += LANES) {
        store(out + j, ((load(x + j) - mean[r]) * scale[r]) * load(weight + j) + load(bias + j));
      }
      for (; j < columns; j++) out[j] = ((x[j] - mean[r]) * scale[r]) * weight[j] + bias[j];
    }
  }
  return 1;
}

struct row {
  const float *x, *gradient;
  float mean, scale;
};

static struct row row_of(const struct layer_norm_backward_input *o, const struct context *c, i32 i) {
  const float *x = at(c, o->input) + i * o->columns, *gradient = at(c, o->out_gradient) + i * o->columns;
  return (struct row){x, gradient, at(c, o->mean)[i], at(c, o->scale)[i]};
}

// t and t * h of columns [from, from + width) of a row.
static void terms(struct row row, const float *weight, i32 from, i32 width, float *t, float *th) {
  i32 j = 0;
  for (; j + LANES <= width; j += LANES) {
    vec term = load(row.gradient + from + j) * load(weight + from + j);
    store(t + j, term);
    store(th + j, term * ((load(row.x + from + j) - row.mean) * row.scale));
  }
  for (; j < width; j++) {
    t[j] = row.gradient[from + j] * weight[from + j];
    th[j] = t[j] * ((row.x[from + j] - row.mean) * row.scale);
  }
}

// `out` may be the row's gradient.
static void input_gradient(struct row row, const float *weight, i32 columns, float a, float b, float *out) {
  i32 j = 0;
  for (; j + LANES <= columns; j += LANES) {
    vec t = load(row.gradient + j) * load(weight + j);
    vec h = (load(row.x + j) - row.mean) * row.scale;
    store(out + j, ((t - a) - h * b) * row.scale);
  }
  for (; j < columns; j++) {
    float t = row.gradient[j] * weight[j];
    float h = (row.x[j] - row.mean) * row.scale;
    out[j] = ((t - a) - h * b) * row.scale;
  }
}

i32 run_layer_norm_backward_input(const void *operation, const struct context *c) {
  const struct layer_norm_backward_input *o = operation;
  i32 from, to, columns = o->columns;
  part_of(c, o->rows, CHAINS, &from, &to);
  const float *weight = at(c, o->weight);
  for (i32 i = from; i < to; i += CHAINS) {
    float a[CHAINS] = {0}, b[CHAINS] = {0}, t[CHAINS * CHUNK], th[CHAINS * CHUNK];
    i32 rows = min_i32(CHAINS, to - i);
    for (i32 j = 0; j < columns; j += CHUNK) {
      i32 width = min_i32(CHUNK, columns - j);
      for (i32 r = 0; r < rows; r++) terms(row_of(o, c, i + r), weight, j, width, t + r * CHUNK, th + r * CHUNK);
      add_rows(rows, width, t, CHUNK, a);
      add_rows(rows, width, th, CHUNK, b);
    }
    for (i32 r = 0; r < rows; r++) {
      float *out = at(c, o->input_gradient) + (i + r) * columns;
      input_gradient(row_of(o, c, i + r), weight, columns, a[r] / (float)columns, b[r] / (float)columns, out);
    }
  }
  return 1;
}

// Columns [j, j + COLUMN_VECS * LANES) stay in registers while the rows go by.
#define COLUMN_VECS 4
// Unit: columns. A cache line, so that threads do not write to the same one.
#define GRAIN 16

ALWAYS_INLINE void weight_gradient(const struct layer_norm_backward_weight *o, const struct context *c, i32 j, i32 vecs,
                                   i32 count) {
  const float *x = at(c, o->input) + j, *gradient = at(c, o->out_gradient) + j;
  const float *mean = at(c, o->mean), *scale = at(c, o->scale);
  vec weight[COLUMN_VECS], bias[COLUMN_VECS];
  UNROLL for (i32 v = 0; v < vecs; v++) weight[v] = bias[v] = splat(0.0f);
  for (i32 i = 0; i < o->rows; i++) {
    UNROLL for (i32 v = 0; v < vecs; v++) {
      vec g = load_part(gradient + i * o->columns + v * LANES, count);
      vec h = (load_part(x + i * o->columns + v * LANES, count) - mean[i]) * scale[i];
      weight[v] = weight[v] + g * h;
      bias[v] = bias[v] + g;
    }
  }
  UNROLL for (i32 v = 0; v < vecs; v++) store_part(at(c, o->weight_gradient) + j + v * LANES, weight[v], count);
  UNROLL for (i32 v = 0; v < vecs; v++) store_part(at(c, o->bias_gradient) + j + v * LANES, bias[v], count);
}

i32 run_layer_norm_backward_weight(const void *operation, const struct context *c) {
  const struct layer_norm_backward_weight *o = operation;
  i32 j, end;
  part_of(c, o->columns, GRAIN, &j, &end);
  for (; j + COLUMN_VECS * LANES <= end; j += COLUMN_VECS * LANES) weight_gradient(o, c, j, COLUMN_VECS, LANES);
  for (; j + LANES <= end; j += LANES) weight_gradient(o, c, j, 1, LANES);
  if (j < end) weight_gradient(o, c, j, 1, end - j);
  return 1;
}
