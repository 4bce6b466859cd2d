// Convolution and its input's gradient, directly on images [height, width, channels]. Definitions:
// trainer/src/engine/operations/window.ts.
//
// Vectors run along filters (of the gradient: channels). A row of pixels is the left side of a small matrix product, for
// the same tap of neighbouring pixels lies equally far apart; nothing is rearranged but weights, once an operation, and
// images that need rings of zeros.
#include "frame.h"
#include "program.h"
#include "tile.h"

// What both are: out[y, x, j] = Σ_{u, v, i} image[y * step + u, x * step + v, i] * taps[u, v, i, j].
struct correlation {
  i32 size, step, depth, columns; // depth: of i; columns: of j
  i32 out_width;
  i32 top, bottom; // rows of the image outside [top, bottom) are zeros
  i32 are_finite;  // taps
  i32 *offsets;    // of taps in the image
  float *taps;     // strips, each [size * size * depth, strip_width]
  float *image;    // a frame in scratch
};

static inline i32 inner_of(const struct correlation *p) { return p->size * p->size * p->depth; }

static i32 correlation_scratch(i32 size, i32 depth, i32 columns, i32 frame_length) {
  i32 inner = size * size * depth;
  return round_up(inner, LANES) + strips_length(inner, columns) + frame_length;
}

static void lay_out(struct correlation *p, const struct frame *frame, float *scratch) {
  p->offsets = (i32 *)scratch;
  p->taps = scratch + round_up(inner_of(p), LANES);
  p->image = p->taps + strips_length(inner_of(p), p->columns);
  i32 run = p->size * p->depth;
  for (i32 u = 0; u < p->size; u++)
    for (i32 k = 0; k < run; k++) p->offsets[u * run + k] = BYTES * (u * frame->row + k);
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
static void correlate_row(const struct correlation *p, const float *image, i32 image_row, i32 y, float *out) {
  i32 row = y * p->step;
  i32 first = p->are_finite ? max_i32(0, p->top - row) : 0;
  i32 end = p->are_finite ? min_i32(p->size, p->bottom - row) : p->size;
  i32 run = p->size * p->depth, skipped = first * run;
  const float *taps = p->taps;
  for (i32 j = 0; j < p->columns;) {
    i32 width = strip_width(p->columns - j), columns = min_i32(width, p->columns - j);
    struct walk w = {max_i32(0, end - first) * run, p->step * p->depth, width, 0, p->offsets + skipped};
    struct target to = {out + j, p->columns, 1};
    struct strip strip = {p->out_width, columns, width, 0};
    run_strips(&w, &strip, 1, image + (stride)row * image_row, taps + (stride)skipped * width, to);
    taps += (stride)inner_of(p) * width;
    j += columns;
  }
}

static i32 forward_frame_length(const struct window *w) { return w->padding > 0 ? padded_frame(w).length : 0; }

i32 conv2d_scratch(const void *operation) {
  const struct conv2d *o = operation;
  const struct window *w = &o->window;
  i32 row_length = w->out_width * o->filters;
  return correlation_scratch(w->size, w->channels, o->filters, forward_frame_length(w) + row_length);
}

static void pack_taps(const struct correlation *p, const float *weight) {
  i32 inner = inner_of(p);
  float *taps = p->taps;
  for (i32 j = 0; j < p->columns;) {
    i32 width = strip_width(p->columns - j);
    pack_strip(inner, min_i32(width, p->columns - j), width, weight + (stride)j * inner, 1, inner, taps);
    taps += (stride)inner * width;
    j += width;
  }
}

// A row of biases, as long as a row of pixels: so vectors may be longer than there are filters.
static void repeat_bias(const struct conv2d *o, const float *bias, float *row) {
  for (i32 x = 0; x < o->window.out_width; x++) copy_numbers(row + x * o->filters, bias, o->filters);
}

static void finish_row(i32 length, const float *bias, i32 relu, float *row) {
  i32 i = 0;
  for (; i + LANES <= length; i += LANES) {
    vec sum = load(row + i) + load(bias + i);
    store(row + i, relu ? relu_vec(sum) : sum);
  }
  for (; i < length; i++) {
    float sum = row[i] + bias[i];
    row[i] = relu ? relu_f32(sum) : sum;
  }
}

i32 run_conv2d(const void *operation, const struct context *c) {
  const struct conv2d *o = operation;
  const struct window *w = &o->window;
  i32 from, to;
  part_of(c, w->batch * w->out_height, 1, &from, &to);
  if (from >= to) return 1;
  struct frame frame = padded_frame(w);
  struct correlation p = {.size = w->size,
                          .step = w->stride,
                          .depth = w->channels,
                          .columns = o->filters,
                          .out_width = w->out_width,
                          .top = w->padding,
                          .bottom = w->padding + w->height,
                          .are_finite = all_finite(at(c, o->weight), w->size * w->size * w->channels * o->filters)};
  lay_out(&p, &frame, c->scratch);
  pack_taps(&p, at(c, o->weight));
  fill_zeros(p.image, forward_frame_length(w));
  float *bias = p.image + forward_frame_length(w);
  repeat_bias(o, at(c, o->bias), bias);
  i32 length = w->out_width * o->filters;
  for (i32 row = from; row < to;) {
    i32 n = row / w->out_height, end = min_i32(to, (n + 1) * w->out_height);
    const float *image = at(c, o->input) + (stride)n * w->height * w->width * w->channels;
    if (w->padding > 0) {
      put_into_frame(&frame, image, p.image);
      image = p.image;
    }
    for (; row < end; row++) {
      float *out = at(c, o->out) + (stride)row * length;
      correlate_row(&p, image, frame.row, row - n * w->out_height, out);
      finish_row(length, bias, o->relu, out);
    }
  }
  return 1;
}

i32 conv2d_backward_input_scratch(const void *operation) {
  const struct conv2d_backward_input *o = operation;
  const struct window *w = &o->window;
  return correlation_scratch(w->size, o->filters, w->channels, spread_frame(w, o->filters).length);
}

// taps[u, v, f, c] = weight[f, size-1-u, size-1-v, c].
static void pack_flipped_taps(const struct correlation *p, const float *weight) {
  i32 positions = p->size * p->size;
  float *taps = p->taps;
  for (i32 j = 0; j < p->columns;) {
    i32 width = strip_width(p->columns - j), columns = min_i32(width, p->columns - j);
    for (i32 k = 0; k < positions; k++)
      for (i32 f = 0; f < p->depth; f++, taps += width) {
        copy_numbers(taps, weight + ((stride)f * positions + (positions - 1 - k)) * p->columns + j, columns);
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
  i32 from, to;
  part_of(c, w->batch * w->height, 1, &from, &to);
  if (from >= to) return 1;
  struct frame frame = spread_frame(w, o->filters);
  struct correlation p = {.size = w->size,
                          .step = 1,
                          .depth = o->filters,
                          .columns = w->channels,
                          .out_width = w->width,
                          .top = frame.before,
                          .bottom = frame.before + (w->out_height - 1) * w->stride + 1,
                          .are_finite = all_finite(at(c, o->weight), w->size * w->size * w->channels * o->filters)};
  lay_out(&p, &frame, c->scratch);
  pack_flipped_taps(&p, at(c, o->weight));
  fill_zeros(p.image, frame.length);
  i32 length = w->width * w->channels, image_length = w->out_height * w->out_width * o->filters;
  for (i32 row = from; row < to;) {
    i32 n = row / w->height, end = min_i32(to, (n + 1) * w->height);
    put_into_frame(&frame, at(c, o->out_gradient) + (stride)n * image_length, p.image);
    for (; row < end; row++) {
      float *out = at(c, o->input_gradient) + (stride)row * length;
      correlate_row(&p, p.image, frame.row, row - n * w->height, out);
      if (o->mask != NONE) mask_row(length, at(c, o->mask) + (stride)row * length, out);
    }
  }
  return 1;
}
