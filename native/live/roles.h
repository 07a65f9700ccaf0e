// The tag of the intrusive lists that a connection is in one of: those of the same role or state.
#ifndef WEIR_LIVE_ROLES_H_
#define WEIR_LIVE_ROLES_H_

namespace weir {

struct InRole;

}  // namespace weir

#endif  // WEIR_LIVE_ROLES_H_
