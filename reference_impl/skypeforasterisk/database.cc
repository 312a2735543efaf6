#include "skypeforasterisk/database.h"

#include <algorithm>
#include <utility>

namespace sfa::engine {
namespace {

constexpr char kFile[] = "database.xml";
// Accounts log in together when Asterisk starts, and writing to a disk takes its time.
constexpr Duration kPatience = std::chrono::seconds(1);

}  // namespace

Database::Database(Runtime& runtime, const std::string& directory)
    : runtime_(runtime),
      directory_(directory),
      path_(directory + "/" + kFile),
      hosts_({}),
      write_(runtime.NewTimer([this] { Flush(); })) {
  Read();
}

Endpoint Database::HomeOf(const std::string& account) const {
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? Endpoint() : found->second.home;
}

void Database::NoteLogin(const std::string& account, const Endpoint& home,
                         const std::vector<Endpoint>& hosts) {
  for (const Endpoint& host : hosts) hosts_.Add(host);
  const auto since_1970 = runtime_.WallNow().time_since_epoch();
  accounts_[account] = {home, std::chrono::duration_cast<std::chrono::seconds>(since_1970).count()};
  write_->Start(kPatience);
}

void Database::Flush() {
  write_->Cancel();
  if (accounts_.empty()) return;
  std::string text = EncodeDatabase({hosts_.hosts(), accounts_});
  if (text == written_) return;
  FileSystem& files = runtime_.files();
  Status status = files.MakeDirectories(directory_, 0700);
  if (status) status = files.WriteAtomically(path_, text, 0600);
  if (status) {
    written_ = std::move(text);
    complained_ = false;
  } else if (!std::exchange(complained_, true)) {
    Warn("the database cannot be written: " + status.error().message +
         "; data_directory in chan_skype.conf must name a directory where the Asterisk process may "
         "write");
  }
}

void Database::Read() {
  FileSystem& files = runtime_.files();
  if (!files.Exists(path_)) return;
  auto file = files.Open(path_, OpenMode::kRead);
  if (!file) return Warn("the database cannot be read: " + file.error().message);
  const Result<uint64_t> size = (*file)->Size();
  if (!size) return Warn("the database cannot be read: " + size.error().message);
  // One byte more, so that what is too large is seen to be.
  std::string text(static_cast<size_t>(std::min<uint64_t>(*size, kMostDatabaseBytes + 1)), '\0');
  const Result<size_t> read =
      (*file)->ReadAt(0, {reinterpret_cast<uint8_t*>(text.data()), text.size()});
  if (!read) return Warn("the database cannot be read: " + read.error().message);
  text.resize(*read);
  auto content = DecodeDatabase(text);
  if (!content) return SetAside(text, content.error().message);
  for (const Endpoint& host : content->hosts) hosts_.Add(host);
  accounts_ = std::move(content->accounts);
  written_ = std::move(text);
}

void Database::SetAside(std::string_view text, const std::string& why) {
  const std::string aside = path_ + ".unreadable";
  const Status kept = runtime_.files().WriteAtomically(aside, text, 0600);
  Warn(path_ + " is not used: " + why + "; " +
       (kept ? "it is kept as " + aside : "nor can it be kept: " + kept.error().message) +
       ", and a new one is begun");
}

void Database::Warn(const std::string& message) {
  runtime_.log().Write(LogLevel::kWarning, "engine", message);
}

}  // namespace sfa::engine
