// Gradients of maxima and means over windows of images. Definitions: trainer/src/engine/operations/window.ts.
#include "pool.h"

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

// Writes the gradient of a window that overlaps no other, of LANES channels, but leaves the first `kept` lanes alone.
ALWAYS_INLINE void write_window(const struct window *w, struct place place, i32 size, i32 kept) {
  ivec won = winner(w, place.input, size, LANES);
  vec gradient = load(place.out_gradient) + 0.0f; // the sum starts from +0
  for (i32 u = 0; u < size; u++) {
    for (i32 v = 0; v < size; v++) {
      i32 offset = u * input_row(w) + v * w->channels;
      vec part = (vec)((ivec)gradient & (won == isplat(u * size + v)));
      if (place.mask) part = gate_vec(load(place.mask + offset), part);
      if (kept > 0) part = select(first_lanes(kept), load(place.input_gradient + offset), part);
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

// Of the window whose first pixel is `left` elements into its row, and at offset `start`.
ALWAYS_INLINE void write_channels(const struct max_pool_backward *o, const struct context *c, i32 start, i32 left,
                                  i32 out_offset, i32 size) {
  const struct window w = o->window;
  i32 spare = LANES - w.channels;
  if (spare <= 0) {
    for (i32 channel = 0; channel < w.channels; channel += LANES) {
      i32 at_channel = vector_start(&w, channel);
      write_window(&w, place_of(o, c, start + at_channel, out_offset + at_channel), size, 0);
    }
  } else if (left + (size - 1) * w.channels + LANES <= input_row(&w) && out_offset + LANES <= output_length(&w)) {
    write_window(&w, place_of(o, c, start, out_offset), size, 0);
  } else if (left >= spare && out_offset >= spare) { // ends where the pixel does; what is before it was written before
    write_window(&w, place_of(o, c, start - spare, out_offset - spare), size, spare);
  } else {
    write_edge(&w, place_of(o, c, start, out_offset), size);
  }
}

// The input rows from an output row's windows down to the next one's, every element once, left to right in each row.
ALWAYS_INLINE void write_band(const struct max_pool_backward *o, const struct context *c, i32 row, i32 size) {
  const struct window w = o->window;
  i32 line = input_row(&w), start = first_window(&w, row);
  float *band = at(c, o->input_gradient) + start;
  for (i32 x = 0, left = 0; x < w.out_width; x++, left += window_step(&w)) {
    write_channels(o, c, start + left, left, row * output_row(&w) + x * w.channels, size);
    i32 right = left + size * w.channels, next = x + 1 < w.out_width ? left + window_step(&w) : line;
    for (i32 u = 0; u < size && right < next; u++) clear(band + u * line + right, next - right);
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
      i32 start = first_window(&w, row) + x * window_step(&w);
      for (i32 channel = 0; channel < w.channels; channel += LANES) {
        i32 out_offset = row * output_row(&w) + x * w.channels + channel;
        add_window(&w, place_of(o, c, start + channel, out_offset), w.channels - channel);
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
      spread(&w, out_gradient, gradient + first_window(&w, row) + x * window_step(&w));
    }
  }
  return 1;
}
