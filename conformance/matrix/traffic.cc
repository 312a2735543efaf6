#include "conformance/matrix/traffic.h"

#include <pcap/pcap.h>

#include <map>
#include <memory>
#include <utility>

namespace sfa::conformance {
namespace {

constexpr size_t kIpv4Header = 20;  // RFC 791 section 3.1, without options
constexpr size_t kProtocol = 9, kSource = 12, kDestination = 16;

Ipv4Address AddressAt(const u_char* bytes) {
  return Ipv4Address::Of(bytes[0], bytes[1], bytes[2], bytes[3]);
}

}  // namespace

Result<std::vector<TrafficPacket>> ReadTraffic(const std::string& capture, WallTime start) {
  char problem[PCAP_ERRBUF_SIZE] = "";
  const std::unique_ptr<pcap_t, void (*)(pcap_t*)> file(
      pcap_open_offline_with_tstamp_precision(capture.c_str(), PCAP_TSTAMP_PRECISION_NANO, problem),
      [](pcap_t* open) {
        if (open != nullptr) pcap_close(open);
      });
  if (!file) return Error{ErrorCode::kInvalid, capture + ": " + problem};
  if (pcap_datalink(file.get()) != DLT_RAW) {
    return Error{ErrorCode::kInvalid, capture + ": does not hold plain IP packets"};
  }
  std::vector<TrafficPacket> packets;
  Ipv4Address host;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  int read = 0;
  while ((read = pcap_next_ex(file.get(), &header, &bytes)) == 1) {
    if (header->caplen < kIpv4Header) continue;
    const Ipv4Address source = AddressAt(bytes + kSource);
    const Ipv4Address destination = AddressAt(bytes + kDestination);
    if (host.is_any()) host = source;
    if (source != host && destination != host) continue;
    const Duration date =
        std::chrono::seconds(header->ts.tv_sec) + std::chrono::nanoseconds(header->ts.tv_usec);
    packets.push_back({date - start.time_since_epoch(), bytes[kProtocol],
                       source == host ? destination : source, header->len});
  }
  if (read == PCAP_ERROR) {
    return Error{ErrorCode::kInvalid, capture + ": " + pcap_geterr(file.get())};
  }
  return packets;
}

uint64_t BytesBetween(const std::vector<TrafficPacket>& packets, Duration from, Duration to) {
  uint64_t bytes = 0;
  for (const TrafficPacket& packet : packets) {
    if (packet.at >= from && packet.at < to) bytes += packet.bytes;
  }
  return bytes;
}

Conversation BusiestBetween(const std::vector<TrafficPacket>& packets, Duration from, Duration to) {
  std::map<std::pair<uint8_t, Ipv4Address>, uint64_t> conversations;
  for (const TrafficPacket& packet : packets) {
    if (packet.at < from || packet.at >= to) continue;
    conversations[{packet.protocol, packet.remote}] += packet.bytes;
  }
  Conversation busiest;
  for (const auto& [with, bytes] : conversations) {
    if (bytes > busiest.bytes) busiest = {with.first, with.second, bytes};
  }
  return busiest;
}

}  // namespace sfa::conformance
