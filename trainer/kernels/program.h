// A training program as the kernels see it: a table of operations over one arena, and what a step brings with it.
//
// `trainer/src/engine/encodeProgram.ts` writes these structs word by word; a change to one is a change to both. Slots are
// offsets into the arena, unit elements; NONE where a slot is absent. What each operation computes:
// trainer/src/engine/operations/.
#pragma once
#include "canonical.h"

#define NONE (-1)

typedef i32 slot;

enum kind {
  MATMUL,
  ADD_BIAS,
  COLUMN_SUMS,
  CONV2D,
  CONV2D_BACKWARD_WEIGHT,
  CONV2D_BACKWARD_INPUT,
  MAX_POOL,
  MAX_POOL_BACKWARD,
  AVERAGE_POOL,
  AVERAGE_POOL_BACKWARD,
  RELU,
  RELU_BACKWARD,
  GELU,
  GELU_BACKWARD,
  TANH,
  TANH_BACKWARD,
  SOFTMAX,
  SOFTMAX_BACKWARD,
  ADD,
  COPY,
  DROPOUT,
  DROPOUT_BACKWARD,
  LAYER_NORM,
  LAYER_NORM_BACKWARD_INPUT,
  LAYER_NORM_BACKWARD_WEIGHT,
  EMBEDDING,
  EMBEDDING_BACKWARD,
  ATTENTION,
  ATTENTION_BACKWARD,
  SOFTMAX_CROSS_ENTROPY,
  MEAN_SQUARED_ERROR,
  SQUARE_SUM,
  CLIP_FACTOR,
  SCALE,
  SGD,
  SGD_MOMENTUM,
  ADAM_W,
  KINDS
};

struct matmul {
  i32 kind, rows, columns, inner;
  slot left;
  i32 left_row, left_column;
  slot right;
  i32 right_row, right_column;
  slot out, bias;
  i32 relu;
  slot mask;
};
struct add_bias {
  i32 kind, rows, columns;
  slot bias, data;
  i32 relu;
};
struct column_sums {
  i32 kind, rows, columns;
  slot data, out;
};
struct window {
  i32 batch, height, width, channels, size, stride, padding, out_height, out_width;
};
struct conv2d {
  i32 kind;
  struct window window;
  i32 filters;
  slot input, weight, bias, out;
  i32 relu;
};
struct conv2d_backward_weight {
  i32 kind;
  struct window window;
  i32 filters;
  slot input, out_gradient, weight_gradient;
};
struct conv2d_backward_input {
  i32 kind;
  struct window window;
  i32 filters;
  slot weight, out_gradient, input_gradient, mask;
};
struct pool {
  i32 kind;
  struct window window;
  slot input, out;
};
struct max_pool_backward {
  i32 kind;
  struct window window;
  slot input, out_gradient, input_gradient, mask;
};
struct average_pool_backward {
  i32 kind;
  struct window window;
  slot out_gradient, input_gradient;
};
// RELU, GELU, TANH, COPY: from = input, to = output. Backward: from = output or (GELU) input, to = gradient.
struct map {
  i32 kind, length;
  slot from, to;
};
struct add {
  i32 kind, length;
  slot input, other, output;
};
// SOFTMAX: from = input, to = output. SOFTMAX_BACKWARD: from = output, to = gradient.
struct row_map {
  i32 kind, rows, columns;
  slot from, to;
};
// threshold = ceil(keep * 2^24), scale = fl(1 / keep). Backward: from = to = gradient.
struct dropout {
  i32 kind, length, stream, threshold;
  float scale;
  slot from, to;
};
struct layer_norm {
  i32 kind, rows, columns;
  slot input, weight, bias, output, mean, scale;
};
struct layer_norm_backward_input {
  i32 kind, rows, columns;
  slot input, weight, mean, scale, out_gradient, input_gradient;
};
struct layer_norm_backward_weight {
  i32 kind, rows, columns;
  slot input, mean, scale, out_gradient, weight_gradient, bias_gradient;
};
struct embedding {
  i32 kind, rows, units, vocabulary;
  slot tokens, weight, output;
};
struct embedding_backward {
  i32 kind, rows, units, vocabulary;
  slot tokens, out_gradient, weight_gradient;
};
struct attention {
  i32 kind, batch, length, heads, head_size;
  slot qkv, output;
};
struct attention_backward {
  i32 kind, batch, length, heads, head_size;
  slot qkv, out_gradient, qkv_gradient;
};
struct softmax_cross_entropy {
  i32 kind, rows, columns;
  slot logits, targets, gradient, loss;
};
struct mean_squared_error {
  i32 kind, length;
  slot outputs, targets, gradient, loss;
};
struct square_sum {
  i32 kind, length;
  slot gradient, sum;
  i32 is_first;
};
struct clip_factor {
  i32 kind;
  float maximum;
  slot sum, factor;
};
struct scale {
  i32 kind, length;
  slot data, factor;
};
struct sgd {
  i32 kind, length;
  float weight_decay;
  slot weight, gradient;
};
struct sgd_momentum {
  i32 kind, length;
  float momentum;
  i32 nesterov;
  float weight_decay;
  slot weight, gradient, velocity;
};
struct adam_w {
  i32 kind, length;
  float beta1, beta2, epsilon, weight_decay;
  slot weight, gradient, first_moment, second_moment;
};

// What a step brings with it. Written by the executor before a run.
struct step {
  i32 number, is_training;
  float rate, first_correction, second_correction;
};

// What a kernel gets besides its operation. One a thread.
struct context {
  float *arena;
  const struct step *step;
  const u32 *streams; // four words a stream
  float *scratch;     // this thread's own, as long as scratch_elements says for the operation
  i32 thread, threads;
};

static inline float *at(const struct context *c, slot s) { return c->arena + s; }

// This thread's part [from, to) of `total` units; parts are multiples of `grain`. Parts cut independent outputs only, so
// their size changes no bit.
static inline void part_of(const struct context *c, i32 total, i32 grain, i32 *from, i32 *to) {
  i32 grains = (total + grain - 1) / grain;
  i32 first = (i32)((long long)grains * c->thread / c->threads) * grain;
  i32 last = (i32)((long long)grains * (c->thread + 1) / c->threads) * grain;
  *from = min_i32(first, total);
  *to = min_i32(last, total);
}

// One function a kind: computes this thread's part. Returns 0 when a loss or a weight it wrote is not finite, else 1.
typedef i32 kernel(const void *operation, const struct context *c);
