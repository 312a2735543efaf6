// The media of one call with one device: its path, its keys, its session.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_LEG_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_LEG_H_

#include <memory>
#include <span>
#include <vector>

#include "protocol/media/media_session.h"
#include "protocol/path/media_port.h"
#include "protocol/path/path_agent.h"
#include "protocol/peer/peer.h"
#include "protocol/signalling.pb.h"
#include "protocol/stream/keys.h"
#include "runtime/runtime.h"

namespace sfa::peer {

class Leg;

class LegOwner {
 public:
  // Once.
  virtual void OnLegOpen(Leg& leg) = 0;
  // The path lives again after a silence, or (`replaced`) another one has taken its place.
  virtual void OnLegPath(Leg& leg, bool replaced) = 0;
  // The other end should be told of path().candidates.
  virtual void OnLegCandidates(Leg& leg) = 0;
  // The path has gone silent and does not answer; another open one or OnLegFailed() follows.
  virtual void OnLegSilent(Leg& leg) = 0;
  // Never opened, or went silent afterwards.
  virtual void OnLegFailed(Leg& leg) = 0;
  virtual void OnLegAudio(std::span<const uint8_t> encoded_20ms) = 0;
  virtual void OnLegDigit(char digit, bool ended, Duration duration) = 0;

 protected:
  ~LegOwner() = default;
};

// In none of its calls may the owner destroy the leg: it retires it, and destroys it later.
class Leg final : private path::PathObserver,
                  private media::MediaObserver,
                  private path::MediaReceiver {
 public:
  Leg(Runtime& runtime, path::MediaPort& port, path::PathRole role, LegOwner& owner);
  ~Leg();

  // Fills in our half: path, key share, and the SSRC for which this leg listens.
  void Describe(wire::MediaDescription* media) const;
  const stream::Key& secret() const { return share_.secret; }
  const path::PathDescription& description() const { return agent_->local(); }
  // Checks can begin.
  void SetRemote(const wire::MediaDescription& theirs);
  // All candidates that the other end has now.
  void UpdateRemote(const std::vector<path::Candidate>& candidates) {
    agent_->UpdateRemote(candidates);
  }
  // Media flows; only while open(). The first time counts: early media goes on as the call's.
  void StartMedia(media::Codec codec, const media::SrtpKeys& keys);

  bool open() const { return open_; }
  // The path in use; only when open().
  const path::PathInfo& path() const { return path_; }
  // Null before StartMedia().
  media::MediaSession* session() { return session_.get(); }
  void FillStatistics(MediaStatistics* statistics) const;

  // No more calls to the owner, nothing more is received or sent.
  void Retire();

 private:
  void OnPathOpen(const path::PathInfo& path) override;
  void OnLocalCandidates() override;
  void OnPathSilent() override;
  void OnPathFailed() override;
  void SendPacket(std::span<const uint8_t> packet) override;
  void OnAudio(std::span<const uint8_t> encoded_20ms) override;
  void OnDigit(char digit, bool ended, Duration duration) override;
  void OnMedia(const path::Route& from, std::span<const uint8_t> packet) override;

  Runtime& runtime_;
  path::MediaPort& port_;
  LegOwner* owner_;  // null when retired
  const stream::ExchangeKey share_;
  const uint32_t receive_ssrc_;
  uint32_t send_ssrc_ = 0;
  bool open_ = false;
  bool listening_ = false;
  bool silent_ = false;
  path::PathInfo path_;
  std::unique_ptr<path::PathAgent> agent_;
  std::unique_ptr<media::MediaSession> session_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_LEG_H_
