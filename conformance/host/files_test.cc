#include "conformance/host/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "conformance/host/children.h"

namespace sfa::conformance {
namespace {

TEST(TemporaryDirectoryTest, WhatAKilledProcessHasLeftIsRemovedAndWhatIsInUseIsNot) {
  const TemporaryDirectory base;
  ASSERT_EQ(setenv("TMPDIR", base.path().c_str(), 1), 0);
  ASSERT_TRUE(MakeDirectory(base.path() + "/sfalab.killed/log").ok());
  ASSERT_TRUE(MakeDirectory(base.path() + "/of-somebody-else").ok());
  {
    const TemporaryDirectory used;
    const TemporaryDirectory next;
    EXPECT_TRUE(CheckDirectory(used.path()).ok());
    EXPECT_NE(used.path(), next.path());
    const auto names = ListFiles(base.path(), "");
    EXPECT_EQ(names->size(), 3u) << "two in use, and somebody else's";
  }
  EXPECT_THAT(*ListFiles(base.path(), ""), testing::ElementsAre("of-somebody-else"));
  unsetenv("TMPDIR");
}

TEST(ReadFileTest, AnEndlessFileIsRefused) {
  const Result<std::string> read = ReadFile("/dev/zero", 100'000);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(ReadFile("/dev/null", 0).ok());
}

}  // namespace
}  // namespace sfa::conformance
