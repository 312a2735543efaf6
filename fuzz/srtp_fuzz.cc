// SRTP: whatever happens to a packet on its way, only the unchanged one is taken, and once.
#include "fuzz/target.h"
#include "protocol/media/rtp.h"
#include "protocol/media/srtp.h"

namespace sfa::fuzz {
namespace {

using media::SrtpContext;

constexpr size_t kMaxBytes = 1500;

struct alignas(8) Buffer {
  std::array<uint8_t, kMaxBytes + media::kSrtpOverheadBytes> bytes{};
  size_t size = 0;
};

Buffer Copy(std::span<const uint8_t> bytes) {
  Buffer buffer;
  buffer.size = std::min(bytes.size(), kMaxBytes);
  std::copy_n(bytes.begin(), buffer.size, buffer.bytes.begin());
  return buffer;
}

bool Take(SrtpContext& receiver, Buffer packet) {
  size_t size = packet.size;
  const bool genuine = receiver.Unprotect(packet.bytes.data(), size);
  if (genuine) SFA_FUZZ_CHECK(size + media::kSrtpOverheadBytes == packet.size);
  return genuine;
}

void Run(std::span<const uint8_t> bytes) {
  media::SrtpKey key;
  key.fill(7);
  const auto sender = SrtpContext::New(key, 1, SrtpContext::Direction::kSend);
  const auto receiver = SrtpContext::New(key, 1, SrtpContext::Direction::kReceive);
  SFA_FUZZ_CHECK(sender.ok() && receiver.ok());

  Input input(bytes);
  // Nobody without the key makes a packet.
  SFA_FUZZ_CHECK(!Take(**receiver, Copy(input.Block())));

  Buffer packet;
  media::WriteRtpHeader({input.Flag(), 0, input.U16(), input.U32(), 1},
                        std::span(packet.bytes).first<media::kRtpHeaderBytes>());
  const auto payload = input.Take(input.Byte());
  std::copy(payload.begin(), payload.end(), packet.bytes.begin() + media::kRtpHeaderBytes);
  packet.size = media::kRtpHeaderBytes + payload.size();
  SFA_FUZZ_CHECK((*sender)->Protect(packet.bytes.data(), packet.size));

  Buffer changed = packet;
  if (input.Flag()) changed.size = input.U16() % (kMaxBytes + 1);
  while (!input.empty()) changed.bytes[input.U16() % kMaxBytes] ^= input.Byte();
  const bool same =
      changed.size == packet.size &&
      std::equal(packet.bytes.begin(), packet.bytes.begin() + packet.size, changed.bytes.begin());
  SFA_FUZZ_CHECK(Take(**receiver, changed) == same);
  SFA_FUZZ_CHECK(Take(**receiver, packet) != same);
  SFA_FUZZ_CHECK(!Take(**receiver, packet));
}

Seeds MakeSeeds() {
  const Bytes forged = {0x80, 0, 0, 1, 0, 0, 0, 160, 0, 0, 0, 1, 9, 9, 9,
                        9,    9, 9, 9, 9, 9, 9, 9,   9, 9, 9, 9, 9, 9, 9};
  Seeds seeds;
  seeds.emplace_back(
      "whole", Script().Block(forged).Byte(1).U16(1).U32(160).Byte(4).Put("abcd").Byte(0).bytes());
  seeds.emplace_back("flipped", Script()
                                    .Block(forged)
                                    .Byte(0)
                                    .U16(65535)
                                    .U32(160)
                                    .Byte(4)
                                    .Put("abcd")
                                    .Byte(0)
                                    .U16(13)
                                    .Byte(1)
                                    .bytes());
  seeds.emplace_back(
      "cut",
      Script().Block(Bytes()).Byte(0).U16(9).U32(160).Byte(4).Put("abcd").Byte(1).U16(20).bytes());
  return seeds;
}

}  // namespace

const Target kSrtp = {"srtp", Run, MakeSeeds};

}  // namespace sfa::fuzz
