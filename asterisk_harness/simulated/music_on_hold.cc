#include "asterisk_harness/simulated/music_on_hold.h"

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

bool StartMusic(Channel& channel, const std::string& suggested, const std::string& interpreted) {
  PbxCore& core = channel.core();
  for (const std::string& name :
       {channel.music_class, suggested, interpreted, std::string("default")}) {
    if (name.empty()) continue;
    if (core.music_classes.count(name) == 0) {
      core.Warn("Music on Hold class '" + name +
                "' not found in memory. Verify your configuration.");
      continue;
    }
    StopMusic(channel);
    channel.music = name;
    channel.Emit("MusicOnHoldStart", kClassCall, {{"Class", name}});
    return true;
  }
  return false;
}

void StopMusic(Channel& channel) {
  if (channel.music.empty()) return;
  channel.music.clear();
  channel.Emit("MusicOnHoldStop", kClassCall);
}

}  // namespace sfa::harness
