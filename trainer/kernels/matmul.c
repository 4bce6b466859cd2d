// Matrix product with what follows it. Definition: trainer/src/engine/operations/dense.ts.
//
// Vectors run along the columns of `right` where these lie next to each other in memory, else along whichever of the two
// matrices is cheaper to copy into strips; `rows` and `columns` then change places and the result is stored transposed.
#include "pack.h"
#include "program.h"
#include "tile.h"

// Unit: elements. The smallest cache, and a line of it.
#define FAR 8192
#define LINE 16
// So much of k at a time that what several strips read stays in a cache of middle size.
#define BLOCK_INNER 384
// Rows whose panels are copied at a time: a multiple of every PAIR_ROWS.
#define BLOCK_ROWS 96
// Numbers of b that are copied to strips at a time: as many as stay in a cache of middle size, for rows of b and of the
// result may be so far apart that to come to each again costs more than to go along it.
#define BLOCK_NUMBERS (128 * BLOCK_INNER)
// Columns that are copied together, of whole lines of a cache and their neighbours.
#define GROUP 32

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
  i32 is_straight = o->right_column == 1 || (o->left_row != 1 && o->columns <= o->rows);
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
static i32 is_b_packed(const struct product *p, i32 rows, i32 is_whole) {
  return p->b_column != 1 || !is_whole || (rows > 2 * PAIR_ROWS && p->inner * p->b_inner >= FAR && p->b_inner > PAIR_LANES);
}

// Likewise a, where each k of a tile lies in a cache line of its own and several strips read it.
static i32 is_a_packed(const struct product *p, struct part part) {
  i32 strips = (part.column_to - part.column_from) / PAIR_LANES;
  return p->a_row == 1 && p->a_inner > LINE && p->inner * p->a_inner >= FAR && strips >= 4;
}

// A block of k, of the rows [row, row + rows), as tiles read it.
struct block {
  i32 k, inner, row, rows, columns;
  i32 *offsets;
  float *strips, *panels; // panels: PAIR_ROWS rows each, [inner, PAIR_ROWS]
  i32 is_a_packed;
};

static void pack_panels(const struct product *p, const struct block *b) {
  for (i32 r = 0; r < b->rows; r += PAIR_ROWS) {
    i32 count = min_i32(PAIR_ROWS, b->rows - r);
    const float *from = p->a + (stride)b->k * p->a_inner + b->row + r;
    float *panel = b->panels + (stride)r * b->inner;
    for (i32 k = 0; k < b->inner; k++)
      for (i32 i = 0; i < count; i++) panel[k * PAIR_ROWS + i] = from[(stride)k * p->a_inner + i];
  }
}

// Copies strips that are whole and whose lanes lie together, so many at a time that lines of a cache are read whole.
static void pack_whole_strips(const struct product *p, const struct block *b, const float *from, i32 columns) {
  for (i32 j = 0; j < columns; j += GROUP) {
    const float *row = from + j;
    float *to = b->strips + (stride)j * b->inner;
    i32 width = min_i32(GROUP, columns - j);
    for (i32 k = 0; k < b->inner; k++, row += p->b_inner, to += PAIR_LANES) {
      for (i32 i = 0; i < width; i += PAIR_LANES) copy_strip_row(to + (stride)i * b->inner, row + i, PAIR_LANES);
    }
  }
}

// Computes `count` strips of s->columns from `column` on.
static void multiply_strips(const struct product *p, const struct block *b, struct strip s, i32 column, i32 count) {
  struct walk w = {b->inner, p->a_row, p->b_inner, s.width, b->offsets};
  const float *right = p->b + (stride)b->k * p->b_inner + (stride)column * p->b_column;
  if (is_b_packed(p, b->rows, s.columns == s.width)) {
    if (p->b_column == 1 && s.columns == PAIR_LANES) pack_whole_strips(p, b, right, count * PAIR_LANES);
    else
      for (i32 i = 0; i < count; i++)
        pack_strip(b->inner, s.columns, s.width, right + (stride)i * s.width * p->b_column, p->b_inner, p->b_column,
                   b->strips + (stride)i * s.width * b->inner);
    right = b->strips;
    w.b_row = s.width;
    w.b_strip = s.width * b->inner;
  }
  i32 most = b->is_a_packed ? PAIR_ROWS : b->rows;
  for (i32 row = 0; row < b->rows; row += most) {
    const float *a = b->is_a_packed ? b->panels + (stride)row * b->inner : p->a + (stride)b->row * p->a_row;
    float *out = p->to.out + (stride)(b->row + row) * p->to.row + (stride)column * p->to.column;
    s.rows = min_i32(most, b->rows - row);
    run_strips(&w, &s, count, a, right, (struct target){out, p->to.row, p->to.column});
  }
}

// The products of a block, added to those of the blocks of k before.
static void add_block(const struct product *p, const struct block *b, struct part part) {
  for (i32 k = 0; k < b->inner; k++) b->offsets[k] = BYTES * (b->is_a_packed ? k * PAIR_ROWS : (b->k + k) * p->a_inner);
  if (b->is_a_packed) pack_panels(p, b);
  for (i32 j = part.column_from; j < part.column_to;) {
    i32 left = part.column_to - j, width = strip_width(left), columns = min_i32(width, left);
    i32 count = columns == PAIR_LANES ? min_i32(left, b->columns) / PAIR_LANES : 1;
    multiply_strips(p, b, (struct strip){b->rows, columns, width, b->k > 0}, j, count);
    j += count * columns;
  }
}

// Columns whose strips are copied at a time.
static i32 block_columns(i32 inner, i32 columns) {
  return min_i32(BLOCK_NUMBERS / max_i32(inner, 1) / PAIR_LANES * PAIR_LANES, round_up(columns, PAIR_LANES));
}

static void multiply(const struct product *p, struct part part, float *scratch) {
  i32 blocks = max_i32(1, (p->inner + BLOCK_INNER - 1) / BLOCK_INNER);
  i32 length = (p->inner + blocks - 1) / blocks;
  struct block b = {.offsets = (i32 *)scratch, .columns = block_columns(length, p->columns), .is_a_packed = is_a_packed(p, part)};
  b.strips = scratch + round_up(length, LANES);
  b.panels = b.strips + length * b.columns;
  i32 most = b.is_a_packed ? BLOCK_ROWS : part.row_to - part.row_from;
  for (b.k = 0; b.k < p->inner; b.k += length) {
    b.inner = min_i32(length, p->inner - b.k);
    for (b.row = part.row_from; b.row < part.row_to; b.row += most) {
      b.rows = min_i32(most, part.row_to - b.row);
      add_block(p, &b, part);
    }
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

// Elements of scratch: offsets along k, strips, and panels.
i32 matmul_scratch(const void *operation) {
  const struct matmul *o = operation;
  i32 inner = min_i32(o->inner, BLOCK_INNER);
  i32 numbers = min_i32(BLOCK_NUMBERS, inner * min_i32(BLOCK_NUMBERS, round_up(max_i32(o->rows, o->columns), PAIR_LANES)));
  return round_up(inner, LANES) + numbers + inner * BLOCK_ROWS;
}

i32 run_matmul(const void *operation, const struct context *c) {
  const struct matmul *o = operation;
  struct product p = oriented(o, c);
  struct part part = part_of_product(&p, c);
  if (part.row_from >= part.row_to || part.column_from >= part.column_to) return 1;
  multiply(&p, part, c->scratch);
  if (o->bias == NONE && o->mask == NONE && !o->relu) return 1;
  i32 is_straight = p.to.column == 1;
  i32 row_from = is_straight ? part.row_from : part.column_from, row_to = is_straight ? part.row_to : part.column_to;
  i32 from = is_straight ? part.column_from : part.row_from, to = is_straight ? part.column_to : part.row_to;
  for (i32 i = row_from; i < row_to; i++) finish_row(o, c, i, from, to);
  return 1;
}
