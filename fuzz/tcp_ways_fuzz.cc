// A media port's connections: any bytes, however they are cut, from strangers that connect, read
// slowly, close and abort, and to listeners that refuse or say nothing.
#include "protocol/path/tcp_ways.h"

#include <map>

#include "fuzz/target.h"
#include "protocol/stream/test_world.h"

namespace sfa::fuzz {
namespace {

using path::Route;
using path::WayId;
using std::chrono::milliseconds;

constexpr Ipv4Address kOwn = Ipv4Address::Of(192, 0, 2, 1);
constexpr Ipv4Address kOther = Ipv4Address::Of(198, 51, 100, 9);
constexpr uint16_t kPort = 5000;
constexpr size_t kMostLines = 48;  // more than strangers may be

// One connection, from the other end; knows what each side must have heard.
class Line final : private StreamHandler {
 public:
  // One that the ways are about to make.
  Line() = default;
  Line(Runtime& runtime, const Endpoint& to) : stream_(runtime.ConnectTcp({}, to, *this)) {}
  void Accept(std::unique_ptr<ByteStream> stream) {
    stream_ = std::move(stream);
    stream_->SetHandler(this);
    connected_ = true;
  }

  void Write(std::span<const uint8_t> bytes) {
    if (!connected_) return;
    const size_t taken = stream_->Write(bytes);
    written_.insert(written_.end(), bytes.begin(), bytes.begin() + static_cast<long>(taken));
  }
  ByteStream* stream() { return stream_.get(); }

  // The ways have read this packet.
  void OnPacket(std::span<const uint8_t> packet) {
    SFA_FUZZ_CHECK(!packet.empty());
    while (Length() == 0) read_ += 2;
    SFA_FUZZ_CHECK(Length() == packet.size() && read_ + 2 + packet.size() <= written_.size());
    SFA_FUZZ_CHECK(
        std::equal(packet.begin(), packet.end(), written_.begin() + static_cast<long>(read_ + 2)));
    read_ += 2 + packet.size();
  }
  // They have taken this one to be sent.
  void OnSent(std::span<const uint8_t> packet) {
    sent_.push_back(static_cast<uint8_t>(packet.size() >> 8));
    sent_.push_back(static_cast<uint8_t>(packet.size()));
    sent_.insert(sent_.end(), packet.begin(), packet.end());
    CheckHeard();
  }

  std::optional<WayId> way;

 private:
  void OnConnected() override { connected_ = true; }
  void OnData(std::span<const uint8_t> bytes) override {
    heard_.insert(heard_.end(), bytes.begin(), bytes.end());
    CheckHeard();
  }
  void OnEndOfStream() override {}
  void OnError(const Error&) override {}

  size_t Length() const {
    SFA_FUZZ_CHECK(read_ + 2 <= written_.size());
    return static_cast<size_t>(written_[read_]) << 8 | written_[read_ + 1];
  }
  // Nothing but what was sent, in order.
  void CheckHeard() {
    SFA_FUZZ_CHECK(heard_.size() <= sent_.size() &&
                   std::equal(heard_.begin(), heard_.end(), sent_.begin()));
  }

  Bytes written_, sent_, heard_;
  size_t read_ = 0;
  bool connected_ = false;
  std::unique_ptr<ByteStream> stream_;
};

// By the other end's endpoint.
using Lines = std::map<Endpoint, std::unique_ptr<Line>>;

// Listens where a way wants to go.
class Listener final : private AcceptHandler {
 public:
  Listener(Runtime& runtime, const Endpoint& at, Lines& lines)
      : at_(at), lines_(lines), listener_(runtime.ListenTcp(at, *this).value()) {}

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream) override {
    const auto line = lines_.find(at_);
    if (line != lines_.end()) line->second->Accept(std::move(stream));
  }
  const Endpoint at_;
  Lines& lines_;
  std::unique_ptr<TcpListener> listener_;
};

class Bench final : private path::TcpWaysUser {
 public:
  explicit Bench(Input& input) {
    const size_t longest = input.Byte();
    if (longest != 0) {
      world_.piece = [longest, next = size_t{0}](size_t) mutable { return 1 + next++ % longest; };
    }
    if (input.Flag()) world_.window = 2000;
    SFA_FUZZ_CHECK(ways_.Listen(kPort).ok());
  }
  void Step(Input& input);
  void End() {
    world_.RunFor(std::chrono::seconds(75));
    SFA_FUZZ_CHECK(ways_.connections() == 0 && known_.empty());
  }

 private:
  void OnTcpPacket(const Route& from, std::span<const uint8_t> packet) override {
    SFA_FUZZ_CHECK(from.way % 2 == 1);
    const auto line = lines_.find(from.remote);
    if (line == lines_.end()) return;  // ended by the stranger meanwhile
    SFA_FUZZ_CHECK(!line->second->way || line->second->way == from.way);
    line->second->way = from.way;
    known_[from.way] = from.remote;
    line->second->OnPacket(packet);
  }
  void OnTcpClosed(WayId way) override {
    const auto known = known_.find(way);
    if (known == known_.end()) return;
    if (const auto line = lines_.find(known->second); line != lines_.end()) lines_.erase(line);
    known_.erase(known);
  }
  void Connect(Input& input);
  void Accept();
  void ActForWay(Input& input);
  void ActForLine(Input& input);

  stream::TestWorld world_;
  stream::TestRuntime own_runtime_{world_, kOwn, 1}, other_runtime_{world_, kOther, 2};
  path::TcpWays ways_{own_runtime_, kOwn, *this};
  Lines lines_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::map<WayId, Endpoint> known_;
  uint16_t next_port_ = 7000;
};

// A way of ours to somewhere else each time.
void Bench::Connect(Input& input) {
  const Endpoint to{kOther, next_port_++};
  const bool listens = input.Flag();
  const auto way = ways_.Connect(to);
  if (!way) return;
  known_[*way] = to;
  if (!listens) return;
  lines_[to] = std::make_unique<Line>();
  listeners_.push_back(std::make_unique<Listener>(other_runtime_, to, lines_));
}

void Bench::Accept() {
  auto line = std::make_unique<Line>(other_runtime_, Endpoint{kOwn, kPort});
  const Endpoint local = line->stream()->local();
  lines_[local] = std::move(line);
}

void Bench::ActForWay(Input& input) {
  if (known_.empty()) return;
  const auto known = std::next(known_.begin(), static_cast<long>(input.Byte() % known_.size()));
  const auto [way, remote] = *known;
  switch (input.Below(4)) {
    case 0:
    case 1: {
      const bool urgent = input.Flag();
      const size_t size = 8 * size_t{input.Byte()};
      const Bytes packet(size, input.Byte());
      const auto line = lines_.find(remote);
      if (ways_.Send(way, packet, urgent) && line != lines_.end()) line->second->OnSent(packet);
      break;
    }
    case 2:
      ways_.Acknowledge(way);
      break;
    default:
      ways_.Close(way);
      lines_.erase(remote);
      known_.erase(known);
  }
}

void Bench::ActForLine(Input& input) {
  if (lines_.empty()) return;
  const auto found = std::next(lines_.begin(), static_cast<long>(input.Byte() % lines_.size()));
  Line& line = *found->second;
  if (line.stream() == nullptr) return;
  switch (input.Below(7)) {
    case 0:
    case 1:
      line.Write(input.Block());
      break;
    case 2: {
      const auto packet = input.Take(input.Byte());
      line.Write(Script().Block(packet).bytes());
      break;
    }
    case 3:
      line.stream()->PauseReading();
      break;
    case 4:
      line.stream()->ResumeReading();
      break;
    case 5:
      line.stream()->Abort();
      break;
    default:
      lines_.erase(found);
  }
}

void Bench::Step(Input& input) {
  switch (input.Below(6)) {
    case 0:
      if (lines_.size() < kMostLines) Connect(input);
      break;
    case 1:
      if (lines_.size() < kMostLines) Accept();
      break;
    case 2:
      ActForWay(input);
      break;
    case 3:
    case 4:
      ActForLine(input);
      break;
    default:
      world_.RunFor(milliseconds(50 * input.Byte()));
  }
  world_.RunFor(milliseconds(input.Flag() ? 50 : 0));
  SFA_FUZZ_CHECK(ways_.connections() <= path::TcpWays::kMaxConnections);
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  Bench bench(input);
  while (!input.empty()) bench.Step(input);
  bench.End();
}

Seeds MakeSeeds() {
  Script accepted;
  accepted.Byte(3).Byte(0).Byte(1).Byte(1);
  accepted.Byte(3).Byte(0).Byte(0).Block(Bytes{0, 3, 'a', 'b', 'c', 0, 0, 0, 2, 'd'}).Byte(1);
  accepted.Byte(3).Byte(0).Byte(2).Byte(4).Put("efgh").Byte(1);
  accepted.Byte(2).Byte(0).Byte(0).Byte(0).Byte(20).Byte(0x80).Byte(1);
  accepted.Byte(2).Byte(0).Byte(2).Byte(5).Byte(200).Byte(1).Byte(5).Byte(200).Byte(1);
  Script connected;
  connected.Byte(0).Byte(1).Byte(0).Byte(1).Byte(0);  // what is urgent waits for the connection
  connected.Byte(2).Byte(0).Byte(0).Byte(1).Byte(3).Byte(0x11).Byte(1).Byte(5).Byte(1).Byte(1);
  connected.Byte(3).Byte(0).Byte(2).Byte(2).Put("ab").Byte(1).Byte(3).Byte(0).Byte(3).Byte(0);
  for (int i = 0; i < 6; ++i) connected.Byte(2).Byte(0).Byte(0).Byte(i & 1).Byte(150).Byte(7);
  connected.Byte(1).Byte(3).Byte(0).Byte(4).Byte(1).Byte(3).Byte(0).Byte(6).Byte(1);
  Script wrong;  // refused; a frame that is too long
  wrong.Byte(7).Byte(0).Byte(0).Byte(0).Byte(1).Byte(1).Byte(1);
  wrong.Byte(3).Byte(0).Byte(0).Block(Bytes{0xFF, 0xFF, 1}).Byte(1).Byte(5).Byte(2).Byte(0);
  return {
      {"accepted", accepted.bytes()}, {"connected", connected.bytes()}, {"wrong", wrong.bytes()}};
}

}  // namespace

const Target kTcpWays = {"tcp_ways", Run, MakeSeeds};

}  // namespace sfa::fuzz
