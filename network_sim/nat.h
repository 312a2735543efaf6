// NAT boxes, in the words of RFC 4787: mapping and filtering are two things.
#ifndef NETWORK_SIM_NAT_H_
#define NETWORK_SIM_NAT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "network_sim/packet_sink.h"
#include "runtime/address.h"
#include "runtime/time.h"

namespace sfa::sim {

// RFC 4787 section 4.1.
enum class NatMapping { kEndpointIndependent, kAddressDependent, kAddressAndPortDependent };
// RFC 4787 section 5.
enum class NatFiltering { kEndpointIndependent, kAddressDependent, kAddressAndPortDependent };
// RFC 4787 section 4.2.1.
enum class NatPortAssignment { kPreservation, kSequential, kRandom };

struct NatSettings {
  // A box with its own rules that no mapping and filtering word describes: see linux_masquerade.h.
  bool linux_masquerade = false;
  bool linux_random = false;  // of linux_masquerade: `masquerade random`
  // Of linux_masquerade: its INPUT chain lets in what is for the router itself.
  bool input_accepts = false;
  NatMapping mapping = NatMapping::kEndpointIndependent;
  NatFiltering filtering = NatFiltering::kAddressAndPortDependent;
  NatPortAssignment ports = NatPortAssignment::kPreservation;
  bool hairpin = false;
  Duration udp_timeout = std::chrono::seconds(300);  // RFC 4787 REQ-5
};

struct NatCounters {
  uint64_t translated_out = 0;
  uint64_t translated_in = 0;
  uint64_t filtered = 0;  // inbound, refused by the filter or without a mapping
  uint64_t malformed = 0;
  uint64_t no_port = 0;    // no external port was free, or no room for another flow
  uint64_t fragments = 0;  // dropped: without reassembly nobody can tell whose they are
  uint64_t ttl_expired = 0;
};

// A box between a LAN and an access link. Packets that enter at inside() leave, translated, at the
// outside sink, and the other way about. State is per flow; it expires by itself.
class Nat {
 public:
  virtual ~Nat() = default;
  virtual PacketSink& inside() = 0;
  virtual PacketSink& outside() = 0;
  // Where translated packets go; set once, before the first packet.
  virtual void Connect(PacketSink* to_inside, PacketSink* to_outside) = 0;
  // As after a loss of power: every flow and mapping is forgotten, and the outside has this address
  // from now on. Ports that are drawn or counted go on from where they were: new ones.
  virtual void Reboot(Ipv4Address external) = 0;
  virtual const NatCounters& counters() const = 0;
  virtual size_t flows() const = 0;  // alive now
};

// `clock` gives the time; `seed` the box's random ports.
class NatClock {
 public:
  virtual ~NatClock() = default;
  virtual MonotonicTime Now() const = 0;
};
std::unique_ptr<Nat> NewNat(const std::string& name, const NatSettings& settings,
                            Ipv4Address external, const NatClock& clock, uint64_t seed);

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_H_
