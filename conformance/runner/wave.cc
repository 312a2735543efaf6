#include "conformance/runner/wave.h"

#include "protocol/media/codec.h"

namespace sfa::conformance {
namespace {

void Append(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

}  // namespace

std::string WaveFile(const std::vector<int16_t>& samples) {
  const auto data = static_cast<uint32_t>(samples.size() * 2);
  std::string out = "RIFF";
  Append(out, 36 + data, 4);
  out += "WAVEfmt ";
  Append(out, 16, 4);  // size of this chunk
  Append(out, 1, 2);   // linear PCM
  Append(out, 1, 2);   // mono
  Append(out, media::kSampleRate, 4);
  Append(out, media::kSampleRate * 2, 4);  // bytes a second
  Append(out, 2, 2);                       // bytes a sample
  Append(out, 16, 2);                      // bits a sample
  out += "data";
  Append(out, data, 4);
  for (const int16_t sample : samples) Append(out, static_cast<uint16_t>(sample), 2);
  return out;
}

}  // namespace sfa::conformance
