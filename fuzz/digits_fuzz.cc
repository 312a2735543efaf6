// RFC 4733 digits as state machines: a receiver that is told anything, and one that is told what a
// sender sends.
#include "fuzz/target.h"
#include "protocol/media/codec.h"
#include "protocol/media/telephone_event.h"

namespace sfa::fuzz {
namespace {

using media::DigitReceiver;
using media::DigitSender;
using std::chrono::milliseconds;

// Digits as they are told: each begins before it ends, and none overlaps another.
class Ear {
 public:
  void Hear(const DigitReceiver::Reports& reports) {
    SFA_FUZZ_CHECK(reports.count <= reports.report.size());
    for (size_t i = 0; i < reports.count; ++i) {
      const auto& report = reports.report[i];
      SFA_FUZZ_CHECK(media::EventOf(report.digit).has_value());
      SFA_FUZZ_CHECK(report.ended == (sounding_ != 0));
      if (report.ended) SFA_FUZZ_CHECK(report.digit == sounding_ && report.duration >= Duration());
      sounding_ = report.ended ? 0 : report.digit;
      if (!report.ended) heard += report.digit;
    }
  }
  std::string heard;

 private:
  char sounding_ = 0;
};

void Receive(Input& input) {
  DigitReceiver receiver;
  Ear ear;
  MonotonicTime now(std::chrono::hours(1));
  uint32_t timestamp = input.U32();
  while (!input.empty()) {
    switch (input.Below(4)) {
      case 0:
        timestamp += input.Flag() ? 65535u * input.Byte() : input.U32();
        [[fallthrough]];
      case 1: {
        const uint8_t flags = input.Byte();
        const uint32_t earlier = timestamp - (flags & 2 ? input.U16() : 0);
        ear.Hear(receiver.OnPacket(flags & 1, earlier,
                                   {input.Byte(), (flags & 4) != 0, 10, input.U16()}, now));
        break;
      }
      case 2:
        now += milliseconds(input.U16());
        ear.Hear(receiver.OnTimeout(now));
        break;
      default:
        ear.Hear(receiver.Reset());
    }
    SFA_FUZZ_CHECK(receiver.sounding() == receiver.timeout().has_value());
  }
}

// Over a perfect path every digit is heard, once, in order.
void Carry(Input& input) {
  DigitSender sender;
  DigitReceiver receiver;
  Ear ear;
  std::string pressed;
  MonotonicTime now(std::chrono::hours(1));
  uint32_t clock = input.U32();
  const auto deliver = [&](const DigitSender::Packets& packets) {
    SFA_FUZZ_CHECK(packets.count <= packets.packet.size());
    for (size_t i = 0; i < packets.count; ++i) {
      const auto& packet = packets.packet[i];
      ear.Hear(receiver.OnPacket(packet.marker, packet.timestamp, packet.event, now));
    }
  };
  while (!input.empty()) {
    switch (input.Below(4)) {
      case 0: {
        const auto digit = static_cast<char>(input.Byte());
        if (const auto event = media::EventOf(digit)) pressed += *media::DigitOf(*event);
        deliver(sender.Begin(digit, clock));
        break;
      }
      case 1:
        deliver(sender.End(milliseconds(input.U16()), clock));
        break;
      default:
        for (int ticks = input.Byte() + 1; ticks > 0; --ticks) {
          now += media::kFrameDuration;
          clock += media::kFrameSamples;
          if (sender.active()) deliver(sender.OnTick(clock));
          ear.Hear(receiver.OnTimeout(now));
        }
    }
    SFA_FUZZ_CHECK(ear.heard == pressed);
  }
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  if (input.Flag()) {
    Receive(input);
  } else {
    Carry(input);
  }
}

Seeds MakeSeeds() {
  Seeds seeds;
  seeds.emplace_back("dialled", Script()
                                    .Byte(0)
                                    .U32(0xFFFFFF00)
                                    .Byte(0)
                                    .Byte('1')
                                    .Byte(3)
                                    .Byte(5)
                                    .Byte(1)
                                    .U16(100)
                                    .Byte(0)
                                    .Byte('1')
                                    .Byte(0)
                                    .Byte('#')
                                    .Byte(3)
                                    .Byte(200)
                                    .bytes());
  // Ten seconds: a digit of two segments.
  seeds.emplace_back("long", Script()
                                 .Byte(0)
                                 .U32(1)
                                 .Byte(0)
                                 .Byte('5')
                                 .Byte(2)
                                 .Byte(255)
                                 .Byte(2)
                                 .Byte(255)
                                 .Byte(1)
                                 .U16(0)
                                 .bytes());
  seeds.emplace_back("packets", Script()
                                    .Byte(1)
                                    .U32(1000)
                                    .Byte(1)
                                    .Byte(1)
                                    .Byte(5)
                                    .U16(160)
                                    .Byte(2)
                                    .U16(300)
                                    .Byte(0)
                                    .Byte(1)
                                    .Byte(1)
                                    .Byte(0)
                                    .Byte(5)
                                    .U16(160)
                                    .Byte(1)
                                    .Byte(4)
                                    .Byte(5)
                                    .U16(320)
                                    .Byte(3)
                                    .bytes());
  return seeds;
}

}  // namespace

const Target kDigits = {"digits", Run, MakeSeeds};

}  // namespace sfa::fuzz
