#include "protocol/media/telephone_event.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "protocol/media/test_runtime.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Packet = DigitSender::Packet;

void Append(const DigitSender::Packets& packets, std::vector<Packet>& to) {
  to.insert(to.end(), packets.packet.begin(),
            packets.packet.begin() + static_cast<long>(packets.count));
}

// Takes packets and writes down what it hears: "5(" and "5)".
struct Listener {
  void Hear(const Packet& packet, MonotonicTime now) {
    Note(receiver.OnPacket(packet.marker, packet.timestamp, packet.event, now));
  }
  void Note(const DigitReceiver::Reports& reports) {
    for (size_t i = 0; i < reports.count; ++i) {
      heard += reports.report[i].digit;
      heard += reports.report[i].ended ? ')' : '(';
      if (reports.report[i].ended) durations.push_back(reports.report[i].duration);
    }
  }
  DigitReceiver receiver;
  std::string heard;
  std::vector<Duration> durations;
};

// The packets of one digit, with the time of each in ticks of 20 ms.
std::vector<Packet> Press(DigitSender& sender, char digit, int ticks, uint32_t& clock) {
  std::vector<Packet> packets;
  Append(sender.Begin(digit, clock), packets);
  for (int i = 0; i < ticks; ++i) {
    clock += 160;
    if (i + 1 < ticks) Append(sender.OnTick(clock), packets);
  }
  Append(sender.End(Duration::zero(), clock), packets);
  while (sender.active()) {
    clock += 160;
    Append(sender.OnTick(clock), packets);
  }
  return packets;
}

TEST(TelephoneEvent, WritesWhatItReads) {
  std::array<uint8_t, 4> bytes;
  WriteEvent({11, true, 10, 0x1234}, bytes);
  EXPECT_EQ(bytes, (std::array<uint8_t, 4>{11, 0x8A, 0x12, 0x34}));
  const auto event = ParseEvent(bytes);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->event, 11);
  EXPECT_TRUE(event->end);
  EXPECT_EQ(event->volume, 10);
  EXPECT_EQ(event->duration, 0x1234);
  EXPECT_FALSE(ParseEvent(std::span(bytes).first(3)));
}

TEST(TelephoneEvent, KnowsSixteenDigits) {
  for (const char digit : std::string("0123456789*#ABCD")) {
    EXPECT_EQ(DigitOf(*EventOf(digit)), digit);
  }
  EXPECT_EQ(EventOf('*'), 10);
  EXPECT_EQ(EventOf('a'), EventOf('A'));
  EXPECT_FALSE(EventOf('x'));
  EXPECT_FALSE(DigitOf(16));  // a hook flash
}

TEST(DigitSender, BeginsWithAMarkerAndEndsOftenEnough) {
  DigitSender sender;
  uint32_t clock = 1000;
  const std::vector<Packet> packets = Press(sender, '7', 5, clock);
  EXPECT_EQ(clock, 1000u + (5 + 150) * 160) << "the last end is sent three seconds later";
  ASSERT_EQ(packets.size(), 12u + 4u);
  for (size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].marker, i == 0);
    EXPECT_EQ(packets[i].timestamp, 1000u);
    EXPECT_EQ(packets[i].event.event, 7);
    EXPECT_EQ(packets[i].event.end, i >= 5);
  }
  EXPECT_EQ(packets[4].event.duration, 640);
  for (size_t i = 5; i < packets.size(); ++i) EXPECT_EQ(packets[i].event.duration, 800);
}

TEST(DigitSender, EndsALongDigitThreeTimesAtOnceAndFourTimesLater) {
  DigitSender sender;
  uint32_t clock = 1000;
  const std::vector<Packet> packets = Press(sender, '7', 40, clock);
  EXPECT_EQ(std::count_if(packets.begin(), packets.end(),
                          [](const Packet& packet) { return packet.event.end; }),
            3 + 4);
}

TEST(DigitSender, SendsAHurriedDigitAsOftenAsAnyOther) {
  DigitSender sender;
  std::vector<Packet> packets;
  Append(sender.Begin('1', 0), packets);
  Append(sender.End(milliseconds(40), 0), packets);
  Append(sender.Begin('1', 0), packets);
  ASSERT_EQ(packets.size(), static_cast<size_t>(DigitSender::kLeastPackets) + 1);
  for (size_t i = 0; i + 1 < packets.size(); ++i) EXPECT_EQ(packets[i].timestamp, 0u);
  EXPECT_EQ(packets.back().timestamp, 321u) << "the first one lasts 40 ms";
}

TEST(DigitSender, ANewDigitEndsTheOldOne) {
  DigitSender sender;
  std::vector<Packet> packets;
  Append(sender.Begin('1', 0), packets);
  Append(sender.Begin('1', 160), packets);
  ASSERT_EQ(packets.size(), 13u);
  for (int i = 1; i < 12; ++i) EXPECT_TRUE(packets[i].event.end);
  EXPECT_TRUE(packets[12].marker);
  EXPECT_GT(packets[12].timestamp, 160u) << "the first one lasts until there";
}

TEST(DigitSender, IgnoresWhatIsNoDigitAndAnEndWithoutABeginning) {
  DigitSender sender;
  EXPECT_EQ(sender.Begin('x', 0).count, 0u);
  EXPECT_EQ(sender.End(milliseconds(100), 0).count, 0u);
  EXPECT_EQ(sender.OnTick(0).count, 0u);
  EXPECT_FALSE(sender.active());
}

TEST(Digits, LongOnesTakeSeveralSegmentsAndStayOneDigit) {
  DigitSender sender;
  uint32_t clock = 0xFFFFFF00;                                          // wraps on the way
  const std::vector<Packet> packets = Press(sender, '9', 1000, clock);  // 20 s
  Listener listener;
  auto now = MonotonicTime(seconds(1));
  for (const Packet& packet : packets) {
    listener.Hear(packet, now);
    now += milliseconds(20);
  }
  EXPECT_EQ(listener.heard, "9(9)");
  ASSERT_EQ(listener.durations.size(), 1u);
  EXPECT_EQ(listener.durations[0], Duration(seconds(20)));
}

TEST(DigitReceiver, OnePacketOfADigitIsEnough) {
  DigitSender sender;
  uint32_t clock = 0;
  const std::vector<Packet> first = Press(sender, '5', 4, clock);
  const std::vector<Packet> second = Press(sender, '5', 4, clock);
  for (size_t kept = 0; kept < first.size(); ++kept) {
    for (size_t kept_too = 0; kept_too < second.size(); ++kept_too) {
      Listener listener;
      listener.Hear(first[kept], MonotonicTime(milliseconds(100)));
      listener.Hear(second[kept_too], MonotonicTime(milliseconds(250)));
      listener.Note(listener.receiver.OnTimeout(MonotonicTime(milliseconds(450))));
      EXPECT_EQ(listener.heard, "5(5)5(5)");
    }
  }
}

TEST(DigitReceiver, CopiesAndStragglersAreNotNewDigits) {
  DigitSender sender;
  uint32_t clock = 0;
  const std::vector<Packet> first = Press(sender, '1', 6, clock);
  const std::vector<Packet> second = Press(sender, '2', 4, clock);
  Listener listener;
  auto now = MonotonicTime(milliseconds(100));
  for (const Packet& packet : first) listener.Hear(packet, now);
  for (const Packet& packet : first) listener.Hear(packet, now);
  listener.Hear(second[1], now);
  listener.Hear(first.back(), now);
  listener.Hear(second[0], now);
  listener.Hear(second.back(), now);
  listener.Hear(first.back(), now);
  listener.Hear(second[2], now);
  EXPECT_EQ(listener.heard, "1(1)2(2)");
  EXPECT_EQ(listener.durations, (std::vector<Duration>{milliseconds(120), milliseconds(80)}));
}

TEST(DigitReceiver, AnEndThatNeverComesIsTakenForGranted) {
  DigitReceiver receiver;
  const auto now = MonotonicTime(seconds(5));
  EXPECT_FALSE(receiver.timeout());
  EXPECT_EQ(receiver.OnPacket(true, 100, {3, false, 10, 160}, now).count, 1u);
  ASSERT_TRUE(receiver.timeout());
  EXPECT_EQ(receiver.OnTimeout(*receiver.timeout() - Duration(1)).count, 0u);
  EXPECT_EQ(receiver.OnTimeout(*receiver.timeout()).count, 1u);
  EXPECT_FALSE(receiver.timeout());
}

TEST(DigitReceiver, ALongDigitStaysOneThoughAPartOfItIsLost) {
  DigitSender sender;
  uint32_t clock = 0;
  const std::vector<Packet> packets = Press(sender, '9', 1500, clock);  // 30 s: four segments
  for (const size_t lost_from : {200u, 350u, 405u}) {
    for (const size_t lost : {11u, 100u, 500u}) {
      Listener listener;
      auto now = MonotonicTime(seconds(1));
      for (size_t i = 0; i < packets.size(); ++i) {
        listener.Note(listener.receiver.OnTimeout(now));
        if (i < lost_from || i >= lost_from + lost) listener.Hear(packets[i], now);
        now += milliseconds(20);
      }
      EXPECT_EQ(listener.heard, "9(9)") << lost_from << " " << lost;
    }
  }
}

TEST(DigitReceiver, TheSameDigitAgainAfterAnEndIsAnotherOneWhateverItsTimeStamp) {
  Listener listener;
  const auto now = MonotonicTime(seconds(1));
  listener.Hear({true, 100, {3, false, 10, 160}}, now);
  listener.Hear({false, 100, {3, true, 10, 800}}, now);
  listener.Hear({false, 100 + 65535, {3, true, 10, 800}}, now + seconds(8));
  EXPECT_EQ(listener.heard, "3(3)3(3)");
}

TEST(DigitReceiver, ADigitDaysLaterIsHeardWhateverItsTimeStamp) {
  DigitReceiver receiver;
  EXPECT_EQ(receiver.OnPacket(true, 100, {3, true, 10, 800}, MonotonicTime(seconds(1))).count, 2u);
  const auto later = MonotonicTime(std::chrono::hours(100));
  EXPECT_EQ(receiver.OnPacket(true, 100 + 0x90000000u, {4, true, 10, 800}, later).count, 2u);
}

TEST(DigitReceiver, OtherEventsAreNoDigits) {
  DigitReceiver receiver;
  EXPECT_EQ(receiver.OnPacket(true, 100, {16, false, 10, 160}, MonotonicTime()).count, 0u);
  EXPECT_FALSE(receiver.sounding());
}

}  // namespace
}  // namespace sfa::media
