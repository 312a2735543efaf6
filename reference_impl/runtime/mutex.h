// The lock behind snapshots that foreign threads read. Held for a few instructions, never while
// calling out of the room.
#ifndef REFERENCE_IMPL_RUNTIME_MUTEX_H_
#define REFERENCE_IMPL_RUNTIME_MUTEX_H_

#include <mutex>

namespace sfa {

using Mutex = std::mutex;
using MutexLock = std::lock_guard<std::mutex>;

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_MUTEX_H_
