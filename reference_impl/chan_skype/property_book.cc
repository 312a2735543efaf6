#include "chan_skype/property_book.h"

#include "protocol/peer/service_names.h"

namespace sfa::skype {

void PropertyBook::Confirm(const wire::AccountState& state) {
  known_ = true;
  confirmed_.clear();
  for (const wire::Property& property : state.properties()) {
    // What a newer network may know besides is nobody's here, and unbounded.
    if (peer::FindProperty(property.name())) confirmed_[property.name()] = property.value();
  }
}

uint64_t PropertyBook::Write(const PropertyValues& values) {
  ++last_write_;
  for (const auto& [name, value] : values) written_[name] = Written{last_write_, value};
  return last_write_;
}

void PropertyBook::Settle(uint64_t write) {
  for (auto it = written_.begin(); it != written_.end();) {
    it = it->second.write == write ? written_.erase(it) : std::next(it);
  }
}

void PropertyBook::Clear() {
  known_ = false;
  confirmed_.clear();
  written_.clear();
}

std::string PropertyBook::Read(const std::string& property) const {
  const auto written = written_.find(property);
  if (written != written_.end()) return written->second.value;
  const auto confirmed = confirmed_.find(property);
  return confirmed == confirmed_.end() ? "" : confirmed->second;
}

}  // namespace sfa::skype
