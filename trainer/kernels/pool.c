// Maxima and means over windows of images, and their gradients. Definitions: trainer/src/engine/operations/window.ts.
//
// Vectors run over channels. The last of a pixel overlaps the one before it, for twice the same is the same. Where there
// are fewer channels than lanes a vector runs on into the next pixel: what it reads there is not used, and what it writes
// there is written after. `is_whole` says where that is safe; elsewhere only as much is touched as there is.
#include "lanes.h"
#include "program.h"

// Elements of a row of the input and of the output.
static inline i32 input_row(const struct window *w) { return w->width * w->channels; }
static inline i32 output_row(const struct window *w) { return w->out_width * w->channels; }
static inline i32 input_length(const struct window *w) { return w->batch * w->height * input_row(w); }
static inline i32 output_length(const struct window *w) { return w->batch * w->out_height * output_row(w); }

// Offset of a window's first pixel. `row` counts the rows of all images' outputs.
static inline i32 window_start(const struct window *w, i32 row, i32 x) {
  i32 n = row / w->out_height, y = row % w->out_height;
  return (n * w->height + y * w->stride) * input_row(w) + x * w->stride * w->channels;
}

// Where the vector of channels [channel, channel + LANES) starts so as to end within the pixel, if it can.
static inline i32 vector_start(const struct window *w, i32 channel) {
  return max_i32(0, min_i32(channel, w->channels - LANES));
}

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
    for (i32 x = 0; x < w.out_width; x++, out += w.channels) {
      i32 start = window_start(&w, row, x);
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

// Where the maximum of a window lies: the number of its pixel, in every lane.
ALWAYS_INLINE ivec winner(const struct window *w, const float *from, i32 size, i32 count) {
  vec most = load_part(from, count);
  ivec at_pixel = isplat(0);
  for (i32 u = 0; u < size; u++) {
    for (i32 v = 0; v < size; v++) {
      vec value = load_part(from + u * input_row(w) + v * w->channels, count);
      ivec is_more = value > most;
      most = select(is_more, value, most);
      at_pixel = (ivec)select(is_more, (vec)isplat(u * size + v), (vec)at_pixel);
    }
  }
  return at_pixel;
}

// Pointers into the images, all at the same offset, and into the output's gradient.
struct place {
  const float *input, *out_gradient, *mask;
  float *input_gradient;
};

static struct place place_of(const struct max_pool_backward *o, const struct context *c, i32 offset, i32 out_offset) {
  const float *mask = o->mask == NONE ? 0 : at(c, o->mask) + offset;
  return (struct place){at(c, o->input) + offset, at(c, o->out_gradient) + out_offset, mask,
                        at(c, o->input_gradient) + offset};
}

// Writes the gradient of a window that overlaps no other, of LANES channels.
ALWAYS_INLINE void write_window(const struct window *w, struct place place, i32 size) {
  ivec won = winner(w, place.input, size, LANES);
  vec gradient = load(place.out_gradient) + 0.0f; // the sum starts from +0
  for (i32 u = 0; u < size; u++) {
    for (i32 v = 0; v < size; v++) {
      i32 offset = u * input_row(w) + v * w->channels;
      vec part = (vec)((ivec)gradient & (won == isplat(u * size + v)));
      if (place.mask) part = gate_vec(load(place.mask + offset), part);
      store(place.input_gradient + offset, part);
    }
  }
}

// The same, number by number, of all its channels.
ALWAYS_INLINE void write_edge(const struct window *w, struct place place, i32 size) {
  for (i32 channel = 0; channel < w->channels; channel++) {
    i32 won = 0;
    float most = place.input[channel];
    for (i32 p = 1; p < size * size; p++) {
      float value = place.input[p / size * input_row(w) + p % size * w->channels + channel];
      if (value > most) won = p;
      most = value > most ? value : most;
    }
    for (i32 p = 0; p < size * size; p++) {
      i32 offset = p / size * input_row(w) + p % size * w->channels + channel;
      float part = p == won ? place.out_gradient[channel] + 0.0f : 0.0f;
      place.input_gradient[offset] = place.mask ? gate_f32(place.mask[offset], part) : part;
    }
  }
}

static inline void clear(float *from, i32 count) {
  for (i32 i = 0; i < count; i++) from[i] = 0.0f;
}

// The input rows from an output row's windows down to the next one's, every element once, left to right in each row.
ALWAYS_INLINE void write_band(const struct max_pool_backward *o, const struct context *c, i32 row, i32 size) {
  const struct window w = o->window;
  i32 line = input_row(&w), start = window_start(&w, row, 0);
  float *band = at(c, o->input_gradient) + start;
  for (i32 x = 0; x < w.out_width; x++) {
    i32 left = x * w.stride * w.channels, out_offset = row * output_row(&w) + x * w.channels;
    i32 is_in_line = left + (size - 1) * w.channels + LANES <= line && out_offset + LANES <= output_length(&w);
    for (i32 channel = 0; channel < w.channels; channel += LANES) {
      i32 at_channel = vector_start(&w, channel);
      struct place place = place_of(o, c, start + left + at_channel, out_offset + at_channel);
      if (w.channels >= LANES || is_in_line) write_window(&w, place, size);
      else write_edge(&w, place, size);
    }
    i32 right = left + size * w.channels, next = x + 1 < w.out_width ? left + w.stride * w.channels : line;
    for (i32 u = 0; u < size; u++) clear(band + u * line + right, next - right);
  }
  i32 y = row % w.out_height, last = y + 1 < w.out_height ? w.stride : w.height - y * w.stride;
  clear(band + size * line, (last - size) * line);
}

static void add_window(const struct window *w, struct place place, i32 count) {
  ivec won = winner(w, place.input, w->size, count);
  vec gradient = load_part(place.out_gradient, count);
  for (i32 u = 0; u < w->size; u++) {
    for (i32 v = 0; v < w->size; v++) {
      float *to = place.input_gradient + u * input_row(w) + v * w->channels;
      // A sum from +0 is never -0, so +0 changes nothing where another pixel won.
      store_part(to, load_part(to, count) + (vec)((ivec)gradient & (won == isplat(u * w->size + v))), count);
    }
  }
}

// One image whose windows overlap.
static void add_image(const struct max_pool_backward *o, const struct context *c, i32 n) {
  const struct window w = o->window;
  i32 length = w.height * input_row(&w);
  struct place image = place_of(o, c, n * length, 0);
  clear(image.input_gradient, length);
  for (i32 row = n * w.out_height; row < (n + 1) * w.out_height; row++) {
    for (i32 x = 0; x < w.out_width; x++) {
      for (i32 channel = 0; channel < w.channels; channel += LANES) {
        i32 out_offset = row * output_row(&w) + x * w.channels + channel;
        add_window(&w, place_of(o, c, window_start(&w, row, x) + channel, out_offset), w.channels - channel);
      }
    }
  }
  if (!image.mask) return;
  for (i32 i = 0; i < length; i++) image.input_gradient[i] = gate_f32(image.mask[i], image.input_gradient[i]);
}

i32 run_max_pool_backward(const void *operation, const struct context *c) {
  const struct max_pool_backward *o = operation;
  const struct window *w = &o->window;
  i32 is_apart = w->stride >= w->size;
  i32 from, to;
  part_of(c, is_apart ? w->batch * w->out_height : w->batch, 1, &from, &to);
  for (i32 i = from; i < to; i++) {
    if (!is_apart) add_image(o, c, i);
    else if (w->size == 2) write_band(o, c, i, 2);
    else write_band(o, c, i, w->size);
  }
  return 1;
}

// Adds one output's share to every pixel of its window.
static void spread(const struct window *w, const float *out_gradient, float *to) {
  float pixels = (float)(w->size * w->size);
  i32 channel = 0, line = input_row(w);
  for (; channel + LANES <= w->channels; channel += LANES) {
    vec share = load(out_gradient + channel) / pixels;
    for (float *row = to + channel; row < to + w->size * line; row += line) {
      for (i32 v = 0; v < w->size * w->channels; v += w->channels) store(row + v, load(row + v) + share);
    }
  }
  for (; channel < w->channels; channel++) {
    float share = out_gradient[channel] / pixels;
    for (float *row = to + channel; row < to + w->size * line; row += line) {
      for (i32 v = 0; v < w->size * w->channels; v += w->channels) row[v] = row[v] + share;
    }
  }
}

i32 run_average_pool_backward(const void *operation, const struct context *c) {
  const struct average_pool_backward *o = operation;
  const struct window w = o->window;
  i32 from, to, length = w.height * input_row(&w);
  part_of(c, w.batch, 1, &from, &to);
  float *gradient = at(c, o->input_gradient);
  clear(gradient + from * length, (to - from) * length);
  for (i32 row = from * w.out_height; row < to * w.out_height; row++) {
    for (i32 x = 0; x < w.out_width; x++) {
      const float *out_gradient = at(c, o->out_gradient) + row * output_row(&w) + x * w.channels;
      spread(&w, out_gradient, gradient + window_start(&w, row, x));
    }
  }
  return 1;
}
