#include "chan_skype/buddy_book.h"

#include <utility>

#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {
namespace {

constexpr const char* kMood = "mood_text";

Buddy FromWire(const wire::Buddy& from, bool presence) {
  Buddy buddy;
  buddy.name = from.name();
  if (presence && wire::BuddyStatus_IsValid(from.status())) buddy.status = from.status();
  if (!from.profile().fullname().empty()) {
    buddy.profile.emplace_back("fullname", from.profile().fullname());
  }
  for (const wire::Property& property : from.profile().properties()) {
    if (property.value().empty() || !peer::FindProperty(property.name()) ||
        property.value().size() > peer::kMaxPropertyBytes ||
        (!presence && property.name() == kMood) || !buddy.Property(property.name()).empty()) {
      continue;
    }
    buddy.profile.emplace_back(property.name(), property.value());
  }
  return buddy;
}

BuddyChange Gone(const Buddy& buddy) {
  BuddyChange change;
  change.name = buddy.name;
  change.before = buddy.status;
  return change;
}

bool IsSeen(const Buddy& buddy) {
  return buddy.status != wire::BUDDY_UNKNOWN || !buddy.Property(kMood).empty();
}

}  // namespace

std::string Buddy::Property(std::string_view property) const {
  for (const auto& [name, value] : profile) {
    if (name == property) return value;
  }
  return "";
}

void BuddyBook::Put(Buddy buddy, std::vector<BuddyChange>* changes) {
  if (!IsName(buddy.name)) return;
  const std::string key = Lower(buddy.name);
  const auto found = buddies_.find(key);
  if (found == buddies_.end() && buddies_.size() >= peer::kMaxBuddies) return;
  const Buddy before = found == buddies_.end() ? Buddy{} : std::move(found->second);
  BuddyChange change;
  change.name = buddy.name;
  change.listed = true;
  change.before = before.status;
  change.after = buddy.status;
  change.mood = buddy.Property(kMood);
  if (change.before != change.after || change.mood != before.Property(kMood)) {
    changes->push_back(std::move(change));
  }
  buddies_[key] = std::move(buddy);
  unconfirmed_.erase(key);
  list_.reset();
}

void BuddyBook::Begin() {
  unconfirmed_.clear();
  for (const auto& [key, buddy] : buddies_) unconfirmed_.insert(key);
}

std::vector<BuddyChange> BuddyBook::AddPage(const wire::BuddyList& page, bool last, bool presence) {
  std::vector<BuddyChange> changes;
  for (const wire::Buddy& buddy : page.buddies()) Put(FromWire(buddy, presence), &changes);
  if (!last) return changes;
  known_ = true;
  for (const std::string& key : std::exchange(unconfirmed_, {})) {
    const std::vector<BuddyChange> gone = Remove(key);
    changes.insert(changes.end(), gone.begin(), gone.end());
  }
  return changes;
}

std::vector<BuddyChange> BuddyBook::Update(const wire::Buddy& buddy, bool presence) {
  std::vector<BuddyChange> changes;
  Put(FromWire(buddy, presence), &changes);
  return changes;
}

std::vector<BuddyChange> BuddyBook::Remove(const std::string& name) {
  const auto found = buddies_.find(Lower(name));
  if (found == buddies_.end()) return {};
  std::vector<BuddyChange> changes;
  if (IsSeen(found->second)) changes.push_back(Gone(found->second));
  unconfirmed_.erase(found->first);
  buddies_.erase(found);
  list_.reset();
  return changes;
}

std::vector<BuddyChange> BuddyBook::Clear() {
  std::vector<BuddyChange> changes;
  for (const auto& [key, buddy] : buddies_) {
    if (IsSeen(buddy)) changes.push_back(Gone(buddy));
  }
  buddies_.clear();
  unconfirmed_.clear();
  list_.reset();
  known_ = false;
  return changes;
}

const Buddy* BuddyBook::Find(std::string_view name) const {
  const auto found = buddies_.find(Lower(name));
  return found == buddies_.end() ? nullptr : &found->second;
}

std::shared_ptr<const Buddies> BuddyBook::List() const {
  if (!list_) {
    auto list = std::make_shared<Buddies>();
    list->reserve(buddies_.size());
    for (const auto& [key, buddy] : buddies_) list->push_back(buddy);
    list_ = std::move(list);
  }
  return list_;
}

}  // namespace sfa::skype
