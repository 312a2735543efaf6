#include "res_skypeforasterisk/license_pool.h"

#include <cassert>

namespace sfa::res {

bool CountingPool::Acquire() {
  int used = in_use_.load(std::memory_order_relaxed);
  while (used < total()) {
    if (in_use_.compare_exchange_weak(used, used + 1, std::memory_order_acq_rel)) return true;
  }
  return false;
}

void CountingPool::Release() {
  const int before = in_use_.fetch_sub(1, std::memory_order_acq_rel);
  assert(before > 0);
  static_cast<void>(before);
}

}  // namespace sfa::res
