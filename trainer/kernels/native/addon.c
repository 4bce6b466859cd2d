// The native engine as a module of Node. One module a vector width; trainer/src/compute/nativeAddon.ts describes its exports.
//
// open(operations, arenaLength, streamCount, threads, worthSharing) -> { handle, arena, threads }; throws NATIVE_NO_MEMORY
// run(handle, first, last, step, isTraining, rate, firstCorrection, secondCorrection, streams) -> index, -1 or -2
// close(handle); supportedLanes() -> vector widths.
#define NAPI_VERSION 8
#include "engine.h"
#include <node_api.h>
#include <stdlib.h>
#include <string.h>

#define EVERY(CALL) \
  if ((CALL) != napi_ok) return fail(env)

static const napi_type_tag ENGINE_TAG = {0x43616972456e6769ULL, 0x6e652d6b65726e65ULL};

// Whole numbers that a double holds exactly.
#define MOST_ELEMENTS 9007199254740992.0

// An engine and the arena it computes in, which scripts may hold on to for longer.
struct opened {
  struct engine *engine;
  napi_ref arena;
};

static napi_value fail(napi_env env) {
  bool is_pending = false;
  napi_is_exception_pending(env, &is_pending);
  if (!is_pending) napi_throw_type_error(env, "NATIVE_BAD_CALL", "the native engine was called with something else");
  return 0;
}

static napi_value no_memory(napi_env env) {
  bool is_pending = false;
  napi_is_exception_pending(env, &is_pending);
  if (!is_pending) napi_throw_range_error(env, "NATIVE_NO_MEMORY", "there is less memory than the program needs");
  return 0;
}

static void close_opened(napi_env env, struct opened *opened) {
  if (opened->engine) engine_close(opened->engine);
  if (opened->arena) napi_delete_reference(env, opened->arena);
  opened->engine = 0;
  opened->arena = 0;
}

static void finalize_opened(napi_env env, void *data, void *hint) {
  (void)hint;
  close_opened(env, data);
  free(data);
}

static void free_memory(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  free(data);
}

// An ArrayBuffer of zeros at a cache line's start, or one of Node's own where it refuses foreign memory.
static napi_status create_arena(napi_env env, size_t bytes, void **data, napi_value *buffer) {
  if (posix_memalign(data, CACHE_LINE, bytes) != 0) return napi_generic_failure;
  memset(*data, 0, bytes);
  if (napi_create_external_arraybuffer(env, *data, bytes, free_memory, 0, buffer) == napi_ok) return napi_ok;
  free(*data);
  return napi_create_arraybuffer(env, bytes, data, buffer);
}

static napi_value open_engine(napi_env env, napi_callback_info info) {
  size_t count = 5, words = 0;
  napi_value arguments[5], result, handle, arena, threads;
  napi_typedarray_type type;
  double arena_length = 0;
  void *operations = 0, *memory = 0;
  struct engine_plan plan = {0};
  EVERY(napi_get_cb_info(env, info, &count, arguments, 0, 0));
  EVERY(napi_get_typedarray_info(env, arguments[0], &type, &words, &operations, 0, 0));
  EVERY(napi_get_value_double(env, arguments[1], &arena_length));
  EVERY(napi_get_value_int32(env, arguments[2], &plan.stream_count));
  EVERY(napi_get_value_int32(env, arguments[3], &plan.threads));
  EVERY(napi_get_value_int32(env, arguments[4], &plan.worth_sharing));
  if (type != napi_int32_array || words % OPERATION_WORDS != 0) return fail(env);
  if (!(arena_length >= 0 && arena_length <= MOST_ELEMENTS)) return fail(env);
  size_t bytes = sizeof(float) * ((size_t)arena_length + ENGINE_SLACK);
  if (create_arena(env, bytes, &memory, &arena) != napi_ok) return no_memory(env);
  plan.operations = operations;
  plan.operation_count = (i32)(words / OPERATION_WORDS);
  plan.arena = memory;
  struct opened *opened = calloc(1, sizeof *opened);
  if (!opened) return no_memory(env);
  if (napi_create_external(env, opened, finalize_opened, 0, &handle) != napi_ok) {
    free(opened);
    return fail(env);
  }
  EVERY(napi_type_tag_object(env, handle, &ENGINE_TAG));
  EVERY(napi_create_reference(env, arena, 1, &opened->arena));
  opened->engine = engine_open(&plan);
  if (!opened->engine) {
    close_opened(env, opened);
    return no_memory(env);
  }
  EVERY(napi_create_int32(env, engine_threads(opened->engine), &threads));
  EVERY(napi_create_object(env, &result));
  EVERY(napi_set_named_property(env, result, "handle", handle));
  EVERY(napi_set_named_property(env, result, "arena", arena));
  EVERY(napi_set_named_property(env, result, "threads", threads));
  return result;
}

static struct opened *opened_of(napi_env env, napi_value handle) {
  bool is_ours = false;
  void *data = 0;
  if (napi_check_object_type_tag(env, handle, &ENGINE_TAG, &is_ours) != napi_ok || !is_ours) return 0;
  return napi_get_value_external(env, handle, &data) == napi_ok ? data : 0;
}

static napi_value run_engine(napi_env env, napi_callback_info info) {
  size_t count = 9, words = 0;
  napi_value arguments[9], result;
  napi_typedarray_type type;
  struct engine_step step;
  double numbers[3];
  i32 first, last;
  void *streams = 0;
  EVERY(napi_get_cb_info(env, info, &count, arguments, 0, 0));
  struct opened *opened = opened_of(env, arguments[0]);
  if (!opened || !opened->engine) return fail(env);
  EVERY(napi_get_value_int32(env, arguments[1], &first));
  EVERY(napi_get_value_int32(env, arguments[2], &last));
  EVERY(napi_get_value_int32(env, arguments[3], &step.number));
  EVERY(napi_get_value_int32(env, arguments[4], &step.is_training));
  for (i32 i = 0; i < 3; i++) EVERY(napi_get_value_double(env, arguments[5 + i], &numbers[i]));
  EVERY(napi_get_typedarray_info(env, arguments[8], &type, &words, &streams, 0, 0));
  if (type != napi_uint32_array || !engine_set_streams(opened->engine, streams, words)) return fail(env);
  step.rate = (float)numbers[0];
  step.first_correction = (float)numbers[1];
  step.second_correction = (float)numbers[2];
  EVERY(napi_create_int32(env, engine_run(opened->engine, first, last, &step), &result));
  return result;
}

static napi_value close_engine(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  EVERY(napi_get_cb_info(env, info, &count, &argument, 0, 0));
  struct opened *opened = opened_of(env, argument);
  if (!opened) return fail(env);
  close_opened(env, opened);
  return 0;
}

// 4, 8 and 16: the vector widths that this CPU and its system have. To be asked of the module of width 4.
static napi_value supported_lanes(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result, width;
  i32 widths[3] = {4, 0, 0};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) widths[1] = 8;
  i32 has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
  if (has_avx512 && __builtin_cpu_supports("avx512dq")) widths[2] = 16;
#endif
  EVERY(napi_create_array(env, &result));
  for (u32 i = 0, at = 0; i < 3; i++) {
    if (widths[i] == 0) continue;
    EVERY(napi_create_int32(env, widths[i], &width));
    EVERY(napi_set_element(env, result, at++, width));
  }
  return result;
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback function;
  } functions[] = {{"open", open_engine}, {"run", run_engine}, {"close", close_engine}, {"supportedLanes", supported_lanes}};
  for (u32 i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    EVERY(napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, 0, &function));
    EVERY(napi_set_named_property(env, exports, functions[i].name, function));
  }
  return exports;
}
