// Copies of operands in the order in which tiles read them.
#pragma once
#include "tile.h"

typedef float vec4 __attribute__((vector_size(16), aligned(4)));

static inline void transpose4(vec4 v[4]) {
  vec4 a = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5);
  vec4 b = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  vec4 c = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
  vec4 d = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  v[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

static inline void copy_numbers(float *to, const float *from, i32 length) {
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) store(to + i, load(from + i));
  for (; i < length; i++) to[i] = from[i];
}

// As many numbers as a strip is wide.
static inline void copy_strip_row(float *to, const float *from, i32 width) {
  if (width < LANES) *(half *)to = *(const half *)from;
  else
    for (i32 j = 0; j < width; j += LANES) store(to + j, load(from + j));
}

// to[k * width + j] = from[k * inner_stride + j * column_stride] for j < columns, +0 for the columns up to width.
static inline void pack_strip(i32 inner, i32 columns, i32 width, const float *from, i32 inner_stride, i32 column_stride,
                              float *to) {
  if (column_stride == 1 && columns == width) {
    for (i32 k = 0; k < inner; k++) copy_strip_row(to + (stride)k * width, from + (stride)k * inner_stride, width);
    return;
  }
  i32 j = 0;
  for (; inner_stride == 1 && j + 4 <= columns; j += 4) {
    const float *at = from + (stride)j * column_stride;
    float *out = to + j;
    i32 k = 0;
    for (; k + 4 <= inner; k += 4) {
      vec4 v[4];
      for (i32 i = 0; i < 4; i++) v[i] = *(const vec4 *)(at + (stride)i * column_stride + k);
      transpose4(v);
      for (i32 i = 0; i < 4; i++) *(vec4 *)(out + (stride)(k + i) * width) = v[i];
    }
    for (; k < inner; k++)
      for (i32 i = 0; i < 4; i++) out[(stride)k * width + i] = at[(stride)i * column_stride + k];
  }
  for (i32 k = 0; k < inner; k++) {
    const float *at = from + (stride)k * inner_stride;
    float *out = to + (stride)k * width;
    for (i32 i = j; i < columns; i++) out[i] = at[(stride)i * column_stride];
    for (i32 i = columns; i < width; i++) out[i] = 0.0f;
  }
}
