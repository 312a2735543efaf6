/*
 * pbx_channel: its life, its RTP, and what the core does to channels from its own thread.
 */
#include "asterisk.h"

#include <stdio.h>
#include <string.h>

#include "asterisk/causes.h"
#include "asterisk/format_cache.h"
#include "asterisk/netsock2.h"
#include "asterisk/pbx.h"
#include "asterisk/stasis_channels.h"
#include "chan_skype/chan_skype_adapter.h"

/* The payload type on which the engine sends and expects RFC 4733 events. */
#define TELEPHONE_EVENT_PAYLOAD 101

struct ast_sched_context* skype_sched;
static int channel_number;

struct ast_format* skype_format(enum pbx_codec codec) {
  return codec == PBX_CODEC_ALAW ? ast_format_alaw : ast_format_ulaw;
}

static void to_sockaddr(uint32_t ipv4, uint16_t port, struct ast_sockaddr* address) {
  struct sockaddr_in in;

  memset(&in, 0, sizeof(in));
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(ipv4);
  in.sin_port = htons(port);
  ast_sockaddr_from_sin(address, &in);
}

static void destroy_channel(void* object) {
  struct pbx_channel* channel = object;

  if (channel->rtp) {
    ast_rtp_instance_stop(channel->rtp);
    ast_rtp_instance_destroy(channel->rtp);
  }
}

static struct ast_rtp_instance* new_rtp(uint32_t ipv4) {
  struct ast_sockaddr address;
  struct ast_rtp_instance* rtp;
  struct ast_rtp_engine_ice* ice;
  struct ast_rtp_codecs* codecs;

  to_sockaddr(ipv4, 0, &address);
  rtp = ast_rtp_instance_new("asterisk", skype_sched, &address, NULL);
  if (!rtp) {
    return NULL;
  }
  ice = ast_rtp_instance_get_ice(rtp);
  if (ice) {
    ice->stop(rtp);
  }
  ast_rtp_instance_set_prop(rtp, AST_RTP_PROPERTY_RTCP, AST_RTP_INSTANCE_RTCP_STANDARD);
  ast_rtp_instance_set_prop(rtp, AST_RTP_PROPERTY_DTMF, 1);
  ast_rtp_instance_dtmf_mode_set(rtp, AST_RTP_DTMF_MODE_RFC2833);
  codecs = ast_rtp_instance_get_codecs(rtp);
  ast_rtp_codecs_payloads_set_m_type(codecs, rtp, 0); /* RFC 3551: PCMU */
  ast_rtp_codecs_payloads_set_m_type(codecs, rtp, 8); /* PCMA */
  ast_rtp_codecs_payloads_set_m_type(codecs, rtp, TELEPHONE_EVENT_PAYLOAD);
  ast_rtp_codecs_payloads_set_rtpmap_type_rate(codecs, rtp, TELEPHONE_EVENT_PAYLOAD, "audio",
                                               "telephone-event", 0, 8000);
  /* The calls above are about sending. Receiving needs no word for the static types; for events it
   * takes the number that Asterisk itself would offer, which is the same. */
  if (ast_rtp_codecs_payload_code(codecs, 0, NULL, AST_RTP_DTMF) != TELEPHONE_EVENT_PAYLOAD) {
    ast_log(LOG_WARNING, "digits from Skype will not be heard: RTP payload type %d is taken\n",
            TELEPHONE_EVENT_PAYLOAD);
  }
#if SKYPE_ASTERISK_MAJOR >= 22
  /* A digit before the first audio frame is sent as this; as payload type 0 otherwise. */
  ast_rtp_codecs_set_preferred_dtmf_format(codecs, TELEPHONE_EVENT_PAYLOAD, 8000);
#endif
  return rtp;
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
  channel->rtp = new_rtp(rtp_address);
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

static void set_formats(struct ast_channel* chan, struct ast_format* format) {
  struct ast_format_cap* native = ast_format_cap_alloc(AST_FORMAT_CAP_FLAG_DEFAULT);

  if (native) {
    ast_format_cap_append(native, format, 0);
    ast_channel_nativeformats_set(chan, native);
    ao2_ref(native, -1);
  }
}

struct ast_channel* skype_channel_attach(struct pbx_channel* channel, enum ast_channel_state state,
                                         enum pbx_codec codec, const char* account,
                                         const char* accountcode, const char* number,
                                         const char* name, const char* context, const char* exten,
                                         const struct ast_assigned_ids* assigned,
                                         const struct ast_channel* requestor) {
  struct ast_format* format = skype_format(codec);
  struct ast_channel* chan = ast_channel_alloc(
      1, state, number, name, accountcode, exten, context, assigned, requestor, 0, "Skype/%s-%08x",
      account, (unsigned)ast_atomic_fetchadd_int(&channel_number, 1));

  if (!chan) {
    return NULL;
  }
  ast_channel_stage_snapshot(chan);
  ast_channel_tech_set(chan, &skype_tech);
  ao2_ref(channel, +1);
  channel->owner = chan;
  ast_channel_tech_pvt_set(chan, channel);
  set_formats(chan, format);
  ast_channel_set_writeformat(chan, format);
  ast_channel_set_rawwriteformat(chan, format);
  ast_channel_set_readformat(chan, format);
  ast_channel_set_rawreadformat(chan, format);
  ast_channel_set_fd(chan, 0, ast_rtp_instance_fd(channel->rtp, 0));
  ast_channel_set_fd(chan, 1, ast_rtp_instance_fd(channel->rtp, 1));
  ast_rtp_instance_set_channel_id(channel->rtp, ast_channel_uniqueid(chan));
  if (state == AST_STATE_RING) {
    ast_channel_rings_set(chan, 1);
  }
  /* The far ends are anybody: their states would fill the cache for ever. */
  ast_set_flag(ast_channel_flags(chan), AST_FLAG_DISABLE_DEVSTATE_CACHE);
  ast_channel_stage_snapshot_done(chan);
  ast_channel_unlock(chan);
  return chan;
}

void skype_channel_detach(struct pbx_channel* channel) {
  struct ast_rtp_instance* rtp;

  ao2_lock(channel);
  channel->owner = NULL;
  rtp = channel->rtp;
  channel->rtp = NULL;
  ao2_unlock(channel);
  if (rtp) {
    ast_rtp_instance_stop(rtp);
    ast_rtp_instance_destroy(rtp);
  }
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

static void send_audio_to(struct ast_rtp_instance* rtp, const struct pbx_address* engine) {
  struct ast_sockaddr address;

  to_sockaddr(engine->ipv4, engine->port, &address);
  ast_rtp_instance_set_remote_address(rtp, &address);
  ast_rtp_instance_activate(rtp);
}

struct pbx_channel* skype_host_channel_start(void* pbx, const struct pbx_incoming* incoming,
                                             struct pbx_address* local, enum pbx_cause* cause) {
  struct pbx_channel* channel;
  struct ast_channel* chan;

  if (!ast_exists_extension(NULL, incoming->context, incoming->exten, 1, incoming->caller_number)) {
    *cause = PBX_CAUSE_UNALLOCATED;
    return NULL;
  }
  *cause = PBX_CAUSE_CONGESTION;
  channel = skype_channel_new(incoming->call, 1, incoming->rtp_address, local);
  if (!channel) {
    return NULL;
  }
  send_audio_to(channel->rtp, &incoming->media.engine);
  chan = skype_channel_attach(channel, AST_STATE_RING, incoming->media.codec, incoming->account,
                              incoming->accountcode, incoming->caller_number, incoming->caller_name,
                              incoming->context, incoming->exten, NULL, NULL);
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

void skype_host_channel_control(void* pbx, struct pbx_channel* channel, enum pbx_control control) {
  struct ast_channel* owner = owner_of(channel);

  if (!owner) {
    return;
  }
  switch (control) {
    case PBX_CONTROL_RINGING:
      ast_queue_control(owner, AST_CONTROL_RINGING);
      ast_channel_lock(owner);
      if (ast_channel_state(owner) != AST_STATE_UP) {
        ast_setstate(owner, AST_STATE_RINGING);
      }
      ast_channel_unlock(owner);
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
  }
  ast_channel_unref(owner);
}

void skype_host_channel_media(void* pbx, struct pbx_channel* channel,
                              const struct pbx_media* media) {
  struct ast_channel* owner = owner_of(channel);
  struct ast_rtp_instance* rtp = rtp_of(channel);

  if (owner && rtp) {
    struct ast_format* format = skype_format(media->codec);

    send_audio_to(rtp, &media->engine);
    ast_channel_lock(owner);
    set_formats(owner, format);
    /* Asterisk finds its translations anew from what the channel speaks now. */
    ast_set_read_format(owner, ast_channel_readformat(owner));
    ast_set_write_format(owner, ast_channel_writeformat(owner));
    ast_channel_unlock(owner);
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
  if (calling && cause == PBX_CAUSE_USER_BUSY) {
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
