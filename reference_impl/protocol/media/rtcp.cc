#include "protocol/media/rtcp.h"

#include <algorithm>

#include "protocol/media/rtp.h"

namespace sfa::media {
namespace {

// RFC 3550 section 12.1
constexpr uint8_t kSenderReport = 200;
constexpr uint8_t kReceiverReport = 201;
constexpr uint8_t kSourceDescription = 202;
constexpr uint8_t kCnameItem = 1;  // RFC 3550 section 12.2

constexpr size_t kHeaderBytes = 8;  // with the SSRC
constexpr size_t kSenderInfoBytes = 20;
constexpr size_t kReportBlockBytes = 24;
constexpr size_t kMaxCnameBytes = 24;

constexpr uint64_t kUnixToNtpSeconds = 2208988800;  // 1900 to 1970

// Section 6.4.1: version 2, no padding, a count; then the length in words less one.
void WriteHeader(uint8_t type, size_t count, size_t bytes, uint8_t* into) {
  into[0] = static_cast<uint8_t>(2 << 6 | count);
  into[1] = type;
  WriteU16(static_cast<uint16_t>(bytes / 4 - 1), into + 2);
}

void WriteBlock(const ReportBlock& block, uint8_t* into) {
  WriteU32(block.ssrc, into);
  const int32_t lost = std::clamp(block.packets_lost, -0x800000, 0x7FFFFF);
  WriteU32(
      static_cast<uint32_t>(block.fraction_lost) << 24 | (static_cast<uint32_t>(lost) & 0xFFFFFF),
      into + 4);
  WriteU32(block.highest_sequence, into + 8);
  WriteU32(block.jitter, into + 12);
  WriteU32(block.last_report, into + 16);
  WriteU32(block.since_report, into + 20);
}

ReportBlock ReadBlock(const uint8_t* from) {
  ReportBlock block;
  block.ssrc = ReadU32(from);
  block.fraction_lost = from[4];
  block.packets_lost = static_cast<int32_t>(ReadU32(from + 4) << 8) >> 8;
  block.highest_sequence = ReadU32(from + 8);
  block.jitter = ReadU32(from + 12);
  block.last_report = ReadU32(from + 16);
  block.since_report = ReadU32(from + 20);
  return block;
}

// Appendix A.2: every packet of the compound is version 2 and the lengths add up.
bool IsValidCompound(std::span<const uint8_t> packet) {
  while (!packet.empty()) {
    if (packet.size() < 4 || packet[0] >> 6 != 2) return false;
    const size_t bytes = 4 * (size_t{ReadU16(&packet[2])} + 1);
    if (bytes > packet.size()) return false;
    packet = packet.subspan(bytes);
  }
  return true;
}

}  // namespace

size_t WriteReport(const Report& report, std::string_view cname,
                   std::span<uint8_t, kMaxReportBytes> into) {
  std::fill(into.begin(), into.end(), uint8_t{0});
  size_t size = kHeaderBytes;
  if (report.sender) {
    const SenderInfo& sender = *report.sender;
    WriteU32(static_cast<uint32_t>(sender.ntp >> 32), &into[size]);
    WriteU32(static_cast<uint32_t>(sender.ntp), &into[size + 4]);
    WriteU32(sender.rtp_timestamp, &into[size + 8]);
    WriteU32(sender.packets, &into[size + 12]);
    WriteU32(sender.bytes, &into[size + 16]);
    size += kSenderInfoBytes;
  }
  if (report.block) {
    WriteBlock(*report.block, &into[size]);
    size += kReportBlockBytes;
  }
  WriteHeader(report.sender ? kSenderReport : kReceiverReport, report.block ? 1 : 0, size,
              into.data());
  WriteU32(report.ssrc, &into[4]);

  // Section 6.5: one chunk with one item, ended by at least one zero and padded to a word.
  cname = cname.substr(0, kMaxCnameBytes);
  const size_t description_bytes = (kHeaderBytes + 2 + cname.size() + 1 + 3) / 4 * 4;
  uint8_t* description = &into[size];
  WriteHeader(kSourceDescription, 1, description_bytes, description);
  WriteU32(report.ssrc, description + 4);
  description[8] = kCnameItem;
  description[9] = static_cast<uint8_t>(cname.size());
  std::copy(cname.begin(), cname.end(), description + 10);
  return size + description_bytes;
}

std::optional<Report> ParseReport(std::span<const uint8_t> packet) {
  if (packet.size() < kHeaderBytes || !IsValidCompound(packet)) return std::nullopt;
  const uint8_t type = packet[1];
  // The first packet of a compound is a report without padding.
  if ((type != kSenderReport && type != kReceiverReport) || packet[0] & 0x20) return std::nullopt;
  const size_t count = packet[0] & 0x1F;
  const size_t bytes = 4 * (size_t{ReadU16(&packet[2])} + 1);
  const size_t info_bytes = type == kSenderReport ? kSenderInfoBytes : 0;
  if (bytes < kHeaderBytes + info_bytes + count * kReportBlockBytes) return std::nullopt;
  Report report;
  report.ssrc = ReadU32(&packet[4]);
  if (type == kSenderReport) {
    const uint8_t* info = &packet[kHeaderBytes];
    report.sender = SenderInfo{uint64_t{ReadU32(info)} << 32 | ReadU32(info + 4), ReadU32(info + 8),
                               ReadU32(info + 12), ReadU32(info + 16)};
  }
  if (count > 0) report.block = ReadBlock(&packet[kHeaderBytes + info_bytes]);
  return report;
}

uint64_t ToNtp(WallTime time) {
  const auto microseconds = static_cast<uint64_t>(time.time_since_epoch().count());
  const uint64_t seconds = microseconds / 1000000 + kUnixToNtpSeconds;
  const uint64_t fraction = (microseconds % 1000000 << 32) / 1000000;
  return seconds << 32 | fraction;
}

std::string RandomCname(Random& random) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string name;
  for (const uint8_t byte : random.Bytes<16>()) name.push_back(kAlphabet[byte & 63]);
  return name;
}

}  // namespace sfa::media
