// Wrong about calls and licensed channels: manual 1, 3.2.1 and 3.2.2.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

// Loses the second digit that the PBX sends into each call.
class DigitLost final : public Spoiler {
 public:
  bool OnDigit(skype_call_id call, char) override { return ++digits_[call] != 2; }

 private:
  std::map<skype_call_id, int> digits_;
};

// Sends every digit as short as it can.
class DigitsCut final : public Spoiler {
 public:
  bool CutsDigits() override { return true; }
};

// Takes one kind of G.711 for the other when it is told which one was agreed on.
class CodecSwapped final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (!events.front().has_call_media()) return;
    control::CallMedia& media = *events.front().mutable_call_media();
    media.set_codec(media.codec() == control::CODEC_ULAW ? control::CODEC_ALAW
                                                         : control::CODEC_ULAW);
  }
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().has_ring_call()) return;
    control::RingCall& ring = *commands.front().mutable_ring_call();
    ring.set_codec(ring.codec() == control::CODEC_ULAW ? control::CODEC_ALAW : control::CODEC_ULAW);
  }
};

// Agrees on G.729 with the far end and has nothing that would translate it.
class G729Untranslated final : public Spoiler {
 public:
  void OnIncoming(SpoiledIncoming& incoming) override {
    if (incoming.codec == PBX_CODEC_G729) incoming.codec = PBX_CODEC_ULAW;
  }
};

// Does not know G.729 when it is called.
class G729Unknown final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (!events.front().has_incoming_call()) return;
    auto& codecs = *events.front().mutable_incoming_call()->mutable_codecs();
    codecs.erase(std::remove(codecs.begin(), codecs.end(), control::CODEC_G729), codecs.end());
  }
};

// The pool as it is, for a driver that counts wrongly.
class Pool : public res::LicensePool {
 public:
  explicit Pool(res::LicensePool& pool) : pool_(pool) {}
  bool Acquire() override { return pool_.Acquire(); }
  void Release() override { pool_.Release(); }
  int total() const override { return pool_.total(); }
  int in_use() const override { return pool_.in_use(); }

 protected:
  res::LicensePool& pool_;
};

template <typename PoolType>
class Counting final : public Spoiler {
 public:
  std::unique_ptr<res::LicensePool> Licences(res::LicensePool& pool) override {
    return std::make_unique<PoolType>(pool);
  }
};

// Takes a licensed channel for each call and keeps it.
class KeepingPool final : public Pool {
 public:
  using Pool::Pool;
  void Release() override {}
};

// Takes a licensed channel while there is one, and calls without when there is none.
class NeedlessPool final : public Pool {
 public:
  using Pool::Pool;
  bool Acquire() override {
    taken_ += pool_.Acquire() ? 1 : 0;
    return true;
  }
  void Release() override {
    if (taken_ == 0) return;
    --taken_;
    pool_.Release();
  }

 private:
  int taken_ = 0;
};

// Takes one licensed channel for two calls at the same time.
class HalvingPool final : public Pool {
 public:
  using Pool::Pool;
  bool Acquire() override {
    if (calls_ % 2 == 0 && !pool_.Acquire()) return false;
    ++calls_;
    return true;
  }
  void Release() override {
    --calls_;
    if (calls_ % 2 == 0) pool_.Release();
  }

 private:
  int calls_ = 0;
};

// Has one call at a time.
class SinglePool final : public Pool {
 public:
  using Pool::Pool;
  bool Acquire() override { return in_use() == 0 && pool_.Acquire(); }
};

// Does not tell the far end that the PBX has hung up.
class EndNotTold final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (commands.front().has_end_call()) commands.clear();
  }
};

// Every end of a call is an ordinary one for the far end.
class EndWithoutReason final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (commands.front().has_end_call()) {
      commands.front().mutable_end_call()->set_reason(control::END_NORMAL);
    }
  }
};

// Takes ringing for an answer.
class RingingIsAnswer final : public Spoiler {
 public:
  bool OnControl(pbx_control& control) override {
    if (control == PBX_CONTROL_RINGING) control = PBX_CONTROL_ANSWERED;
    return true;
  }
};

// Does not tell the PBX of ringing.
class RingingNotTold final : public Spoiler {
 public:
  bool OnControl(pbx_control& control) override { return control != PBX_CONTROL_RINGING; }
};

// Every end of a call is an ordinary one.
class CauseLost final : public Spoiler {
 public:
  void OnHangup(pbx_cause& cause) override { cause = PBX_CAUSE_NORMAL_CLEARING; }
};

// Whatever keeps a call from being placed is said to be the same.
class CongestionUnavailable final : public Spoiler {
 public:
  void OnRefused(pbx_cause& cause) override { cause = PBX_CAUSE_NO_ROUTE_DESTINATION; }
};

// Rings on in Asterisk when another login of the account has answered.
class RingsOnElsewhere final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (events.front().call_ended().reason() == control::END_ANSWERED_ELSEWHERE) events.clear();
  }
};

// Does not tell the PBX how a transfer went.
class TransferNotTold final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (events.front().has_call_transferred()) events.clear();
  }
};

// Answers a call as soon as it comes, whatever the dialplan does.
class AnswersItself final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().has_ring_call()) return;
    control::Command answer;
    answer.mutable_answer_call()->set_call(commands.front().ring_call().call());
    commands.push_back(answer);
  }
};

// Does not read who shall call: default_user does, or nobody.
class OriginatorIgnored final : public Spoiler {
 public:
  void OnDial(std::string& address) override { address.erase(0, address.find('@') + 1); }
};

// Takes the first account where neither a dial string nor default_user names one.
class OriginatorGuessed final : public Spoiler {
 public:
  bool OnReload() override {
    default_user_ = false;
    return true;
  }
  bool OnConfiguration(const std::string& section, std::string& name, std::string&) override {
    default_user_ = default_user_ || name == "default_user";
    if (section != "general" && first_.empty()) first_ = section;
    return true;
  }
  void OnDial(std::string& address) override {
    if (!default_user_ && address.find('@') == std::string::npos) address.insert(0, first_ + "@");
  }

 private:
  std::string first_;
  bool default_user_ = false;
};

// Calls a number without its plus sign.
class PlusStripped final : public Spoiler {
 public:
  void OnDial(std::string& address) override { std::erase(address, '+'); }
};

// Calls a name without its dots, hyphens and underscores.
class NameShrunk final : public Spoiler {
 public:
  void OnDial(std::string& address) override {
    const size_t name = address.find('@') + 1;  // 0 without an originator
    address.erase(std::remove_if(address.begin() + static_cast<std::ptrdiff_t>(name), address.end(),
                                 [](char c) { return c == '.' || c == '-' || c == '_'; }),
                  address.end());
  }
};

// Knows somebody to call where a dial string names nobody.
class DestinationGuessed final : public Spoiler {
 public:
  void OnDial(std::string& address) override {
    if (address.empty() || address.back() == '@') address += "austin_powers";
  }
};

// Lets the caller hear Asterisk only once it has answered.
class HeardOnlyAnswered final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (commands.front().has_progress_call()) commands.clear();
  }
};

// Asks the network for an answer from a destination that does not exist: "no answer".
class UnknownIsNoAnswer final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (events.front().call_ended().reason() == control::END_UNKNOWN_USER) events.clear();
  }
};

// Calls of all accounts enter where the first call did.
class FirstContextForAll final : public Spoiler {
 public:
  void OnIncoming(SpoiledIncoming& incoming) override {
    if (first_.context.empty()) first_ = incoming;
    incoming.context = first_.context;
    incoming.exten = first_.exten;
  }

 private:
  SpoiledIncoming first_;
};

// Every call starts at extension s.
class StartsAtS final : public Spoiler {
 public:
  void OnIncoming(SpoiledIncoming& incoming) override { incoming.exten = "s"; }
};

// The account that is called is shown as the caller.
class CallerHidden final : public Spoiler {
 public:
  void OnIncoming(SpoiledIncoming& incoming) override { incoming.caller_number = incoming.account; }
};

// Has a place of its own for telephones.
class TelephonesElsewhere final : public Spoiler {
 public:
  void OnIncoming(SpoiledIncoming& incoming) override {
    if (incoming.caller_number.rfind('+', 0) == 0) incoming.exten = "s";
  }
};

// A telephone that calls is shown without its plus sign.
class CallerWithoutPlus final : public Spoiler {
 public:
  void OnIncoming(SpoiledIncoming& incoming) override { std::erase(incoming.caller_number, '+'); }
};

}  // namespace

std::vector<NonConformingDriver> WrongCalls() {
  return {
      {"digit-lost", WrappedDriver<DigitLost>(), "digits-to-callee", "SFA-1-05"},
      {"digits-cut", WrappedDriver<DigitsCut>(), "digits-from-callee", "SFA-X-44"},
      {"licence-kept", WrappedDriver<Counting<KeepingPool>>(), "asterisk-hangs-up", "SFA-1-08"},
      {"licence-not-needed", WrappedDriver<Counting<NeedlessPool>>(), "no-licence-left-outgoing",
       "SFA-1-07"},
      {"licence-for-two", WrappedDriver<Counting<HalvingPool>>(), "local-call", "SFA-1-09"},
      {"end-not-told", WrappedDriver<EndNotTold>(), "asterisk-hangs-up", "SFA-1-15"},
      {"one-call-at-a-time", WrappedDriver<Counting<SinglePool>>(), "several-calls", "SFA-1-02"},
      {"transfer-not-told", WrappedDriver<TransferNotTold>(), "transfer-application", "SFA-1-25"},
      {"left-one-not-told", WrappedDriver<EndNotTold>(), "bridged-by-a-manager", "SFA-1-12"},
      {"both-ring-on", WrappedDriver<EndNotTold>(), "two-destinations", "SFA-3.2.1-20"},
      {"heard-only-answered", WrappedDriver<HeardOnlyAnswered>(), "early-media-to-the-caller",
       "SFA-X-48"},
      {"codec-swapped", WrappedDriver<CodecSwapped>(), "outgoing-call-public", "SFA-1-03"},
      {"g729-without-a-translation", WrappedDriver<G729Untranslated>(), "g729-none-left",
       "SFA-3-10"},
      {"g729-heard-by-nobody", WrappedDriver<G729Untranslated>(), "g729-calls", "SFA-1-17"},
      {"g729-passed-untranslated", WrappedDriver<G729Untranslated>(), "g729-calls", "SFA-3-11"},
      {"g729-unknown", WrappedDriver<G729Unknown>(), "g729-calls", "SFA-3.1-36"},
      {"g729-licences-unused", WrappedDriver<G729Unknown>(), "g729-calls", "SFA-3-08"},
      {"alaw-is-ulaw", WrappedDriver<CodecSwapped>(), "outgoing-call-public", "SFA-1-10"},
      {"codec-of-a-taken-call-swapped", WrappedDriver<CodecSwapped>(), "codecs-by-default",
       "SFA-1-16"},
      {"cause-lost-of-a-refusal", WrappedDriver<CauseLost>(), "dial-status", "SFA-3.2.1-17"},
      {"destination-guessed", WrappedDriver<DestinationGuessed>(), "dial-strings", "SFA-3.2.1-08"},
      {"telephones-elsewhere", WrappedDriver<TelephonesElsewhere>(), "call-from-a-telephone",
       "SFA-3.2.2-07"},
      {"end-without-reason", WrappedDriver<EndWithoutReason>(), "incoming-contexts", "SFA-X-38"},
      {"ringing-is-answer", WrappedDriver<RingingIsAnswer>(), "outgoing-no-answer", "SFA-1-14"},
      {"ringing-not-told", WrappedDriver<RingingNotTold>(), "dial-status", "SFA-3.2.1-19"},
      {"cause-lost", WrappedDriver<CauseLost>(), "outgoing-busy", "SFA-1-14"},
      {"congestion-unavailable", WrappedDriver<CongestionUnavailable>(), "no-licence-left-outgoing",
       "SFA-1-07"},
      {"rings-on-elsewhere", WrappedDriver<RingsOnElsewhere>(), "account-at-two-places",
       "SFA-1-39"},
      {"answers-itself", WrappedDriver<AnswersItself>(), "incoming-contexts", "SFA-3.2.2-09"},
      {"originator-ignored", WrappedDriver<OriginatorIgnored>(), "originators", "SFA-3.2.1-07"},
      {"originator-guessed", WrappedDriver<OriginatorGuessed>(), "default-user-reloaded",
       "SFA-3.1-17"},
      {"plus-stripped", WrappedDriver<PlusStripped>(), "call-to-a-telephone", "SFA-3.2.1-05"},
      {"name-shrunk", WrappedDriver<NameShrunk>(), "dial-strings", "SFA-3.2.1-11"},
      {"unknown-is-no-answer", WrappedDriver<UnknownIsNoAnswer>(), "outgoing-unknown-user",
       "SFA-3.2.1-04"},
      {"first-context-for-all", WrappedDriver<FirstContextForAll>(), "incoming-contexts",
       "SFA-3.2.2-06"},
      {"starts-at-s", WrappedDriver<StartsAtS>(), "missing-extension", "SFA-3.2.2-04"},
      {"caller-hidden", WrappedDriver<CallerHidden>(), "incoming-call-public", "SFA-3.2.2-05"},
      {"caller-without-plus", WrappedDriver<CallerWithoutPlus>(), "call-from-a-telephone",
       "SFA-3.2.2-11"},
  };
}

}  // namespace sfa::conformance
