// A call that comes in at this device.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_INCOMING_CALL_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_INCOMING_CALL_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/peer/call_base.h"
#include "protocol/peer/far_end.h"

namespace sfa::peer {

class IncomingCall final : public CallBase {
 public:
  // `description` has been opened: it is `offer`'s, and its caller is who he says he is. A service
  // may call for a telephone.
  IncomingCall(CallHost& host, std::string call_id, const std::string& caller,
               const wire::Device& device, const wire::CallOffer& offer,
               wire::MediaDescription description);
  // An end before the answer is a refusal (kRejected).
  ~IncomingCall() override;

  void OnCallMessage(const std::string& name, const wire::Device& from,
                     const wire::CallMessage& message) override;
  void OnUndeliverable(const wire::Undeliverable& message) override;
  void OnLookup(const wire::LookupReply& reply) override;

  void Ring(media::Codec codec) override;
  void Progress() override;
  void Answer() override;

 private:
  void TellEnd(EndReason reason) override;
  void BuryLegs() override;
  void OnTimeout() override;
  void SayAgain() override;
  void OnFarEndLost() override;
  FarEnd* far_end() override { return answered() ? &far_end_ : nullptr; }
  void SpeakEarly();
  void OnCandidates(const wire::Device& from, const wire::SignedCandidates& message);
  Leg* leg() const { return leg_ ? leg_.get() : media_leg_.get(); }
  void OnLegOpen(Leg& leg) override;
  void OnLegFailed(Leg& leg) override;
  void OnLegCandidates(Leg& leg) override { far_end_.SayCandidates(leg.description()); }

  FarEnd far_end_;
  const std::string offer_;  // as signed
  const wire::MediaDescription theirs_;
  // What has replaced its candidates before there was a leg.
  std::optional<std::vector<path::Candidate>> candidates_;
  std::unique_ptr<Leg> leg_;  // from Ring() until the call is established
  media::Codec codec_{};
  media::SrtpKeys keys_{};
  bool progress_ = false;
  bool agreed_ = false;
  MonotonicTime said_{};  // the latest time that everything was said
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_INCOMING_CALL_H_
