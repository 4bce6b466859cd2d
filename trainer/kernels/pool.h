// Windows over images, for pools and their gradients.
//
// Vectors run over channels. The last of a pixel overlaps the one before it, for twice the same is the same. Where there
// are fewer channels than lanes a vector runs on into the next pixel: what it reads there is not used, and what it writes
// there is written after, or it is the other way round. Elsewhere only as much is touched as there is.
#pragma once
#include "lanes.h"
#include "program.h"

// Elements of a row of the input and of the output.
static inline i32 input_row(const struct window *w) { return w->width * w->channels; }
static inline i32 output_row(const struct window *w) { return w->out_width * w->channels; }
static inline i32 input_length(const struct window *w) { return w->batch * w->height * input_row(w); }
static inline i32 output_length(const struct window *w) { return w->batch * w->out_height * output_row(w); }

// Offset of the first pixel of an output row's first window, `row` counting the rows of all images; the other windows
// follow it `window_step` apart.
static inline i32 first_window(const struct window *w, i32 row) {
  i32 n = row / w->out_height, y = row % w->out_height;
  return (n * w->height + y * w->stride) * input_row(w);
}
static inline i32 window_step(const struct window *w) { return w->stride * w->channels; }

// Where the vector of channels [channel, channel + LANES) starts so as to end within the pixel, if it can.
static inline i32 vector_start(const struct window *w, i32 channel) {
  return max_i32(0, min_i32(channel, w->channels - LANES));
}
