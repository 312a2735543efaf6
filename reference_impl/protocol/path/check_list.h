// The pairs of one call and the order in which they are checked (RFC 8445 section 6.1.2).
//
// There is one component and one socket, so every pair has the same base and a pair is as good as
// its remote candidate; our reflexive candidates would be pruned as redundant (section 6.1.2.4).
// For the same reason nothing is gained by freezing: each pair starts out waiting.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_CHECK_LIST_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_CHECK_LIST_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/path/path_agent.h"
#include "protocol/stun/transaction.h"

namespace sfa::path {

enum class PairState { kWaiting, kInProgress, kSucceeded, kFailed };

struct Pair {
  Candidate remote;
  uint64_t priority = 0;
  PairState state = PairState::kWaiting;
  bool queued = false;               // for a triggered check
  bool nominate_when_valid = false;  // the controlling end has asked for this pair

  // The check under way.
  std::unique_ptr<stun::Transaction> check;
  bool check_nominates = false;
  PathRole check_role = PathRole::kControlling;
  // One that a triggered check has replaced: no longer repeated, its answer still counts.
  std::optional<stun::TransactionId> superseded;

  // Of a valid pair: how the remote end sees us.
  Endpoint mapped;
  CandidateKind mapped_kind = CandidateKind::kHost;
  Duration round_trip{};  // smoothed
};

class CheckList {
 public:
  // Limits on what a peer can make us do.
  static constexpr size_t kMaxSignalled = 16;
  static constexpr size_t kMaxPairs = 32;  // with those learnt from its checks

  // Pairs never move and never go. Nothing when the list is full.
  Pair* Add(const Candidate& remote);
  Pair* Find(const Endpoint& remote);
  Pair* FindCheck(const stun::TransactionId& id);
  // Orders anew for this role; `local` is the priority of our base.
  void SetPriorities(PathRole role, uint32_t local);

  // Once in the queue, however often asked for; `first` goes before the others.
  void Trigger(Pair& pair, bool first = false);
  void Untrigger(Pair& pair);
  // The next to check: triggered ones in their order, then the best that waits; nothing when none.
  Pair* Next();
  bool HasNext() const;
  void ClearQueue();

  Pair* BestValid();
  // Whether something better than `pair` may still succeed.
  bool HopesForBetterThan(const Pair& pair) const;
  bool HopesForAny() const;
  size_t unfinished() const;

  std::deque<Pair>& pairs() { return pairs_; }

 private:
  std::deque<Pair> pairs_;
  std::deque<Pair*> triggered_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_CHECK_LIST_H_
