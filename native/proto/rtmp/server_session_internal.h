// The parts of ServerSession that its source files share. Included by those only.
// Lifetime: a Pending from the request to its decision; a Call during one command. Thread rule: that of the session.
#ifndef WEIR_PROTO_RTMP_SERVER_SESSION_INTERNAL_H_
#define WEIR_PROTO_RTMP_SERVER_SESSION_INTERNAL_H_

#include <string>
#include <string_view>

#include "proto/rtmp/server_session.h"

namespace weir::rtmp {

struct ServerSession::Pending {
  Role role = Role::kNone;  // none: a connect
  double transaction = 0;
  uint32_t stream_id = 0;
  std::string name;  // of the stream

  // Of a connect, for its answer.
  double object_encoding = 0;
  Buffer fourcc_list;             // as AMF0, empty if the client sent none
  bool announces_codecs = false;  // the client sent something of Enhanced RTMP
};

struct ServerSession::Call {
  const Message& message;
  double transaction;
  amf0::Reader& arguments;  // behind the transaction id
  Buffer& out;
  ServerSessionSink& sink;
};

struct ServerSession::Command {
  std::string_view name;
  Reason (ServerSession::*handler)(Call&);
};

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_SERVER_SESSION_INTERNAL_H_
