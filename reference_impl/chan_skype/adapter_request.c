/*
 * The requester of the technology `Skype`: Dial(Skype/[<originator>@]<destination>), Originate.
 */
#include "asterisk.h"

#include <string.h>

#include "asterisk/causes.h"
#include "asterisk/format.h"
#include "asterisk/format_cache.h"
#include "chan_skype/chan_skype_adapter.h"

static const enum pbx_codec our_codecs[] = {PBX_CODEC_ULAW, PBX_CODEC_ALAW, PBX_CODEC_G729};

static int is(struct ast_format* format, struct ast_format* other) {
  return ast_format_cmp(format, other) != AST_FORMAT_CMP_NOT_EQUAL;
}

static enum pbx_codec codec_of(struct ast_format* format) {
  if (is(format, ast_format_ulaw)) {
    return PBX_CODEC_ULAW;
  }
  if (is(format, ast_format_alaw)) {
    return PBX_CODEC_ALAW;
  }
  return is(format, ast_format_g729) ? PBX_CODEC_G729 : PBX_CODEC_NONE;
}

static size_t add_codec(enum pbx_codec codec, int g729, enum pbx_codec* codecs, size_t count) {
  size_t i;

  if (codec == PBX_CODEC_NONE || (codec == PBX_CODEC_G729 && !g729)) {
    return count;
  }
  for (i = 0; i < count; ++i) {
    if (codecs[i] == codec) {
      return count;
    }
  }
  codecs[count] = codec;
  return count + 1;
}

/* What the requester can use: first what it speaks, in its order, then what Asterisk translates.
 * `g729`: whether a translation of that has been taken. */
static void list_codecs(const struct ast_format_cap* cap, int g729, enum pbx_codec* codecs) {
  size_t count = 0;
  size_t i;

  memset(codecs, 0, PBX_MAX_CODECS * sizeof(*codecs));
  for (i = 0; i < ast_format_cap_count(cap); ++i) {
    struct ast_format* format = ast_format_cap_get_format(cap, (int)i);

    count = add_codec(codec_of(format), g729, codecs, count);
    ao2_ref(format, -1);
  }
  for (i = 0; i < ARRAY_LEN(our_codecs); ++i) {
    count = add_codec(our_codecs[i], g729, codecs, count);
  }
}

/* admission, with what functions have left on the dialling channel. */
static int admit(const char* addr, const enum pbx_codec* codecs,
                 const struct ast_channel* requestor, struct skype_admitted* admitted, int* cause) {
  struct ast_channel* dialling = (struct ast_channel*)requestor;
  struct skype_kept_state* kept = NULL;
  enum pbx_cause refusal = PBX_CAUSE_NETWORK_OUT_OF_ORDER;
  struct skype_core* core;
  int result = -1;

  if (dialling) {
    ast_channel_lock(dialling);
    kept = skype_kept_state_of(dialling);
    ast_channel_unlock(dialling);
  }
  core = skype_core_enter();
  if (core) {
    result = skype_driver_table->request(core, addr, codecs, skype_kept_state_get(kept), admitted,
                                         &refusal);
  }
  skype_core_leave();
  ao2_cleanup(kept);
  if (result) {
    *cause = refusal;
  }
  return result;
}

static int may_be(const struct skype_admitted* admitted, enum pbx_codec codec) {
  size_t i;

  for (i = 0; i < PBX_MAX_CODECS && admitted->codecs[i] != PBX_CODEC_NONE; ++i) {
    if (admitted->codecs[i] == codec) {
      return 1;
    }
  }
  return 0;
}

/* Takes the translation out of `g729` when the call may need it. */
static struct ast_channel* make_channel(const struct skype_admitted* admitted,
                                        struct skype_translation* g729,
                                        const struct ast_assigned_ids* assignedids,
                                        const struct ast_channel* requestor) {
  const struct skype_channel_plan plan = {
      .state = AST_STATE_DOWN,
      .codecs = admitted->codecs,
      .account = admitted->account,
      .accountcode = admitted->accountcode,
      /* Whoever dials learns from here who is at the other end. */
      .number = admitted->callee,
      .name = "",
      .context = "",
      .exten = "",
      .assigned = assignedids,
      .requestor = requestor,
  };
  struct skype_core* core = skype_core_of_call();
  struct pbx_address local;
  struct ast_channel* chan;
  struct pbx_channel* channel = skype_channel_new(admitted->call, 0, admitted->rtp_address, &local);

  if (!channel) {
    return NULL;
  }
  if (may_be(admitted, PBX_CODEC_G729)) {
    channel->g729 = *g729;
    memset(g729, 0, sizeof(*g729));
  }
  ast_copy_string(channel->mohinterpret, admitted->mohinterpret, sizeof(channel->mohinterpret));
  ast_copy_string(channel->mohsuggest, admitted->mohsuggest, sizeof(channel->mohsuggest));
  chan = skype_channel_attach(channel, &plan);
  if (!chan) {
    ao2_ref(channel, -1);
    return NULL;
  }
  /* Our reference becomes the core's. */
  skype_driver_table->bind(core, admitted->call, channel, &local);
  skype_driver_table->each_setvar(core, admitted->call, skype_channel_setvar, chan);
  return chan;
}

struct ast_channel* skype_request(const char* type, struct ast_format_cap* cap,
                                  const struct ast_assigned_ids* assignedids,
                                  const struct ast_channel* requestor, const char* addr,
                                  int* cause) {
  enum pbx_codec codecs[PBX_MAX_CODECS];
  struct skype_translation g729 = {NULL, NULL};
  struct skype_admitted admitted;
  struct ast_channel* chan;

  list_codecs(cap, !skype_translation_take(&g729), codecs);
  if (admit(addr, codecs, requestor, &admitted, cause)) {
    skype_translation_give_back(&g729);
    return NULL;
  }
  /* From here on the admitted call keeps the core. */
  chan = make_channel(&admitted, &g729, assignedids, requestor);
  skype_translation_give_back(&g729);
  if (!chan) {
    skype_driver_table->hangup(skype_core_of_call(), admitted.call, PBX_CAUSE_CONGESTION);
    *cause = AST_CAUSE_CONGESTION;
  }
  return chan;
}
