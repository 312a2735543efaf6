/*
 * codec_g729a.so: translates between G.729 Annex A and signed linear with Belledonne's bcg729, so
 * that Skype calls may use G.729 (manual 3). A local build only: see README.md.
 *
 * The channels of registered Skype for Asterisk licences are its licensed channels. One of them
 * pays for an encoder and a decoder, whoever uses them: as many are taken as there are of the two,
 * of whichever there are more. Asterisk does not tell a translator which channel it is for.
 */
#include "asterisk.h"

#include <stdlib.h>
#include <string.h>

#include <bcg729/decoder.h>
#include <bcg729/encoder.h>

#include "asterisk/ast_version.h"
#include "asterisk/cli.h"
#include "asterisk/format_cache.h"
#include "asterisk/frame.h"
#include "asterisk/linkedlists.h"
#include "asterisk/lock.h"
#include "asterisk/logger.h"
#include "asterisk/module.h"
#include "asterisk/translate.h"
#include "asterisk/utils.h"
#include "res_skypeforasterisk/module_api.h"

/* ITU-T G.729: 10 ms at 8 kHz become 80 bits; Annex B: a silence descriptor is 15 bits long. */
#define FRAME_SAMPLES 80
#define FRAME_BYTES 10
#define SILENCE_BYTES 2
/* The longest frame that Asterisk hands over. */
#define BUFFER_SAMPLES 8000

/* How many there are of each; under the lock. */
AST_MUTEX_DEFINE_STATIC(count_lock);
static int encoders;
static int decoders;
/* While Asterisk measures what a new translator costs: that is no call, and is not counted. */
static int measuring;

/* One more of `count`, unless `counted` comes back false. -1 when no licensed channel is left. */
static int take(int* count, int* counted) {
  int result = 0;

  ast_mutex_lock(&count_lock);
  *counted = !measuring;
  if (*counted && *count + 1 > MAX(encoders, decoders) && !sfa_g729_acquire()) {
    result = -1;
  }
  if (*counted && !result) {
    ++*count;
  }
  ast_mutex_unlock(&count_lock);
  if (result) {
    ast_log(LOG_NOTICE, "no translation of G.729: all %d licensed channels are in use\n",
            sfa_g729_licensed());
  }
  return result;
}

static void give_back(int* count, int counted) {
  int most;

  if (!counted) {
    return;
  }
  ast_mutex_lock(&count_lock);
  most = MAX(encoders, decoders);
  --*count;
  if (MAX(encoders, decoders) < most) {
    sfa_g729_release();
  }
  ast_mutex_unlock(&count_lock);
}

struct encoder {
  bcg729EncoderChannelContextStruct* context;
  int counted;
  int16_t waiting[BUFFER_SAMPLES]; /* pvt->samples of them */
};

struct decoder {
  bcg729DecoderChannelContextStruct* context;
  int counted;
};

static int new_encoder(struct ast_trans_pvt* pvt) {
  struct encoder* encoder = pvt->pvt;

  if (take(&encoders, &encoder->counted)) {
    return -1;
  }
  encoder->context = initBcg729EncoderChannel(0);
  if (!encoder->context) {
    give_back(&encoders, encoder->counted);
    return -1;
  }
  return 0;
}

static void destroy_encoder(struct ast_trans_pvt* pvt) {
  struct encoder* encoder = pvt->pvt;

  if (encoder->context) {
    closeBcg729EncoderChannel(encoder->context);
    give_back(&encoders, encoder->counted);
  }
}

static int take_linear(struct ast_trans_pvt* pvt, struct ast_frame* frame) {
  struct encoder* encoder = pvt->pvt;

  if (pvt->samples + frame->samples > BUFFER_SAMPLES) {
    ast_log(LOG_WARNING, "%d samples of audio for G.729 lost\n", frame->samples);
    return -1;
  }
  memcpy(encoder->waiting + pvt->samples, frame->data.ptr,
         (size_t)frame->samples * sizeof(encoder->waiting[0]));
  pvt->samples += frame->samples;
  return 0;
}

/* All that is complete, as one frame. */
static struct ast_frame* give_g729(struct ast_trans_pvt* pvt) {
  struct encoder* encoder = pvt->pvt;
  const int frames = pvt->samples / FRAME_SAMPLES;
  const int encoded = frames * FRAME_SAMPLES;
  int i;

  if (!frames) {
    return NULL;
  }
  for (i = 0; i < frames; ++i) {
    uint8_t length = 0;

    bcg729Encoder(encoder->context, encoder->waiting + i * FRAME_SAMPLES,
                  pvt->outbuf.ui8 + i * FRAME_BYTES, &length);
  }
  pvt->samples -= encoded;
  memmove(encoder->waiting, encoder->waiting + encoded,
          (size_t)pvt->samples * sizeof(encoder->waiting[0]));
  return ast_trans_frameout(pvt, frames * FRAME_BYTES, encoded);
}

static int new_decoder(struct ast_trans_pvt* pvt) {
  struct decoder* decoder = pvt->pvt;

  if (take(&decoders, &decoder->counted)) {
    return -1;
  }
  decoder->context = initBcg729DecoderChannel();
  if (!decoder->context) {
    give_back(&decoders, decoder->counted);
    return -1;
  }
  return 0;
}

static void destroy_decoder(struct ast_trans_pvt* pvt) {
  struct decoder* decoder = pvt->pvt;

  if (decoder->context) {
    closeBcg729DecoderChannel(decoder->context);
    give_back(&decoders, decoder->counted);
  }
}

static void decode(struct ast_trans_pvt* pvt, const uint8_t* bits, int length, int lost) {
  struct decoder* decoder = pvt->pvt;

  bcg729Decoder(decoder->context, bits, (uint8_t)length, (uint8_t)lost, length == SILENCE_BYTES, 0,
                pvt->outbuf.i16 + pvt->samples);
  pvt->samples += FRAME_SAMPLES;
  pvt->datalen += FRAME_SAMPLES * 2;
}

/* A frame without data stands for lost ones. */
static int take_g729(struct ast_trans_pvt* pvt, struct ast_frame* frame) {
  static const uint8_t nothing[FRAME_BYTES];
  const uint8_t* bits = frame->data.ptr;
  int left = frame->datalen;
  int lost = frame->datalen ? 0 : frame->samples / FRAME_SAMPLES;

  while (left > 0 || lost > 0) {
    const int length = left >= FRAME_BYTES ? FRAME_BYTES : left;

    if (pvt->samples + FRAME_SAMPLES > BUFFER_SAMPLES ||
        (left > 0 && length != FRAME_BYTES && length != SILENCE_BYTES)) {
      ast_log(LOG_WARNING, "%d bytes of G.729 audio make no frame\n", left);
      return -1;
    }
    if (left > 0) {
      decode(pvt, bits, length, 0);
      bits += length;
      left -= length;
    } else {
      decode(pvt, nothing, FRAME_BYTES, 1);
      --lost;
    }
  }
  return 0;
}

/* What Asterisk measures the cost of a translation with: 20 ms. */
static struct ast_frame* linear_sample(void) {
  static int16_t samples[2 * FRAME_SAMPLES];
  static struct ast_frame frame = {
      .frametype = AST_FRAME_VOICE,
      .datalen = sizeof(samples),
      .samples = ARRAY_LEN(samples),
      .src = "codec_g729a",
      .data.ptr = samples,
  };

  frame.subclass.format = ast_format_slin;
  return &frame;
}

static struct ast_frame* g729_sample(void) {
  static uint8_t bits[2 * FRAME_BYTES];
  static struct ast_frame frame = {
      .frametype = AST_FRAME_VOICE,
      .datalen = sizeof(bits),
      .samples = 2 * FRAME_SAMPLES,
      .src = "codec_g729a",
      .data.ptr = bits,
  };

  frame.subclass.format = ast_format_g729;
  return &frame;
}

static struct ast_translator encoding = {
    .name = "lintog729",
    .src_codec = {.name = "slin", .type = AST_MEDIA_TYPE_AUDIO, .sample_rate = 8000},
    .dst_codec = {.name = "g729", .type = AST_MEDIA_TYPE_AUDIO, .sample_rate = 8000},
    .format = "g729",
    .newpvt = new_encoder,
    .framein = take_linear,
    .frameout = give_g729,
    .destroy = destroy_encoder,
    .sample = linear_sample,
    .desc_size = sizeof(struct encoder),
    .buf_size = BUFFER_SAMPLES / FRAME_SAMPLES * FRAME_BYTES,
};

static struct ast_translator decoding = {
    .name = "g729tolin",
    .src_codec = {.name = "g729", .type = AST_MEDIA_TYPE_AUDIO, .sample_rate = 8000},
    .dst_codec = {.name = "slin", .type = AST_MEDIA_TYPE_AUDIO, .sample_rate = 8000},
    .format = "slin",
    .newpvt = new_decoder,
    .framein = take_g729,
    .destroy = destroy_decoder,
    .sample = g729_sample,
    .desc_size = sizeof(struct decoder),
    .buffer_samples = BUFFER_SAMPLES,
    .buf_size = BUFFER_SAMPLES * 2,
    .native_plc = 1,
};

static char* show_licenses(struct ast_cli_entry* e, int cmd, struct ast_cli_args* a) {
  int encoding_now;
  int decoding_now;

  switch (cmd) {
    case CLI_INIT:
      e->command = "g729 show licenses";
      e->usage =
          "Usage: g729 show licenses\n"
          "       Shows how many channels are licensed for G.729, and how many are in use.\n";
      return NULL;
    case CLI_GENERATE:
      return NULL;
    default:
      break;
  }
  if (a->argc != e->args) {
    return CLI_SHOWUSAGE;
  }
  ast_mutex_lock(&count_lock);
  encoding_now = encoders;
  decoding_now = decoders;
  ast_mutex_unlock(&count_lock);
  ast_cli(a->fd, "%d/%d encoders/decoders of %d licensed channels are currently in use\n",
          encoding_now, decoding_now, sfa_g729_licensed());
  return CLI_SUCCESS;
}

static struct ast_cli_entry console[] = {
    AST_CLI_DEFINE(show_licenses, "Show the licensed channels of G.729"),
};

static int unload_module(void) {
  ast_cli_unregister_multiple(console, ARRAY_LEN(console));
  return ast_unregister_translator(&encoding) | ast_unregister_translator(&decoding) ? -1 : 0;
}

/* Asterisk measures what they cost inside. */
static int register_translators(void) {
  int failed;

  ast_mutex_lock(&count_lock);
  measuring = 1;
  ast_mutex_unlock(&count_lock);
  failed = ast_register_translator(&encoding) | ast_register_translator(&decoding);
  ast_mutex_lock(&count_lock);
  measuring = 0;
  ast_mutex_unlock(&count_lock);
  return failed;
}

static int load_module(void) {
  /* Debian's Asterisk 16 and 22 have equal build sums, so Asterisk itself does not notice. */
  if (atoi(ast_get_version()) != SKYPE_ASTERISK_MAJOR) {
    ast_log(LOG_ERROR, "codec_g729a.so was built for Asterisk %d, this is Asterisk %s\n",
            SKYPE_ASTERISK_MAJOR, ast_get_version());
    return AST_MODULE_LOAD_DECLINE;
  }
  if (register_translators()) {
    unload_module();
    return AST_MODULE_LOAD_DECLINE;
  }
  ast_cli_register_multiple(console, ARRAY_LEN(console));
  return AST_MODULE_LOAD_SUCCESS;
}

AST_MODULE_INFO(ASTERISK_GPL_KEY, AST_MODFLAG_DEFAULT, "G.729 Annex A Codec",
                .support_level = AST_MODULE_SUPPORT_EXTENDED, .load = load_module,
                .unload = unload_module, .requires = "res_skypeforasterisk", );
