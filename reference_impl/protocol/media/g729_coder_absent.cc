// Built where bcg729 is not installed.
#include "protocol/media/g729_coder.h"

namespace sfa::media {

bool CanCodeG729() { return false; }
std::unique_ptr<G729Encoder> NewG729Encoder() { return nullptr; }
std::unique_ptr<G729Decoder> NewG729Decoder() { return nullptr; }

}  // namespace sfa::media
