// A call that this user places: rings at every device of the other user, the first to answer has
// it.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_OUTGOING_CALL_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_OUTGOING_CALL_H_

#include <memory>
#include <string>
#include <vector>

#include "protocol/peer/call_base.h"
#include "protocol/peer/far_end.h"
#include "protocol/peer/hunt.h"

namespace sfa::peer {

class OutgoingCall final : public CallBase, private HuntOwner {
 public:
  // More logins of one user do not ring.
  static constexpr int kMaxDevices = 8;

  OutgoingCall(CallHost& host, std::string call_id, std::string remote_user,
               std::vector<media::Codec> codecs, CallProperties properties);
  ~OutgoingCall() override;

  // Looks the user up.
  void Start();

  void OnCallMessage(const std::string& name, const wire::Device& from,
                     const wire::CallMessage& message) override;
  void OnUndeliverable(const wire::Undeliverable& message) override;
  void OnLookup(const wire::LookupReply& reply) override;

  // After the answer the id of the target that has answered.
  std::string id() const override;
  const std::vector<std::string>& other_ids() const override { return ids_; }
  bool GivesWayTo(const Call& incoming) const override;

  // Of incoming calls only.
  void Ring(media::Codec) override {}
  void Answer() override {}

 private:
  // One device and what has been agreed with it.
  struct Branch {
    size_t target = 0;  // of the hunt
    std::unique_ptr<FarEnd> far_end;
    std::unique_ptr<Leg> leg;
    std::string offer;  // as signed
    bool rings = false;
    bool progress = false;  // its audio is worth hearing before the answer
    media::Codec codec{};
    media::SrtpKeys keys{};
  };
  using Branches = std::vector<Branch>;

  std::string IdFor(size_t target);
  void Offer(size_t target, const std::string& id, const wire::Device& device);
  CallProperties PropertiesFor(const Target& target) const;
  Branches::iterator Find(const std::string& name, uint64_t device, const std::string& id);
  void OnEnd(Branches::iterator branch, EndReason reason);
  void OnRinging(Branches::iterator branch, const wire::Device& from,
                 const wire::CallRinging& ringing);
  void OnProgress(Branches::iterator branch);
  // Its audio is heard from here on, unless another one's is already. May destroy this.
  void HearEarly(Branch& branch);
  void OnCandidates(Branches::iterator branch, const wire::Device& from,
                    const wire::SignedCandidates& message);
  Leg* LegOf(const Branch& branch) const {
    return branch.leg ? branch.leg.get() : media_leg_.get();
  }
  void SayAgain(const Branch& branch);
  void OnAnswer(Branches::iterator branch);
  bool TellParty(const Target& target);
  // A device takes no part any more; its target is over for `reason` when it was the last.
  void Drop(Branches::iterator branch, EndReason reason);
  Result<media::SrtpKeys> Agree(Branch& branch, const wire::SignedMedia& media);

  // HuntOwner
  void LookUp(const std::string& name) override { host_->SendLookup(name); }
  bool RingAt(size_t target, const wire::LookupReply& found) override;
  void StopRinging(size_t target, EndReason reason) override;
  void OnHuntOver(EndReason reason) override { Finish(reason, false); }

  void TellEnd(EndReason reason) override;
  void BuryLegs() override;
  void OnTimeout() override { Finish(EndReason::kNoPath, true); }
  void SayAgain() override;
  void OnFarEndLost() override;
  FarEnd* far_end() override {
    return agreed_ && !branches_.empty() ? branches_.front().far_end.get() : nullptr;
  }
  void OnLegOpen(Leg& leg) override;
  void OnLegFailed(Leg& leg) override;
  void OnLegCandidates(Leg& leg) override;

  bool ringing_ = false;
  bool agreed_ = false;  // with branches_[0], the only one then
  Hunt hunt_;
  std::vector<std::string> ids_;  // of all targets but the first
  Branches branches_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_OUTGOING_CALL_H_
