// A program laid out in native memory, with threads of its own. Knows nothing of Node.
#pragma once
#include "../words.h"

struct engine;

// What an engine is made of: a copy is taken of everything but `arena`.
struct engine_plan {
  const i32 *operations;
  i32 operation_count, threads;
  float *arena; // ENGINE_SLACK elements longer than the program says; must outlive the engine
  i32 stream_count, worth_sharing;
};

// Kernels may read, but not use, a few vectors beyond the arena's end.
#define ENGINE_SLACK 64

// What changes from step to step.
struct engine_step {
  i32 number, is_training;
  float rate, first_correction, second_correction;
};

// Returns 0 when there is no memory. Threads that cannot be started are done without.
struct engine *engine_open(const struct engine_plan *plan);
// Takes over the streams' words, four each. Returns 0 when these are not as many as there should be.
i32 engine_set_streams(struct engine *engine, const u32 *words, unsigned long count);
i32 engine_threads(const struct engine *engine);
// As `run` of program.c: an operation's index, -1, or -2.
i32 engine_run(struct engine *engine, i32 first, i32 last, const struct engine_step *step);
// Ends the threads and frees everything.
void engine_close(struct engine *engine);
