// Images inside larger images of zeros, and where the taps of a window lie in them.
#pragma once
#include "pack.h"
#include "program.h"

// Puts row y of an image into row y * step + before of the frame, pixel x likewise.
struct frame {
  i32 height, width, depth, step, before;
  i32 row, length; // elements of the frame's row, and of all of it
};

// With the forward pass's padding.
static inline struct frame padded_frame(const struct window *w) {
  i32 row = (w->width + 2 * w->padding) * w->channels;
  return (struct frame){w->height, w->width, w->channels, 1, w->padding, row, row * (w->height + 2 * w->padding)};
}

// The output's gradient, spread as in Conv2dBackwardInput.
static inline struct frame spread_frame(const struct window *w, i32 filters) {
  i32 row = (w->width + w->size - 1) * filters;
  i32 before = w->size - 1 - w->padding;
  return (struct frame){w->out_height, w->out_width, filters, w->stride, before, row, row * (w->height + w->size - 1)};
}

static inline void fill_zeros(float *to, i32 length) {
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) store(to + i, splat(0.0f));
  for (; i < length; i++) to[i] = 0.0f;
}

// Zeros around the image are there already, and stay.
static inline void put_into_frame(const struct frame *f, const float *image, float *to) {
  for (i32 y = 0; y < f->height; y++) {
    float *row = to + (stride)(f->before + y * f->step) * f->row + f->before * f->depth;
    const float *from = image + (stride)y * f->width * f->depth;
    if (f->step == 1) copy_numbers(row, from, f->width * f->depth);
    else
      for (i32 x = 0; x < f->width; x++) copy_numbers(row + (stride)x * f->step * f->depth, from + x * f->depth, f->depth);
  }
}

// Elements of strips that hold `rows` x `columns` numbers.
static inline i32 strips_length(i32 rows, i32 columns) {
  i32 length = 0;
  for (i32 j = 0; j < columns; j += strip_width(columns - j)) length += rows * strip_width(columns - j);
  return length;
}
