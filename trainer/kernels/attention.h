// What attention and its gradient do to one head of one example: products of rows, softmax, and weighted sums of rows.
//
// Queries lie in the lanes: of a tile of LANES queries, everything about key j is one vector, so that sums over keys are
// vertical. A lane whose query comes before key j holds garbage until `softmax` makes it +0: it is never multiplied by a
// value, for +0 times infinity is NaN.
#pragma once
#include "elementary.h"

// Rows of numbers, `stride` elements apart: q, k, v or a gradient of one head.
struct rows {
  const float *data;
  i32 stride;
};

static inline const float *row_at(struct rows rows, i32 i) { return rows.data + i * rows.stride; }

// Rows whose every vector may be loaded whole: these, or where `size` is no multiple of LANES a copy in `space`.
static struct rows whole_vectors(struct rows rows, i32 length, i32 size, float *space) {
  i32 padded = round_up(size, LANES);
  if (padded == size) return rows;
  for (i32 i = 0; i < length; i++) {
    for (i32 d = 0; d < padded; d++) space[i * padded + d] = d < size ? row_at(rows, i)[d] : 0.0f;
  }
  return (struct rows){space, padded};
}

// tile[d, lane] = rows[lane, d], of `count` <= LANES rows; the other lanes are +0.
static void transpose(struct rows rows, i32 count, i32 size, float *tile) {
  for (i32 lane = 0; lane < count; lane++) {
    for (i32 d = 0; d < size; d++) tile[d * LANES + lane] = row_at(rows, lane)[d];
  }
  for (i32 lane = count; lane < LANES; lane++) {
    for (i32 d = 0; d < size; d++) tile[d * LANES + lane] = 0.0f;
  }
}

#define KEYS 8 // whose sums run side by side

ALWAYS_INLINE void dot_block(i32 keys, i32 size, struct rows rows, const float *tile, float *out) {
  vec sum[KEYS];
  UNROLL for (i32 j = 0; j < keys; j++) sum[j] = splat(0.0f);
  for (i32 d = 0; d < size; d++) {
    vec lanes = load(tile + d * LANES);
    UNROLL for (i32 j = 0; j < keys; j++) sum[j] = sum[j] + lanes * rows.data[j * rows.stride + d];
  }
  UNROLL for (i32 j = 0; j < keys; j++) store(out + j * LANES, sum[j]);
}

// out[j, lane] = Σ_d tile[d, lane] * rows[j, d], for j < keys.
static void dots(i32 keys, i32 size, struct rows rows, const float *tile, float *out) {
  i32 j = 0;
  for (; j + KEYS <= keys; j += KEYS) {
    dot_block(KEYS, size, (struct rows){row_at(rows, j), rows.stride}, tile, out + j * LANES);
  }
  for (; j < keys; j++) dot_block(1, size, (struct rows){row_at(rows, j), rows.stride}, tile, out + j * LANES);
}

// All ones in the lanes of the tile at query `first` that see key j.
static inline ivec seeing(i32 first, i32 j) { return ~first_lanes(j - first); }

// Of a tile at query `first`: p from dots, in place, for j < keys; +0 in lanes that do not see key j.
static void softmax(i32 first, i32 keys, float scale, float *p) {
  const vec nothing = splat(-__builtin_inff());
  vec most = nothing, sum = splat(0.0f);
  for (i32 j = 0; j < keys; j++) {
    vec score = load(p + j * LANES) * scale;
    most = larger(most, j > first ? select(seeing(first, j), score, nothing) : score);
    store(p + j * LANES, score);
  }
  for (i32 j = 0; j < keys; j++) {
    ivec sees = j > first ? seeing(first, j) : isplat(-1);
    vec shifted = (vec)((ivec)(load(p + j * LANES) - most) & sees); // e^0 where not: tiny results take processors long
    vec e = (vec)((ivec)exp_below_0(shifted) & sees);
    sum = sum + e;
    store(p + j * LANES, e);
  }
  for (i32 j = 0; j < keys; j++) store(p + j * LANES, load(p + j * LANES) / sum);
}

#define GROUP 4 // rows whose sums run side by side,
#define VECS 2  // and vectors of each

typedef vec sums[GROUP][VECS];

// sum[r] += weight[r * step] * row, for the rows r from `from` to `to`.
ALWAYS_INLINE void add_weighted(i32 from, i32 to, i32 vecs, const float *weight, i32 step, const float *row, sums sum) {
  UNROLL for (i32 v = 0; v < vecs; v++) {
    vec value = load(row + v * LANES);
    UNROLL for (i32 r = from; r < to; r++) sum[r][v] = sum[r][v] + value * weight[r * step];
  }
}

// Where a block's sums go: rows `stride` apart, of which `width` elements are wanted.
struct target {
  float *data;
  i32 stride, width;
};

ALWAYS_INLINE void clear_sums(i32 group, i32 vecs, sums sum) {
  UNROLL for (i32 r = 0; r < group; r++) {
    UNROLL for (i32 v = 0; v < vecs; v++) sum[r][v] = splat(0.0f);
  }
}

ALWAYS_INLINE void store_sums(i32 group, i32 vecs, sums sum, struct target out) {
  UNROLL for (i32 r = 0; r < group; r++) {
    UNROLL for (i32 v = 0; v < vecs; v++) store_part(out.data + r * out.stride + v * LANES, sum[r][v], out.width - v * LANES);
  }
}

// Queries i … i + group - 1: out[i] = Σ_{j <= i} weight[j, lane of i] * rows[j].
ALWAYS_INLINE void over_keys(i32 i, i32 group, i32 vecs, const float *weight, struct rows rows, struct target out) {
  sums sum;
  clear_sums(group, vecs, sum);
  for (i32 j = 0; j <= i; j++) add_weighted(0, group, vecs, weight + j * LANES, 1, row_at(rows, j), sum);
  UNROLL for (i32 t = 1; t < group; t++) {
    add_weighted(t, group, vecs, weight + (i + t) * LANES, 1, row_at(rows, i + t), sum);
  }
  store_sums(group, vecs, sum, out);
}

// A square of weights, tile by tile: [tile of queries, key, lane].
struct square {
  const float *data;
  i32 length;
};

static inline const float *weight_at(struct square square, i32 i, i32 j) {
  return square.data + ((i / LANES) * square.length + j) * LANES + i % LANES;
}

// Keys j … j + group - 1: out[j] = Σ_{i >= j} weight[i, j] * rows[i].
ALWAYS_INLINE void over_queries(i32 j, i32 group, i32 vecs, struct square square, struct rows rows, struct target out) {
  sums sum;
  clear_sums(group, vecs, sum);
  UNROLL for (i32 t = 0; t < group - 1; t++) {
    add_weighted(0, t + 1, vecs, weight_at(square, j + t, j), LANES, row_at(rows, j + t), sum);
  }
  for (i32 i = j + group - 1; i < square.length; i++) {
    add_weighted(0, group, vecs, weight_at(square, i, j), LANES, row_at(rows, i), sum);
  }
  store_sums(group, vecs, sum, out);
}

// `group` rows of `mix_keys`, all their vectors; then the same of `mix_queries`.
ALWAYS_INLINE void keys_group(i32 i, i32 group, const float *weight, struct rows rows, struct target out) {
  i32 d = 0;
  for (; d + VECS * LANES <= out.width; d += VECS * LANES) {
    over_keys(i, group, VECS, weight, (struct rows){rows.data + d, rows.stride},
              (struct target){out.data + d, out.stride, VECS * LANES});
  }
  for (; d < out.width; d += LANES) {
    over_keys(i, group, 1, weight, (struct rows){rows.data + d, rows.stride},
              (struct target){out.data + d, out.stride, min_i32(LANES, out.width - d)});
  }
}

ALWAYS_INLINE void queries_group(i32 j, i32 group, struct square square, struct rows rows, struct target out) {
  i32 d = 0;
  for (; d + VECS * LANES <= out.width; d += VECS * LANES) {
    over_queries(j, group, VECS, square, (struct rows){rows.data + d, rows.stride},
                 (struct target){out.data + d, out.stride, VECS * LANES});
  }
  for (; d < out.width; d += LANES) {
    over_queries(j, group, 1, square, (struct rows){rows.data + d, rows.stride},
                 (struct target){out.data + d, out.stride, min_i32(LANES, out.width - d)});
  }
}

// Of a tile of queries at `first`: out[i] = Σ_{j <= i} weight[j, lane of i] * rows[j], for `count` queries.
static void mix_keys(i32 first, i32 count, const float *weight, struct rows rows, struct target out) {
  i32 lane = 0;
  for (; lane + GROUP <= count; lane += GROUP, out.data += GROUP * out.stride) {
    keys_group(first + lane, GROUP, weight + lane, rows, out);
  }
  for (; lane < count; lane++, out.data += out.stride) keys_group(first + lane, 1, weight + lane, rows, out);
}

// out[j] = Σ_{i >= j} weight[i, j] * rows[i], for every key.
static void mix_queries(struct square square, struct rows rows, struct target out) {
  i32 j = 0;
  for (; j + GROUP <= square.length; j += GROUP, out.data += GROUP * out.stride) {
    queries_group(j, GROUP, square, rows, out);
  }
  for (; j < square.length; j++, out.data += out.stride) queries_group(j, 1, square, rows, out);
}
