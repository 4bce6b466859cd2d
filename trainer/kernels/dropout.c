// Dropout by Philox 4x32-10. Definitions: trainer/src/engine/operations/elementwise.ts, trainer/src/engine/philox.ts.
//
// A counter gives an element's random number, so any thread can begin anywhere.
// Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#include "lanes.h"
#include "program.h"

typedef unsigned long long u64;

#define MULTIPLIER_0 0xd2511f53u
#define MULTIPLIER_1 0xcd9e8d57u
#define WEYL_0 0x9e3779b9u // golden ratio
#define WEYL_1 0xbb67ae85u // square root of 3, less 1
#define ROUNDS 10
#define WORDS 4 // of one block
#define DRAWN 64 // words drawn at once

static inline void draw_block(u32 block, u32 step, const u32 *stream, u32 words[WORDS]) {
  u32 c0 = block, c1 = step, c2 = stream[2], c3 = stream[3], k0 = stream[0], k1 = stream[1];
  for (i32 round = 0; round < ROUNDS; round++) {
    u64 product0 = (u64)MULTIPLIER_0 * c0, product1 = (u64)MULTIPLIER_1 * c2;
    c0 = (u32)(product1 >> 32) ^ c1 ^ k0;
    c1 = (u32)product1;
    c2 = (u32)(product0 >> 32) ^ c3 ^ k1;
    c3 = (u32)product0;
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

// to[i] = is element i kept ? from[i] * scale : +0.
static void drop(const struct dropout *o, const struct context *c, i32 i, i32 end) {
  u32 words[DRAWN];
  const float *from = at(c, o->from);
  float *to = at(c, o->to);
  for (; i < end; i += DRAWN) {
    for (i32 k = 0; k < DRAWN; k += WORDS) {
      draw_block((u32)(i + k) / WORDS, (u32)c->step->number, c->streams + 4 * o->stream, words + k);
    }
    i32 count = min_i32(DRAWN, end - i);
    for (i32 k = 0; k < count; k++) to[i + k] = (i32)(words[k] >> 8) < o->threshold ? from[i + k] * o->scale : 0.0f;
  }
}

i32 run_dropout(const void *operation, const struct context *c) {
  const struct dropout *o = operation;
  i32 from, to;
  part_of(c, o->length, DRAWN, &from, &to);
  if (c->step->is_training) drop(o, c, from, to);
  else if (o->from != o->to) {
    for (i32 i = from; i < to; i++) at(c, o->to)[i] = at(c, o->from)[i];
  }
  return 1;
}

// Backward passes are part of training only.
i32 run_dropout_backward(const void *operation, const struct context *c) {
  const struct dropout *o = operation;
  i32 from, to;
  part_of(c, o->length, DRAWN, &from, &to);
  drop(o, c, from, to);
  return 1;
}
