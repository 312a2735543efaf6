#include <new>

#include "protocol/media/g729_coder.h"

// Its headers do not say that they are C.
extern "C" {
#include <bcg729/decoder.h>
#include <bcg729/encoder.h>
}

namespace sfa::media {
namespace {

// ITU-T G.729: 10 ms at 8 kHz become 80 bits.
constexpr size_t kHalfSamples = kFrameSamples / 2;
constexpr size_t kHalfBytes = kG729FrameBytes / 2;

struct Close {
  void operator()(bcg729EncoderChannelContextStruct* context) const {
    closeBcg729EncoderChannel(context);
  }
  void operator()(bcg729DecoderChannelContextStruct* context) const {
    closeBcg729DecoderChannel(context);
  }
};

class Encoder final : public G729Encoder {
 public:
  Encoder() {
    if (!context_) throw std::bad_alloc();
  }

  void Encode(std::span<const int16_t, kFrameSamples> samples,
              std::span<uint8_t, kG729FrameBytes> bytes) override {
    for (size_t half = 0; half < 2; ++half) {
      uint8_t length = 0;
      bcg729Encoder(context_.get(), samples.data() + half * kHalfSamples,
                    bytes.data() + half * kHalfBytes, &length);
    }
  }

 private:
  // Without silence compression (Annex B): each half has its ten bytes.
  std::unique_ptr<bcg729EncoderChannelContextStruct, Close> context_{initBcg729EncoderChannel(0)};
};

class Decoder final : public G729Decoder {
 public:
  Decoder() {
    if (!context_) throw std::bad_alloc();
  }

  void Decode(std::span<const uint8_t, kG729FrameBytes> bytes,
              std::span<int16_t, kFrameSamples> samples) override {
    for (size_t half = 0; half < 2; ++half) {
      bcg729Decoder(context_.get(), bytes.data() + half * kHalfBytes, kHalfBytes,
                    /*frameErasureFlag=*/0, /*SIDFrameFlag=*/0, /*rfc3389PayloadFlag=*/0,
                    samples.data() + half * kHalfSamples);
    }
  }

 private:
  std::unique_ptr<bcg729DecoderChannelContextStruct, Close> context_{initBcg729DecoderChannel()};
};

}  // namespace

bool CanCodeG729() { return true; }
std::unique_ptr<G729Encoder> NewG729Encoder() { return std::make_unique<Encoder>(); }
std::unique_ptr<G729Decoder> NewG729Decoder() { return std::make_unique<Decoder>(); }

}  // namespace sfa::media
