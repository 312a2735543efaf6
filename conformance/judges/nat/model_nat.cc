#include "conformance/judges/nat/model_nat.h"

#include <utility>

namespace sfa::conformance {
namespace {

constexpr Ipv4Address kExternal = Ipv4Address::Of(203, 0, 113, 1);  // RFC 5737

sim::NatSettings SettingsOf(const MasqueradeVariant& variant) {
  sim::NatSettings settings;
  settings.linux_masquerade = true;
  // The kernel has treated both options alike since it stopped hashing ports.
  settings.linux_random = variant.ports != MasqueradeVariant::Ports::kKept;
  settings.input_accepts = variant.input_accepts;
  return settings;
}

}  // namespace

ModelNat::ModelNat(const MasqueradeVariant& variant, uint64_t seed)
    : nat_(sim::NewNat("model", SettingsOf(variant), kExternal, clock_, seed)) {
  nat_->Connect(&inside_, &outside_);
}

std::vector<NatEmission> ModelNat::Inject(NatSide side, const NatBytes& packet) {
  sim::PacketSink& entry = side == NatSide::kInside ? nat_->inside() : nat_->outside();
  entry.Receive(ns3::Create<ns3::Packet>(packet.data(), static_cast<uint32_t>(packet.size())));
  return std::exchange(emissions_, {});
}

Ipv4Address ModelNat::external() const { return kExternal; }

void ModelNat::Exit::Receive(ns3::Ptr<ns3::Packet> packet) {
  NatBytes bytes(packet->GetSize());
  packet->CopyData(bytes.data(), packet->GetSize());
  emissions_.push_back({side_, std::move(bytes)});
}

}  // namespace sfa::conformance
