// Packet scripts for a NAT: what is sent from inside and from outside, in which order.
//
// A script names hosts by number and external ports by "what step 3 got", so that one script can be
// played to boxes that draw different ports.
#ifndef CONFORMANCE_JUDGES_NAT_NAT_SCRIPT_H_
#define CONFORMANCE_JUDGES_NAT_NAT_SCRIPT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/time.h"

namespace sfa::conformance {

enum class NatVerb {
  kSend,          // inside host to remote
  kSendToRouter,  // inside host to the router's external address
  kCome,          // remote to the external address: to a port, or to what a step got
  kErrorIn,       // an ICMP error from outside about the packet that a step sent out
  kErrorOut,      // an ICMP error from inside about the packet that a step let in
};

inline constexpr int kNoStep = -1;

struct NatStep {
  int id = 0;  // by which other steps refer to it
  Duration at{};
  NatVerb verb = NatVerb::kSend;
  uint8_t protocol = 17;
  int host = 0;               // inside
  uint16_t port = 0;          // inside, or external when nothing is referred to; echo identifier
  int remote = 0;             // outside
  uint16_t remote_port = 0;   // not for ICMP
  int about = kNoStep;        // the step referred to
  uint8_t flags = 0;          // TCP
  uint16_t payload = 0;       // TCP: bytes of data
  bool echo_request = false;  // ICMP that comes: a request, else a reply
};

struct NatScript {
  std::vector<NatStep> steps;
  // One line a step, as a person reads it.
  std::string ToString() const;
};
std::string ToString(const NatStep& step);

enum class NatPace {
  kAtOnce,   // no time passes
  kWaiting,  // steps are spread over the lifetimes of flows
};

inline constexpr int kScriptHosts = 3;
inline constexpr int kScriptRemotes = 3;
// A waiting script's steps lie on a grid of which no two points are within a second of 2, 10, 30,
// 60 or 120 s apart: no flow's life ends near a step.
inline constexpr Duration kScriptGrid = std::chrono::seconds(7);
inline constexpr int kScriptGridPoints = 21;

// The same script for the same seed, always.
NatScript GenerateNatScript(uint64_t seed, NatPace pace = NatPace::kAtOnce);

// The script without a step and without those that refer to what is not there then.
NatScript Without(const NatScript& script, const NatStep& step);

// The smallest script found for which `differs` still holds; it holds for `script`.
NatScript Shrink(const NatScript& script, const std::function<bool(const NatScript&)>& differs);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_NAT_NAT_SCRIPT_H_
