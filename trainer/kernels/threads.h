// How threads wait for each other, without a libc: a little spinning, then sleep until woken.
//
// Words are accessed with sequentially consistent atomics. In WebAssembly sleeping is an instruction; native code brings
// sleep_while and wake_all (native/sleep.c). Where sleeping is forbidden (a browser's main thread) a thread spins on.
#pragma once
#include "words.h"

static inline u32 read_word(const u32 *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
static inline void write_word(u32 *word, u32 value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }
static inline u32 add_word(u32 *word, u32 by) { return __atomic_fetch_add(word, by, __ATOMIC_SEQ_CST); }

// Unit: milliseconds. Sleepers look around that often, so that a lost thread is noticed.
#define NAP_MS 1000

#ifdef __wasm__
static inline void sleep_while(u32 *word, u32 value) {
  __builtin_wasm_memory_atomic_wait32((int *)word, (int)value, NAP_MS * 1000000LL);
}
static inline void wake_all(u32 *word) { __builtin_wasm_memory_atomic_notify((int *)word, 0xffffffffu); }
static inline void relax(void) {}
#define MOST_SPINS 20000u
#else
void sleep_while(u32 *word, u32 value);
void wake_all(u32 *word);
static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
#define MOST_SPINS 1000u
#endif
#define LEAST_SPINS 16u
// Of spinning, where sleeping is forbidden, as long as a nap, roughly.
#define ROUNDS_A_NAP 20000

// A word that some threads wait on and one changes. Alone in its cache line.
struct signal {
  _Alignas(CACHE_LINE) u32 value;
  u32 sleepers;
};

// Waits until the signal's value is no longer `value`, at most `naps` naps long. Returns whether it changed.
//
// `spins` belongs to the waiting thread: a wait that ended in sleep halves it, one that did not restores it, so that
// threads whose cores are busy with other work soon stop spinning.
static inline i32 wait_while(struct signal *signal, u32 value, u32 *spins, i32 may_sleep, i32 naps) {
  i32 rounds = may_sleep ? 1 : naps * ROUNDS_A_NAP;
  for (i32 round = 0; round < rounds; round++) {
    for (u32 i = 0; i < *spins; i++) {
      if (read_word(&signal->value) != value) {
        *spins = MOST_SPINS;
        return 1;
      }
      relax();
    }
  }
  if (!may_sleep) return 0;
  *spins = *spins / 2 < LEAST_SPINS ? LEAST_SPINS : *spins / 2;
  add_word(&signal->sleepers, 1);
  while (read_word(&signal->value) == value && naps-- != 0) sleep_while(&signal->value, value);
  add_word(&signal->sleepers, -1u);
  return read_word(&signal->value) != value;
}

static inline void change(struct signal *signal, u32 value) {
  write_word(&signal->value, value);
  if (read_word(&signal->sleepers) != 0) wake_all(&signal->value);
}
