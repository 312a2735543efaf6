#include "asterisk_harness/real/loopback_forwarder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <utility>

namespace sfa::harness {
namespace {

constexpr auto kLong = std::chrono::seconds(10);

// One end of a stream, with everything that came.
class End final : public StreamHandler {
 public:
  void Take(std::unique_ptr<ByteStream> taken) {
    stream = std::move(taken);
    stream->SetHandler(this);
  }
  void Say(const std::string& text) {
    unsent += text;
    OnWritable();
  }
  void OnData(std::span<const uint8_t> bytes) override { heard.append(bytes.begin(), bytes.end()); }
  void OnWritable() override {
    const std::span all(reinterpret_cast<const uint8_t*>(unsent.data()), unsent.size());
    unsent.erase(0, stream->Write(all));
  }
  void OnEndOfStream() override { ended = true; }
  void OnError(const Error&) override { broken = true; }

  std::unique_ptr<ByteStream> stream;
  std::string heard, unsent;
  bool ended = false, broken = false;
};

class LoopbackForwarderTest : public testing::Test {
 protected:
  LoopbackForwarderTest() : forwarder_(runtime_, [this] { return NewServer(); }) {
    EXPECT_TRUE(forwarder_.Listen().ok());
  }

  Result<int> NewServer() {
    std::array<int, 2> ends{};
    if (refuse_ || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      return Error{ErrorCode::kRefused, "no"};
    }
    servers_.push_back(std::make_unique<End>());
    servers_.back()->Take(std::move(*runtime_.AdoptStream(ends[0])));
    return ends[1];
  }

  std::unique_ptr<End> Visit() {
    auto guest = std::make_unique<End>();
    guest->stream = runtime_.ConnectTcp({}, forwarder_.local(), *guest);
    return guest;
  }

  bool Until(const std::function<bool()>& predicate) { return runtime_.RunUntil(predicate, kLong); }

  posix::PosixRuntime runtime_{posix::PosixSettings{}};
  bool refuse_ = false;
  std::vector<std::unique_ptr<End>> servers_;
  LoopbackForwarder forwarder_;
};

TEST_F(LoopbackForwarderTest, ListensOnTheLoopbackInterfaceOnly) {
  EXPECT_EQ(forwarder_.local().address, Ipv4Address::Loopback());
  EXPECT_NE(forwarder_.local().port, 0);
}

TEST_F(LoopbackForwarderTest, BytesPassBothWaysWhateverTheirNumber) {
  const auto guest = Visit();
  ASSERT_TRUE(Until([&] { return servers_.size() == 1; }));
  std::string much(3 << 20, '\0');
  for (size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>(i * 7 + i / 255);
  // Both at the same time, more than any buffer on the way holds.
  servers_[0]->Say(much);
  guest->Say(much);
  EXPECT_TRUE(Until([&] {
    return guest->heard.size() == much.size() && servers_[0]->heard.size() == much.size();
  }));
  EXPECT_TRUE(guest->heard == much);
  EXPECT_TRUE(servers_[0]->heard == much);
}

TEST_F(LoopbackForwarderTest, AServerThatDoesNotReadMakesTheGuestWait) {
  const auto guest = Visit();
  ASSERT_TRUE(Until([&] { return servers_.size() == 1; }));
  servers_[0]->stream->PauseReading();
  guest->Say(std::string(64 << 20, 'x'));
  runtime_.RunUntil([] { return false; }, std::chrono::milliseconds(300));
  EXPECT_GT(guest->unsent.size(), size_t{32} << 20);
  servers_[0]->stream->ResumeReading();
  EXPECT_TRUE(Until([&] { return servers_[0]->heard.size() == size_t{64} << 20; }));
}

TEST_F(LoopbackForwarderTest, ADirectionThatEndsEndsOnTheOtherSideAfterAllThatWasSaid) {
  const auto guest = Visit();
  ASSERT_TRUE(Until([&] { return servers_.size() == 1; }));
  guest->Say("good-bye");
  guest->stream->ShutdownWrite();
  ASSERT_TRUE(Until([&] { return servers_[0]->ended; }));
  EXPECT_EQ(servers_[0]->heard, "good-bye");
  EXPECT_FALSE(guest->ended);
  servers_[0]->Say("you, too");
  servers_[0]->stream->ShutdownWrite();
  ASSERT_TRUE(Until([&] { return guest->ended; }));
  EXPECT_EQ(guest->heard, "you, too");
}

TEST_F(LoopbackForwarderTest, AServerThatIsGoneIsTold) {
  const auto guest = Visit();
  ASSERT_TRUE(Until([&] { return servers_.size() == 1; }));
  servers_[0]->stream.reset();
  EXPECT_TRUE(Until([&] { return guest->ended || guest->broken; }));
  refuse_ = true;
  const auto later = Visit();
  EXPECT_TRUE(Until([&] { return later->ended || later->broken; }));
  EXPECT_EQ(forwarder_.refused(), 1u);
}

TEST_F(LoopbackForwarderTest, MoreConnectionsThanAllowedAreClosed) {
  std::vector<std::unique_ptr<End>> guests;
  for (size_t i = 0; i < LoopbackForwarder::kMostConnections; ++i) guests.push_back(Visit());
  ASSERT_TRUE(Until([&] { return servers_.size() == LoopbackForwarder::kMostConnections; }));
  const auto one_more = Visit();
  EXPECT_TRUE(Until([&] { return one_more->broken || one_more->ended; }));
  // There is room again when one has gone.
  guests.front()->stream->Abort();
  ASSERT_TRUE(Until([&] { return servers_.front()->broken || servers_.front()->ended; }));
  const auto next = Visit();
  EXPECT_TRUE(Until([&] { return servers_.size() == LoopbackForwarder::kMostConnections + 1; }));
}

}  // namespace
}  // namespace sfa::harness
