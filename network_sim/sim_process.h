// A process on a simulated host: the Runtime of what runs in a world.
#ifndef NETWORK_SIM_SIM_PROCESS_H_
#define NETWORK_SIM_SIM_PROCESS_H_

#include <memory>
#include <string>
#include <vector>

#include "network_sim/post_queue.h"
#include "network_sim/process_resource.h"
#include "network_sim/random_streams.h"
#include "network_sim/sim_host.h"
#include "runtime/runtime.h"
#include "runtime/severable.h"

namespace sfa::sim {

class SimProcess final : public Runtime, public Severable {
 public:
  SimProcess(SimHost& host, const std::string& name, FileSystem& files, Processes& processes,
             Log& log);
  ~SimProcess() override;

  MonotonicTime Now() const override;
  WallTime WallNow() const override;
  std::unique_ptr<Timer> NewTimer(Task task) override;
  void Post(Task task) override { posts_->Post(std::move(task)); }

  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local, UdpReceiver& receiver) override;
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint& local,
                                                 AcceptHandler& handler) override;
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint& local, const Endpoint& remote,
                                         StreamHandler& handler) override;

  Random& random() override { return random_; }
  FileSystem& files() override { return files_; }
  Processes& processes() override { return processes_; }
  std::vector<NetworkInterface> NetworkInterfaces() override;
  Log& log() override { return log_; }

  // A stream that was destroyed before is closed in an orderly way by the host, whatever becomes of
  // the process.
  void Sever() override;

 private:
  SimHost& host_;
  FileSystem& files_;
  Processes& processes_;
  Log& log_;
  ProcessRandom random_;
  std::shared_ptr<PostQueue> posts_;
  ProcessResources resources_;
  bool severed_ = false;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_SIM_PROCESS_H_
