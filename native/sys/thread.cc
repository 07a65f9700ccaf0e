#include "sys/thread.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace weir {

std::thread StartThread(const char* name, std::function<void()> body) {
  // A new thread inherits the mask, so that no signal can reach it before it has blocked them itself.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread([name, body = std::move(body)] {
    pthread_setname_np(pthread_self(), name);
    body();
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace weir
