#include "conformance/scenario/values.h"

#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ValuesTest, DurationsNeedAUnit) {
  EXPECT_EQ(ParseDuration("20ms"), Duration(milliseconds(20)));
  EXPECT_EQ(ParseDuration("0.5s"), Duration(milliseconds(500)));
  EXPECT_EQ(ParseDuration("2min"), Duration(seconds(120)));
  for (const char* wrong : {"20", "ms", "-1s", "1 s", "1e300h", "nans", "9999h", ""}) {
    EXPECT_EQ(ParseDuration(wrong), std::nullopt) << wrong;
  }
}

TEST(ValuesTest, RatesAndPercentages) {
  EXPECT_EQ(ParseRate("1Mbps"), 1'000'000u);
  EXPECT_EQ(ParseRate("64kbps"), 64'000u);
  EXPECT_EQ(ParseRate("1MBps"), std::nullopt);
  EXPECT_EQ(ParseRate("0bps"), std::nullopt);
  EXPECT_DOUBLE_EQ(ParsePercentage("0.5%").value(), 0.005);
  EXPECT_EQ(ParsePercentage("101%"), std::nullopt);
  EXPECT_EQ(ParsePercentage("5"), std::nullopt);
}

TEST(ValuesTest, DatesExist) {
  EXPECT_EQ(ParseDate("1970-01-02"), WallTime(std::chrono::hours(24)));
  EXPECT_TRUE(ParseDate("2012-02-29").has_value());
  EXPECT_EQ(ParseDate("2010-02-29"), std::nullopt);
  EXPECT_EQ(ParseDate("2010-6-1"), std::nullopt);
}

}  // namespace
}  // namespace sfa::conformance
