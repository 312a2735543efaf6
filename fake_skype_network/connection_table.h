// The secure streams that a node has accepted, each with what the node knows about it.
#ifndef FAKE_SKYPE_NETWORK_CONNECTION_TABLE_H_
#define FAKE_SKYPE_NETWORK_CONNECTION_TABLE_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "protocol/stream/message_stream.h"
#include "runtime/runtime.h"

namespace sfa::community {

// Contract:
//  1. At most `most` connections. For a further one the oldest of those makes room whose state says
//     MakesRoom(): who has not shown yet who it is. So strangers who only hold connections do not
//     keep others out for long. When there is none, the further one is reset.
//  2. A connection's number is never used again; finding one by its number takes constant time.
//  3. OnGone() runs once for each connection, after it has left the table, whoever has ended it;
//     the connection lives until it returns.
//  4. ForEach() visits in an order that depends on nothing but what happened before; it may drop
//     the connection that it visits.
template <typename State>
class ConnectionTable final : private AcceptHandler {
 public:
  class Connection;
  class Handler {
   public:
    virtual void OnMessage(Connection& connection, const wire::Message& message) = 0;
    virtual void OnGone(Connection& connection) = 0;

   protected:
    ~Handler() = default;
  };

  class Connection final : private stream::MessageHandler {
   public:
    uint64_t number() const { return number_; }
    stream::MessageStream& stream() { return *stream_; }
    MonotonicTime heard() const { return heard_; }
    State state;

   private:
    friend class ConnectionTable;
    Connection(ConnectionTable& table, uint64_t number) : table_(table), number_(number) {}
    void OnOpen(stream::MessageStream&) override {}
    void OnMessage(stream::MessageStream&, const wire::Message& message) override {
      heard_ = table_.runtime_.Now();
      // May destroy this.
      table_.handler_.OnMessage(*this, message);
    }
    void OnClosed(stream::MessageStream&, const Error&) override { table_.Drop(*this); }

    ConnectionTable& table_;
    const uint64_t number_;
    MonotonicTime heard_;
    std::unique_ptr<stream::MessageStream> stream_;
  };

  // `identity` and `handler` outlive this.
  ConnectionTable(Runtime& runtime, const stream::NodeIdentity& identity, size_t most,
                  Handler& handler)
      : runtime_(runtime), identity_(identity), handler_(handler), most_(most) {}

  // Listeners bring new streams here.
  AcceptHandler& acceptor() { return *this; }

  // Null when it has gone.
  Connection* Find(uint64_t number) {
    const size_t slot = number & kSlotMask;
    if (slot >= slots_.size() || !slots_[slot] || slots_[slot]->number_ != number) return nullptr;
    return slots_[slot].get();
  }

  void Drop(Connection& connection) {
    const size_t slot = connection.number_ & kSlotMask;
    const std::unique_ptr<Connection> gone = std::move(slots_[slot]);
    free_.push_back(static_cast<uint32_t>(slot));
    handler_.OnGone(*gone);
  }

  template <typename Visit>
  void ForEach(Visit visit) {
    for (size_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot]) visit(*slots_[slot]);
    }
  }

 private:
  static constexpr int kSlotBits = 20;
  static constexpr uint64_t kSlotMask = (uint64_t{1} << kSlotBits) - 1;

  bool MakeRoom() {
    Connection* oldest = nullptr;
    ForEach([&oldest](Connection& each) {
      const bool older = oldest == nullptr || each.number_ < oldest->number_;
      if (each.state.MakesRoom() && older) oldest = &each;
    });
    if (oldest != nullptr) Drop(*oldest);
    return oldest != nullptr;
  }

  void OnAccept(std::unique_ptr<ByteStream> accepted) override {
    if (slots_.size() - free_.size() >= most_ && !MakeRoom()) {
      accepted->SetHandler(nullptr);
      accepted->Abort();
      return;
    }
    if (free_.empty()) {
      free_.push_back(static_cast<uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const uint32_t slot = free_.back();
    free_.pop_back();
    std::unique_ptr<Connection> made(new Connection(*this, next_++ << kSlotBits | slot));
    stream::MessageHandler& handler = *made;
    made->heard_ = runtime_.Now();
    made->stream_ =
        std::make_unique<stream::MessageStream>(runtime_, std::move(accepted), identity_, handler);
    slots_[slot] = std::move(made);
  }

  Runtime& runtime_;
  const stream::NodeIdentity& identity_;
  Handler& handler_;
  const size_t most_;
  uint64_t next_ = 1;
  std::vector<std::unique_ptr<Connection>> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_CONNECTION_TABLE_H_
