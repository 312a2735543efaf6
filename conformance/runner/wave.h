// Recordings as files that any player opens.
#ifndef CONFORMANCE_RUNNER_WAVE_H_
#define CONFORMANCE_RUNNER_WAVE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sfa::conformance {

// RIFF WAVE, 8 kHz, mono, 16 bit.
std::string WaveFile(const std::vector<int16_t>& samples);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RUNNER_WAVE_H_
