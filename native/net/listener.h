// Listener: accepts connections of one listening socket and hands each to a callback. Out of descriptors, it answers
// with a spare one: the client sees a close instead of a hang, and the loop does not spin. Lifetime: owned by a shard,
// retired to its reactor. Thread rule: its reactor's thread.
#ifndef WEIR_NET_LISTENER_H_
#define WEIR_NET_LISTENER_H_

#include <functional>

#include "net/reactor.h"
#include "sys/fd.h"

namespace weir {

class Listener : public IoHandler {
 public:
  // Called with each accepted socket; with an invalid one when no descriptor was left for it.
  using OnAccept = std::function<void(UniqueFd)>;

  Listener(UniqueFd fd, OnAccept on_accept);
  int fd() const { return fd_.get(); }
  void OnIo(uint32_t events) override;

 private:
  // So many in one turn, that a storm of joins does not starve those that play.
  static constexpr int kAcceptsPerTurn = 64;

  // False if nobody waits.
  bool TurnAwayWithSpare();

  UniqueFd fd_;
  UniqueFd spare_;
  OnAccept on_accept_;
};

}  // namespace weir

#endif  // WEIR_NET_LISTENER_H_
