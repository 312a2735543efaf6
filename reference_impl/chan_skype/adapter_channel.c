/*
 * pbx_channel: its life, and what the core does to channels from its own thread.
 */
#include "asterisk.h"

#include <stdio.h>
#include <string.h>

#include "asterisk/callerid.h"
#include "asterisk/causes.h"
#include "asterisk/frame.h"
#include "asterisk/pbx.h"
#include "asterisk/stasis_channels.h"
#include "chan_skype/chan_skype_adapter.h"

static int channel_number;

static void destroy_channel(void* object) {
  struct pbx_channel* channel = object;

  if (channel->rtp) {
    skype_rtp_end(channel->rtp);
  }
  skype_translation_give_back(&channel->g729);
}

struct pbx_channel* skype_channel_new(skype_call_id call, int incoming, uint32_t rtp_address,
                                      struct pbx_address* local) {
  struct ast_sockaddr bound;
  struct pbx_channel* channel = ao2_alloc(sizeof(*channel), destroy_channel);

  if (!channel) {
    return NULL;
  }
  channel->call = call;
  channel->incoming = incoming;
  channel->rtp = skype_rtp_new(rtp_address);
  if (!channel->rtp) {
    ast_log(LOG_ERROR, "no RTP port for a Skype call; see rtp.conf and rtp_address\n");
    ao2_ref(channel, -1);
    return NULL;
  }
  ast_rtp_instance_get_local_address(channel->rtp, &bound);
  local->ipv4 = rtp_address;
  local->port = ast_sockaddr_port(&bound);
  return channel;
}

/* The Skype network vouches for Skype names and for nothing else. */
static void present_caller(struct ast_channel* chan) {
  struct ast_party_number* number = &ast_channel_caller(chan)->id.number;

  number->presentation =
      number->valid ? AST_PRES_ALLOWED_USER_NUMBER_PASSED_SCREEN : AST_PRES_NUMBER_NOT_AVAILABLE;
}

struct ast_channel* skype_channel_attach(struct pbx_channel* channel,
                                         const struct skype_channel_plan* plan) {
  struct ast_format* format = skype_format(plan->codecs[0]);
  struct ast_channel* chan =
      ast_channel_alloc(1, plan->state, plan->number, plan->name, plan->accountcode, plan->exten,
                        plan->context, plan->assigned, plan->requestor, 0, "Skype/%s-%08x",
                        plan->account, (unsigned)ast_atomic_fetchadd_int(&channel_number, 1));

  if (!chan) {
    return NULL;
  }
  ast_channel_stage_snapshot(chan);
  ast_channel_tech_set(chan, &skype_tech);
  ao2_ref(channel, +1);
  channel->owner = chan;
  ast_channel_tech_pvt_set(chan, channel);
  skype_set_native_formats(chan, plan->codecs);
  ast_channel_set_writeformat(chan, format);
  ast_channel_set_rawwriteformat(chan, format);
  ast_channel_set_readformat(chan, format);
  ast_channel_set_rawreadformat(chan, format);
  ast_channel_set_fd(chan, 0, ast_rtp_instance_fd(channel->rtp, 0));
  ast_channel_set_fd(chan, 1, ast_rtp_instance_fd(channel->rtp, 1));
  ast_rtp_instance_set_channel_id(channel->rtp, ast_channel_uniqueid(chan));
  present_caller(chan);
  if (plan->state == AST_STATE_RING) {
    ast_channel_rings_set(chan, 1);
    ast_channel_dialed(chan)->number.str = ast_strdup(plan->exten);
  }
  /* The far ends are anybody: their states would fill the cache for ever. */
  ast_set_flag(ast_channel_flags(chan), AST_FLAG_DISABLE_DEVSTATE_CACHE);
  ast_channel_stage_snapshot_done(chan);
  ast_channel_unlock(chan);
  return chan;
}

void skype_channel_detach(struct pbx_channel* channel) {
  struct ast_rtp_instance* rtp;

  skype_translation_give_back(&channel->g729);
  ao2_lock(channel);
  channel->owner = NULL;
  rtp = channel->rtp;
  channel->rtp = NULL;
  ao2_unlock(channel);
  if (rtp) {
    skype_rtp_end(rtp);
  }
}

void skype_channel_setvar(void* chan, const char* assignment) {
  char* name = ast_strdup(assignment);
  const char* parenthesis;
  char* equals;

  if (!name) {
    return;
  }
  /* The arguments of a function may hold an equals sign of their own. */
  equals = strchr(name, '=');
  parenthesis = strchr(name, '(');
  if (equals && parenthesis && parenthesis < equals) {
    equals = strstr(name, ")=");
    equals = equals ? equals + 1 : NULL;
  }
  if (equals) {
    *equals = '\0';
    pbx_builtin_setvar_helper(chan, name, equals + 1);
  } else {
    ast_log(LOG_WARNING, "%s: setvar=%s is no assignment\n", ast_channel_name(chan), assignment);
  }
  ast_free(name);
}

/* Asterisk's channel with a reference, or NULL when it is gone. */
static struct ast_channel* owner_of(struct pbx_channel* channel) {
  struct ast_channel* owner;

  ao2_lock(channel);
  owner = channel->owner ? ast_channel_ref(channel->owner) : NULL;
  ao2_unlock(channel);
  return owner;
}

/* The RTP instance with a reference, or NULL when it is gone. */
static struct ast_rtp_instance* rtp_of(struct pbx_channel* channel) {
  struct ast_rtp_instance* rtp;

  ao2_lock(channel);
  rtp = channel->rtp ? ao2_bump(channel->rtp) : NULL;
  ao2_unlock(channel);
  return rtp;
}

/* NULL when Asterisk has no room for the channel. */
static struct ast_channel* attach_incoming(struct pbx_channel* channel,
                                           const struct pbx_incoming* incoming) {
  const enum pbx_codec codecs[PBX_MAX_CODECS] = {incoming->media.codec};
  const struct skype_channel_plan plan = {
      .state = AST_STATE_RING,
      .codecs = codecs,
      .account = incoming->account,
      .accountcode = incoming->accountcode,
      .number = incoming->caller_number,
      .name = incoming->caller_name,
      .context = incoming->context,
      .exten = incoming->exten,
  };
  struct ast_channel* chan;
  size_t i;

  ast_copy_string(channel->mohinterpret, S_OR(incoming->mohinterpret, ""),
                  sizeof(channel->mohinterpret));
  ast_copy_string(channel->mohsuggest, S_OR(incoming->mohsuggest, ""), sizeof(channel->mohsuggest));
  skype_rtp_send_to(channel->rtp, &incoming->media.engine);
  chan = skype_channel_attach(channel, &plan);
  for (i = 0; chan && i < incoming->setvar_count; ++i) {
    skype_channel_setvar(chan, incoming->setvar[i]);
  }
  return chan;
}

struct pbx_channel* skype_host_channel_start(void* pbx, const struct pbx_incoming* incoming,
                                             struct pbx_address* local, enum pbx_cause* cause) {
  struct pbx_channel* channel;
  struct ast_channel* chan;

  *cause = PBX_CAUSE_CONGESTION;
  if (ast_shutting_down()) {
    ast_log(LOG_NOTICE, "Skype call to %s refused: Asterisk is being stopped\n", incoming->account);
    return NULL;
  }
  if (!ast_exists_extension(NULL, incoming->context, incoming->exten, 1, incoming->caller_number)) {
    *cause = PBX_CAUSE_UNALLOCATED;
    return NULL;
  }
  channel = skype_channel_new(incoming->call, 1, incoming->rtp_address, local);
  if (!channel) {
    return NULL;
  }
  channel->codec = incoming->media.codec;
  if (channel->codec == PBX_CODEC_G729 && skype_translation_take(&channel->g729)) {
    *cause = PBX_CAUSE_BEARER_NOT_AVAILABLE;
    ao2_ref(channel, -1);
    return NULL;
  }
  chan = attach_incoming(channel, incoming);
  if (!chan) {
    ao2_ref(channel, -1);
    return NULL;
  }
  switch (ast_pbx_start(chan)) {
    case AST_PBX_SUCCESS:
      return channel;
    case AST_PBX_CALL_LIMIT:
      ast_log(LOG_WARNING, "Skype call to %s refused: maxcalls is reached\n", incoming->account);
      break;
    default:
      ast_log(LOG_ERROR, "Skype call to %s refused: its dialplan cannot be started\n",
              incoming->account);
      break;
  }
  ast_channel_hangupcause_set(chan, AST_CAUSE_CONGESTION);
  ast_hangup(chan);
  ao2_ref(channel, -1);
  return NULL;
}

static void show_ringing(struct ast_channel* owner) {
  ast_queue_control(owner, AST_CONTROL_RINGING);
  ast_channel_lock(owner);
  if (ast_channel_state(owner) != AST_STATE_UP) {
    ast_setstate(owner, AST_STATE_RINGING);
  }
  ast_channel_unlock(owner);
}

void skype_host_channel_control(void* pbx, struct pbx_channel* channel, enum pbx_control control) {
  struct ast_channel* owner = owner_of(channel);

  if (!owner) {
    return;
  }
  switch (control) {
    case PBX_CONTROL_RINGING:
      show_ringing(owner);
      break;
    case PBX_CONTROL_ANSWERED:
      ast_queue_control(owner, AST_CONTROL_ANSWER);
      break;
    case PBX_CONTROL_BUSY:
      ast_queue_control(owner, AST_CONTROL_BUSY);
      break;
    case PBX_CONTROL_CONGESTION:
      ast_queue_control(owner, AST_CONTROL_CONGESTION);
      break;
    case PBX_CONTROL_PROGRESS:
      ast_queue_control(owner, AST_CONTROL_PROGRESS);
      break;
    case PBX_CONTROL_HOLD:
      ast_queue_hold(owner, channel->mohsuggest);
      break;
    case PBX_CONTROL_UNHOLD:
      ast_queue_unhold(owner);
      break;
  }
  ast_channel_unref(owner);
}

/* The call is in this codec from now on; its channel is locked. -1 when that cannot be. */
static int settle_codec(struct pbx_channel* channel, enum pbx_codec codec) {
  channel->codec = codec;
  if (codec != PBX_CODEC_G729) {
    skype_translation_give_back(&channel->g729);
    return 0;
  }
  /* There is one, unless the far end spoke something else at first. */
  return channel->g729.decoder ? 0 : skype_translation_take(&channel->g729);
}

void skype_host_channel_media(void* pbx, struct pbx_channel* channel,
                              const struct pbx_media* media) {
  struct ast_channel* owner = owner_of(channel);
  struct ast_rtp_instance* rtp = rtp_of(channel);

  if (owner && rtp) {
    const enum pbx_codec codecs[PBX_MAX_CODECS] = {media->codec};

    int cannot;

    skype_rtp_send_to(rtp, &media->engine);
    ast_channel_lock(owner);
    cannot = settle_codec(channel, media->codec);
    skype_set_native_formats(owner, codecs);
    /* Asterisk finds its translations anew from what the channel speaks now. */
    ast_set_read_format(owner, ast_channel_readformat(owner));
    ast_set_write_format(owner, ast_channel_writeformat(owner));
    ast_channel_unlock(owner);
    if (cannot) {
      ast_log(LOG_WARNING, "%s: no translation of G.729 is left\n", ast_channel_name(owner));
      ast_queue_hangup_with_cause(owner, AST_CAUSE_BEARERCAPABILITY_NOTAVAIL);
    }
  }
  ao2_cleanup(rtp);
  ast_channel_cleanup(owner);
}

/* For HANGUPCAUSE(). */
static void queue_reason(struct ast_channel* owner, enum pbx_cause cause, const char* reason) {
  struct ast_control_pvt_cause_code* code;
  const size_t length = sizeof(*code) + strlen("SKYPE ") + strlen(reason);

  code = ast_calloc(1, length);
  if (!code) {
    return;
  }
  ast_channel_lock(owner);
  ast_copy_string(code->chan_name, ast_channel_name(owner), sizeof(code->chan_name));
  code->ast_cause = cause;
  sprintf(code->code, "SKYPE %s", reason); /* `length` counts it, with its end */
  ast_channel_hangupcause_hash_set(owner, code, length);
  ast_channel_unlock(owner);
  ast_queue_control_data(owner, AST_CONTROL_PVT_CAUSE_CODE, code, length);
  ast_free(code);
}

void skype_host_channel_hangup(void* pbx, struct pbx_channel* channel, enum pbx_cause cause,
                               const char* reason) {
  struct ast_channel* owner = owner_of(channel);
  int calling;

  if (!owner) {
    return;
  }
  queue_reason(owner, cause, reason);
  ast_channel_lock(owner);
  ast_channel_hangupcause_set(owner, cause);
  calling = !channel->incoming && ast_channel_state(owner) != AST_STATE_UP;
  ast_channel_unlock(owner);
  /* A queued hangup would overtake the frame: whoever dials hangs up when it gets one of these. */
  if (calling && (cause == PBX_CAUSE_USER_BUSY || cause == PBX_CAUSE_CALL_REJECTED)) {
    ast_queue_control(owner, AST_CONTROL_BUSY);
  } else if (calling && (cause == PBX_CAUSE_CONGESTION || cause == PBX_CAUSE_SWITCH_CONGESTION ||
                         cause == PBX_CAUSE_NETWORK_OUT_OF_ORDER)) {
    ast_queue_control(owner, AST_CONTROL_CONGESTION);
  } else {
    ast_queue_hangup_with_cause(owner, cause);
  }
  ast_channel_unref(owner);
}

void skype_host_channel_digit_begin(void* pbx, struct pbx_channel* channel, char digit) {
  struct ast_rtp_instance* rtp = rtp_of(channel);

  if (rtp) {
    ast_rtp_instance_dtmf_begin(rtp, digit);
    ao2_ref(rtp, -1);
  }
}

void skype_host_channel_digit_end(void* pbx, struct pbx_channel* channel, char digit,
                                  unsigned duration_ms) {
  struct ast_rtp_instance* rtp = rtp_of(channel);

  if (rtp) {
    ast_rtp_instance_dtmf_end_with_duration(rtp, digit, duration_ms);
    ao2_ref(rtp, -1);
  }
}

void skype_host_channel_release(void* pbx, struct pbx_channel* channel) { ao2_ref(channel, -1); }

/* The strings stay the caller's. */
static void name_party(struct ast_party_id* id, const char* number, const char* name) {
  id->number.valid = 1;
  id->number.str = (char*)number;
  id->number.presentation = AST_PRES_ALLOWED_USER_NUMBER_PASSED_SCREEN;
  id->name.valid = !ast_strlen_zero(name);
  id->name.str = (char*)name;
}

void skype_host_channel_party(void* pbx, struct pbx_channel* channel, const char* number,
                              const char* name) {
  struct ast_channel* owner = owner_of(channel);
  const struct ast_set_party_connected_line update = {.id = {.name = 1, .number = 1}};
  const struct ast_set_party_caller update_caller = {.id = {.name = 1, .number = 1}};
  struct ast_party_connected_line connected;
  struct ast_party_caller caller;

  if (!owner) {
    return;
  }
  ast_party_caller_init(&caller);
  name_party(&caller.id, number, name);
  ast_channel_set_caller_event(owner, &caller, &update_caller);
  ast_party_connected_line_init(&connected);
  name_party(&connected.id, number, name);
  ast_channel_lock(owner);
  connected.source = ast_channel_state(owner) == AST_STATE_UP
                         ? AST_CONNECTED_LINE_UPDATE_SOURCE_TRANSFER
                         : AST_CONNECTED_LINE_UPDATE_SOURCE_ANSWER;
  ast_channel_unlock(owner);
  ast_channel_queue_connected_line_update(owner, &connected, &update);
  ast_channel_unref(owner);
}

void skype_host_channel_text(void* pbx, struct pbx_channel* channel, const char* text) {
  struct ast_channel* owner = owner_of(channel);
  struct ast_frame frame = {.frametype = AST_FRAME_TEXT,
                            .src = "Skype",
                            .data.ptr = (void*)text,
                            /* Asterisk's applications read on to the end of the string. */
                            .datalen = strlen(text) + 1};

  if (owner) {
    ast_queue_frame(owner, &frame);
    ast_channel_unref(owner);
  }
}

void skype_host_channel_transferred(void* pbx, struct pbx_channel* channel, int done) {
  struct ast_channel* owner = owner_of(channel);
  const enum ast_control_transfer result = done ? AST_TRANSFER_SUCCESS : AST_TRANSFER_FAILED;

  if (owner) {
    ast_queue_control_data(owner, AST_CONTROL_TRANSFER, &result, sizeof(result));
    ast_channel_unref(owner);
  }
}
