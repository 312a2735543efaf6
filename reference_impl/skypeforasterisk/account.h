// One account in the engine: a peer, and what the driver wants of it.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_ACCOUNT_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_ACCOUNT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "protocol/peer/peer.h"

namespace sfa::engine {

class Account;

class AccountObserver {
 public:
  // May destroy the account when that is finished().
  virtual void OnAccountState(Account& account, peer::LoginState state,
                              const std::string& reason) = 0;
  virtual void OnIncomingCall(Account& account, std::unique_ptr<peer::Call> call) = 0;
  virtual void OnNews(Account& account, const wire::ServiceNews& news) = 0;

 protected:
  ~AccountObserver() = default;
};

// Invariants:
//  1. There is at most one peer; a new one is made only when the old one is logged out.
//  2. The last wish counts: a login during a logout follows it, a logout cancels such a login.
//  3. A logout ends, by itself or after kLogoutDeadline.
//  4. Whatever is asked is answered once, at the latest when the peer goes.
class Account final : private peer::PeerObserver {
 public:
  using PeerMaker =
      std::function<std::unique_ptr<peer::Peer>(peer::PeerSettings, peer::PeerObserver&)>;

  Account(Runtime& runtime, peer::PeerSettings settings, PeerMaker make_peer,
          AccountObserver& observer);

  const std::string& name() const { return settings_.user; }
  // Null when logged out.
  peer::Peer* peer() { return peer_.get(); }
  bool logged_in() const;
  // Logged out for good: nobody needs this account any more.
  bool finished() const { return !peer_ && !relogin_; }

  void LogIn(const std::string& secret);
  void LogOut();
  // `done` may run at once.
  void Ask(const wire::ServiceRequest& request, peer::Peer::ServiceDone done);

 private:
  void OnLoginState(peer::LoginState state, const std::string& reason) override;
  void OnIncomingCall(std::unique_ptr<peer::Call> call) override;
  void OnNews(const wire::ServiceNews& news) override;
  void Discard();

  Runtime& runtime_;
  peer::PeerSettings settings_;
  const PeerMaker make_peer_;
  AccountObserver& observer_;
  std::unique_ptr<peer::Peer> peer_;
  std::map<uint64_t, peer::Peer::ServiceDone> asked_;
  uint64_t next_question_ = 1;
  bool leaving_ = false;                // LogOut() has been asked for
  std::optional<std::string> relogin_;  // with this secret, once logged out
  // Runs Discard(): at once when the peer has reported its end, because a peer may not be
  // destroyed while it reports; at the latest when the deadline is over.
  std::unique_ptr<Timer> discard_;
};

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_ACCOUNT_H_
