#include "fake_skype_network/turn_stream.h"

#include <algorithm>
#include <utility>

namespace sfa::community {
namespace {

constexpr size_t kHeaderBytes = 4;  // of either kind, as far as it tells the length

// How long a message with these first four bytes is on a stream; 0 when none begins so.
size_t SizeOf(stun::Bytes header) {
  const size_t length = static_cast<size_t>(header[2]) << 8 | header[3];
  switch (header[0] >> 6) {
    case 0: {
      const size_t size = stun::kHeaderBytes + length;
      return length % 4 == 0 && size <= kMaxDatagramBytes ? size : 0;
    }
    case 1:
      // No longer than what a datagram to the peer can carry.
      return length <= kMaxDatagramBytes ? kHeaderBytes + ((length + 3) & ~size_t{3}) : 0;
    default:
      return 0;
  }
}

bool IsMedia(stun::Bytes message) {
  const auto type = static_cast<uint16_t>(message[0] << 8 | message[1]);
  constexpr uint16_t kDataIndication = stun::kData | 0x0010;
  return message[0] >> 6 == 1 || type == kDataIndication;
}

}  // namespace

TurnStream::TurnStream(Runtime& runtime, std::unique_ptr<ByteStream> stream, uint32_t number,
                       RelayServer& relay, std::function<void()> ended)
    : RelayWay(number, true),
      runtime_(runtime),
      relay_(relay),
      ended_(std::move(ended)),
      end_soon_(runtime.NewTimer([this] { Finish(); })),
      idle_(runtime.NewTimer([this] { LookIdle(); })),
      heard_(runtime.Now()),
      stream_(std::move(stream)),
      remote_(stream_->remote()) {
  stream_->SetHandler(this);
  idle_->Start(kIdle);
}

TurnStream::~TurnStream() {
  relay_.Forget(self());
  // Nobody waits for the rest of what a client does not read.
  if (failing_) stream_->Abort();
}

void TurnStream::OnData(std::span<const uint8_t> bytes) {
  heard_ = runtime_.Now();
  while (!bytes.empty() && !failing_) {
    // Mostly a message comes in one piece, and goes on without a copy.
    stun::Bytes message = bytes;
    if (!incoming_.empty() || bytes.size() < kHeaderBytes) {
      const size_t wanted =
          incoming_.size() < kHeaderBytes ? kHeaderBytes : SizeOf(stun::Bytes(incoming_));
      const size_t taken = std::min(bytes.size(), wanted - incoming_.size());
      incoming_.insert(incoming_.end(), bytes.begin(), bytes.begin() + static_cast<long>(taken));
      bytes = bytes.subspan(taken);
      if (incoming_.size() < kHeaderBytes) return;
      message = incoming_;
    }
    const size_t size = SizeOf(message);
    if (size == 0) {
      failing_ = true;
      return Finish();
    }
    if (message.size() < size) {
      if (incoming_.empty()) {
        incoming_.assign(bytes.begin(), bytes.end());
        return;
      }
      continue;
    }
    if (!relay_.Receive(self(), message.first(size))) {
      failing_ = true;
      return Finish();
    }
    if (incoming_.empty()) {
      bytes = bytes.subspan(size);
    } else {
      incoming_.clear();
    }
  }
}

void TurnStream::SendToClient(const Endpoint&, stun::Bytes message) {
  if (failing_ || message.empty()) return;
  const size_t waiting = queue_.size() - sent_;
  if (waiting != 0 && waiting + message.size() > (IsMedia(message) ? kMaxMedia : kMaxQueued)) {
    if (IsMedia(message)) return;
    failing_ = true;
    end_soon_->Start({});
    return;
  }
  const size_t taken = waiting == 0 ? stream_->Write(message) : 0;
  if (taken == message.size()) return;
  if (waiting == 0) {
    queue_.clear();
    sent_ = 0;
  } else if (queue_.size() + message.size() > queue_.capacity()) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<long>(sent_));
    sent_ = 0;
  }
  // Once for a connection that has ever been slow.
  if (queue_.capacity() == 0) queue_.reserve(kMaxQueued + kMaxDatagramBytes);
  queue_.insert(queue_.end(), message.begin() + static_cast<long>(taken), message.end());
}

void TurnStream::OnWritable() {
  sent_ += stream_->Write(std::span<const uint8_t>(queue_).subspan(sent_));
  if (sent_ < queue_.size()) return;
  queue_.clear();
  sent_ = 0;
}

void TurnStream::Finish() {
  // Out of the object first: the call may destroy it.
  const auto ended = std::move(ended_);
  if (ended) ended();
}

void TurnStream::LookIdle() {
  if (!relay_.IsAllocated(self()) && runtime_.Now() - heard_ >= kIdle) return Finish();
  idle_->Start(kIdle);
}

}  // namespace sfa::community
