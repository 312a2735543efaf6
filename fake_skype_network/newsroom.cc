#include "fake_skype_network/newsroom.h"

namespace sfa::community {
namespace {

bool Same(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

void Newsroom::Expect(const std::string& user) {
  if (accounts_.count(user) == 0) accounts_[user] = {views_.StateOf(user), views_.ShownBy(user)};
}

void Newsroom::ExpectBetween(const std::string& owner, const std::string& name) {
  const Pair pair{owner, name};
  if (pairs_.count(pair) != 0) return;
  const Relation relation = records_.lists.Between(owner, name);
  pairs_[pair] = {relation.listed, views_.See(relation)};
}

void Newsroom::Collect() {
  for (const auto& [user, before] : std::exchange(accounts_, {})) CollectOf(user, before);
  for (const auto& [pair, before] : std::exchange(pairs_, {})) {
    if (!records_.logins.IsLoggedIn(pair.first)) continue;
    const auto& [listed, seen] = before;
    const Relation relation = records_.lists.Between(pair.first, pair.second);
    if (!relation.listed) {
      if (!listed) continue;
      wire::ServiceNews news;
      news.set_buddy_removed(pair.second);
      Tell(pair.first, std::move(news));
      continue;
    }
    wire::Buddy now = views_.See(relation);
    if (listed && Same(seen, now)) continue;
    TellBuddy(pair.first, std::move(now), false);
  }
}

void Newsroom::CollectOf(const std::string& user, const Before& before) {
  if (records_.logins.IsLoggedIn(user)) {
    wire::ServiceNews news;
    *news.mutable_account() = views_.StateOf(user);
    if (!Same(news.account(), before.state)) Tell(user, std::move(news));
  }
  const Shown now = views_.ShownBy(user);
  const bool same_profile = Same(now.profile, before.shown.profile);
  if (now.status == before.shown.status && same_profile) return;
  for (const Relation& relation : records_.lists.ListedBy(user)) {
    if (!records_.logins.IsLoggedIn(relation.owner)) continue;
    if (pairs_.count({relation.owner, user}) != 0) continue;  // told as that
    wire::Buddy buddy = Views::See(relation, now);
    if (!Same(buddy, Views::See(relation, before.shown))) {
      TellBuddy(relation.owner, std::move(buddy), same_profile);
    }
  }
}

void Newsroom::Tell(const std::string& user, wire::ServiceNews news) {
  news_.push_back({user, 0, std::move(news), false});
}

void Newsroom::TellLogin(const std::string& user, uint64_t device, wire::ServiceNews news) {
  news_.push_back({user, device, std::move(news), false});
}

void Newsroom::TellBuddy(const std::string& owner, wire::Buddy buddy, bool status_only) {
  wire::ServiceNews news;
  *news.mutable_buddy() = std::move(buddy);
  news_.push_back({owner, 0, std::move(news), status_only});
}

void Newsroom::TellMissed(const std::string& user, Login& login) {
  if (std::exchange(login.missed_account, false)) {
    wire::ServiceNews news;
    *news.mutable_account() = views_.StateOf(user);
    TellLogin(user, login.device, std::move(news));
  }
  for (const std::string& name : std::exchange(login.missed_buddies, {})) {
    const Relation relation = records_.lists.Between(user, name);
    wire::ServiceNews news;
    if (relation.listed) {
      *news.mutable_buddy() = views_.See(relation);
    } else {
      news.set_buddy_removed(name);
    }
    TellLogin(user, login.device, std::move(news));
  }
}

void Newsroom::Send() {
  for (const News& news : std::exchange(news_, {})) {
    for (const Login& each : records_.logins.Of(news.user)) {
      if (news.device != 0 && news.device != each.device) continue;
      SendTo(news, *records_.logins.Find(news.user, each.device));
    }
  }
}

void Newsroom::Drop() {
  accounts_.clear();
  pairs_.clear();
  news_.clear();
}

void Newsroom::SendTo(const News& news, Login& login) {
  if (news.status_only && !login.presence) return;
  wire::Message message;
  wire::ServicePassage* const passage = message.mutable_service_passage();
  passage->set_user(news.user);
  passage->set_device(login.device);
  *passage->mutable_news() = news.news;
  if (news.news.has_buddy() && !login.presence) {
    passage->mutable_news()->mutable_buddy()->set_status(wire::BUDDY_UNKNOWN);
  }
  if (!login.reachable || !sender_(login.home, message)) Miss(news.news, login);
}

void Newsroom::Miss(const wire::ServiceNews& news, Login& login) {
  if (news.has_account()) login.missed_account = true;
  if (news.has_authorisation_request() || news.has_voicemail()) login.missed_waiting = true;
  if (login.missed_buddies.size() >= kMaxMissed) return;
  if (news.has_buddy()) login.missed_buddies.insert(news.buddy().name());
  if (!news.buddy_removed().empty()) login.missed_buddies.insert(news.buddy_removed());
}

}  // namespace sfa::community
