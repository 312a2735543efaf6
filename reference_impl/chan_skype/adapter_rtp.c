/*
 * The audio of a Skype channel: RTP between Asterisk and the engine, and what codecs it can be in.
 */
#include "asterisk.h"

#include <string.h>

#include "asterisk/format_cache.h"
#include "asterisk/netsock2.h"
#include "asterisk/translate.h"
#include "chan_skype/chan_skype_adapter.h"

/* The payload type on which the engine sends and expects RFC 4733 events. */
#define TELEPHONE_EVENT_PAYLOAD 101

struct ast_sched_context* skype_sched;

struct ast_format* skype_format(enum pbx_codec codec) {
  switch (codec) {
    case PBX_CODEC_ALAW:
      return ast_format_alaw;
    case PBX_CODEC_G729:
      /* What its translation gives and takes. */
      return ast_format_slin;
    default:
      return ast_format_ulaw;
  }
}

/* Asked in this way, Asterisk does not complain about a codec that it has never translated. */
static int can_translate(struct ast_format* to, struct ast_format* from) {
  struct ast_format_cap* targets = ast_format_cap_alloc(AST_FORMAT_CAP_FLAG_DEFAULT);
  struct ast_format_cap* sources = ast_format_cap_alloc(AST_FORMAT_CAP_FLAG_DEFAULT);
  struct ast_format* target = NULL;
  struct ast_format* source = NULL;
  int result = 0;

  if (targets && sources) {
    ast_format_cap_append(targets, to, 0);
    ast_format_cap_append(sources, from, 0);
    result = !ast_translator_best_choice(targets, sources, &target, &source);
  }
  ao2_cleanup(target);
  ao2_cleanup(source);
  ao2_cleanup(targets);
  ao2_cleanup(sources);
  return result;
}

int skype_host_can_use_codec(void* pbx, enum pbx_codec codec) {
  switch (codec) {
    case PBX_CODEC_ULAW:
    case PBX_CODEC_ALAW:
      return 1;
    case PBX_CODEC_G729:
      /* Manual 3: only with codec_g729a.so, never by passing it through. */
      return can_translate(ast_format_slin, ast_format_g729) &&
             can_translate(ast_format_g729, ast_format_slin);
    default:
      return 0;
  }
}

/* Only taking one tells whether a licensed channel is left: a translator whose channels are all in
 * use is still there for Asterisk, and refuses when it is needed. Taken before the answer and kept
 * to the end, nothing has to be asked, and nobody else can take it in between. */
int skype_translation_take(struct skype_translation* translation) {
  if (!skype_host_can_use_codec(NULL, PBX_CODEC_G729)) {
    return -1;
  }
  translation->decoder = ast_translator_build_path(ast_format_slin, ast_format_g729);
  translation->encoder = ast_translator_build_path(ast_format_g729, ast_format_slin);
  if (translation->decoder && translation->encoder) {
    return 0;
  }
  skype_translation_give_back(translation);
  return -1;
}

void skype_translation_give_back(struct skype_translation* translation) {
  if (translation->decoder) {
    ast_translator_free_path(translation->decoder);
    translation->decoder = NULL;
  }
  if (translation->encoder) {
    ast_translator_free_path(translation->encoder);
    translation->encoder = NULL;
  }
}

static void to_sockaddr(uint32_t ipv4, uint16_t port, struct ast_sockaddr* address) {
  struct sockaddr_in in;

  memset(&in, 0, sizeof(in));
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(ipv4);
  in.sin_port = htons(port);
  ast_sockaddr_from_sin(address, &in);
}

struct ast_rtp_instance* skype_rtp_new(uint32_t ipv4) {
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
  ast_rtp_codecs_payloads_set_m_type(codecs, rtp, 0);  /* RFC 3551: PCMU */
  ast_rtp_codecs_payloads_set_m_type(codecs, rtp, 8);  /* PCMA */
  ast_rtp_codecs_payloads_set_m_type(codecs, rtp, 18); /* G729 */
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

void skype_rtp_end(struct ast_rtp_instance* rtp) {
  ast_rtp_instance_stop(rtp);
  ast_rtp_instance_destroy(rtp);
}

void skype_rtp_send_to(struct ast_rtp_instance* rtp, const struct pbx_address* engine) {
  struct ast_sockaddr address;

  to_sockaddr(engine->ipv4, engine->port, &address);
  ast_rtp_instance_set_remote_address(rtp, &address);
  ast_rtp_instance_activate(rtp);
}

void skype_set_native_formats(struct ast_channel* chan, const enum pbx_codec* codecs) {
  struct ast_format_cap* native = ast_format_cap_alloc(AST_FORMAT_CAP_FLAG_DEFAULT);
  size_t i;

  if (!native) {
    return;
  }
  for (i = 0; i < PBX_MAX_CODECS && codecs[i] != PBX_CODEC_NONE; ++i) {
    ast_format_cap_append(native, skype_format(codecs[i]), 0);
  }
  ast_channel_nativeformats_set(chan, native);
  ao2_ref(native, -1);
}
