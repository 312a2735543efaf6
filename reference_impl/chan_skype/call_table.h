// The driver's calls: numbers that are never used twice, and what is known of each call.
//
// No lock of its own: the core's snapshot lock covers it.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_CALL_TABLE_H_
#define REFERENCE_IMPL_CHAN_SKYPE_CALL_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "chan_skype/pbx_port.h"
#include "chan_skype/property_book.h"

namespace sfa::skype {

enum class CallPhase {
  kAdmitted,  // outgoing: it has a number and a licensed channel, the network knows nothing of it
  kPlaced,    // outgoing: the engine places it
  kOffered,   // incoming: the PBX is making a channel for it
  kRinging,   // incoming: the dialplan has it
  kAnswered,
};

struct Call {
  skype_call_id id = 0;
  uint64_t engine_id = 0;  // how the engine calls it; 0 before it is placed
  bool incoming = false;
  CallPhase phase = CallPhase::kAdmitted;
  bool far_ended = false;  // over for the network; the PBX's channel is still there
  bool has_media = false;
  std::string account;
  std::string destination;
  std::vector<pbx_codec> codecs;
  // topic and token; of an incoming call besides languages, forwarded_by, target_identity and what
  // may be seen of the caller. Names as in property_names.h, none twice.
  PropertyValues properties;
  std::string far_end;  // who is at the other end: a Skype name or a number
  bool held = false;    // by the PBX
  bool held_by_far_end = false;
  bool transferring = false;       // the PBX waits for pbx_host.channel_transferred()
  pbx_channel* channel = nullptr;  // one reference
  pbx_address local{};

  // "" when it is not known.
  std::string Property(std::string_view name) const;
  void SetProperty(std::string_view name, std::string_view value);
};

// Invariants:
//  1. A number given out by this table names at most one call, ever. Outgoing calls have odd
//     numbers, as the engine expects; incoming ones even numbers.
//  2. A call is found by its engine number only while the network still has it.
class CallTable {
 public:
  Call& AddOutgoing();
  Call& AddIncoming(uint64_t engine_id);
  // Null when there is no such call (any more).
  Call* Find(skype_call_id id);
  Call* FindByEngineId(uint64_t engine_id);
  // The engine takes up an outgoing call under the call's own number.
  void Placed(Call& call);
  // The network has nothing to do with the call any more.
  void FarEnded(Call& call);
  // Takes the call out of the table; id 0 when it was not there.
  Call Take(skype_call_id id);
  // In the order of their numbers.
  std::vector<skype_call_id> Ids() const;
  size_t size() const { return calls_.size(); }

 private:
  skype_call_id next_outgoing_ = 1;
  skype_call_id next_incoming_ = 2;
  std::map<skype_call_id, Call> calls_;
  std::map<uint64_t, skype_call_id> by_engine_id_;
};

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_CALL_TABLE_H_
