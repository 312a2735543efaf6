// The buddy list of an account, as the driver has heard it last.
//
// No lock of its own: the core's snapshot lock covers it.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_BUDDY_BOOK_H_
#define REFERENCE_IMPL_CHAN_SKYPE_BUDDY_BOOK_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chan_skype/property_book.h"

namespace sfa::skype {

struct Buddy {
  std::string name;
  wire::BuddyStatus status = wire::BUDDY_UNKNOWN;
  PropertyValues profile;  // what the list's owner may see; none is empty

  std::string Property(std::string_view property) const;
};

// By name.
using Buddies = std::vector<Buddy>;

// What has become of one name. Before and after differ in something that can be seen.
struct BuddyChange {
  std::string name;
  bool listed = false;  // now
  wire::BuddyStatus before = wire::BUDDY_UNKNOWN;
  wire::BuddyStatus after = wire::BUDDY_UNKNOWN;
  std::string mood;  // now
};

// Invariants:
//  1. One entry for each name, whatever its case; at most peer::kMaxBuddies, and none that IsName()
//     refuses: more is dropped.
//  2. Whoever applies the changes that are returned, in order, sees at each moment the statuses and
//     moods that the book holds.
class BuddyBook {
 public:
  // The whole list begins to come, page by page; what is known stays until then.
  void Begin();
  // Without presence every status is Unknown and there is no mood, whatever the network says. After
  // the last page, who has neither been on one nor in an Update() since Begin() is gone.
  std::vector<BuddyChange> AddPage(const wire::BuddyList& page, bool last, bool presence);
  std::vector<BuddyChange> Update(const wire::Buddy& buddy, bool presence);
  std::vector<BuddyChange> Remove(const std::string& name);
  // Nothing is known any more.
  std::vector<BuddyChange> Clear();

  // Whether a whole list has come since the last Clear().
  bool known() const { return known_; }
  const Buddy* Find(std::string_view name) const;
  size_t size() const { return buddies_.size(); }
  // As it is now; stays so.
  std::shared_ptr<const Buddies> List() const;

 private:
  // Takes `buddy` in, which replaces the one of its name.
  void Put(Buddy buddy, std::vector<BuddyChange>* changes);

  bool known_ = false;
  std::map<std::string, Buddy> buddies_;         // by name in lower case
  std::set<std::string> unconfirmed_;            // keys of those of before Begin()
  mutable std::shared_ptr<const Buddies> list_;  // of now, once somebody has asked
};

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_BUDDY_BOOK_H_
