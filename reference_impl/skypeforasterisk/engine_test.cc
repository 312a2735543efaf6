#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "protocol/engine_control.pb.h"
#include "protocol/media/g711.h"
#include "protocol/media/media_session.h"
#include "protocol/media/test_runtime.h"
#include "res_skypeforasterisk/control_stream.h"
#include "skypeforasterisk/fake_network.h"
#include "skypeforasterisk/network_factory.h"

namespace sfa::engine {
namespace {

using media::Codec;
using peer::EndReason;
using peer::LoginState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
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

std::string Describe(const control::Event& event) {
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
    default:
      return "?";
  }
}

constexpr Endpoint kPbxRtp{Ipv4Address::Loopback(), 10000};

// Asterisk's RTP for one call.
class PbxRtp final : public media::MediaObserver, public UdpReceiver {
 public:
  PbxRtp(Runtime& runtime, Codec codec) {
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
    network_.peers.at("james_bond")->Become(LoginState::kLoggedIn);
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
  FakeCall& Incoming(std::vector<Codec> codecs = {Codec::kPcmu, Codec::kPcma}) {
    auto call = std::make_unique<FakeCall>(network_, "austin_powers", codecs);
    FakeCall& reference = *call;
    network_.peers.at("james_bond")->observer.OnIncomingCall(std::move(call));
    return reference;
  }
  void Ring(uint64_t id, control::Codec codec) {
    control::Command command;
    command.mutable_ring_call()->set_call(id);
    command.mutable_ring_call()->set_codec(codec);
    command.mutable_ring_call()->mutable_pbx_rtp()->set_address(kPbxRtp.address.value);
    command.mutable_ring_call()->mutable_pbx_rtp()->set_port(kPbxRtp.port);
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

TEST_F(EngineTest, SaysHelloFirst) {
  EXPECT_THAT(Said(), ElementsAre("hello"));
  EXPECT_EQ(seen_[0].hello().version(), 1u);
  EXPECT_EQ(seen_[0].hello().pid(), 4711);
  EXPECT_EQ(seen_[0].hello().engine_version(), "1.0.11");
}

TEST_F(EngineTest, LogsAccountsInAndTellsTheirStates) {
  Configure();
  Login("james_bond");
  FakePeer& peer = *network_.peers.at("james_bond");
  EXPECT_EQ(peer.log, "in ");
  EXPECT_TRUE(peer.settings.driver);
  EXPECT_EQ(peer.settings.password, "shaken");
  EXPECT_EQ(peer.settings.network.bootstrap_nodes.size(), 7u);
  peer.Become(LoginState::kLoggingIn);
  peer.Become(LoginState::kLoggedOut, "incorrect password");
  EXPECT_THAT(Said(),
              ElementsAre("hello", "james_bond is 5", "james_bond is 1 incorrect password"));
}

TEST_F(EngineTest, LogsOutAndForgetsTheAccount) {
  LoggedIn();
  Logout("james_bond");
  FakePeer& peer = *network_.peers.at("james_bond");
  EXPECT_EQ(peer.log, "in out ");
  peer.Become(LoginState::kLoggingOut);
  peer.Become(LoginState::kLoggedOut);
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(Said(), ElementsAre("james_bond is 8", "james_bond is 1"));
  EXPECT_THAT(network_.peers, IsEmpty());
}

TEST_F(EngineTest, ALogoutEndsEvenWhenTheNetworkIsSilent) {
  LoggedIn();
  Logout("james_bond");
  runtime_.RunFor(seconds(2));
  EXPECT_THAT(Said(), ElementsAre("james_bond is 1"));
  EXPECT_THAT(network_.peers, IsEmpty());
}

TEST_F(EngineTest, ALoginWithAnotherSecretLogsOutFirst) {
  LoggedIn();
  Login("james_bond", "stirred");
  EXPECT_EQ(network_.peers.at("james_bond")->log, "in out ");
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut);
  runtime_.RunFor(milliseconds(1));
  EXPECT_EQ(network_.peers.at("james_bond")->log, "in ");
  EXPECT_EQ(network_.peers.at("james_bond")->settings.password, "stirred");
}

TEST_F(EngineTest, BindPortIsASuggestion) {
  network_.port_errors[5000] = {ErrorCode::kAddressInUse, "in use"};
  Configure([](control::Configure& configure) { configure.set_bind_port(5000); });
  ASSERT_EQ(network_.ports_asked.size(), 2u);
  EXPECT_EQ(network_.ports_asked[0].port, 5000);
  EXPECT_EQ(network_.ports_asked[1].port, 0);
}

TEST_F(EngineTest, AnAddressThatCannotBeBoundIsTheAccountsReason) {
  network_.port_errors[0] = {ErrorCode::kAddressNotAvailable, "not of this host"};
  Configure([](control::Configure& configure) { configure.set_bind_address(0x0A000001); });
  Login("james_bond");
  EXPECT_THAT(Said(),
              ElementsAre("hello", "james_bond is 1 cannot bind 10.0.0.1: not of this host"));
  EXPECT_THAT(exits_, IsEmpty());
}

TEST_F(EngineTest, PlacesACall) {
  LoggedIn();
  Place(1, {control::CODEC_ALAW, control::CODEC_ULAW});
  ASSERT_EQ(network_.calls.size(), 1u);
  FakeCall& call = *network_.calls[0];
  EXPECT_EQ(call.remote_user(), "austin_powers");
  EXPECT_THAT(call.offered_codecs(), ElementsAre(Codec::kPcma, Codec::kPcmu));
  call.observer->OnRinging();
  call.observer->OnAnswered(Codec::kPcmu);
  EXPECT_THAT(Said(), ElementsAre("ringing 1", "media 1 1", "answered 1"));
  EXPECT_EQ(seen_[1].call_media().engine_rtp().port() % 2, 0u);
  call.observer->OnEnded(EndReason::kNormal);
  EXPECT_THAT(Said(), ElementsAre("ended 1 1"));
  EXPECT_THAT(network_.calls, IsEmpty());
  EXPECT_EQ(runtime_.open_sockets(), 0u);
}

TEST_F(EngineTest, RefusesCallsOfAccountsThatAreNotLoggedIn) {
  Configure();
  Place(1);
  Login("james_bond");
  Place(3);
  EXPECT_THAT(Said(), ElementsAre("hello", "ended 1 14", "ended 3 14"));
  EXPECT_THAT(network_.calls, IsEmpty());
}

TEST_F(EngineTest, TakesACallWithAudioAndDigitsBothWays) {
  LoggedIn();
  FakeCall& call = Incoming();
  EXPECT_THAT(Said(), ElementsAre("incoming 2"));
  const control::IncomingCall& incoming = seen_[0].incoming_call();
  EXPECT_EQ(incoming.account(), "james_bond");
  EXPECT_EQ(incoming.caller(), "austin_powers");
  EXPECT_EQ(incoming.caller_fullname(), "Austin Powers");
  PbxRtp pbx(runtime_, Codec::kPcmu);
  pbx.engine = EngineRtp(incoming.engine_rtp());
  Ring(2, control::CODEC_ULAW);
  Answer(2);
  EXPECT_EQ(call.log, "ring-u answer ");
  call.observer->OnAnswered(Codec::kPcmu);
  EXPECT_THAT(Said(), ElementsAre("media 2 1", "answered 2"));
  call.log.clear();

  for (uint8_t i = 1; i <= 10; ++i) {
    call.observer->OnAudio(Bytes(160, i));
    pbx.session->SendAudio(Bytes(160, static_cast<uint8_t>(100 + i)));
    runtime_.RunFor(milliseconds(20));
  }
  ASSERT_EQ(pbx.heard.size(), 10u);
  EXPECT_EQ(pbx.heard[4], Bytes(160, 5));
  ASSERT_EQ(call.sent.size(), 10u);
  EXPECT_EQ(call.sent[4], Bytes(160, 105));

  pbx.session->BeginDigit('4');
  runtime_.RunFor(milliseconds(100));
  pbx.session->EndDigit(milliseconds(100));
  runtime_.RunFor(milliseconds(100));
  EXPECT_EQ(call.log, "digit-4 up-100 ");
  call.observer->OnDigit('#', false, Duration());
  runtime_.RunFor(milliseconds(100));
  call.observer->OnDigit('#', true, milliseconds(100));
  runtime_.RunFor(milliseconds(100));
  EXPECT_EQ(pbx.digits, "#(#)");
}

TEST_F(EngineTest, TranslatesWhenTheCallerOffersAnotherCodec) {
  LoggedIn();
  FakeCall& call = Incoming({Codec::kPcma});
  Said();
  PbxRtp pbx(runtime_, Codec::kPcmu);
  pbx.engine = EngineRtp(seen_[0].incoming_call().engine_rtp());
  Ring(2, control::CODEC_ULAW);
  EXPECT_EQ(call.log, "ring-a ");
  Answer(2);
  call.observer->OnAnswered(Codec::kPcma);
  Bytes alaw(160), ulaw(160);
  for (size_t i = 0; i < alaw.size(); ++i) alaw[i] = static_cast<uint8_t>(i);
  media::Transcode(Codec::kPcma, Codec::kPcmu, alaw, ulaw);
  call.observer->OnAudio(alaw);
  runtime_.RunFor(milliseconds(1));
  ASSERT_EQ(pbx.heard.size(), 1u);
  EXPECT_EQ(pbx.heard[0], ulaw);
  pbx.session->SendAudio(ulaw);
  runtime_.RunFor(milliseconds(1));
  media::Transcode(Codec::kPcmu, Codec::kPcma, ulaw, alaw);
  ASSERT_EQ(call.sent.size(), 1u);
  EXPECT_EQ(call.sent[0], alaw);
}

TEST_F(EngineTest, TakesAudioFromNobodyButThePbx) {
  LoggedIn();
  FakeCall& call = Incoming();
  Said();
  PbxRtp pbx(runtime_, Codec::kPcmu);
  pbx.engine = EngineRtp(seen_[0].incoming_call().engine_rtp());
  Ring(2, control::CODEC_ULAW);
  Answer(2);
  call.observer->OnAnswered(Codec::kPcmu);
  auto stranger = std::move(*runtime_.OpenUdp({Ipv4Address::Loopback(), 0}, pbx));
  Bytes packet(172, 0);
  packet[0] = 0x80;
  EXPECT_TRUE(stranger->Send(pbx.engine, packet).ok());
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(call.sent, IsEmpty());
}

TEST_F(EngineTest, PassesTheDriversReasonOn) {
  LoggedIn();
  FakeCall& call = Incoming();
  End(2, control::END_NO_LICENSE);
  EXPECT_EQ(call.log, "end-7 ");
  Said();
  // What crosses on the way is no error.
  Answer(2);
  End(2, control::END_NORMAL);
  call.observer->OnEnded(EndReason::kNormal);
  End(2, control::END_NORMAL);
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_THAT(network_.calls, IsEmpty());
  EXPECT_THAT(exits_, IsEmpty());
}

TEST_F(EngineTest, SaysNothingMoreOfACallThatTheDriverHasEnded) {
  LoggedIn();
  Place(1);
  End(1, control::END_CANCELLED);
  network_.calls[0]->observer->OnRinging();
  network_.calls[0]->observer->OnAnswered(Codec::kPcmu);
  network_.calls[0]->observer->OnEnded(EndReason::kCancelled);
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(EngineTest, EveryCallHasAnEvenPortOfItsOwn) {
  LoggedIn();
  std::set<uint32_t> ports;
  for (int i = 0; i < 20; ++i) {
    Incoming();
    Said();
    const uint32_t port = seen_[0].incoming_call().engine_rtp().port();
    EXPECT_EQ(port % 2, 0u);
    EXPECT_GT(port, 20000u);
    EXPECT_TRUE(ports.insert(port).second);
  }
}

TEST_F(EngineTest, ACallerWhoGivesUpEndsTheCall) {
  LoggedIn();
  FakeCall& call = Incoming();
  Ring(2, control::CODEC_ULAW);
  Said();
  call.observer->OnEnded(EndReason::kCancelled);
  EXPECT_THAT(Said(), ElementsAre("ended 2 11"));
  Answer(2);
  EXPECT_THAT(exits_, IsEmpty());
}

TEST_F(EngineTest, LoggingOutEndsTheAccountsCalls) {
  LoggedIn();
  Place(1);
  Logout("james_bond");
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut);
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(Said(), ElementsAre("ended 1 13", "james_bond is 1"));
  EXPECT_THAT(network_.calls, IsEmpty());
}

TEST_F(EngineTest, ShutdownLogsEverybodyOutAndExits) {
  LoggedIn();
  Place(1);
  Shutdown();
  EXPECT_EQ(network_.calls[0]->log, "end-1 ");
  EXPECT_EQ(network_.peers.at("james_bond")->log, "in out ");
  EXPECT_THAT(exits_, IsEmpty());
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut);
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(exits_, ElementsAre(0));
}

TEST_F(EngineTest, ShutdownWithNobodyLoggedInIsAtOnce) {
  Shutdown();
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(exits_, ElementsAre(0));
}

TEST_F(EngineTest, TheEndOfTheControlStreamIsAnOrderlyEnd) {
  LoggedIn();
  destroy_at_exit_ = false;
  driver_.handler->OnEndOfStream();
  EXPECT_EQ(network_.peers.at("james_bond")->log, "in out ");
  runtime_.RunFor(seconds(3));  // the network stays silent
  EXPECT_THAT(exits_, ElementsAre(0));
  driver_.handler->OnError({ErrorCode::kReset, "reset"});
  runtime_.RunFor(seconds(3));
  EXPECT_THAT(exits_, ElementsAre(0)) << "once";
}

TEST_F(EngineTest, MessagesMayComeInPieces) {
  control::Command command;
  command.mutable_configure()->set_version(1);
  for (const uint8_t byte : Driver::Framed(command.SerializeAsString())) driver_.SayRaw({byte});
  Login("james_bond");
  EXPECT_EQ(network_.peers.count("james_bond"), 1u);
}

TEST_F(EngineTest, ABrokenDriverEndsIt) {
  const auto status_after = [](const std::function<void(EngineTest&)>& mistake) {
    struct Fresh final : EngineTest {
      void TestBody() override {}
    } fresh;
    mistake(fresh);
    fresh.runtime_.RunFor(milliseconds(1));
    return fresh.exits_;
  };
  EXPECT_THAT(status_after([](EngineTest& t) { t.driver_.SayRaw({0, 1, 0, 1}); }), ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) {
                t.driver_.SayRaw({0, 0, 0, 2, 0xFF, 0xFF});
              }),
              ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) { t.driver_.SayRaw({0, 0, 0, 0}); }), ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) { t.Login("early"); }), ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) {
                t.Configure();
                t.Configure();
              }),
              ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) {
                t.Configure([](control::Configure& configure) { configure.set_version(2); });
              }),
              ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) {
                t.Configure();
                t.Place(2);
              }),
              ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) { t.Configure(); }), IsEmpty());
}

TEST_F(EngineTest, NoSecretIsLogged) {
  Configure([](control::Configure& configure) { configure.set_debug(true); });
  Login("james_bond", "shaken-not-stirred");
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut, "incorrect password");
  Login("james_bond", "shaken-not-stirred");
  driver_.SayRaw({0xFF, 0xFF, 0xFF, 0xFF});
  for (const std::string& line : runtime_.log().lines) {
    EXPECT_EQ(line.find("stirred"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace sfa::engine
