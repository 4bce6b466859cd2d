// Bias, relu and column sums. Definitions: trainer/src/engine/operations.ts.
#include "canonical.h"

static inline void add_row(i32 columns, const float *bias, float *row, i32 relu) {
  i32 j = 0;
  for (; j + LANES <= columns; j += LANES) {
    f32x4 sum = load(row + j) + load(bias + j);
    store(row + j, relu ? max_f32x4(sum, splat(0.0f)) : sum);
  }
  for (; j < columns; j++) {
    float sum = row[j] + bias[j];
    row[j] = relu ? max_f32(sum, 0.0f) : sum;
  }
}

KERNEL(add_bias) void add_bias(i32 rows, i32 columns, const float *bias, float *data, i32 relu) {
  for (i32 i = 0; i < rows; i++) add_row(columns, bias, data + i * columns, relu);
}

KERNEL(relu) void relu(i32 length, float *data) {
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) store(data + i, max_f32x4(load(data + i), splat(0.0f)));
  for (; i < length; i++) data[i] = max_f32(data[i], 0.0f);
}

KERNEL(relu_backward) void relu_backward(i32 length, const float *output, float *gradient) {
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) {
    i32x4 is_open = load(output + i) > splat(0.0f);
    store(gradient + i, (f32x4)((i32x4)load(gradient + i) & is_open));
  }
  for (; i < length; i++) gradient[i] = output[i] > 0.0f ? gradient[i] : 0.0f;
}

KERNEL(column_sums) void column_sums(i32 rows, i32 columns, const float *data, float *out) {
  for (i32 j = 0; j < columns; j++) out[j] = 0.0f;
  for (i32 i = 0; i < rows; i++) {
    const float *row = data + i * columns;
    i32 j = 0;
    for (; j + LANES <= columns; j += LANES) store(out + j, load(out + j) + load(row + j));
    for (; j < columns; j++) out[j] = out[j] + row[j];
  }
}
