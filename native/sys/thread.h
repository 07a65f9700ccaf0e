// What a thread of ours asks of the system before it works. Thread rule: each acts on the calling thread.
#ifndef WEIR_SYS_THREAD_H_
#define WEIR_SYS_THREAD_H_

#include <csignal>

namespace weir {

// Blocks every signal while it lives. A thread that is started meanwhile inherits that and keeps it, so that signals stay
// the main thread's business.
class SignalsBlocked {
 public:
  SignalsBlocked();
  ~SignalsBlocked();
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

// The name that ps and debuggers show; 15 bytes at most.
void NameThread(const char* name);

}  // namespace weir

#endif  // WEIR_SYS_THREAD_H_
