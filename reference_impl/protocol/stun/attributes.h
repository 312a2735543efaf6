// The names and numbers of STUN (RFC 8489) and of ICE's additions to it (RFC 8445 section 16.1).
#ifndef REFERENCE_IMPL_PROTOCOL_STUN_ATTRIBUTES_H_
#define REFERENCE_IMPL_PROTOCOL_STUN_ATTRIBUTES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sfa::stun {

using Bytes = std::span<const uint8_t>;
// 96 random bits (RFC 8489 section 5).
using TransactionId = std::array<uint8_t, 12>;

inline constexpr uint32_t kMagicCookie = 0x2112A442;      // RFC 8489 section 5
inline constexpr uint32_t kFingerprintMask = 0x5354554E;  // RFC 8489 section 14.7
inline constexpr size_t kHeaderBytes = 20;

enum class MessageClass : uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

inline constexpr uint16_t kBinding = 0x001;  // the method of RFC 8489
// The methods of TURN (RFC 8656 section 17).
inline constexpr uint16_t kAllocate = 0x003;
inline constexpr uint16_t kRefresh = 0x004;
inline constexpr uint16_t kSend = 0x006;
inline constexpr uint16_t kData = 0x007;
inline constexpr uint16_t kCreatePermission = 0x008;
inline constexpr uint16_t kChannelBind = 0x009;

// RFC 8489 section 18.3, RFC 8656 section 18. Types below 0x8000 must be understood by whoever gets
// a request.
enum class AttributeType : uint16_t {
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000A,
  kChannelNumber = 0x000C,
  kLifetime = 0x000D,
  kXorPeerAddress = 0x0012,
  kData = 0x0013,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kXorRelayedAddress = 0x0016,
  kRequestedAddressFamily = 0x0017,
  kEvenPort = 0x0018,
  kRequestedTransport = 0x0019,
  kDontFragment = 0x001A,
  kMessageIntegritySha256 = 0x001C,
  kXorMappedAddress = 0x0020,
  kReservationToken = 0x0022,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kAdditionalAddressFamily = 0x8000,
  kAddressErrorCode = 0x8001,
  kSoftware = 0x8022,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802A,
  // Which of several nominations is the latest (draft-thatcher-ice-renomination section 4).
  kNomination = 0xC001,
};

// RFC 8489 section 14.8 and RFC 8445 section 7.3.1.1.
inline constexpr int kErrorBadRequest = 400;
inline constexpr int kErrorUnauthenticated = 401;
inline constexpr int kErrorUnknownAttribute = 420;
inline constexpr int kErrorStaleNonce = 438;
inline constexpr int kErrorRoleConflict = 487;
// RFC 8656 section 19.
inline constexpr int kErrorForbidden = 403;
inline constexpr int kErrorAllocationMismatch = 437;
inline constexpr int kErrorAddressFamilyNotSupported = 440;
inline constexpr int kErrorWrongCredentials = 441;
inline constexpr int kErrorUnsupportedTransport = 442;
inline constexpr int kErrorPeerAddressFamilyMismatch = 443;
inline constexpr int kErrorAllocationQuotaReached = 486;
inline constexpr int kErrorInsufficientCapacity = 508;

}  // namespace sfa::stun

#endif  // REFERENCE_IMPL_PROTOCOL_STUN_ATTRIBUTES_H_
