// What the engine keeps from one of its lives to the next, in `database.xml` of its data directory
// (manual 4.3): the supernodes that it knows, and where each account was logged in last.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_DATABASE_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "protocol/peer/host_cache.h"
#include "runtime/runtime.h"
#include "skypeforasterisk/database_text.h"

namespace sfa::engine {

// The file is whole at any time: another engine, or the next one, finds the old or the new content.
// What goes wrong is told in the log and harms nobody else.
class Database {
 public:
  // Reads what is there. A file that is no database is set aside as `database.xml.unreadable`.
  Database(Runtime& runtime, const std::string& directory);

  const std::vector<Endpoint>& hosts() const { return hosts_.hosts(); }
  // Not set when it is not known.
  Endpoint HomeOf(const std::string& account) const;

  // The account is logged in. Written a moment later, together with what else happens meanwhile.
  void NoteLogin(const std::string& account, const Endpoint& home,
                 const std::vector<Endpoint>& hosts);
  // What is not written yet.
  void Flush();

 private:
  void Read();
  void SetAside(std::string_view text, const std::string& why);
  void Warn(const std::string& message);

  Runtime& runtime_;
  const std::string directory_;
  const std::string path_;
  peer::HostCache hosts_;
  std::map<std::string, KnownAccount> accounts_;
  std::string written_;      // the file's content as far as we know
  bool complained_ = false;  // that it cannot be written
  std::unique_ptr<Timer> write_;
};

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_DATABASE_H_
