#include "res_skypeforasterisk/license_pool.h"

#include <gtest/gtest.h>

namespace sfa::res {
namespace {

TEST(LicensePool, GivesOutAsManyAsThereAreAndTakesThemBack) {
  CountingPool pool(2);
  EXPECT_TRUE(pool.Acquire());
  EXPECT_TRUE(pool.Acquire());
  EXPECT_FALSE(pool.Acquire());
  EXPECT_EQ(pool.in_use(), 2);
  pool.Release();
  EXPECT_EQ(pool.in_use(), 1);
  EXPECT_TRUE(pool.Acquire());
}

TEST(LicensePool, WithFewerChannelsWhatIsInUseStaysSo) {
  CountingPool pool(2);
  EXPECT_TRUE(pool.Acquire());
  EXPECT_TRUE(pool.Acquire());
  pool.SetTotal(1);
  EXPECT_EQ(pool.in_use(), 2);
  EXPECT_FALSE(pool.Acquire());
  pool.Release();
  EXPECT_FALSE(pool.Acquire());
  pool.Release();
  EXPECT_TRUE(pool.Acquire());
  pool.SetTotal(3);
  EXPECT_TRUE(pool.Acquire());
}

}  // namespace
}  // namespace sfa::res
