// A manager session with a PBX, over a byte stream.
#ifndef ASTERISK_HARNESS_AMI_CLIENT_H_
#define ASTERISK_HARNESS_AMI_CLIENT_H_

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asterisk_harness/pbx.h"
#include "runtime/runtime.h"

namespace sfa::harness {

// Cuts a stream of bytes into messages: the banner first, then "Name: value" lines up to an empty
// one. A line without a colon and a line over 64 KiB are dropped.
class AmiParser {
 public:
  // Calls `each` for every message that `bytes` completes.
  void Feed(std::span<const uint8_t> bytes, const std::function<void(AmiMessage)>& each);

 private:
  void TakeLine(std::string_view line, const std::function<void(AmiMessage)>& each);

  std::string unfinished_;
  AmiMessage message_;
};

// Pairs responses with actions by ActionID. A reply is the response, and for a list action all the
// events up to the one that says it is complete. Runs on its runtime's thread.
class AmiClient : public StreamHandler {
 public:
  using Reply = std::function<void(const std::vector<AmiMessage>&)>;
  struct Callbacks {
    std::function<void(const AmiMessage&)> event;
    std::function<void(const std::string& why)> closed;
  };

  AmiClient(std::unique_ptr<ByteStream> stream, Callbacks callbacks);

  // Headers in order; without an ActionID of its own the client gives one.
  void Send(AmiMessage action, Reply reply);

  void OnData(std::span<const uint8_t> bytes) override;
  void OnWritable() override;
  void OnEndOfStream() override;
  void OnError(const Error& error) override;

 private:
  struct Pending {
    Reply reply;
    std::vector<AmiMessage> messages;
  };
  void Take(AmiMessage message);
  void Flush();

  std::unique_ptr<ByteStream> stream_;
  Callbacks callbacks_;
  AmiParser parser_;
  std::string unsent_;
  std::map<std::string, Pending> pending_;
  uint64_t next_action_ = 1;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_AMI_CLIENT_H_
