// Types that kernels and what is around them share. No more than that: some of it is compiled beside a libc.
#pragma once

typedef int i32;
typedef unsigned u32;

static inline i32 min_i32(i32 a, i32 b) { return a < b ? a : b; }
static inline i32 max_i32(i32 a, i32 b) { return a > b ? a : b; }
static inline i32 round_up(i32 value, i32 to) { return (value + to - 1) / to * to; }

// Unit: bytes.
#define CACHE_LINE 64
// Words of one operation in a program's table.
#define OPERATION_WORDS 32
