#include "conformance/judges/hostile/nuisances.h"

#include <algorithm>
#include <utility>

#include "protocol/signalling.pb.h"
#include "protocol/stream/secure_stream.h"
#include "protocol/stun/builder.h"

namespace sfa::conformance {
namespace {

enum class Kind {
  kSilent,
  kHalfOpening,    // the beginning of a real stream, and no more
  kBrokenOpening,  // a real beginning, then garbage
  kGarbage,
  kGreatLengths,  // frames that announce more than they are
  kUnread,        // asks a relay by TCP again and again, and reads nothing of the answers
  kLiar,          // a proper encrypted stream
  kCount
};

// At each Tick().
constexpr int kQuestions = 2;

std::string Text(const PacketBytes& bytes) { return {bytes.begin(), bytes.end()}; }

// What a stranger may not say, or what nobody says like this.
std::string Lie(Random& random) {
  if (random.Below(4) == 0) return Text(Noise(random, 400));
  wire::Message message;
  message.set_request(static_cast<uint32_t>(random.Next64()));
  const std::string noise = Text(Noise(random, 64));
  switch (random.Below(9)) {
    case 0: {
      auto* const login = message.mutable_login_request();
      login->set_version(1);
      login->set_user("james_bond");
      login->set_password("a password that is wrong");
      login->set_signing_key(Text(PacketBytes(32, 1)));
      break;
    }
    case 1:
      message.mutable_register_request()->mutable_credential()->set_user("james_bond");
      message.mutable_register_request()->mutable_credential()->set_signature(noise);
      message.mutable_register_request()->set_proof(noise);
      break;
    case 2: {
      auto* const envelope = message.mutable_envelope();
      envelope->set_from("james_bond");
      envelope->set_to("austin_powers");
      envelope->mutable_call()->set_call_id(Text(PacketBytes(16, 7)));
      envelope->mutable_call()->mutable_end()->set_reason(wire::END_NORMAL);
      break;
    }
    case 3:
      message.mutable_publish()->set_user("james_bond");
      message.mutable_publish()->set_online(false);
      break;
    case 4:
      message.mutable_lookup()->set_user("james_bond");
      break;
    case 5:
      message.mutable_node_hello()->mutable_certificate()->set_node_name("supernode-1");
      message.mutable_node_hello()->set_proof(noise);
      break;
    case 6:
      message.mutable_node_list()->set_relay_secret(Text(PacketBytes(32, 9)));
      break;
    case 7:
      message.mutable_undeliverable()->set_to("austin_powers");
      message.mutable_undeliverable()->set_from("james_bond");
      break;
    default:
      message.mutable_unregister();
      break;
  }
  std::string bytes = message.SerializeAsString();
  if (random.Below(3) == 0) bytes = Text(Changed({bytes.begin(), bytes.end()}, random));
  return bytes;
}

}  // namespace

class Nuisances::Connection {
 public:
  virtual ~Connection() = default;
  virtual void Tick() {}
};

class Nuisances::RawConnection final : public Connection, private StreamHandler {
 public:
  RawConnection(Nuisances& owner, uint64_t number, Kind kind, const Endpoint& target)
      : owner_(owner),
        number_(number),
        kind_(kind),
        stream_(owner.runtime_.ConnectTcp({}, target, *this)) {}
  ~RawConnection() override {
    stream_->SetHandler(nullptr);
    stream_->Abort();
  }

  void Tick() override {
    if (!connected_) return;
    if (kind_ == Kind::kUnread) {
      for (int i = 0; i < kQuestions; ++i) {
        const stun::Builder binding(stun::MessageClass::kRequest, stun::kBinding,
                                    stun::NewTransactionId(chance()));
        if (stream_->Write(binding.bytes()) < binding.bytes().size()) return;
      }
    } else if (kind_ == Kind::kGarbage || kind_ == Kind::kBrokenOpening) {
      stream_->Write(Noise(chance(), 200));
    }
  }

 private:
  Random& chance() { return owner_.runtime_.random(); }
  void OnConnected() override {
    connected_ = true;
    if (kind_ == Kind::kUnread) stream_->PauseReading();
    PacketBytes first;
    if (kind_ == Kind::kHalfOpening || kind_ == Kind::kBrokenOpening) {
      first = owner_.opening_;
      if (kind_ == Kind::kHalfOpening) first.resize(chance().Below(first.size() + 1));
    } else if (kind_ == Kind::kGreatLengths) {
      first = {0xFF, 0xFF, 0x80, 0x01};
    }
    stream_->Write(first);
    Tick();
  }
  void OnData(std::span<const uint8_t>) override {}
  void OnEndOfStream() override { owner_.Gone(number_, false); }
  void OnError(const Error&) override { owner_.Gone(number_, false); }

  Nuisances& owner_;
  const uint64_t number_;
  const Kind kind_;
  bool connected_ = false;
  std::unique_ptr<ByteStream> stream_;
};

class Nuisances::Liar final : public Connection, private stream::SecureStreamHandler {
 public:
  Liar(Nuisances& owner, uint64_t number, const Endpoint& target) : owner_(owner), number_(number) {
    stream::SecureStreamHandler& handler = *this;
    stream_ = std::make_unique<stream::SecureStream>(
        owner.runtime_, target, owner.network_.root_key,
        target.address == kLoginServer ? wire::NODE_LOGIN_SERVER : wire::NODE_SUPERNODE, handler);
  }
  void Tick() override {
    if (secured_) Say();
  }

 private:
  // Where worlds have it.
  static constexpr Ipv4Address kLoginServer = Ipv4Address::Of(198, 51, 100, 100);

  void Say() {
    const std::string lie = Lie(owner_.runtime_.random());
    stream_->Send({reinterpret_cast<const uint8_t*>(lie.data()), lie.size()});
  }
  void OnSecured() override {
    secured_ = true;
    Say();
  }
  void OnFrame(std::span<const uint8_t>) override {}
  void OnClosed(const Error&) override { owner_.Gone(number_, secured_); }

  Nuisances& owner_;
  const uint64_t number_;
  bool secured_ = false;
  std::unique_ptr<stream::SecureStream> stream_;
};

Nuisances::Nuisances(Runtime& runtime, const peer::NetworkSettings& network)
    : runtime_(runtime), network_(network) {}
Nuisances::~Nuisances() = default;

void Nuisances::Connect(const Endpoint& target) {
  const uint64_t number = begun_++;
  const auto kind = static_cast<Kind>(runtime_.random().Below(static_cast<int>(Kind::kCount)));
  if (kind == Kind::kLiar) {
    connections_[number] = std::make_unique<Liar>(*this, number, target);
  } else {
    connections_[number] = std::make_unique<RawConnection>(*this, number, kind, target);
  }
}

void Nuisances::ConnectSilently(const Endpoint& target) {
  const uint64_t number = begun_++;
  const Kind kind = number % 2 == 0 ? Kind::kSilent : Kind::kHalfOpening;
  connections_[number] = std::make_unique<RawConnection>(*this, number, kind, target);
}

void Nuisances::Tick() {
  for (const auto& [number, connection] : connections_) connection->Tick();
}

void Nuisances::EndAll() { connections_.clear(); }

void Nuisances::Gone(uint64_t number, bool secured) {
  ++thrown_out_;
  secured_ += secured ? 1 : 0;
  connections_.erase(number);
}

}  // namespace sfa::conformance
