// Runs ranges of a program's operations on all threads of a machine.
//
// Every thread goes through all operations and computes its part of each; a barrier stands before an operation that may
// need what others wrote. Operations too small to be worth a barrier are the first thread's alone. Which thread computes
// what changes no bit. Threads other than the first live in `work`, and are woken once a run.
#include "program.h"
#include "threads.h"

#define EXPORT __attribute__((visibility("default")))
#ifdef __wasm__
#define ENTRY(NAME) __attribute__((export_name(#NAME)))
#else
#define ENTRY(NAME) EXPORT
#endif

// Every kind, in the order of enum kind.
#define FOR_EVERY_KIND(DO)                                                                                             \
  DO(matmul) DO(add_bias) DO(column_sums) DO(conv2d) DO(conv2d_backward_weight) DO(conv2d_backward_input) DO(max_pool) \
  DO(max_pool_backward) DO(average_pool) DO(average_pool_backward) DO(relu) DO(relu_backward) DO(gelu)                 \
  DO(gelu_backward) DO(tanh) DO(tanh_backward) DO(softmax) DO(softmax_backward) DO(add) DO(copy) DO(dropout)           \
  DO(dropout_backward) DO(layer_norm) DO(layer_norm_backward_input) DO(layer_norm_backward_weight) DO(embedding)       \
  DO(embedding_backward) DO(attention) DO(attention_backward) DO(softmax_cross_entropy) DO(mean_squared_error)         \
  DO(square_sum) DO(clip_factor) DO(scale) DO(sgd) DO(sgd_momentum) DO(adam_w)

#define DECLARE(NAME) kernel run_##NAME;
FOR_EVERY_KIND(DECLARE)
#define ADDRESS(NAME) run_##NAME,
static kernel *const KERNELS[KINDS] = {FOR_EVERY_KIND(ADDRESS)};

typedef i32 scratch(const void *operation);
scratch matmul_scratch, conv2d_scratch, conv2d_backward_weight_scratch, conv2d_backward_input_scratch;
scratch attention_scratch, attention_backward_scratch;
static scratch *const SCRATCH[KINDS] = {
    [MATMUL] = matmul_scratch,
    [CONV2D] = conv2d_scratch,
    [CONV2D_BACKWARD_WEIGHT] = conv2d_backward_weight_scratch,
    [CONV2D_BACKWARD_INPUT] = conv2d_backward_input_scratch,
    [ATTENTION] = attention_scratch,
    [ATTENTION_BACKWARD] = attention_backward_scratch,
};

// Everything that a program's threads share.
struct machine {
  const i32 *operations;
  float *arena, *scratch;
  const u32 *streams;
  i32 scratch_stride, threads, may_first_sleep;
  i32 worth_sharing; // an operation that costs less is one thread's: sharing it would cost more than it saves
  i32 first, last;
  i32 partners; // threads that take part in this run
  struct step step;
  u32 first_spins;
  struct signal start;   // counts runs; STOP ends the threads
  struct signal barrier; // counts barriers passed
  _Alignas(CACHE_LINE) u32 arrived;
  _Alignas(CACHE_LINE) u32 failed; // first operation that wrote a number that is not finite, or NO_FAILURE
  _Alignas(CACHE_LINE) u32 is_lost; // a thread did not come to a barrier
};

// So many times worth_sharing must a run's shared operations cost for the other threads to be woken: a sleeper takes some
// 40 microseconds to come.
#define WORTH_WAKING 160
#define STOP 0xffffffffu
#define NO_FAILURE 0x7fffffffu
// What a run returns besides an operation's index.
#define ALL_FINITE (-1)
#define THREAD_LOST (-2)
// Naps until a thread that does not come counts as lost.
#define MOST_NAPS 60
#define FOREVER (-1)
// How far apart threads' scratch memory lies at least. Unit: elements.
#define SCRATCH_GAP 64

ENTRY(machine_bytes) i32 machine_bytes(void) { return sizeof(struct machine); }

static const i32 *operation_at(const i32 *operations, i32 index) { return operations + (long)index * OPERATION_WORDS; }

// Elements of scratch that each thread needs.
ENTRY(scratch_stride) i32 scratch_stride(const i32 *operations, i32 count) {
  i32 most = 0;
  for (i32 i = 0; i < count; i++) {
    const i32 *operation = operation_at(operations, i);
    scratch *length = SCRATCH[operation[0]];
    if (length) most = max_i32(most, length(operation));
  }
  return round_up(most, SCRATCH_GAP) + SCRATCH_GAP;
}

ENTRY(prepare) void prepare(struct machine *m, const i32 *operations, float *arena, const u32 *streams, float *space,
                            i32 stride, i32 threads, i32 may_first_sleep, i32 worth_sharing) {
  *m = (struct machine){.operations = operations,
                        .arena = arena,
                        .scratch = space,
                        .streams = streams,
                        .scratch_stride = stride,
                        .threads = threads,
                        .may_first_sleep = may_first_sleep,
                        .worth_sharing = worth_sharing,
                        .first_spins = MOST_SPINS};
}

// What an operation costs, roughly. Unit: multiplications.
static long long cost_of(const i32 *operation) {
  const struct matmul *product = (const void *)operation;
  const struct conv2d *convolution = (const void *)operation;
  const struct window *w = &convolution->window;
  switch (operation[0]) {
  case MATMUL:
    return (long long)product->rows * product->columns * product->inner;
  case CONV2D:
  case CONV2D_BACKWARD_WEIGHT:
  case CONV2D_BACKWARD_INPUT:
    return (long long)w->batch * w->out_height * w->out_width * w->size * w->size * w->channels * convolution->filters;
  case MAX_POOL:
  case MAX_POOL_BACKWARD:
  case AVERAGE_POOL:
  case AVERAGE_POOL_BACKWARD:
    return 8LL * w->batch * w->height * w->width * w->channels;
  case ATTENTION:
  case ATTENTION_BACKWARD:
    return (long long)operation[1] * operation[2] * operation[2] * operation[3] * operation[4];
  case SOFTMAX_CROSS_ENTROPY:
  case MEAN_SQUARED_ERROR:
  case SQUARE_SUM:
  case CLIP_FACTOR:
    return 0; // one sum in one order: one thread's
  case GELU:
  case GELU_BACKWARD:
  case TANH:
  case ADAM_W:
    return 32LL * operation[1];
  case ADD_BIAS:
  case COLUMN_SUMS:
  case EMBEDDING:
  case EMBEDDING_BACKWARD:
    return 4LL * operation[1] * operation[2];
  case SOFTMAX:
  case SOFTMAX_BACKWARD:
  case LAYER_NORM:
  case LAYER_NORM_BACKWARD_INPUT:
  case LAYER_NORM_BACKWARD_WEIGHT:
    return 16LL * operation[1] * operation[2];
  default:
    return 4LL * operation[1];
  }
}

static void note_failure(struct machine *m, u32 index) {
  u32 known = read_word(&m->failed);
  while (index < known &&
         !__atomic_compare_exchange_n(&m->failed, &known, index, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
  }
}

// Returns whether all threads came.
static i32 meet(struct machine *m, const struct context *c, u32 *spins) {
  u32 passed = read_word(&m->barrier.value);
  if (add_word(&m->arrived, 1) + 1 == (u32)c->threads) {
    write_word(&m->arrived, 0);
    change(&m->barrier, passed + 1);
    return 1;
  }
  i32 may_sleep = c->thread != 0 || m->may_first_sleep;
  if (wait_while(&m->barrier, passed, spins, may_sleep, MOST_NAPS)) return !read_word(&m->is_lost);
  write_word(&m->is_lost, 1);
  return 0;
}

static void compute(struct machine *m, i32 index, const struct context *c) {
  const i32 *operation = operation_at(m->operations, index);
  if (!KERNELS[operation[0]](operation, c)) note_failure(m, (u32)index);
}

// One thread's way through a run. Returns whether all came to every barrier.
static i32 take_part(struct machine *m, i32 thread, u32 *spins) {
  struct context shared = {m->arena, &m->step, m->streams, m->scratch + (long)thread * m->scratch_stride, thread, m->partners};
  struct context alone = shared;
  alone.threads = 1;
  i32 was_alone = 0;
  for (i32 i = m->first; i < m->last; i++) {
    i32 is_alone = m->partners == 1 || cost_of(operation_at(m->operations, i)) < m->worth_sharing;
    if (i > m->first && !(is_alone && was_alone) && !meet(m, &shared, spins)) return 0;
    // An operation before that failed is known to all that passed the same barrier, or to the only one that computes. The
    // one that fails is computed to its end.
    if (read_word(&m->failed) >= (u32)i && (!is_alone || thread == 0)) compute(m, i, is_alone ? &alone : &shared);
    was_alone = is_alone;
  }
  return m->partners == 1 || meet(m, &shared, spins);
}

static i32 partners_of(const struct machine *m) {
  long long shared = 0;
  for (i32 i = m->first; i < m->last && m->threads > 1; i++) {
    long long cost = cost_of(operation_at(m->operations, i));
    if (cost >= m->worth_sharing) shared += cost;
  }
  return shared >= (long long)WORTH_WAKING * m->worth_sharing ? m->threads : 1;
}

// Runs operations [first, last) together with the other threads. Returns the index of the first operation that wrote a loss
// or a weight that is not finite, ALL_FINITE, or THREAD_LOST: the machine is then of no use any more.
ENTRY(run) i32 run(struct machine *m, i32 first, i32 last, i32 number, i32 is_training, float rate, float first_correction,
                   float second_correction) {
  m->first = first;
  m->last = last;
  m->step = (struct step){number, is_training, rate, first_correction, second_correction};
  write_word(&m->failed, NO_FAILURE);
  m->partners = partners_of(m);
  if (m->partners > 1) change(&m->start, (read_word(&m->start.value) + 1) & 0x7fffffff);
  if (!take_part(m, 0, &m->first_spins)) return THREAD_LOST;
  u32 failed = read_word(&m->failed);
  return failed == NO_FAILURE ? ALL_FINITE : (i32)failed;
}

// The life of a thread other than the first, until `stop`. `seen` is the start it has seen: 0 at first.
ENTRY(work) void work(struct machine *m, i32 thread) {
  u32 spins = MOST_SPINS, seen = 0;
  for (;;) {
    wait_while(&m->start, seen, &spins, 1, FOREVER);
    seen = read_word(&m->start.value);
    if (seen == STOP || !take_part(m, thread, &spins)) return;
  }
}

// Ends the other threads; to be called between runs.
ENTRY(stop) void stop(struct machine *m) { change(&m->start, STOP); }

// Goes on with the first thread alone, when others cannot be used; to be called between runs.
ENTRY(go_alone) void go_alone(struct machine *m) {
  stop(m);
  m->threads = 1;
}

// One thread's part of one operation by itself, for tests. Returns what the kernel does; `run` brought the step.
ENTRY(compute_part) i32 compute_part(const struct machine *m, i32 index, i32 thread, i32 threads) {
  const i32 *operation = operation_at(m->operations, index);
  struct context c = {m->arena, &m->step, m->streams, m->scratch, thread, threads};
  return KERNELS[operation[0]](operation, &c);
}
