// What calls to telephones cost: the permission before the telephone rings, the bill after the
// call.
#ifndef FAKE_SKYPE_NETWORK_TOLL_H_
#define FAKE_SKYPE_NETWORK_TOLL_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "protocol/peer/peer.h"
#include "runtime/runtime.h"

namespace sfa::community {

// One call that somebody pays for.
struct Toll {
  std::string account;
  std::string number;
  std::optional<Duration> longest;  // then the credit is used up
  std::optional<MonotonicTime> answered;
};

class TollDesk {
 public:
  // A bill that could not be delivered is sent again after this time, until it is.
  static constexpr Duration kAgain = std::chrono::seconds(10);
  // The oldest beyond is lost.
  static constexpr size_t kMostBills = 10000;

  // Both outlive it.
  TollDesk(Runtime& runtime, peer::Peer& peer);

  struct Verdict {
    std::optional<peer::EndReason> refusal;
    std::optional<Duration> longest;  // nothing: no bound
  };
  // `done` runs once, later; not at all after destruction.
  void Authorise(const Toll& toll, std::function<void(const Verdict&)> done);
  // The call has been answered and is over now. Seconds that have begun count.
  void Settle(const Toll& toll);

 private:
  void SendNext();

  Runtime& runtime_;
  peer::Peer& peer_;
  std::deque<wire::ServiceRequest> bills_;  // the first one is on its way while `asking_`
  bool asking_ = false;
  std::unique_ptr<Timer> again_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TOLL_H_
