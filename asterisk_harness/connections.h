// The connections that somebody has accepted and that tell when they are over.
#ifndef ASTERISK_HARNESS_CONNECTIONS_H_
#define ASTERISK_HARNESS_CONNECTIONS_H_

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::harness {

// Everything on the runtime's thread. `Connection` may be incomplete where this is a member.
template <typename Connection>
class Connections {
 public:
  explicit Connections(Runtime& runtime) : runtime_(runtime) {}

  size_t size() const { return open_.size(); }
  void Add(std::unique_ptr<Connection> connection) { open_.push_back(std::move(connection)); }
  // Counts no more from now on, and is destroyed later: it may be inside one of its own calls. A
  // second time does nothing.
  void Remove(const Connection* connection) {
    const auto found = std::find_if(open_.begin(), open_.end(), [connection](const auto& each) {
      return each.get() == connection;
    });
    if (found == open_.end()) return;
    if (leaving_.empty()) {
      runtime_.Post([this, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired()) leaving_.clear();
      });
    }
    leaving_.push_back(std::move(*found));
    open_.erase(found);
  }

 private:
  Runtime& runtime_;
  std::vector<std::unique_ptr<Connection>> open_;
  std::vector<std::unique_ptr<Connection>> leaving_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_CONNECTIONS_H_
