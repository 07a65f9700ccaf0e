#include "sys/thread.h"

#include <pthread.h>
#include <signal.h>

namespace weir {

SignalsBlocked::SignalsBlocked() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void NameThread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace weir
