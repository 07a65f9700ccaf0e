// Opens a file to be served: for reading, close-on-exec, a regular file and no symbolic link. Lifetime: the descriptor.
// Thread rule: any thread.
#ifndef WEIR_SYS_REGULAR_FILE_H_
#define WEIR_SYS_REGULAR_FILE_H_

#include <cstdint>
#include <string>

#include "sys/fd.h"

namespace weir {

// Errors: an invalid fd, errno in `error` (EINVAL: not a regular file; ELOOP: a symbolic link).
UniqueFd OpenRegularFile(const std::string& path, uint64_t& size, int& error);

}  // namespace weir

#endif  // WEIR_SYS_REGULAR_FILE_H_
