// One device of the other user in one call, as far as messages reach it: where it is at home now,
// what it has to be told again when either end has moved, and the candidates that both name in the
// course of the call.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_FAR_END_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_FAR_END_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/path/path_agent.h"
#include "protocol/signalling.pb.h"
#include "protocol/stream/keys.h"
#include "runtime/runtime.h"

namespace sfa::peer {

class CallHost;

class FarEnd {
 public:
  // After a message has come back: where is the device now? Doubles from one to the other.
  static constexpr Duration kFirstLookup = std::chrono::seconds(1);
  static constexpr Duration kLongestLookup = std::chrono::seconds(16);

  // `host` lives as long as this is not stopped.
  FarEnd(CallHost& host, std::string call_id, std::string user, wire::Device device);

  // Who messages are for: a user or a service.
  const std::string& user() const { return user_; }
  const std::string& call_id() const { return call_id_; }
  const wire::Device& device() const { return device_; }
  uint64_t id() const { return device_.id(); }

  // Whose signature updates bear, and to which path they belong: from its description.
  void SetIdentity(const wire::MediaDescription& theirs);

  wire::CallMessage NewMessage() const;
  // Sends it now; with `again` also each time that SayAgain() is called, until Settle().
  void Say(const wire::CallMessage& message, bool again);
  void SayAgain();
  void Settle() { again_.clear(); }
  // All candidates of ours, signed, in place of those said before.
  void SayCandidates(const path::PathDescription& local);

  // Theirs: nothing when they are garbled, forged, for another path or older than what is known.
  // `home` is where they were sent from; the device is at home there from now on. `moved`: it was
  // not before.
  std::optional<std::vector<path::Candidate>> OpenCandidates(const wire::SignedCandidates& message,
                                                             const wire::Device& from, bool* moved);
  // From its signed messages only: a name on an envelope proves nothing.
  // True when it was elsewhere.
  bool MoveTo(const wire::Device& from);

  // The other end shall call `to` instead; `ufrag` is of our half of the path.
  wire::CallMessage TransferTo(const std::string& to, const std::string& ufrag) const;
  // Whether it is the other end's own wish.
  bool IsGenuine(const wire::CallTransfer& transfer) const;

  // A message has come back: looks the device up, soon, and again until Stop() or until it has
  // been heard.
  void OnUndeliverable();
  bool lost() const { return lost_; }
  // True when the device is there and everything should be said again.
  bool OnLookup(const wire::LookupReply& reply);

  void Stop();

 private:
  CallHost& host_;
  const std::string call_id_;
  const std::string user_;
  wire::Device device_;
  std::vector<wire::CallMessage> again_;
  std::optional<stream::Key> signing_key_;
  std::string ufrag_;
  uint32_t sent_ = 0;  // numbers of updates
  uint32_t heard_ = 0;
  bool lost_ = false;  // a message has come back
  Duration pause_ = kFirstLookup;
  std::unique_ptr<Timer> look_up_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_FAR_END_H_
