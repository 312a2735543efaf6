#include "protocol/license/host_id.h"

#include <gtest/gtest.h>

namespace sfa::license {
namespace {

TEST(HostId, IsMadeOfPhysicalDevicesInNoOrder) {
  NetworkInterface first;
  first.mac = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55};
  first.physical = true;
  NetworkInterface second;
  second.mac = {0x02, 0x00, 0x00, 0x00, 0x00, 0x01};
  second.physical = true;
  NetworkInterface bridge;
  bridge.mac = {9, 9, 9, 9, 9, 9};
  NetworkInterface loopback;
  loopback.loopback = true;
  // SHA-1 of 00 11 22 33 44 55, by another implementation.
  EXPECT_EQ(HostId({loopback, first, bridge}),
            "81:98:1e:4d:41:e4:f1:9f:48:9a:80:8b:1e:4a:5b:58:b7:da:d4:cf");
  EXPECT_EQ(HostId({first, second}), HostId({second, bridge, first}));
  EXPECT_NE(HostId({first, second}), HostId({first}));
  EXPECT_NE(HostId({bridge, loopback}), "");
  EXPECT_EQ(HostId({loopback}), "");
  NetworkInterface tunnel;
  EXPECT_EQ(HostId({bridge, tunnel}), HostId({bridge}));
  std::vector<NetworkInterface> many(20, first);
  EXPECT_EQ(HostId(many), "7f:f2:e1:c2:f1:8d:86:14:ee:e6:d9:5e:73:71:e2:1a:8a:f8:b0:87")
      << "more than a block";
}

}  // namespace
}  // namespace sfa::license
