// A call that this user places: rings at every device of the other user, the first to answer has
// it.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_OUTGOING_CALL_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_OUTGOING_CALL_H_

#include <memory>
#include <string>
#include <vector>

#include "protocol/peer/call_base.h"
#include "protocol/peer/far_end.h"

namespace sfa::peer {

class OutgoingCall final : public CallBase {
 public:
  // More logins of one user do not ring.
  static constexpr int kMaxDevices = 8;

  OutgoingCall(CallHost& host, std::string call_id, std::string remote_user,
               std::vector<media::Codec> codecs);
  ~OutgoingCall() override;

  // Looks the user up.
  void Start();

  void OnCallMessage(const wire::Device& from, const wire::CallMessage& message) override;
  void OnUndeliverable(const wire::Device& to) override;
  void OnLookup(const wire::LookupReply& reply) override;

  bool GivesWayTo(const Call& incoming) const override;

  // Of incoming calls only.
  void Ring(media::Codec) override {}
  void Answer() override {}

 private:
  // One device and what has been agreed with it.
  struct Branch {
    std::unique_ptr<FarEnd> far_end;
    std::unique_ptr<Leg> leg;
    std::string offer;  // as signed
    bool rings = false;
    media::Codec codec{};
    media::SrtpKeys keys{};
  };
  using Branches = std::vector<Branch>;

  void Offer(const wire::Device& device);
  Branches::iterator Find(uint64_t device);
  void OnRinging(Branches::iterator branch, const wire::Device& from,
                 const wire::CallRinging& ringing);
  void OnCandidates(Branches::iterator branch, const wire::Device& from,
                    const wire::SignedCandidates& message);
  Leg* LegOf(const Branch& branch) const {
    return branch.leg ? branch.leg.get() : media_leg_.get();
  }
  void SayAgain(const Branch& branch);
  void OnAnswer(Branches::iterator branch);
  // A device takes no part any more; the call is over for `reason` when it was the last.
  void Drop(Branches::iterator branch, EndReason reason);
  Result<media::SrtpKeys> Agree(Branch& branch, const wire::SignedMedia& media);

  void TellEnd(EndReason reason) override;
  void BuryLegs() override;
  void OnTimeout() override;
  void SayAgain() override;
  void OnFarEndLost() override;
  void OnLegOpen(Leg& leg) override;
  void OnLegFailed(Leg& leg) override;
  void OnLegCandidates(Leg& leg) override;

  bool looking_up_ = false;
  bool ringing_ = false;
  bool agreed_ = false;  // with branches_[0], the only one then
  Branches branches_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_OUTGOING_CALL_H_
