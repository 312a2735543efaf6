// For tests: a TURN server, small and obedient to its test. Nothing of it is deployed.
#ifndef REFERENCE_IMPL_PROTOCOL_TURN_TEST_SERVER_H_
#define REFERENCE_IMPL_PROTOCOL_TURN_TEST_SERVER_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/stun/builder.h"
#include "protocol/stun/digest.h"
#include "protocol/stun/message.h"
#include "protocol/stun/server.h"
#include "protocol/turn/channel_data.h"
#include "protocol/turn/frames.h"
#include "runtime/runtime.h"

namespace sfa::turn {

inline constexpr char kTestRealm[] = "sfa";
inline constexpr char kTestName[] = "1300000000:anna";
inline constexpr char kTestPassword[] = "d2hhdCBpcyB0aGlz";

class TestServer final : private UdpReceiver, private AcceptHandler {
 public:
  // `tcp_ports`: where it listens besides, over TCP only.
  TestServer(Runtime& runtime, const Endpoint& at, const std::vector<uint16_t>& tcp_ports = {})
      : runtime_(runtime), at_(at), socket_(runtime.OpenUdp(at, *this).value()) {
    for (const uint16_t port : tcp_ports) {
      listeners_.push_back(runtime.ListenTcp({at.address, port}, *this).value());
    }
  }

  Endpoint at() const { return at_; }
  size_t allocations() const { return allocations_.size(); }
  // Requests and indications of this method; ChannelData under 0.
  int count(uint16_t method) const {
    const auto found = counts_.find(method);
    return found == counts_.end() ? 0 : found->second;
  }
  // Forgets all allocations, as a server does that starts anew.
  void Forget() { allocations_.clear(); }
  void CloseConnections() {
    for (auto& connection : connections_) connection->stream->Abort();
    allocations_.clear();
  }
  // From the server's own port.
  void Inject(const Endpoint& to, std::span<const uint8_t> bytes) {
    static_cast<void>(socket_->Send(to, bytes));
  }
  // Sees clients from elsewhere from now on, as behind a NAT that has started anew.
  uint16_t port_shift = 0;
  std::optional<Endpoint> lie;  // to Binding requests
  bool answers = true;
  std::string nonce = "n1";
  std::map<uint16_t, int> refused;  // method: error code
  uint32_t lifetime = 600;
  std::vector<uint8_t> last_channel_data;
  // Of the last allocation.
  Endpoint relayed;
  std::vector<std::pair<Endpoint, std::vector<uint8_t>>> to_peers;

  // As if a peer had sent it, whether it may or not.
  void FromPeer(const Endpoint& peer, std::span<const uint8_t> data, uint16_t channel = 0) {
    for (auto& [client, allocation] : allocations_)
      ToClient(client, allocation, peer, data, channel);
  }

 private:
  // 0 is UDP, else the number of a connection.
  using Client = std::pair<int, Endpoint>;
  struct Relayed final : UdpReceiver {
    TestServer* server = nullptr;
    Client client;
    void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
      server->OnPeer(client, from, bytes);
    }
  };
  struct Allocation {
    std::unique_ptr<Relayed> receiver;
    std::unique_ptr<UdpSocket> socket;
    std::set<Ipv4Address> permissions;
    std::map<uint16_t, Endpoint> channels;
  };
  struct Connection final : StreamHandler {
    TestServer* server = nullptr;
    int number = 0;
    Endpoint remote;
    std::unique_ptr<ByteStream> stream;
    FrameReader reader{&TurnFrameSize};
    void OnData(std::span<const uint8_t> bytes) override {
      if (!server->answers) return;
      reader.Read(bytes, [this](std::span<const uint8_t> frame) {
        server->OnMessage({number, remote}, frame);
        return true;
      });
    }
    void OnEndOfStream() override { server->allocations_.erase({number, remote}); }
    void OnError(const Error&) override { server->allocations_.erase({number, remote}); }
  };

  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    if (answers)
      OnMessage({0, {from.address, static_cast<uint16_t>(from.port + port_shift)}}, bytes);
  }
  void OnAccept(std::unique_ptr<ByteStream> stream) override {
    auto connection = std::make_unique<Connection>();
    connection->server = this;
    connection->number = static_cast<int>(connections_.size()) + 1;
    connection->remote = stream->remote();
    connection->stream = std::move(stream);
    connection->stream->SetHandler(connection.get());
    connections_.push_back(std::move(connection));
  }
  void Send(const Client& client, std::span<const uint8_t> bytes) {
    if (client.first != 0) {
      connections_[static_cast<size_t>(client.first) - 1]->stream->Write(bytes);
    } else {
      const Endpoint to{client.second.address,
                        static_cast<uint16_t>(client.second.port - port_shift)};
      static_cast<void>(socket_->Send(to, bytes));
    }
  }

  void OnPeer(const Client& client, const Endpoint& from, std::span<const uint8_t> bytes) {
    Allocation& allocation = allocations_.at(client);
    if (allocation.permissions.count(from.address) == 0) return;
    uint16_t channel = 0;
    for (const auto& [number, peer] : allocation.channels) {
      if (peer == from) channel = number;
    }
    ToClient(client, allocation, from, bytes, channel);
  }
  void ToClient(const Client& client, Allocation&, const Endpoint& peer,
                std::span<const uint8_t> data, uint16_t channel) {
    if (channel == 0) {
      stun::Builder builder(stun::MessageClass::kIndication, stun::kData,
                            stun::NewTransactionId(runtime_.random()));
      builder.AddXorAddress(stun::AttributeType::kXorPeerAddress, peer)
          .Add(stun::AttributeType::kData, data);
      Send(client, builder.bytes());
      return;
    }
    const auto header = ChannelHeader(channel, data.size());
    std::vector<uint8_t> message(header.begin(), header.end());
    message.insert(message.end(), data.begin(), data.end());
    if (client.first != 0) message.resize(PaddedToFour(message.size()));
    Send(client, message);
  }

  void OnMessage(const Client& client, std::span<const uint8_t> bytes) {
    if (const auto data = ParseChannelData(bytes)) {
      ++counts_[0];
      last_channel_data.assign(bytes.begin(), bytes.end());
      const auto found = allocations_.find(client);
      if (found == allocations_.end() || found->second.channels.count(data->channel) == 0) return;
      ToPeer(found->second, found->second.channels.at(data->channel), data->data);
      return;
    }
    const auto message = stun::Message::Parse(bytes);
    if (!message) return;
    if (message->method() == stun::kBinding) {
      if (const auto answer = stun::AnswerBinding(*message, lie.value_or(client.second))) {
        Send(client, answer->bytes());
      }
      return;
    }
    ++counts_[message->method()];
    if (message->Is(stun::MessageClass::kIndication, stun::kSend)) {
      const auto found = allocations_.find(client);
      const auto peer = message->XorAddress(stun::AttributeType::kXorPeerAddress);
      if (found != allocations_.end() && found->second.permissions.count(peer->address) != 0) {
        ToPeer(found->second, *peer, *message->Find(stun::AttributeType::kData));
      }
      return;
    }
    if (message->message_class() == stun::MessageClass::kRequest) OnRequest(client, *message);
  }
  void ToPeer(Allocation& allocation, const Endpoint& peer, std::span<const uint8_t> data) {
    to_peers.push_back({peer, {data.begin(), data.end()}});
    static_cast<void>(allocation.socket->Send(peer, data));
  }

  void OnRequest(const Client& client, const stun::Message& request) {
    const auto key = stun::LongTermKey(kTestName, kTestRealm, kTestPassword);
    if (request.FindText(stun::AttributeType::kUsername) != kTestName ||
        !request.CheckIntegrity(key)) {
      Refuse(client, request, stun::kErrorUnauthenticated);
      return;
    }
    if (request.FindText(stun::AttributeType::kNonce) != nonce) {
      Refuse(client, request, stun::kErrorStaleNonce);
      return;
    }
    if (const auto found = refused.find(request.method()); found != refused.end()) {
      Refuse(client, request, found->second);
      return;
    }
    const auto allocation = allocations_.find(client);
    const bool exists = allocation != allocations_.end();
    if (exists == (request.method() == stun::kAllocate)) {
      Refuse(client, request, stun::kErrorAllocationMismatch);
      return;
    }
    stun::Builder answer(stun::MessageClass::kSuccess, request.method(), request.id());
    const auto peer = request.XorAddress(stun::AttributeType::kXorPeerAddress);
    switch (request.method()) {
      case stun::kAllocate: {
        Allocation made;
        made.receiver = std::make_unique<Relayed>();
        made.receiver->server = this;
        made.receiver->client = client;
        made.socket = runtime_.OpenUdp({at_.address, 0}, *made.receiver).value();
        relayed = made.socket->local();
        answer.AddXorAddress(stun::AttributeType::kXorRelayedAddress, relayed)
            .AddXorMappedAddress(client.second)
            .Add32(stun::AttributeType::kLifetime, lifetime);
        allocations_.emplace(client, std::move(made));
        break;
      }
      case stun::kRefresh:
        if (request.Find32(stun::AttributeType::kLifetime) == 0u) allocations_.erase(allocation);
        answer.Add32(stun::AttributeType::kLifetime, lifetime);
        break;
      case stun::kCreatePermission:
        allocation->second.permissions.insert(peer->address);
        break;
      case stun::kChannelBind:
        allocation->second.permissions.insert(peer->address);
        allocation->second.channels[static_cast<uint16_t>(
            *request.Find32(stun::AttributeType::kChannelNumber) >> 16)] = *peer;
        break;
      default:
        return;
    }
    answer.AddIntegrity(key).AddFingerprint();
    Send(client, answer.bytes());
  }
  void Refuse(const Client& client, const stun::Message& request, int code) {
    stun::Builder answer(stun::MessageClass::kError, request.method(), request.id());
    answer.AddErrorCode(code, "no");
    if (code == stun::kErrorUnauthenticated || code == stun::kErrorStaleNonce) {
      answer.AddText(stun::AttributeType::kRealm, kTestRealm)
          .AddText(stun::AttributeType::kNonce, nonce);
    }
    answer.AddFingerprint();
    Send(client, answer.bytes());
  }

  Runtime& runtime_;
  const Endpoint at_;
  std::unique_ptr<UdpSocket> socket_;
  std::vector<std::unique_ptr<TcpListener>> listeners_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::map<Client, Allocation> allocations_;
  std::map<uint16_t, int> counts_;
};

}  // namespace sfa::turn

#endif  // REFERENCE_IMPL_PROTOCOL_TURN_TEST_SERVER_H_
