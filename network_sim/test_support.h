// What the tests of this room share: a world of two hosts, and machines without disk or children.
#ifndef NETWORK_SIM_TEST_SUPPORT_H_
#define NETWORK_SIM_TEST_SUPPORT_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "network_sim/simulation.h"
#include "network_sim/site.h"

namespace sfa::sim {

class NoFiles final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode, uint32_t) override {
    return Missing(path);
  }
  Result<std::string> ReadAll(const std::string& path) override { return Missing(path); }
  Status WriteAtomically(const std::string& path, std::string_view, uint32_t) override {
    return Missing(path);
  }
  Status Remove(const std::string& path) override { return Missing(path); }
  bool Exists(const std::string&) override { return false; }
  Status MakeDirectories(const std::string& path, uint32_t) override { return Missing(path); }
  Result<std::string> MakePrivateDirectory(const std::string& prefix) override {
    return Missing(prefix);
  }
  Status RemoveDirectory(const std::string& path) override { return Missing(path); }
  Result<std::vector<std::string>> List(const std::string& path) override { return Missing(path); }

 private:
  static Error Missing(const std::string& path) {
    return {ErrorCode::kNotFound, path + ": this machine has no disk"};
  }
};

class NoProcesses final : public Processes {
 public:
  Result<std::unique_ptr<ChildProcess>> Launch(const LaunchRequest& request,
                                               ProcessHandler&) override {
    return Error{ErrorCode::kNotFound, request.path + ": this machine launches nothing"};
  }
};

class NoLog final : public Log {
 public:
  void Write(LogLevel, std::string_view, std::string_view) override {}
};

// What a machine has beside the network.
struct Machine {
  NoFiles files;
  NoProcesses processes;
  NoLog log;

  std::unique_ptr<Runtime> Start(Host& host, const std::string& name) {
    return host.NewProcess(name, files, processes, log);
  }
};

// Remembers what a UDP socket heard.
class UdpLog final : public UdpReceiver {
 public:
  struct Datagram {
    Endpoint from;
    std::string text;
  };

  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    datagrams.push_back({from, std::string(bytes.begin(), bytes.end())});
    if (echo) static_cast<void>(echo->Send(from, bytes));
  }
  void OnUnreachable(const Endpoint& to) override { unreachable.push_back(to); }

  std::vector<Datagram> datagrams;
  std::vector<Endpoint> unreachable;
  UdpSocket* echo = nullptr;  // where to answer the same, if at all
};

inline std::span<const uint8_t> BytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline MonotonicTime At(Duration since_beginning) { return MonotonicTime(since_beginning); }

}  // namespace sfa::sim

#endif  // NETWORK_SIM_TEST_SUPPORT_H_
