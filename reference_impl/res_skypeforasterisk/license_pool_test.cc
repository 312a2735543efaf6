#include "res_skypeforasterisk/license_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "res_skypeforasterisk/fake_runtime.h"

namespace sfa::res {
namespace {

TEST(LicensePool, GivesOutAsManyAsThereAreAndTakesThemBack) {
  const auto pool = NewLicensePool(2);
  EXPECT_TRUE(pool->Acquire());
  EXPECT_TRUE(pool->Acquire());
  EXPECT_FALSE(pool->Acquire());
  EXPECT_EQ(pool->in_use(), 2);
  pool->Release();
  EXPECT_EQ(pool->in_use(), 1);
  EXPECT_TRUE(pool->Acquire());
}

int Read(const char* text) {
  FakeRuntime runtime;
  if (text) runtime.contents["/licenses/channels"] = text;
  return ReadLicensedChannels(runtime.files(), runtime.log(), "/licenses");
}

TEST(LicensePool, ReadsTheNumberOfChannels) {
  EXPECT_EQ(Read(nullptr), 4);
  EXPECT_EQ(Read("0\n"), 0);
  EXPECT_EQ(Read("17"), 17);
  EXPECT_EQ(Read("250\r\nanything"), 250);
}

TEST(LicensePool, ABrokenFileLicensesNothing) {
  for (const char* broken : {"", "\n", "-1", "two", "4 channels", "99999999999999999999"}) {
    EXPECT_EQ(Read(broken), 0) << broken;
  }
}

}  // namespace
}  // namespace sfa::res
