#include "fake_skype_network/numbers.h"

#include <algorithm>

namespace sfa::community {

Numbers::Numbers(Store& store) : store_(store) {
  store_.Run(
      "CREATE TABLE IF NOT EXISTS number (number TEXT PRIMARY KEY, user TEXT NOT NULL)"
      " WITHOUT ROWID");
  store_.Run("CREATE INDEX IF NOT EXISTS number_of ON number (user)");
  store_.Run(
      "CREATE TABLE IF NOT EXISTS forward (user TEXT, place INTEGER, target TEXT NOT NULL,"
      " PRIMARY KEY (user, place)) WITHOUT ROWID");
  store_.Run(
      "CREATE TABLE IF NOT EXISTS reach (user TEXT PRIMARY KEY, forward_after INTEGER NOT NULL,"
      " voicemail INTEGER NOT NULL) WITHOUT ROWID");
}

void Numbers::Replace(const std::string& user, const std::vector<std::string>& numbers,
                      const Reach& reach) {
  store_.Run("DELETE FROM number WHERE user = ?", user);
  store_.Run("DELETE FROM forward WHERE user = ?", user);
  for (const std::string& number : numbers) {
    store_.Run("INSERT OR REPLACE INTO number VALUES (?, ?)", number, user);
  }
  for (size_t i = 0; i < std::min(reach.forward_to.size(), kMaxForwards); ++i) {
    store_.Run("INSERT INTO forward VALUES (?, ?, ?)", user, static_cast<int64_t>(i),
               reach.forward_to[i]);
  }
  store_.Run("INSERT OR REPLACE INTO reach VALUES (?, ?, ?)", user,
             int64_t{reach.forward_after_seconds}, int64_t{reach.voicemail});
}

std::string Numbers::OwnerOf(const std::string& number) {
  Query query = store_.Ask("SELECT user FROM number WHERE number = ?", number);
  return query.Next() ? query.Text(0) : "";
}

Reach Numbers::ReachOf(const std::string& user) {
  Reach reach;
  Query settings = store_.Ask("SELECT forward_after, voicemail FROM reach WHERE user = ?", user);
  if (!settings.Next()) return reach;
  reach.forward_after_seconds = static_cast<uint32_t>(settings.Number(0));
  reach.voicemail = settings.Flag(1);
  Query targets = store_.Ask("SELECT target FROM forward WHERE user = ? ORDER BY place", user);
  while (targets.Next()) reach.forward_to.push_back(targets.Text(0));
  return reach;
}

}  // namespace sfa::community
