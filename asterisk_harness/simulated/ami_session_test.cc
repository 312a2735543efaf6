// Sessions of the manager interface, in the process and on its TCP port.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

TEST(AmiSession, LogsInFiltersAndRefuses) {
  ConfigurationFiles files = With("exten => 007,1,Wait(1)\n");
  files.emplace_back("manager.conf", "[lab]\nsecret=s3\nread=system\nwrite=command\n");
  PbxBed bed(files);
  std::string out;
  bool closed = false;
  auto session =
      bed.pbx->NewAmiSession([&](std::string_view bytes) { out += bytes; }, [&] { closed = true; });
  EXPECT_EQ(out, "Asterisk Call Manager/11.0.0\r\n");
  session->Feed("Action: Ping\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Message: Permission denied"));
  out.clear();
  session->Feed("Action: Login\r\nActionID: 1\r\nUserna");
  session->Feed("me: lab\r\nSecret: s3\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Response: Success\r\nActionID: 1\r\nMessage: Authentication "
                             "accepted\r\n\r\nEvent: FullyBooted\r\n"));
  out.clear();
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  EXPECT_EQ(out, "");  // call events are not for this user
  const pbx_header header = {"Username", "james_bond\r\nX: y"};
  bed.driver.host->manager_event(bed.driver.pbx, "SkypeAccountStatus", &header, 1);
  EXPECT_EQ(out,
            "Event: SkypeAccountStatus\r\nPrivilege: system,all\r\n"
            "Username: james_bond  X: y\r\n\r\n");
  out.clear();
  session->Feed("Action: Originate\r\nChannel: Skype/x\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Permission denied"));
  out.clear();
  session->Feed("Action: " + std::string(2000, 'x') + "\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Command line too long"));
  session->Feed("Action: Logoff\r\n\r\n");
  EXPECT_TRUE(closed);
}

TEST(AmiSession, WrongPasswordCloses) {
  ConfigurationFiles files = With("");
  files.emplace_back("manager.conf", "[lab]\nsecret=s3\n");
  PbxBed bed(files);
  std::string out;
  bool closed = false;
  auto session =
      bed.pbx->NewAmiSession([&](std::string_view bytes) { out += bytes; }, [&] { closed = true; });
  session->Feed("Action: Login\r\nUsername: lab\r\nSecret: no\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Authentication failed"));
  EXPECT_TRUE(closed);
}

// What a program on the same machine sees of the manager interface.
class ManagerClient final : public StreamHandler {
 public:
  explicit ManagerClient(Runtime& runtime)
      : stream_(runtime.ConnectTcp({}, {Ipv4Address::Of(127, 0, 0, 1), 5038}, *this)) {}
  void Send(std::string_view text) {
    stream_->Write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  std::string heard;
  bool ended = false;

 private:
  void OnData(std::span<const uint8_t> bytes) override { heard.append(bytes.begin(), bytes.end()); }
  void OnEndOfStream() override { ended = true; }
  void OnError(const Error&) override { ended = true; }
  std::unique_ptr<ByteStream> stream_;
};

TEST(ManagerPort, IsWhereAProgramLogsIn) {
  ConfigurationFiles files = With("");
  files.emplace_back("manager.conf", "[lab]\nsecret=s3\nread=system\nwrite=command\n");
  PbxBed bed(files);
  bed.Run(milliseconds(10));
  ManagerClient client(*bed.runtime);
  bed.Run(milliseconds(10));
  EXPECT_EQ(client.heard, "Asterisk Call Manager/11.0.0\r\n");
  client.Send("Action: Login\r\nUsername: lab\r\nSecret: s3\r\n\r\n");
  bed.Run(milliseconds(10));
  EXPECT_THAT(client.heard, HasSubstr("Authentication accepted"));
  EXPECT_FALSE(client.ended);
  client.Send("Action: Logoff\r\n\r\n");
  bed.Run(milliseconds(10));
  EXPECT_TRUE(client.ended);
  // Its port is nobody else's.
  struct Nobody final : AcceptHandler {
    void OnAccept(std::unique_ptr<ByteStream>) override {}
  } nobody;
  EXPECT_FALSE(bed.runtime->ListenTcp({{}, 5038}, nobody).ok());
}

TEST(ManagerPort, ResetsWhoIsTooMany) {
  PbxBed bed(With(""));
  std::vector<std::unique_ptr<ManagerClient>> clients;
  for (size_t i = 0; i <= ManagerPort::kMaxConnections; ++i) {
    clients.push_back(std::make_unique<ManagerClient>(*bed.runtime));
    bed.Run(milliseconds(1));
  }
  EXPECT_FALSE(clients[ManagerPort::kMaxConnections - 1]->ended);
  EXPECT_TRUE(clients.back()->ended);
  clients.erase(clients.begin());
  bed.Run(milliseconds(10));
  ManagerClient next(*bed.runtime);
  bed.Run(milliseconds(10));
  EXPECT_FALSE(next.ended);
}

TEST(ManagerPort, IsClosedWhereItIsDisabled) {
  ConfigurationFiles files = With("");
  files.emplace_back("manager.conf", "[general]\nenabled=no\n");
  PbxBed bed(files);
  ManagerClient client(*bed.runtime);
  bed.Run(milliseconds(10));
  EXPECT_TRUE(client.ended);
}

}  // namespace
}  // namespace sfa::harness
