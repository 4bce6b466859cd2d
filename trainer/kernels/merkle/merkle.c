// Merkle roots over keccak-256 of arrays of words. Definition: trainer/src/engine/stateRoot.ts, docs/disputes.md section 2.
//
// A module of its own, small enough that a browser's main thread compiles it without waiting.
// Bertoni, Daemen, Peeters, Van Assche: "The Keccak reference", version 3.0, 2011.
typedef unsigned u32;
typedef unsigned long long u64;
// Two states side by side: a vector of 128 bits takes both through each step at once.
typedef u64 u64x2 __attribute__((vector_size(16)));

#define ENTRY(NAME) __attribute__((export_name(#NAME)))
#define LANES 25
#define HASH_LANES 4
#define LEAF_WORDS 32
// Both of keccak's paddings for messages that fit one block of 136 bytes: its first bit, and the block's last.
#define PAD_FIRST 1ull
#define PAD_LAST (1ull << 63)
#define LAST_LANE 16

static const u64 ROUND_CONSTANTS[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static inline u64x2 rotated(u64x2 x, int by) { return x << by | x >> (64 - by); }

// One row of the step chi.
#define CHI(TO, B0, B1, B2, B3, B4)                                                                                    \
  a[TO] = B0 ^ (~B1 & B2), a[TO + 1] = B1 ^ (~B2 & B3), a[TO + 2] = B2 ^ (~B3 & B4), a[TO + 3] = B3 ^ (~B4 & B0),      \
           a[TO + 4] = B4 ^ (~B0 & B1)

static void permute(u64x2 a[LANES]) {
  for (int round = 0; round < 24; round++) {
    u64x2 c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20], c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
    u64x2 c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22], c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
    u64x2 c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
    u64x2 d0 = c4 ^ rotated(c1, 1), d1 = c0 ^ rotated(c2, 1), d2 = c1 ^ rotated(c3, 1), d3 = c2 ^ rotated(c4, 1);
    u64x2 d4 = c3 ^ rotated(c0, 1);
    u64x2 b0 = a[0] ^ d0, b1 = rotated(a[6] ^ d1, 44), b2 = rotated(a[12] ^ d2, 43), b3 = rotated(a[18] ^ d3, 21);
    u64x2 b4 = rotated(a[24] ^ d4, 14), b5 = rotated(a[3] ^ d3, 28), b6 = rotated(a[9] ^ d4, 20);
    u64x2 b7 = rotated(a[10] ^ d0, 3), b8 = rotated(a[16] ^ d1, 45), b9 = rotated(a[22] ^ d2, 61);
    u64x2 b10 = rotated(a[1] ^ d1, 1), b11 = rotated(a[7] ^ d2, 6), b12 = rotated(a[13] ^ d3, 25);
    u64x2 b13 = rotated(a[19] ^ d4, 8), b14 = rotated(a[20] ^ d0, 18), b15 = rotated(a[4] ^ d4, 27);
    u64x2 b16 = rotated(a[5] ^ d0, 36), b17 = rotated(a[11] ^ d1, 10), b18 = rotated(a[17] ^ d2, 15);
    u64x2 b19 = rotated(a[23] ^ d3, 56), b20 = rotated(a[2] ^ d2, 62), b21 = rotated(a[8] ^ d3, 55);
    u64x2 b22 = rotated(a[14] ^ d4, 39), b23 = rotated(a[15] ^ d0, 41), b24 = rotated(a[21] ^ d1, 2);
    CHI(0, b0, b1, b2, b3, b4);
    CHI(5, b5, b6, b7, b8, b9);
    CHI(10, b10, b11, b12, b13, b14);
    CHI(15, b15, b16, b17, b18, b19);
    CHI(20, b20, b21, b22, b23, b24);
    a[0] ^= ROUND_CONSTANTS[round];
  }
}

// The hashes of two messages of `lanes` lanes, 16 or fewer: at most 128 bytes.
static void hash(const u64 *first, const u64 *second, int lanes, u64 *out, u64 *other) {
  u64x2 a[LANES];
  for (int i = 0; i < LANES; i++) a[i] = i < lanes ? (u64x2){first[i], second[i]} : (u64x2){0, 0};
  a[lanes] ^= PAD_FIRST;
  a[LAST_LANE] ^= PAD_LAST;
  permute(a);
  for (int i = 0; i < HASH_LANES; i++) out[i] = a[i][0], other[i] = a[i][1];
}

// A leaf's message: `count` words, then zeros.
static void pack(const u32 *words, u32 count, u64 lanes[LEAF_WORDS / 2]) {
  for (u32 i = 0; i < LEAF_WORDS; i += 2) {
    u64 low = i < count ? __builtin_bswap32(words[i]) : 0, high = i + 1 < count ? __builtin_bswap32(words[i + 1]) : 0;
    lanes[i / 2] = low | high << 32;
  }
}

static u32 least(u32 left, u32 right) { return left < right ? left : right; }

// rows[0] = the root of the slot's tree. rows must have room for ceil(length / 32) hashes, and one more.
ENTRY(slot_root) void slot_root(const u32 *words, u32 length, u64 (*rows)[HASH_LANES]) {
  u32 count = (length + LEAF_WORDS - 1) / LEAF_WORDS;
  u64 left[LEAF_WORDS / 2], right[LEAF_WORDS / 2], zero[HASH_LANES]; // zero: this level's node over nothing but zeros
  for (u32 at = 0; at < count; at += 2) { // where there is no second one its hash goes to the row beyond
    u32 from = at * LEAF_WORDS, rest = length - from;
    pack(words + from, least(rest, LEAF_WORDS), left);
    pack(words + from + LEAF_WORDS, rest > LEAF_WORDS ? least(rest - LEAF_WORDS, LEAF_WORDS) : 0, right);
    hash(left, right, LEAF_WORDS / 2, rows[at], rows[at + 1]);
  }
  pack(words, 0, left);
  hash(left, left, LEAF_WORDS / 2, zero, zero);
  if (count == 0)
    for (int i = 0; i < HASH_LANES; i++) rows[0][i] = zero[i];
  while (count > 1) {
    if (count % 2)
      for (int i = 0; i < HASH_LANES; i++) rows[count][i] = zero[i];
    for (u32 at = 0; at < count; at += 4) { // a pair of pairs; the second one's hash may go beyond, too
      u64 beyond[HASH_LANES];
      const int isPair = at + 2 < count;
      hash(rows[at], rows[isPair ? at + 2 : at], 2 * HASH_LANES, rows[at / 2], isPair ? rows[at / 2 + 1] : beyond);
    }
    for (int i = 0; i < 2 * HASH_LANES; i++) left[i] = zero[i % HASH_LANES];
    hash(left, left, 2 * HASH_LANES, zero, zero);
    count = (count + 1) / 2;
  }
}

// out = the hash of two neighbours.
ENTRY(node_hash) void node_hash(const u64 *pair, u64 *out) {
  u64 same[HASH_LANES];
  hash(pair, pair, 2 * HASH_LANES, out, same);
}
