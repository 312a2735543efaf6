#include "network_sim/nat_rfc4787.h"

#include "network_sim/ipv4.h"

namespace sfa::sim {
namespace {

constexpr Duration kIcmpQueryTimeout = std::chrono::seconds(60);  // RFC 5508 REQ-2
constexpr uint32_t kFirstHighPort = 1024;
constexpr uint32_t kPorts = 65536;

}  // namespace

Rfc4787Nat::Rfc4787Nat(const std::string& name, const NatSettings& settings, Ipv4Address external,
                       const NatClock& clock, uint64_t seed)
    : NatBox(name, external, settings.hairpin,
             settings.filtering != NatFiltering::kAddressAndPortDependent, clock),
      settings_(settings),
      noise_(seed) {}

Tuple Rfc4787Nat::MappingKey(const Tuple& outbound) const {
  Tuple key = outbound;
  switch (settings_.mapping) {
    case NatMapping::kEndpointIndependent:
      key.destination = {};
      break;
    case NatMapping::kAddressDependent:
      key.destination.port = 0;
      break;
    case NatMapping::kAddressAndPortDependent:
      break;
  }
  return key;
}

Flow* Rfc4787Nat::Open(const Tuple& outbound, MonotonicTime now) {
  const auto slot = FindOrMakeMapping(outbound);
  if (!slot) return nullptr;
  Mapping& mapping = mappings_[*slot];
  ++mapping.flows;
  ++permits_[PermitKey(outbound.protocol, outbound.destination.address, mapping.port)];
  Flow& flow =
      table().Add(outbound, {outbound.protocol, outbound.destination, {external(), mapping.port}},
                  now, now + settings_.udp_timeout);
  flow.mapping = *slot;
  return &flow;
}

std::optional<uint32_t> Rfc4787Nat::FindOrMakeMapping(const Tuple& outbound) {
  const Tuple key = MappingKey(outbound);
  if (const auto found = by_inside_.find(key); found != by_inside_.end()) return found->second;
  const auto port = ChoosePort(outbound);
  if (!port) return std::nullopt;
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(mappings_.size());
    mappings_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  mappings_[slot] = {key, *port, 0};
  by_inside_.emplace(key, slot);
  by_port_.emplace(PortKey(key.protocol, *port), slot);
  return slot;
}

void Rfc4787Nat::OnRemoved(const Flow& flow) {
  Mapping& mapping = mappings_[flow.mapping];
  const auto permit = permits_.find(
      PermitKey(mapping.key.protocol, flow.outbound.destination.address, mapping.port));
  if (--permit->second == 0) permits_.erase(permit);
  if (--mapping.flows > 0) return;
  by_inside_.erase(mapping.key);
  by_port_.erase(PortKey(mapping.key.protocol, mapping.port));
  free_.push_back(flow.mapping);
}

std::optional<uint16_t> Rfc4787Nat::ChoosePort(const Tuple& outbound) {
  const auto is_free = [&](uint32_t port) {
    return by_port_.count(PortKey(outbound.protocol, static_cast<uint16_t>(port))) == 0;
  };
  const uint16_t wanted = outbound.source.port;
  if (outbound.protocol != kProtocolTcp && outbound.protocol != kProtocolUdp &&
      outbound.protocol != kProtocolIcmp) {
    return is_free(0) ? std::optional<uint16_t>(0) : std::nullopt;
  }
  if (settings_.ports == NatPortAssignment::kPreservation && is_free(wanted)) return wanted;
  const bool high = wanted >= kFirstHighPort || outbound.protocol == kProtocolIcmp;
  const uint32_t first = high ? kFirstHighPort : 1;
  const uint32_t size = high ? kPorts - kFirstHighPort : kFirstHighPort - 1;
  const bool parity = settings_.ports == NatPortAssignment::kPreservation;
  const uint64_t start =
      settings_.ports == NatPortAssignment::kSequential ? next_offset_ : noise_.Next();
  for (uint32_t i = 0; i < size; ++i) {
    const auto offset = static_cast<uint32_t>((start + i) % size);
    const uint32_t port = first + offset;
    if ((parity && (port ^ wanted) % 2 != 0) || !is_free(port)) continue;
    next_offset_ = offset + 1;
    return static_cast<uint16_t>(port);
  }
  return std::nullopt;
}

std::optional<Duration> Rfc4787Nat::Lifetime(const Flow& flow, bool outbound, MonotonicTime) const {
  if (flow.outbound.protocol == kProtocolTcp) return flow.tcp.Timeout(Rfc5382TcpTimers());
  if (!outbound) return std::nullopt;
  return flow.outbound.protocol == kProtocolIcmp ? kIcmpQueryTimeout : settings_.udp_timeout;
}

std::optional<Endpoint> Rfc4787Nat::AdmitStranger(const Tuple& inbound) const {
  if (settings_.filtering == NatFiltering::kAddressAndPortDependent) return std::nullopt;
  const auto found = by_port_.find({inbound.protocol, {}, inbound.destination});
  if (found == by_port_.end()) return std::nullopt;
  if (settings_.filtering == NatFiltering::kAddressDependent &&
      permits_.count(
          PermitKey(inbound.protocol, inbound.source.address, inbound.destination.port)) == 0) {
    return std::nullopt;
  }
  return mappings_[found->second].key.source;
}

}  // namespace sfa::sim
