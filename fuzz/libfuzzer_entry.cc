// One target for libFuzzer; SFA_FUZZ_TARGET is its name in target.h.
#include "fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sfa::fuzz::SFA_FUZZ_TARGET.run({data, size});
  return 0;
}
