#include "fake_skype_network/store.h"

#include <sqlite3.h>

namespace sfa::community {

bool Query::Next() {
  if (!statement_ || store_.failure_) return false;
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) store_.NoteFailure();
  statement_ = nullptr;
  return false;
}

std::string Query::Text(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string()
                          : std::string(static_cast<const char*>(bytes), static_cast<size_t>(size));
}

int64_t Query::Number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

void Query::Bind(int index, std::string_view text) {
  sqlite3_bind_text(statement_.get(), index, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
}

void Query::Bind(int index, int64_t number) { sqlite3_bind_int64(statement_.get(), index, number); }

void Query::Bind(int index, Blob blob) {
  sqlite3_bind_blob(statement_.get(), index, blob.bytes.data(), static_cast<int>(blob.bytes.size()),
                    SQLITE_TRANSIENT);
}

Query Store::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (!failure_ &&
      sqlite3_prepare_v2(database_->handle(), sql, -1, &statement, nullptr) != SQLITE_OK) {
    NoteFailure();
  }
  return {*this, {statement, sqlite3_finalize}};
}

void Store::NoteFailure() {
  if (!failure_) failure_ = database_->LastError();
}

Status Store::Together(const std::function<void()>& work) {
  Run("BEGIN");
  if (!failure_) work();
  Run("COMMIT");
  Status status = TakeFailure();
  // Some failures have rolled it back already; then this does nothing.
  if (!status) static_cast<void>(database_->Execute("ROLLBACK"));
  return status;
}

Status Store::TakeFailure() {
  const std::optional<Error> failure = std::exchange(failure_, {});
  if (failure) return *failure;
  return {};
}

}  // namespace sfa::community
