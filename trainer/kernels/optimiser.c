// Optimiser steps. Definitions: trainer/src/engine/operations.ts. Each returns whether every new weight is finite.
#include "canonical.h"

// All ones in a lane that is an infinity or a NaN.
static inline i32x4 not_finite(f32x4 value) {
  i32x4 exponent = {EXPONENT_BITS, EXPONENT_BITS, EXPONENT_BITS, EXPONENT_BITS};
  return ((i32x4)value & exponent) == exponent;
}

KERNEL(sgd) i32 sgd(i32 length, float rate, float *weight, const float *gradient) {
  i32x4 bad = {0, 0, 0, 0};
  i32 tail_is_finite = 1;
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) {
    f32x4 updated = load(weight + i) - splat(rate) * load(gradient + i);
    store(weight + i, updated);
    bad |= not_finite(updated);
  }
  for (; i < length; i++) {
    weight[i] = weight[i] - rate * gradient[i];
    tail_is_finite &= is_finite(weight[i]);
  }
  return tail_is_finite && !__builtin_wasm_any_true_v128((__attribute__((vector_size(16))) signed char)bad);
}

KERNEL(sgd_momentum)
i32 sgd_momentum(i32 length, float rate, float momentum, float *weight, const float *gradient, float *velocity) {
  i32x4 bad = {0, 0, 0, 0};
  i32 tail_is_finite = 1;
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) {
    f32x4 speed = splat(momentum) * load(velocity + i) + load(gradient + i);
    f32x4 updated = load(weight + i) - splat(rate) * speed;
    store(velocity + i, speed);
    store(weight + i, updated);
    bad |= not_finite(updated);
  }
  for (; i < length; i++) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    weight[i] = weight[i] - rate * velocity[i];
    tail_is_finite &= is_finite(weight[i]);
  }
  return tail_is_finite && !__builtin_wasm_any_true_v128((__attribute__((vector_size(16))) signed char)bad);
}
