// The framing of the engine's control stream: the same messages, however the bytes are cut.
#include "fuzz/target.h"
#include "res_skypeforasterisk/control_stream.h"

namespace sfa::fuzz {
namespace {

std::vector<std::string> Cut(std::span<const uint8_t> bytes, size_t piece, bool* broken) {
  res::MessageCutter cutter;
  std::vector<std::string> messages;
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(part.size());
    cutter.Add(part);
    while (auto message = cutter.Next()) {
      SFA_FUZZ_CHECK(message->size() <= res::kMaxControlMessage);
      messages.push_back(std::move(*message));
    }
  }
  *broken = cutter.broken();
  return messages;
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  const size_t piece = input.Byte() + 1u;
  const auto rest = input.Rest();
  bool broken = false, broken_too = false;
  const auto whole = Cut(rest, rest.size() + 1, &broken);
  SFA_FUZZ_CHECK(Cut(rest, piece, &broken_too) == whole);
  SFA_FUZZ_CHECK(broken == broken_too);
}

Seeds MakeSeeds() {
  return {
      {"three", Script().Byte(2).U32(3).Put("abc").U32(0).U32(2).Put("xy").bytes()},
      {"too-long", Script().Byte(0).U32(1).Put("a").U32(65537).Put("b").bytes()},
  };
}

}  // namespace

const Target kControlStream = {"control_stream", Run, MakeSeeds};

}  // namespace sfa::fuzz
