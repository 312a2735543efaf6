#include "chan_skype/channel_state.h"

#include <utility>

namespace {

// An id is valid to the end of its channel (reading 21), so their number needs a bound.
constexpr size_t kMaxEnumerations = 1000;

}  // namespace

void skype_channel_state::SetCallProperty(const std::string& property, const std::string& value) {
  sfa::MutexLock lock(mutex_);
  call_properties_[property] = value;
}

std::optional<std::string> skype_channel_state::CallProperty(const std::string& property) const {
  sfa::MutexLock lock(mutex_);
  const auto found = call_properties_.find(property);
  if (found == call_properties_.end()) return std::nullopt;
  return found->second;
}

std::string skype_channel_state::Enumerate(std::shared_ptr<const sfa::skype::Buddies> list) {
  sfa::MutexLock lock(mutex_);
  if (enumerations_.size() >= kMaxEnumerations) return "";
  std::string id = std::to_string(enumerations_.size() + 1);
  enumerations_[id].list = std::move(list);
  return id;
}

bool skype_channel_state::Next(const std::string& id, std::optional<sfa::skype::Buddy>* buddy) {
  sfa::MutexLock lock(mutex_);
  const auto found = enumerations_.find(id);
  if (found == enumerations_.end()) return false;
  Enumeration& enumeration = found->second;
  buddy->reset();
  if (enumeration.list && enumeration.next < enumeration.list->size()) {
    *buddy = (*enumeration.list)[enumeration.next++];
  } else {
    enumeration.list.reset();
  }
  return true;
}
