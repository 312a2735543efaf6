// The relay of a supernode: TURN messages and ChannelData of strangers and of users with a good
// credential, datagrams of peers, and streams that are cut anywhere.
#include "fake_skype_network/relay_server.h"

#include "fuzz/target.h"
#include "protocol/stream/test_world.h"
#include "protocol/stun/digest.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;
using stun::AttributeType;
using stun::Builder;

constexpr community::RelaySecret kSecret = {1, 2, 3};
const Ipv4Address kRelayAddress = Ipv4Address::Of(198, 51, 100, 1);
const Endpoint kRemote{Ipv4Address::Of(198, 51, 100, 9), 7000};

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

// XOR-PEER-ADDRESS of RFC 8656 section 18.3.
Bytes XorAddress(const Endpoint& endpoint) {
  return Script()
      .Byte(0)
      .Byte(1)
      .U16(static_cast<uint16_t>(endpoint.port ^ (stun::kMagicCookie >> 16)))
      .U32(endpoint.address.value ^ stun::kMagicCookie)
      .bytes();
}

// A request of a user, with attributes as they come, and a good credential in most cases.
Bytes Request(Input& input, const Way& way, const wire::RelayCredential& credential) {
  constexpr uint16_t kMethods[] = {stun::kAllocate,    stun::kRefresh, stun::kCreatePermission,
                                   stun::kChannelBind, stun::kSend,    stun::kData,
                                   stun::kBinding,     0x7FF};
  const uint16_t method = kMethods[input.Below(std::size(kMethods))];
  const auto message_class = method == stun::kSend || method == stun::kData
                                 ? stun::MessageClass::kIndication
                                 : stun::MessageClass::kRequest;
  Builder builder(message_class, method, {input.Byte()});
  for (size_t attributes = input.Below(6); attributes > 0; --attributes) {
    switch (input.Below(9)) {
      case 0:
        builder.Add32(AttributeType::kRequestedTransport, (input.Flag() ? 17u : 6u) << 24);
        break;
      case 1:
        builder.Add32(AttributeType::kLifetime, input.U16());
        break;
      case 2:
        builder.Add(AttributeType::kXorPeerAddress, XorAddress(kRemote));
        break;
      case 3:
        builder.Add(AttributeType::kXorPeerAddress, XorAddress({{input.U32()}, input.U16()}));
        break;
      case 4:
        builder.Add32(AttributeType::kChannelNumber, (0x4000u + input.Byte()) << 16);
        break;
      case 5:
        builder.Add(AttributeType::kData, input.Take(input.Byte()));
        break;
      case 6:
        builder.Add(AttributeType::kEvenPort, Bytes{static_cast<uint8_t>(input.Byte() & 0x80)});
        break;
      case 7: {
        const auto type = static_cast<AttributeType>(input.U16());
        builder.Add(type, input.Take(input.Below(64)));
        break;
      }
      default:
        builder.AddFlag(AttributeType::kDontFragment);
    }
  }
  if (message_class == stun::MessageClass::kRequest && input.Below(8) != 0) {
    builder.AddText(AttributeType::kUsername, credential.name());
    builder.AddText(AttributeType::kRealm, community::kRelayRealm);
    builder.AddText(AttributeType::kNonce, way.nonce);
    builder.AddIntegrity(
        stun::LongTermKey(credential.name(), community::kRelayRealm, credential.password()));
  }
  return Bytes(builder.bytes().begin(), builder.bytes().end());
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  stream::TestWorld world;
  stream::TestRuntime runtime(world, kRelayAddress, 1), peer_runtime(world, kRemote.address, 2);
  community::RelaySettings settings;
  settings.address = kRelayAddress;
  settings.max_allocations = 8;
  settings.max_allocations_a_user = 4;
  community::RelayServer relay(runtime, settings);
  relay.Learn(kSecret);
  const wire::RelayCredential credential = community::IssueRelayCredential(
      kSecret, "james_bond", runtime.WallNow() + std::chrono::hours(72));
  Way udp(1, false), stream(100, true);
  Sink sink;
  const auto peer = peer_runtime.OpenUdp(kRemote, sink).value();
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
        static_cast<void>(relay.Receive(client, Request(input, way, credential)));
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
