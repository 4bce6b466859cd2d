// Gradient clipping and optimiser steps. Definitions: trainer/src/engine/operations/learning.ts.
#include "lanes.h"
#include "program.h"

// Unit: elements. A cache line, so that threads do not write to the same one.
#define GRAIN 16
// Unit: elements. Gradients are squared and summed in blocks, so that several sums can run side by side.
#define BLOCK 1024
#define BLOCKS 8 // at once: one chain of additions alone waits for itself

static float squares(i32 count, const float *values) {
  float sum = 0.0f;
  for (i32 i = 0; i < count; i++) sum = sum + values[i] * values[i];
  return sum;
}

// The sums of BLOCKS whole blocks.
static void squares_of_blocks(const float *values, float sums[BLOCKS]) {
  float sum[BLOCKS] = {0};
  for (i32 i = 0; i < BLOCK; i++) {
    for (i32 b = 0; b < BLOCKS; b++) sum[b] = sum[b] + values[b * BLOCK + i] * values[b * BLOCK + i];
  }
  for (i32 b = 0; b < BLOCKS; b++) sums[b] = sum[b];
}

// One sum in one order: the first thread does it all.
i32 run_square_sum(const void *operation, const struct context *c) {
  const struct square_sum *o = operation;
  if (c->thread != 0) return 1;
  const float *gradient = at(c, o->gradient);
  float *sum = at(c, o->sum), total = o->is_first ? 0.0f : *sum;
  i32 i = 0;
  for (; i + BLOCKS * BLOCK <= o->length; i += BLOCKS * BLOCK) {
    float sums[BLOCKS];
    squares_of_blocks(gradient + i, sums);
    for (i32 b = 0; b < BLOCKS; b++) total = total + sums[b];
  }
  for (; i < o->length; i += BLOCK) total = total + squares(min_i32(BLOCK, o->length - i), gradient + i);
  *sum = total;
  return 1;
}

i32 run_clip_factor(const void *operation, const struct context *c) {
  const struct clip_factor *o = operation;
  if (c->thread != 0) return 1;
  float norm = __builtin_sqrtf(*at(c, o->sum));
  *at(c, o->factor) = norm > o->maximum ? o->maximum / norm : 1.0f;
  return 1;
}

// Copies: a store to the arena might otherwise change them, as far as the compiler knows.
struct update {
  float *arena;
  struct step step;
};

// The optimisers below work on `count` <= LANES elements from `i` on, and return all ones where a new weight is not finite.

static inline vec decayed(vec gradient, vec weight, float weight_decay) {
  return weight_decay != 0.0f ? gradient + weight * weight_decay : gradient;
}

ALWAYS_INLINE ivec sgd(const struct sgd *o, const struct update *u, i32 i, i32 count) {
  vec weight = load_part(u->arena + o->weight + i, count);
  vec gradient = load_part(u->arena + o->gradient + i, count);
  weight = weight - decayed(gradient, weight, o->weight_decay) * u->step.rate;
  store_part(u->arena + o->weight + i, weight, count);
  return not_finite(weight);
}

ALWAYS_INLINE ivec sgd_momentum(const struct sgd_momentum *o, const struct update *u, i32 i, i32 count) {
  vec weight = load_part(u->arena + o->weight + i, count);
  vec gradient = decayed(load_part(u->arena + o->gradient + i, count), weight, o->weight_decay);
  vec velocity = load_part(u->arena + o->velocity + i, count) * o->momentum + gradient;
  vec direction = o->nesterov ? gradient + velocity * o->momentum : velocity;
  weight = weight - direction * u->step.rate;
  store_part(u->arena + o->velocity + i, velocity, count);
  store_part(u->arena + o->weight + i, weight, count);
  return not_finite(weight);
}

ALWAYS_INLINE ivec adam_w(const struct adam_w *o, const struct update *u, i32 i, i32 count) {
  const struct step *step = &u->step;
  vec gradient = load_part(u->arena + o->gradient + i, count);
  vec first = load_part(u->arena + o->first_moment + i, count) * o->beta1 + gradient * (1.0f - o->beta1);
  vec second = load_part(u->arena + o->second_moment + i, count) * o->beta2 + (gradient * (1.0f - o->beta2)) * gradient;
  vec direction = (first * step->first_correction) / (root(second * step->second_correction) + o->epsilon);
  vec weight = load_part(u->arena + o->weight + i, count);
  if (o->weight_decay != 0.0f) weight = weight * (1.0f - step->rate * o->weight_decay);
  weight = weight - direction * step->rate;
  store_part(u->arena + o->first_moment + i, first, count);
  store_part(u->arena + o->second_moment + i, second, count);
  store_part(u->arena + o->weight + i, weight, count);
  return not_finite(weight);
}

// Lanes beyond `count` start from zeros and stay finite, but for AdamW with an epsilon of 0: 0 / 0. So they are left out.
#define RUN(function)                                                       \
  const struct function o = *(const struct function *)operation;            \
  const struct update u = {c->arena, *c->step};                             \
  ivec bad = isplat(0);                                                     \
  i32 i, end;                                                               \
  part_of(c, o.length, GRAIN, &i, &end);                                    \
  for (; i + LANES <= end; i += LANES) bad |= function(&o, &u, i, LANES);   \
  if (i < end) bad |= function(&o, &u, i, end - i) & first_lanes(end - i);  \
  return !any_lane(bad)

i32 run_sgd(const void *operation, const struct context *c) { RUN(sgd); }
i32 run_sgd_momentum(const void *operation, const struct context *c) { RUN(sgd_momentum); }
i32 run_adam_w(const void *operation, const struct context *c) { RUN(adam_w); }
