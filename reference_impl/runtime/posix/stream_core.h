// One connected or connecting stream socket, with what is still to be sent.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_STREAM_CORE_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_STREAM_CORE_H_

#include <functional>
#include <memory>
#include <vector>

#include "runtime/posix/event_loop.h"
#include "runtime/stream.h"

namespace sfa::posix {

// The socket behind a PosixStream. It outlives that when it has to end the connection in the
// background: then its handler is gone, it sends what is left, ends its direction, and drops what
// still comes until the peer ends too (closing with unread bytes would reset the connection and
// could destroy what the peer has not read yet).
class StreamCore final : private EventLoop::Watcher {
 public:
  // Of what Write() accepts beyond the kernel's buffer.
  static constexpr size_t kBufferBytes = 256 * 1024;
  // How long an end in the background may take.
  static constexpr Duration kClosingTime = std::chrono::seconds(60);

  // An established connection. `scratch` is where bytes are received; shared by all streams of a
  // thread.
  StreamCore(EventLoop& loop, std::vector<uint8_t>& scratch, Descriptor fd);
  // connect() is under way.
  StreamCore(EventLoop& loop, std::vector<uint8_t>& scratch, Descriptor fd, const Endpoint& remote,
             Duration connect_timeout);
  // A stream that is dead from the start; its handler hears why soon.
  StreamCore(EventLoop& loop, std::vector<uint8_t>& scratch, Error error);
  ~StreamCore();
  StreamCore(const StreamCore&) = delete;
  StreamCore& operator=(const StreamCore&) = delete;

  void SetHandler(StreamHandler* handler);
  size_t Write(std::span<const uint8_t> bytes);
  // Here and in the kernel, which does not tell for local streams.
  size_t unsent() const;
  void ShutdownWrite();
  void Abort();
  void PauseReading();
  void ResumeReading();
  Endpoint local() const { return local_; }
  Endpoint remote() const { return remote_; }

  // Lets the handler go and ends the connection. Returns whether that is done; if not, the core
  // must live on until `ended` is called, which may destroy it.
  bool BeginClosing(std::function<void()> ended);

 private:
  void OnReady(EventLoop::Readiness readiness) override;
  void OnConnectFinished();
  void Read();
  void Flush();
  void AwaitReading();
  size_t kept() const { return unsent_.size() - unsent_begin_; }
  // Ends a closing core when both sides are through. May destroy it.
  void EndIfClosed();
  void Fail(Error error);
  // Fails from the loop, not from inside the method that found out.
  void FailSoon(Error error);
  void Die();
  // Calls the handler; returns false when this core is gone or closing afterwards.
  template <typename Call>
  bool Tell(Call call);

  EventLoop& loop_;
  std::vector<uint8_t>& scratch_;
  std::unique_ptr<EventLoop::Watch> watch_;  // null: dead
  std::unique_ptr<Timer> timer_;             // connecting, failing soon, closing
  Endpoint local_, remote_;
  StreamHandler* handler_ = nullptr;
  bool connecting_ = false;
  bool paused_ = false;
  bool peer_ended_ = false;
  bool shutdown_wanted_ = false;
  bool shutdown_done_ = false;
  bool wants_room_ = false;  // OnWritable() is owed
  bool failing_ = false;     // FailSoon() was called
  std::vector<uint8_t> unsent_;
  size_t unsent_begin_ = 0;
  bool closing_ = false;
  std::function<void()> ended_;  // set while closing in the background
  bool* destroyed_ = nullptr;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_STREAM_CORE_H_
