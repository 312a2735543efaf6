#include "skypeforasterisk/engine_call.h"

#include <algorithm>
#include <utility>

#include "protocol/media/g711.h"

namespace sfa::engine {

Status EngineCall::OpenRtp(Runtime& runtime, RtpPorts& ports, Ipv4Address rtp_address) {
  auto leg = PbxLeg::New(runtime, ports, rtp_address, *this);
  if (!leg) return leg.error();
  leg_ = std::move(*leg);
  return {};
}

void EngineCall::Place(peer::Peer& peer, const std::string& destination,
                       const std::vector<media::Codec>& codecs,
                       const peer::CallProperties& properties, const Endpoint& pbx) {
  pbx_ = pbx;
  call_ = peer.PlaceCall(destination, codecs, *this, properties);
}

void EngineCall::Take(std::unique_ptr<peer::Call> call) {
  call_ = std::move(call);
  call_->SetObserver(this);
}

void EngineCall::Ring(media::Codec codec, const Endpoint& pbx) {
  if (wanted_) return;
  wanted_ = codec;
  pbx_ = pbx;
  // A codec that the caller has not offered is translated here, if it is one of G.711's two.
  const auto& offered = call_->offered_codecs();
  auto used = std::find(offered.begin(), offered.end(), codec);
  if (used == offered.end() && media::IsG711(codec)) {
    used = std::find_if(offered.begin(), offered.end(), media::IsG711);
  }
  if (used == offered.end()) return call_->End(peer::EndReason::kNoCommonCodec);
  network_codec_ = *used;
  call_->Ring(*used);
}

void EngineCall::Progress() {
  if (!wanted_ || answered_) return;
  StartPbxLeg(network_codec_);
  call_->Progress();
}

void EngineCall::Answer() {
  if (wanted_) call_->Answer();
}

void EngineCall::End(peer::EndReason reason) {
  ending_ = true;
  call_->End(reason);
}

void EngineCall::Transfer(const std::string& to) {
  transferring_ = true;
  call_->Transfer(to);
}

void EngineCall::OnTransferred(bool done, peer::EndReason reason) {
  if (!std::exchange(transferring_, false)) return;
  observer_.OnCallTransferred(*this, done, reason);
  if (done) call_->End(peer::EndReason::kNormal);
}

void EngineCall::StartPbxLeg(media::Codec codec) {
  // Early media goes on as the call's, unless another one has answered with another codec.
  if (leg_->started() && network_codec_ == codec) return;
  network_codec_ = codec;
  leg_->Start(pbx_, wanted_.value_or(codec));
  observer_.OnCallMedia(*this);
}

void EngineCall::OnProgress(media::Codec codec) {
  StartPbxLeg(codec);
  observer_.OnCallProgress(*this);
}

void EngineCall::OnAnswered(media::Codec codec) {
  StartPbxLeg(codec);
  answered_ = true;
  observer_.OnCallAnswered(*this);
}

void EngineCall::OnEnded(peer::EndReason reason) { observer_.OnCallEnded(*this, reason); }

void EngineCall::OnAudio(std::span<const uint8_t> encoded_20ms) {
  if (network_codec_ == leg_->codec() || encoded_20ms.size() != media::kFrameSamples) {
    leg_->SendAudio(encoded_20ms);
    return;
  }
  std::array<uint8_t, media::kFrameSamples> translated;
  media::Transcode(network_codec_, leg_->codec(), encoded_20ms, translated);
  leg_->SendAudio(translated);
}

void EngineCall::OnPbxAudio(std::span<const uint8_t> encoded_20ms) {
  if (network_codec_ == leg_->codec() || encoded_20ms.size() != media::kFrameSamples) {
    call_->SendAudio(encoded_20ms);
    return;
  }
  std::array<uint8_t, media::kFrameSamples> translated;
  media::Transcode(leg_->codec(), network_codec_, encoded_20ms, translated);
  call_->SendAudio(translated);
}

void EngineCall::OnDigit(char digit, bool ended, Duration duration) {
  if (ended) {
    leg_->EndDigit(duration);
  } else {
    leg_->BeginDigit(digit);
  }
}

void EngineCall::OnPbxDigit(char digit, bool ended, Duration duration) {
  if (ended) {
    call_->EndDigit(duration);
  } else {
    call_->BeginDigit(digit);
  }
}

}  // namespace sfa::engine
