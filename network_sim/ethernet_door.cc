#include "network_sim/ethernet_door.h"

#include <fcntl.h>
#include <ns3/event-impl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "network_sim/inbox.h"
#include "network_sim/tcp_gate.h"

namespace sfa::sim {
namespace {

constexpr size_t kEthernetHeaderBytes = 14;
constexpr size_t kMaxPayloadBytes = 1500;
constexpr size_t kMinPayloadBytes = 46;  // IEEE 802.3 clause 4.4.2: shorter frames are padded
constexpr size_t kMaxFrameBytes = kEthernetHeaderBytes + kMaxPayloadBytes;
constexpr int kMaxWaiting = 1024;
constexpr uint16_t kTypeIpv4 = 0x0800;
constexpr uint16_t kTypeArp = 0x0806;

// RFC 826, for Ethernet and IPv4.
constexpr size_t kArpBytes = 28;
constexpr uint16_t kArpRequest = 1;
constexpr uint16_t kArpReply = 2;

// The router's, locally administered.
constexpr std::array<uint8_t, 6> kRouterMac = {0x02, 0x00, 0x5E, 0x00, 0x00, 0x01};
constexpr std::array<uint8_t, 6> kBroadcast = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

}  // namespace

// The thread that reads; shared with the frames it has handed to the world, which may outlive the
// door by an event.
class EthernetDoor::Reader : public std::enable_shared_from_this<Reader> {
 public:
  Reader(EthernetDoor& door, int descriptor, std::shared_ptr<Inbox> inbox)
      : door_(&door),
        descriptor_(descriptor),
        inbox_(std::move(inbox)),
        stop_(eventfd(0, EFD_CLOEXEC)) {}
  ~Reader() { close(stop_); }

  void Start() {
    thread_ = std::thread([this] { Run(); });
    // As urgent as the world, whose priority threads need not inherit: a frame that is read late
    // would look like one that the network has delayed. Without the right to it nothing changes.
    int policy = 0;
    sched_param priority{};
    if (pthread_getschedparam(pthread_self(), &policy, &priority) == 0) {
      pthread_setschedparam(thread_.native_handle(), policy, &priority);
    }
  }
  // On the world's thread.
  void Stop() {
    door_ = nullptr;
    const uint64_t one = 1;
    if (write(stop_, &one, sizeof(one)) < 0) std::abort();  // an eventfd takes eight bytes
    thread_.join();
  }

 private:
  struct Frame : ns3::EventImpl {
    Frame(std::shared_ptr<Reader> the_reader, std::vector<uint8_t> the_bytes)
        : reader(std::move(the_reader)), bytes(std::move(the_bytes)) {}
    void Notify() override {
      --reader->waiting_;
      if (!reader->door_) return;
      reader->door_->world_.ledger.packets_dropped += reader->lost_.exchange(0);
      reader->door_->Enter(bytes);
    }
    const std::shared_ptr<Reader> reader;
    const std::vector<uint8_t> bytes;
  };

  void Run() {
    // One byte more than a frame may have, to recognise one that is too long.
    std::array<uint8_t, kMaxFrameBytes + 1> buffer;
    for (;;) {
      pollfd ready[] = {{.fd = descriptor_, .events = POLLIN, .revents = 0},
                        {.fd = stop_, .events = POLLIN, .revents = 0}};
      if (poll(ready, 2, -1) < 0) {
        if (errno == EINTR) continue;
        return;
      }
      if (ready[1].revents != 0) return;
      if ((ready[0].revents & POLLIN) == 0) return;  // the device is gone
      const ssize_t size = read(descriptor_, buffer.data(), buffer.size());
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (size <= 0) return;
      if (static_cast<size_t>(size) > kMaxFrameBytes || waiting_ >= kMaxWaiting) {
        ++lost_;
        continue;
      }
      ++waiting_;
      inbox_->Put(new Frame(shared_from_this(),
                            std::vector<uint8_t>(buffer.begin(), buffer.begin() + size)));
    }
  }

  EthernetDoor* door_;  // the world's thread only
  const int descriptor_;
  const std::shared_ptr<Inbox> inbox_;
  const int stop_;
  std::atomic<int> waiting_ = 0;
  std::atomic<uint64_t> lost_ = 0;
  std::thread thread_;
};

EthernetDoor::EthernetDoor(std::string name, World& world, Ipv4Address machine, int tap_descriptor,
                           PacketSink* lan)
    : name_(std::move(name)),
      world_(world),
      machine_(machine),
      lan_(lan),
      descriptor_(fcntl(tap_descriptor, F_DUPFD_CLOEXEC, 0)),
      machine_mac_(kBroadcast),
      reader_(std::make_shared<Reader>(*this, descriptor_, world.simulation.inbox())) {
  // A TAP whose queue is full must not stop the world; shared with the caller's descriptor.
  fcntl(descriptor_, F_SETFL, fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
  reader_->Start();
}

EthernetDoor::~EthernetDoor() {
  reader_->Stop();
  close(descriptor_);
}

void EthernetDoor::Receive(ns3::Ptr<ns3::Packet> packet) {
  if (packet->GetSize() > kMaxPayloadBytes) return Drop();
  std::array<uint8_t, kMaxFrameBytes> frame{};
  std::copy(machine_mac_.begin(), machine_mac_.end(), frame.begin());
  std::copy(kRouterMac.begin(), kRouterMac.end(), frame.begin() + 6);
  WriteU16(&frame[12], kTypeIpv4);
  packet->CopyData(&frame[kEthernetHeaderBytes], packet->GetSize());
  ++world_.ledger.packets_delivered;
  WriteFrame(
      {frame.data(), kEthernetHeaderBytes + std::max<size_t>(packet->GetSize(), kMinPayloadBytes)});
}

void EthernetDoor::WriteFrame(std::span<const uint8_t> frame) {
  if (write(descriptor_, frame.data(), frame.size()) < 0) Drop();
}

void EthernetDoor::Enter(std::span<const uint8_t> frame) {
  if (frame.size() < kEthernetHeaderBytes) return Drop();
  // A group is nobody's own address (IEEE 802 clause 8.2.2).
  if (frame[6] & 1) return Drop();
  std::copy_n(frame.begin() + 6, machine_mac_.size(), machine_mac_.begin());
  const uint16_t type = ReadU16(&frame[12]);
  if (type == kTypeArp) return AnswerArp(frame);
  if (type != kTypeIpv4) return;  // IPv6 and others: not part of this world, not an error
  auto bytes = frame.subspan(kEthernetHeaderBytes);
  // Padding is not part of the datagram.
  if (bytes.size() < kIpv4HeaderBytes || ReadU16(&bytes[2]) > bytes.size()) return Drop();
  bytes = bytes.first(ReadU16(&bytes[2]));
  const auto datagram = ParseIpv4(bytes);
  if (!datagram || datagram->source != machine_ || datagram->ttl == 0) return Drop();
  if (datagram->destination.value >> 28 >= 0xE || datagram->destination == machine_) return Drop();
  if (datagram->protocol == kProtocolTcp && (datagram->fragment || !AdmitTcp(*datagram))) {
    return Drop();
  }
  lan_->Receive(ns3::Create<ns3::Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
}

void EthernetDoor::AnswerArp(std::span<const uint8_t> frame) {
  const auto arp = frame.subspan(kEthernetHeaderBytes);
  if (arp.size() < kArpBytes || ReadU16(&arp[0]) != 1 || ReadU16(&arp[2]) != kTypeIpv4 ||
      arp[4] != 6 || arp[5] != 4) {
    return Drop();
  }
  const Ipv4Address asked{ReadU32(&arp[24])};
  // RFC 5227: a machine that asks for its own address wants to hear nothing.
  if (ReadU16(&arp[6]) != kArpRequest || asked == machine_) return;
  std::array<uint8_t, kEthernetHeaderBytes + kMinPayloadBytes> answer{};
  std::copy_n(frame.begin() + 6, 6, answer.begin());
  std::copy(kRouterMac.begin(), kRouterMac.end(), answer.begin() + 6);
  WriteU16(&answer[12], kTypeArp);
  uint8_t* const reply = &answer[kEthernetHeaderBytes];
  std::memcpy(reply, arp.data(), 6);
  WriteU16(reply + 6, kArpReply);
  std::copy(kRouterMac.begin(), kRouterMac.end(), reply + 8);
  WriteU32(reply + 14, asked.value);
  std::memcpy(reply + 18, &arp[8], 10);  // the asker's own addresses
  WriteFrame(answer);
}

}  // namespace sfa::sim
