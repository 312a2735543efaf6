#include "protocol/turn/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "protocol/stream/test_world.h"
#include "protocol/turn/channel_data.h"

namespace sfa::turn {
namespace {

using Frames = std::vector<std::vector<uint8_t>>;

std::vector<uint8_t> Rfc4571(size_t size) {
  std::vector<uint8_t> frame{static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
  for (size_t i = 0; i < size; ++i) frame.push_back(static_cast<uint8_t>(i * 7));
  return frame;
}

std::vector<uint8_t> Stun(size_t attributes) {
  std::vector<uint8_t> message(20 + attributes, 0x42);
  message[0] = 0;
  message[1] = 1;
  message[2] = static_cast<uint8_t>(attributes >> 8);
  message[3] = static_cast<uint8_t>(attributes);
  return message;
}

std::vector<uint8_t> Channel(size_t size) {
  const auto header = ChannelHeader(0x4001, size);
  std::vector<uint8_t> message(header.begin(), header.end());
  message.resize(PaddedToFour(4 + size), 0x17);
  return message;
}

std::vector<uint8_t> Join(const Frames& frames) {
  std::vector<uint8_t> bytes;
  for (const auto& frame : frames) bytes.insert(bytes.end(), frame.begin(), frame.end());
  return bytes;
}

// Every way to cut the stream in two, and every constant size of pieces.
void ExpectCut(FrameSize size, const Frames& frames) {
  const std::vector<uint8_t> bytes = Join(frames);
  const auto read = [&](const std::vector<size_t>& pieces) {
    FrameReader reader(size);
    Frames got;
    size_t offset = 0;
    for (const size_t piece : pieces) {
      EXPECT_TRUE(
          reader.Read(std::span(bytes).subspan(offset, piece), [&](std::span<const uint8_t> frame) {
            got.emplace_back(frame.begin(), frame.end());
            return true;
          }));
      offset += piece;
    }
    EXPECT_EQ(offset, bytes.size());
    return got;
  };
  for (size_t first = 0; first <= bytes.size(); ++first) {
    ASSERT_EQ(read({first, bytes.size() - first}), frames) << "cut after " << first;
  }
  for (size_t piece = 1; piece <= bytes.size(); ++piece) {
    std::vector<size_t> pieces(bytes.size() / piece, piece);
    if (bytes.size() % piece != 0) pieces.push_back(bytes.size() % piece);
    ASSERT_EQ(read(pieces), frames) << "in pieces of " << piece;
  }
}

TEST(FrameReader, CutsRfc4571HoweverItComes) {
  ExpectCut(&Rfc4571FrameSize, {Rfc4571(0), Rfc4571(1), Rfc4571(172), Rfc4571(0), Rfc4571(300)});
}

TEST(FrameReader, CutsTurnHoweverItComes) {
  ExpectCut(&TurnFrameSize,
            {Channel(1), Stun(0), Channel(0), Channel(160), Stun(48), Channel(7), Channel(4)});
}

TEST(FrameReader, RefusesWhatIsNoSuchStream) {
  const auto read = [](FrameSize size, std::vector<uint8_t> bytes) {
    FrameReader reader(size);
    return reader.Read(bytes, [](std::span<const uint8_t>) { return true; });
  };
  EXPECT_FALSE(read(&TurnFrameSize, {'G', 'E', 'T', ' '}));
  EXPECT_FALSE(read(&TurnFrameSize, {0x50, 0, 0, 0}));
  EXPECT_FALSE(read(&TurnFrameSize, {0x80}));
  EXPECT_FALSE(read(&TurnFrameSize, {0, 1, 0, 3}));        // a length that no attributes have
  EXPECT_FALSE(read(&TurnFrameSize, {0, 1, 0xFF, 0xFC}));  // too long
  EXPECT_FALSE(read(&TurnFrameSize, {0x40, 0, 0xFF, 0xFF}));
  EXPECT_FALSE(read(&Rfc4571FrameSize, {0xFF, 0xFF}));
  EXPECT_TRUE(read(&Rfc4571FrameSize, {0x05, 0xC0}));  // 1472
}

TEST(FrameReader, RefusesInTheMiddleOfPieces) {
  FrameReader reader(&TurnFrameSize);
  int frames = 0;
  const auto count = [&](std::span<const uint8_t>) {
    ++frames;
    return true;
  };
  EXPECT_TRUE(reader.Read(Stun(4), count));
  const std::vector<uint8_t> begin{0x40};
  EXPECT_TRUE(reader.Read(begin, count));
  const std::vector<uint8_t> rest{0x00, 0xFF, 0xFF, 0x00};
  EXPECT_FALSE(reader.Read(rest, count));
  EXPECT_EQ(frames, 1);
}

TEST(FrameReader, StopsWhenItIsTold) {
  auto reader = std::make_unique<FrameReader>(&Rfc4571FrameSize);
  int frames = 0;
  EXPECT_TRUE(reader->Read(Join({Rfc4571(3), Rfc4571(4)}), [&](std::span<const uint8_t>) {
    ++frames;
    reader.reset();
    return false;
  }));
  EXPECT_EQ(frames, 1);
}

// Takes as much as its test says.
class FakeStream final : public ByteStream {
 public:
  void SetHandler(StreamHandler*) override {}
  size_t Write(std::span<const uint8_t> bytes) override {
    const size_t taken = std::min(room, bytes.size());
    room -= taken;
    written.insert(written.end(), bytes.begin(), bytes.begin() + static_cast<long>(taken));
    return taken;
  }
  void ShutdownWrite() override {}
  void Abort() override {}
  void PauseReading() override {}
  void ResumeReading() override {}
  Endpoint local() const override { return {}; }
  Endpoint remote() const override { return {}; }

  size_t unsent() const override { return waiting; }

  size_t waiting = 0;
  size_t room = 1 << 20;
  std::vector<uint8_t> written;
};

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
std::string Text(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

TEST(FrameWriter, UrgentFramesWaitForTheConnectionOthersDoNot) {
  stream::TestWorld world;
  stream::TestRuntime runtime(world, Ipv4Address::Loopback(), 1);
  FakeStream stream;
  FrameWriter writer(runtime, stream);
  EXPECT_TRUE(writer.Write(Bytes("a"), Bytes("1"), true));
  EXPECT_FALSE(writer.Write(Bytes("b"), Bytes("2"), false));
  EXPECT_TRUE(writer.Write(Bytes("c"), Bytes("3"), true));
  EXPECT_EQ(Text(stream.written), "");
  writer.Open();
  EXPECT_EQ(Text(stream.written), "a1c3");
  EXPECT_TRUE(writer.Write(Bytes("d"), Bytes("4"), false));
  EXPECT_EQ(Text(stream.written), "a1c3d4");
}

TEST(FrameWriter, AFrameThatHasBegunEndsAndNothingQueuesBehindIt) {
  stream::TestWorld world;
  stream::TestRuntime runtime(world, Ipv4Address::Loopback(), 1);
  FakeStream stream;
  FrameWriter writer(runtime, stream);
  writer.Open();
  stream.room = 3;
  EXPECT_TRUE(writer.Write(Bytes("ab"), Bytes("cdef"), false));
  EXPECT_FALSE(writer.Write(Bytes("no"), Bytes("no"), false));
  EXPECT_TRUE(writer.Write(Bytes("gh"), {}, true));
  EXPECT_EQ(Text(stream.written), "abc");
  stream.room = 2;
  writer.OnWritable();
  EXPECT_FALSE(writer.Write(Bytes("no"), {}, false));
  stream.room = 100;
  writer.OnWritable();
  EXPECT_EQ(Text(stream.written), "abcdefgh");
  stream.room = 0;
  EXPECT_FALSE(writer.Write(Bytes("no"), {}, false));
  EXPECT_EQ(writer.held(), 0u);
  EXPECT_TRUE(writer.Write(Bytes("ij"), {}, true));
  stream.room = 100;
  writer.OnWritable();
  EXPECT_EQ(Text(stream.written), "abcdefghij");
}

TEST(FrameWriter, MediaIsDroppedWhenTooMuchWaitsInTheStream) {
  stream::TestWorld world;
  stream::TestRuntime runtime(world, Ipv4Address::Loopback(), 1);
  FakeStream stream;
  FrameWriter writer(runtime, stream);
  writer.Open();
  // 200 bytes every 20 ms, none of which leaves: 200 ms of them and one frame more may wait.
  const std::string frame(200, 'x');
  int taken = 0;
  for (int i = 0; i < 100; ++i) {
    if (writer.Write(Bytes(frame), {}, false)) {
      ++taken;
      stream.waiting += frame.size();
    }
    world.RunFor(std::chrono::milliseconds(20));
  }
  EXPECT_GE(taken, 10);
  EXPECT_LE(taken, 18);
  EXPECT_TRUE(writer.Write(Bytes(frame), {}, true));
  stream.waiting = 0;
  EXPECT_TRUE(writer.Write(Bytes(frame), {}, false));
}

TEST(FrameWriter, WhatWaitsHasALimit) {
  stream::TestWorld world;
  stream::TestRuntime runtime(world, Ipv4Address::Loopback(), 1);
  FakeStream stream;
  FrameWriter writer(runtime, stream);
  const std::string frame(1000, 'x');
  int taken = 0;
  while (writer.Write(Bytes(frame), {}, true)) ++taken;
  EXPECT_EQ(taken, 8);
  EXPECT_LE(writer.held(), FrameWriter::kMaxHeldBytes);
  EXPECT_FALSE(writer.Write(Bytes(std::string(kMaxFrameBytes, 'x')), Bytes("y"), true));
}

}  // namespace
}  // namespace sfa::turn
