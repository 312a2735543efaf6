#include "asterisk_harness/simulated/manager_visitor.h"

#include <span>
#include <utility>

namespace sfa::harness {
namespace {

// Between a client and a session of the same process. What one writes, the other reads later.
class Text final : public ByteStream {
 public:
  Text(Runtime& runtime, const ManagerVisitor::NewSession& new_session)
      : runtime_(runtime),
        self_(std::make_shared<Text*>(this)),
        session_(new_session([this](std::string_view text) { Tell(std::string(text)); },
                             [this] { ended_ = true; })) {}
  ~Text() override { *self_ = nullptr; }

  void SetHandler(StreamHandler* handler) override { handler_ = handler; }
  size_t Write(std::span<const uint8_t> bytes) override {
    Later([this, text = std::string(bytes.begin(), bytes.end())] {
      if (!ended_) session_->Feed(text);
    });
    return bytes.size();
  }
  void ShutdownWrite() override { ended_ = true; }
  void Abort() override { ended_ = true; }
  void PauseReading() override {}
  void ResumeReading() override {}
  Endpoint local() const override { return {}; }
  Endpoint remote() const override { return {}; }

 private:
  void Tell(std::string text) {
    Later([this, text = std::move(text)] {
      if (handler_ == nullptr) return;
      handler_->OnData({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    });
  }
  void Later(std::function<void()> task) {
    runtime_.Post([self = self_, task = std::move(task)] {
      if (*self != nullptr) task();
    });
  }

  Runtime& runtime_;
  StreamHandler* handler_ = nullptr;
  bool ended_ = false;
  const std::shared_ptr<Text*> self_;
  const std::unique_ptr<AmiSession> session_;
};

}  // namespace

ManagerVisitor::ManagerVisitor(Runtime& runtime, const NewSession& new_session,
                               std::function<void(const AmiMessage&)> event)
    : client_(std::make_unique<Text>(runtime, new_session),
              {std::move(event), [](const std::string&) {}}) {}

}  // namespace sfa::harness
