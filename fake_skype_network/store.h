// SQL for those who keep the community's records: statements with their values, and changes that
// happen together or not at all.
#ifndef FAKE_SKYPE_NETWORK_STORE_H_
#define FAKE_SKYPE_NETWORK_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fake_skype_network/sqlite_files.h"

struct sqlite3_stmt;

namespace sfa::community {

class Store;

// Bytes that are no text.
struct Blob {
  const std::string& bytes;
};

// One statement on its way through its rows.
class Query {
 public:
  // False after the last row, and when it failed: the store knows which.
  bool Next();
  std::string Text(int column) const;  // bytes, too
  int64_t Number(int column) const;
  bool Flag(int column) const { return Number(column) != 0; }

 private:
  friend class Store;
  using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;
  Query(Store& store, Statement statement) : store_(store), statement_(std::move(statement)) {}
  void Bind(int index, std::string_view text);
  void Bind(int index, const std::string& text) { Bind(index, std::string_view(text)); }
  void Bind(int index, int64_t number);
  void Bind(int index, Blob blob);

  Store& store_;
  Statement statement_;
};

// Contract: a statement that fails brings no row. Its failure stays until Together() or
// TakeFailure() has told it, and nothing is done meanwhile; so who reads and writes need not look
// after each statement.
class Store {
 public:
  explicit Store(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {}

  template <typename... Values>
  Query Ask(const char* sql, const Values&... values) {
    Query query = Prepare(sql);
    int index = 0;
    if (query.statement_) (query.Bind(++index, values), ...);
    return query;
  }
  template <typename... Values>
  void Run(const char* sql, const Values&... values) {
    Query query = Ask(sql, values...);
    while (query.Next()) {
    }
  }
  // Whether there is a row.
  template <typename... Values>
  bool Has(const char* sql, const Values&... values) {
    return Ask(sql, values...).Next();
  }
  // The first row's first column; nothing when there is no row.
  template <typename... Values>
  std::optional<int64_t> NumberOf(const char* sql, const Values&... values) {
    Query query = Ask(sql, values...);
    if (!query.Next()) return {};
    return query.Number(0);
  }

  // All that `work` changes is kept, even when the power goes off afterwards, or, when anything
  // fails, nothing of it. Not from inside `work`.
  Status Together(const std::function<void()>& work);
  // Whatever has failed since it was asked last.
  Status TakeFailure();

 private:
  friend class Query;
  Query Prepare(const char* sql);
  void NoteFailure();

  std::unique_ptr<SqliteDatabase> database_;
  std::optional<Error> failure_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_STORE_H_
