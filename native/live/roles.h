// Tags of the two intrusive lists that a connection can be in: all of its shard, and those of the same role or state.
#ifndef WEIR_LIVE_ROLES_H_
#define WEIR_LIVE_ROLES_H_

namespace weir {

struct InShard;
struct InRole;

}  // namespace weir

#endif  // WEIR_LIVE_ROLES_H_
