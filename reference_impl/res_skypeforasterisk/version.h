// The release. Each module and the engine carry the one that they were built with, so that a
// mixture is recognised.
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_VERSION_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_VERSION_H_

namespace sfa::res {

inline constexpr const char* kVersion = "1.0.11";

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_VERSION_H_
