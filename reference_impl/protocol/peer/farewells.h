// The last words of calls, until the other end has heard them or needs them no more.
//
// A call is over here as soon as it ends; when signalling is broken at that moment, the other end
// would sit there until its path falls silent. So each End is kept for as long as that takes: it is
// sent again when this user has come back to the network, and when the other device has moved.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_FAREWELLS_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_FAREWELLS_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "protocol/signalling.pb.h"
#include "runtime/runtime.h"

namespace sfa::peer {

class Farewells {
 public:
  // An answered call without media has ended by itself by then (RFC 7675: 30 s), one that rings has
  // rung out.
  static constexpr Duration kKeep = std::chrono::seconds(65);
  static constexpr size_t kMaxAgain = 100;
  static constexpr size_t kMax = 1000;  // as many as a peer has calls; the oldest go
  // Where the other device is at home now: asked 1 s after an End has come back, then less and less
  // often.
  static constexpr Duration kFirstLookup = std::chrono::seconds(1);

  using Send = std::function<void(const std::string& to, const wire::Device& device,
                                  const wire::CallMessage& message)>;
  using LookUp = std::function<void(const std::string& user)>;
  Farewells(Runtime& runtime, Send send, LookUp look_up);

  void Say(const std::string& to, const wire::Device& device, const wire::CallMessage& end);
  // This user is at home again: what was said lately may have been lost with the old home.
  void SayAgain();
  // The device still speaks of that call: says it again to where the device is now. False when
  // nothing has been said to it.
  bool SayTo(const std::string& call_id, const wire::Device& device);
  void OnUndeliverable(const std::string& call_id, const wire::Device& device);
  void OnLookup(const wire::LookupReply& reply);
  void Clear();
  size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    std::string to;
    wire::Device device;
    wire::CallMessage end;
    MonotonicTime until;
    MonotonicTime look_up_at;  // when `undelivered`
    Duration pause = kFirstLookup;
    bool undelivered = false;
  };
  void OnTimer();
  void Rearm();

  Runtime& runtime_;
  const Send send_;
  const LookUp look_up_;
  std::deque<Kept> kept_;  // the oldest first
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_FAREWELLS_H_
