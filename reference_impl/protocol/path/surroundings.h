// What a host knows of the NATs and firewalls around it: from how several nodes have seen it.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_SURROUNDINGS_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_SURROUNDINGS_H_

#include <cstdint>
#include <vector>

#include "runtime/address.h"
#include "runtime/time.h"

namespace sfa::path {

// RFC 4787 section 4.1, as far as it can be told and matters.
enum class Mapping : uint8_t {
  kUnknown,              // nobody has been asked, or only one has answered
  kBlocked,              // UDP does not get through: none of several has answered
  kNone,                 // no NAT: seen as what it is
  kEndpointIndependent,  // the same external endpoint for everybody
  kSequential,           // another for each, the ports in steps: the next can be foretold
  kUnpredictable,        // another for each
};
// "unknown", "blocked", "none", "endpoint-independent", "sequential", "unpredictable"
const char* ToString(Mapping mapping);

struct SeenNode {
  Endpoint node;
  Duration round_trip{};
};

struct Surroundings {
  Mapping mapping = Mapping::kUnknown;
  int port_step = 0;            // of kSequential
  std::vector<SeenNode> nodes;  // that have answered over UDP, the nearest first
  friend bool operator==(const Surroundings&, const Surroundings&);
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_SURROUNDINGS_H_
