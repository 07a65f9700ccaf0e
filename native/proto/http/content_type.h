// The media type of a path, by its ending. Lifetime: static text. Thread rule: pure function.
#ifndef WEIR_PROTO_HTTP_CONTENT_TYPE_H_
#define WEIR_PROTO_HTTP_CONTENT_TYPE_H_

#include <string_view>

namespace weir::http {

// `application/octet-stream` for what is not known. Capitals don't matter.
std::string_view ContentType(std::string_view path);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_CONTENT_TYPE_H_
