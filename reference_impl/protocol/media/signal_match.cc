#include "protocol/media/signal_match.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

namespace sfa::media {
namespace {

using Complex = std::complex<float>;
using Samples = std::span<const int16_t>;

// Windows are searched this far around the overall delay before the whole range is searched again:
// a jitter buffer moves by single frames of 160 samples.
constexpr int64_t kNearby = 800;
// Below this mean square a window is silence; G.711's smallest steps lie around 8.
constexpr double kSilence = 16 * 16;
// At most so many windows are searched over the whole range to find the overall delay.
constexpr size_t kSurveyed = 8;

// A discrete Fourier transform of one size, a power of two: radix 2, in place, without scaling in
// either direction.
class Transform {
 public:
  size_t size() const { return size_; }

  void Prepare(size_t size) {
    if (size == size_) return;
    size_ = size;
    roots_.resize(size / 2);
    for (size_t k = 0; k < roots_.size(); ++k) {
      const double angle =
          -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size);
      roots_[k] = Complex(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
    }
  }

  void Forward(std::vector<Complex>& values) const {
    for (size_t i = 1, j = 0; i < size_; ++i) {
      size_t bit = size_ >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) std::swap(values[i], values[j]);
    }
    for (size_t length = 2; length <= size_; length *= 2) {
      const size_t stride = size_ / length;
      for (size_t begin = 0; begin < size_; begin += length) {
        for (size_t k = 0; k < length / 2; ++k) {
          const Complex even = values[begin + k];
          const Complex& factor = roots_[k * stride];
          const Complex& value = values[begin + k + length / 2];
          const Complex odd(value.real() * factor.real() - value.imag() * factor.imag(),
                            value.real() * factor.imag() + value.imag() * factor.real());
          values[begin + k] = even + odd;
          values[begin + k + length / 2] = even - odd;
        }
      }
    }
  }

  // The conjugate of the transform of the conjugate.
  void Backward(std::vector<Complex>& values) const {
    for (Complex& value : values) value = std::conj(value);
    Forward(values);
    for (Complex& value : values) value = std::conj(value);
  }

 private:
  size_t size_ = 0;
  std::vector<Complex> roots_;
};

double Energy(Samples samples) {
  int64_t sum = 0;
  for (const int16_t sample : samples) sum += int32_t{sample} * sample;
  return static_cast<double>(sum);
}

double Product(Samples a, Samples b) {
  int64_t sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += int32_t{a[i]} * b[i];
  return static_cast<double>(sum);
}

class Matcher {
 public:
  Matcher(Samples sent, Samples heard, const MatchSettings& settings)
      : sent_(sent), heard_(heard), settings_(settings) {
    energy_before_.reserve(heard.size() + 1);
    energy_before_.push_back(0);
    for (const int16_t sample : heard) {
      energy_before_.push_back(energy_before_.back() + int32_t{sample} * sample);
    }
  }

  SignalMatch Run() {
    SignalMatch match;
    std::vector<size_t> loud;  // where the windows worth looking for begin
    for (size_t begin = 0; begin + settings_.window <= sent_.size(); begin += settings_.window) {
      if (Energy(Window(begin)) > kSilence * static_cast<double>(settings_.window)) {
        loud.push_back(begin);
      }
    }
    if (loud.empty()) return match;

    const int64_t overall = Survey(loud);
    double sum = 0;
    std::vector<int64_t> delays;
    for (const size_t begin : loud) {
      WindowMatch window = FindNearby(begin, overall);
      if (window.correlation < settings_.found_from) {
        const WindowMatch anywhere = FindAnywhere(begin);
        if (anywhere.correlation > std::max(window.correlation, settings_.found_from)) {
          window = anywhere;
        }
      }
      const bool found = window.correlation >= settings_.found_from;
      if (!found && !Reaches(begin, overall)) continue;
      if (found) delays.push_back(window.delay);
      sum += std::max(0.0, window.correlation);
      match.windows.push_back(window);
    }
    if (match.windows.empty()) return match;
    const auto judged = static_cast<double>(match.windows.size());
    match.correlation = sum / judged;
    match.found_share = static_cast<double>(delays.size()) / judged;
    match.found = match.found_share >= 0.5;
    match.delay = overall;
    if (!delays.empty()) {
      const auto middle = delays.begin() + static_cast<std::ptrdiff_t>(delays.size() / 2);
      std::nth_element(delays.begin(), middle, delays.end());
      match.delay = *middle;
    }
    return match;
  }

 private:
  Samples Window(size_t begin) const { return sent_.subspan(begin, settings_.window); }

  // Whether the window lies inside of what was heard at this delay.
  bool Reaches(size_t begin, int64_t delay) const {
    const int64_t at = static_cast<int64_t>(begin) + delay;
    return at >= 0 &&
           at + static_cast<int64_t>(settings_.window) <= static_cast<int64_t>(heard_.size());
  }

  double Normalised(double product, double window_energy, int64_t at) const {
    const auto begin = static_cast<size_t>(at);
    const auto energy =
        static_cast<double>(energy_before_[begin + settings_.window] - energy_before_[begin]);
    if (energy <= 0 || window_energy <= 0) return 0;
    return product / std::sqrt(energy * window_energy);
  }

  // The delay that the best found of some windows, spread over the signal, agree on.
  int64_t Survey(const std::vector<size_t>& loud) {
    std::vector<WindowMatch> found;
    const size_t count = std::min(loud.size(), kSurveyed);
    for (size_t i = 0; i < count; ++i) {
      const WindowMatch window = FindAnywhere(loud[i * loud.size() / count]);
      // One clear match says it all.
      if (window.correlation > 0.9) return window.delay;
      found.push_back(window);
    }
    return std::max_element(found.begin(), found.end(),
                            [](const WindowMatch& a, const WindowMatch& b) {
                              return a.correlation < b.correlation;
                            })
        ->delay;
  }

  WindowMatch FindNearby(size_t begin, int64_t around) const {
    WindowMatch best{begin, around, 0};
    const Samples window = Window(begin);
    const double window_energy = Energy(window);
    const int64_t first = std::max(around - kNearby, settings_.least_delay);
    const int64_t last = std::min(around + kNearby, settings_.greatest_delay);
    // The delay that most windows have first: it is nearly always the answer.
    if (Reaches(begin, around)) {
      Consider(window, window_energy, begin, around, best);
      if (best.correlation > 0.9) return best;
    }
    for (int64_t delay = first; delay <= last; ++delay) {
      if (Reaches(begin, delay)) Consider(window, window_energy, begin, delay, best);
    }
    return best;
  }

  void Consider(Samples window, double window_energy, size_t begin, int64_t delay,
                WindowMatch& best) const {
    const int64_t at = static_cast<int64_t>(begin) + delay;
    const Samples there = heard_.subspan(static_cast<size_t>(at), settings_.window);
    const double correlation = Normalised(Product(window, there), window_energy, at);
    if (correlation > best.correlation) best = {begin, delay, correlation};
  }

  // By the convolution theorem: the range of delays costs a logarithm, not a factor.
  WindowMatch FindAnywhere(size_t begin) {
    WindowMatch best{begin, settings_.least_delay, 0};
    const auto position = static_cast<int64_t>(begin);
    const auto length = static_cast<int64_t>(settings_.window);
    const int64_t first = std::max<int64_t>(0, position + settings_.least_delay);
    const int64_t last =
        std::min(static_cast<int64_t>(heard_.size()) - length, position + settings_.greatest_delay);
    if (last < first) return best;
    const Samples window = Window(begin);
    const Samples range =
        heard_.subspan(static_cast<size_t>(first), static_cast<size_t>(last - first + length));
    size_t size = 1;
    while (size < range.size()) size *= 2;

    window_spectrum_.assign(size, Complex());
    range_spectrum_.assign(size, Complex());
    std::copy(window.begin(), window.end(), window_spectrum_.begin());
    std::copy(range.begin(), range.end(), range_spectrum_.begin());
    transform_.Prepare(size);
    transform_.Forward(window_spectrum_);
    transform_.Forward(range_spectrum_);
    for (size_t i = 0; i < size; ++i) range_spectrum_[i] *= std::conj(window_spectrum_[i]);
    transform_.Backward(range_spectrum_);

    const double window_energy = Energy(window);
    for (int64_t at = first; at <= last; ++at) {
      const double product =
          static_cast<double>(range_spectrum_[static_cast<size_t>(at - first)].real()) /
          static_cast<double>(size);
      const double correlation = Normalised(product, window_energy, at);
      if (correlation > best.correlation) best = {begin, at - position, correlation};
    }
    // Once more with whole numbers: the transform's are rounded.
    const int64_t delay = best.delay;
    best.correlation = 0;
    Consider(window, window_energy, begin, delay, best);
    return best;
  }

  const Samples sent_, heard_;
  const MatchSettings settings_;
  std::vector<int64_t> energy_before_;
  Transform transform_;
  std::vector<Complex> window_spectrum_, range_spectrum_;
};

}  // namespace

SignalMatch FindSignal(std::span<const int16_t> sent, std::span<const int16_t> heard,
                       const MatchSettings& settings) {
  if (settings.window == 0 || sent.size() < settings.window || heard.size() < settings.window) {
    return {};
  }
  return Matcher(sent, heard, settings).Run();
}

}  // namespace sfa::media
