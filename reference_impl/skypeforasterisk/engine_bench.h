// For the tests of the engine: a driver and a PBX's RTP, with the network of fake_network.h.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_BENCH_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_BENCH_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/engine_control.pb.h"
#include "protocol/media/media_session.h"
#include "protocol/media/test_runtime.h"
#include "res_skypeforasterisk/control_stream.h"
#include "skypeforasterisk/fake_network.h"
#include "skypeforasterisk/network_factory.h"

namespace sfa::engine {
using Bytes = std::vector<uint8_t>;

// The driver's end of the control stream.
struct Driver {
  class Stream final : public ByteStream {
   public:
    explicit Stream(Driver& driver) : driver_(driver) {}
    ~Stream() override { driver_.handler = nullptr; }
    void SetHandler(StreamHandler* handler) override { driver_.handler = handler; }
    size_t Write(std::span<const uint8_t> bytes) override {
      const size_t taken = std::min(bytes.size(), driver_.room);
      driver_.room -= taken;
      driver_.cutter.Add(bytes.first(taken));
      while (auto message = driver_.cutter.Next()) {
        driver_.events.emplace_back();
        EXPECT_TRUE(driver_.events.back().ParseFromString(*message));
      }
      return taken;
    }
    void ShutdownWrite() override {}
    void Abort() override {}
    void PauseReading() override {}
    void ResumeReading() override {}
    Endpoint local() const override { return {}; }
    Endpoint remote() const override { return {}; }

   private:
    Driver& driver_;
  };

  void Say(const control::Command& command) { SayRaw(Framed(command.SerializeAsString())); }
  void SayRaw(const Bytes& bytes) {
    if (handler) handler->OnData(bytes);
  }
  static Bytes Framed(const std::string& message) {
    const size_t size = message.size();
    Bytes framed{static_cast<uint8_t>(size >> 24), static_cast<uint8_t>(size >> 16),
                 static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
    framed.insert(framed.end(), message.begin(), message.end());
    return framed;
  }

  StreamHandler* handler = nullptr;
  size_t room = 1 << 30;
  res::MessageCutter cutter;
  std::vector<control::Event> events;
};

inline std::string Describe(const control::Event& event) {
  const auto number = [](uint64_t value) { return std::to_string(value); };
  switch (event.body_case()) {
    case control::Event::kHello:
      return "hello";
    case control::Event::kAccountStatus:
      return event.account_status().account() + " is " + number(event.account_status().state()) +
             (event.account_status().reason().empty() ? "" : " " + event.account_status().reason());
    case control::Event::kIncomingCall:
      return "incoming " + number(event.incoming_call().call());
    case control::Event::kCallRinging:
      return "ringing " + number(event.call_ringing().call());
    case control::Event::kCallAnswered:
      return "answered " + number(event.call_answered().call());
    case control::Event::kCallEnded:
      return "ended " + number(event.call_ended().call()) + " " +
             number(event.call_ended().reason());
    case control::Event::kCallMedia:
      return "media " + number(event.call_media().call()) + " " +
             number(event.call_media().codec());
    case control::Event::kCallProgress:
      return "progress " + number(event.call_progress().call());
    case control::Event::kCallHeld:
      return (event.call_held().held() ? "held " : "unheld ") + number(event.call_held().call());
    case control::Event::kCallTransferred:
      return (event.call_transferred().done() ? "transferred " : "not transferred ") +
             number(event.call_transferred().call()) + " " +
             number(event.call_transferred().reason());
    case control::Event::kCallParty:
      return "party " + number(event.call_party().call()) + " " + event.call_party().name() +
             (event.call_party().fullname().empty() ? "" : " " + event.call_party().fullname());
    case control::Event::kServiceDone:
      return "done " + number(event.service_done().request()) + " " +
             number(event.service_done().reply().result());
    case control::Event::kServiceNews:
      return "news " + event.service_news().account();
    default:
      return "?";
  }
}

inline constexpr Endpoint kPbxRtp{Ipv4Address::Loopback(), 10000};

// Asterisk's RTP for one call.
class PbxRtp final : public media::MediaObserver, public UdpReceiver {
 public:
  PbxRtp(Runtime& runtime, media::Codec codec) {
    socket = std::move(*runtime.OpenUdp(kPbxRtp, *this));
    session = NewMediaSession(runtime, {codec, 77, 0, std::nullopt, false}, *this);
  }
  void SendPacket(std::span<const uint8_t> packet) override {
    EXPECT_TRUE(socket->Send(engine, packet).ok());
  }
  void OnAudio(std::span<const uint8_t> encoded) override {
    heard.emplace_back(encoded.begin(), encoded.end());
  }
  void OnDigit(char digit, bool ended, Duration) override {
    digits += digit;
    digits += ended ? ')' : '(';
  }
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    EXPECT_EQ(from, engine);
    session->OnPacket(bytes);
  }
  Endpoint engine;
  std::unique_ptr<UdpSocket> socket;
  std::unique_ptr<media::MediaSession> session;
  std::vector<Bytes> heard;
  std::string digits;
};

class EngineTest : public ::testing::Test {
 public:
  EngineTest() {
    engine_ = NewEngineOn(
        network_.Factory(), runtime_, std::make_unique<Driver::Stream>(driver_),
        [this](int status) {
          exits_.push_back(status);
          if (destroy_at_exit_) engine_.reset();
        },
        4711);
  }

  // What the engine has said since the last time.
  std::vector<std::string> Said() {
    std::vector<std::string> said;
    for (const control::Event& event : driver_.events) said.push_back(Describe(event));
    seen_ = std::move(driver_.events);
    driver_.events.clear();
    return said;
  }
  void Configure(const std::function<void(control::Configure&)>& change = {}) {
    control::Command command;
    command.mutable_configure()->set_version(1);
    command.mutable_configure()->set_rtp_address(Ipv4Address::Loopback().value);
    if (change) change(*command.mutable_configure());
    driver_.Say(command);
  }
  void Login(const std::string& account, const std::string& secret = "shaken") {
    control::Command command;
    command.mutable_login()->set_account(account);
    command.mutable_login()->set_secret(secret);
    driver_.Say(command);
  }
  void Logout(const std::string& account) {
    control::Command command;
    command.mutable_logout()->set_account(account);
    driver_.Say(command);
  }
  void LoggedIn() {
    Configure();
    Login("james_bond");
    network_.peers.at("james_bond")->Become(peer::LoginState::kLoggedIn);
    Said();
  }
  void Place(uint64_t id, std::vector<control::Codec> codecs = {control::CODEC_ULAW}) {
    control::Command command;
    control::PlaceCall& place = *command.mutable_place_call();
    place.set_call(id);
    place.set_account("james_bond");
    place.set_destination("austin_powers");
    for (const control::Codec codec : codecs) place.add_codecs(codec);
    place.mutable_pbx_rtp()->set_address(kPbxRtp.address.value);
    place.mutable_pbx_rtp()->set_port(kPbxRtp.port);
    driver_.Say(command);
  }
  // The engine asks for the caller's profile and waits.
  FakeCall& Arriving(std::vector<media::Codec> codecs, const std::string& caller = "austin_powers",
                     const peer::CallProperties& brought = {}) {
    auto call = std::make_unique<FakeCall>(network_, caller, codecs);
    FakeCall& reference = *call;
    reference.brought = brought;
    network_.peers.at("james_bond")->observer.OnIncomingCall(std::move(call));
    return reference;
  }
  // Its caller has no profile.
  FakeCall& Incoming(std::vector<media::Codec> codecs = {media::Codec::kPcmu,
                                                         media::Codec::kPcma}) {
    FakeCall& call = Arriving(std::move(codecs));
    network_.peers.at("james_bond")->Reply({});
    return call;
  }
  void Ring(uint64_t id, control::Codec codec) {
    control::Command command;
    command.mutable_ring_call()->set_call(id);
    command.mutable_ring_call()->set_codec(codec);
    command.mutable_ring_call()->mutable_pbx_rtp()->set_address(kPbxRtp.address.value);
    command.mutable_ring_call()->mutable_pbx_rtp()->set_port(kPbxRtp.port);
    driver_.Say(command);
  }
  void Progress(uint64_t id) {
    control::Command command;
    command.mutable_progress_call()->set_call(id);
    driver_.Say(command);
  }
  void Answer(uint64_t id) {
    control::Command command;
    command.mutable_answer_call()->set_call(id);
    driver_.Say(command);
  }
  void End(uint64_t id, control::EndReason reason) {
    control::Command command;
    command.mutable_end_call()->set_call(id);
    command.mutable_end_call()->set_reason(reason);
    driver_.Say(command);
  }
  void Shutdown() {
    control::Command command;
    command.mutable_shutdown();
    driver_.Say(command);
  }
  static Endpoint EngineRtp(const control::Endpoint& endpoint) {
    return {{endpoint.address()}, static_cast<uint16_t>(endpoint.port())};
  }

  testing::TestRuntime runtime_;
  FakeNetwork network_;
  Driver driver_;
  std::vector<control::Event> seen_;
  std::vector<int> exits_;
  bool destroy_at_exit_ = true;
  std::unique_ptr<Engine> engine_;
};

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_BENCH_H_
