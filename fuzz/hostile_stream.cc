#include "fuzz/hostile_stream.h"

#include "fuzz/input.h"

namespace sfa::fuzz {

void HostileStream::OnFrame(std::span<const uint8_t> content) {
  wire::Message message;
  SFA_FUZZ_CHECK(message.ParseFromArray(content.data(), static_cast<int>(content.size())));
  heard(message);
}

}  // namespace sfa::fuzz
