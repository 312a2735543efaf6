// What incoming and outgoing calls have in common.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_CALL_BASE_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_CALL_BASE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/peer/far_end.h"
#include "protocol/peer/leg.h"
#include "protocol/peer/peer.h"
#include "protocol/signalling.pb.h"
#include "protocol/stream/keys.h"
#include "runtime/runtime.h"

namespace sfa::peer {

class CallBase;

inline constexpr size_t kCallIdBytes = 16;

// What calls need of their peer.
class CallHost {
 public:
  virtual Runtime& runtime() = 0;
  virtual path::MediaPort& port() = 0;
  virtual const std::string& user() const = 0;
  virtual const std::string& fullname() const = 0;
  // Of this user, as far as known.
  virtual const std::vector<std::string>& languages() const = 0;
  virtual const stream::Key& root_key() const = 0;
  virtual const stream::SigningKey& signing_key() const = 0;
  virtual const wire::UserCredential& credential() const = 0;
  // Something has gone silent that may be the network's fault; it works again.
  virtual void Suspect() = 0;
  virtual void Hasten() = 0;
  // What came in was forged, garbled, old or out of place.
  virtual void CountDropped() = 0;
  // Both lose what is sent while there is no supernode.
  virtual void SendCall(const std::string& to, const wire::Device& device,
                        const wire::CallMessage& message) = 0;
  virtual void SendLookup(const std::string& user) = 0;
  // The last word of a call: said again as long as it may matter.
  virtual void SendFarewell(const std::string& to, const wire::Device& device,
                            const wire::CallMessage& end) = 0;
  // The leg is retired here and destroyed when nobody can be inside it any more.
  virtual void Bury(std::unique_ptr<Leg> leg) = 0;
  // Messages with that id are for `call`, too.
  virtual void AlsoKnownAs(const std::string& id, CallBase& call) = 0;
  // The call is over, or is being destroyed.
  virtual void Forget(const CallBase& call) = 0;

 protected:
  ~CallHost() = default;
};

// How long a telephone rings; the caller waits a little longer, so that it is the callee who gives
// up, for a reason that both then know.
inline constexpr Duration kRingTime = std::chrono::seconds(60);
inline constexpr Duration kWaitForAnswer = std::chrono::seconds(65);
// From an answer until a path must be open. RFC 8445's checks have failed or succeeded by then.
inline constexpr Duration kWaitForPath = std::chrono::seconds(30);
// For the directory's answer.
inline constexpr Duration kWaitForLookup = std::chrono::seconds(15);
// For signalling to come back before the answer: both ends may be on their way to another home,
// which takes seconds.
inline constexpr Duration kPatience = std::chrono::seconds(15);
// For the far end to call somebody else.
inline constexpr Duration kWaitForTransfer = std::chrono::seconds(30);

class CallBase : public Call, protected LegOwner {
 public:
  ~CallBase() override;

  // From the peer.
  virtual void OnCallMessage(const std::string& name, const wire::Device& from,
                             const wire::CallMessage& message) = 0;
  virtual void OnUndeliverable(const wire::Undeliverable& message) = 0;
  // Of anybody.
  virtual void OnLookup(const wire::LookupReply& reply) = 0;
  // Without the supernode nothing can be agreed on: there is kPatience for it to come back. A call
  // that is answered lives on.
  void OnSupernodeLost();
  // This user is at home again, perhaps elsewhere: the other end must learn where.
  void OnHome();
  // The peer ends it (LogOut()).
  void Shut(EndReason reason) { Finish(reason, true); }
  // The peer goes away.
  void Detach();

  // The one that never changes.
  const std::string& call_id() const { return call_id_; }
  // CallHost::AlsoKnownAs().
  virtual const std::vector<std::string>& other_ids() const {
    static const std::vector<std::string> kNone;
    return kNone;
  }
  bool answered() const { return answered_; }

  // Call
  std::string id() const override { return call_id_; }
  void SetObserver(CallObserver* observer) override { observer_ = observer; }
  const std::string& remote_user() const override { return remote_user_; }
  const std::string& remote_fullname() const override { return remote_fullname_; }
  const std::vector<media::Codec>& offered_codecs() const override { return codecs_; }
  const CallProperties& properties() const override { return properties_; }
  void End(EndReason reason) override;
  void Hold(bool held) override;
  void Transfer(const std::string& user) override;
  void AnswerTransfer(bool done, EndReason reason) override;
  void SendAudio(std::span<const uint8_t> encoded_20ms) override;
  void BeginDigit(char digit) override;
  void EndDigit(Duration duration) override;
  MediaStatistics statistics() const override;

 protected:
  CallBase(CallHost& host, std::string call_id, std::string remote_user,
           std::vector<media::Codec> codecs, CallProperties properties);

  // Tells all devices that still take part, each its own reason.
  virtual void TellEnd(EndReason reason) = 0;
  // Gives up all legs but `media_leg_`.
  virtual void BuryLegs() = 0;
  virtual void OnTimeout() = 0;
  // Whatever the other end may have missed.
  virtual void SayAgain() = 0;
  // kPatience is over for those whom no message reaches.
  virtual void OnFarEndLost() = 0;
  // The one with whom the call has been agreed on; null before.
  virtual FarEnd* far_end() = 0;

  LegOwner& leg_owner() { return *this; }
  bool over() const { return over_; }
  void SendEnd(const FarEnd& far_end, EndReason reason);
  // A message before the answer has come back.
  void BePatient();
  // Ends the call and reports it soon.
  void Finish(EndReason reason, bool tell);
  // Both have agreed and `leg` is open: from here on it is the call's media. May destroy this.
  void Establish(std::unique_ptr<Leg> leg, media::Codec codec, const media::SrtpKeys& keys);
  // Before the answer: what the leg plays goes to the observer; audio goes out by `leg`.
  void Hear() { hears_ = true; }
  void Speak(Leg* leg) { speaks_by_ = leg; }
  // Holds and transfers; the rest is dropped.
  void OnTalkMessage(const wire::CallMessage& message);
  // What the other end may have missed of these.
  void SayTalkAgain();
  // To find out in a callback's wake whether this lives.
  const std::shared_ptr<CallBase*>& self() const { return self_; }

  // LegOwner
  void OnLegPath(Leg& leg, bool replaced) final;
  void OnLegSilent(Leg&) final;
  void OnLegAudio(std::span<const uint8_t> encoded_20ms) final;
  void OnLegDigit(char digit, bool ended, Duration duration) final;

  CallHost* host_;  // null when the peer is gone
  CallObserver* observer_ = nullptr;
  const std::string call_id_;
  const std::string remote_user_;
  std::string remote_fullname_;
  const std::vector<media::Codec> codecs_;
  const CallProperties properties_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<Leg> media_leg_;  // of an answered call

 private:
  bool over_ = false;
  bool answered_ = false;
  bool stranded_ = false;  // this user has no home
  std::unique_ptr<Timer> patience_;
  bool hears_ = false;
  Leg* speaks_by_ = nullptr;
  MediaStatistics last_;  // of a call that is over
  // Hold: what has been said last, what has been heard last.
  bool holding_ = false, hold_said_ = false, held_ = false;
  void OnTransferRequest(const wire::CallTransfer& transfer);
  void TellTransferred(bool done, EndReason reason);
  std::optional<wire::CallMessage> transfer_;  // under way
  std::unique_ptr<Timer> transfer_timer_;
  // Of the far end: whom to call; whether that has been answered, and how.
  std::string transferee_;
  std::optional<wire::CallMessage> transfer_answer_;
  std::shared_ptr<CallBase*> self_ = std::make_shared<CallBase*>(this);
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_CALL_BASE_H_
