// Music on hold as AMI shows it: which class plays on a channel. Nothing sounds.
#ifndef ASTERISK_HARNESS_SIMULATED_MUSIC_ON_HOLD_H_
#define ASTERISK_HARNESS_SIMULATED_MUSIC_ON_HOLD_H_

#include <string>

namespace sfa::harness {

class Channel;

// Plays the first class that exists: the channel's own (CHANNEL(musicclass)), `suggested` by the
// other end, `interpreted` of the channel's driver, "default". False when there is none.
bool StartMusic(Channel& channel, const std::string& suggested, const std::string& interpreted);
void StopMusic(Channel& channel);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MUSIC_ON_HOLD_H_
