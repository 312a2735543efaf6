#include "network_sim/sim_process.h"

#include <utility>

#include "network_sim/ethernet_address.h"
#include "network_sim/sim_udp.h"
#include "network_sim/tcp_stack.h"
#include "network_sim/timer_queue.h"

namespace sfa::sim {
namespace {

constexpr Duration kShortestPeriod = std::chrono::microseconds(1);

class SimTimer final : public Timer, public ProcessResource, private QueuedTimer {
 public:
  SimTimer(TimerQueue& queue, Task task)
      : QueuedTimer(queue), task_(std::make_shared<Task>(std::move(task))) {}

  void StartAt(MonotonicTime when) override {
    if (ended_) return;
    // Work takes time: a timer that starts itself again for now lets simulated time go on.
    if (when <= last_run_) when = last_run_ + kShortestPeriod;
    QueuedTimer::StartAt(when);
  }
  void Start(Duration delay) override { StartAt(SimulatedNow() + delay); }
  void Cancel() override { QueuedTimer::Cancel(); }
  bool running() const override { return QueuedTimer::running(); }

 private:
  void OnDue() override {
    last_run_ = SimulatedNow();
    // The task may destroy this timer, and with it the task.
    const std::shared_ptr<Task> task = task_;
    (*task)();
  }
  void OnProcessEnd() override {
    ended_ = true;
    QueuedTimer::Cancel();
  }

  const std::shared_ptr<Task> task_;
  MonotonicTime last_run_ = MonotonicTime::min();
  bool ended_ = false;
};

}  // namespace

SimProcess::SimProcess(SimHost& host, const std::string& name, FileSystem& files,
                       Processes& processes, Log& log)
    : host_(host),
      files_(files),
      processes_(processes),
      log_(log),
      random_(host.world().simulation.SeedFor("process/" + host.name() + "/" + name)),
      posts_(PostQueue::New(host.world().simulation.inbox())) {}

SimProcess::~SimProcess() { Sever(); }

void SimProcess::Sever() {
  severed_ = true;
  posts_->Close();
  resources_.EndAll();
}

MonotonicTime SimProcess::Now() const { return SimulatedNow(); }

WallTime SimProcess::WallNow() const { return host_.world().simulation.WallNow(); }

std::unique_ptr<Timer> SimProcess::NewTimer(Task task) {
  auto timer = std::make_unique<SimTimer>(host_.world().simulation.timers(), std::move(task));
  resources_.Add(*timer);
  if (severed_) resources_.EndAll();
  return timer;
}

Result<std::unique_ptr<UdpSocket>> SimProcess::OpenUdp(const Endpoint& local,
                                                       UdpReceiver& receiver) {
  if (severed_) return Error{ErrorCode::kClosed, "UDP: the process has ended"};
  return SimUdpSocket::Open(host_, resources_, local, receiver);
}

Result<std::unique_ptr<TcpListener>> SimProcess::ListenTcp(const Endpoint& local,
                                                           AcceptHandler& handler) {
  if (severed_) return Error{ErrorCode::kClosed, "TCP: the process has ended"};
  return host_.tcp().Listen(resources_, local, handler);
}

std::unique_ptr<ByteStream> SimProcess::ConnectTcp(const Endpoint& local, const Endpoint& remote,
                                                   StreamHandler& handler) {
  if (severed_) return std::make_unique<SimTcpStream>(TcpTuple{local, remote}, nullptr);
  return host_.tcp().Connect(resources_, local, remote, handler);
}

std::vector<NetworkInterface> SimProcess::NetworkInterfaces() {
  NetworkInterface loopback;
  loopback.name = "lo";
  loopback.loopback = true;
  loopback.addresses = {Ipv4Address::Loopback()};
  NetworkInterface ethernet;
  ethernet.name = "eth0";
  ethernet.physical = true;
  ethernet.mac = EthernetAddressOf(host_.address());
  ethernet.addresses = {host_.address()};
  return {loopback, ethernet};
}

}  // namespace sfa::sim
