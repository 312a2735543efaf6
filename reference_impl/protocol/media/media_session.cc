#include "protocol/media/media_session.h"

#include <algorithm>
#include <cstring>

#include "protocol/media/concealment.h"
#include "protocol/media/jitter_buffer.h"
#include "protocol/media/reception_statistics.h"
#include "protocol/media/rtp.h"
#include "protocol/media/telephone_event.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kNanosecondsPerSample = 1000000000 / kSampleRate;

// Within one frame of 20 ms the largest payload that is taken: 120 ms, more than any sender packs.
constexpr size_t kMaxPayloadBytes = 6 * kFrameSamples;
constexpr size_t kMaxPacketBytes = kRtpHeaderBytes + kMaxPayloadBytes + kSrtpOverheadBytes;
// A source that leaves out more than this has paused: its time stamps follow the clock again.
constexpr milliseconds kPause{60};
constexpr int kLagSmoothing = 256;  // frames: about 5 s
// Nothing for so long is a silent sender, not a lossy path.
constexpr milliseconds kSilentSender{500};
// A runtime this late was not run at all: catching up would be a burst of old audio.
constexpr milliseconds kFarBehind{200};

class Session final : public MediaSession {
 public:
  Session(Runtime& runtime, const MediaSettings& settings, MediaObserver& observer);
  ~Session() override { *alive_ = false; }

  void OnPacket(std::span<const uint8_t> packet) override;
  void SendAudio(std::span<const uint8_t> encoded_20ms) override;
  void BeginDigit(char digit) override;
  void EndDigit(Duration duration) override;
  MediaCounters counters() const override;

 private:
  // Receiving. The ones that return false have been destroyed by the observer.
  bool Unprotect(std::span<const uint8_t>& packet);
  bool IsOurs(uint8_t payload_type) const {
    return payload_type == static_cast<uint8_t>(settings_.codec) ||
           payload_type == kTelephoneEventPayloadType;
  }
  bool IsExpectedSource(uint32_t ssrc) const {
    // A PBX changes its SSRC when it changes what a channel is bridged to.
    return settings_.remote_ssrc == 0 || ssrc == settings_.remote_ssrc;
  }
  ReceptionStatistics::Verdict Account(const RtpHeader& header);
  bool StartAnew();
  void OnAudioPacket(const RtpPacket& packet);
  bool CutG729Noise(std::span<const uint8_t>& payload) const;
  bool PassThrough(std::span<const uint8_t> payload);
  void OnEventPacket(const RtpPacket& packet);
  bool Tell(const DigitReceiver::Reports& reports);

  // Sending.
  uint32_t MediaClock() const;
  uint8_t* Payload() { return send_buffer_.data() + kRtpHeaderBytes; }
  void SendRtp(bool marker, uint8_t payload_type, uint32_t timestamp, size_t payload_bytes);
  void SendEvents(const DigitSender::Packets& packets);

  // Time.
  void Rearm();
  void OnTimer();
  bool PlayOne();
  bool PassOn(const JitterBuffer::Step& step);

  Runtime& runtime_;
  const MediaSettings settings_;
  MediaObserver& observer_;
  // Copied before every call of the observer that may destroy the session.
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  std::unique_ptr<SrtpContext> protect_, unprotect_;
  bool broken_ = false;  // keys were given but cannot be used: nothing goes in the clear

  std::optional<uint32_t> remote_ssrc_;  // of the packets that came last
  ReceptionStatistics reception_;
  JitterBuffer jitter_buffer_;
  const size_t frame_bytes_;
  std::optional<Concealment> concealment_;  // none for what cannot be decoded
  DigitReceiver digit_receiver_;
  MonotonicTime last_packet_{};
  // What is left of payloads that are no multiple of 20 ms, on the side without playout.
  std::array<uint8_t, kFrameSamples> partial_;
  size_t partial_bytes_ = 0;

  uint16_t sequence_;
  uint32_t clock_base_;  // the media clock at clock_start_
  MonotonicTime clock_start_;
  uint32_t next_timestamp_;
  bool sent_audio_ = false;
  Duration usual_lag_{};  // of next_timestamp_ behind the media clock
  DigitSender digit_sender_;

  std::unique_ptr<Timer> timer_;
  std::optional<MonotonicTime> event_due_;
  MonotonicTime armed_for_{};

  MediaCounters counters_;
  alignas(8) std::array<uint8_t, kMaxPacketBytes> receive_buffer_;
  alignas(8) std::array<uint8_t, kRtpHeaderBytes + kFrameSamples + kSrtpOverheadBytes> send_buffer_;
};

Session::Session(Runtime& runtime, const MediaSettings& settings, MediaObserver& observer)
    : runtime_(runtime),
      settings_(settings),
      observer_(observer),
      jitter_buffer_(settings.codec),
      frame_bytes_(FrameBytes(settings.codec)) {
  if (IsG711(settings.codec)) concealment_.emplace(settings.codec);
  // Below 2^15: a loss of the first packets cannot be mistaken for a wrap (RFC 3711 section 3.3.1).
  sequence_ = static_cast<uint16_t>(runtime.random().Below(1 << 15));
  clock_base_ = static_cast<uint32_t>(runtime.random().Next64());
  clock_start_ = runtime.Now();
  next_timestamp_ = clock_base_;
  timer_ = runtime.NewTimer([this] { OnTimer(); });
  if (!settings.keys) return;

  auto protect =
      SrtpContext::New(settings.keys->send, settings.local_ssrc, SrtpContext::Direction::kSend);
  auto unprotect = SrtpContext::New(settings.keys->receive, settings.remote_ssrc,
                                    SrtpContext::Direction::kReceive);
  if (!protect || !unprotect) {
    broken_ = true;
    runtime.log().Write(LogLevel::kError, "media",
                        protect ? unprotect.error().message : protect.error().message);
    return;
  }
  protect_ = std::move(*protect);
  unprotect_ = std::move(*unprotect);
}

// ---- Receiving ------------------------------------------------------------------------------

bool Session::Unprotect(std::span<const uint8_t>& packet) {
  if (packet.size() > receive_buffer_.size()) return false;
  size_t size = packet.size();
  std::memcpy(receive_buffer_.data(), packet.data(), size);
  const bool genuine = unprotect_->Unprotect(receive_buffer_.data(), size);
  packet = {receive_buffer_.data(), size};
  return genuine;
}

void Session::OnPacket(std::span<const uint8_t> packet) {
  if (broken_ || packet.size() < kRtpHeaderBytes || (unprotect_ && !Unprotect(packet))) {
    ++counters_.rejected;
    return;
  }
  const std::optional<RtpPacket> parsed = ParseRtp(packet);
  // What is of no type of ours may be no RTP at all: it says nothing about the source.
  if (!parsed || !IsOurs(parsed->header.payload_type) || !IsExpectedSource(parsed->header.ssrc)) {
    ++counters_.rejected;
    return;
  }
  const auto verdict = Account(parsed->header);
  if (verdict == ReceptionStatistics::Verdict::kRestarted) {
    if (!StartAnew()) return;
  } else if (verdict != ReceptionStatistics::Verdict::kFresh) {
    ++counters_.rejected;
    return;
  }
  ++counters_.packets_received;
  last_packet_ = runtime_.Now();
  if (parsed->header.payload_type == kTelephoneEventPayloadType) {
    OnEventPacket(*parsed);
  } else {
    OnAudioPacket(*parsed);
  }
}

ReceptionStatistics::Verdict Session::Account(const RtpHeader& header) {
  const bool another = remote_ssrc_ && *remote_ssrc_ != header.ssrc;
  if (another) reception_.ChangeSource();
  remote_ssrc_ = header.ssrc;
  const auto verdict = reception_.OnPacket(header.sequence);
  return another ? ReceptionStatistics::Verdict::kRestarted : verdict;
}

// Nothing from before says what the time stamps mean from here on.
bool Session::StartAnew() {
  partial_bytes_ = 0;
  jitter_buffer_.Restart();
  return Tell(digit_receiver_.Reset());
}

void Session::OnAudioPacket(const RtpPacket& packet) {
  std::span<const uint8_t> payload = packet.payload;
  if (payload.empty() || payload.size() > kMaxPayloadBytes || !CutG729Noise(payload)) {
    ++counters_.rejected;
    return;
  }
  const MonotonicTime now = runtime_.Now();
  reception_.OnAudioTime(packet.header.timestamp, now);
  if (!settings_.playout) {
    PassThrough(payload);
    return;
  }
  // Our own ends send 20 ms a packet; whole multiples cost nothing, others have no use.
  if (payload.size() != frame_bytes_ && payload.size() % frame_bytes_ != 0) {
    ++counters_.rejected;
    return;
  }
  const bool first = !jitter_buffer_.started();
  uint32_t timestamp = packet.header.timestamp;
  for (size_t offset = 0; offset < payload.size(); offset += frame_bytes_) {
    jitter_buffer_.Insert(packet.header.sequence, timestamp, payload.subspan(offset, frame_bytes_),
                          now);
    timestamp += kFrameSamples;
  }
  if (first && jitter_buffer_.started()) Rearm();
}

// Comfort noise is left out: a pause says as much. False when the length is impossible.
bool Session::CutG729Noise(std::span<const uint8_t>& payload) const {
  if (IsG711(settings_.codec)) return true;
  const size_t rest = payload.size() % (kG729FrameBytes / 2);
  if (rest != 0 && rest != kG729NoiseBytes) return false;
  payload = payload.first(payload.size() - rest);
  return true;
}

// Frames of 20 ms whatever the sender packs, in the order of arrival.
bool Session::PassThrough(std::span<const uint8_t> payload) {
  const std::shared_ptr<bool> alive = alive_;
  while (!payload.empty()) {
    if (partial_bytes_ == 0 && payload.size() >= frame_bytes_) {
      observer_.OnAudio(payload.first(frame_bytes_));
      if (!*alive) return false;
      payload = payload.subspan(frame_bytes_);
      continue;
    }
    const size_t taken = std::min(payload.size(), frame_bytes_ - partial_bytes_);
    std::copy_n(payload.begin(), taken, partial_.begin() + partial_bytes_);
    partial_bytes_ += taken;
    payload = payload.subspan(taken);
    if (partial_bytes_ < frame_bytes_) break;
    partial_bytes_ = 0;
    observer_.OnAudio(std::span(partial_).first(frame_bytes_));
    if (!*alive) return false;
  }
  return true;
}

void Session::OnEventPacket(const RtpPacket& packet) {
  const std::optional<TelephoneEvent> event = ParseEvent(packet.payload);
  if (!event) {
    ++counters_.rejected;
    return;
  }
  const auto reports = digit_receiver_.OnPacket(packet.header.marker, packet.header.timestamp,
                                                *event, runtime_.Now());
  Rearm();
  Tell(reports);
}

bool Session::Tell(const DigitReceiver::Reports& reports) {
  const std::shared_ptr<bool> alive = alive_;
  for (size_t i = 0; i < reports.count; ++i) {
    observer_.OnDigit(reports.report[i].digit, reports.report[i].ended, reports.report[i].duration);
    if (!*alive) return false;
  }
  return true;
}

// ---- Sending --------------------------------------------------------------------------------

uint32_t Session::MediaClock() const {
  return clock_base_ +
         static_cast<uint32_t>((runtime_.Now() - clock_start_).count() / kNanosecondsPerSample);
}

void Session::SendRtp(bool marker, uint8_t payload_type, uint32_t timestamp, size_t payload_bytes) {
  if (broken_) return;
  WriteRtpHeader({marker, payload_type, sequence_++, timestamp, settings_.local_ssrc},
                 std::span(send_buffer_).first<kRtpHeaderBytes>());
  size_t size = kRtpHeaderBytes + payload_bytes;
  if (protect_ && !protect_->Protect(send_buffer_.data(), size)) return;
  ++counters_.packets_sent;
  observer_.SendPacket({send_buffer_.data(), size});
}

void Session::SendAudio(std::span<const uint8_t> encoded_20ms) {
  if (encoded_20ms.size() != frame_bytes_) return;
  // The source's own pace counts the samples, and its clock may differ from ours: only after a
  // pause our clock says where it stands.
  Duration behind = Duration(Distance(next_timestamp_, MediaClock()) * kNanosecondsPerSample);
  const bool after_pause = !sent_audio_ || behind - usual_lag_ > kPause;
  if (after_pause) {
    const int64_t frames = std::max<int64_t>(0, (behind - usual_lag_) / kFrameDuration);
    next_timestamp_ += static_cast<uint32_t>(frames) * kFrameSamples;
    behind -= frames * Duration(kFrameDuration);
  }
  usual_lag_ = sent_audio_ ? usual_lag_ + (behind - usual_lag_) / kLagSmoothing : behind;
  sent_audio_ = true;
  std::memcpy(Payload(), encoded_20ms.data(), frame_bytes_);
  const uint32_t timestamp = next_timestamp_;
  next_timestamp_ += kFrameSamples;
  SendRtp(after_pause, static_cast<uint8_t>(settings_.codec), timestamp, frame_bytes_);
}

void Session::SendEvents(const DigitSender::Packets& packets) {
  for (size_t i = 0; i < packets.count; ++i) {
    const DigitSender::Packet& packet = packets.packet[i];
    WriteEvent(packet.event, std::span<uint8_t, kEventBytes>(Payload(), kEventBytes));
    SendRtp(packet.marker, kTelephoneEventPayloadType, packet.timestamp, kEventBytes);
  }
}

void Session::BeginDigit(char digit) {
  SendEvents(digit_sender_.Begin(digit, MediaClock()));
  if (digit_sender_.active()) event_due_ = runtime_.Now() + kFrameDuration;
  Rearm();
}

void Session::EndDigit(Duration duration) { SendEvents(digit_sender_.End(duration, MediaClock())); }

// ---- Time -----------------------------------------------------------------------------------

// One timer serves the playing and the digits both ways.
void Session::Rearm() {
  std::optional<MonotonicTime> due;
  const auto consider = [&due](std::optional<MonotonicTime> when) {
    if (when && (!due || *when < *due)) due = when;
  };
  consider(event_due_);
  consider(digit_receiver_.timeout());
  if (jitter_buffer_.started()) consider(jitter_buffer_.next_tick());
  if (!due) {
    timer_->Cancel();
  } else if (!timer_->running() || armed_for_ != *due) {
    armed_for_ = *due;
    timer_->StartAt(*due);
  }
}

void Session::OnTimer() {
  const MonotonicTime now = runtime_.Now();
  if (event_due_ && *event_due_ <= now) {
    SendEvents(digit_sender_.OnTick(MediaClock()));
    *event_due_ += kFrameDuration;
    if (*event_due_ <= now) event_due_ = now + kFrameDuration;
    if (!digit_sender_.active()) event_due_.reset();
  }
  if (digit_receiver_.sounding() && !Tell(digit_receiver_.OnTimeout(now))) return;
  if (jitter_buffer_.started()) {
    if (now - jitter_buffer_.next_tick() > kFarBehind) jitter_buffer_.SkipTicksUntil(now);
    while (jitter_buffer_.next_tick() <= now) {
      if (!PlayOne()) return;
    }
  }
  Rearm();
}

// What is missing stays so.
bool Session::PassOn(const JitterBuffer::Step& step) {
  if (step.frame == nullptr) return true;
  const std::shared_ptr<bool> alive = alive_;
  observer_.OnAudio({step.frame, frame_bytes_});
  return *alive;
}

bool Session::PlayOne() {
  const JitterBuffer::Step step = jitter_buffer_.Tick();
  if (!concealment_) return PassOn(step);
  const auto frame_at = [](const uint8_t* frame) { return FrameView(frame, kFrameSamples); };
  const std::shared_ptr<bool> alive = alive_;
  switch (step.kind) {
    case JitterBuffer::Step::Kind::kFrame:
      observer_.OnAudio(concealment_->Play(frame_at(step.frame)));
      break;
    case JitterBuffer::Step::Kind::kSkip:
      observer_.OnAudio(concealment_->PlaySkipping(frame_at(step.skipped), frame_at(step.frame)));
      break;
    case JitterBuffer::Step::Kind::kMissing:
    case JitterBuffer::Step::Kind::kStretch:
      // Some senders stop their audio during a digit: that is no loss.
      if (!digit_receiver_.sounding() && runtime_.Now() - last_packet_ < kSilentSender) {
        ++counters_.frames_concealed;
      }
      observer_.OnAudio(concealment_->Conceal());
      break;
  }
  return *alive;
}

MediaCounters Session::counters() const {
  MediaCounters counters = counters_;
  counters.packets_lost = reception_.lost() + jitter_buffer_.late();
  counters.jitter = reception_.jitter();
  counters.playout_delay = jitter_buffer_.started() ? jitter_buffer_.delay() : Duration::zero();
  return counters;
}

}  // namespace

std::unique_ptr<MediaSession> NewMediaSession(Runtime& runtime, const MediaSettings& settings,
                                              MediaObserver& observer) {
  return std::make_unique<Session>(runtime, settings, observer);
}

}  // namespace sfa::media
