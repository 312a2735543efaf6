// Who has whom on the list, who lets whom see its presence, who has blocked whom, who asks whom.
#ifndef FAKE_SKYPE_NETWORK_BUDDY_LISTS_H_
#define FAKE_SKYPE_NETWORK_BUDDY_LISTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "fake_skype_network/store.h"

namespace sfa::community {

// How an owner stands to somebody, whether on its list or not.
struct Relation {
  std::string owner;
  std::string name;         // a user, or a telephone number
  bool listed = false;      // on the owner's list
  bool authorised = false;  // `name` lets the owner see its presence
  bool blocked = false;     // by the owner
};

class BuddyLists {
 public:
  // Requests that wait for one user's answer.
  static constexpr int64_t kMaxRequests = 1000;

  explicit BuddyLists(Store& store);

  // The user's own list and whom it has blocked.
  void Clear(const std::string& user);
  // Friends: on each other's list, authorised both ways. Telephone numbers may be among them.
  void Give(const std::string& user, const std::vector<std::string>& buddies,
            const std::vector<std::string>& blocked);

  void Add(const std::string& owner, const std::string& name);
  void Remove(const std::string& owner, const std::string& name);
  int64_t Count(const std::string& owner);
  // At most `most` of the list, by name, that come after `after`.
  std::vector<Relation> Listed(const std::string& owner, const std::string& after, int64_t most);
  // Of all who have `name` on their lists.
  std::vector<Relation> ListedBy(const std::string& name);
  Relation Between(const std::string& owner, const std::string& name);

  void Authorise(const std::string& user, const std::string& viewer);
  void Deny(const std::string& user, const std::string& viewer);
  bool HasAuthorised(const std::string& user, const std::string& viewer);

  void Block(const std::string& user, const std::string& name);
  void Unblock(const std::string& user, const std::string& name);
  bool HasBlocked(const std::string& user, const std::string& name);
  int64_t CountBlocked(const std::string& user);

  struct Request {
    std::string from;
    std::string text;
  };
  // In place of an earlier one.
  void Ask(const std::string& from, const std::string& to, const std::string& text);
  void Withdraw(const std::string& from, const std::string& to);
  int64_t CountRequests(const std::string& to);
  // The oldest first.
  std::vector<Request> Requests(const std::string& to);

 private:
  Store& store_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_BUDDY_LISTS_H_
