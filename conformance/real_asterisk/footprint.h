// What a running Asterisk takes up: threads, open files, memory, channels, its modules' references.
#ifndef CONFORMANCE_REAL_ASTERISK_FOOTPRINT_H_
#define CONFORMANCE_REAL_ASTERISK_FOOTPRINT_H_

#include <cstdint>
#include <map>
#include <string>

#include "conformance/real_asterisk/laboratory.h"

namespace sfa::conformance {

struct Footprint {
  int64_t threads = 0;
  int64_t descriptors = 0;
  int64_t channels = 0;
  // Pages that are its own and written to, after the allocator has given back what it could.
  int64_t private_dirty_kib = 0;
  std::map<std::string, int64_t> uses;  // of each loaded module, by file name

  int64_t all_uses() const;
};

// The columns of `module show`, which have neither borders nor fixed widths.
std::map<std::string, int64_t> ParseModuleUses(const std::string& console);
// The number before "active channel"; -1 when there is none.
int64_t ParseChannels(const std::string& console);
// A line such as "Private_Dirty:  1234 kB"; -1 when there is none.
int64_t ParseKib(const std::string& text, const std::string& name);

// What it takes up now. Asks its console, lets the world run meanwhile.
Footprint Measure(Laboratory& laboratory);

// Asterisk's pools keep idle threads for some time: measures when there are no more threads
// and descriptors than in `rest`, or after `at_most`.
Footprint MeasureAtRest(Laboratory& laboratory, const Footprint& rest, Duration at_most);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_REAL_ASTERISK_FOOTPRINT_H_
