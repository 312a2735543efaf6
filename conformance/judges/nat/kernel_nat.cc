#include "conformance/judges/nat/kernel_nat.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "network_sim/ipv4.h"

namespace sfa::conformance {
namespace {

constexpr Ipv4Address kExternal = Ipv4Address::Of(203, 0, 113, 1);  // RFC 5737
constexpr Ipv4Address kMarkerInside = Ipv4Address::Of(10, 255, 255, 1);
constexpr Ipv4Address kMarkerOutside = Ipv4Address::Of(203, 0, 113, 200);
constexpr uint16_t kMarkerPort = 9;            // discard
constexpr int kPatienceMilliseconds = 10'000;  // only a broken router makes anybody wait

// Net filters as on a careful router: what conntrack finds invalid does not go on untranslated.
std::string RouterScript(const MasqueradeVariant& variant) {
  const char* const kOptions[] = {"", " random", " fully-random"};
  return fmt::format(
      R"(for i in all default inside outside; do
  echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter
  echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
done
echo 1 >/proc/sys/net/ipv4/ip_forward
ip link set lo up
ip address add 10.255.255.254/8 dev inside
ip address add {external}/32 dev outside
ip link set inside up
ip link set outside up
ip route add default dev outside
nft -f - <<'RULES'
table ip judge {{
  chain markers {{
    type filter hook prerouting priority raw
    ip saddr {{ {inside}, {outside} }} notrack
  }}
  chain forward {{
    type filter hook forward priority filter
    ip saddr {{ {inside}, {outside} }} accept
    ct state invalid drop
  }}
  chain input {{
    type filter hook input priority filter; policy {input}
  }}
  chain leaving {{
    type nat hook postrouting priority srcnat
    oifname "outside" masquerade{option}
  }}
}}
RULES
)",
      fmt::arg("external", kExternal.ToString()), fmt::arg("inside", kMarkerInside.ToString()),
      fmt::arg("outside", kMarkerOutside.ToString()),
      fmt::arg("input", variant.input_accepts ? "accept" : "drop"),
      fmt::arg("option", kOptions[static_cast<size_t>(variant.ports)]));
}

}  // namespace

const char* NameOf(const MasqueradeVariant& variant) {
  switch (variant.ports) {
    case MasqueradeVariant::Ports::kKept:
      return variant.input_accepts ? "masquerade, INPUT accept" : "masquerade";
    case MasqueradeVariant::Ports::kRandom:
      return variant.input_accepts ? "masquerade random, INPUT accept" : "masquerade random";
    case MasqueradeVariant::Ports::kFullyRandom:
      return variant.input_accepts ? "masquerade fully-random, INPUT accept"
                                   : "masquerade fully-random";
  }
  return "";
}

Result<std::unique_ptr<KernelNat>> KernelNat::Make(const MasqueradeVariant& variant) {
  auto space = NetworkNamespace::Make();
  if (!space.ok()) return space.error();
  std::unique_ptr<KernelNat> nat(new KernelNat(std::move(*space)));
  for (const auto& [side, name] :
       {std::pair(NatSide::kInside, "inside"), std::pair(NatSide::kOutside, "outside")}) {
    const Result<int> opened = nat->space_->OpenInterface(name, NetworkNamespace::Kind::kTun);
    if (!opened.ok()) return opened.error();
    nat->descriptor(side) = *opened;
  }
  if (Status status = nat->space_->Run(RouterScript(variant)); !status.ok()) return status.error();
  return nat;
}

KernelNat::~KernelNat() {
  for (const int descriptor : descriptors_) {
    if (descriptor >= 0) close(descriptor);
  }
}

Ipv4Address KernelNat::external() const { return kExternal; }

std::vector<NatEmission> KernelNat::Inject(NatSide side, const NatBytes& packet) {
  std::vector<NatEmission> emissions;
  const bool from_inside = side == NatSide::kInside;
  const NatSide far = from_inside ? NatSide::kOutside : NatSide::kInside;
  Write(side, packet);
  std::array<uint8_t, 4> count;
  sim::WriteU32(count.data(), ++markers_);
  NatBytes marker(sim::kIpv4HeaderBytes + sim::kUdpHeaderBytes + count.size());
  sim::WriteUdpDatagram(marker.data(), {from_inside ? kMarkerInside : kMarkerOutside, kMarkerPort},
                        {from_inside ? kMarkerOutside : kMarkerInside, kMarkerPort}, count);
  Write(side, marker);
  Collect(far, /*until_marker=*/true, emissions);
  Collect(side, /*until_marker=*/false, emissions);
  return emissions;
}

void KernelNat::TrackWindows(bool on) {
  const Status status = space_->Run(
      fmt::format("echo {} >/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal", on ? 0 : 1));
  broken_ = broken_ || !status.ok();
}

void KernelNat::Write(NatSide side, const NatBytes& packet) {
  // The kernel takes a packet whole or refuses it.
  if (write(descriptor(side), packet.data(), packet.size()) < 0) broken_ = true;
}

bool KernelNat::IsMarker(const NatBytes& packet) const {
  const auto datagram = sim::ParseIpv4(packet);
  return datagram && datagram->payload.size() == sim::kUdpHeaderBytes + 4 &&
         (datagram->source == kMarkerInside || datagram->source == kMarkerOutside) &&
         sim::ReadU32(&datagram->payload[sim::kUdpHeaderBytes]) == markers_;
}

void KernelNat::Collect(NatSide side, bool until_marker, std::vector<NatEmission>& emissions) {
  std::array<uint8_t, 2048> buffer;
  while (!broken_) {
    const ssize_t got = read(descriptor(side), buffer.data(), buffer.size());
    if (got < 0) {
      if (errno != EAGAIN) broken_ = true;
      if (!until_marker) return;
      pollfd ready{descriptor(side), POLLIN, 0};
      if (poll(&ready, 1, kPatienceMilliseconds) != 1) broken_ = true;
      continue;
    }
    NatBytes packet(buffer.begin(), buffer.begin() + got);
    if (IsMarker(packet)) return;
    // The kernel's own IPv6 and multicast are nobody's answer.
    if (!packet.empty() && packet[0] >> 4 == 4) emissions.push_back({side, std::move(packet)});
  }
}

}  // namespace sfa::conformance
