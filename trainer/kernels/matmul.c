// Matrix product with what follows it. Definition: trainer/src/engine/operations/dense.ts.
//
// Vectors run along the columns of `right` where these lie next to each other in memory, else along whichever of the two
// matrices is cheaper to copy into strips; `rows` and `columns` then change places and the result is stored transposed.
#include "pack.h"
#include "program.h"
#include "tile.h"

// Unit: elements.
#define FAR 512

// The product as tiles see it, of either orientation: out[i, j] = Σ_k a[i, k] * b[k, j].
struct product {
  i32 rows, columns, inner;
  const float *a, *b;
  i32 a_row, a_inner, b_inner, b_column;
  struct target to;
};

static struct product oriented(const struct matmul *o, const struct context *c) {
  const float *left = at(c, o->left), *right = at(c, o->right);
  float *out = at(c, o->out);
  i32 is_straight = o->right_column == 1 || (o->left_row != 1 && o->columns < o->rows);
  if (is_straight) {
    struct target to = {out, o->columns, 1};
    return (struct product){o->rows,      o->columns,     o->inner,     left,            right,
                            o->left_row, o->left_column, o->right_row, o->right_column, to};
  }
  struct target to = {out, 1, o->columns};
  return (struct product){o->columns,      o->rows,      o->inner,       right,       left,
                          o->right_column, o->right_row, o->left_column, o->left_row, to};
}

// Rows [row_from, row_to) and columns [column_from, column_to) of the product.
struct part {
  i32 row_from, row_to, column_from, column_to;
};

// Cut along the side that has more whole tiles for every thread.
static struct part part_of_product(const struct product *p, const struct context *c) {
  struct part part = {0, p->rows, 0, p->columns};
  if (p->columns / PAIR_LANES >= p->rows / PAIR_ROWS) {
    part_of(c, p->columns, PAIR_LANES, &part.column_from, &part.column_to);
  } else {
    part_of(c, p->rows, PAIR_ROWS, &part.row_from, &part.row_to);
  }
  return part;
}

// Whether a strip of b is copied before use: where its lanes lie apart, where it is not whole, and where its rows are so far
// apart that they share few sets of a cache and several tiles read them.
static i32 is_packed(const struct product *p, i32 rows, i32 is_whole) {
  return p->b_column != 1 || !is_whole || (p->b_inner >= FAR && rows > 2 * PAIR_ROWS);
}

static void by_strips(const struct product *p, struct part part, float *scratch) {
  i32 *offsets = (i32 *)scratch;
  float *strip = scratch + round_up(p->inner, LANES);
  for (i32 k = 0; k < p->inner; k++) offsets[k] = BYTES * k * p->a_inner;
  for (i32 j = part.column_from; j < part.column_to;) {
    i32 width = strip_width(part.column_to - j);
    i32 columns = min_i32(width, part.column_to - j);
    const float *b = p->b + (stride)j * p->b_column;
    struct walk w = {p->inner, p->a_row, p->b_inner, offsets};
    if (is_packed(p, part.row_to - part.row_from, columns == width)) {
      pack_strip(p->inner, columns, width, b, p->b_inner, p->b_column, strip);
      b = strip;
      w.b_row = width;
    }
    struct target to = {p->to.out + (stride)part.row_from * p->to.row + (stride)j * p->to.column, p->to.row, p->to.column};
    run_strip(&w, part.row_to - part.row_from, columns, width, p->a + (stride)part.row_from * p->a_row, b, to);
    j += columns;
  }
}

static void finish_row(const struct matmul *o, const struct context *c, i32 i, i32 from, i32 to) {
  float *row = at(c, o->out) + (stride)i * o->columns;
  const float *bias = o->bias == NONE ? 0 : at(c, o->bias);
  const float *mask = o->mask == NONE ? 0 : at(c, o->mask) + (stride)i * o->columns;
  i32 j = from;
  for (; j + LANES <= to; j += LANES) {
    vec value = load(row + j);
    if (bias) value = value + load(bias + j);
    if (o->relu) value = relu_vec(value);
    if (mask) value = gate_vec(load(mask + j), value);
    store(row + j, value);
  }
  for (; j < to; j++) {
    float value = row[j];
    if (bias) value = value + bias[j];
    if (o->relu) value = relu_f32(value);
    if (mask) value = gate_f32(mask[j], value);
    row[j] = value;
  }
}

// Elements of scratch: offsets along k, and a strip.
i32 matmul_scratch(const void *operation) {
  i32 inner = ((const struct matmul *)operation)->inner;
  return round_up(inner, LANES) + inner * PAIR_LANES;
}

i32 run_matmul(const void *operation, const struct context *c) {
  const struct matmul *o = operation;
  struct product p = oriented(o, c);
  struct part part = part_of_product(&p, c);
  if (part.row_from >= part.row_to || part.column_from >= part.column_to) return 1;
  by_strips(&p, part, c->scratch);
  if (o->bias == NONE && o->mask == NONE && !o->relu) return 1;
  i32 is_straight = p.to.column == 1;
  i32 row_from = is_straight ? part.row_from : part.column_from, row_to = is_straight ? part.row_to : part.column_to;
  i32 from = is_straight ? part.column_from : part.row_from, to = is_straight ? part.column_to : part.row_to;
  for (i32 i = row_from; i < row_to; i++) finish_row(o, c, i, from, to);
  return 1;
}
