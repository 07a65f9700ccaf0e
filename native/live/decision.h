// Decision: TypeScript's answer to a request of a connection. Lifetime: a value. Thread rule: plain value.
#ifndef WEIR_LIVE_DECISION_H_
#define WEIR_LIVE_DECISION_H_

#include <string>
#include <variant>

#include "base/reason.h"
#include "live/grant.h"

namespace weir {

enum class Request : uint8_t { kConnect, kPublish, kPlay };

struct AcceptedConnect {};

struct Rejected {
  Reason reason = Reason::kRejected;
  std::string code;  // an onStatus code
  std::string description;
};

struct Decision {
  Request request;
  std::variant<Rejected, AcceptedConnect, PublishGrant, PlayGrant> answer;
};

}  // namespace weir

#endif  // WEIR_LIVE_DECISION_H_
