// What a rough line does to each packet: loses, delays, doubles it, lets others overtake it.
#ifndef NETWORK_SIM_ROUGHNESS_H_
#define NETWORK_SIM_ROUGHNESS_H_

#include <cstdint>

#include "network_sim/random_streams.h"
#include "network_sim/site.h"

namespace sfa::sim {

// Whether a line needs one at all.
inline bool IsRough(const LinkSettings& settings) {
  return settings.loss > 0 || settings.jitter > Duration::zero() || settings.burst_loss > 0 ||
         settings.reorder > 0 || settings.duplicate > 0;
}

// Contract:
//  1. Each impairment draws from a stream of its own, once for each packet, lost ones included:
//     what one of them does to the n-th packet depends on the seed, on n and on its own settings.
//  2. Losses in bursts are those of Gilbert's model: a chain of two states, of which the bad one
//     loses everything, with the share and the mean length that the settings say.
class Roughness {
 public:
  explicit Roughness(uint64_t seed);

  struct Fate {
    bool lost = false;
    bool overtaken = false;
    bool doubled = false;
    Duration jitter{};
  };
  Fate Next(const LinkSettings& settings);

 private:
  bool NextInBurst(const LinkSettings& settings);

  NoiseStream loss_, jitter_, burst_, reorder_, duplicate_;
  bool bad_ = false;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_ROUGHNESS_H_
