#include "protocol/path/media_port.h"

#include <map>
#include <unordered_map>
#include <utility>

#include "protocol/path/check_port.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/message.h"
#include "protocol/stun/transaction.h"

namespace sfa::path {
namespace {

constexpr Duration kKeepalive = std::chrono::seconds(15);  // RFC 8445 section 11

// RFC 7983 section 7: the first byte tells the protocols apart.
constexpr uint8_t kLastStun = 3;
constexpr uint8_t kFirstMedia = 128;
constexpr uint8_t kLastMedia = 191;

class MediaPortImpl final : public MediaPort, public CheckPort, private UdpReceiver {
 public:
  explicit MediaPortImpl(Runtime& runtime)
      : runtime_(runtime), keepalive_(runtime.NewTimer([this] { AskServer(); })) {}

  Status Open(const Endpoint& bind) {
    auto socket = runtime_.OpenUdp(bind, *this);
    if (!socket.ok()) return socket.error();
    socket_ = std::move(socket).value();
    return {};
  }

  Endpoint local() const override { return socket_->local(); }
  std::vector<Endpoint> host_endpoints() const override;
  std::optional<Endpoint> mapped() const override { return mapped_; }
  void UseStunServer(const Endpoint& stun_server,
                     std::function<void(std::optional<Endpoint>)> answered) override;

  void AddReceiver(uint32_t ssrc, MediaReceiver* receiver) override { receivers_[ssrc] = receiver; }
  void RemoveReceiver(uint32_t ssrc) override { receivers_.erase(ssrc); }
  Status SendMedia(const Endpoint& to, std::span<const uint8_t> packet) override {
    return socket_->Send(to, packet);
  }

  CheckPort* checks() override { return this; }
  uint64_t dropped() const override { return dropped_; }

  bool AddUser(const std::string& ufrag, CheckUser* user) override {
    return users_.emplace(ufrag, user).second;
  }
  void RemoveUser(const std::string& ufrag) override;
  void Expect(const stun::TransactionId& id, CheckUser* user) override { expected_[id] = user; }
  void Forget(const stun::TransactionId& id) override { expected_.erase(id); }
  void SendStun(const Endpoint& to, stun::Bytes message) override {
    // What cannot be sent is as good as lost: the transaction repeats it.
    static_cast<void>(socket_->Send(to, message));
  }

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  void OnStun(const Endpoint& from, std::span<const uint8_t> bytes);
  void OnMedia(const Endpoint& from, std::span<const uint8_t> bytes);
  bool OnServerAnswer(const Endpoint& from, const stun::Message& message);
  void AskServer();
  void OnServerSilent();
  void Tell(std::optional<Endpoint> mapped);

  Runtime& runtime_;
  std::unique_ptr<UdpSocket> socket_;
  std::unordered_map<uint32_t, MediaReceiver*> receivers_;  // looked up only, never walked
  std::map<std::string, CheckUser*, std::less<>> users_;
  std::map<stun::TransactionId, CheckUser*> expected_;
  uint64_t dropped_ = 0;

  Endpoint server_;
  std::function<void(std::optional<Endpoint>)> answered_;
  std::unique_ptr<stun::Transaction> question_;
  std::unique_ptr<Timer> keepalive_;
  std::optional<Endpoint> mapped_;
  bool answered_once_ = false;  // by the present server
  bool told_silence_ = false;
};

std::vector<Endpoint> MediaPortImpl::host_endpoints() const {
  const Endpoint local = socket_->local();
  if (!local.address.is_any()) return {local};
  std::vector<Endpoint> hosts;
  std::vector<Endpoint> loopbacks;
  for (const NetworkInterface& interface : runtime_.NetworkInterfaces()) {
    for (const Ipv4Address address : interface.addresses) {
      const bool loopback = interface.loopback || address.is_loopback();
      (loopback ? loopbacks : hosts).push_back({address, local.port});
    }
  }
  // A machine without a network can still call itself.
  return hosts.empty() ? loopbacks : hosts;
}

void MediaPortImpl::RemoveUser(const std::string& ufrag) {
  const auto found = users_.find(ufrag);
  if (found == users_.end()) return;
  for (auto it = expected_.begin(); it != expected_.end();) {
    it = it->second == found->second ? expected_.erase(it) : std::next(it);
  }
  users_.erase(found);
}

void MediaPortImpl::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  if (bytes.empty()) {
    ++dropped_;
  } else if (bytes[0] >= kFirstMedia && bytes[0] <= kLastMedia) {
    OnMedia(from, bytes);
  } else if (bytes[0] <= kLastStun) {
    OnStun(from, bytes);
  } else {
    ++dropped_;
  }
}

void MediaPortImpl::OnMedia(const Endpoint& from, std::span<const uint8_t> bytes) {
  // The sender's SSRC, clear in SRTP as in RTP.
  constexpr size_t kSsrc = 8;  // RFC 3550 section 5.1
  if (bytes.size() < kSsrc + 4) {
    ++dropped_;
    return;
  }
  const uint32_t ssrc = static_cast<uint32_t>(bytes[kSsrc]) << 24 |
                        static_cast<uint32_t>(bytes[kSsrc + 1]) << 16 |
                        static_cast<uint32_t>(bytes[kSsrc + 2]) << 8 | bytes[kSsrc + 3];
  const auto found = receivers_.find(ssrc);
  if (found == receivers_.end()) {
    ++dropped_;
    return;
  }
  found->second->OnMedia(from, bytes);
}

void MediaPortImpl::OnStun(const Endpoint& from, std::span<const uint8_t> bytes) {
  const auto message = stun::Message::Parse(bytes);
  if (!message || message->method() != stun::kBinding) {
    ++dropped_;
    return;
  }
  switch (message->message_class()) {
    case stun::MessageClass::kRequest: {
      const auto name = message->FindText(stun::AttributeType::kUsername);
      const size_t colon = name ? name->find(':') : std::string_view::npos;
      const auto user =
          colon == std::string_view::npos ? users_.end() : users_.find(name->substr(0, colon));
      if (user == users_.end() || !message->CheckFingerprint()) break;
      user->second->OnRequest(from, *message);
      return;
    }
    case stun::MessageClass::kIndication:  // a keepalive (RFC 8445 section 11): nothing to do
      return;
    case stun::MessageClass::kSuccess:
    case stun::MessageClass::kError: {
      if (OnServerAnswer(from, *message)) return;
      const auto expected = expected_.find(message->id());
      if (expected == expected_.end()) break;
      expected->second->OnAnswer(from, *message);
      return;
    }
  }
  ++dropped_;
}

void MediaPortImpl::UseStunServer(const Endpoint& stun_server,
                                  std::function<void(std::optional<Endpoint>)> answered) {
  server_ = stun_server;
  answered_ = std::move(answered);
  answered_once_ = false;
  told_silence_ = false;
  AskServer();
}

void MediaPortImpl::AskServer() {
  keepalive_->Cancel();
  stun::Builder request(stun::MessageClass::kRequest, stun::kBinding,
                        stun::NewTransactionId(runtime_.random()));
  request.AddFingerprint();
  question_ = std::make_unique<stun::Transaction>(
      runtime_, request.bytes(), [this](stun::Bytes bytes) { SendStun(server_, bytes); },
      [this] { OnServerSilent(); });
}

bool MediaPortImpl::OnServerAnswer(const Endpoint& from, const stun::Message& message) {
  if (!question_ || message.id() != question_->id() || from != server_) return false;
  const auto mapped = message.XorMappedAddress();
  if (message.message_class() != stun::MessageClass::kSuccess || !mapped) return false;
  if (message.Find(stun::AttributeType::kFingerprint) && !message.CheckFingerprint()) return false;
  question_.reset();
  keepalive_->Start(kKeepalive);
  const bool news = !answered_once_ || mapped_ != mapped;
  answered_once_ = true;
  told_silence_ = false;
  mapped_ = mapped;
  if (news) Tell(mapped);
  return true;
}

void MediaPortImpl::OnServerSilent() {
  // The mapping stays as it was learnt: a candidate that has gone costs one failed check, a missing
  // one may cost the call.
  const bool news = !told_silence_;
  told_silence_ = true;
  AskServer();
  if (news) Tell(std::nullopt);
}

void MediaPortImpl::Tell(std::optional<Endpoint> mapped) {
  // A copy: the call may replace server and function.
  const auto answered = answered_;
  if (answered) answered(mapped);
}

}  // namespace

Result<std::unique_ptr<MediaPort>> NewMediaPort(Runtime& runtime, const Endpoint& bind) {
  auto port = std::make_unique<MediaPortImpl>(runtime);
  if (Status status = port->Open(bind); !status.ok()) return status.error();
  return std::unique_ptr<MediaPort>(std::move(port));
}

}  // namespace sfa::path
