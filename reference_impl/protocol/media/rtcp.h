// RTCP sender and receiver reports (RFC 3550 section 6), as compound packets with a CNAME.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_RTCP_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_RTCP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/random.h"
#include "runtime/time.h"

namespace sfa::media {

// Room for what WriteReport() makes.
inline constexpr size_t kMaxReportBytes = 96;

struct SenderInfo {
  uint64_t ntp = 0;  // 32.32 bits, seconds since 1900
  uint32_t rtp_timestamp = 0;
  uint32_t packets = 0;
  uint32_t bytes = 0;
};

struct ReportBlock {
  uint32_t ssrc = 0;  // of the source reported on
  uint8_t fraction_lost = 0;
  int32_t packets_lost = 0;  // 24 bits, signed
  uint32_t highest_sequence = 0;
  uint32_t jitter = 0;        // samples
  uint32_t last_report = 0;   // middle 32 bits of the NTP time of the source's last report, or 0
  uint32_t since_report = 0;  // 1/65536 s
};

struct Report {
  uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;  // none: a receiver report
  std::optional<ReportBlock> block;  // the first one of a received packet
};

// Returns the length written.
size_t WriteReport(const Report& report, std::string_view cname,
                   std::span<uint8_t, kMaxReportBytes> into);

// The report that a compound packet must begin with; nothing when the packet is not valid by
// RFC 3550 appendix A.2.
std::optional<Report> ParseReport(std::span<const uint8_t> packet);

uint64_t ToNtp(WallTime time);

// A name for one session that says nothing about the host (RFC 7022 section 4.2).
std::string RandomCname(Random& random);

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_RTCP_H_
