// Tiles in registers, one function a size. See tile.h.
#include "pack.h"

// Writes rows x vectors sums to out; rows of out are out_row apart.
typedef void tile(const struct walk *w, const float *a, const float *b, float *out, i32 out_row, i32 is_continued);

#define UNROLL _Pragma("GCC unroll 16")

// Keeps compilers from splitting an address in two registers again: x86 then needs an instruction more a product.
#ifdef __wasm__
#define IN_ONE_REGISTER(pointer)
#else
#define IN_ONE_REGISTER(pointer) __asm__("" : "+r"(pointer))
#endif

// ROW is a's row stride: where it is the constant 1, compilers address without adding.
#define TILE(NAME, VECTOR, ROWS, VECTORS, ROW)                                                                       \
  static void NAME(const struct walk *w, const float *a, const float *b, float *out, i32 out_row, i32 is_continued) { \
    enum { WIDTH = sizeof(VECTOR) / sizeof(float) };                                                                 \
    const stride a_row = ROW, b_row = w->b_row;                                                                      \
    const i32 *offset = w->a_offsets, *end = offset + w->inner;                                                      \
    VECTOR sum[ROWS][VECTORS];                                                                                       \
    UNROLL for (i32 r = 0; r < ROWS; r++) UNROLL for (i32 v = 0; v < VECTORS; v++) sum[r][v] =                       \
        is_continued ? *(const VECTOR *)(out + (stride)r * out_row + v * WIDTH) : (VECTOR){0};                       \
    for (; offset < end; offset++, b += b_row) {                                                                     \
      const float *left = (const float *)((const char *)a + *offset);                                                \
      IN_ONE_REGISTER(left);                                                                                         \
      VECTOR lanes[VECTORS];                                                                                         \
      UNROLL for (i32 v = 0; v < VECTORS; v++) lanes[v] = *(const VECTOR *)(b + v * WIDTH);                          \
      UNROLL for (i32 r = 0; r < ROWS; r++) {                                                                        \
        VECTOR factor = left[r * a_row] - (VECTOR){0};                                                               \
        UNROLL for (i32 v = 0; v < VECTORS; v++) sum[r][v] = sum[r][v] + factor * lanes[v];                          \
      }                                                                                                              \
    }                                                                                                                \
    UNROLL for (i32 r = 0; r < ROWS; r++) UNROLL for (i32 v = 0; v < VECTORS; v++)                                   \
        *(VECTOR *)(out + (stride)r * out_row + v * WIDTH) = sum[r][v];                                              \
  }

// Tiles of 1 to 8 rows that lie anywhere, and those of rows next to each other.
#define TILES(NAME, VECTOR, VECTORS)                      \
  TILE(NAME##_k1, VECTOR, 1, VECTORS, w->a_row)        \
  TILE(NAME##_k2, VECTOR, 2, VECTORS, w->a_row)        \
  TILE(NAME##_k3, VECTOR, 3, VECTORS, w->a_row)        \
  TILE(NAME##_k4, VECTOR, 4, VECTORS, w->a_row)        \
  TILE(NAME##_r1, VECTOR, 1, VECTORS, 1)     \
  TILE(NAME##_r2, VECTOR, 2, VECTORS, 1)     \
  TILE(NAME##_r3, VECTOR, 3, VECTORS, 1)     \
  TILE(NAME##_r4, VECTOR, 4, VECTORS, 1)
#define MORE_TILES(NAME, VECTOR, VECTORS)                 \
  TILE(NAME##_k5, VECTOR, 5, VECTORS, w->a_row)        \
  TILE(NAME##_k6, VECTOR, 6, VECTORS, w->a_row)        \
  TILE(NAME##_r5, VECTOR, 5, VECTORS, 1)     \
  TILE(NAME##_r6, VECTOR, 6, VECTORS, 1)
#define MOST_TILES(NAME, VECTOR, VECTORS)                 \
  TILE(NAME##_k7, VECTOR, 7, VECTORS, w->a_row)        \
  TILE(NAME##_k8, VECTOR, 8, VECTORS, w->a_row)        \
  TILE(NAME##_r7, VECTOR, 7, VECTORS, 1)     \
  TILE(NAME##_r8, VECTOR, 8, VECTORS, 1)

#define FOUR(NAME) NAME##1, NAME##2, NAME##3, NAME##4
#define SIX(NAME) FOUR(NAME), NAME##5, NAME##6
#define EIGHT(NAME) SIX(NAME), NAME##7, NAME##8

TILES(pair, vec, 2)
#if PAIR_ROWS > 4
MORE_TILES(pair, vec, 2)
#endif
#if PAIR_ROWS > 6
MOST_TILES(pair, vec, 2)
#endif
TILES(single, vec, 1)
MORE_TILES(single, vec, 1)
MOST_TILES(single, vec, 1)
#if LANES > 4
TILES(narrow, half, 1)
MORE_TILES(narrow, half, 1)
MOST_TILES(narrow, half, 1)
#endif

#if PAIR_ROWS == 4
#define PAIRS FOUR
#elif PAIR_ROWS == 6
#define PAIRS SIX
#else
#define PAIRS EIGHT
#endif
// By whether rows of `a` are 1 apart, then rows - 1.
static tile *const PAIR[2][PAIR_ROWS] = {{PAIRS(pair_k)}, {PAIRS(pair_r)}};
static tile *const SINGLE[2][SINGLE_ROWS] = {{EIGHT(single_k)}, {EIGHT(single_r)}};
#if LANES > 4
static tile *const NARROW[2][SINGLE_ROWS] = {{EIGHT(narrow_k)}, {EIGHT(narrow_r)}};
#endif

static inline tile *find_tile(const struct walk *w, i32 rows, i32 width) {
  i32 is_dense = w->a_row == 1;
#if LANES > 4
  if (width < LANES) return NARROW[is_dense][rows - 1];
#endif
  return width == LANES ? SINGLE[is_dense][rows - 1] : PAIR[is_dense][rows - 1];
}

// Rows of the next tile: as few tiles as can be, of about the same size.
static inline i32 next_rows(i32 rows, i32 width) {
  i32 most = width > LANES ? PAIR_ROWS : SINGLE_ROWS;
  i32 tiles = (rows + most - 1) / most;
  return (rows + tiles - 1) / tiles;
}

// to[c * to_row + r] = from[r * from_row + c] for r < rows and c < columns.
static void transpose(const float *from, i32 from_row, i32 rows, i32 columns, float *to, i32 to_row) {
  i32 r = 0;
  for (; r + 4 <= rows; r += 4) {
    i32 c = 0;
    for (; c + 4 <= columns; c += 4) {
      vec4 v[4];
      for (i32 i = 0; i < 4; i++) v[i] = *(const vec4 *)(from + (stride)(r + i) * from_row + c);
      transpose4(v);
      for (i32 i = 0; i < 4; i++) *(vec4 *)(to + (stride)(c + i) * to_row + r) = v[i];
    }
    for (; c < columns; c++)
      for (i32 i = 0; i < 4; i++) to[(stride)c * to_row + r + i] = from[(stride)(r + i) * from_row + c];
  }
  for (; r < rows; r++)
    for (i32 c = 0; c < columns; c++) to[(stride)c * to_row + r] = from[(stride)r * from_row + c];
}

// Copies the part that counts of a tile that was computed beside its place. Where rows of the target follow each other
// without a gap, whole vectors are stored: what is too much of one row the next row overwrites.
static void place(const float *sums, i32 rows, const struct strip *s, struct target to) {
  i32 columns = s->columns, width = s->width;
  if (to.column != 1) {
    transpose(sums, width, rows, columns, to.out, to.column);
    return;
  }
  for (i32 r = 0; r < rows; r++) {
    float *out = to.out + (stride)r * to.row;
    const float *row = sums + r * width;
    if (to.row == columns && (rows - r) * columns >= width) copy_strip_row(out, row, width);
    else
      for (i32 j = 0; j < columns; j++) out[j] = row[j];
  }
}

// The other way round, for sums to be continued. What lies in lanes beyond the last column does not count.
static void fetch(float *sums, i32 rows, const struct strip *s, struct target from) {
  if (from.column != 1) {
    transpose(from.out, from.column, s->columns, rows, sums, s->width);
    return;
  }
  for (i32 r = 0; r < rows; r++)
    for (i32 j = 0; j < s->columns; j++) sums[r * s->width + j] = from.out[(stride)r * from.row + j];
}

void run_strips(const struct walk *w, const struct strip *s, i32 count, const float *a, const float *b, struct target to) {
  float sums[SINGLE_ROWS * PAIR_LANES] = {0};
  i32 is_in_place = s->columns == s->width && to.column == 1;
  for (i32 r = 0; r < s->rows;) {
    i32 rows = next_rows(s->rows - r, s->width);
    tile *compute = find_tile(w, rows, s->width);
    const float *left = a + (stride)r * w->a_row, *right = b;
    struct target here = {to.out + (stride)r * to.row, to.row, to.column};
    for (i32 i = 0; i < count; i++, right += w->b_strip, here.out += (stride)s->columns * to.column) {
      if (is_in_place) {
        compute(w, left, right, here.out, to.row, s->is_continued);
      } else {
        if (s->is_continued) fetch(sums, rows, s, here);
        compute(w, left, right, sums, s->width, s->is_continued);
        place(sums, rows, s, here);
      }
    }
    r += rows;
  }
}
