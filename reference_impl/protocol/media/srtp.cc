#include "protocol/media/srtp.h"

#include <srtp2/srtp.h>

namespace sfa::media {
namespace {

// RFC 3711 section 3.3.2 asks for 64 at least; 2.5 s of voice allow for the worst reordering.
constexpr unsigned long kReplayWindowPackets = 128;  // NOLINT: the library's type

// The library's tables are the process's, and filling them loads its cryptographic modules (about
// 0.1 s). They are filled once, hold nothing of any call and stay to the end of the process.
bool LibraryReady() {
  static const bool ready = srtp_init() == srtp_err_status_ok;
  return ready;
}

template <auto kFunction>
bool Apply(srtp_ctx_t_* context, uint8_t* packet, size_t& size) {
  int length = static_cast<int>(size);
  if (kFunction(context, packet, &length) != srtp_err_status_ok) return false;
  size = static_cast<size_t>(length);
  return true;
}

}  // namespace

Result<std::unique_ptr<SrtpContext>> SrtpContext::New(const SrtpKey& key, uint32_t ssrc,
                                                      Direction direction) {
  if (!LibraryReady()) {
    return Error{ErrorCode::kOther, "libsrtp2 does not start: are its NSS modules installed?"};
  }
  SrtpKey mutable_key = key;  // the library's interface is not const
  srtp_policy_t policy{};
  srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
  srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);  // never used, but asked for
  policy.key = mutable_key.data();
  policy.window_size = kReplayWindowPackets;
  policy.ssrc.value = ssrc;
  policy.ssrc.type = ssrc != 0                          ? ssrc_specific
                     : direction == Direction::kReceive ? ssrc_any_inbound
                                                        : ssrc_any_outbound;
  srtp_t context = nullptr;
  const srtp_err_status_t status = srtp_create(&context, &policy);
  if (status != srtp_err_status_ok) {
    return Error{ErrorCode::kOther,
                 "libsrtp2 refuses AEAD_AES_128_GCM, error " + std::to_string(status)};
  }
  return std::unique_ptr<SrtpContext>(new SrtpContext(context));
}

SrtpContext::~SrtpContext() { srtp_dealloc(context_); }

bool SrtpContext::Protect(uint8_t* packet, size_t& size) {
  return Apply<srtp_protect>(context_, packet, size);
}
bool SrtpContext::Unprotect(uint8_t* packet, size_t& size) {
  return Apply<srtp_unprotect>(context_, packet, size);
}

}  // namespace sfa::media
