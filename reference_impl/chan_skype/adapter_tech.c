/*
 * The technology `Skype`: what Asterisk does to channels. The channel is locked in all of them but
 * the digits and the items of CHANNEL().
 */
#include "asterisk.h"

#include <strings.h>

#include "asterisk/causes.h"
#include "asterisk/format_cache.h"
#include "asterisk/frame.h"
#include "asterisk/musiconhold.h"
#include "chan_skype/chan_skype_adapter.h"

static int skype_call(struct ast_channel* chan, const char* addr, int timeout) {
  struct pbx_channel* channel = ast_channel_tech_pvt(chan);

  if (!channel || (ast_channel_state(chan) != AST_STATE_DOWN &&
                   ast_channel_state(chan) != AST_STATE_RESERVED)) {
    return -1;
  }
  skype_driver_table->call(skype_core_of_call(), channel->call);
  return 0;
}

static int skype_answer(struct ast_channel* chan) {
  struct pbx_channel* channel = ast_channel_tech_pvt(chan);

  if (!channel) {
    return -1;
  }
  if (ast_channel_state(chan) != AST_STATE_UP) {
    skype_driver_table->answer(skype_core_of_call(), channel->call);
    ast_setstate(chan, AST_STATE_UP);
  }
  return 0;
}

static int skype_hangup(struct ast_channel* chan) {
  struct pbx_channel* channel = ast_channel_tech_pvt(chan);

  if (!channel) {
    return 0;
  }
  ast_channel_tech_pvt_set(chan, NULL);
  ast_channel_set_fd(chan, 0, -1);
  ast_channel_set_fd(chan, 1, -1);
  skype_channel_detach(channel);
  skype_driver_table->hangup(skype_core_of_call(), channel->call,
                             (enum pbx_cause)ast_channel_hangupcause(chan));
  ao2_ref(channel, -1);
  return 0;
}

static struct ast_frame* decoded(struct pbx_channel* channel, struct ast_frame* frame) {
  struct ast_frame* linear = NULL;

  if (channel->g729.decoder &&
      ast_format_cmp(frame->subclass.format, ast_format_g729) != AST_FORMAT_CMP_NOT_EQUAL) {
    linear = ast_translate(channel->g729.decoder, frame, 0);
  }
  return linear ? linear : &ast_null_frame;
}

static struct ast_frame* skype_read(struct ast_channel* chan) {
  struct pbx_channel* channel = ast_channel_tech_pvt(chan);
  struct ast_frame* frame;

  if (!channel || !channel->rtp) {
    return &ast_null_frame;
  }
  frame = ast_rtp_instance_read(channel->rtp, ast_channel_fdno(chan) == 1);
  if (frame && frame->frametype == AST_FRAME_VOICE && channel->codec == PBX_CODEC_G729) {
    return decoded(channel, frame);
  }
  /* The engine sends one codec; what comes in another is not for this call. */
  if (frame && frame->frametype == AST_FRAME_VOICE &&
      ast_format_cap_iscompatible_format(ast_channel_nativeformats(chan), frame->subclass.format) ==
          AST_FORMAT_CMP_NOT_EQUAL) {
    return &ast_null_frame;
  }
  return frame;
}

/* The caller shall hear what is said before the answer; told once. */
static void be_heard(struct ast_channel* chan, struct pbx_channel* channel) {
  if (!channel->incoming || channel->heard_early || ast_channel_state(chan) == AST_STATE_UP) {
    return;
  }
  channel->heard_early = 1;
  skype_driver_table->progress(skype_core_of_call(), channel->call);
}

static int write_encoded(struct pbx_channel* channel, struct ast_frame* frame) {
  struct ast_frame* encoded;
  int result;

  encoded = channel->g729.encoder ? ast_translate(channel->g729.encoder, frame, 0) : NULL;
  if (!encoded) {
    return 0;
  }
  result = ast_rtp_instance_write(channel->rtp, encoded);
  ast_frfree(encoded);
  return result;
}

static int skype_write(struct ast_channel* chan, struct ast_frame* frame) {
  struct pbx_channel* channel = ast_channel_tech_pvt(chan);

  if (frame->frametype != AST_FRAME_VOICE || !channel || !channel->rtp) {
    return 0;
  }
  /* Playback(x,noanswer) says nothing of progress: it just speaks. */
  be_heard(chan, channel);
  return channel->codec == PBX_CODEC_G729 ? write_encoded(channel, frame)
                                          : ast_rtp_instance_write(channel->rtp, frame);
}

/* Not up yet: ends the call with `cause`. Up: lets Asterisk play the tone. */
static int refuse(struct ast_channel* chan, int cause) {
  if (ast_channel_state(chan) == AST_STATE_UP) {
    return -1;
  }
  ast_channel_hangupcause_set(chan, cause);
  ast_softhangup_nolock(chan, AST_SOFTHANGUP_DEV);
  return 0;
}

/* Asterisk holds the far end, or lets it go. */
static int hold(struct ast_channel* chan, struct pbx_channel* channel, int held,
                const char* suggested) {
  if (!strcasecmp(channel->mohinterpret, "passthrough")) {
    skype_driver_table->hold(skype_core_of_call(), channel->call, held);
  } else if (held) {
    /* The channel's own class goes before the suggested one, and that before the account's. */
    ast_moh_start(chan, suggested, channel->mohinterpret);
  } else {
    ast_moh_stop(chan);
  }
  return 0;
}

static int skype_indicate(struct ast_channel* chan, int condition, const void* data,
                          size_t datalen) {
  struct pbx_channel* channel = ast_channel_tech_pvt(chan);

  if (!channel) {
    return -1;
  }
  switch (condition) {
    case AST_CONTROL_RINGING:
      /* The caller has heard it ring since the call came in. */
      return ast_channel_state(chan) == AST_STATE_RING ? 0 : -1;
    case AST_CONTROL_BUSY:
      return refuse(chan, AST_CAUSE_BUSY);
    case AST_CONTROL_CONGESTION:
    case AST_CONTROL_INCOMPLETE:
      return refuse(chan, AST_CAUSE_SWITCH_CONGESTION);
    case AST_CONTROL_HOLD:
      return hold(chan, channel, 1, datalen ? data : NULL);
    case AST_CONTROL_UNHOLD:
      return hold(chan, channel, 0, NULL);
    case AST_CONTROL_SRCUPDATE:
      if (channel->rtp) {
        ast_rtp_instance_update_source(channel->rtp);
      }
      return 0;
    case AST_CONTROL_SRCCHANGE:
      if (channel->rtp) {
        ast_rtp_instance_change_source(channel->rtp);
      }
      return 0;
    case AST_CONTROL_PROGRESS:
      be_heard(chan, channel);
      return 0;
    case AST_CONTROL_PROCEEDING:
    case AST_CONTROL_CONNECTED_LINE:
    case AST_CONTROL_REDIRECTING:
      return 0;
    default: /* PVT_CAUSE_CODE, MASQUERADE_NOTIFY, T38_PARAMETERS, -1 and what is not for us */
      return -1;
  }
}

static int skype_fixup(struct ast_channel* oldchan, struct ast_channel* newchan) {
  struct pbx_channel* channel = ast_channel_tech_pvt(newchan);
  int result = -1;

  if (!channel) {
    return -1;
  }
  ao2_lock(channel);
  if (channel->owner == oldchan) {
    channel->owner = newchan;
    if (channel->rtp) {
      ast_rtp_instance_set_channel_id(channel->rtp, ast_channel_uniqueid(newchan));
    }
    result = 0;
  }
  ao2_unlock(channel);
  return result;
}

/* With a reference, the channel being unlocked. */
static struct pbx_channel* channel_of(struct ast_channel* chan) {
  struct pbx_channel* channel;

  ast_channel_lock(chan);
  channel = ao2_bump((struct pbx_channel*)ast_channel_tech_pvt(chan));
  ast_channel_unlock(chan);
  return channel;
}

static int skype_digit_begin(struct ast_channel* chan, char digit) {
  struct pbx_channel* channel = channel_of(chan);

  if (!channel) {
    return -1;
  }
  skype_driver_table->digit_begin(skype_core_of_call(), channel->call, digit);
  ao2_ref(channel, -1);
  return 0;
}

static int skype_digit_end(struct ast_channel* chan, char digit, unsigned int duration) {
  struct pbx_channel* channel = channel_of(chan);

  if (!channel) {
    return -1;
  }
  skype_driver_table->digit_end(skype_core_of_call(), channel->call, digit, duration);
  ao2_ref(channel, -1);
  return 0;
}

/* Asterisk waits for AST_CONTROL_TRANSFER, which comes with channel_transferred(). */
static int skype_transfer(struct ast_channel* chan, const char* to) {
  struct pbx_channel* channel = ast_channel_tech_pvt(chan);

  if (!channel) {
    return -1;
  }
  skype_driver_table->transfer(skype_core_of_call(), channel->call, to);
  return 0;
}

static int skype_send_text(struct ast_channel* chan, const char* text) {
  struct pbx_channel* channel = ast_channel_tech_pvt(chan);

  if (!channel) {
    return -1;
  }
  skype_driver_table->send_text(skype_core_of_call(), channel->call, text);
  return 0;
}

struct ast_channel_tech skype_tech = {
    .type = "Skype",
    .description = "Skype Channel Driver",
    .requester = skype_request,
    .call = skype_call,
    .answer = skype_answer,
    .hangup = skype_hangup,
    .read = skype_read,
    .exception = skype_read,
    .write = skype_write,
    .indicate = skype_indicate,
    .fixup = skype_fixup,
    .send_digit_begin = skype_digit_begin,
    .send_digit_end = skype_digit_end,
    .transfer = skype_transfer,
    .send_text = skype_send_text,
    .func_channel_read = skype_channel_item_read,
    .func_channel_write = skype_channel_item_write,
};
