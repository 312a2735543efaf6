// SRTP with AEAD_AES_128_GCM (RFC 7714) for one direction of one call.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_SRTP_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_SRTP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/result.h"

struct srtp_ctx_t_;

namespace sfa::media {

// 16 bytes of key, 12 of salt.
using SrtpKey = std::array<uint8_t, 28>;

// What protection adds: a tag of 16 bytes (RFC 7714 section 13.1).
inline constexpr size_t kSrtpOverheadBytes = 16;

// Packets are changed in place; their buffer is 4-byte aligned.
class SrtpContext {
 public:
  enum class Direction { kSend, kReceive };

  // `ssrc` 0, for receiving only: any. kOther when the cryptographic library does not start.
  static Result<std::unique_ptr<SrtpContext>> New(const SrtpKey& key, uint32_t ssrc,
                                                  Direction direction);
  ~SrtpContext();
  SrtpContext(const SrtpContext&) = delete;
  SrtpContext& operator=(const SrtpContext&) = delete;

  // `size` is the packet's length before and after; the buffer has kSrtpOverheadBytes more room.
  // False: not a valid packet for this context.
  bool Protect(uint8_t* packet, size_t& size);
  // False: malformed, forged, replayed or older than the replay window.
  bool Unprotect(uint8_t* packet, size_t& size);

 private:
  explicit SrtpContext(srtp_ctx_t_* context) : context_(context) {}

  srtp_ctx_t_* context_;
};

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_SRTP_H_
