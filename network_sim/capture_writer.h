// A file that is written behind the back of whoever fills it, so that a busy disk does not stop
// them.
#ifndef NETWORK_SIM_CAPTURE_WRITER_H_
#define NETWORK_SIM_CAPTURE_WRITER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace sfa::sim {

// Contract:
//  1. What is written to stream() reaches the file in order, by a thread of the writer's own.
//  Nobody
//     waits for the disk but Drain() and the destructor.
//  2. At most kMaxWaiting bytes wait. What comes then is refused, and so is all that follows: a
//  file
//     is complete up to an instant. Drain() says so.
//  3. fclose(stream()) comes before the destructor, which writes what waits.
class CaptureWriter {
 public:
  static constexpr size_t kMaxWaiting = 64 << 20;

  // Takes over `file`.
  explicit CaptureWriter(FILE* file);
  ~CaptureWriter();
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;

  // Null when the system has no memory for it.
  FILE* stream() { return stream_; }
  // Returns when all that was handed over is written; 0, or the number of what went wrong.
  int Drain();

 private:
  bool Take(std::string_view bytes);
  void Run();

  FILE* const file_;
  FILE* stream_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  size_t waiting_bytes_ = 0;
  bool writing_ = false;
  bool closing_ = false;
  int error_ = 0;
  std::thread thread_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_CAPTURE_WRITER_H_
