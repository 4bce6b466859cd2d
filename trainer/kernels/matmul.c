// out = left * right over binary32, each element one accumulator, k rising, product rounded before the sum.
//
// Blocked and packed so that the innermost loop works on registers only. Blocks are cut over independent outputs; a block
// of k continues the accumulators of the one before. So no size here changes a bit; each was chosen by measurement.
#include "canonical.h"

#define TILE_ROWS 4
#define TILE_VECTORS 2
#define TILE_COLUMNS (LANES * TILE_VECTORS)
// What stays in cache: a packed block of left is 96 x 256 (L1/L2), of right 256 x 480 (L2).
#define BLOCK_ROWS 96
#define BLOCK_COLUMNS 480
#define BLOCK_INNER 256

static inline i32 round_up(i32 value, i32 to) { return (value + to - 1) / to * to; }

static inline void transpose4(f32x4 v[LANES]) {
  f32x4 a = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5);
  f32x4 b = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  f32x4 c = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
  f32x4 d = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  v[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

// Packs `lines` lines of `inner` elements into panels of `width` lines, within a panel k-major: panel[k * width + line].
// Element (line, k) is at[line * line_stride + k * inner_stride]. A last narrow panel is filled up with zeros.
static inline void pack(i32 width, i32 lines, i32 inner, const float *at, i32 line_stride, i32 inner_stride, float *panel) {
  for (i32 first = 0; first < lines; first += width, panel += width * inner) {
    const float *from = at + first * line_stride;
    i32 count = min_i32(width, lines - first);
    if (count == width && line_stride == 1) {
      for (i32 k = 0; k < inner; k++)
        for (i32 line = 0; line < width; line += LANES) store(panel + k * width + line, load(from + k * inner_stride + line));
    } else if (count == width && inner_stride == 1) {
      i32 k = 0;
      for (; k + LANES <= inner; k += LANES)
        for (i32 line = 0; line < width; line += LANES) {
          f32x4 v[LANES];
          for (i32 i = 0; i < LANES; i++) v[i] = load(from + (line + i) * line_stride + k);
          transpose4(v);
          for (i32 i = 0; i < LANES; i++) store(panel + (k + i) * width + line, v[i]);
        }
      for (; k < inner; k++)
        for (i32 line = 0; line < width; line++) panel[k * width + line] = from[line * line_stride + k];
    } else {
      for (i32 k = 0; k < inner; k++)
        for (i32 line = 0; line < width; line++)
          panel[k * width + line] = line < count ? from[line * line_stride + k * inner_stride] : 0.0f;
    }
  }
}

// The innermost loop: a TILE_ROWS x TILE_COLUMNS tile of out, over `inner` packed elements.
static inline void tile(i32 inner, const float *left, const float *right, float *out, i32 out_stride, i32 is_first) {
  f32x4 sum[TILE_ROWS][TILE_VECTORS];
#pragma unroll
  for (i32 i = 0; i < TILE_ROWS; i++)
#pragma unroll
    for (i32 j = 0; j < TILE_VECTORS; j++) sum[i][j] = is_first ? splat(0.0f) : load(out + i * out_stride + j * LANES);
  for (i32 k = 0; k < inner; k++) {
    f32x4 b[TILE_VECTORS];
#pragma unroll
    for (i32 j = 0; j < TILE_VECTORS; j++) b[j] = load(right + j * LANES);
#pragma unroll
    for (i32 i = 0; i < TILE_ROWS; i++) {
      f32x4 a = splat(left[i]);
#pragma unroll
      for (i32 j = 0; j < TILE_VECTORS; j++) sum[i][j] = sum[i][j] + a * b[j];
    }
    left += TILE_ROWS;
    right += TILE_COLUMNS;
  }
#pragma unroll
  for (i32 i = 0; i < TILE_ROWS; i++)
#pragma unroll
    for (i32 j = 0; j < TILE_VECTORS; j++) store(out + i * out_stride + j * LANES, sum[i][j]);
}

// A tile at the border, computed whole in scratch; only the part inside is copied.
static void border_tile(i32 inner, const float *left, const float *right, float *out, i32 out_stride, i32 is_first, i32 rows,
                        i32 columns) {
  float scratch[TILE_ROWS * TILE_COLUMNS];
  for (i32 i = 0; i < TILE_ROWS; i++)
    for (i32 j = 0; j < TILE_COLUMNS; j++)
      scratch[i * TILE_COLUMNS + j] = !is_first && i < rows && j < columns ? out[i * out_stride + j] : 0.0f;
  tile(inner, left, right, scratch, TILE_COLUMNS, 0);
  for (i32 i = 0; i < rows; i++)
    for (i32 j = 0; j < columns; j++) out[i * out_stride + j] = scratch[i * TILE_COLUMNS + j];
}

// All tiles of one packed block of left against one of right.
static void block(i32 rows, i32 columns, i32 inner, const float *left, const float *right, float *out, i32 out_stride,
                  i32 is_first) {
  for (i32 j = 0; j < columns; j += TILE_COLUMNS)
    for (i32 i = 0; i < rows; i += TILE_ROWS) {
      const float *a = left + i * inner;
      const float *b = right + j * inner;
      float *c = out + i * out_stride + j;
      if (rows - i >= TILE_ROWS && columns - j >= TILE_COLUMNS) tile(inner, a, b, c, out_stride, is_first);
      else border_tile(inner, a, b, c, out_stride, is_first, min_i32(TILE_ROWS, rows - i), min_i32(TILE_COLUMNS, columns - j));
    }
}

static i32 left_panel_length(i32 rows, i32 inner) {
  return round_up(min_i32(rows, BLOCK_ROWS), TILE_ROWS) * min_i32(inner, BLOCK_INNER);
}

// Elements of scratch memory that matmul needs for these sizes.
KERNEL(matmul_scratch) i32 matmul_scratch(i32 rows, i32 columns, i32 inner) {
  return left_panel_length(rows, inner) +
         round_up(min_i32(columns, BLOCK_COLUMNS), TILE_COLUMNS) * min_i32(inner, BLOCK_INNER);
}

// left is [rows, inner], right is [inner, columns], out is row-major [rows, columns]; out overlaps neither.
KERNEL(matmul)
void matmul(i32 rows, i32 columns, i32 inner, const float *left, i32 left_row, i32 left_column, const float *right,
            i32 right_row, i32 right_column, float *out, float *scratch) {
  float *left_panel = scratch;
  float *right_panel = scratch + left_panel_length(rows, inner);
  for (i32 j = 0; j < columns; j += BLOCK_COLUMNS)
    for (i32 k = 0; k < inner; k += BLOCK_INNER) {
      i32 block_columns = min_i32(BLOCK_COLUMNS, columns - j);
      i32 block_inner = min_i32(BLOCK_INNER, inner - k);
      pack(TILE_COLUMNS, block_columns, block_inner, right + k * right_row + j * right_column, right_column, right_row,
           right_panel);
      for (i32 i = 0; i < rows; i += BLOCK_ROWS) {
        i32 block_rows = min_i32(BLOCK_ROWS, rows - i);
        pack(TILE_ROWS, block_rows, block_inner, left + i * left_row + k * left_column, left_row, left_column, left_panel);
        block(block_rows, block_columns, block_inner, left_panel, right_panel, out + i * columns + j, columns, k == 0);
      }
    }
}
