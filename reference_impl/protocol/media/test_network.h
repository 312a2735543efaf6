// For tests: what a bad network does to the packets of a call.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_NETWORK_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_NETWORK_H_

#include <algorithm>
#include <vector>

#include "protocol/media/test_runtime.h"

namespace sfa::testing {

struct NetworkWeather {
  Duration delay = std::chrono::milliseconds(30);
  // Lost packets, and how many are lost in a row on average (Gilbert's model): 1 for independent
  // losses, or rather 1/(1 - loss).
  double loss = 0;
  double mean_burst = 1;
  // Independent for each packet, so that packets overtake each other.
  Duration jitter{};
  bool in_order = false;  // none overtakes another
  // Queues that build up and empty themselves: how often for each packet, and how high.
  double spikes = 0;
  Duration spike_height{};
  double duplicates = 0;
};

// When each copy of a packet arrives.
class TestNetwork {
 public:
  TestNetwork(uint64_t seed, const NetworkWeather& weather) : weather(weather), random_(seed) {}

  std::vector<MonotonicTime> Carry(MonotonicTime now) {
    const double leave_burst = 1 / std::max(weather.mean_burst, 1.0);
    const double enter_burst = weather.loss * leave_burst / (1 - weather.loss);
    if (weather.mean_burst <= 1) {
      losing_ = Chance(weather.loss);
    } else {
      losing_ = losing_ ? !Chance(leave_burst) : Chance(enter_burst);
    }
    if (Chance(weather.spikes)) queue_empty_ = std::max(queue_empty_, now + weather.spike_height);
    if (losing_) return {};
    std::vector<MonotonicTime> arrivals;
    const int copies = Chance(weather.duplicates) ? 2 : 1;
    for (int i = 0; i < copies; ++i) arrivals.push_back(Arrival(now));
    return arrivals;
  }

  NetworkWeather weather;

 private:
  // Past the spike the queue empties itself at twice the pace at which it is filled.
  Duration Queueing(MonotonicTime now) {
    return std::max<Duration>(Duration::zero(), (queue_empty_ - now) / 2);
  }
  bool Chance(double probability) {
    return static_cast<double>(random_.Below(1000000)) < probability * 1e6;
  }
  MonotonicTime Arrival(MonotonicTime now) {
    Duration delay = weather.delay + Queueing(now);
    if (weather.jitter > Duration::zero()) {
      delay += Duration(random_.Below(static_cast<uint64_t>(weather.jitter.count())));
    }
    MonotonicTime arrival = now + delay;
    if (weather.in_order) arrival = last_arrival_ = std::max(arrival, last_arrival_);
    return arrival;
  }

  TestRandom random_;
  bool losing_ = false;
  MonotonicTime queue_empty_{};
  MonotonicTime last_arrival_{};
};

}  // namespace sfa::testing

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_NETWORK_H_
