#include "asterisk_harness/operating_system/memory_files.h"

#include <gtest/gtest.h>

#include "runtime/contract/files_contract.h"

namespace sfa::harness {
namespace {

class MemoryFilesBed final : public contract::FilesBed {
 public:
  MemoryFilesBed() { EXPECT_TRUE(files_.MakeDirectories("/srv/test", 0755).ok()); }
  FileSystem& files() override { return files_; }
  std::string directory() override { return "/srv/test"; }

 private:
  MemoryFileSystem files_;
};

class MemoryFiles : public testing::Test {
 protected:
  MemoryFiles() {
    EXPECT_TRUE(files_.MakeDirectories("/tmp/deep", 0755).ok());
    EXPECT_TRUE(files_.WriteAtomically("/tmp/kept", "content", 0700).ok());
  }
  static void ExpectCode(const Status& status, ErrorCode code) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, code) << status.error().message;
  }
  static constexpr uint64_t kCapacity = 1'000'000;
  MemoryFileSystem files_{kCapacity};
};

TEST_F(MemoryFiles, AReadOnlyMountIsNotChanged) {
  auto open = files_.Open("/tmp/kept", OpenMode::kReadWrite, 0600);
  files_.Mount({"/tmp", false, true, false});
  ExpectCode(files_.WriteAtomically("/tmp/new", "x", 0600), ErrorCode::kReadOnly);
  ExpectCode(files_.Remove("/tmp/kept"), ErrorCode::kReadOnly);
  ExpectCode(files_.MakeDirectories("/tmp/a/b", 0755), ErrorCode::kReadOnly);
  ExpectCode(files_.RemoveDirectory("/tmp/deep"), ErrorCode::kReadOnly);
  ExpectCode((*open)->Truncate(0), ErrorCode::kReadOnly);
  EXPECT_EQ(files_.MakePrivateDirectory("/tmp/p").error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(files_.Open("/tmp/kept", OpenMode::kReadWrite, 0600).error().code,
            ErrorCode::kReadOnly);
  EXPECT_EQ(*files_.ReadAll("/tmp/kept"), "content");
  EXPECT_FALSE(files_.Exists("/tmp/a"));
  EXPECT_TRUE(files_.WriteAtomically("/tmpfile", "next to it", 0600).ok());
}

TEST_F(MemoryFiles, AFullMountTakesNothingMore) {
  files_.Mount({"/tmp/", false, false, true});
  ExpectCode(files_.WriteAtomically("/tmp/new", "x", 0600), ErrorCode::kNoSpace);
  EXPECT_FALSE(files_.Exists("/tmp/new"));
  EXPECT_TRUE(files_.Remove("/tmp/kept").ok());
}

TEST_F(MemoryFiles, TheDeepestMountWins) {
  files_.Mount({"/tmp/deep", false, false, false});
  files_.Mount({"/tmp", true, true, false});
  EXPECT_TRUE(files_.WriteAtomically("/tmp/deep/file", "x", 0700).ok());
  EXPECT_EQ(files_.ReadImage("/tmp/deep/file")->noexec_mount, "");
  EXPECT_EQ(files_.ReadImage("/tmp/./kept")->noexec_mount, "/tmp");
}

TEST_F(MemoryFiles, WhatIsRemovedMakesRoom) {
  auto open = std::move(*files_.Open("/tmp/big", OpenMode::kCreate, 0600));
  const uint8_t byte = 1;
  ExpectCode(open->WriteAt(kCapacity, {&byte, 1}), ErrorCode::kNoSpace);
  ExpectCode(open->WriteAt(~0ull, {&byte, 1}), ErrorCode::kNoSpace);
  EXPECT_EQ(*open->Size(), 0u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(open->Truncate(900'000).ok());
    ExpectCode(files_.WriteAtomically("/tmp/other", std::string(200'000, 'x'), 0600),
               ErrorCode::kNoSpace);
    open.reset();
    ASSERT_TRUE(files_.Remove("/tmp/big").ok());
    open = std::move(*files_.Open("/tmp/big", OpenMode::kCreate, 0600));
  }
}

using contract::FilesContract;
INSTANTIATE_TEST_SUITE_P(InMemory, FilesContract, testing::Values(contract::FilesBedFactory([] {
                           return std::make_unique<MemoryFilesBed>();
                         })));

}  // namespace
}  // namespace sfa::harness
