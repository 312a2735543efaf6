#include "protocol/peer/host_cache.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/stream/test_world.h"

namespace sfa::peer {
namespace {

Endpoint Host(uint32_t number) { return {{0x0A000000 + number}, 33033}; }

class HostCacheTest : public testing::Test {
 protected:
  stream::TestWorld world_;
  stream::TestRuntime runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 1};
};

TEST_F(HostCacheTest, KeepsTheLatestTwoHundred) {
  HostCache cache({});
  for (uint32_t i = 1; i <= 250; ++i) cache.Add(Host(i));
  EXPECT_EQ(cache.size(), 200u);
  const auto all = cache.Shuffled(runtime_.random());
  EXPECT_EQ(std::count(all.begin(), all.end(), Host(50)), 0);
  EXPECT_EQ(std::count(all.begin(), all.end(), Host(51)), 1);
  EXPECT_EQ(std::count(all.begin(), all.end(), Host(250)), 1);
}

TEST_F(HostCacheTest, KnownOnesComeBeforeTheBootstrapNodesAndEachOnce) {
  HostCache cache({Host(1), Host(2), Host(3)});
  cache.Add(Host(9));
  cache.Add(Host(2));
  cache.Add(Host(9));
  cache.Add({});
  auto all = cache.Shuffled(runtime_.random());
  ASSERT_EQ(all.size(), 4u);
  std::sort(all.begin(), all.begin() + 2);
  EXPECT_EQ(all[0], Host(2));
  EXPECT_EQ(all[1], Host(9));
}

TEST_F(HostCacheTest, BootstrapNodesStay) {
  HostCache cache({Host(1)});
  cache.Add(Host(1));
  cache.Remove(Host(1));
  EXPECT_EQ(cache.Shuffled(runtime_.random()), (std::vector<Endpoint>{Host(1)}));
}

TEST_F(HostCacheTest, OrderIsRandom) {
  HostCache cache({Host(1), Host(2), Host(3), Host(4), Host(5), Host(6), Host(7)});
  EXPECT_NE(cache.Shuffled(runtime_.random()), cache.Shuffled(runtime_.random()));
}

}  // namespace
}  // namespace sfa::peer
