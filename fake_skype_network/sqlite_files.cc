#include "fake_skype_network/sqlite_files.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>

namespace sfa::community {
namespace {

// What SQLite allocates for an open file.
struct OpenFile {
  sqlite3_file base;
  File* file;  // owned
  FileSystem* files;
  std::string* delete_on_close;  // owned; null when the file stays
};

OpenFile& Of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
Runtime& RuntimeOf(sqlite3_vfs* vfs) { return *static_cast<Runtime*>(vfs->pAppData); }

int Close(sqlite3_file* base) {
  OpenFile& open = Of(base);
  delete open.file;
  open.file = nullptr;
  if (open.delete_on_close != nullptr) static_cast<void>(open.files->Remove(*open.delete_on_close));
  delete open.delete_on_close;
  open.delete_on_close = nullptr;
  return SQLITE_OK;
}

int Read(sqlite3_file* base, void* into, int size, sqlite3_int64 offset) {
  auto* const bytes = static_cast<uint8_t*>(into);
  const auto read =
      Of(base).file->ReadAt(static_cast<uint64_t>(offset), {bytes, static_cast<size_t>(size)});
  if (!read) return SQLITE_IOERR_READ;
  if (*read == static_cast<size_t>(size)) return SQLITE_OK;
  // The part that is not there must read as zeros.
  std::memset(bytes + *read, 0, static_cast<size_t>(size) - *read);
  return SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* base, const void* from, int size, sqlite3_int64 offset) {
  const Status status =
      Of(base).file->WriteAt(static_cast<uint64_t>(offset),
                             {static_cast<const uint8_t*>(from), static_cast<size_t>(size)});
  if (status) return SQLITE_OK;
  return status.error().code == ErrorCode::kNoSpace ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int Truncate(sqlite3_file* base, sqlite3_int64 size) {
  return Of(base).file->Truncate(static_cast<uint64_t>(size)) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int Sync(sqlite3_file* base, int) { return Of(base).file->Sync() ? SQLITE_OK : SQLITE_IOERR_FSYNC; }

int FileSize(sqlite3_file* base, sqlite3_int64* size) {
  const auto result = Of(base).file->Size();
  if (!result) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(*result);
  return SQLITE_OK;
}

int Lock(sqlite3_file*, int) { return SQLITE_OK; }
int CheckReservedLock(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}
int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return 4096; }
int DeviceCharacteristics(sqlite3_file*) { return 0; }

const sqlite3_io_methods kMethods = {1,
                                     Close,
                                     Read,
                                     Write,
                                     Truncate,
                                     Sync,
                                     FileSize,
                                     Lock,
                                     Lock,
                                     CheckReservedLock,
                                     FileControl,
                                     SectorSize,
                                     DeviceCharacteristics};

int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* base, int flags, int* out_flags) {
  OpenFile& open = Of(base);
  open.base.pMethods = nullptr;
  if (path == nullptr) return SQLITE_CANTOPEN;  // a temporary file
  OpenMode mode = OpenMode::kRead;
  if ((flags & SQLITE_OPEN_EXCLUSIVE) != 0) {
    mode = OpenMode::kCreateExclusive;
  } else if ((flags & SQLITE_OPEN_CREATE) != 0) {
    mode = OpenMode::kCreate;
  } else if ((flags & SQLITE_OPEN_READWRITE) != 0) {
    mode = OpenMode::kReadWrite;
  }
  FileSystem& files = RuntimeOf(vfs).files();
  auto file = files.Open(path, mode);
  if (!file) return SQLITE_CANTOPEN;
  open.file = file->release();
  open.files = &files;
  open.delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0 ? new std::string(path) : nullptr;
  open.base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* path, int) {
  const Status status = RuntimeOf(vfs).files().Remove(path);
  if (status) return SQLITE_OK;
  return status.error().code == ErrorCode::kNotFound ? SQLITE_IOERR_DELETE_NOENT
                                                     : SQLITE_IOERR_DELETE;
}

int Access(sqlite3_vfs* vfs, const char* path, int, int* result) {
  *result = RuntimeOf(vfs).files().Exists(path) ? 1 : 0;
  return SQLITE_OK;
}

int FullPathname(sqlite3_vfs*, const char* path, int size, char* into) {
  const size_t length = std::strlen(path);
  if (length >= static_cast<size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(into, path, length + 1);
  return SQLITE_OK;
}

int Randomness(sqlite3_vfs* vfs, int size, char* into) {
  RuntimeOf(vfs).random().Fill({reinterpret_cast<uint8_t*>(into), static_cast<size_t>(size)});
  return size;
}

// Nobody else holds a lock that would be worth waiting for.
int Sleep(sqlite3_vfs*, int) { return 0; }

int CurrentTimeInt64(sqlite3_vfs* vfs, sqlite3_int64* milliseconds) {
  // The Julian day of 1970-01-01 00:00 UTC is 2440587.5.
  constexpr sqlite3_int64 kUnixEpoch = 210866760000000;
  const auto since = RuntimeOf(vfs).WallNow().time_since_epoch();
  *milliseconds = kUnixEpoch + std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  return SQLITE_OK;
}

int CurrentTime(sqlite3_vfs* vfs, double* days) {
  sqlite3_int64 milliseconds = 0;
  CurrentTimeInt64(vfs, &milliseconds);
  *days = static_cast<double>(milliseconds) / 86400000.0;
  return SQLITE_OK;
}

int GetLastError(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

SqliteDatabase::SqliteDatabase(Runtime& runtime) : vfs_(std::make_unique<sqlite3_vfs>()) {
  // SQLite finds a file system by name, among all of the process; the name is seen nowhere else.
  char name[40];
  std::snprintf(name, sizeof(name), "sfa-%p", static_cast<void*>(vfs_.get()));
  vfs_name_ = name;
  vfs_->iVersion = 2;
  vfs_->szOsFile = sizeof(OpenFile);
  vfs_->mxPathname = 4096;
  vfs_->zName = vfs_name_.c_str();
  vfs_->pAppData = &runtime;
  vfs_->xOpen = community::Open;
  vfs_->xDelete = Delete;
  vfs_->xAccess = Access;
  vfs_->xFullPathname = FullPathname;
  vfs_->xRandomness = Randomness;
  vfs_->xSleep = Sleep;
  vfs_->xCurrentTime = CurrentTime;
  vfs_->xGetLastError = GetLastError;
  vfs_->xCurrentTimeInt64 = CurrentTimeInt64;
  sqlite3_vfs_register(vfs_.get(), 0);
}

SqliteDatabase::~SqliteDatabase() {
  sqlite3_close(handle_);
  sqlite3_vfs_unregister(vfs_.get());
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(Runtime& runtime,
                                                             const std::string& path) {
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(runtime));
  const int result =
      sqlite3_open_v2(path.c_str(), &database->handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                      database->vfs_name_.c_str());
  if (result != SQLITE_OK) return Error{ErrorCode::kOther, path + ": " + sqlite3_errstr(result)};
  if (const Status status = database->Execute("PRAGMA temp_store = MEMORY"); !status) {
    return status.error();
  }
  return database;
}

Status SqliteDatabase::Execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return LastError();
}

Error SqliteDatabase::LastError() const {
  const char* const path = sqlite3_db_filename(handle_, "main");
  return {ErrorCode::kOther,
          std::string(path != nullptr ? path : "database") + ": " + sqlite3_errmsg(handle_)};
}

}  // namespace sfa::community
