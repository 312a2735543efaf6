// The pairs of one call and the order in which they are checked (RFC 8445 section 6.1.2).
//
// A pair is a way of ours and a candidate of the other end. Our host and reflexive candidates have
// the UDP socket in common, so they make one pair (section 6.1.2.4), and nothing is gained by
// freezing: each pair starts out waiting.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_CHECK_LIST_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_CHECK_LIST_H_

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>

#include "protocol/path/path_agent.h"
#include "protocol/stun/transaction.h"

namespace sfa::path {

enum class PairState : uint8_t {
  kUnconnected,  // a listener of the other end to which there is no connection
  kWaiting,
  kInProgress,
  kSucceeded,
  kFailed,
  kClosed,  // its way is gone for good
};

// What a pair is worth; the worst first.
enum class PathClass : uint8_t { kRelay, kTcp, kUdp };

struct Pair {
  Route route;  // without a meaning while it is unconnected
  WayKind way_kind = WayKind::kUdp;
  Candidate remote;
  bool signalled = false;       // named by the other end; otherwise learnt from its checks
  uint32_t local_priority = 0;  // of the candidate from which our packets leave

  uint64_t priority = 0;
  PairState state = PairState::kWaiting;
  bool queued = false;  // for a triggered check

  // The check under way.
  std::unique_ptr<stun::Transaction> check;
  PathRole check_role = PathRole::kControlling;
  bool check_nominates = false;
  // One that a triggered check has replaced: no longer repeated, its answer still counts.
  struct Superseded {
    stun::TransactionId id;
    bool sent_once;
    MonotonicTime sent;
  };
  std::optional<Superseded> superseded;

  // Of a pair that has ever been valid: when last, and how the remote end saw us.
  std::optional<MonotonicTime> valid_at;
  Endpoint mapped;
  Duration round_trip{};  // smoothed

  PathClass path_class() const;
};

// Greater is better: what is worth leaving a path that works. A path within one network leads the
// others of its class.
int Rank(const Pair& pair);

class CheckList {
 public:
  // Limits on what a peer can make us do.
  static constexpr size_t kMaxPairs = 48;

  // Pairs never move. When the list is full, a learnt pair that is of no use makes room; nothing
  // when there is none, or when there is such a pair already.
  Pair* Add(const Route& route, WayKind way_kind, const Candidate& remote, PairState state);
  void Remove(Pair& pair);
  Pair* Find(const Route& route);
  Pair* FindCheck(const stun::TransactionId& id);
  // Orders anew for this role.
  void SetPriorities(PathRole role);
  // Never makes room: the pair in use.
  void Keep(const Pair* pair) { kept_ = pair; }
  const Pair* kept() const { return kept_; }

  // Once in the queue, however often asked for.
  void Trigger(Pair& pair);
  void Untrigger(Pair& pair);
  // The next to check: triggered ones in their order, then the best that waits; nothing when none.
  Pair* Next();
  bool HasNext() const;

  // The best class, then the greatest priority.
  Pair* BestValid();
  // Whether something of a better class than `pair` may still succeed.
  bool HopesForBetterThan(const Pair& pair) const;
  bool HopesForAny() const { return unfinished() > 0; }
  size_t unfinished() const;

  std::list<Pair>& pairs() { return pairs_; }
  const std::list<Pair>& pairs() const { return pairs_; }

 private:
  std::list<Pair> pairs_;
  std::deque<Pair*> triggered_;
  const Pair* kept_ = nullptr;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_CHECK_LIST_H_
