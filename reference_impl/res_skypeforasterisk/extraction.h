// The engine's executable on disk, for as short as possible (manual 2.4): extracted, launched,
// removed.
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_EXTRACTION_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_EXTRACTION_H_

#include <memory>
#include <span>
#include <string>

#include "runtime/runtime.h"

namespace sfa::res {

// The name under which the engine runs.
inline constexpr const char* kEngineProcessName = "skypeforasterisk";

// engine_directory may be /tmp, where everybody may write: the file is made in a new directory that
// only this user can enter, under a name that must not exist, and both are gone on return, whatever
// the outcome. The error's message tells an administrator what to change.
Result<std::unique_ptr<ChildProcess>> ExtractAndLaunch(Runtime& runtime,
                                                       std::span<const uint8_t> image,
                                                       const std::string& engine_directory,
                                                       ProcessHandler& handler);

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_EXTRACTION_H_
