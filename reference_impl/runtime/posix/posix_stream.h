// TCP connections, listeners and local streams of the machine.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_POSIX_STREAM_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_POSIX_STREAM_H_

#include <list>
#include <memory>
#include <vector>

#include "runtime/posix/event_loop.h"
#include "runtime/posix/stream_core.h"
#include "runtime/stream.h"

namespace sfa::posix {

// Makes streams, and keeps those that end in the background. Outlives its streams.
class StreamService {
 public:
  StreamService(EventLoop& loop, Duration connect_timeout);
  StreamService(const StreamService&) = delete;
  StreamService& operator=(const StreamService&) = delete;

  std::unique_ptr<ByteStream> Connect(const Endpoint& local, const Endpoint& remote,
                                      StreamHandler& handler);
  Result<std::unique_ptr<TcpListener>> Listen(const Endpoint& local, AcceptHandler& handler);
  // An established, non-blocking stream socket.
  std::unique_ptr<ByteStream> Adopt(Descriptor fd);

 private:
  class PosixStream;
  class PosixListener;

  void EndInBackground(std::unique_ptr<StreamCore> core);

  EventLoop& loop_;
  Duration connect_timeout_;
  std::vector<uint8_t> scratch_;
  std::list<std::unique_ptr<StreamCore>> ending_;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_POSIX_STREAM_H_
