// NAT boxes of every kind, given packets from both sides.
#include "fuzz/packets.h"
#include "fuzz/target.h"
#include "network_sim/nat.h"
#include "network_sim/nat_kinds.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;

constexpr Ipv4Address kExternal = Ipv4Address::Of(203, 0, 113, 1);

class Clock final : public sim::NatClock {
 public:
  MonotonicTime Now() const override { return now; }
  MonotonicTime now{};
};

// What comes out: valid when what went in was.
class Way final : public sim::PacketSink {
 public:
  void Receive(ns3::Ptr<ns3::Packet> packet) override {
    last.resize(packet->GetSize());
    packet->CopyData(last.data(), packet->GetSize());
    SFA_FUZZ_CHECK(sim::ParseIpv4(last).has_value());
    if (valid) SFA_FUZZ_CHECK(HasGoodChecksums(last));
  }
  const std::string& name() const override { return name_; }
  Bytes last;
  bool valid = false;

 private:
  const std::string name_ = "way";
};

Endpoint Inside(Input& input) {
  return {Ipv4Address::Of(192, 168, 1, static_cast<uint8_t>(2 + input.Below(3))), input.U16()};
}
Endpoint Outside(Input& input) {
  if (input.Below(8) == 0) return {kExternal, input.U16()};
  return {Ipv4Address::Of(198, 51, 100, static_cast<uint8_t>(1 + input.Below(3))), input.U16()};
}

Bytes Build(Input& input, const Endpoint& from, const Endpoint& to, const Bytes& quoted) {
  switch (input.Below(5)) {
    case 0:
      return UdpPacket(from, to, input.Take(3));
    case 1: {
      const uint8_t flags = input.Byte();
      const uint32_t sequence = input.U32();
      return TcpPacket(from, to, flags, sequence, input.U32(), {}, {});
    }
    case 2: {
      const uint8_t type = input.Flag() ? 8 : 0;
      return IcmpPacket(from.address, to.address, type, 0, Bytes{input.Byte(), input.Byte(), 0, 1});
    }
    case 3: {
      // An error about the last packet that came out, or about what the input quotes.
      Bytes rest(4);
      const auto raw = input.Take(input.Byte());
      rest.insert(rest.end(), raw.begin(), raw.end());
      if (raw.empty()) {
        rest.insert(rest.end(), quoted.begin(),
                    quoted.begin() + static_cast<long>(std::min<size_t>(quoted.size(), 28)));
      }
      return IcmpPacket(from.address, to.address, sim::kIcmpUnreachable, input.Byte(), rest);
    }
    default:
      return IpPacket(input.Byte(), from.address, to.address, Bytes(8));
  }
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  const auto names = sim::NatNames();
  sim::NatSettings settings = *sim::NatByName(names[input.Below(names.size())]);
  settings.hairpin = input.Flag();
  Clock clock;
  const auto nat = NewNat("nat", settings, kExternal, clock, input.Byte());
  Way to_inside, to_outside;
  nat->Connect(&to_inside, &to_outside);
  size_t given = 0;
  while (!input.empty()) {
    Bytes packet;
    bool outward = true, valid = true;
    switch (input.Below(5)) {
      case 0: {
        const auto raw = input.Block();
        packet.assign(raw.begin(), raw.end());
        outward = input.Flag();
        valid = false;
        if (packet.empty()) continue;
        break;
      }
      case 1:
        clock.now += milliseconds(100 * input.U16());
        continue;
      case 2:
      case 3: {
        const Endpoint from = Inside(input);
        packet = Build(input, from, Outside(input), to_inside.last);
        break;
      }
      default: {
        const Endpoint from = Outside(input);
        packet = Build(input, from, {kExternal, input.U16()}, to_outside.last);
        outward = false;
      }
    }
    to_inside.valid = to_outside.valid = valid && HasGoodChecksums(packet);
    auto& side = outward ? nat->inside() : nat->outside();
    side.Receive(ns3::Create<ns3::Packet>(packet.data(), static_cast<uint32_t>(packet.size())));
    SFA_FUZZ_CHECK(nat->flows() <= ++given);
  }
}

Seeds MakeSeeds() {
  Seeds seeds;
  for (uint8_t kind = 0; kind < sim::NatNames().size(); ++kind) {
    Script script;
    script.Byte(kind).Byte(kind & 1).Byte(1);
    script.Byte(2).Byte(0).U16(5000).Byte(1).Byte(0).U16(80).Byte(0).Put("abc");  // UDP out
    script.Byte(4).Byte(1).Byte(0).U16(80).U16(5000).Byte(0).Put("abc");          // UDP in
    script.Byte(2).Byte(1).U16(6000).Byte(1).Byte(1).U16(443).Byte(1).Byte(2).U32(1).U32(0);
    script.Byte(4).Byte(1).Byte(1).U16(443).U16(6000).Byte(1).Byte(0x12).U32(9).U32(2);
    script.Byte(3).Byte(0).U16(0).Byte(1).Byte(0).U16(0).Byte(2).Byte(1).Byte(0).Byte(7);
    script.Byte(4).Byte(1).Byte(0).U16(80).U16(5000).Byte(3).Byte(0).Byte(3);  // an error
    script.Byte(1).U16(2000).Byte(2).Byte(0).U16(5000).Byte(0).U16(5000).Byte(0).Put("abc");
    seeds.emplace_back(sim::NatNames()[kind], script.bytes());
  }
  return seeds;
}

}  // namespace

const Target kNat = {"nat", Run, MakeSeeds};

}  // namespace sfa::fuzz
