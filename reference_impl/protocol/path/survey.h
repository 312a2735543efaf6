// The look around at login: asks up to 20 supernodes over UDP how they see us.
//
// Whom it finds alive is kept, how the mappings differ tells the NAT, how long they took tells
// which relays are near. Skype's client probed about as many nodes at the end of its login (Baset
// and Schulzrinne 2006). Five rounds, as many as a login has; four nodes a round, as many as a
// search asks first; a request every 200 ms; a round is over when all have answered, or 5 s after
// its first request, the time for which a login waits for UDP.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_SURVEY_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_SURVEY_H_

#include <functional>
#include <memory>
#include <vector>

#include "protocol/path/media_port.h"
#include "protocol/path/surroundings.h"
#include "runtime/runtime.h"

namespace sfa::path {

inline constexpr int kSurveyRounds = 5;
inline constexpr int kSurveyNodesPerRound = 4;
inline constexpr Duration kSurveyPace = std::chrono::milliseconds(200);
inline constexpr Duration kSurveyWait = std::chrono::seconds(5);

// Contract:
//  1. Asks each of the first 20 of `nodes` once, in their order.
//  2. `done` runs once, never from inside the constructor, and may destroy the survey. With no
//  nodes
//     or without UDP it runs soon.
//  3. Nothing runs after destruction.
class Survey {
 public:
  Survey(Runtime& runtime, MediaPort& port, std::vector<Endpoint> nodes,
         std::function<void(const Surroundings&)> done);
  ~Survey();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What these sightings mean, for a port with these host endpoints; in the order in which the nodes
// were asked.
Surroundings Conclude(const std::vector<MediaPort::Sighting>& sightings,
                      const std::vector<Endpoint>& host_endpoints);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_SURVEY_H_
