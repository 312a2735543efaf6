#include "fake_skype_network/views.h"

#include <utility>

namespace sfa::community {
namespace {

void Add(wire::AccountState& state, std::string_view name, std::string value) {
  if (value.empty()) return;
  wire::Property* const property = state.add_properties();
  property->set_name(std::string(name));
  property->set_value(std::move(value));
}

// Of somebody who is logged in; BUDDY_OFFLINE for who does not want to be seen.
wire::BuddyStatus StatusOf(const std::string& availability) {
  if (availability == "Away") return wire::BUDDY_AWAY;
  if (availability == "Not Available") return wire::BUDDY_NOT_AVAILABLE;
  if (availability == "Do Not Disturb") return wire::BUDDY_DO_NOT_DISTURB;
  if (availability == "Skype Me") return wire::BUDDY_SKYPE_ME;
  if (availability == "Invisible" || availability == "Offline") return wire::BUDDY_OFFLINE;
  return wire::BUDDY_ONLINE;
}

}  // namespace

wire::AccountState Views::StateOf(const std::string& user) {
  wire::AccountState state;
  const auto kept = records_.profiles.All(user);
  for (const peer::PropertyName& property : peer::kProperties) {
    if (property.name == "skypeout_currency") {
      Add(state, property.name, records_.till.CurrencyOf(user));
    } else if (property.name == "skypeout_balance") {
      Add(state, property.name, Till::ToCents(records_.till.CreditOf(user).value_or(0)));
    } else {
      std::string value = property.name == "availability" ? "Online" : "";
      for (const auto& [name, kept_value] : kept) {
        if (name == property.name) value = kept_value;
      }
      Add(state, property.name, std::move(value));
    }
  }
  return state;
}

Shown Views::ShownBy(const std::string& user) {
  Shown shown;
  shown.profile = records_.profiles.Shown(user, true);
  if (records_.logins.IsLoggedIn(user)) {
    shown.status = StatusOf(records_.profiles.ValueOf(user, "availability"));
  }
  // Who is invisible looks exactly as if nobody were there.
  if (shown.status == wire::BUDDY_OFFLINE) {
    const Reach reach = records_.numbers.ReachOf(user);
    if (!reach.forward_to.empty()) {
      shown.status = wire::BUDDY_OFFLINE_FORWARDING;
    } else if (reach.voicemail) {
      shown.status = wire::BUDDY_OFFLINE_VOICEMAIL;
    }
  }
  return shown;
}

wire::Profile Views::ProfileFor(const std::string& asker, const std::string& user) {
  return records_.profiles.Shown(user, asker == user || records_.lists.HasAuthorised(user, asker));
}

wire::Buddy Views::See(const Relation& relation, const Shown& shown) {
  wire::Buddy buddy;
  buddy.set_name(relation.name);
  if (peer::IsPhoneNumber(relation.name)) {
    buddy.set_status(relation.blocked ? wire::BUDDY_BLOCKED_SKYPEOUT : wire::BUDDY_SKYPEOUT);
    return buddy;
  }
  if (relation.authorised) *buddy.mutable_profile() = shown.profile;
  if (relation.blocked) {
    buddy.set_status(wire::BUDDY_BLOCKED);
  } else {
    buddy.set_status(relation.authorised ? shown.status : wire::BUDDY_WAITING_FOR_AUTHORIZATION);
  }
  return buddy;
}

wire::Buddy Views::See(const Relation& relation) {
  const bool telephone = peer::IsPhoneNumber(relation.name);
  return See(relation, telephone || !relation.authorised ? Shown() : ShownBy(relation.name));
}

}  // namespace sfa::community
