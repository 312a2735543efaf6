// A file descriptor that is closed by its owner.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_DESCRIPTOR_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace sfa::posix {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { Close(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_DESCRIPTOR_H_
