// G.711 between its two laws, for bridged legs that differ.
#ifndef ASTERISK_HARNESS_SIMULATED_G711_H_
#define ASTERISK_HARNESS_SIMULATED_G711_H_

#include <array>
#include <cstdint>

namespace sfa::harness {

// ITU-T G.711: the octet of the other law whose decoded value is nearest.
const std::array<uint8_t, 256>& UlawToAlaw();
const std::array<uint8_t, 256>& AlawToUlaw();

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_G711_H_
