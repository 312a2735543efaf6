#include "conformance/lab/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class LayOverTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFile(folder_.path() + "/" + name, text).ok());
  }
  void Lay() { LayOver(folder_.path(), files_, errors_); }

  const TemporaryDirectory folder_;
  Fields files_ = {{"chan_skype.conf", "ours"}, {"extensions.conf", "ours"}};
  std::vector<InputError> errors_;
};

TEST_F(LayOverTest, AFileReplacesTheOneOfItsNameOrIsAdded) {
  Write("extensions.conf", "theirs");
  Write("pjsip.conf", "new");
  Write(".extensions.conf.swp", "an editor's");
  Lay();
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_THAT(files_, ElementsAre(Pair("chan_skype.conf", "ours"),
                                  Pair("extensions.conf", "theirs"), Pair("pjsip.conf", "new")));
}

TEST_F(LayOverTest, AFolderAmongThemIsNamed) {
  ASSERT_TRUE(MakeDirectory(folder_.path() + "/manager.d").ok());
  Lay();
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_THAT(ToString(errors_[0]), HasSubstr("/manager.d: "));
  EXPECT_THAT(ToString(errors_[0]), HasSubstr("it is a directory; expected a configuration file"));
}

TEST_F(LayOverTest, AFileWithoutEndIsNotRead) {
  Write("sounds.conf", std::string((4 << 20) + 1, 'x'));
  Lay();
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_THAT(ToString(errors_[0]), HasSubstr("sounds.conf"));
}

TEST_F(LayOverTest, AMissingFolderIsTold) {
  LayOver(folder_.path() + "/none", files_, errors_);
  EXPECT_EQ(errors_.size(), 1u);
}

TEST_F(LayOverTest, TheLabsOwnManagerUserIsNotForOthers) {
  Write("manager.conf", "[general]\nenabled=yes\n  [sfalab]\nsecret=known\n");
  Lay();
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].place.line, 3);
}

TEST(ManagerConfTest, WithoutAFileItStandsAlone) {
  EXPECT_EQ(ManagerConf("", "s3"),
            "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nport = 5038\n\n"
            "[sfalab]\nsecret = s3\nread = all\nwrite = all\n");
}

// Measured: of two [general] Asterisk reads the first only, and it refuses a (+) without a first.
TEST(ManagerConfTest, AGivenGeneralSectionIsAddedTo) {
  const std::string given = "[general]\nenabled = no\nport = 5039\n[alice]\nsecret=x";
  EXPECT_EQ(ManagerConf(given, "s3"),
            given +
                "\n[general](+)\nenabled = yes\nbindaddr = 127.0.0.1\nport = 5038\n\n"
                "[sfalab]\nsecret = s3\nread = all\nwrite = all\n");
  EXPECT_THAT(ManagerConf("[alice]\nsecret=x\n", "s3"), HasSubstr("x\n[general]\nenabled"));
  EXPECT_THAT(ManagerConf("; [general]\n", "s3"), HasSubstr("\n[general]\nenabled"));
}

TEST(ManagerConfTest, TheFileIsReplacedAmongTheOthers) {
  Fields files = {{"a.conf", ""}, {"manager.conf", "[alice]\n"}};
  AddManagerUser("s3", files);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[1].second, ManagerConf("[alice]\n", "s3"));
}

}  // namespace
}  // namespace sfa::conformance
