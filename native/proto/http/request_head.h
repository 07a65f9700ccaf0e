// Understands the head of a request once all of it is there. Lifetime: the views that it fills in point into `head` and
// `decoded`. Thread rule: pure function.
#ifndef WEIR_PROTO_HTTP_REQUEST_HEAD_H_
#define WEIR_PROTO_HTTP_REQUEST_HEAD_H_

#include "base/bytes.h"
#include "base/reason.h"
#include "proto/http/request.h"

namespace weir::http {

// `head` reaches from the request line, or one empty line in front of it, to the empty line that ends the fields. Lines
// end with CR LF or with LF alone: nothing here has a body, so there is no other reader to disagree with.
[[nodiscard]] Reason ParseHead(ByteView head, Buffer& decoded, RequestFields& request);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_REQUEST_HEAD_H_
