#include "skypeforasterisk/engine_call.h"

#include <algorithm>

#include "protocol/media/g711.h"

namespace sfa::engine {

Status EngineCall::OpenRtp(Runtime& runtime, RtpPorts& ports, Ipv4Address rtp_address) {
  auto leg = PbxLeg::New(runtime, ports, rtp_address, *this);
  if (!leg) return leg.error();
  leg_ = std::move(*leg);
  return {};
}

void EngineCall::Place(peer::Peer& peer, const std::string& destination,
                       const std::vector<media::Codec>& codecs, const Endpoint& pbx) {
  pbx_ = pbx;
  call_ = peer.PlaceCall(destination, codecs, *this);
}

void EngineCall::Take(std::unique_ptr<peer::Call> call) {
  call_ = std::move(call);
  call_->SetObserver(this);
}

void EngineCall::Ring(media::Codec codec, const Endpoint& pbx) {
  if (wanted_) return;
  wanted_ = codec;
  pbx_ = pbx;
  // A codec that the caller has not offered is translated here.
  const auto& offered = call_->offered_codecs();
  const bool common = std::find(offered.begin(), offered.end(), codec) != offered.end();
  call_->Ring(common || offered.empty() ? codec : offered.front());
}

void EngineCall::Answer() {
  if (wanted_) call_->Answer();
}

void EngineCall::End(peer::EndReason reason) {
  ending_ = true;
  call_->End(reason);
}

void EngineCall::OnAnswered(media::Codec codec) {
  network_codec_ = codec;
  leg_->Start(pbx_, wanted_.value_or(codec));
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
