// See engine.h.
#include "engine.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Of program.c.
struct machine;
i32 machine_bytes(void);
i32 scratch_stride(const i32 *operations, i32 count);
void prepare(struct machine *m, const i32 *operations, float *arena, const u32 *streams, float *space, i32 stride,
             i32 threads, i32 may_first_sleep, i32 worth_sharing);
i32 run(struct machine *m, i32 first, i32 last, i32 number, i32 is_training, float rate, float first_correction,
        float second_correction);
void work(struct machine *m, i32 thread);
void stop(struct machine *m);
void go_alone(struct machine *m);

#define MOST_THREADS 64

struct worker {
  struct machine *machine;
  i32 thread;
  pthread_t id;
};

struct engine {
  struct machine *machine;
  i32 *operations;
  u32 *streams;
  float *scratch;
  i32 threads, stream_count;
  struct worker workers[MOST_THREADS];
};

static void *allocate(size_t bytes) {
  void *memory = 0;
  return posix_memalign(&memory, CACHE_LINE, bytes + CACHE_LINE) == 0 ? memory : 0;
}

static void *begin(void *argument) {
  const struct worker *worker = argument;
  work(worker->machine, worker->thread);
  return 0;
}

static void join(struct engine *e, i32 count) {
  for (i32 i = 1; i < count; i++) pthread_join(e->workers[i].id, 0);
}

static void start_threads(struct engine *e) {
  for (i32 i = 1; i < e->threads; i++) {
    e->workers[i] = (struct worker){e->machine, i, 0};
    if (pthread_create(&e->workers[i].id, 0, begin, &e->workers[i]) == 0) continue;
    go_alone(e->machine);
    join(e, i);
    e->threads = 1;
  }
}

static void release(struct engine *e) {
  free(e->machine);
  free(e->operations);
  free(e->streams);
  free(e->scratch);
  free(e);
}

struct engine *engine_open(const struct engine_plan *plan) {
  struct engine *e = calloc(1, sizeof *e);
  if (!e) return 0;
  size_t table_bytes = sizeof(i32) * OPERATION_WORDS * (size_t)plan->operation_count;
  size_t stream_bytes = sizeof(u32) * 4 * (size_t)plan->stream_count;
  i32 stride = scratch_stride(plan->operations, plan->operation_count);
  e->threads = min_i32(max_i32(plan->threads, 1), MOST_THREADS);
  e->stream_count = plan->stream_count;
  e->machine = allocate((size_t)machine_bytes());
  e->operations = allocate(table_bytes);
  e->streams = allocate(stream_bytes);
  e->scratch = allocate(sizeof(float) * (size_t)stride * (size_t)e->threads);
  if (!e->machine || !e->operations || !e->streams || !e->scratch) {
    release(e);
    return 0;
  }
  memcpy(e->operations, plan->operations, table_bytes);
  memset(e->streams, 0, stream_bytes);
  prepare(e->machine, e->operations, plan->arena, e->streams, e->scratch, stride, e->threads, 1, plan->worth_sharing);
  start_threads(e);
  return e;
}

i32 engine_set_streams(struct engine *e, const u32 *words, unsigned long count) {
  if (count != 4ul * (unsigned long)e->stream_count) return 0;
  memcpy(e->streams, words, sizeof(u32) * count);
  return 1;
}

i32 engine_threads(const struct engine *e) { return e->threads; }

i32 engine_run(struct engine *e, i32 first, i32 last, const struct engine_step *s) {
  return run(e->machine, first, last, s->number, s->is_training, s->rate, s->first_correction, s->second_correction);
}

void engine_close(struct engine *e) {
  if (e->threads > 1) stop(e->machine);
  join(e, e->threads);
  release(e);
}
