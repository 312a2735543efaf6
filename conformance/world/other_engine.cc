#include "conformance/world/other_engine.h"

#include <utility>

#include "protocol/engine_control.pb.h"
#include "res_skypeforasterisk/control_stream.h"
#include "res_skypeforasterisk/engine_service.h"

namespace sfa::conformance {
namespace {

class OtherEngine final : public harness::Program, private StreamHandler {
 public:
  OtherEngine(const std::string& version, std::unique_ptr<ByteStream> control,
              std::function<void(int status)> exit)
      : control_(std::move(control)), exit_(std::move(exit)) {
    control_->SetHandler(this);
    control::Event event;
    event.mutable_hello()->set_version(res::kControlProtocolVersion);
    event.mutable_hello()->set_engine_version(version);
    static_cast<void>(writer_.Send(*control_, event.SerializeAsString()));
  }

 private:
  void OnData(std::span<const uint8_t>) override {}
  void OnWritable() override { writer_.OnWritable(*control_); }
  void OnEndOfStream() override { End(); }
  void OnError(const Error&) override { End(); }
  void End() {
    if (const auto exit = std::exchange(exit_, nullptr)) exit(0);
  }

  const std::unique_ptr<ByteStream> control_;
  std::function<void(int status)> exit_;
  res::MessageWriter writer_;
};

}  // namespace

std::unique_ptr<harness::Program> NewOtherEngine(const std::string& version,
                                                 std::unique_ptr<ByteStream> control,
                                                 std::function<void(int status)> exit) {
  return std::make_unique<OtherEngine>(version, std::move(control), std::move(exit));
}

}  // namespace sfa::conformance
