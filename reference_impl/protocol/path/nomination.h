// Which pair carries the call (RFC 8445 section 8), and which one takes its place.
//
// Nominations are numbered (draft-thatcher-ice-renomination), so that the controlling end can
// change its mind: for a better path, or for any path when the present one is silent.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_NOMINATION_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_NOMINATION_H_

#include <functional>
#include <memory>
#include <optional>

#include "protocol/path/check_identity.h"
#include "protocol/path/check_list.h"
#include "runtime/runtime.h"

namespace sfa::path {

// Contract:
//  1. The controlling end takes the first valid pair than which no better class may still succeed;
//     250 ms after the first success, the best valid one. From then on it takes a pair that is
//     worth leaving the present one for; while that one is lost, the first valid one.
//  2. The controlled end takes the pair that was nominated last, as soon as it is valid.
//  3. `selected` runs when a pair has been taken, the same one again among them; it is the last
//     thing that any method does.
class Nomination {
 public:
  Nomination(Runtime& runtime, CheckList& list, const CheckIdentity& identity,
             std::function<void(Pair&)> selected);

  Pair* selected() const { return selected_; }
  // Of the latest nomination; 0 before there is one.
  uint32_t number() const { return number_; }

  // A pair has become valid, or hope has gone.
  void Consider();
  void OnValid(Pair& pair);
  // The other end nominates. True when the pair has to be checked for that.
  bool OnNominated(Pair& pair, std::optional<uint32_t> number);
  // The other end sees us elsewhere by the selected pair: it must be told to send there.
  void NominateAgain();
  void OnRoleChanged();
  // The pair has failed or goes away. The selected one stays until another takes its place.
  void OnFailed(const Pair& pair);

  // The selected pair does not work, or works again.
  void SetLost(bool lost) { lost_ = lost; }
  void Stop() { wait_->Cancel(); }

 private:
  void Nominate(Pair& pair);
  void Select(Pair& pair);

  CheckList& list_;
  const CheckIdentity& identity_;
  std::function<void(Pair&)> on_selected_;
  Pair* selected_ = nullptr;
  Pair* pending_ = nullptr;  // nominated by the other end, not yet valid
  uint32_t number_ = 0;
  bool lost_ = false;
  std::unique_ptr<Timer> wait_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_NOMINATION_H_
