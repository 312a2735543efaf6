#include "protocol/path/surroundings.h"

namespace sfa::path {

const char* ToString(Mapping mapping) {
  switch (mapping) {
    case Mapping::kUnknown:
      return "unknown";
    case Mapping::kBlocked:
      return "blocked";
    case Mapping::kNone:
      return "none";
    case Mapping::kEndpointIndependent:
      return "endpoint-independent";
    case Mapping::kSequential:
      return "sequential";
    case Mapping::kUnpredictable:
      return "unpredictable";
  }
  return "unknown";
}

bool operator==(const Surroundings& a, const Surroundings& b) {
  if (a.mapping != b.mapping || a.port_step != b.port_step || a.nodes.size() != b.nodes.size()) {
    return false;
  }
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    if (a.nodes[i].node != b.nodes[i].node || a.nodes[i].round_trip != b.nodes[i].round_trip) {
      return false;
    }
  }
  return true;
}

}  // namespace sfa::path
