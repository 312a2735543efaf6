// One call in the engine: the network's call on one side, the PBX's RTP on the other.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_CALL_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_CALL_H_

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "protocol/peer/peer.h"
#include "skypeforasterisk/pbx_leg.h"

namespace sfa::engine {

class EngineCall;

// OnCallEnded() may destroy the call, the others may not.
class EngineCallObserver {
 public:
  virtual void OnCallRinging(EngineCall& call) = 0;
  // Audio flows from here on, where it did not yet.
  virtual void OnCallMedia(EngineCall& call) = 0;
  virtual void OnCallProgress(EngineCall& call) = 0;
  virtual void OnCallAnswered(EngineCall& call) = 0;
  virtual void OnCallParty(EngineCall& call, const std::string& name) = 0;
  virtual void OnCallHeld(EngineCall& call, bool held) = 0;
  virtual void OnCallTransferred(EngineCall& call, bool done, peer::EndReason reason) = 0;
  virtual void OnCallEnded(EngineCall& call, peer::EndReason reason) = 0;

 protected:
  ~EngineCallObserver() = default;
};

class EngineCall final : private peer::CallObserver, private PbxLegObserver {
 public:
  EngineCall(uint64_t id, std::string account, EngineCallObserver& observer)
      : id_(id), account_(std::move(account)), observer_(observer) {}

  uint64_t id() const { return id_; }
  const std::string& account() const { return account_; }
  const Endpoint rtp() const { return leg_->local(); }
  media::Codec pbx_codec() const { return leg_->codec(); }
  peer::MediaStatistics statistics() const { return call_->statistics(); }
  const std::string& remote_user() const { return call_->remote_user(); }
  bool answered() const { return answered_; }
  bool transferring() const { return transferring_; }
  // The driver has ended it and waits for nothing more.
  bool ending() const { return ending_; }

  // First: the socket for the PBX.
  Status OpenRtp(Runtime& runtime, RtpPorts& ports, Ipv4Address rtp_address);
  // Then one of the two.
  void Place(peer::Peer& peer, const std::string& destination,
             const std::vector<media::Codec>& codecs, const peer::CallProperties& properties,
             const Endpoint& pbx);
  void Take(std::unique_ptr<peer::Call> call);

  // Incoming calls: the PBX alerts somebody and will use `codec`; then it answers.
  void Ring(media::Codec codec, const Endpoint& pbx);
  // After Ring(): the caller hears the PBX before the answer.
  void Progress();
  void Answer();
  void End(peer::EndReason reason);
  void Hold(bool held) { call_->Hold(held); }
  // OnCallTransferred() follows; after a success OnCallEnded().
  void Transfer(const std::string& to);

 private:
  void OnRinging() override { observer_.OnCallRinging(*this); }
  void OnProgress(media::Codec codec) override;
  void OnParty(const std::string& user, const std::string&) override {
    observer_.OnCallParty(*this, user);
  }
  void OnHold(bool held) override { observer_.OnCallHeld(*this, held); }
  // A PBX decides for itself whom it calls.
  void OnTransfer(const std::string&) override {
    call_->AnswerTransfer(false, peer::EndReason::kRejected);
  }
  void OnTransferred(bool done, peer::EndReason reason) override;
  void StartPbxLeg(media::Codec codec);
  void OnAnswered(media::Codec codec) override;
  void OnEnded(peer::EndReason reason) override;
  void OnAudio(std::span<const uint8_t> encoded_20ms) override;
  void OnDigit(char digit, bool ended, Duration duration) override;
  void OnPbxAudio(std::span<const uint8_t> encoded_20ms) override;
  void OnPbxDigit(char digit, bool ended, Duration duration) override;

  const uint64_t id_;
  const std::string account_;
  EngineCallObserver& observer_;
  Endpoint pbx_;
  std::optional<media::Codec> wanted_;  // what the PBX speaks; for placed calls what was agreed
  media::Codec network_codec_ = media::Codec::kPcmu;
  bool answered_ = false;
  bool ending_ = false;
  bool transferring_ = false;
  std::unique_ptr<PbxLeg> leg_;
  std::unique_ptr<peer::Call> call_;
};

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_CALL_H_
