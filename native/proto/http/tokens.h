// The small grammar that all header fields share: tokens, optional whitespace, comma lists (RFC 9110, 5.5 and 5.6).
// Lifetime: views into what is passed in. Thread rule: pure functions.
#ifndef WEIR_PROTO_HTTP_TOKENS_H_
#define WEIR_PROTO_HTTP_TOKENS_H_

#include <cstdint>
#include <string_view>

namespace weir::http {

bool IsTokenChar(char c);
bool IsToken(std::string_view text);
// No control characters but tabs: it can't end its line.
bool IsFieldValue(std::string_view text);

char LowerCase(char c);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// Without spaces and tabs at both ends.
std::string_view Trim(std::string_view text);

// Takes the next item off the front of a comma list, trimmed. False at its end; empty items are passed over.
bool TakeListItem(std::string_view& list, std::string_view& item);
bool ListHas(std::string_view list, std::string_view token);

// Decimal digits only, and no overflow.
bool ParseNumber(std::string_view digits, uint64_t& value);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_TOKENS_H_
