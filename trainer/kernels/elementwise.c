// Operations on single numbers, bias and column sums. Definitions: trainer/src/engine/operations/elementwise.ts, dense.ts.
#include "elementary.h"
#include "program.h"

// Unit: elements. A cache line, so that threads do not write to the same one.
#define GRAIN 16

typedef vec unary(vec x);
typedef vec binary(vec x, vec y);

ALWAYS_INLINE i32 map(const struct map *o, const struct context *c, unary *f) {
  i32 i, end;
  part_of(c, o->length, GRAIN, &i, &end);
  const float *from = at(c, o->from);
  float *to = at(c, o->to);
  for (; i + LANES <= end; i += LANES) store(to + i, f(load(from + i)));
  store_part(to + i, f(load_part(from + i, end - i)), end - i);
  return 1;
}

// In place in `to`.
ALWAYS_INLINE i32 map_gradient(const struct map *o, const struct context *c, binary *f) {
  i32 i, end;
  part_of(c, o->length, GRAIN, &i, &end);
  const float *from = at(c, o->from);
  float *to = at(c, o->to);
  for (; i + LANES <= end; i += LANES) store(to + i, f(load(from + i), load(to + i)));
  store_part(to + i, f(load_part(from + i, end - i), load_part(to + i, end - i)), end - i);
  return 1;
}

ALWAYS_INLINE vec identity(vec x) { return x; }
ALWAYS_INLINE vec gelu(vec x) { return x * normal_vec(x).distribution; }
ALWAYS_INLINE vec gelu_gradient(vec x, vec gradient) {
  struct normal normal = normal_vec(x);
  return gradient * (normal.distribution + x * normal.density);
}
ALWAYS_INLINE vec tanh_gradient(vec y, vec gradient) { return gradient * (1.0f - y * y); }

i32 run_copy(const void *operation, const struct context *c) { return map(operation, c, identity); }
i32 run_relu(const void *operation, const struct context *c) { return map(operation, c, relu_vec); }
i32 run_gelu(const void *operation, const struct context *c) { return map(operation, c, gelu); }
i32 run_tanh(const void *operation, const struct context *c) { return map(operation, c, tanh_vec); }

i32 run_relu_backward(const void *operation, const struct context *c) { return map_gradient(operation, c, gate_vec); }
i32 run_gelu_backward(const void *operation, const struct context *c) {
  return map_gradient(operation, c, gelu_gradient);
}
i32 run_tanh_backward(const void *operation, const struct context *c) {
  return map_gradient(operation, c, tanh_gradient);
}

i32 run_add(const void *operation, const struct context *c) {
  const struct add *o = operation;
  i32 i, end;
  part_of(c, o->length, GRAIN, &i, &end);
  const float *input = at(c, o->input), *other = at(c, o->other);
  float *output = at(c, o->output);
  for (; i + LANES <= end; i += LANES) store(output + i, load(input + i) + load(other + i));
  for (; i < end; i++) output[i] = input[i] + other[i];
  return 1;
}

i32 run_scale(const void *operation, const struct context *c) {
  const struct scale *o = operation;
  i32 i, end;
  part_of(c, o->length, GRAIN, &i, &end);
  float *data = at(c, o->data), factor = *at(c, o->factor);
  for (; i + LANES <= end; i += LANES) store(data + i, load(data + i) * factor);
  for (; i < end; i++) data[i] = data[i] * factor;
  return 1;
}

i32 run_add_bias(const void *operation, const struct context *c) {
  const struct add_bias *o = operation;
  i32 from, to;
  part_of(c, o->rows, 1, &from, &to);
  const float *bias = at(c, o->bias);
  for (i32 i = from; i < to; i++) {
    float *row = at(c, o->data) + i * o->columns;
    i32 j = 0;
    for (; j + LANES <= o->columns; j += LANES) {
      vec sum = load(row + j) + load(bias + j);
      store(row + j, o->relu ? relu_vec(sum) : sum);
    }
    for (; j < o->columns; j++) {
      float sum = row[j] + bias[j];
      row[j] = o->relu ? relu_f32(sum) : sum;
    }
  }
  return 1;
}

// Columns [j, j + COLUMN_VECS * LANES) stay in registers while the rows go by.
#define COLUMN_VECS 8

ALWAYS_INLINE void sum_columns(const struct column_sums *o, const float *data, i32 vecs, float *out) {
  vec sum[COLUMN_VECS];
  UNROLL for (i32 v = 0; v < vecs; v++) sum[v] = splat(0.0f);
  for (i32 i = 0; i < o->rows; i++) {
    UNROLL for (i32 v = 0; v < vecs; v++) sum[v] = sum[v] + load(data + i * o->columns + v * LANES);
  }
  UNROLL for (i32 v = 0; v < vecs; v++) store(out + v * LANES, sum[v]);
}

i32 run_column_sums(const void *operation, const struct context *c) {
  const struct column_sums *o = operation;
  i32 j, end;
  part_of(c, o->columns, GRAIN, &j, &end);
  const float *data = at(c, o->data);
  float *out = at(c, o->out);
  for (; j + COLUMN_VECS * LANES <= end; j += COLUMN_VECS * LANES) sum_columns(o, data + j, COLUMN_VECS, out + j);
  for (; j + 2 * LANES <= end; j += 2 * LANES) sum_columns(o, data + j, 2, out + j);
  for (; j + LANES <= end; j += LANES) sum_columns(o, data + j, 1, out + j);
  if (j == end) return 1;
  vec sum = splat(0.0f);
  i32 i = 0;
  // A vector may run into the next row: those lanes are not stored.
  for (; i * o->columns + j + LANES <= o->rows * o->columns; i++) sum = sum + load(data + i * o->columns + j);
  for (; i < o->rows; i++) sum = sum + load_part(data + i * o->columns + j, end - j);
  store_part(out + j, sum, end - j);
  return 1;
}
