#include "fake_skype_network/buddy_lists.h"

#include "protocol/peer/service_names.h"

namespace sfa::community {
namespace {

std::vector<Relation> Rows(Query query) {
  std::vector<Relation> rows;
  while (query.Next()) {
    rows.push_back({query.Text(0), query.Text(1), true, query.Flag(2), query.Flag(3)});
  }
  return rows;
}

}  // namespace

BuddyLists::BuddyLists(Store& store) : store_(store) {
  store_.Run(
      "CREATE TABLE IF NOT EXISTS buddy (owner TEXT, name TEXT, PRIMARY KEY (owner, name))"
      " WITHOUT ROWID");
  store_.Run("CREATE INDEX IF NOT EXISTS listed_by ON buddy (name, owner)");
  store_.Run(
      "CREATE TABLE IF NOT EXISTS authorisation (user TEXT, viewer TEXT,"
      " PRIMARY KEY (user, viewer)) WITHOUT ROWID");
  store_.Run(
      "CREATE TABLE IF NOT EXISTS blocked (user TEXT, name TEXT, PRIMARY KEY (user, name))"
      " WITHOUT ROWID");
  store_.Run(
      "CREATE TABLE IF NOT EXISTS request (id INTEGER PRIMARY KEY, sender TEXT, recipient TEXT,"
      " text TEXT NOT NULL, UNIQUE (recipient, sender))");
}

void BuddyLists::Clear(const std::string& user) {
  store_.Run("DELETE FROM buddy WHERE owner = ?", user);
  store_.Run("DELETE FROM blocked WHERE user = ?", user);
}

void BuddyLists::Give(const std::string& user, const std::vector<std::string>& buddies,
                      const std::vector<std::string>& blocked) {
  for (const std::string& name : buddies) {
    Add(user, name);
    if (peer::IsPhoneNumber(name)) continue;
    Add(name, user);
    Authorise(user, name);
    Authorise(name, user);
  }
  for (const std::string& name : blocked) Block(user, name);
}

void BuddyLists::Add(const std::string& owner, const std::string& name) {
  store_.Run("INSERT OR IGNORE INTO buddy VALUES (?, ?)", owner, name);
}

void BuddyLists::Remove(const std::string& owner, const std::string& name) {
  store_.Run("DELETE FROM buddy WHERE owner = ? AND name = ?", owner, name);
}

int64_t BuddyLists::Count(const std::string& owner) {
  return store_.NumberOf("SELECT count(*) FROM buddy WHERE owner = ?", owner).value_or(0);
}

std::vector<Relation> BuddyLists::Listed(const std::string& owner, const std::string& after,
                                         int64_t most) {
  return Rows(store_.Ask(
      "SELECT owner, name,"
      " EXISTS (SELECT 1 FROM authorisation a WHERE a.user = b.name AND a.viewer = b.owner),"
      " EXISTS (SELECT 1 FROM blocked k WHERE k.user = b.owner AND k.name = b.name)"
      " FROM buddy b WHERE owner = ? AND name > ? ORDER BY name LIMIT ?",
      owner, after, most));
}

std::vector<Relation> BuddyLists::ListedBy(const std::string& name) {
  return Rows(store_.Ask(
      "SELECT owner, name,"
      " EXISTS (SELECT 1 FROM authorisation a WHERE a.user = b.name AND a.viewer = b.owner),"
      " EXISTS (SELECT 1 FROM blocked k WHERE k.user = b.owner AND k.name = b.name)"
      " FROM buddy b WHERE name = ? ORDER BY owner",
      name));
}

Relation BuddyLists::Between(const std::string& owner, const std::string& name) {
  return {owner, name, store_.Has("SELECT 1 FROM buddy WHERE owner = ? AND name = ?", owner, name),
          HasAuthorised(name, owner), HasBlocked(owner, name)};
}

void BuddyLists::Authorise(const std::string& user, const std::string& viewer) {
  store_.Run("INSERT OR IGNORE INTO authorisation VALUES (?, ?)", user, viewer);
}

void BuddyLists::Deny(const std::string& user, const std::string& viewer) {
  store_.Run("DELETE FROM authorisation WHERE user = ? AND viewer = ?", user, viewer);
}

bool BuddyLists::HasAuthorised(const std::string& user, const std::string& viewer) {
  return store_.Has("SELECT 1 FROM authorisation WHERE user = ? AND viewer = ?", user, viewer);
}

void BuddyLists::Block(const std::string& user, const std::string& name) {
  store_.Run("INSERT OR IGNORE INTO blocked VALUES (?, ?)", user, name);
}

void BuddyLists::Unblock(const std::string& user, const std::string& name) {
  store_.Run("DELETE FROM blocked WHERE user = ? AND name = ?", user, name);
}

bool BuddyLists::HasBlocked(const std::string& user, const std::string& name) {
  return store_.Has("SELECT 1 FROM blocked WHERE user = ? AND name = ?", user, name);
}

int64_t BuddyLists::CountBlocked(const std::string& user) {
  return store_.NumberOf("SELECT count(*) FROM blocked WHERE user = ?", user).value_or(0);
}

void BuddyLists::Ask(const std::string& from, const std::string& to, const std::string& text) {
  store_.Run("INSERT OR REPLACE INTO request (sender, recipient, text) VALUES (?, ?, ?)", from, to,
             text);
}

void BuddyLists::Withdraw(const std::string& from, const std::string& to) {
  store_.Run("DELETE FROM request WHERE recipient = ? AND sender = ?", to, from);
}

int64_t BuddyLists::CountRequests(const std::string& to) {
  return store_.NumberOf("SELECT count(*) FROM request WHERE recipient = ?", to).value_or(0);
}

std::vector<BuddyLists::Request> BuddyLists::Requests(const std::string& to) {
  std::vector<Request> requests;
  Query query = store_.Ask("SELECT sender, text FROM request WHERE recipient = ? ORDER BY id", to);
  while (query.Next()) requests.push_back({query.Text(0), query.Text(1)});
  return requests;
}

}  // namespace sfa::community
