// Finds out quickly what has become of a media port's mapping when something has gone silent.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_SUSPICION_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_SUSPICION_H_

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/path/mapping_keeper.h"
#include "protocol/path/surroundings.h"
#include "runtime/runtime.h"

namespace sfa::path {

// Asks the STUN server and one other node how they see us: three times, 150 ms apart. While nobody
// at all answers, the link itself is cut: then every half second, for 30 s, so that it is known at
// once when it is back. A server that is silent while the other node answers is replaced by that.
class Suspicion {
 public:
  static constexpr int kAsks = 3;
  static constexpr Duration kBetween = std::chrono::milliseconds(150);
  static constexpr Duration kWait = std::chrono::milliseconds(600);
  static constexpr Duration kBetweenWhileCut = std::chrono::milliseconds(500);
  static constexpr Duration kLongest = std::chrono::seconds(30);

  // `settled` runs when somebody has answered and the rest had their time, and when it is given up;
  // never from inside a method.
  Suspicion(Runtime& runtime, MappingKeeper& mapping, std::function<void()> settled);

  // One that is under way goes on. `nodes` may hold the server.
  void Begin(const Surroundings& surroundings, const std::vector<Endpoint>& nodes);
  void End();
  // Whether anybody has answered since it began.
  bool link_works() const { return link_works_; }

 private:
  void OnTimer();
  void Ask(const Endpoint& node);
  void OnAnswer(const MediaPort::Sighting& sighting, int round);

  Runtime& runtime_;
  MappingKeeper& mapping_;
  std::function<void()> settled_;
  std::unique_ptr<Timer> timer_;
  bool under_way_ = false;
  bool link_works_ = false;
  bool same_for_all_ = false;  // whoever sees us sees the same
  bool server_answers_ = false;
  std::optional<Endpoint> other_;
  std::optional<Endpoint> seen_by_other_;
  int asked_ = 0;
  int round_ = 0;  // answers of earlier suspicions do not count
  MonotonicTime end_{};
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_SUSPICION_H_
