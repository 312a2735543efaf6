#include "fake_skype_network/profiles.h"

#include <map>

namespace sfa::community {

Profiles::Profiles(Store& store) : store_(store) {
  store_.Run(
      "CREATE TABLE IF NOT EXISTS property (user TEXT, name TEXT, value TEXT NOT NULL,"
      " PRIMARY KEY (user, name)) WITHOUT ROWID");
  store_.Run(
      "CREATE TABLE IF NOT EXISTS visibility (user TEXT, name TEXT, visibility INTEGER NOT NULL,"
      " PRIMARY KEY (user, name)) WITHOUT ROWID");
}

std::string Profiles::WhyNot(const Values& values, const Visibilities& visibilities) {
  for (const auto& [name, value] : values) {
    const peer::PropertyName* const property = peer::FindProperty(name);
    if (property == nullptr) return "there is no property \"" + name + "\"";
    if (!property->writable) return name + " is no part of a profile";
    const std::string_view why = peer::WhyNotValue(*property, value);
    if (!why.empty()) return name + ": expected " + std::string(why) + ", found \"" + value + "\"";
  }
  for (const auto& [name, visibility] : visibilities) {
    if (peer::FindProperty(name) == nullptr) return "there is no property \"" + name + "\"";
  }
  return "";
}

void Profiles::Replace(const std::string& user, const Values& values,
                       const Visibilities& visibilities) {
  store_.Run("DELETE FROM property WHERE user = ?", user);
  store_.Run("DELETE FROM visibility WHERE user = ?", user);
  for (const auto& [name, value] : values) Set(user, name, value);
  for (const auto& [name, visibility] : visibilities) {
    store_.Run("INSERT OR REPLACE INTO visibility VALUES (?, ?, ?)", user, name,
               static_cast<int64_t>(visibility));
  }
}

void Profiles::Set(const std::string& user, const std::string& name, const std::string& value) {
  if (value.empty()) {
    store_.Run("DELETE FROM property WHERE user = ? AND name = ?", user, name);
  } else {
    store_.Run("INSERT OR REPLACE INTO property VALUES (?, ?, ?)", user, name, value);
  }
}

std::string Profiles::ValueOf(const std::string& user, const std::string& name) {
  Query query = store_.Ask("SELECT value FROM property WHERE user = ? AND name = ?", user, name);
  return query.Next() ? query.Text(0) : "";
}

wire::Profile Profiles::Shown(const std::string& user, bool authorised) {
  std::map<std::string, peer::Visibility> own;
  Query query = store_.Ask("SELECT name, visibility FROM visibility WHERE user = ?", user);
  while (query.Next()) own[query.Text(0)] = static_cast<peer::Visibility>(query.Number(1));
  wire::Profile profile;
  for (auto& [name, value] : All(user)) {
    const auto found = own.find(name);
    const peer::Visibility visibility =
        found == own.end() ? peer::FindProperty(name)->visibility : found->second;
    const bool shown = visibility == peer::Visibility::kEverybody ||
                       (visibility == peer::Visibility::kBuddies && authorised);
    if (!shown) continue;
    if (name == "fullname") profile.set_fullname(value);
    wire::Property* const property = profile.add_properties();
    property->set_name(name);
    property->set_value(std::move(value));
  }
  return profile;
}

Profiles::Values Profiles::All(const std::string& user) {
  std::map<std::string, std::string> kept;
  Query query = store_.Ask("SELECT name, value FROM property WHERE user = ?", user);
  while (query.Next()) kept[query.Text(0)] = query.Text(1);
  Values values;
  for (const peer::PropertyName& property : peer::kProperties) {
    const auto found = kept.find(std::string(property.name));
    if (found != kept.end()) values.emplace_back(found->first, std::move(found->second));
  }
  return values;
}

}  // namespace sfa::community
