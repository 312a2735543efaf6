#include "fake_skype_network/waiting_messages.h"

#include <algorithm>

namespace sfa::community {
namespace {

constexpr int64_t kBytesPerSecond = 8000;

// A second that has begun counts.
uint32_t ToSeconds(int64_t bytes) {
  return static_cast<uint32_t>((bytes + kBytesPerSecond - 1) / kBytesPerSecond);
}

}  // namespace

WaitingChat::WaitingChat(Store& store) : store_(store) {
  store_.Run(
      "CREATE TABLE IF NOT EXISTS chat (id INTEGER PRIMARY KEY, recipient TEXT NOT NULL,"
      " sender TEXT NOT NULL, text TEXT NOT NULL, sent_ms INTEGER NOT NULL)");
  store_.Run("CREATE INDEX IF NOT EXISTS chat_of ON chat (recipient, id)");
}

int64_t WaitingChat::Count(const std::string& to) {
  return store_.NumberOf("SELECT count(*) FROM chat WHERE recipient = ?", to).value_or(0);
}

void WaitingChat::Keep(const wire::ChatMessage& message) {
  store_.Run("INSERT INTO chat (recipient, sender, text, sent_ms) VALUES (?, ?, ?, ?)",
             message.to(), message.from(), message.text(), int64_t{message.sent_unix_ms()});
}

std::vector<wire::ChatMessage> WaitingChat::Take(const std::string& to) {
  std::vector<wire::ChatMessage> messages;
  Query query =
      store_.Ask("SELECT sender, text, sent_ms FROM chat WHERE recipient = ? ORDER BY id", to);
  while (query.Next()) {
    wire::ChatMessage message;
    message.set_from(query.Text(0));
    message.set_to(to);
    message.set_text(query.Text(1));
    message.set_sent_unix_ms(query.Number(2));
    messages.push_back(std::move(message));
  }
  if (!messages.empty()) store_.Run("DELETE FROM chat WHERE recipient = ?", to);
  return messages;
}

Voicemails::Voicemails(Store& store) : store_(store) {
  // `begun` names a message that is not complete yet.
  store_.Run(
      "CREATE TABLE IF NOT EXISTS voicemail (id INTEGER PRIMARY KEY, user TEXT NOT NULL,"
      " sender TEXT NOT NULL, bytes INTEGER NOT NULL, begun BLOB UNIQUE)");
  store_.Run("CREATE INDEX IF NOT EXISTS voicemail_of ON voicemail (user, id)");
  store_.Run(
      "CREATE TABLE IF NOT EXISTS voicemail_audio (message INTEGER, place INTEGER, audio BLOB,"
      " PRIMARY KEY (message, place)) WITHOUT ROWID");
  store_.Run("DELETE FROM voicemail WHERE begun IS NOT NULL");
  store_.Run("DELETE FROM voicemail_audio WHERE message NOT IN (SELECT id FROM voicemail)");
}

int64_t Voicemails::Count(const std::string& user) {
  return store_.NumberOf("SELECT count(*) FROM voicemail WHERE user = ? AND begun IS NULL", user)
      .value_or(0);
}

std::optional<uint32_t> Voicemails::Keep(const wire::KeepVoicemail& piece) {
  std::optional<int64_t> message = store_.NumberOf(
      "SELECT id FROM voicemail WHERE begun = ? AND user = ?", Blob{piece.id()}, piece.account());
  if (!message) {
    store_.Run(
        "DELETE FROM voicemail WHERE begun = ? OR id IN (SELECT id FROM voicemail WHERE begun IS"
        " NOT NULL ORDER BY id DESC LIMIT -1 OFFSET ?)",
        Blob{piece.id()}, kMostBegun - 1);
    store_.Run("DELETE FROM voicemail_audio WHERE message NOT IN (SELECT id FROM voicemail)");
    store_.Run("INSERT INTO voicemail (user, sender, bytes, begun) VALUES (?, ?, 0, ?)",
               piece.account(), piece.from(), Blob{piece.id()});
    message = store_.NumberOf("SELECT id FROM voicemail WHERE begun = ?", Blob{piece.id()});
    if (!message) return {};
  }
  const int64_t before =
      store_.NumberOf("SELECT bytes FROM voicemail WHERE id = ?", *message).value_or(0);
  const std::string audio =
      piece.audio().substr(0, static_cast<size_t>(std::max<int64_t>(kMostBytes - before, 0)));
  const auto bytes = before + static_cast<int64_t>(audio.size());
  if (!audio.empty()) {
    store_.Run("INSERT INTO voicemail_audio VALUES (?, ?, ?)", *message, before, Blob{audio});
    store_.Run("UPDATE voicemail SET bytes = ? WHERE id = ?", bytes, *message);
  }
  if (piece.more()) return {};
  store_.Run("UPDATE voicemail SET begun = NULL WHERE id = ?", *message);
  return ToSeconds(bytes);
}

std::optional<Voicemail> Voicemails::Last(const std::string& user) {
  Query query = store_.Ask(
      "SELECT sender, bytes FROM voicemail WHERE user = ? AND begun IS NULL ORDER BY id DESC"
      " LIMIT 1",
      user);
  if (!query.Next()) return {};
  return Voicemail{query.Text(0), ToSeconds(query.Number(1)), ""};
}

std::vector<Voicemail> Voicemails::Of(const std::string& user) {
  std::vector<Voicemail> messages;
  Query query = store_.Ask(
      "SELECT id, sender, bytes FROM voicemail WHERE user = ? AND begun IS NULL ORDER BY id", user);
  while (query.Next()) {
    Voicemail message;
    message.from = query.Text(1);
    message.seconds = ToSeconds(query.Number(2));
    Query audio = store_.Ask("SELECT audio FROM voicemail_audio WHERE message = ? ORDER BY place",
                             query.Number(0));
    while (audio.Next()) message.audio += audio.Text(0);
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace sfa::community
