// Sleeping and waking for native threads: one condition variable a process, for sleep is the exception.
#include "../threads.h"
#include <pthread.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

void sleep_while(u32 *word, u32 value) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += NAP_MS / 1000;
  pthread_mutex_lock(&lock);
  // The sleeper was counted before: whoever changes the word from now on takes the lock, so no waking is missed.
  if (read_word(word) == value) pthread_cond_timedwait(&changed, &lock, &end);
  pthread_mutex_unlock(&lock);
}

void wake_all(u32 *word) {
  (void)word;
  pthread_mutex_lock(&lock);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}
