// One world's event core: ns-3's, under the virtual or the real clock. At most one at a time in a
// process; destroying it destroys every event and node, so that the next one starts clean.
#ifndef NETWORK_SIM_SIMULATION_H_
#define NETWORK_SIM_SIMULATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "network_sim/punctuality.h"
#include "runtime/time.h"

namespace sfa::sim {

class Inbox;
class TimerQueue;

enum class ClockKind { kVirtual, kReal };

struct SimulationSettings {
  uint64_t seed = 1;
  ClockKind clock = ClockKind::kVirtual;
  WallTime start{};  // the date at which the world begins
};

class Simulation {
 public:
  explicit Simulation(const SimulationSettings& settings);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  MonotonicTime Now() const;  // 0 at the world's beginning
  WallTime WallNow() const;
  const SimulationSettings& settings() const { return settings_; }

  // A 64-bit seed for whoever is called `name`: from the world's seed and the name, nothing else.
  uint64_t SeedFor(std::string_view name) const;

  // Runs what is due up to and including `when`; Now() is `when` then.
  void RunUntil(MonotonicTime when);
  // Runs until the predicate holds, looked at before the first and after each event, or the
  // deadline has come. Returns whether it holds. The predicate looks; it does not send, start or
  // schedule.
  bool RunUntilOrTimeout(const std::function<bool()>& predicate, MonotonicTime deadline);

  // Under the real clock: the event that began latest, and why. By 0 under the virtual clock.
  const Lateness& worst_lateness() const;
  // What was late so far does not count.
  void ForgetLateness();

  // The world's timers, for what lives in this room.
  TimerQueue& timers();
  // The way in for other threads.
  std::shared_ptr<Inbox> inbox();

 private:
  struct Core;

  void Run();

  SimulationSettings settings_;
  std::unique_ptr<Core> core_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_SIMULATION_H_
