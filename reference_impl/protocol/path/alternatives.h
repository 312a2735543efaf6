// The pairs beside the one in use: kept warm while that one works, searched when it does not.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_ALTERNATIVES_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_ALTERNATIVES_H_

#include <functional>
#include <memory>

#include "protocol/path/check_list.h"
#include "protocol/path/outgoing_checks.h"
#include "runtime/runtime.h"

namespace sfa::path {

// Contract:
//  1. From KeepWarm() on, the best two valid relayed pairs beside the one in use are checked every
//     15 s: the NATs and the relays' permissions on the way stay open.
//  2. From Search() on, every pair is checked at once and then every second, those that have worked
//     before first. `round` runs with each of these rounds.
class Alternatives {
 public:
  Alternatives(Runtime& runtime, CheckList& list, OutgoingChecks& checks,
               std::function<void()> round);

  void KeepWarm();
  // The pair in use has not been heard since; what has answered after that is still valid.
  void Search(MonotonicTime last_heard);
  void Stop();

 private:
  void OnTimer();
  void SearchRound();
  void WarmUp();

  Runtime& runtime_;
  CheckList& list_;
  OutgoingChecks& checks_;
  std::function<void()> round_;
  bool searching_ = false;
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_ALTERNATIVES_H_
