// For the tests of calls: some users with one home, which is the test's. It finds users, passes
// envelopes on and shows what was asked of it. Everything happens at an exact time.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_TEST_TOWN_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_TEST_TOWN_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/peer/network.h"
#include "protocol/stream/credentials.h"
#include "protocol/stream/message_stream.h"
#include "protocol/stream/test_world.h"

namespace sfa::peer {

inline constexpr stream::Key kTownSeed = {7};

class TestTown final : private AcceptHandler, private stream::MessageHandler {
 public:
  explicit TestTown(stream::TestWorld& world)
      : runtime_(world, kHome.address, 1),
        login_runtime_(world, kLogin.address, 2),
        home_(stream::NewNodeIdentity(runtime_.random(), kTownSeed, "home", wire::NODE_SUPERNODE)),
        login_(stream::NewNodeIdentity(runtime_.random(), kTownSeed, "login",
                                       wire::NODE_LOGIN_SERVER)),
        home_listener_(runtime_.ListenTcp(kHome, *this).value()),
        login_listener_(login_runtime_.ListenTcp(kLogin, *this).value()) {}

  static NetworkSettings Network() { return {{kHome}, stream::SigningKeyOf(kTownSeed).public_key}; }

  // What a lookup of that name says, besides the devices of whoever is there.
  std::map<std::string, wire::LookupReply> known;
  // Users whose credential says that they are services.
  std::vector<std::string> services;
  // The account's own properties, told at its login.
  wire::Profile profile;
  // Nobody hears an answer.
  bool silent = false;
  std::vector<wire::Message> asked;  // of the services
  std::vector<wire::Envelope> passed;

  void Tell(const std::string& user, const wire::Message& message) {
    for (auto& guest : guests_) {
      if (guest.user == user) guest.stream->Send(message);
    }
  }
  void HangUp() { guests_.clear(); }

 private:
  static constexpr Endpoint kHome{{0xC6336401}, 33033};   // 198.51.100.1
  static constexpr Endpoint kLogin{{0xC6336464}, 33033};  // 198.51.100.100

  struct Guest {
    std::unique_ptr<stream::MessageStream> stream;
    std::string user;
    wire::Device device;
  };

  void OnAccept(std::unique_ptr<ByteStream> accepted) override {
    const bool to_login = accepted->local() == kLogin;
    stream::MessageHandler& handler = *this;
    guests_.push_back({});
    guests_.back().stream = std::make_unique<stream::MessageStream>(
        to_login ? login_runtime_ : runtime_, std::move(accepted), to_login ? login_ : home_,
        handler);
  }
  void OnOpen(stream::MessageStream&) override {}
  void OnClosed(stream::MessageStream& stream, const Error&) override { guests_.erase(Of(stream)); }
  std::vector<Guest>::iterator Of(const stream::MessageStream& stream) {
    return std::find_if(guests_.begin(), guests_.end(),
                        [&stream](const Guest& guest) { return guest.stream.get() == &stream; });
  }
  void OnMessage(stream::MessageStream& stream, const wire::Message& message) override {
    if (silent) return;
    Guest& guest = *Of(stream);
    wire::Message reply;
    reply.set_request(message.request());
    switch (message.body_case()) {
      case wire::Message::kNetworkRequest:
        *reply.mutable_network_reply()->mutable_login_server() = ToWire(kLogin);
        *reply.mutable_network_reply()->add_supernodes() = ToWire(kHome);
        break;
      case wire::Message::kLoginRequest:
        LogIn(message.login_request(), reply.mutable_login_reply());
        break;
      case wire::Message::kRegisterRequest:
        guest.user = message.register_request().credential().user();
        guest.device.set_id(stream::DeviceId(message.register_request().credential()));
        *guest.device.mutable_home() = ToWire(kHome);
        reply.mutable_register_reply();
        break;
      case wire::Message::kKeepalive:
        reply.mutable_keepalive();
        break;
      case wire::Message::kLookup:
        *reply.mutable_lookup_reply() = LookUp(message.lookup().user());
        break;
      case wire::Message::kEnvelope:
        return Pass(guest, message.envelope());
      case wire::Message::kServiceRequest:
        asked.push_back(message);
        return;
      default:
        return;
    }
    stream.Send(reply);
  }
  void LogIn(const wire::LoginRequest& request, wire::LoginReply* reply) {
    const bool service =
        std::find(services.begin(), services.end(), request.user()) != services.end();
    *reply->mutable_credential() =
        stream::IssueCredential(kTownSeed, request.user(), *stream::ToKey(request.signing_key()),
                                runtime_.WallNow() + std::chrono::hours(72), service);
    *reply->mutable_profile() = profile;
    reply->mutable_profile()->set_fullname("The " + request.user());
  }
  wire::LookupReply LookUp(const std::string& name) {
    wire::LookupReply reply;
    const auto found = known.find(name);
    if (found != known.end()) reply = found->second;
    reply.set_user(name);
    const std::string& where = reply.by_service().empty() ? name : reply.by_service();
    for (const Guest& guest : guests_) {
      if (guest.user == where) *reply.add_devices() = guest.device;
    }
    if (found == known.end() && reply.devices_size() == 0) reply.set_unknown(true);
    return reply;
  }
  void Pass(const Guest& from, const wire::Envelope& envelope) {
    wire::Message message;
    *message.mutable_envelope() = envelope;
    message.mutable_envelope()->set_from(from.user);
    *message.mutable_envelope()->mutable_from_device() = from.device;
    passed.push_back(message.envelope());
    for (const Guest& guest : guests_) {
      if (guest.user == envelope.to() && guest.device.id() == envelope.to_device().id()) {
        guest.stream->Send(message);
      }
    }
  }

  stream::TestRuntime runtime_, login_runtime_;
  const stream::NodeIdentity home_, login_;
  std::vector<Guest> guests_;
  std::unique_ptr<TcpListener> home_listener_, login_listener_;
};

// A user with one telephone, who keeps a diary.
class TestUser final : private PeerObserver, private CallObserver {
 public:
  TestUser(stream::TestWorld& world, uint8_t number, std::string name)
      : runtime_(world, Ipv4Address::Of(192, 0, 2, number), number), name_(std::move(name)) {
    port_ = std::move(path::NewMediaPort(runtime_, {}).value());
    PeerSettings settings;
    settings.user = name_;
    settings.network = TestTown::Network();
    PeerObserver& observer = *this;
    peer = NewPeer(runtime_, *port_, settings, observer);
    peer->LogIn();
  }

  ~TestUser() {
    call = nullptr;
    peer = nullptr;
  }

  void Call(const std::string& whom, const CallProperties& properties = {},
            std::vector<media::Codec> codecs = {media::Codec::kPcmu}) {
    CallObserver& observer = *this;
    call = peer->PlaceCall(whom, codecs, observer, properties);
  }
  void Speak(uint8_t what, int frames, stream::TestWorld& world) {
    for (int i = 0; i < frames; ++i) {
      call->SendAudio(std::vector<uint8_t>(160, what));
      world.RunFor(std::chrono::milliseconds(20));
    }
  }
  bool Heard(uint8_t what) const {
    return std::find(heard.begin(), heard.end(), what) != heard.end();
  }

  std::unique_ptr<Peer> peer;
  std::unique_ptr<sfa::peer::Call> call;
  std::vector<std::string> diary;
  std::vector<std::string> news;
  std::vector<uint8_t> heard;  // the first byte of each frame
  bool answers = false;
  EndReason refuses = EndReason::kNormal;  // another one: at once
  bool rings = true;

 private:
  void OnLoginState(LoginState, const std::string&) override {}
  void OnIncomingCall(std::unique_ptr<sfa::peer::Call> incoming) override {
    diary.push_back("from " + incoming->remote_user());
    if (refuses != EndReason::kNormal) return incoming->End(refuses);
    call = std::move(incoming);
    call->SetObserver(this);
    if (rings) call->Ring(call->offered_codecs().front());
    if (answers) call->Answer();
  }
  void OnNews(const wire::ServiceNews& what) override { news.push_back(what.buddy_removed()); }
  void OnRinging() override { diary.push_back("ringing"); }
  void OnProgress(media::Codec) override { diary.push_back("progress"); }
  void OnParty(const std::string& user, const std::string&) override {
    diary.push_back("party " + user);
  }
  void OnHold(bool held) override { diary.push_back(held ? "held" : "unheld"); }
  void OnTransfer(const std::string& user) override { diary.push_back("transfer " + user); }
  void OnTransferred(bool done, EndReason reason) override {
    diary.push_back(done ? "transferred"
                         : "not transferred " + std::to_string(static_cast<int>(reason)));
  }
  void OnAnswered(media::Codec) override { diary.push_back("answered"); }
  void OnEnded(EndReason reason) override {
    diary.push_back("ended " + std::to_string(static_cast<int>(reason)));
  }
  void OnAudio(std::span<const uint8_t> encoded) override { heard.push_back(encoded[0]); }
  void OnDigit(char, bool, Duration) override { diary.push_back("digit"); }

  stream::TestRuntime runtime_;
  const std::string name_;
  std::unique_ptr<path::MediaPort> port_;
};

class TownTest : public testing::Test {
 protected:
  TestUser& Join(const std::string& name) {
    users_.push_back(
        std::make_unique<TestUser>(world_, static_cast<uint8_t>(10 + users_.size()), name));
    world_.RunFor(std::chrono::seconds(30));
    EXPECT_EQ(users_.back()->peer->state(), LoginState::kLoggedIn);
    return *users_.back();
  }
  TestUser& JoinAsService(const std::string& name) {
    town_.services.push_back(name);
    return Join(name);
  }
  void Run(Duration duration) { world_.RunFor(duration); }

  stream::TestWorld world_;
  TestTown town_{world_};
  std::vector<std::unique_ptr<TestUser>> users_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_TEST_TOWN_H_
