// For tests: a client of a relay without sockets, and peers that keep what they hear.
#ifndef FAKE_SKYPE_NETWORK_TEST_RELAY_CLIENT_H_
#define FAKE_SKYPE_NETWORK_TEST_RELAY_CLIENT_H_

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fake_skype_network/relay_server.h"
#include "protocol/stun/digest.h"

namespace sfa::community {

using ByteVector = std::vector<uint8_t>;

inline ByteVector BytesOf(std::string_view text) { return {text.begin(), text.end()}; }

// A way to clients that keeps what is sent to them.
class TestWay final : public RelayWay {
 public:
  using RelayWay::RelayWay;
  void SendToClient(const Endpoint& client, stun::Bytes message) override {
    sent.emplace_back(client, ByteVector(message.begin(), message.end()));
  }
  std::deque<std::pair<Endpoint, ByteVector>> sent;
};

// What came back, and the bytes in which it stands.
struct TestAnswer {
  ByteVector bytes;
  std::optional<stun::Message> message;

  bool succeeded() const {
    return message && message->message_class() == stun::MessageClass::kSuccess;
  }
  int error() const { return message && message->ErrorCode() ? message->ErrorCode()->code : 0; }
};

class TestRelayClient {
 public:
  TestRelayClient(RelayServer& relay, TestWay& way, const Endpoint& address,
                  const wire::RelayCredential& credential)
      : relay_(relay),
        way_(way),
        address_(address),
        name(credential.name()),
        key(stun::LongTermKey(credential.name(), kRelayRealm, credential.password())) {}

  using Fill = std::function<void(stun::Builder&)>;
  RelayClient self() { return {way_, address_}; }

  // A request with what proves who asks; the nonce is fetched first when there is none.
  ByteVector Request(uint16_t method, const Fill& fill) {
    if (nonce.empty()) nonce = FetchNonce();
    ++id_[11];
    stun::Builder request(stun::MessageClass::kRequest, method, id_);
    fill(request);
    request.AddText(stun::AttributeType::kUsername, name);
    request.AddText(stun::AttributeType::kRealm, kRelayRealm);
    request.AddText(stun::AttributeType::kNonce, nonce);
    request.AddIntegrity(key);
    return {request.bytes().begin(), request.bytes().end()};
  }
  std::string FetchNonce() {
    const stun::Builder request(stun::MessageClass::kRequest, stun::kAllocate, {9});
    const TestAnswer answer = Send({request.bytes().begin(), request.bytes().end()});
    if (!answer.message) return {};
    return std::string(
        answer.message->FindText(stun::AttributeType::kNonce).value_or(std::string_view()));
  }
  TestAnswer Send(const ByteVector& bytes) {
    const size_t before = way_.sent.size();
    relay_.Receive(self(), bytes);
    TestAnswer answer;
    if (way_.sent.size() == before) return answer;
    answer.bytes = way_.sent.back().second;
    way_.sent.pop_back();
    answer.message = stun::Message::Parse(answer.bytes);
    return answer;
  }
  TestAnswer Ask(uint16_t method, const Fill& fill) { return Send(Request(method, fill)); }
  TestAnswer Allocate(const Fill& fill = [](stun::Builder&) {}) {
    return Ask(stun::kAllocate, [&](stun::Builder& request) {
      request.Add32(stun::AttributeType::kRequestedTransport, 17u << 24);
      fill(request);
    });
  }
  TestAnswer Permit(const Endpoint& peer) {
    return Ask(stun::kCreatePermission, [&](stun::Builder& request) {
      request.AddXorAddress(stun::AttributeType::kXorPeerAddress, peer);
    });
  }
  TestAnswer Bind(uint16_t channel, const Endpoint& peer) {
    return Ask(stun::kChannelBind, [&](stun::Builder& request) {
      request.Add32(stun::AttributeType::kChannelNumber, uint32_t{channel} << 16);
      request.AddXorAddress(stun::AttributeType::kXorPeerAddress, peer);
    });
  }
  TestAnswer Refresh(uint32_t lifetime) {
    return Ask(stun::kRefresh, [&](stun::Builder& request) {
      request.Add32(stun::AttributeType::kLifetime, lifetime);
    });
  }
  ByteVector Indication(const Endpoint& peer, std::string_view text) {
    stun::Builder send(stun::MessageClass::kIndication, stun::kSend, {7});
    send.AddXorAddress(stun::AttributeType::kXorPeerAddress, peer);
    send.AddText(stun::AttributeType::kData, text);
    return {send.bytes().begin(), send.bytes().end()};
  }

 private:
  RelayServer& relay_;
  TestWay& way_;
  const Endpoint address_;
  stun::TransactionId id_{};

 public:
  std::string name;
  std::array<uint8_t, 16> key;
  std::string nonce;
};

class TestPeerLog final : public UdpReceiver {
 public:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    heard.emplace_back(from, std::string(bytes.begin(), bytes.end()));
  }
  std::vector<std::pair<Endpoint, std::string>> heard;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TEST_RELAY_CLIENT_H_
