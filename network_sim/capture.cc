#include "network_sim/capture.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace sfa::sim {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;

}  // namespace

Capture::Capture(const Simulation& simulation, std::string path)
    : simulation_(simulation), path_(std::move(path)), buffer_(kBufferBytes) {}

Result<std::unique_ptr<Capture>> Capture::Open(const Simulation& simulation,
                                               const std::string& path) {
  std::unique_ptr<Capture> capture(new Capture(simulation, path));
  FILE* file = std::fopen(path.c_str(), "wbe");
  if (file && simulation.settings().clock == ClockKind::kReal) {
    capture->writer_ = std::make_unique<CaptureWriter>(file);
    file = capture->writer_->stream();
  }
  if (!file) {
    return Error{ErrorCode::kOther, "cannot write capture " + path + ": " + std::strerror(errno)};
  }
  std::setvbuf(file, capture->buffer_.data(), _IOFBF, capture->buffer_.size());
  capture->format_ =
      pcap_open_dead_with_tstamp_precision(DLT_RAW, kMaxIpv4Bytes, PCAP_TSTAMP_PRECISION_NANO);
  capture->file_ = pcap_dump_fopen(capture->format_, file);
  if (!capture->file_) {
    std::fclose(file);
    return Error{ErrorCode::kOther,
                 "cannot write capture " + path + ": " + pcap_geterr(capture->format_)};
  }
  return capture;
}

Capture::~Capture() {
  if (file_) pcap_dump_close(file_);
  if (format_) pcap_close(format_);
}

void Capture::Record(const ns3::Packet& packet) {
  const uint32_t size = packet.CopyData(bytes_.data(), bytes_.size());
  const int64_t since_1970 =
      std::chrono::nanoseconds(simulation_.settings().start.time_since_epoch()).count() +
      simulation_.Now().time_since_epoch().count();
  pcap_pkthdr header{};
  header.ts.tv_sec = since_1970 / 1'000'000'000;
  header.ts.tv_usec = since_1970 % 1'000'000'000;  // nanoseconds, by the precision chosen
  header.caplen = size;
  header.len = packet.GetSize();
  pcap_dump(reinterpret_cast<u_char*>(file_), &header, bytes_.data());
}

Status Capture::Flush() {
  const bool flushed = pcap_dump_flush(file_) == 0 && !std::ferror(pcap_dump_file(file_));
  int number = errno;
  const int behind = writer_ ? writer_->Drain() : 0;
  if (behind != 0) number = behind;
  if (flushed && behind == 0) return {};
  return Error{ErrorCode::kNoSpace, "cannot write capture " + path_ + ": " + std::strerror(number)};
}

}  // namespace sfa::sim
