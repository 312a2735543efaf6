// A capture file of one link, in the world's time.
#ifndef NETWORK_SIM_CAPTURE_H_
#define NETWORK_SIM_CAPTURE_H_

#include <ns3/packet.h>
#include <pcap/pcap.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "network_sim/capture_writer.h"
#include "network_sim/ipv4.h"
#include "network_sim/packet_sink.h"
#include "network_sim/simulation.h"
#include "runtime/result.h"

namespace sfa::sim {

// Writes a pcap file of raw IPv4 packets with stamps in nanoseconds: the world's start date plus
// simulated time. The file is complete when the Capture is destroyed. Under the real clock a thread
// writes it, so that a busy disk does not make the world late.
class Capture {
 public:
  static Result<std::unique_ptr<Capture>> Open(const Simulation& simulation,
                                               const std::string& path);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  void Record(const ns3::Packet& packet);
  // Whether all that was recorded could be written so far; flushes.
  Status Flush();

 private:
  Capture(const Simulation& simulation, std::string path);

  const Simulation& simulation_;
  const std::string path_;
  std::vector<char> buffer_;
  pcap_t* format_ = nullptr;
  std::unique_ptr<CaptureWriter> writer_;  // under the real clock
  pcap_dumper_t* file_ = nullptr;
  std::array<uint8_t, kMaxIpv4Bytes> bytes_;
};

// A point on a line where packets are recorded on their way.
class CapturePoint final : public PacketSink {
 public:
  CapturePoint(std::string name, Capture& capture, PacketSink* to)
      : name_(std::move(name)), capture_(capture), to_(to) {}
  void Receive(ns3::Ptr<ns3::Packet> packet) override {
    capture_.Record(*packet);
    to_->Receive(std::move(packet));
  }
  const std::string& name() const override { return name_; }
  void SetEnd(PacketSink* to) { to_ = to; }

 private:
  const std::string name_;
  Capture& capture_;
  PacketSink* to_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_CAPTURE_H_
