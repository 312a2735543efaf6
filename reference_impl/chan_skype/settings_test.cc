#include "chan_skype/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chan_skype/driver_bench.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SettingsTest : public testing::Test {
 protected:
  // Gives the lines to the reader as the PBX's loader would.
  int Read(const std::vector<std::array<std::string, 3>>& lines) {
    struct Host {
      const std::vector<std::array<std::string, 3>>& lines;
    } context{lines};
    pbx_host host{};
    host.read_config = [](void* pbx, const char*, void (*each)(void*, const pbx_config_line*),
                          void* reader) {
      int number = 0;
      for (const auto& [section, name, value] : static_cast<Host*>(pbx)->lines) {
        const pbx_config_line line{section.c_str(), name.empty() ? nullptr : name.c_str(),
                                   value.c_str(), "chan_skype.conf", ++number};
        each(reader, &line);
      }
      return 0;
    };
    return ReadSettings(
        host, &context,
        [this](pbx_log_level, const std::string& text) { complaints.push_back(text); }, &settings);
  }

  Settings settings;
  std::vector<std::string> complaints;
};

TEST_F(SettingsTest, DefaultsAreTheManuals) {
  ASSERT_EQ(Read({{"general", "", ""}, {"aston", "", ""}, {"aston", "secret", "x"}}), 0);
  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_EQ(settings.general.engine_directory, "/tmp");
  EXPECT_EQ(settings.general.default_user, "");
  EXPECT_EQ(settings.general.bind_address, Ipv4Address::Any());
  EXPECT_EQ(settings.general.rtp_address, Ipv4Address::Loopback());
  EXPECT_EQ(settings.general.bind_port, 0);
  EXPECT_FALSE(settings.general.debug || settings.general.disable_tcpauto ||
               settings.general.disable_udp);
  ASSERT_EQ(settings.users.size(), 1u);
  const UserSettings& user = settings.users[0];
  EXPECT_EQ(user.context, "default");
  EXPECT_EQ(user.exten, "aston");
  EXPECT_THAT(user.codecs, ElementsAre("ulaw", "alaw", "g729"));
  EXPECT_EQ(user.direction, Direction::kBoth);
  EXPECT_THAT(user.auth_policy, ElementsAre(AuthRule{AuthPolicy::kAccept, ""}));
  EXPECT_FALSE(user.autoadd_buddies || user.autoadd_hints);
  EXPECT_TRUE(user.buddy_presence);
  EXPECT_EQ(user.mohinterpret, "default");
  EXPECT_EQ(user.mohsuggest, "");
}

TEST_F(SettingsTest, EveryOptionIsTaken) {
  Read({{"general", "", ""},
        {"general", "engine_directory", "/var/lib/sky/"},
        {"general", "default_user", "Aston"},
        {"general", "debug", "yes"},
        {"general", "bind_address", "192.0.2.7"},
        {"general", "rtp_address", "127.0.0.2"},
        {"general", "bindport", "33033"},
        {"general", "disable_tcpauto", "on"},
        {"general", "disable_udp", "true"},
        {"general", "bootstrap_node", "198.51.100.1:33033"},
        {"general", "network_root_key", std::string(64, 'a')},
        {"aston", "", ""},
        {"aston", "secret", "x"},
        {"aston", "context", "demo"},
        {"aston", "exten", "007"},
        {"aston", "direction", "Incoming"},
        {"aston", "auth_policy", "accept. sesame, deny"},
        {"aston", "buddy_autoadd", "buddies, hints"},
        {"aston", "buddy_presence", "no"},
        {"aston", "mohinterpret", "passthrough"},
        {"aston", "mohsuggest", "jazz"},
        {"aston", "accountcode", "sales"},
        {"aston", "setvar", "SKYPE_CALL_PROPERTY(topic)=Hello"}});
  EXPECT_THAT(complaints, ElementsAre(HasSubstr("chan_skype.conf:7: \"bindport\"")));
  const GeneralSettings& general = settings.general;
  EXPECT_EQ(general.engine_directory, "/var/lib/sky");
  EXPECT_EQ(general.bind_port, 33033);
  EXPECT_EQ(general.bind_address, Ipv4Address::Of(192, 0, 2, 7));
  EXPECT_EQ(general.rtp_address, Ipv4Address::Of(127, 0, 0, 2));
  EXPECT_TRUE(general.debug && general.disable_tcpauto && general.disable_udp);
  EXPECT_THAT(general.bootstrap_nodes,
              ElementsAre(Endpoint{Ipv4Address::Of(198, 51, 100, 1), 33033}));
  EXPECT_EQ(general.network_root_key, std::string(32, '\xAA'));
  const UserSettings& user = settings.users.at(0);
  EXPECT_EQ(user.context, "demo");
  EXPECT_EQ(user.exten, "007");
  EXPECT_EQ(user.direction, Direction::kIncoming);
  EXPECT_THAT(user.auth_policy, ElementsAre(AuthRule{AuthPolicy::kAcceptWithPassword, "sesame"},
                                            AuthRule{AuthPolicy::kDeny, ""}));
  EXPECT_TRUE(user.autoadd_buddies && user.autoadd_hints);
  EXPECT_FALSE(user.buddy_presence);
  EXPECT_EQ(user.mohinterpret, "passthrough");
  EXPECT_EQ(user.mohsuggest, "jazz");
  EXPECT_EQ(user.accountcode, "sales");
  EXPECT_THAT(user.setvar, ElementsAre("SKYPE_CALL_PROPERTY(topic)=Hello"));
}

TEST_F(SettingsTest, CodecsFollowTheOrderOfTheFile) {
  Read({{"a", "", ""},
        {"a", "secret", "x"},
        {"a", "allow", "alaw"},
        {"b", "", ""},
        {"b", "secret", "x"},
        {"b", "disallow", "all"},
        {"b", "allow", "alaw"},
        {"b", "allow", "ulaw"},
        {"c", "", ""},
        {"c", "secret", "x"},
        {"c", "disallow", "ulaw"},
        {"d", "", ""},
        {"d", "secret", "x"},
        {"d", "allow", "all"},
        {"d", "disallow", "all"}});
  EXPECT_THAT(settings.users.at(0).codecs, ElementsAre("alaw"));
  EXPECT_THAT(settings.users.at(1).codecs, ElementsAre("alaw", "ulaw"));
  EXPECT_THAT(settings.users.at(2).codecs, ElementsAre("alaw", "g729"));
  EXPECT_THAT(settings.users.at(3).codecs, IsEmpty());
  EXPECT_THAT(complaints,
              ElementsAre(AllOf(HasSubstr("\"d\""), HasSubstr("neither ulaw nor alaw"))));
}

TEST_F(SettingsTest, AnUnknownOptionIsNamedWithTheNearestOneAndWithoutItsValue) {
  Read({{"a", "", ""},
        {"a", "secret", "x"},
        {"a", "auht_policy", "accept"},
        {"a", "secrte", "swordfish"},
        {"a", "frobnicate", "1"}});
  EXPECT_THAT(
      complaints,
      ElementsAre(AllOf(HasSubstr("chan_skype.conf:3"), HasSubstr("did you mean auth_policy?")),
                  AllOf(HasSubstr("chan_skype.conf:4"), HasSubstr("did you mean secret?")),
                  AllOf(HasSubstr("frobnicate"), Not(HasSubstr("did you mean")))));
  EXPECT_THAT(complaints, Not(Contains(HasSubstr("swordfish"))));
}

TEST_F(SettingsTest, AnImpossibleValueKeepsTheDefault) {
  Read({{"general", "", ""},
        {"general", "bind_port", "65536"},
        {"general", "bind_address", "localhost"},
        {"general", "debug", "maybe"},
        {"general", "engine_directory", "tmp"},
        {"general", "network_root_key", "beef"},
        {"a", "", ""},
        {"a", "secret", "x"},
        {"a", "direction", "sideways"},
        {"a", "allow", "gsm"},
        {"a", "auth_policy", "accept,perhaps"},
        {"a", "buddy_autoadd", "yes"}});
  EXPECT_EQ(complaints.size(), 9u);
  EXPECT_THAT(complaints, Contains(AllOf(HasSubstr("chan_skype.conf:2"), HasSubstr("65535"))));
  EXPECT_THAT(complaints, Contains(HasSubstr("incoming, outgoing or both")));
  EXPECT_EQ(settings.general.bind_port, 0);
  EXPECT_EQ(settings.general.engine_directory, "/tmp");
  EXPECT_THAT(settings.users.at(0).codecs, ElementsAre("ulaw", "alaw", "g729"));
  EXPECT_EQ(settings.users.at(0).direction, Direction::kBoth);
}

TEST_F(SettingsTest, SlipsWhoseMeaningIsCertainAreTakenAndNamed) {
  Read({{"general", "", ""},
        {"general", "bindaddr", "192.0.2.7"},
        {"general", "defaultuser", "a"},
        {"general", "Disable-UDP", "yes"},
        {"a", "", ""},
        {"a", "password", "x"},
        {"a", "authpolicy", "deny"},
        {"a", "autoadd", "hints"},
        {"a", "disallowed", "all"},
        {"a", "allowed", "alaw"},
        {"a", "account_code", "mi6"},
        {"a", "extension", "007"}});
  EXPECT_EQ(settings.general.bind_address, Ipv4Address::Of(192, 0, 2, 7));
  EXPECT_EQ(settings.general.default_user, "a");
  EXPECT_TRUE(settings.general.disable_udp);
  const UserSettings& user = settings.users.at(0);
  EXPECT_EQ(user.secret, "x");
  EXPECT_THAT(user.auth_policy, ElementsAre(AuthRule{AuthPolicy::kDeny, ""}));
  EXPECT_TRUE(user.autoadd_hints);
  EXPECT_THAT(user.codecs, ElementsAre("alaw"));
  EXPECT_EQ(user.accountcode, "mi6");
  EXPECT_EQ(user.exten, "007");
  ASSERT_EQ(complaints.size(), 10u);
  EXPECT_EQ(complaints[4],
            "chan_skype.conf:7: \"authpolicy\" is written auth_policy; taken as that");
}

TEST_F(SettingsTest, TooLongIsNotPossible) {
  const std::string long_name(80, 'x');
  Read({{"a", "", ""},
        {"a", "secret", "x"},
        {"a", "context", long_name},
        {"a", "exten", long_name},
        {"a", "mohinterpret", long_name},
        {"a", "mohsuggest", long_name},
        {"a", "message_context", long_name},
        {"a", "accountcode", std::string(64, 'x')},
        {"a", "mohinterpret", ""}});
  EXPECT_EQ(complaints.size(), 7u);
  const UserSettings& user = settings.users.at(0);
  EXPECT_EQ(user.context, "default");
  EXPECT_EQ(user.exten, "a");
  EXPECT_EQ(user.mohinterpret, "default");
  EXPECT_EQ(user.mohsuggest + user.message_context + user.accountcode, "");
}

TEST_F(SettingsTest, SetvarIsSortedByWhatItMeans) {
  Read({{"a", "", ""},
        {"a", "secret", "x"},
        {"a", "setvar", "COLOUR=blue"},
        {"a", "setvar", "SKYPE_CALL_PROPERTY(topic)=Sales"},
        {"a", "setvar", "SKYPE_ACCOUNT_PROPERTY(gender)=3"},
        {"a", "setvar", "SKYPE_ACCOUNT_PROPERTY(gender)=2"},
        {"a", "setvar", "nonsense"}});
  const UserSettings& user = settings.users.at(0);
  EXPECT_EQ(user.channel_variables, std::vector<std::string>{"COLOUR=blue"});
  EXPECT_EQ(user.call_properties, (PropertyValues{{"topic", "Sales"}}));
  EXPECT_EQ(user.account_properties, (PropertyValues{{"gender", "2"}}));
  EXPECT_THAT(complaints,
              ElementsAre(AllOf(HasSubstr("chan_skype.conf:5"), HasSubstr("1 (male)")),
                          AllOf(HasSubstr("chan_skype.conf:7"), HasSubstr("NAME=value"))));
}

TEST_F(SettingsTest, TwoSectionsOfOneUserAreTakenTogether) {
  Read({{"a", "", ""},
        {"a", "context", "demo"},
        {"A", "", ""},
        {"A", "secret", "x"},
        {"A", "auth_policy", "accept.sesame"},
        {"A", "auth_policy", "sesame,open"}});
  ASSERT_EQ(settings.users.size(), 1u);
  EXPECT_EQ(settings.users[0].context, "demo");
  EXPECT_THAT(complaints, ElementsAre(AllOf(HasSubstr(":3"), HasSubstr("second section")),
                                      AllOf(HasSubstr(":6"), Not(HasSubstr("sesame")))));
}

TEST_F(SettingsTest, AUserWithoutASecretIsRefusedByName) {
  Read({{"general", "", ""},
        {"general", "default_user", "aston"},
        {"aston", "", ""},
        {"aston", "context", "demo"}});
  EXPECT_THAT(settings.users, IsEmpty());
  EXPECT_THAT(complaints, ElementsAre(AllOf(HasSubstr("chan_skype.conf:3"), HasSubstr("\"aston\""),
                                            HasSubstr("secret")),
                                      HasSubstr("default_user=aston")));
}

TEST_F(SettingsTest, NamesThatCannotBeSkypeNamesAreRefused) {
  Read({{"with blank", "", ""},
        {"with blank", "secret", "x"},
        {std::string(64, 'a'), "", ""},
        {std::string(64, 'a'), "secret", "x"}});
  EXPECT_THAT(settings.users, IsEmpty());
  EXPECT_EQ(complaints.size(), 2u);
}

TEST(Text, NearestWord) {
  EXPECT_EQ(NearestWord("engine_dir", {"engine_directory", "debug"}), std::nullopt);
  EXPECT_EQ(NearestWord("dirction", {"direction", "debug"}), "direction");
  EXPECT_EQ(NearestWord("Allow", {"allow"}), "allow");
  EXPECT_EQ(NearestWord("", {"allow"}), std::nullopt);
}

TEST(Text, OneLineRemovesWhatCouldBeginALine) {
  EXPECT_EQ(OneLine("Bond\r\nEvent: Forged\x7f\t"), "BondEvent: Forged");
}

}  // namespace
}  // namespace sfa::skype
