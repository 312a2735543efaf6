// For tests: a disk in memory, with as much of a file system as SQLite needs.
#ifndef FAKE_SKYPE_NETWORK_TEST_DISK_H_
#define FAKE_SKYPE_NETWORK_TEST_DISK_H_

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/files.h"

namespace sfa::community {

class TestDisk final : public FileSystem {
 public:
  using Content = std::vector<uint8_t>;

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode, uint32_t) override {
    const bool exists = files.count(path) != 0;
    if (mode == OpenMode::kCreateExclusive && exists) return Error{ErrorCode::kExists, path};
    if ((mode == OpenMode::kRead || mode == OpenMode::kReadWrite) && !exists) {
      return Error{ErrorCode::kNotFound, path};
    }
    auto& content = files[path];
    if (!content) content = std::make_shared<Content>();
    return std::unique_ptr<File>(std::make_unique<Opened>(*this, content));
  }
  Result<std::string> ReadAll(const std::string& path) override {
    if (files.count(path) == 0) return Error{ErrorCode::kNotFound, path};
    return std::string(files[path]->begin(), files[path]->end());
  }
  Status WriteAtomically(const std::string& path, std::string_view bytes, uint32_t) override {
    files[path] = std::make_shared<Content>(bytes.begin(), bytes.end());
    return {};
  }
  Status Remove(const std::string& path) override {
    if (files.erase(path) == 0) return Error{ErrorCode::kNotFound, path};
    removed.push_back(path);
    return {};
  }
  bool Exists(const std::string& path) override { return files.count(path) != 0; }
  Status MakeDirectories(const std::string&, uint32_t) override { return {}; }
  Result<std::string> MakePrivateDirectory(const std::string& prefix) override { return prefix; }
  Status RemoveDirectory(const std::string&) override { return {}; }
  Result<std::vector<std::string>> List(const std::string&) override {
    std::vector<std::string> names;
    for (const auto& [path, content] : files) names.push_back(path);
    return names;
  }

  // A copy of what is on the disk now, as after a loss of power.
  std::map<std::string, Content> Copy() const {
    std::map<std::string, Content> copy;
    for (const auto& [path, content] : files) copy[path] = *content;
    return copy;
  }
  void Restore(const std::map<std::string, Content>& copy) {
    files.clear();
    for (const auto& [path, content] : copy) files[path] = std::make_shared<Content>(content);
  }

  std::map<std::string, std::shared_ptr<Content>> files;
  std::vector<std::string> removed;
  bool full = false;

 private:
  class Opened final : public File {
   public:
    Opened(TestDisk& disk, std::shared_ptr<Content> content)
        : disk_(disk), content_(std::move(content)) {}
    Result<size_t> ReadAt(uint64_t offset, std::span<uint8_t> into) override {
      if (offset >= content_->size()) return size_t{0};
      const size_t size = std::min<size_t>(into.size(), content_->size() - offset);
      std::copy_n(content_->begin() + static_cast<long>(offset), size, into.begin());
      return size;
    }
    Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) override {
      if (disk_.full) return Error{ErrorCode::kNoSpace, "full"};
      if (content_->size() < offset + bytes.size()) content_->resize(offset + bytes.size());
      std::copy(bytes.begin(), bytes.end(), content_->begin() + static_cast<long>(offset));
      return {};
    }
    Result<uint64_t> Size() override { return uint64_t{content_->size()}; }
    Status Truncate(uint64_t size) override {
      content_->resize(size);
      return {};
    }
    Status Sync() override { return {}; }

   private:
    TestDisk& disk_;
    std::shared_ptr<Content> content_;
  };
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TEST_DISK_H_
