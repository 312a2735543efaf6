#include "conformance/host/clock.h"

#include <chrono>

namespace sfa::conformance {

WallTime HostDate() {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(
      std::chrono::system_clock::now().time_since_epoch()));
}

}  // namespace sfa::conformance
