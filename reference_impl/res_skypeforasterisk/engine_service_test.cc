#include "res_skypeforasterisk/engine_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/engine_control.pb.h"
#include "res_skypeforasterisk/control_stream.h"
#include "res_skypeforasterisk/fake_runtime.h"
#include "res_skypeforasterisk/version.h"

namespace sfa::res {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kImage =
    "\x7f"
    "ELF and the rest";

const std::string kReady = std::string("ready ") + kVersion;

std::string Framed(const std::string& message) {
  std::string framed;
  for (int shift = 24; shift >= 0; shift -= 8) {
    framed += static_cast<char>(message.size() >> shift & 0xFF);
  }
  return framed + message;
}

std::string Hello(uint32_t version, const std::string& engine_version = kVersion) {
  control::Event event;
  event.mutable_hello()->set_version(version);
  event.mutable_hello()->set_engine_version(engine_version);
  return Framed(event.SerializeAsString());
}

class EngineServiceTest : public testing::Test, public EngineListener {
 protected:
  void OnEngineReady(std::string_view version) override {
    said.push_back("ready " + std::string(version));
  }
  void OnEngineEvent(std::string_view event) override {
    said.push_back("event " + std::string(event));
  }
  void OnEngineGone(const std::string& reason) override { said.push_back("gone " + reason); }

  void Start() {
    service->Start("/tmp", *this);
    runtime.RunPosted();
  }
  void StartReady() {
    Start();
    runtime.child->Say(Hello(kControlProtocolVersion));
    runtime.RunPosted();
  }

  FakeRuntime runtime;
  std::unique_ptr<EngineService> service = NewEngineService(
      runtime, {{reinterpret_cast<const uint8_t*>(kImage.data()), kImage.size()}, "/licenses"});
  std::vector<std::string> said;
};

TEST_F(EngineServiceTest, ExtractsIntoAPrivateDirectoryAndLeavesNothingBehind) {
  Start();
  EXPECT_THAT(runtime.contents_at_launch,
              ElementsAre(std::pair<const std::string, std::string>(
                  "/tmp/skypeforasterisk.aB3xYz/skypeforasterisk", kImage)));
  EXPECT_EQ(runtime.launched.path, "/tmp/skypeforasterisk.aB3xYz/skypeforasterisk");
  EXPECT_THAT(runtime.launched.argv, ElementsAre("skypeforasterisk"));
  EXPECT_THAT(runtime.contents, IsEmpty());
  EXPECT_THAT(runtime.directories, ElementsAre("/tmp"));
}

TEST_F(EngineServiceTest, NoexecIsExplainedWithTheOptionAndLeavesNothingBehind) {
  runtime.launch_error = Error{ErrorCode::kNotExecutable, "permission denied"};
  service->Start("/tmp", *this);
  EXPECT_THAT(said, IsEmpty());
  runtime.RunPosted();
  EXPECT_THAT(said, ElementsAre(testing::AllOf(HasSubstr("noexec"), HasSubstr("engine_directory"),
                                               HasSubstr("/tmp"))));
  EXPECT_THAT(runtime.contents, IsEmpty());
  EXPECT_THAT(runtime.directories, ElementsAre("/tmp"));
}

TEST_F(EngineServiceTest, MissingDirectoryIsExplainedAndAnotherStartWorks) {
  service->Start("/nowhere", *this);
  runtime.RunPosted();
  EXPECT_THAT(said, ElementsAre(HasSubstr("engine_directory")));
  StartReady();
  EXPECT_EQ(said.back(), kReady);
}

TEST_F(EngineServiceTest, PassesEventsOnAfterHello) {
  Start();
  runtime.child->Say(Hello(kControlProtocolVersion) + Framed("one") + Framed("two").substr(0, 5));
  runtime.RunPosted();
  EXPECT_THAT(said, ElementsAre(kReady, "event one"));
  runtime.child->Say("wo");
  runtime.RunPosted();
  EXPECT_THAT(said, ElementsAre(kReady, "event one", "event two"));
}

TEST_F(EngineServiceTest, AnotherProtocolVersionIsRefused) {
  Start();
  runtime.child->Say(Hello(kControlProtocolVersion + 1));
  runtime.RunPosted();
  EXPECT_THAT(said, ElementsAre(HasSubstr("one release")));
  EXPECT_EQ(runtime.child, nullptr);
}

TEST_F(EngineServiceTest, AnotherVersionOfTheEngineIsRefused) {
  Start();
  runtime.child->Say(Hello(kControlProtocolVersion, "1.0.10"));
  runtime.RunPosted();
  EXPECT_THAT(said, ElementsAre(HasSubstr("gone the engine is of version 1.0.10")));
  EXPECT_EQ(runtime.child, nullptr);
}

TEST_F(EngineServiceTest, AnOverlongMessageEndsTheEngine) {
  StartReady();
  runtime.child->Say(std::string("\x00\x01\x00\x01", 4));
  runtime.RunPosted();
  EXPECT_THAT(said.back(), HasSubstr("not a control message"));
  EXPECT_EQ(runtime.child, nullptr);
}

TEST_F(EngineServiceTest, AnEngineThatNeverSaysHelloIsKilled) {
  Start();
  runtime.Advance(seconds(9));
  EXPECT_THAT(said, IsEmpty());
  runtime.Advance(seconds(1));
  EXPECT_THAT(said, ElementsAre(HasSubstr("did not answer within 10 s")));
  EXPECT_EQ(runtime.child, nullptr);
}

TEST_F(EngineServiceTest, ADeathIsReportedOnceWithItsReason) {
  StartReady();
  runtime.child->CloseControl();
  runtime.child->Exit("exited with status 1");
  runtime.Advance(seconds(20));
  EXPECT_THAT(said, ElementsAre(kReady, "gone the engine process exited with status 1"));
}

TEST_F(EngineServiceTest, AnEngineThatOnlyClosesItsStreamIsKilled) {
  StartReady();
  runtime.child->CloseControl();
  runtime.Advance(seconds(1));
  EXPECT_THAT(said.back(), HasSubstr("killed by signal 9"));
  EXPECT_EQ(runtime.child, nullptr);
}

TEST_F(EngineServiceTest, StopAsksFirst) {
  StartReady();
  bool stopped = false;
  service->Stop([&] { stopped = true; });
  control::Command command;
  ASSERT_TRUE(command.ParseFromString(runtime.child->heard.substr(4)));
  EXPECT_TRUE(command.has_shutdown());
  EXPECT_FALSE(runtime.child->killed);
  runtime.child->Exit("exited with status 0");
  runtime.RunPosted();
  EXPECT_TRUE(stopped);
  EXPECT_THAT(said, ElementsAre(kReady));
}

TEST_F(EngineServiceTest, StopKillsAfterThreeSeconds) {
  StartReady();
  bool stopped = false;
  service->Stop([&] { stopped = true; });
  runtime.Advance(std::chrono::milliseconds(2999));
  EXPECT_FALSE(stopped);
  runtime.Advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(stopped);
  EXPECT_EQ(runtime.child, nullptr);
}

TEST_F(EngineServiceTest, StopWithoutAnEngineStillReports) {
  int stopped = 0;
  service->Stop([&] { ++stopped; });
  EXPECT_EQ(stopped, 0);
  runtime.RunPosted();
  EXPECT_EQ(stopped, 1);
  runtime.launch_error = Error{ErrorCode::kOther, "no"};
  service->Start("/tmp", *this);
  service->Stop([&] { ++stopped; });
  runtime.RunPosted();
  EXPECT_EQ(stopped, 2);
  EXPECT_THAT(said, IsEmpty());
}

TEST_F(EngineServiceTest, CommandsWaitForRoomInOrder) {
  StartReady();
  runtime.child->room = 5;
  service->Send("first");
  service->Send("second");
  EXPECT_EQ(runtime.child->heard.size(), 5u);
  runtime.child->MakeRoom(100);
  EXPECT_EQ(runtime.child->heard, Framed("first") + Framed("second"));
}

TEST_F(EngineServiceTest, AnEngineThatReadsNothingIsKilled) {
  StartReady();
  runtime.child->room = 0;
  for (int i = 0; i < 40 && runtime.child; ++i) {
    service->Send(std::string(60000, 'x'));
    runtime.RunPosted();
  }
  EXPECT_THAT(said.back(), HasSubstr("does not read"));
}

}  // namespace
}  // namespace sfa::res
