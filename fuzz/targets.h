// Every target, in the order of names.
#ifndef FUZZ_TARGETS_H_
#define FUZZ_TARGETS_H_

#include <vector>

#include "fuzz/target.h"

namespace sfa::fuzz {

const std::vector<Target>& AllTargets();

}  // namespace sfa::fuzz

#endif  // FUZZ_TARGETS_H_
