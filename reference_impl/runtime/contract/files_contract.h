// The contract of a FileSystem as one suite.
//
//   INSTANTIATE_TEST_SUITE_P(InMemory, FilesContract,
//                            testing::Values(FilesBedFactory(&NewInMemoryFilesBed)));
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_FILES_CONTRACT_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_FILES_CONTRACT_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/files.h"

namespace sfa::contract {

class FilesBed {
 public:
  virtual ~FilesBed() = default;
  virtual FileSystem& files() = 0;
  // An empty directory of the case's own, without a slash at its end.
  virtual std::string directory() = 0;
};
using FilesBedFactory = std::function<std::unique_ptr<FilesBed>()>;

class FilesContract : public testing::TestWithParam<FilesBedFactory> {
 protected:
  static std::span<const uint8_t> Bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
  }
  static std::string Read(File& file, uint64_t offset, size_t size) {
    std::string text(size, '?');
    const auto got = file.ReadAt(offset, {reinterpret_cast<uint8_t*>(text.data()), size});
    EXPECT_TRUE(got.ok());
    text.resize(got.ok() ? *got : 0);
    return text;
  }
  // The error names the path.
  template <typename Outcome>
  static void ExpectError(const Outcome& outcome, ErrorCode code, const std::string& path) {
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().code, code) << outcome.error().message;
    EXPECT_NE(outcome.error().message.find(path), std::string::npos) << outcome.error().message;
  }
  FileSystem& files() { return bed_->files(); }
  std::string In(const std::string& name) { return bed_->directory() + "/" + name; }

  std::unique_ptr<FilesBed> bed_ = GetParam()();
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FilesContract);

TEST_P(FilesContract, WriteAtomicallyMakesAndReplaces) {
  const std::string path = In("settings");
  EXPECT_FALSE(files().Exists(path));
  ASSERT_TRUE(files().WriteAtomically(path, "first").ok());
  EXPECT_TRUE(files().Exists(path));
  ASSERT_TRUE(files().WriteAtomically(path, std::string("a\0b", 3)).ok());
  EXPECT_EQ(*files().ReadAll(path), std::string("a\0b", 3));
  EXPECT_EQ(*files().List(bed_->directory()), std::vector<std::string>{"settings"})
      << "a temporary file was left behind";
}

TEST_P(FilesContract, AnOpenFileKeepsItsContentWhileItIsReplaced) {
  const std::string path = In("settings");
  ASSERT_TRUE(files().WriteAtomically(path, "old").ok());
  auto open = files().Open(path, OpenMode::kRead);
  ASSERT_TRUE(open.ok());
  ASSERT_TRUE(files().WriteAtomically(path, "new").ok());
  EXPECT_EQ(Read(**open, 0, 10), "old");
  ASSERT_TRUE(files().Remove(path).ok());
  EXPECT_EQ(Read(**open, 0, 10), "old");
}

TEST_P(FilesContract, MissingThings) {
  ExpectError(files().ReadAll(In("none")), ErrorCode::kNotFound, In("none"));
  ExpectError(files().Open(In("none"), OpenMode::kRead), ErrorCode::kNotFound, In("none"));
  ExpectError(files().Open(In("none"), OpenMode::kReadWrite), ErrorCode::kNotFound, In("none"));
  ExpectError(files().Remove(In("none")), ErrorCode::kNotFound, In("none"));
  ExpectError(files().RemoveDirectory(In("none")), ErrorCode::kNotFound, In("none"));
  ExpectError(files().List(In("none")), ErrorCode::kNotFound, In("none"));
  ExpectError(files().WriteAtomically(In("none/file"), "x"), ErrorCode::kNotFound, In("none/file"));
  ExpectError(files().Open(In("none/file"), OpenMode::kCreate), ErrorCode::kNotFound,
              In("none/file"));
}

TEST_P(FilesContract, RandomAccess) {
  auto opened = files().Open(In("data"), OpenMode::kCreate);
  ASSERT_TRUE(opened.ok());
  File& file = **opened;
  EXPECT_EQ(*file.Size(), 0u);
  EXPECT_EQ(Read(file, 0, 4), "");
  ASSERT_TRUE(file.WriteAt(4, Bytes("tail")).ok());
  EXPECT_EQ(*file.Size(), 8u);
  EXPECT_EQ(Read(file, 0, 100), std::string("\0\0\0\0tail", 8));
  ASSERT_TRUE(file.WriteAt(2, Bytes("--")).ok());
  EXPECT_EQ(Read(file, 1, 4), std::string("\0--t", 4));
  EXPECT_EQ(Read(file, 100, 4), "");
  ASSERT_TRUE(file.Truncate(3).ok());
  EXPECT_EQ(*file.Size(), 3u);
  ASSERT_TRUE(file.Truncate(5).ok());
  EXPECT_EQ(Read(file, 0, 9), std::string("\0\0-\0\0", 5));
  ASSERT_TRUE(file.Sync().ok());

  auto second = files().Open(In("data"), OpenMode::kReadWrite);
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE((*second)->WriteAt(0, Bytes("AB")).ok());
  EXPECT_EQ(Read(file, 0, 3), "AB-") << "two openings of one file see the same bytes";
}

TEST_P(FilesContract, AFileOpenedForReadingIsNotWritten) {
  ASSERT_TRUE(files().WriteAtomically(In("data"), "kept").ok());
  auto file = files().Open(In("data"), OpenMode::kRead);
  ASSERT_TRUE(file.ok());
  EXPECT_FALSE((*file)->WriteAt(0, Bytes("x")).ok());
  EXPECT_FALSE((*file)->Truncate(0).ok());
  EXPECT_EQ(*files().ReadAll(In("data")), "kept");
}

TEST_P(FilesContract, CreateKeepsWhatIsThereAndExclusiveRefuses) {
  ASSERT_TRUE(files().WriteAtomically(In("data"), "kept").ok());
  ASSERT_TRUE(files().Open(In("data"), OpenMode::kCreate).ok());
  EXPECT_EQ(*files().ReadAll(In("data")), "kept");
  ExpectError(files().Open(In("data"), OpenMode::kCreateExclusive), ErrorCode::kExists, In("data"));
  EXPECT_TRUE(files().Open(In("fresh"), OpenMode::kCreateExclusive).ok());
}

TEST_P(FilesContract, Directories) {
  ASSERT_TRUE(files().MakeDirectories(In("a/b/c")).ok());
  ASSERT_TRUE(files().MakeDirectories(In("a/b/c")).ok());
  EXPECT_TRUE(files().Exists(In("a/b")));
  ASSERT_TRUE(files().WriteAtomically(In("a/z"), "").ok());
  ASSERT_TRUE(files().WriteAtomically(In("a/B"), "").ok());
  EXPECT_EQ(*files().List(In("a")), (std::vector<std::string>{"B", "b", "z"}));
  EXPECT_FALSE(files().RemoveDirectory(In("a/b")).ok()) << "removed a directory that is not empty";
  ASSERT_TRUE(files().RemoveDirectory(In("a/b/c")).ok());
  ASSERT_TRUE(files().RemoveDirectory(In("a/b")).ok());
  EXPECT_FALSE(files().Remove(In("a")).ok()) << "Remove() took a directory";
  EXPECT_FALSE(files().RemoveDirectory(In("a/z")).ok()) << "RemoveDirectory() took a file";
  EXPECT_FALSE(files().MakeDirectories(In("a/z/d")).ok()) << "a file served as a directory";
  ExpectError(files().MakeDirectories(In("a/z")), ErrorCode::kExists, In("a/z"));
}

TEST_P(FilesContract, PrivateDirectoriesAreNewEachTime) {
  const auto one = files().MakePrivateDirectory(In("engine-"));
  const auto two = files().MakePrivateDirectory(In("engine-"));
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_NE(*one, *two);
  EXPECT_EQ(one->compare(0, In("engine-").size(), In("engine-")), 0);
  EXPECT_EQ(one->size(), In("engine-").size() + 6);
  EXPECT_TRUE(files().List(*one)->empty());
  ASSERT_TRUE(files().WriteAtomically(*one + "/skyhost", "image", 0700).ok());
  EXPECT_FALSE(files().MakePrivateDirectory(In("none/engine-")).ok());
}

TEST_P(FilesContract, RelativePathsAreRefused) {
  EXPECT_FALSE(files().Open("relative", OpenMode::kCreate).ok());
  EXPECT_FALSE(files().WriteAtomically("relative", "").ok());
  EXPECT_FALSE(files().Open("", OpenMode::kRead).ok());
  EXPECT_FALSE(files().Open(bed_->directory() + std::string("/a\0b", 4), OpenMode::kCreate).ok());
}

TEST_P(FilesContract, ADirectoryIsNoFile) {
  EXPECT_FALSE(files().ReadAll(bed_->directory()).ok());
  EXPECT_FALSE(files().WriteAtomically(bed_->directory(), "x").ok());
  EXPECT_FALSE(files().Open(bed_->directory(), OpenMode::kReadWrite).ok());
}

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_FILES_CONTRACT_H_
