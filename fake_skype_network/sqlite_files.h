// Lets SQLite reach files through a runtime and not by itself.
#ifndef FAKE_SKYPE_NETWORK_SQLITE_FILES_H_
#define FAKE_SKYPE_NETWORK_SQLITE_FILES_H_

#include <memory>
#include <string>

#include "runtime/result.h"
#include "runtime/runtime.h"

struct sqlite3;
struct sqlite3_vfs;

namespace sfa::community {

// A database in one file of `runtime`, with a rollback journal beside it. One process has it open
// at a time: locks are not kept. Temporary files are not available, so it sorts in memory.
class SqliteDatabase {
 public:
  // The runtime outlives the database.
  static Result<std::unique_ptr<SqliteDatabase>> Open(Runtime& runtime, const std::string& path);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  sqlite3* handle() { return handle_; }
  // SQL without a result.
  Status Execute(const char* sql);
  // What SQLite says about the latest failure.
  Error LastError() const;

 private:
  explicit SqliteDatabase(Runtime& runtime);

  std::unique_ptr<sqlite3_vfs> vfs_;
  std::string vfs_name_;
  sqlite3* handle_ = nullptr;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_SQLITE_FILES_H_
