// Starts threads that no signal interrupts: signals stay the main thread's business. Thread rule: any thread.
#ifndef WEIR_SYS_THREAD_H_
#define WEIR_SYS_THREAD_H_

#include <functional>
#include <thread>

namespace weir {

// Runs `body` on a new thread with every signal blocked. `name` is what ps and debuggers show, 15 bytes at most; it
// must outlive the thread's start (a literal does).
std::thread StartThread(const char* name, std::function<void()> body);

}  // namespace weir

#endif  // WEIR_SYS_THREAD_H_
