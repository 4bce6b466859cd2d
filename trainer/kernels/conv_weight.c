// The gradient of a convolution's weights. Definition: trainer/src/engine/operations/window.ts.
//
// A matrix product whose k runs over pixels: its left side is the image seen through the window, its right side the
// output's gradient. Sums stay in registers over an image and in scratch between images, which come in order; threads
// share the sums, never the images.
#include "frame.h"
#include "program.h"
#include "tile.h"

// Where things lie in scratch.
struct space {
  i32 *offsets; // of an image's pixels
  float *sums;  // strips, each [size * size * channels, strip_width]
  float *strip; // of one image's gradient
  float *image; // a frame, where there is padding
};

static i32 pixels_of(const struct window *w) { return w->out_height * w->out_width; }

static i32 inner_of(const struct window *w) { return w->size * w->size * w->channels; }

static struct space space_in(const struct conv2d_backward_weight *o, float *scratch) {
  const struct window *w = &o->window;
  float *sums = scratch + round_up(pixels_of(w), LANES), *strip = sums + strips_length(inner_of(w), o->filters);
  return (struct space){(i32 *)scratch, sums, strip, strip + pixels_of(w) * PAIR_LANES};
}

i32 conv2d_backward_weight_scratch(const void *operation) {
  const struct conv2d_backward_weight *o = operation;
  const struct window *w = &o->window;
  i32 frame = w->padding > 0 ? padded_frame(w).length : 0;
  return round_up(pixels_of(w), LANES) + strips_length(inner_of(w), o->filters) + pixels_of(w) * PAIR_LANES + frame;
}

static void find_pixels(const struct window *w, i32 image_row, i32 *offsets) {
  for (i32 y = 0; y < w->out_height; y++)
    for (i32 x = 0; x < w->out_width; x++) *offsets++ = BYTES * w->stride * (y * image_row + x * w->channels);
}

// Adds one image's products to the sums of the weight rows [from, to). Where there are several strips each is copied, so
// that its pixels lie close together; what is read beyond the last filter is garbage, in lanes that nobody reads.
static void add_image(const struct conv2d_backward_weight *o, const struct space *space, i32 from, i32 to,
                      const float *image, i32 image_row, const float *gradient) {
  const struct window *w = &o->window;
  i32 run = w->size * w->channels;
  float *sums = space->sums;
  struct walk walk = {pixels_of(w), 1, o->filters, 0, space->offsets};
  for (i32 f = 0; f < o->filters;) {
    i32 width = strip_width(o->filters - f);
    const float *b = gradient + f;
    if (o->filters > width) {
      pack_strip(walk.inner, width, width, b, o->filters, 1, space->strip);
      b = space->strip;
      walk.b_row = width;
    }
    for (i32 row = from; row < to;) {
      i32 u = row / run, end = min_i32(to, (u + 1) * run);
      const float *a = image + (stride)u * image_row + (row - u * run);
      struct strip strip = {end - row, width, width, 1};
      run_strips(&walk, &strip, 1, a, b, (struct target){sums + (stride)row * width, width, 1});
      row = end;
    }
    sums += (stride)inner_of(w) * width;
    f += width;
  }
}

// weight_gradient[f, row] = the sum of (row, f), for rows in [from, to).
static void unpack_sums(i32 inner, i32 filters, i32 from, i32 to, const float *sums, float *weight_gradient) {
  for (i32 j = 0; j < filters;) {
    i32 width = strip_width(filters - j), columns = min_i32(width, filters - j);
    for (i32 f = 0; f < columns; f++)
      for (i32 row = from; row < to; row++) weight_gradient[(stride)(j + f) * inner + row] = sums[(stride)row * width + f];
    sums += (stride)inner * width;
    j += columns;
  }
}

i32 run_conv2d_backward_weight(const void *operation, const struct context *c) {
  const struct conv2d_backward_weight *o = operation;
  const struct window *w = &o->window;
  i32 from, to;
  part_of(c, inner_of(w), min_i32(SINGLE_ROWS, w->size * w->channels), &from, &to);
  if (from >= to) return 1;
  struct frame frame = padded_frame(w);
  struct space space = space_in(o, c->scratch);
  find_pixels(w, frame.row, space.offsets);
  fill_zeros(space.sums, strips_length(inner_of(w), o->filters));
  if (w->padding > 0) fill_zeros(space.image, frame.length);
  for (i32 n = 0; n < w->batch; n++) {
    const float *image = at(c, o->input) + (stride)n * w->height * w->width * w->channels;
    if (w->padding > 0) {
      put_into_frame(&frame, image, space.image);
      image = space.image;
    }
    const float *gradient = at(c, o->out_gradient) + (stride)n * w->out_height * w->out_width * o->filters;
    add_image(o, &space, from, to, image, frame.row, gradient);
  }
  unpack_sums(inner_of(w), o->filters, from, to, space.sums, at(c, o->weight_gradient));
  return 1;
}
