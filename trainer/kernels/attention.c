// Causal self-attention and its gradient, one head of one example at a time. Threads share the heads of all examples.
//
// Definitions: trainer/src/engine/operations/sequence.ts. Nothing of length * length is kept from one pass to the next.
#include "attention.h"
#include "program.h"

// One head of one example in a matrix of `parts` times heads * head_size columns: where it starts, and its row stride.
static inline i32 head_start(const struct attention *o, i32 unit, i32 parts) {
  i32 example = unit / o->heads, head = unit % o->heads;
  return (example * o->length * parts * o->heads + head) * o->head_size;
}
static inline i32 row_stride(const struct attention *o, i32 parts) { return parts * o->heads * o->head_size; }

struct head {
  struct rows q, k, v;
};

static struct head head_of(const struct attention *o, const float *qkv, i32 unit) {
  i32 stride = row_stride(o, 3), width = row_stride(o, 1);
  const float *q = qkv + head_start(o, unit, 3);
  return (struct head){{q, stride}, {q + width, stride}, {q + 2 * width, stride}};
}

static inline float scale_of(const struct attention *o) { return 1.0f / __builtin_sqrtf((float)o->head_size); }

// p of the tile of queries at `first`. `tile` is scratch.
static void weights(const struct attention *o, struct head head, i32 first, float *tile, float *p) {
  i32 count = min_i32(LANES, o->length - first), keys = first + count;
  transpose((struct rows){row_at(head.q, first), head.q.stride}, count, o->head_size, tile);
  dots(keys, o->head_size, head.k, tile, p);
  softmax(first, keys, scale_of(o), p);
}

i32 attention_scratch(const void *operation) {
  const struct attention *o = operation;
  return (o->head_size + o->length) * LANES + o->length * round_up(o->head_size, LANES);
}

static void attend(const struct attention *o, const struct context *c, i32 unit) {
  struct head head = head_of(o, at(c, o->qkv), unit);
  struct target out = {at(c, o->output) + head_start(o, unit, 1), row_stride(o, 1), o->head_size};
  float *tile = c->scratch, *p = tile + o->head_size * LANES;
  struct rows v = whole_vectors(head.v, o->length, o->head_size, p + o->length * LANES);
  for (i32 first = 0; first < o->length; first += LANES) {
    weights(o, head, first, tile, p);
    mix_keys(first, min_i32(LANES, o->length - first), p, v, out);
    out.data += LANES * out.stride;
  }
}

i32 run_attention(const void *operation, const struct context *c) {
  const struct attention *o = operation;
  i32 from, to;
  part_of(c, o->batch * o->heads, 1, &from, &to);
  for (i32 unit = from; unit < to; unit++) attend(o, c, unit);
  return 1;
}

// Elements of a square of weights over tiles of queries.
static inline i32 square_length(i32 length) { return length * round_up(length, LANES); }

i32 attention_backward_scratch(const void *operation) {
  const struct attention_backward *o = operation;
  i32 rows = o->length * round_up(o->head_size, LANES);
  return o->head_size * LANES + 2 * square_length(o->length) + 3 * rows;
}

// Of the tile at query `first`: u from r, in place, for j < keys.
static void score_gradients(i32 first, i32 keys, float scale, const float *p, float *r) {
  vec sum = splat(0.0f);
  for (i32 j = 0; j < keys; j++) {
    vec product = load(r + j * LANES) * load(p + j * LANES);
    if (j > first) product = select(seeing(first, j), product, splat(0.0f));
    sum = sum + product;
  }
  for (i32 j = 0; j < keys; j++) {
    store(r + j * LANES, (load(p + j * LANES) * (load(r + j * LANES) - sum)) * scale);
  }
}

// Where one head's backward pass keeps things, in scratch.
struct workspace {
  float *tile, *p, *u;
  struct rows q, k, gradient; // of whole vectors
};

static struct workspace workspace_of(const struct attention *o, const struct context *c, struct head head,
                                     struct rows gradient) {
  i32 length = o->length, size = o->head_size, copy = length * round_up(size, LANES);
  float *tile = c->scratch, *p = tile + size * LANES, *u = p + square_length(length), *copies = u + square_length(length);
  return (struct workspace){tile,
                            p,
                            u,
                            whole_vectors(head.q, length, size, copies),
                            whole_vectors(head.k, length, size, copies + copy),
                            whole_vectors(gradient, length, size, copies + 2 * copy)};
}

// `o` has the sizes and qkv; `out` is where the gradients of q go, those of k and v following within the row.
static void attend_backward(const struct attention *o, const struct context *c, struct head head, struct rows gradient,
                            struct target out) {
  i32 size = o->head_size, length = o->length, width = row_stride(o, 1);
  struct workspace w = workspace_of(o, c, head, gradient);
  for (i32 first = 0; first < length; first += LANES) {
    i32 count = min_i32(LANES, length - first), keys = first + count;
    float *p = w.p + first * length, *u = w.u + first * length;
    weights(o, head, first, w.tile, p);
    transpose((struct rows){row_at(gradient, first), gradient.stride}, count, size, w.tile);
    dots(keys, size, head.v, w.tile, u);
    score_gradients(first, keys, scale_of(o), p, u);
    mix_keys(first, count, u, w.k, (struct target){out.data + first * out.stride, out.stride, size});
  }
  mix_queries((struct square){w.u, length}, w.q, (struct target){out.data + width, out.stride, size});
  mix_queries((struct square){w.p, length}, w.gradient, (struct target){out.data + 2 * width, out.stride, size});
}

i32 run_attention_backward(const void *operation, const struct context *c) {
  const struct attention_backward *o = operation;
  const struct attention forward = {o->kind, o->batch, o->length, o->heads, o->head_size, o->qkv, NONE};
  i32 from, to;
  part_of(c, o->batch * o->heads, 1, &from, &to);
  for (i32 unit = from; unit < to; unit++) {
    struct rows gradient = {at(c, o->out_gradient) + head_start(&forward, unit, 1), row_stride(&forward, 1)};
    float *out = at(c, o->qkv_gradient) + head_start(&forward, unit, 3);
    attend_backward(&forward, c, head_of(&forward, at(c, o->qkv), unit), gradient,
                    (struct target){out, row_stride(&forward, 3), o->head_size});
  }
  return 1;
}
