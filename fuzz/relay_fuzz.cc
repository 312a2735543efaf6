// The relay of a supernode: TURN messages and ChannelData of strangers and of users with a good
// credential, datagrams of peers, and streams that are cut anywhere.
#include "fake_skype_network/relay_server.h"

#include "fuzz/relay_requests.h"
#include "fuzz/target.h"
#include "protocol/stream/test_world.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;
using stun::AttributeType;

const Ipv4Address kRelayAddress = Ipv4Address::Of(198, 51, 100, 1);

// A client's way; remembers the last challenge and the last relayed address.
class Way final : public community::RelayWay {
 public:
  Way(uint32_t number, bool stream) : RelayWay(number, stream) {}
  void SendToClient(const Endpoint&, stun::Bytes message) override {
    ++answers;
    SFA_FUZZ_CHECK(!message.empty());
    if (message[0] >= 0x40) return;  // ChannelData
    const auto parsed = stun::Message::Parse(message);
    SFA_FUZZ_CHECK(parsed.has_value());
    if (const auto value = parsed->FindText(AttributeType::kNonce)) nonce = *value;
    if (const auto value = parsed->XorAddress(AttributeType::kXorRelayedAddress)) relayed = *value;
  }
  std::string nonce;
  Endpoint relayed;
  uint64_t answers = 0;
};

class Sink final : public UdpReceiver {
  void OnDatagram(const Endpoint&, std::span<const uint8_t>) override {}
};

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  stream::TestWorld world;
  stream::TestRuntime runtime(world, kRelayAddress, 1), peer_runtime(world, kRelayPeer.address, 2);
  community::RelaySettings settings;
  settings.address = kRelayAddress;
  settings.max_allocations = 8;
  settings.max_allocations_a_user = 4;
  community::RelayServer relay(runtime, settings);
  relay.Learn(kRelaySecret);
  const wire::RelayCredential credential = community::IssueRelayCredential(
      kRelaySecret, "james_bond", runtime.WallNow() + std::chrono::hours(72));
  Way udp(1, false), stream(100, true);
  Sink sink;
  const auto peer = peer_runtime.OpenUdp(kRelayPeer, sink).value();
  size_t given = 0;
  while (!input.empty()) {
    const uint8_t who = input.Byte();
    Way& way = who & 1 ? stream : udp;
    const community::RelayClient client{
        way, {Ipv4Address::Of(192, 0, 2, 1), static_cast<uint16_t>(4000 + (who >> 1 & 3))}};
    switch (input.Below(5)) {
      case 0:
        static_cast<void>(relay.Receive(client, input.Block()));
        ++given;
        break;
      case 1:
      case 2:
        static_cast<void>(relay.Receive(client, RelayRequest(input, way.nonce, credential)));
        ++given;
        break;
      case 3:
        static_cast<void>(peer->Send(way.relayed, input.Take(input.Byte())));
        ++given;
        break;
      default:
        if (input.Flag()) relay.Forget(client);
        world.RunFor(milliseconds(500 * input.Byte()));
    }
    world.RunFor(milliseconds(20));
    SFA_FUZZ_CHECK(relay.allocations() <= settings.max_allocations);
    // No amplifier: an answer at most for what came in.
    SFA_FUZZ_CHECK(udp.answers + stream.answers <= given);
  }
}

Seeds MakeSeeds() {
  Script whole;
  whole.Byte(0).Byte(1).Byte(0).Byte(1).Byte(1).Byte(0).Byte(1).Byte(1);  // 401 with a nonce
  whole.Byte(0).Byte(1).Byte(0).Byte(2).Byte(1).Byte(0).Byte(1).Byte(1);  // an allocation
  whole.Byte(0).Byte(1).Byte(2).Byte(3).Byte(1).Byte(2).Byte(1);          // a permission
  whole.Byte(0).Byte(1).Byte(3).Byte(4).Byte(2).Byte(4).Byte(0).Byte(2).Byte(1);  // a channel
  whole.Byte(0).Byte(0).Block(Bytes{0x40, 0, 0, 4, 'd', 'a', 't', 'a'});
  whole.Byte(0).Byte(1).Byte(4).Byte(5).Byte(2).Byte(2).Byte(5).Byte(3).Put("abc");  // Send
  whole.Byte(0).Byte(3).Byte(5).Put("hello").Byte(0).Byte(4).Byte(0).Byte(10);
  whole.Byte(0).Byte(1).Byte(1).Byte(6).Byte(1).Byte(1).U16(0).Byte(1);  // Refresh to 0
  Script stream;
  stream.Byte(1).Byte(1).Byte(0).Byte(1).Byte(1).Byte(0).Byte(1).Byte(1);
  stream.Byte(1).Byte(1).Byte(0).Byte(2).Byte(2).Byte(0).Byte(1).Byte(6).Byte(0x80).Byte(1);
  stream.Byte(1).Byte(4).Byte(1).Byte(200).Byte(3).Byte(0).Block(Bytes{0x40, 0, 0, 9, 1});
  return {{"whole", whole.bytes()}, {"stream", stream.bytes()}};
}

}  // namespace

const Target kRelay = {"relay", Run, MakeSeeds};

}  // namespace sfa::fuzz
