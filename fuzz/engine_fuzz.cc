// The engine, told anything by the driver on the control stream and by the PBX's RTP, on a network
// of which the input decides what happens.
#include "fuzz/target.h"
#include "protocol/engine_control.pb.h"
#include "protocol/media/test_runtime.h"
#include "res_skypeforasterisk/control_stream.h"
#include "skypeforasterisk/fake_network.h"
#include "skypeforasterisk/network_factory.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;

// The driver's end of the control stream.
struct Driver {
  class Stream final : public ByteStream {
   public:
    explicit Stream(Driver& driver) : driver_(driver) {}
    ~Stream() override { driver_.handler = nullptr; }
    void SetHandler(StreamHandler* handler) override { driver_.handler = handler; }
    size_t Write(std::span<const uint8_t> bytes) override {
      driver_.cutter.Add(bytes);
      while (auto message = driver_.cutter.Next()) {
        control::Event event;
        SFA_FUZZ_CHECK(event.ParseFromString(*message));
        if (event.has_incoming_call()) driver_.rtp = event.incoming_call().engine_rtp();
        if (event.has_call_media()) driver_.rtp = event.call_media().engine_rtp();
      }
      SFA_FUZZ_CHECK(!driver_.cutter.broken());
      return bytes.size();
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
  void Say(std::span<const uint8_t> bytes) {
    if (handler != nullptr) handler->OnData(bytes);
  }
  StreamHandler* handler = nullptr;
  res::MessageCutter cutter;
  control::Endpoint rtp;  // where the engine expects audio
};

Bytes Framed(std::string_view message) {
  return Script().U32(static_cast<uint32_t>(message.size())).Put(message).bytes();
}
template <typename Change>
Bytes Command(Change change) {
  control::Command command;
  change(command);
  return Framed(command.SerializeAsString());
}
Bytes Configured() {
  return Command([](control::Command& command) {
    command.mutable_configure()->set_version(1);
    command.mutable_configure()->set_rtp_address(Ipv4Address::Loopback().value);
  });
}
Bytes LoggedIn() {
  return Command([](control::Command& command) {
    command.mutable_login()->set_account("james_bond");
    command.mutable_login()->set_secret("shaken");
  });
}

class Nobody final : public UdpReceiver {
  void OnDatagram(const Endpoint&, std::span<const uint8_t>) override {}
};

void Act(Input& input, engine::FakeNetwork& network) {
  const size_t what = input.Below(8);
  if (network.peers.empty()) return;
  engine::FakePeer& peer = *network.peers.begin()->second;
  if (what == 0) {
    const auto state = static_cast<peer::LoginState>(1 + input.Below(8));
    peer.Become(state, input.Flag() ? "reason" : "");
  } else if (what == 1) {
    std::vector<media::Codec> codecs;
    if (input.Flag()) codecs.push_back(media::Codec::kPcmu);
    if (input.Flag()) codecs.push_back(media::Codec::kPcma);
    peer.observer.OnIncomingCall(
        std::make_unique<engine::FakeCall>(network, "austin_powers", codecs));
  }
  if (what < 2 || network.calls.empty()) return;
  engine::FakeCall& call = *network.calls[input.Byte() % network.calls.size()];
  if (call.observer == nullptr) return;
  switch (what) {
    case 2:
      return call.observer->OnRinging();
    case 3:
      return call.observer->OnAnswered(input.Flag() ? media::Codec::kPcma : media::Codec::kPcmu);
    case 4:
    case 5:
      return call.observer->OnEnded(static_cast<peer::EndReason>(1 + input.Below(13)));
    case 6:
      return call.observer->OnAudio(Bytes(160, input.Byte()));
    default:
      return call.observer->OnDigit('5', input.Flag(), milliseconds(100));
  }
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  testing::TestRuntime runtime;
  engine::FakeNetwork network;
  Driver driver;
  Nobody nobody;
  const auto pbx = runtime.OpenUdp({Ipv4Address::Loopback(), 10000}, nobody).value();
  int exits = 0;
  std::unique_ptr<engine::Engine> engine;
  engine = engine::NewEngineOn(
      network.Factory(), runtime, std::make_unique<Driver::Stream>(driver),
      [&](int status) {
        SFA_FUZZ_CHECK(status == 0 || status == 1);
        SFA_FUZZ_CHECK(++exits == 1);
        engine.reset();
      },
      4711);
  if (input.Flag()) {
    driver.Say(Configured());
    driver.Say(LoggedIn());
    if (!network.peers.empty()) network.peers.begin()->second->Become(peer::LoginState::kLoggedIn);
  }
  while (!input.empty() && exits == 0) {
    switch (input.Below(6)) {
      case 0:
        driver.Say(input.Block());
        break;
      case 1:
      case 2:
        driver.Say(Framed(TextOf(input.Block())));
        break;
      case 3:
        runtime.RunFor(milliseconds(input.Byte()));
        break;
      case 4:
        Act(input, network);
        break;
      default: {
        const Endpoint rtp{{driver.rtp.address()}, static_cast<uint16_t>(driver.rtp.port())};
        const auto packet = input.Block();
        if (rtp.port != 0) static_cast<void>(pbx->Send(rtp, packet));
      }
    }
  }
  runtime.RunFor(std::chrono::seconds(5));
}

Seeds MakeSeeds() {
  const auto place = [](control::Command& command) {
    auto& call = *command.mutable_place_call();
    call.set_call(1);
    call.set_account("james_bond");
    call.set_destination("austin_powers");
    call.add_codecs(control::CODEC_ULAW);
    call.mutable_pbx_rtp()->set_address(Ipv4Address::Loopback().value);
    call.mutable_pbx_rtp()->set_port(10000);
  };
  const auto ring = [](control::Command& command) {
    command.mutable_ring_call()->set_call(2);
    command.mutable_ring_call()->set_codec(control::CODEC_ALAW);
    command.mutable_ring_call()->mutable_pbx_rtp()->set_address(Ipv4Address::Loopback().value);
    command.mutable_ring_call()->mutable_pbx_rtp()->set_port(10000);
  };
  const auto answer = [](control::Command& command) { command.mutable_answer_call()->set_call(2); };
  const auto end = [](control::Command& command) {
    command.mutable_end_call()->set_call(2);
    command.mutable_end_call()->set_reason(control::END_BUSY);
  };
  const auto shut_down = [](control::Command& command) { command.mutable_shutdown(); };
  const auto log_out = [](control::Command& command) {
    command.mutable_logout()->set_account("james_bond");
  };
  const Bytes voice = [] {
    Bytes packet(172, 0x55);
    packet[0] = 0x80;
    packet[1] = 0;
    return packet;
  }();
  Script outgoing;
  outgoing.Byte(1).Byte(0).Block(Command(place)).Byte(4).Byte(2).Byte(0).Byte(4).Byte(3).Byte(0);
  outgoing.Byte(0).Byte(3).Byte(40).Byte(5).Block(voice).Byte(4).Byte(6).Byte(0).Byte(1);
  outgoing.Byte(4).Byte(4).Byte(0).Byte(0).Byte(0).Block(Command(log_out));
  Script incoming;
  incoming.Byte(1).Byte(4).Byte(1).Byte(1).Byte(1).Byte(3).Byte(1).Byte(0).Block(Command(ring));
  incoming.Byte(0).Block(Command(answer)).Byte(4).Byte(3).Byte(0).Byte(1).Byte(3).Byte(30);
  incoming.Byte(5).Block(voice).Byte(3).Byte(30).Byte(0).Block(Command(end));
  incoming.Byte(0).Block(Command(shut_down));
  Script raw;
  raw.Byte(0).Byte(0).Block(Configured()).Byte(0).Block(LoggedIn());
  raw.Byte(1).Block(std::string_view("\x0a\x00")).Byte(0).Block(Bytes{0, 0, 0, 0, 0, 0, 0, 2, 9});
  return {{"outgoing", outgoing.bytes()}, {"incoming", incoming.bytes()}, {"raw", raw.bytes()}};
}

}  // namespace

const Target kEngine = {"engine", Run, MakeSeeds};

}  // namespace sfa::fuzz
