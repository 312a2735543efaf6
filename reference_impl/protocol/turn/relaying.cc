#include "protocol/turn/relaying.h"

#include "protocol/turn/channel_data.h"

namespace sfa::turn {

using stun::AttributeType;

static_assert(Relaying::kRenewPermission + Relaying::kLookAfter < kPermissionLifetime);
static_assert(Relaying::kRenewChannel + Relaying::kLookAfter < kChannelLifetime);

Relaying::Relaying(Runtime& runtime, Session& session, Transport& transport, Relayed relayed,
                   std::function<void()> gone)
    : runtime_(runtime),
      session_(session),
      transport_(transport),
      relayed_(std::move(relayed)),
      gone_(std::move(gone)),
      next_channel_(kFirstChannel),
      look_after_(runtime.NewTimer([this] { LookAfter(); })) {
  look_after_->Start(kLookAfter);
}

bool Relaying::Permitted(Ipv4Address address) const {
  const auto found = permissions_.find(address);
  return found != permissions_.end() && found->second.state == State::kGranted;
}

void Relaying::Send(const Endpoint& peer, std::span<const uint8_t> data, bool media) {
  const auto found = permissions_.find(peer.address);
  if (found != permissions_.end() && found->second.state == State::kGranted) {
    found->second.used = true;
    SendGranted(peer, data, media);
    return;
  }
  if (found == permissions_.end() && permissions_.size() >= kMaxPermissions) return;
  Permission& permission = permissions_[peer.address];
  if (permission.state == State::kRefused && runtime_.Now() < permission.since + kRefusedFor) {
    return;
  }
  if (permission.waiting.size() < kMaxWaiting) {
    permission.waiting.push_back({peer, {data.begin(), data.end()}});
  }
  if (permission.state == State::kAsking) return;
  permission.state = State::kAsking;
  AskPermission(peer.address);
}

void Relaying::AskPermission(Ipv4Address address) {
  session_.Ask(
      stun::kCreatePermission, kUsualPatience,
      [address](stun::Builder& builder) {
        // The port is of no account (RFC 8656 section 9).
        builder.AddXorAddress(AttributeType::kXorPeerAddress, {address, 0});
      },
      [this, address](const Answer& answer) { OnPermission(address, answer); });
}

bool Relaying::TellGone(const Answer& answer) {
  if (answer.error != stun::kErrorAllocationMismatch) return false;
  const auto gone = gone_;
  gone();
  return true;
}

void Relaying::OnPermission(Ipv4Address address, const Answer& answer) {
  if (TellGone(answer)) return;
  const auto found = permissions_.find(address);
  if (found == permissions_.end()) return;
  Permission& permission = found->second;
  const auto waiting = std::exchange(permission.waiting, {});
  if (answer.success == nullptr && answer.error == 0) {
    // Nobody has answered: the next packet asks again, what was granted lasts as long as it was to.
    if (permission.state == State::kAsking) permissions_.erase(found);
    return;
  }
  permission.since = runtime_.Now();
  permission.used = false;
  permission.state = answer.success != nullptr ? State::kGranted : State::kRefused;
  if (permission.state == State::kRefused) return;
  for (const auto& [peer, data] : waiting) SendGranted(peer, data, false);
}

void Relaying::SendGranted(const Endpoint& peer, std::span<const uint8_t> data, bool media) {
  const auto found = channels_.find(peer);
  if (found != channels_.end()) {
    Channel& channel = found->second;
    channel.used = true;
    if (channel.state == State::kGranted) {
      SendChannelData(channel.number, data, media);
      return;
    }
    if (media && channel.state == State::kNone && ++channel.media >= kMediaBeforeChannel) {
      AskChannel(peer);
    }
  } else if (media && channels_.size() < kMaxChannels) {
    channels_[peer].media = 1;
  }
  SendIndication(peer, data, media);
}

void Relaying::AskChannel(const Endpoint& peer) {
  Channel& channel = channels_.at(peer);
  if (channel.number == 0) {
    if (next_channel_ > kLastChannel) return;
    channel.number = next_channel_++;
  }
  if (channel.state == State::kNone) channel.state = State::kAsking;
  const uint16_t number = channel.number;
  session_.Ask(
      stun::kChannelBind, kUsualPatience,
      [peer, number](stun::Builder& builder) {
        builder.Add32(AttributeType::kChannelNumber, static_cast<uint32_t>(number) << 16)
            .AddXorAddress(AttributeType::kXorPeerAddress, peer);
      },
      [this, peer](const Answer& answer) { OnChannel(peer, answer); });
}

void Relaying::OnChannel(const Endpoint& peer, const Answer& answer) {
  if (TellGone(answer)) return;
  const auto found = channels_.find(peer);
  if (found == channels_.end()) return;
  Channel& channel = found->second;
  if (answer.success == nullptr) {
    // Indications do as well. What was bound stays so until it lapses; nobody's answer is asked for
    // again after some more packets.
    if (channel.state != State::kAsking) return;
    channel.state = answer.error == 0 ? State::kNone : State::kRefused;
    channel.media = 0;
    return;
  }
  channel.state = State::kGranted;
  channel.since = runtime_.Now();
  channel.used = false;
  peers_[channel.number] = peer;
}

void Relaying::SendIndication(const Endpoint& peer, std::span<const uint8_t> data, bool media) {
  stun::Builder builder(stun::MessageClass::kIndication, stun::kSend,
                        stun::NewTransactionId(runtime_.random()));
  builder.AddXorAddress(AttributeType::kXorPeerAddress, peer).Add(AttributeType::kData, data);
  if (!builder.bytes().empty()) transport_.Send(builder.bytes(), {}, !media);
}

void Relaying::SendChannelData(uint16_t channel, std::span<const uint8_t> data, bool media) {
  std::array<uint8_t, kMaxDatagramBytes> padded;
  // Over UDP there is no need to pad (section 12.5).
  const size_t size = transport_.reliable() ? PaddedToFour(data.size()) : data.size();
  if (size + kChannelHeaderBytes > padded.size()) return;
  const auto header = ChannelHeader(channel, data.size());
  if (size == data.size()) {
    transport_.Send(header, data, !media);
    return;
  }
  std::fill_n(std::copy(data.begin(), data.end(), padded.begin()), size - data.size(), uint8_t{0});
  transport_.Send(header, std::span(padded).first(size), !media);
}

bool Relaying::OnChannelData(std::span<const uint8_t> message) {
  const auto parsed = ParseChannelData(message);
  if (!parsed) return false;
  const auto found = peers_.find(parsed->channel);
  if (found == peers_.end()) return false;
  const Endpoint peer = found->second;
  relayed_(peer, parsed->data);
  return true;
}

bool Relaying::OnIndication(const stun::Message& indication) {
  if (!indication.Is(stun::MessageClass::kIndication, stun::kData)) return false;
  const auto peer = indication.XorAddress(AttributeType::kXorPeerAddress);
  const auto data = indication.Find(AttributeType::kData);
  if (!peer || !data || !Permitted(peer->address)) return false;
  relayed_(*peer, *data);
  return true;
}

void Relaying::LookAfter() {
  look_after_->Start(kLookAfter);
  const MonotonicTime now = runtime_.Now();
  for (auto it = permissions_.begin(); it != permissions_.end();) {
    const Permission& permission = it->second;
    const bool renew = permission.state == State::kGranted && permission.used &&
                       now >= permission.since + kRenewPermission;
    const bool over =
        permission.state != State::kAsking && now >= permission.since + kPermissionLifetime;
    if (renew) AskPermission(it->first);
    it = over ? permissions_.erase(it) : std::next(it);
  }
  for (auto it = channels_.begin(); it != channels_.end();) {
    Channel& channel = it->second;
    const bool bound = channel.state == State::kGranted;
    if (bound && channel.used && now >= channel.since + kRenewChannel) AskChannel(it->first);
    // One that never came to be goes when its peer falls silent.
    const bool over = bound ? now >= channel.since + kChannelLifetime
                            : !channel.used && channel.state != State::kAsking;
    if (!bound) channel.used = false;
    if (over) peers_.erase(channel.number);
    it = over ? channels_.erase(it) : std::next(it);
  }
}

}  // namespace sfa::turn
