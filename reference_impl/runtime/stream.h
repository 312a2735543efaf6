// Reliable byte streams: TCP connections, and the local stream to a child process.
#ifndef REFERENCE_IMPL_RUNTIME_STREAM_H_
#define REFERENCE_IMPL_RUNTIME_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa {

class StreamHandler {
 public:
  // An outgoing connection is established. Not called for accepted streams.
  virtual void OnConnected() {}
  // `bytes` is valid during the call only.
  virtual void OnData(std::span<const uint8_t> bytes) = 0;
  // There is room again after a Write() that did not take everything.
  virtual void OnWritable() {}
  // The peer has ended its direction; ours still works (half-close).
  virtual void OnEndOfStream() = 0;
  // The stream is dead: kRefused, kTimedOut, kUnreachable, kReset. The last call for this stream.
  virtual void OnError(const Error& error) = 0;

 protected:
  ~StreamHandler() = default;
};

// Contract:
//  1. The handler is never called from inside a method of the stream.
//  2. A handler may destroy the stream from inside any call; nothing follows then.
//  3. Destruction sends what Write() has accepted, then ends the stream (an orderly close in the
//     background); Abort() resets it and drops what is unsent.
//  4. Bytes arrive in order, none lost, none twice, until OnEndOfStream() or OnError().
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Where events go; set before the first event can occur, may be replaced. Not owned.
  virtual void SetHandler(StreamHandler* handler) = 0;
  // Takes as much as there is room for and returns how much; less than asked means that
  // OnWritable() will follow. Returns 0 on a dead stream.
  virtual size_t Write(std::span<const uint8_t> bytes) = 0;
  // Bytes that Write() has taken and that have not left this host yet: what waits in the stream, so
  // that nobody has to queue blindly what is worth nothing later. 0 where that is not known.
  virtual size_t unsent() const { return 0; }
  // No more writes; the peer sees the end of the stream after everything accepted.
  virtual void ShutdownWrite() = 0;
  virtual void Abort() = 0;
  // Back-pressure: while paused the peer is made to wait, nothing is dropped.
  virtual void PauseReading() = 0;
  virtual void ResumeReading() = 0;
  // Both are 0.0.0.0:0 for a local stream.
  virtual Endpoint local() const = 0;
  virtual Endpoint remote() const = 0;
};

class AcceptHandler {
 public:
  // The stream is established. Its handler must be set before this returns.
  virtual void OnAccept(std::unique_ptr<ByteStream> stream) = 0;

 protected:
  ~AcceptHandler() = default;
};

// Destroying it closes the port; accepted streams live on.
class TcpListener {
 public:
  virtual ~TcpListener() = default;
  virtual Endpoint local() const = 0;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_STREAM_H_
