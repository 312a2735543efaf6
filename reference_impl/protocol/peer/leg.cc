#include "protocol/peer/leg.h"

#include "protocol/peer/description.h"

namespace sfa::peer {

Leg::Leg(Runtime& runtime, path::MediaPort& port, path::PathRole role, LegOwner& owner)
    : runtime_(runtime),
      port_(port),
      owner_(&owner),
      share_(stream::NewExchangeKey(runtime.random())),
      // Never 0, which means "any" to a media session.
      receive_ssrc_(static_cast<uint32_t>(1 + runtime.random().Below(0xFFFFFFFF))),
      agent_(path::NewPathAgent(runtime, port, role, *this)) {}

Leg::~Leg() { Retire(); }

void Leg::Describe(wire::MediaDescription* media) const {
  media->set_key_share(stream::ToString(share_.public_key));
  media->set_ssrc(receive_ssrc_);
  SetPath(agent_->local(), media);
}

void Leg::SetRemote(const wire::MediaDescription& theirs) {
  send_ssrc_ = theirs.ssrc();
  agent_->SetRemote(PathOf(theirs));
}

void Leg::StartMedia(media::Codec codec, const media::SrtpKeys& keys) {
  if (session_) return;
  media::MediaSettings settings;
  settings.codec = codec;
  settings.local_ssrc = send_ssrc_;
  settings.remote_ssrc = receive_ssrc_;
  settings.keys = keys;
  session_ = media::NewMediaSession(runtime_, settings, *this);
  port_.AddReceiver(receive_ssrc_, this);
  listening_ = true;
}

void Leg::FillStatistics(MediaStatistics* statistics) const {
  if (session_) {
    const media::MediaCounters counters = session_->counters();
    statistics->packets_sent = counters.packets_sent;
    statistics->packets_received = counters.packets_received;
    statistics->packets_lost = counters.packets_lost;
    statistics->frames_concealed = counters.frames_concealed;
    statistics->packets_rejected = counters.rejected;
    statistics->jitter = counters.jitter;
    statistics->playout_delay = counters.playout_delay;
  }
  if (!open_) return;
  statistics->round_trip = agent_->round_trip();
  statistics->path = path_;
}

void Leg::Retire() {
  owner_ = nullptr;
  if (listening_) port_.RemoveReceiver(receive_ssrc_);
  listening_ = false;
}

void Leg::OnPathOpen(const path::PathInfo& path) {
  const bool same = open_ && path_.way == path.way && path_.local_kind == path.local_kind &&
                    path_.remote_kind == path.remote_kind && path_.local == path.local &&
                    path_.remote == path.remote;
  const bool silent = silent_;
  silent_ = false;
  path_ = path;
  if (owner_ == nullptr) return;
  if (!open_) {
    open_ = true;
    return owner_->OnLegOpen(*this);
  }
  if (!same || silent) owner_->OnLegPath(*this, !same);
}

void Leg::OnLocalCandidates() {
  if (owner_ != nullptr) owner_->OnLegCandidates(*this);
}

void Leg::OnPathSilent() {
  silent_ = true;
  if (owner_ != nullptr) owner_->OnLegSilent(*this);
}

void Leg::OnPathFailed() {
  if (owner_ != nullptr) owner_->OnLegFailed(*this);
}

void Leg::SendPacket(std::span<const uint8_t> packet) {
  if (owner_ != nullptr) agent_->SendMedia(packet);
}

void Leg::OnAudio(std::span<const uint8_t> encoded_20ms) {
  if (owner_ != nullptr) owner_->OnLegAudio(encoded_20ms);
}

void Leg::OnDigit(char digit, bool ended, Duration duration) {
  if (owner_ != nullptr) owner_->OnLegDigit(digit, ended, duration);
}

void Leg::OnMedia(const path::Route& from, std::span<const uint8_t> packet) {
  const uint64_t before = session_->counters().packets_received;
  session_->OnPacket(packet);
  // Only who has the key proves that the other end is there.
  if (session_->counters().packets_received != before) agent_->OnMediaHeard(from);
}

}  // namespace sfa::peer
