#include "fake_skype_network/relay_allocation.h"

#include <algorithm>
#include <utility>

#include "protocol/stun/builder.h"

namespace sfa::community {

RelayAllocation::RelayAllocation(Runtime& runtime, const RelayClient& client, Origin origin,
                                 std::unique_ptr<RelayPort> port, const RelayPeers& peers,
                                 RelayStatistics& statistics, std::function<void()> ended)
    : runtime_(runtime),
      client_(client),
      origin_(std::move(origin)),
      port_(std::move(port)),
      peers_(peers),
      statistics_(statistics),
      end_(runtime.NewTimer(std::move(ended))) {
  port_->SetReceiver(this);
}

void RelayAllocation::Refresh(Duration lifetime) {
  until_ = runtime_.Now() + lifetime;
  end_->StartAt(until_);
}

Duration RelayAllocation::lifetime() const { return until_ - runtime_.Now(); }

bool RelayAllocation::HasRoomFor(size_t count) {
  if (permissions_.size() + count <= kMaxPermissions) return true;
  for (auto each = permissions_.begin(); each != permissions_.end();) {
    each = each->second <= runtime_.Now() ? permissions_.erase(each) : std::next(each);
  }
  return permissions_.size() + count <= kMaxPermissions;
}

void RelayAllocation::Permit(Ipv4Address peer) {
  permissions_[peer] = runtime_.Now() + kPermissionLifetime;
}

bool RelayAllocation::IsPermitted(Ipv4Address peer) const {
  const auto found = permissions_.find(peer);
  return found != permissions_.end() && found->second > runtime_.Now();
}

void RelayAllocation::ForgetEndedChannels() {
  for (auto each = channels_.begin(); each != channels_.end();) {
    if (each->second.until > runtime_.Now()) {
      ++each;
      continue;
    }
    channel_of_.erase(each->second.peer);
    each = channels_.erase(each);
  }
}

RelayAllocation::Bound RelayAllocation::Bind(uint16_t channel, const Endpoint& peer) {
  ForgetEndedChannels();
  const auto by_number = channels_.find(channel);
  const auto by_peer = channel_of_.find(peer);
  if ((by_number != channels_.end() && by_number->second.peer != peer) ||
      (by_peer != channel_of_.end() && by_peer->second != channel)) {
    return Bound::kMismatch;
  }
  if (by_number == channels_.end() && channels_.size() >= kMaxChannels) return Bound::kFull;
  channels_[channel] = {peer, runtime_.Now() + kChannelLifetime};
  channel_of_[peer] = channel;
  return Bound::kDone;
}

void RelayAllocation::SendTo(const Endpoint& peer, stun::Bytes payload) {
  if (!IsPermitted(peer.address)) {
    ++statistics_.dropped;
    return;
  }
  Pass(peer, payload);
}

void RelayAllocation::SendOn(uint16_t channel, stun::Bytes payload) {
  const auto found = channels_.find(channel);
  if (found == channels_.end() || found->second.until <= runtime_.Now()) {
    ++statistics_.dropped;
    return;
  }
  Pass(found->second.peer, payload);
}

void RelayAllocation::Pass(const Endpoint& peer, stun::Bytes payload) {
  // What was a relayed address of this node when it was permitted may be none any more.
  if (!peers_.MaySend(peer) || !port_->Send(peer, payload)) {
    ++statistics_.dropped;
    return;
  }
  ++statistics_.to_peers;
  statistics_.bytes += payload.size();
}

void RelayAllocation::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  if (!IsPermitted(from.address)) {
    ++statistics_.dropped;
    return;
  }
  const auto channel = channel_of_.find(from);
  if (channel != channel_of_.end() && channels_.at(channel->second).until > runtime_.Now()) {
    SendChannelData(channel->second, bytes);
  } else {
    SendData(from, bytes);
  }
}

void RelayAllocation::SendChannelData(uint16_t channel, stun::Bytes payload) {
  std::array<uint8_t, kChannelHeaderBytes + kMaxDatagramBytes + 3> message;
  size_t size = kChannelHeaderBytes + payload.size();
  const size_t most = client_.way.stream() ? message.size() - 3 : kMaxDatagramBytes;
  if (size > most) {
    ++statistics_.dropped;
    return;
  }
  message[0] = static_cast<uint8_t>(channel >> 8);
  message[1] = static_cast<uint8_t>(channel);
  message[2] = static_cast<uint8_t>(payload.size() >> 8);
  message[3] = static_cast<uint8_t>(payload.size());
  std::copy(payload.begin(), payload.end(), message.begin() + kChannelHeaderBytes);
  if (client_.way.stream()) {
    while (size % 4 != 0) message[size++] = 0;
  }
  client_.way.SendToClient(client_.address, stun::Bytes(message).first(size));
  ++statistics_.to_clients;
  statistics_.bytes += payload.size();
}

void RelayAllocation::SendData(const Endpoint& peer, stun::Bytes payload) {
  stun::TransactionId id;
  runtime_.random().Fill(id);
  stun::Builder data(stun::MessageClass::kIndication, stun::kData, id);
  data.AddXorAddress(stun::AttributeType::kXorPeerAddress, peer);
  data.Add(stun::AttributeType::kData, payload);
  if (data.bytes().empty()) {
    ++statistics_.dropped;
    return;
  }
  client_.way.SendToClient(client_.address, data.bytes());
  ++statistics_.to_clients;
  statistics_.bytes += payload.size();
}

}  // namespace sfa::community
