// Small whole responses that tell what is wrong. Lifetime: plain values; views are read during the call. Thread rule:
// pure functions.
#ifndef WEIR_PROTO_HTTP_ERROR_BODY_H_
#define WEIR_PROTO_HTTP_ERROR_BODY_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "proto/http/response.h"

namespace weir::http {

// A sentence for people, or JSON for programs.
enum class ErrorForm : uint8_t { kText, kHtml, kJson };
// By the client's Accept field.
ErrorForm ErrorFormFor(std::string_view accept);

// Status, persistence, CORS and extra fields are taken from `head`; its type and length are set here. `detail` is
// escaped. With `head_only` (HEAD) the body is left out, its length is not.
struct ErrorBody {
  ErrorForm form = ErrorForm::kText;
  std::string_view detail = {};
  bool head_only = false;
};
void AppendError(Buffer& out, ResponseHead head, const ErrorBody& body);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_ERROR_BODY_H_
