#include "conformance/real_asterisk/footprint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(FootprintTest, TheModulesUsesAreReadFromTheConsolesColumns) {
  const std::string console =
      "Module                         Description                              Use Count  Status "
      "     Support Level\n"
      "app_dial.so                    Dialing Application                      2          Running "
      "             core\n"
      "res_pjsip_endpoint_identifier_anonymous.so PJSIP Anonymous endpoint identifier      0      "
      "    Running              core\n"
      "res_phoneprov.so               HTTP Phone Provisioning                  0          Not "
      "Running      extended\n"
      "3 modules loaded\n";
  EXPECT_THAT(ParseModuleUses(console),
              ElementsAre(Pair("app_dial.so", 2), Pair("res_phoneprov.so", 0),
                          Pair("res_pjsip_endpoint_identifier_anonymous.so", 0)));
}

TEST(FootprintTest, WhatIsNoTableHasNoModules) {
  EXPECT_THAT(ParseModuleUses("No such command\n\napp.so\napp.so Running core\n"), IsEmpty());
}

TEST(FootprintTest, ChannelsAreCounted) {
  EXPECT_EQ(ParseChannels("12 active channels\n0 active calls\n2000 calls processed\n"), 12);
  EXPECT_EQ(ParseChannels("1 active channel\n1 active call\n"), 1);
  EXPECT_EQ(ParseChannels("No such command\n"), -1);
}

TEST(FootprintTest, PagesAreReadByName) {
  const std::string pages = "Private_Clean:        12 kB\nPrivate_Dirty:     34567 kB\n";
  EXPECT_EQ(ParseKib(pages, "Private_Dirty"), 34567);
  EXPECT_EQ(ParseKib(pages, "Swap"), -1);
}

}  // namespace
}  // namespace sfa::conformance
