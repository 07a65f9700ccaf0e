// weir-launch GRACE NICE PROGRAM [ARGUMENT...]: runs a program that never outlives who started it, nor do its children.
//
// Standard input is the leash. When it ends - the parent closed it, or died of whatever - everything that the program
// has started gets SIGINT, and after GRACE milliseconds SIGKILL. The program itself has /dev/null there; all other
// descriptors are handed on. Exit status: the program's own, 128 and the number of its signal, 126 or 127 when it could
// not be run.
//
// Started as the leader of a process group of its own, else it refuses: a signal to the group must not hit its parent.
// As the "subreaper" it inherits what its descendants leave behind, so that none of them slips away. One thread.

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string_view>

namespace {

constexpr int kUsageStatus = 125;
constexpr int kCannotRunStatus = 126;
constexpr int kNotFoundStatus = 127;
constexpr int kSignalStatus = 128;
constexpr int kKillInterval = 20;  // milliseconds between attempts to kill what is left

std::optional<int> NumberOf(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int64_t NowMillis() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

[[noreturn]] void RunProgram(char** argv, pid_t launcher, const sigset_t& mask) {
  // The leash is the launcher's; if that is killed itself, the kernel ends the program.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != launcher) _exit(kCannotRunStatus);
  const int null = open("/dev/null", O_RDONLY);
  if (null < 0 || dup2(null, STDIN_FILENO) < 0) _exit(kCannotRunStatus);
  if (null != STDIN_FILENO) close(null);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  execv(argv[0], argv);
  const int why = errno;
  std::fprintf(stderr, "cannot run %s: %s\n", argv[0], std::strerror(why));
  std::fflush(stderr);
  _exit(why == ENOENT ? kNotFoundStatus : kCannotRunStatus);
}

// Every process whose parent is this one: the program, and orphans of its making. False: this kernel does not list
// them.
bool KillChildren(int signal_number) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return false;
  for (long pid = 0; std::fscanf(file, "%ld", &pid) == 1;) kill(static_cast<pid_t>(pid), signal_number);
  std::fclose(file);
  return true;
}

class Launcher {
 public:
  Launcher(pid_t program, int signals, int grace) : program_(program), signals_(signals), grace_(grace) {}

  // Until nothing of the program is left. Returns its exit status.
  int Run() {
    while (!IsOver()) {
      pollfd watched[] = {{.fd = has_leash_ ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0},
                          {.fd = signals_, .events = POLLIN, .revents = 0}};
      poll(watched, 2, TimeToWait());
      if (watched[0].revents != 0) ReadLeash();
      if (watched[1].revents != 0) ReadSignals();
      Reap();
      Press();
    }
    return status_;
  }

 private:
  [[nodiscard]] bool IsOver() const { return has_ended_ && !has_children_; }

  [[nodiscard]] int TimeToWait() const {
    if (is_killing_) return kKillInterval;
    if (kill_at_ == 0) return -1;
    const int64_t left = kill_at_ - NowMillis();
    return left > 0 ? static_cast<int>(left) : 0;
  }

  void ReadLeash() {
    char ignored[64];
    const ssize_t got = read(STDIN_FILENO, ignored, sizeof ignored);
    if (got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN))) return;
    has_leash_ = false;
    Interrupt();
  }

  // SIGTERM for the launcher ends the program as the leash does; SIGINT came to the whole group.
  void ReadSignals() {
    signalfd_siginfo info{};
    while (read(signals_, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP) Interrupt();
    }
  }

  void Interrupt() {
    if (kill_at_ != 0) return;
    kill_at_ = NowMillis() + grace_;
    // Once: at the second one ffmpeg breaks off what it writes. Who has left the group waits for SIGKILL.
    kill(0, SIGINT);
  }

  void Reap() {
    for (;;) {
      int status = 0;
      const pid_t pid = waitpid(-1, &status, WNOHANG);
      if (pid <= 0) {
        has_children_ = pid == 0;
        return;
      }
      if (pid != program_) continue;
      has_ended_ = true;
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalStatus + WTERMSIG(status);
      // What it leaves behind gets the time that it would have had itself.
      Interrupt();
    }
  }

  // A signal to the group would kill the launcher, too: one by one, until none is left to inherit the others.
  void Press() {
    is_killing_ = kill_at_ != 0 && NowMillis() >= kill_at_;
    if (is_killing_ && !KillChildren(SIGKILL) && !has_ended_) kill(program_, SIGKILL);
  }

  const pid_t program_;
  const int signals_;
  const int grace_;

  bool has_leash_ = true;
  bool has_ended_ = false;
  bool has_children_ = true;
  bool is_killing_ = false;
  int64_t kill_at_ = 0;  // 0: nobody has asked
  int status_ = kCannotRunStatus;
};

int Launch(int grace, int nice, char** argv) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Without the right to become more urgent it stays as it is: no reason not to run.
  if (nice != 0) setpriority(PRIO_PROCESS, 0, nice);
  sigset_t watched;
  sigset_t before;
  sigemptyset(&watched);
  for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) sigaddset(&watched, number);
  sigprocmask(SIG_BLOCK, &watched, &before);
  const int signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) return kCannotRunStatus;
  const pid_t launcher = getpid();
  const pid_t program = fork();
  if (program < 0) {
    std::perror("fork");
    return kCannotRunStatus;
  }
  if (program == 0) RunProgram(argv, launcher, before);
  return Launcher(program, signals, grace).Run();
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<int> grace = argc > 3 ? NumberOf(argv[1]) : std::nullopt;
  const std::optional<int> nice = argc > 3 ? NumberOf(argv[2]) : std::nullopt;
  if (!grace || !nice || *grace < 0) {
    std::fprintf(stderr, "usage: weir-launch GRACE NICE PROGRAM [ARGUMENT...]\n");
    return kUsageStatus;
  }
  if (getpgrp() != getpid()) {
    std::fprintf(stderr, "weir-launch must lead a process group of its own\n");
    return kUsageStatus;
  }
  return Launch(*grace, *nice, argv + 3);
}
