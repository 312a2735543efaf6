// The other process of the contract suite. Launched with a control stream:
//   contract-peer --echo-server ADDRESS   an EchoServer; tells its endpoint over the control stream
//   anything else                         a ControlEcho
#include <cstdlib>
#include <memory>
#include <string>

#include "runtime/contract/echo_server.h"
#include "runtime/contract/processes_bed.h"
#include "runtime/posix/posix_runtime.h"

namespace sfa {
namespace {

int Run(int argc, char** argv) {
  posix::PosixRuntime runtime({});
  auto control = runtime.AdoptStream(kControlDescriptor);
  if (!control.ok()) return 2;

  if (argc == 3 && std::string(argv[1]) == "--echo-server") {
    const auto address = Ipv4Address::Parse(argv[2]);
    if (!address) return 2;
    contract::EchoServer server(runtime, {*address, 0});
    (*control)->Write(contract::AsBytes(server.local().ToString() + "\n"));
    runtime.Run();
    return 0;
  }
  contract::ControlEcho echo(std::move(*control), [](int status) { std::_Exit(status); });
  runtime.Run();
  return 0;
}

}  // namespace
}  // namespace sfa

int main(int argc, char** argv) { return sfa::Run(argc, argv); }
