// How many products and sums, each rounded, this CPU can do a second on vectors of LANES numbers: what no kernel can beat.
#include <stdio.h>
#include <time.h>

typedef float vec __attribute__((vector_size(4 * LANES)));
enum { SUMS = 12, STEPS = 400000, ROUNDS = 25 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(void) {
  vec sum[SUMS] = {{0}}, factor = (vec){0} + 0.999f;
  double best = 1e9;
  for (int round = 0; round < ROUNDS; round++) {
    double start = now();
    for (int k = 0; k < STEPS; k++) {
#pragma GCC unroll 12
      for (int i = 0; i < SUMS; i++) {
        __asm__ volatile("" : "+x"(factor)); // as if it had changed: its product has to be computed again
        sum[i] = sum[i] + factor * factor;
      }
    }
    double seconds = now() - start;
    best = seconds < best ? seconds : best;
  }
  for (int i = 1; i < SUMS; i++) sum[0] = sum[0] + sum[i];
  printf("%g %g\n", 2.0 * SUMS * STEPS * LANES / best / 1e9, (double)sum[0][0]);
  return 0;
}
