#include "conformance/lab/control_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "runtime/posix/posix_runtime.h"

namespace sfa::conformance {
namespace {

using testing::HasSubstr;
using Kind = ControlRequest::Kind;

constexpr auto kLong = std::chrono::seconds(10);
constexpr char kToken[] = "0123456789abcdef";

class Guest final : public StreamHandler {
 public:
  Guest(Runtime& runtime, const Endpoint& to) : stream_(runtime.ConnectTcp({}, to, *this)) {}

  void Say(const std::string& text) {
    unsent_ += text;
    OnWritable();
  }
  void Close() { stream_.reset(); }
  void Pause() { stream_->PauseReading(); }

  std::string heard;
  bool over = false;

 private:
  void OnConnected() override { OnWritable(); }
  void OnData(std::span<const uint8_t> bytes) override { heard.append(bytes.begin(), bytes.end()); }
  void OnWritable() override {
    const std::span all(reinterpret_cast<const uint8_t*>(unsent_.data()), unsent_.size());
    unsent_.erase(0, stream_->Write(all));
  }
  void OnEndOfStream() override { over = true; }
  void OnError(const Error&) override { over = true; }

  std::unique_ptr<ByteStream> stream_;
  std::string unsent_;
};

class ControlPortTest : public testing::Test {
 protected:
  ControlPortTest()
      : port_(runtime_, kToken,
              [this](const ControlRequest& request) { requests_.push_back(request); }) {
    EXPECT_TRUE(port_.Listen().ok());
  }

  std::unique_ptr<Guest> Visit(const std::string& text) {
    auto guest = std::make_unique<Guest>(runtime_, port_.local());
    guest->Say(text);
    return guest;
  }
  bool Until(const std::function<bool()>& predicate) { return runtime_.RunUntil(predicate, kLong); }

  posix::PosixRuntime runtime_{posix::PosixSettings{}};
  std::vector<ControlRequest> requests_;
  ControlPort port_;
};

TEST_F(ControlPortTest, WhoHasTheTokenIsHeard) {
  EXPECT_EQ(port_.local().address, Ipv4Address::Loopback());
  const auto guest = Visit(
      "{\"token\": \"0123456789abcdef\", \"as\": \"austin_powers\"}\n"
      "{\"do\": \"call james_bond\"}\n{\"do\": \"hangup\"}\n");
  ASSERT_TRUE(Until([&] { return requests_.size() == 3; }));
  EXPECT_EQ(requests_[0].kind, Kind::kAttach);
  EXPECT_EQ(requests_[0].text, "austin_powers");
  EXPECT_EQ(requests_[1].kind, Kind::kDo);
  EXPECT_EQ(requests_[1].text, "call james_bond");
  EXPECT_EQ(requests_[2].text, "hangup");
  port_.Send(requests_[0].visitor, "{\"what\":\"answered\"}");
  EXPECT_TRUE(Until([&] { return guest->heard == "{\"what\":\"answered\"}\n"; }));
  guest->Close();
  ASSERT_TRUE(Until([&] { return requests_.size() == 4; }));
  EXPECT_EQ(requests_[3].kind, Kind::kLeft);
  EXPECT_EQ(requests_[3].visitor, requests_[0].visitor);
  port_.Send(requests_[0].visitor, "nobody hears it");
}

TEST_F(ControlPortTest, TheOthersAreRefusedAndAskNothing) {
  for (const char* text :
       {"{\"token\": \"0123456789abcdeF\", \"ask\": \"down\"}\n", "{\"ask\": \"down\"}\n",
        "{\"token\": [\"0123456789abcdef\"], \"ask\": \"down\"}\n", "{\"token\": \"\"}\n", "\n",
        "GET / HTTP/1.1\r\n", "[[[[[[[[\n", "{\"token\": \"0123456789abcdef\"}\n"}) {
    const auto guest = Visit(text);
    EXPECT_TRUE(Until([&] { return guest->over; })) << text;
    EXPECT_THAT(guest->heard, HasSubstr("\"ok\":false")) << text;
  }
  for (const ControlRequest& request : requests_) EXPECT_EQ(request.kind, Kind::kLeft);
  EXPECT_EQ(port_.cut_off(), 8u);
}

TEST_F(ControlPortTest, AskingAndDoingAreKeptApart) {
  const auto status = Visit("{\"token\": \"0123456789abcdef\", \"ask\": \"status\"}\n");
  ASSERT_TRUE(Until([&] { return requests_.size() == 1; }));
  EXPECT_EQ(requests_[0].kind, Kind::kStatus);
  status->Say("{\"do\": \"hangup\"}\n");
  EXPECT_TRUE(Until([&] { return status->over; }));
  EXPECT_EQ(requests_.back().kind, Kind::kLeft);
}

TEST_F(ControlPortTest, ALineWithoutEndIsCutOff) {
  const auto guest = Visit(std::string(ControlPort::kLongestLine + 1, 'x'));
  EXPECT_TRUE(Until([&] { return guest->over; }));
  EXPECT_EQ(port_.cut_off(), 1u);
  EXPECT_TRUE(requests_.empty());
}

TEST_F(ControlPortTest, WhoDoesNotReadIsCutOff) {
  const auto guest = Visit("{\"token\": \"0123456789abcdef\", \"as\": \"austin_powers\"}\n");
  ASSERT_TRUE(Until([&] { return requests_.size() == 1; }));
  guest->Pause();
  const std::string line(1 << 20, 'x');
  for (int i = 0; i < 64 && port_.cut_off() == 0; ++i) {
    port_.Send(requests_[0].visitor, line);
    runtime_.RunUntil([] { return false; }, std::chrono::milliseconds(1));
  }
  EXPECT_EQ(port_.cut_off(), 1u);
  EXPECT_EQ(requests_.back().kind, Kind::kLeft);
}

TEST_F(ControlPortTest, MoreVisitorsThanAllowedAreCutOff) {
  std::vector<std::unique_ptr<Guest>> guests;
  for (size_t i = 0; i < ControlPort::kMostVisitors; ++i) {
    guests.push_back(Visit("{\"token\": \"0123456789abcdef\", \"as\": \"austin_powers\"}\n"));
  }
  ASSERT_TRUE(Until([&] { return requests_.size() == ControlPort::kMostVisitors; }));
  const auto one_more = Visit("");
  EXPECT_TRUE(Until([&] { return one_more->over; }));
  EXPECT_EQ(port_.cut_off(), 1u);
}

}  // namespace
}  // namespace sfa::conformance
