// An allocation on a TURN server: an endpoint there that is ours (RFC 8656).
#ifndef REFERENCE_IMPL_PROTOCOL_TURN_ALLOCATION_H_
#define REFERENCE_IMPL_PROTOCOL_TURN_ALLOCATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "protocol/turn/relaying.h"
#include "protocol/turn/session.h"

namespace sfa::turn {

// What is asked for. Refreshed often, it need not be the 600 s of RFC 8656 section 3.2, which a
// server may grant all the same: what cannot be given back is soon gone.
inline constexpr Duration kAllocationLifetime = std::chrono::seconds(60);
// A Refresh so often: keeps the NATs on the way open (RFC 8445 section 11), and tells a server that
// has died or started anew while nobody relays.
inline constexpr Duration kRefreshInterval = std::chrono::seconds(15);

// Never from inside a method. OnAllocated() and OnAllocationLost() may destroy the allocation.
class AllocationUser {
 public:
  virtual void OnAllocated() = 0;
  // Refused, not answered, or gone: with the server's error code, 0 when it is silent. The last
  // call.
  virtual void OnAllocationLost(int error) = 0;
  // A peer's packet; `data` is valid during the call.
  virtual void OnRelayed(const Endpoint& peer, std::span<const uint8_t> data) = 0;

 protected:
  ~AllocationUser() = default;
};

class Allocation {
 public:
  // Asks at once. Everything outlives the allocation; `patience` is that of the first request.
  Allocation(Runtime& runtime, Transport& transport, Credential credential,
             std::optional<Challenge> challenge, Patience patience, AllocationUser& user);

  // What has come from the server: a STUN message of TURN's methods, or ChannelData. False when it
  // was none of ours.
  bool OnMessage(std::span<const uint8_t> bytes);

  bool allocated() const { return relayed_.has_value(); }
  std::optional<Endpoint> relayed() const { return relayed_; }
  // What the server asked for; for the next allocation there.
  const std::optional<Challenge>& challenge() const { return session_.challenge(); }

  // Lost before there is an allocation.
  void Send(const Endpoint& peer, std::span<const uint8_t> data, bool media);
  // Asks whether it is still there. `answered` runs once, unless the server says that it is gone:
  // then OnAllocationLost() does. Not after that call, and not after Release().
  void Check(Patience patience, std::function<void(bool alive)> answered);
  // Gives it back; the user hears nothing more. `done` runs once, when the server has agreed or
  // does not answer, and may destroy the allocation; whoever destroys it earlier has asked once.
  void Release(std::function<void()> done);

 private:
  void Ask(Patience patience);
  void OnAnswer(const Answer& answer);
  // An allocation of an earlier life is in the way (error 437): given back, then asked again.
  void ClearAndAsk(Patience patience);
  void Refresh(uint32_t lifetime, Patience patience, Session::Done done);
  void OnRefreshed(const Answer& answer);
  void Lose(int error);

  AllocationUser* user_;  // null once it is lost or released
  Patience patience_;
  Session session_;
  Relaying relaying_;
  std::optional<Endpoint> relayed_;
  bool cleared_ = false;
  std::unique_ptr<Timer> refresh_;
};

}  // namespace sfa::turn

#endif  // REFERENCE_IMPL_PROTOCOL_TURN_ALLOCATION_H_
