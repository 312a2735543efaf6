// For the tests of a user's attachment: nodes that do what they are told, and a port that counts
// what it is asked. Everything happens at an exact time.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_TEST_NETWORK_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_TEST_NETWORK_H_

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/path/media_port.h"
#include "protocol/peer/network.h"
#include "protocol/stream/message_stream.h"
#include "protocol/stream/test_world.h"

namespace sfa::peer {

inline constexpr stream::Key kTestSeed = {7};

// Answers every question that a user asks a supernode or the login server.
class TestNode final : private AcceptHandler, private stream::MessageHandler {
 public:
  TestNode(stream::TestWorld& world, const Endpoint& address, wire::NodeRole role,
           std::vector<std::string>& story)
      : address_(address),
        runtime_(world, address.address, address.address.value),
        identity_(stream::NewNodeIdentity(runtime_.random(), kTestSeed, "node", role)),
        story_(story) {
    Listen({address.port});
  }

  void Listen(const std::vector<uint16_t>& ports) {
    listeners_.clear();
    for (const uint16_t port : ports) {
      listeners_.push_back(std::move(runtime_.ListenTcp({address_.address, port}, *this).value()));
    }
  }
  void HangUp() { streams_.clear(); }
  // As if its host were there and the node not.
  void Die() {
    HangUp();
    listeners_.clear();
  }
  const Endpoint& address() const { return address_; }
  // What has been asked of this node: "n" network, "l" login, "r" register, "k" keepalive, "u"
  // unregister.
  std::string asked;
  // Everything else.
  std::vector<wire::Message> heard;
  // To everybody who is connected.
  void Say(const wire::Message& message) {
    for (const auto& each : streams_) each->Send(message);
  }
  bool silent = false;
  wire::RefusalReason refuses_logins = wire::REFUSAL_UNSPECIFIED;
  wire::NetworkReply network;
  std::chrono::hours validity{72};

 private:
  void OnAccept(std::unique_ptr<ByteStream> accepted) override {
    stream::MessageHandler& handler = *this;
    streams_.push_back(
        std::make_unique<stream::MessageStream>(runtime_, std::move(accepted), identity_, handler));
  }
  void OnOpen(stream::MessageStream&) override {}
  void OnClosed(stream::MessageStream& stream, const Error&) override {
    streams_.erase(std::find_if(streams_.begin(), streams_.end(),
                                [&stream](const auto& each) { return each.get() == &stream; }));
  }
  void OnMessage(stream::MessageStream& stream, const wire::Message& message) override {
    if (silent) return;
    wire::Message reply;
    reply.set_request(message.request());
    switch (message.body_case()) {
      case wire::Message::kNetworkRequest:
        Note('n');
        *reply.mutable_network_reply() = network;
        break;
      case wire::Message::kLoginRequest:
        Note('l');
        Judge(message.login_request(), &reply);
        break;
      case wire::Message::kRegisterRequest:
        Note('r');
        reply.mutable_register_reply();
        break;
      case wire::Message::kKeepalive:
        Note('k');
        reply.mutable_keepalive();
        break;
      case wire::Message::kUnregister:
        Note('u');
        return;
      default:
        heard.push_back(message);
        return;
    }
    stream.Send(reply);
  }
  void Judge(const wire::LoginRequest& request, wire::Message* reply) {
    if (refuses_logins != wire::REFUSAL_UNSPECIFIED) {
      reply->mutable_refusal()->set_reason(refuses_logins);
      return;
    }
    wire::LoginReply* login = reply->mutable_login_reply();
    *login->mutable_credential() =
        stream::IssueCredential(kTestSeed, request.user(), *stream::ToKey(request.signing_key()),
                                runtime_.WallNow() + validity);
    login->mutable_relay()->set_name("relay name");
    login->mutable_relay()->set_password("relay password");
  }
  void Note(char what) {
    asked += what;
    story_.push_back(address_.ToString() + " " + what);
  }

  const Endpoint address_;
  stream::TestRuntime runtime_;
  const stream::NodeIdentity identity_;
  std::vector<std::string>& story_;
  std::vector<std::unique_ptr<stream::MessageStream>> streams_;
  std::vector<std::unique_ptr<TcpListener>> listeners_;
};

class TestPort final : public path::MediaPort {
 public:
  TestPort(Runtime& runtime, bool udp) : runtime_(runtime), udp_(udp) {}

  bool uses_udp() const override { return udp_; }
  Endpoint local() const override { return {Ipv4Address::Of(192, 0, 2, 1), 5000}; }
  std::vector<Endpoint> tcp_listeners() const override { return {}; }
  std::vector<Endpoint> host_endpoints() const override { return {local()}; }
  std::optional<Endpoint> mapped() const override { return {}; }
  void AskMapping(const Endpoint& node, Duration wait,
                  std::function<void(const Sighting&)> answered) override {
    if (udp_) asked.push_back(node);
    Sighting sighting{node, {}, {}};
    if (udp_ && answers) {
      sighting.mapped = local();
      sighting.round_trip = std::chrono::milliseconds(20);
      wait = sighting.round_trip;
    }
    timers_.push_back(
        runtime_.NewTimer([sighting, answered = std::move(answered)] { answered(sighting); }));
    timers_.back()->Start(udp_ ? wait : Duration::zero());
  }
  void UseStunServer(const Endpoint& server) override { stun_servers.push_back(server); }
  void SetSurroundings(const path::Surroundings& found) override { surroundings_ = found; }
  const path::Surroundings& surroundings() const override { return surroundings_; }
  void SetRelays(const path::RelaySettings& settings) override { relays = settings; }
  void AddReceiver(uint32_t, path::MediaReceiver*) override {}
  void RemoveReceiver(uint32_t) override {}
  Status SendMedia(const path::Route&, std::span<const uint8_t>) override { return {}; }

  bool answers = true;
  std::vector<Endpoint> asked;
  std::vector<Endpoint> stun_servers;
  path::RelaySettings relays;

 private:
  Runtime& runtime_;
  const bool udp_;
  path::Surroundings surroundings_;
  std::vector<std::unique_ptr<Timer>> timers_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_TEST_NETWORK_H_
