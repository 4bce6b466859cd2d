// Maxima and means over windows of images. Definitions: trainer/src/engine/operations/window.ts.
#include "pool.h"

typedef vec fold(vec so_far, vec value);
ALWAYS_INLINE vec keep_larger(vec so_far, vec value) { return larger(so_far, value); }
ALWAYS_INLINE vec add(vec so_far, vec value) { return so_far + value; }

// `first` starts the fold: the window's first value is folded again.
ALWAYS_INLINE vec fold_window(const struct window *w, const float *from, i32 size, i32 count, vec first, fold *f) {
  for (i32 u = 0; u < size; u++) {
    for (i32 v = 0; v < size; v++) {
      first = f(first, load_part(from + u * input_row(w) + v * w->channels, count));
    }
  }
  return first;
}

ALWAYS_INLINE vec pool_window(const struct window *w, const float *from, i32 size, i32 count, i32 is_max) {
  if (is_max) return fold_window(w, from, size, count, load_part(from, count), keep_larger);
  return fold_window(w, from, size, count, splat(0.0f), add) / (float)(size * size);
}

// Output rows [from, to).
ALWAYS_INLINE void pool_rows(const struct pool *o, const struct context *c, i32 size, i32 is_max) {
  const struct window w = o->window;
  i32 from, to;
  part_of(c, w.batch * w.out_height, 1, &from, &to);
  const float *input = at(c, o->input);
  float *out = at(c, o->out) + from * output_row(&w), *end = at(c, o->out) + to * output_row(&w);
  // From a window's first element to what a vector at its last pixel reads.
  i32 reach = (w.size - 1) * (input_row(&w) + w.channels) + LANES;
  for (i32 row = from; row < to; row++) {
    i32 start = first_window(&w, row);
    for (i32 x = 0; x < w.out_width; x++, start += window_step(&w), out += w.channels) {
      i32 is_whole = w.channels >= LANES || (start + reach <= input_length(&w) && end - out >= LANES);
      for (i32 channel = 0; channel < w.channels; channel += LANES) {
        i32 at_channel = vector_start(&w, channel);
        const float *from = input + start + at_channel;
        if (is_whole) store(out + at_channel, pool_window(&w, from, size, LANES, is_max));
        else store_part(out, pool_window(&w, from, size, w.channels, is_max), w.channels);
      }
    }
  }
}

i32 run_max_pool(const void *operation, const struct context *c) {
  const struct pool *o = operation;
  if (o->window.size == 2) pool_rows(o, c, 2, 1);
  else pool_rows(o, c, o->window.size, 1);
  return 1;
}

i32 run_average_pool(const void *operation, const struct context *c) {
  const struct pool *o = operation;
  if (o->window.size == 2) pool_rows(o, c, 2, 0);
  else pool_rows(o, c, o->window.size, 0);
  return 1;
}
