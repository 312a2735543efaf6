#include "network_sim/capture_writer.h"

#include <sys/types.h>

#include <cerrno>
#include <utility>

namespace sfa::sim {

CaptureWriter::CaptureWriter(FILE* file) : file_(file) {
  cookie_io_functions_t functions{};
  functions.write = [](void* writer, const char* bytes, size_t size) -> ssize_t {
    return static_cast<CaptureWriter*>(writer)->Take({bytes, size}) ? static_cast<ssize_t>(size)
                                                                    : 0;
  };
  stream_ = fopencookie(this, "wb", functions);
  thread_ = std::thread([this] { Run(); });
}

CaptureWriter::~CaptureWriter() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
  std::fclose(file_);
}

int CaptureWriter::Drain() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && !writing_; });
  return error_;
}

bool CaptureWriter::Take(std::string_view bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (error_ == 0 && waiting_bytes_ + bytes.size() > kMaxWaiting) error_ = ENOBUFS;
  if (error_ != 0) {
    errno = error_;
    return false;
  }
  waiting_.emplace_back(bytes);
  waiting_bytes_ += bytes.size();
  changed_.notify_all();
  return true;
}

void CaptureWriter::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::string bytes = std::move(waiting_.front());
    waiting_.pop_front();
    writing_ = true;
    lock.unlock();
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size() &&
                         std::fflush(file_) == 0;
    const int number = errno;
    lock.lock();
    writing_ = false;
    waiting_bytes_ -= bytes.size();
    if (!written && error_ == 0) error_ = number;
    changed_.notify_all();
  }
}

}  // namespace sfa::sim
