#include "runtime/address.h"

#include <gtest/gtest.h>

namespace sfa {
namespace {

TEST(Address, ReadsWhatItWrites) {
  for (const char* text : {"0.0.0.0", "192.0.2.1", "255.255.255.255"}) {
    const auto address = Ipv4Address::Parse(text);
    ASSERT_TRUE(address);
    EXPECT_EQ(address->ToString(), text);
  }
  EXPECT_EQ(Ipv4Address::Parse("192.0.2.1"), Ipv4Address::Of(192, 0, 2, 1));
  EXPECT_EQ(Endpoint::Parse("192.0.2.1:65535"), (Endpoint{Ipv4Address::Of(192, 0, 2, 1), 65535}));
  EXPECT_EQ(Endpoint::Parse("192.0.2.1:65535")->ToString(), "192.0.2.1:65535");
}

TEST(Address, RefusesEverythingElse) {
  for (const char* text : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.4 ",
                           " 1.2.3.4", "1..2.3", "localhost", "1.2.3.4:5", "4294967297.0.0.1"}) {
    EXPECT_FALSE(Ipv4Address::Parse(text)) << text;
  }
  for (const char* text :
       {"1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", ":5", "1.2.3.4:5x"}) {
    EXPECT_FALSE(Endpoint::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace sfa
