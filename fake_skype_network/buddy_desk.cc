#include "fake_skype_network/buddy_desk.h"

namespace sfa::community {
namespace {

// Rows that are read for one reply: of the shortest ones so many fit.
constexpr int64_t kMostRows = 500;

}  // namespace

wire::ServiceReply BuddyDesk::List(const Asker& asker, const wire::GetBuddies& request) {
  tools_.records.logins.SetPresence(asker.user, asker.device, request.presence());
  const auto rows = tools_.records.lists.Listed(asker.user, request.after(), kMostRows);
  wire::ServiceReply reply = Done();
  wire::BuddyList* const list = reply.mutable_buddies();
  list->set_more(rows.size() == kMostRows);
  size_t bytes = 0;
  for (const Relation& row : rows) {
    wire::Buddy buddy = tools_.views.See(row);
    if (!request.presence()) buddy.set_status(wire::BUDDY_UNKNOWN);
    bytes += buddy.ByteSizeLong() + 4;
    if (bytes > kMostReplyBytes && list->buddies_size() > 0) {
      list->set_more(true);
      break;
    }
    *list->add_buddies() = std::move(buddy);
  }
  return reply;
}

wire::ServiceReply BuddyDesk::Add(const Asker& asker, const wire::AddBuddy& request) {
  BuddyLists& lists = tools_.records.lists;
  const std::string& name = request.name();
  const bool telephone = peer::IsPhoneNumber(name);
  if (!telephone && !tools_.records.accounts.IsPerson(name)) return NoSuchUser(name);
  if (name == asker.user) return Refused(wire::SERVICE_BAD_VALUE, "that is the account itself");
  if (!IsText(request.text(), peer::kMaxRequestTextBytes)) {
    return Refused(wire::SERVICE_BAD_VALUE, "a request's text has at most 500 bytes");
  }
  const Relation before = lists.Between(asker.user, name);
  if (!before.listed && lists.Count(asker.user) >= static_cast<int64_t>(peer::kMaxBuddies)) {
    return Refused(wire::SERVICE_TOO_MANY, "a list has at most 5000 buddies");
  }
  // Whom the other one has blocked waits without being heard.
  const bool asks = !telephone && !before.authorised && !lists.HasBlocked(name, asker.user);
  if (asks && lists.CountRequests(name) >= BuddyLists::kMaxRequests) {
    return Refused(wire::SERVICE_TOO_MANY, name + " has too many requests to answer");
  }
  tools_.newsroom.ExpectBetween(asker.user, name);
  lists.Add(asker.user, name);
  if (asks) {
    lists.Ask(asker.user, name, request.text());
    tools_.newsroom.Tell(name, NewsOf({asker.user, request.text()}, name));
  }
  return Done();
}

wire::ServiceReply BuddyDesk::Remove(const Asker& asker, const wire::RemoveBuddy& request) {
  BuddyLists& lists = tools_.records.lists;
  if (!lists.Between(asker.user, request.name()).listed) {
    return Refused(wire::SERVICE_UNKNOWN_BUDDY,
                   "\"" + request.name().substr(0, 64) + "\" is not on the list");
  }
  tools_.newsroom.ExpectBetween(asker.user, request.name());
  lists.Remove(asker.user, request.name());
  lists.Withdraw(asker.user, request.name());
  return Done();
}

wire::ServiceReply BuddyDesk::Answer(const Asker& asker, const wire::AnswerBuddy& request) {
  BuddyLists& lists = tools_.records.lists;
  const std::string& user = asker.user;
  const std::string& name = request.name();
  const bool telephone = peer::IsPhoneNumber(name);
  const bool blocks =
      request.answer() == wire::ANSWER_BLOCK || request.answer() == wire::ANSWER_UNBLOCK;
  if (!(telephone && blocks) && !tools_.records.accounts.IsPerson(name)) return NoSuchUser(name);
  if (name == user) return Refused(wire::SERVICE_BAD_VALUE, "that is the account itself");
  if (request.answer() == wire::ANSWER_BLOCK && lists.CountBlocked(user) >= kMaxBlocked) {
    return Refused(wire::SERVICE_TOO_MANY, "at most 5000 can be blocked");
  }
  tools_.newsroom.ExpectBetween(user, name);
  tools_.newsroom.ExpectBetween(name, user);
  switch (request.answer()) {
    case wire::ANSWER_ACCEPT:
      lists.Authorise(user, name);
      break;
    case wire::ANSWER_DENY:
      lists.Deny(user, name);
      break;
    case wire::ANSWER_BLOCK:
      lists.Deny(user, name);
      lists.Block(user, name);
      break;
    case wire::ANSWER_UNBLOCK:
      lists.Unblock(user, name);
      return Done();
    default:
      return Refused(wire::SERVICE_BAD_VALUE, "accept, deny, block or unblock");
  }
  lists.Withdraw(name, user);
  return Done();
}

void BuddyDesk::TellRequests(const Asker& login) {
  for (const BuddyLists::Request& request : tools_.records.lists.Requests(login.user)) {
    tools_.newsroom.TellLogin(login.user, login.device, NewsOf(request, login.user));
  }
}

wire::ServiceNews BuddyDesk::NewsOf(const BuddyLists::Request& request, const std::string& to) {
  wire::ServiceNews news;
  wire::AuthorisationRequest* const asked = news.mutable_authorisation_request();
  asked->set_from(request.from);
  *asked->mutable_profile() = tools_.views.ProfileFor(to, request.from);
  asked->set_text(request.text);
  return news;
}

}  // namespace sfa::community
