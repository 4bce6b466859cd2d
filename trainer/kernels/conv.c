// Convolution and its gradients, directly on images [height, width, channels]. Definitions:
// trainer/src/engine/operations/window.ts.
//
// Vectors run along filters (of the input's gradient: channels). For one u the products of a pixel, over (v, c), lie next
// to each other in the image, so a row of pixels is the left side of a small matrix product, and nothing is rearranged but
// weights (once an operation) and images that need a ring of zeros.
#include "pack.h"
#include "program.h"
#include "tile.h"

// Sum over filters' taps at every pixel of an image, as the forward pass and the input's gradient both are:
// out[y, x, j] = Σ_{u, v, i} image[y * step + u, x * step + v, i] * taps[u, v, i, j].
struct correlation {
  i32 size, step, depth, columns; // depth: of i; columns: of j
  i32 image_row;                  // elements
  i32 top, bottom;                // rows of the image outside [top, bottom) are zeros
  i32 out_width;
  const float *taps; // strips, each [size * size * depth, strip_width]
  i32 are_finite;
};

static i32 taps_length(i32 inner, i32 columns) {
  i32 length = 0;
  for (i32 j = 0; j < columns; j += strip_width(columns - j)) length += inner * strip_width(columns - j);
  return length;
}

static i32 all_finite(const float *values, i32 length) {
  ivec bad = isplat(0);
  i32 i = 0, is_finite_tail = 1;
  for (; i + LANES <= length; i += LANES) bad |= not_finite(load(values + i));
  for (; i < length; i++) is_finite_tail &= is_finite(values[i]);
  return is_finite_tail && !any_lane(bad);
}

// One row of pixels. A product of +0 and a finite number changes no sum, for a sum that starts from +0 is never -0: so
// rows of the image that are zeros are passed over, unless a tap makes NaN of them.
static void correlate_row(const struct correlation *p, const float *image, i32 y, float *out) {
  i32 row = y * p->step;
  i32 first = p->are_finite ? max_i32(0, p->top - row) : 0;
  i32 end = p->are_finite ? min_i32(p->size, p->bottom - row) : p->size;
  i32 run = p->size * p->depth;
  const float *taps = p->taps;
  for (i32 j = 0; j < p->columns;) {
    i32 width = strip_width(p->columns - j), columns = min_i32(width, p->columns - j);
    struct walk w = {max_i32(0, end - first), run, p->step * p->depth, 1, p->image_row, width, run * width};
    const float *a = image + (stride)(row + first) * p->image_row;
    run_strip(&w, p->out_width, columns, width, a, taps + (stride)first * run * width, (struct target){out + j, p->columns, 1});
    taps += (stride)p->size * run * width;
    j += columns;
  }
}

static void fill(float *to, i32 length, float value) {
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) store(to + i, splat(value));
  for (; i < length; i++) to[i] = value;
}

static void copy(float *to, const float *from, i32 length) {
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) store(to + i, load(from + i));
  for (; i < length; i++) to[i] = from[i];
}

// Puts an image into a larger one of zeros: its row y into row y * step + before, its pixel x likewise.
struct frame {
  i32 height, width, depth, step, before, row, length; // row: elements of a row; length: of everything
};

static void put_into_frame(const struct frame *f, const float *image, float *to) {
  for (i32 y = 0; y < f->height; y++) {
    float *row = to + (stride)(f->before + y * f->step) * f->row + f->before * f->depth;
    const float *from = image + (stride)y * f->width * f->depth;
    if (f->step == 1) copy(row, from, f->width * f->depth);
    else
      for (i32 x = 0; x < f->width; x++) copy(row + (stride)x * f->step * f->depth, from + x * f->depth, f->depth);
  }
}

static struct frame padded_frame(const struct window *w) {
  i32 row = (w->width + 2 * w->padding) * w->channels;
  return (struct frame){w->height, w->width, w->channels, 1, w->padding, row, row * (w->height + 2 * w->padding)};
}

static struct frame spread_frame(const struct window *w, i32 filters) {
  i32 row = (w->width + w->size - 1) * filters;
  i32 before = w->size - 1 - w->padding;
  return (struct frame){w->out_height, w->out_width, filters, w->stride, before, row, row * (w->height + w->size - 1)};
}

i32 conv2d_scratch(const void *operation) {
  const struct conv2d *o = operation;
  const struct window *w = &o->window;
  return taps_length(w->size * w->size * w->channels, o->filters) + (w->padding > 0 ? padded_frame(w).length : 0);
}

static void add_bias_to_row(const struct conv2d *o, const float *bias, float *row) {
  for (i32 x = 0; x < o->window.out_width; x++, row += o->filters) {
    i32 f = 0;
    for (; f + LANES <= o->filters; f += LANES) {
      vec sum = load(row + f) + load(bias + f);
      store(row + f, o->relu ? relu_vec(sum) : sum);
    }
    for (; f < o->filters; f++) {
      float sum = row[f] + bias[f];
      row[f] = o->relu ? relu_f32(sum) : sum;
    }
  }
}

static void pack_taps(i32 inner, i32 columns, const float *weight, float *taps) {
  for (i32 j = 0; j < columns;) {
    i32 width = strip_width(columns - j);
    pack_strip(inner, min_i32(width, columns - j), width, weight + (stride)j * inner, 1, inner, taps);
    taps += (stride)inner * width;
    j += width;
  }
}

i32 run_conv2d(const void *operation, const struct context *c) {
  const struct conv2d *o = operation;
  const struct window *w = &o->window;
  i32 from, to, inner = w->size * w->size * w->channels, length = taps_length(inner, o->filters);
  part_of(c, w->batch * w->out_height, 1, &from, &to);
  if (from >= to) return 1;
  struct frame frame = padded_frame(w);
  struct correlation p = {w->size, w->stride, w->channels, o->filters, frame.row, w->padding, w->padding + w->height,
                          w->out_width, c->scratch, all_finite(at(c, o->weight), inner * o->filters)};
  pack_taps(inner, o->filters, at(c, o->weight), c->scratch);
  float *padded = c->scratch + length;
  if (w->padding > 0) fill(padded, frame.length, 0.0f);
  for (i32 row = from; row < to;) {
    i32 n = row / w->out_height, end = min_i32(to, (n + 1) * w->out_height);
    const float *image = at(c, o->input) + (stride)n * w->height * w->width * w->channels;
    if (w->padding > 0) put_into_frame(&frame, image, padded);
    for (; row < end; row++) {
      float *out = at(c, o->out) + (stride)row * w->out_width * o->filters;
      correlate_row(&p, w->padding > 0 ? padded : image, row - n * w->out_height, out);
      add_bias_to_row(o, at(c, o->bias), out);
    }
  }
  return 1;
}

i32 conv2d_backward_input_scratch(const void *operation) {
  const struct conv2d_backward_input *o = operation;
  const struct window *w = &o->window;
  return taps_length(w->size * w->size * o->filters, w->channels) + spread_frame(w, o->filters).length;
}

// taps[u, v, f, c] = weight[f, size-1-u, size-1-v, c].
static void pack_flipped(const struct conv2d_backward_input *o, const float *weight, float *taps) {
  i32 channels = o->window.channels, positions = o->window.size * o->window.size;
  for (i32 j = 0; j < channels;) {
    i32 width = strip_width(channels - j), columns = min_i32(width, channels - j);
    for (i32 k = 0; k < positions; k++)
      for (i32 f = 0; f < o->filters; f++, taps += width) {
        const float *from = weight + ((stride)f * positions + (positions - 1 - k)) * channels + j;
        copy(taps, from, columns);
        for (i32 i = columns; i < width; i++) taps[i] = 0.0f;
      }
    j += columns;
  }
}

static void mask_row(i32 length, const float *mask, float *row) {
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) store(row + i, gate_vec(load(mask + i), load(row + i)));
  for (; i < length; i++) row[i] = gate_f32(mask[i], row[i]);
}

i32 run_conv2d_backward_input(const void *operation, const struct context *c) {
  const struct conv2d_backward_input *o = operation;
  const struct window *w = &o->window;
  i32 from, to, weights = w->size * w->size * o->filters * w->channels;
  part_of(c, w->batch * w->height, 1, &from, &to);
  if (from >= to) return 1;
  struct frame frame = spread_frame(w, o->filters);
  i32 bottom = frame.before + (w->out_height - 1) * w->stride + 1;
  struct correlation p = {w->size, 1, o->filters, w->channels, frame.row, frame.before, bottom,
                          w->width, c->scratch, all_finite(at(c, o->weight), weights)};
  pack_flipped(o, at(c, o->weight), c->scratch);
  float *spread = c->scratch + taps_length(w->size * w->size * o->filters, w->channels);
  fill(spread, frame.length, 0.0f);
  i32 row_length = w->width * w->channels;
  for (i32 row = from; row < to;) {
    i32 n = row / w->height, end = min_i32(to, (n + 1) * w->height);
    put_into_frame(&frame, at(c, o->out_gradient) + (stride)n * w->out_height * w->out_width * o->filters, spread);
    for (; row < end; row++) {
      float *out = at(c, o->input_gradient) + (stride)row * row_length;
      correlate_row(&p, spread, row - n * w->height, out);
      if (o->mask != NONE) mask_row(row_length, at(c, o->mask) + (stride)row * row_length, out);
    }
  }
  return 1;
}

i32 conv2d_backward_weight_scratch(const void *operation) {
  const struct conv2d_backward_weight *o = operation;
  const struct window *w = &o->window;
  return taps_length(w->size * w->size * w->channels, o->filters) + (w->padding > 0 ? padded_frame(w).length : 0);
}

// Adds one image's products to the sums of the weight rows [from, to), which lie in strips.
static void correlate_image(const struct conv2d_backward_weight *o, i32 from, i32 to, const float *image, i32 image_row,
                            const float *gradient, float *sums) {
  const struct window *w = &o->window;
  i32 run = w->size * w->channels;
  for (i32 f = 0; f < o->filters;) {
    i32 width = strip_width(o->filters - f);
    for (i32 row = from; row < to;) {
      i32 u = row / run, end = min_i32(to, (u + 1) * run);
      struct walk walk = {w->out_height, w->out_width, 1, w->stride * w->channels, w->stride * image_row,
                          o->filters, w->out_width * o->filters};
      const float *a = image + (stride)u * image_row + (row - u * run);
      continue_strip(&walk, end - row, width, a, gradient + f, sums + (stride)row * width);
      row = end;
    }
    sums += (stride)w->size * run * width;
    f += width;
  }
}

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
  i32 from, to, inner = w->size * w->size * w->channels, length = taps_length(inner, o->filters);
  part_of(c, inner, min_i32(SINGLE_ROWS, w->size * w->channels), &from, &to);
  if (from >= to) return 1;
  struct frame frame = padded_frame(w);
  float *sums = c->scratch, *padded = sums + length;
  fill(sums, length, 0.0f);
  if (w->padding > 0) fill(padded, frame.length, 0.0f);
  for (i32 n = 0; n < w->batch; n++) {
    const float *image = at(c, o->input) + (stride)n * w->height * w->width * w->channels;
    if (w->padding > 0) put_into_frame(&frame, image, padded);
    const float *gradient = at(c, o->out_gradient) + (stride)n * w->out_height * w->out_width * o->filters;
    correlate_image(o, from, to, w->padding > 0 ? padded : image, frame.row, gradient, sums);
  }
  unpack_sums(inner, o->filters, from, to, sums, at(c, o->weight_gradient));
  return 1;
}
