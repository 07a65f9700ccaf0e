#include "net/listener.h"

#include <cerrno>
#include <utility>

#include "sys/tcp.h"

namespace weir {
Listener::Listener(UniqueFd fd, OnAccept on_accept)
    : fd_(std::move(fd)), spare_(OpenNull()), on_accept_(std::move(on_accept)) {}

void Listener::OnIo(uint32_t) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    int error = 0;
    UniqueFd accepted = AcceptTcp(fd_.get(), error);
    if (accepted.valid()) {
      on_accept_(std::move(accepted));
    } else if (error == EMFILE || error == ENFILE) {
      // The kernel looks for a descriptor before it looks whether anybody waits.
      if (!TurnAwayWithSpare()) return;
    } else if (error != ECONNABORTED && error != EINTR) {
      return;  // EAGAIN: nobody waits any more
    }
  }
}

bool Listener::TurnAwayWithSpare() {
  spare_.Reset();
  int error = 0;
  UniqueFd accepted = AcceptTcp(fd_.get(), error);
  bool has_turned_away = accepted.valid();
  accepted.Reset();
  spare_ = OpenNull();
  if (has_turned_away) on_accept_(UniqueFd());
  return has_turned_away;
}

}  // namespace weir
