/*
 * chan_skype.so's C half: the driver's core inside Asterisk. What its files share.
 *
 *   chan_skype_adapter.c  the module: load, reload, unload, configuration, log
 *   adapter_channel.c     pbx_channel: life, what the core does to channels
 *   adapter_rtp.c         its audio: RTP, formats, codecs
 *   adapter_tech.c        the technology `Skype`: what Asterisk does to channels
 *   adapter_request.c     its requester
 *   adapter_functions.c   dialplan functions, and what they keep on channels
 *   adapter_state.c       hints: device states and presence states
 *   adapter_manager.c     AMI actions and events
 *   adapter_console.c     the console commands
 *   adapter_message.c     text messages outside calls
 *
 * Locks: Asterisk's channel first, then pbx_channel, then the core's (skype_core_enter). No channel
 * is locked when the core is called with anything that is neither posted nor a snapshot, and
 * nothing is locked when the core calls us.
 */
#ifndef REFERENCE_IMPL_CHAN_SKYPE_CHAN_SKYPE_ADAPTER_H_
#define REFERENCE_IMPL_CHAN_SKYPE_CHAN_SKYPE_ADAPTER_H_

#include "asterisk.h"
/* asterisk.h comes first. */
#include "asterisk/astobj2.h"
#include "asterisk/channel.h"
#include "asterisk/format_cap.h"
#include "asterisk/rtp_engine.h"
#include "asterisk/sched.h"
#include "asterisk/translate.h"
#include "chan_skype/pbx_port.h"

/* G.729 both ways, by Asterisk's own translators, which count it as one channel in use. Asterisk
 * itself gets and gives linear audio, whatever the channel that it is bridged to has: G.729 is
 * never passed through (manual 3). Both NULL: there is none. */
struct skype_translation {
  struct ast_trans_pvt* decoder;
  struct ast_trans_pvt* encoder;
};

/* A Skype channel, an ao2 object. Asterisk's channel holds one reference in its tech_pvt, the core
 * another one until channel_release(). */
struct pbx_channel {
  skype_call_id call;
  /* Under this object's lock; NULL once Asterisk's channel is gone, and then for ever. */
  struct ast_channel* owner;
  struct ast_rtp_instance* rtp;
  /* Under the lock of Asterisk's channel once there is one; for a call in G.729, and for one that
   * is placed and may come to be. */
  struct skype_translation g729;
  enum pbx_codec codec;
  /* Set before the object is shared. */
  int incoming;
  /* Under the lock of Asterisk's channel: the driver knows that the caller shall hear us early. */
  int heard_early;
  char mohinterpret[80];
  char mohsuggest[80];
};

/* What an Asterisk channel starts with; strings that are not known are "". */
struct skype_channel_plan {
  enum ast_channel_state state;
  const enum pbx_codec* codecs; /* in order of preference, PBX_CODEC_NONE at the end */
  const char* account;
  const char* accountcode;
  const char* number; /* who is at the other end */
  const char* name;
  const char* context;
  const char* exten;
  const struct ast_assigned_ids* assigned;
  const struct ast_channel* requestor;
};

/* The one driver of this module; set before the technology is registered. */
extern const struct skype_driver* skype_driver_table;
/* NULL when the module is being unloaded. Between enter and leave it stays. Needed only where no
 * call keeps the module: a live call does. */
struct skype_core* skype_core_enter(void);
void skype_core_leave(void);
/* For callbacks of a live call. */
struct skype_core* skype_core_of_call(void);

/* adapter_tech.c */
extern struct ast_channel_tech skype_tech;

/* adapter_request.c */
struct ast_channel* skype_request(const char* type, struct ast_format_cap* cap,
                                  const struct ast_assigned_ids* assignedids,
                                  const struct ast_channel* requestor, const char* addr,
                                  int* cause);

/* adapter_rtp.c */
extern struct ast_sched_context* skype_sched;
struct ast_format* skype_format(enum pbx_codec codec);
int skype_host_can_use_codec(void* pbx, enum pbx_codec codec);
/* Bound to `ipv4`; NULL when there is no port. */
struct ast_rtp_instance* skype_rtp_new(uint32_t ipv4);
void skype_rtp_end(struct ast_rtp_instance* rtp);
void skype_rtp_send_to(struct ast_rtp_instance* rtp, const struct pbx_address* engine);
/* 0 when a translation was taken: there are translators, and a licensed channel is left. */
int skype_translation_take(struct skype_translation* translation);
void skype_translation_give_back(struct skype_translation* translation);
/* What the channel, which is locked, speaks from now on. */
void skype_set_native_formats(struct ast_channel* chan, const enum pbx_codec* codecs);

/* adapter_channel.c */
/* With one reference and an RTP port on `rtp_address`, which `local` receives. NULL when there is
 * no port. */
struct pbx_channel* skype_channel_new(skype_call_id call, int incoming, uint32_t rtp_address,
                                      struct pbx_address* local);
/* Makes Asterisk's channel for it, unlocked; it takes a reference. NULL when Asterisk refuses. */
struct ast_channel* skype_channel_attach(struct pbx_channel* channel,
                                         const struct skype_channel_plan* plan);
/* Ends the audio; late words about the channel are ignored from here on. */
void skype_channel_detach(struct pbx_channel* channel);
/* NAME=value or FUNCTION(args)=value, on the channel, which is not locked. `chan` is an
 * ast_channel. */
void skype_channel_setvar(void* chan, const char* assignment);

struct pbx_channel* skype_host_channel_start(void* pbx, const struct pbx_incoming* incoming,
                                             struct pbx_address* local, enum pbx_cause* cause);
void skype_host_channel_control(void* pbx, struct pbx_channel* channel, enum pbx_control control);
void skype_host_channel_media(void* pbx, struct pbx_channel* channel,
                              const struct pbx_media* media);
void skype_host_channel_hangup(void* pbx, struct pbx_channel* channel, enum pbx_cause cause,
                               const char* reason);
void skype_host_channel_digit_begin(void* pbx, struct pbx_channel* channel, char digit);
void skype_host_channel_digit_end(void* pbx, struct pbx_channel* channel, char digit,
                                  unsigned duration_ms);
void skype_host_channel_release(void* pbx, struct pbx_channel* channel);
void skype_host_channel_party(void* pbx, struct pbx_channel* channel, const char* number,
                              const char* name);
void skype_host_channel_text(void* pbx, struct pbx_channel* channel, const char* text);
void skype_host_channel_transferred(void* pbx, struct pbx_channel* channel, int done);

/* adapter_functions.c */
int skype_functions_register(void);
void skype_functions_unregister(void);
/* How many channels hold something of ours that is freed with them. */
int skype_functions_kept(void);
/* What functions have left on a channel, with a reference; NULL when that is nothing. The channel
 * is locked. */
struct skype_kept_state;
struct skype_kept_state* skype_kept_state_of(struct ast_channel* chan);
const struct skype_channel_state* skype_kept_state_get(const struct skype_kept_state* kept);
/* For CHANNEL(skype_*). */
int skype_channel_item_read(struct ast_channel* chan, const char* function, char* data, char* buf,
                            size_t len);
int skype_channel_item_write(struct ast_channel* chan, const char* function, char* data,
                             const char* value);

/* adapter_state.c */
int skype_states_register(void);
/* Tells the hints of the dialplan what they show now. */
void skype_states_announce(void);
void skype_states_unregister(void);
void skype_host_device_state_changed(void* pbx, const char* address, enum pbx_device_state state);
void skype_host_presence_state_changed(void* pbx, const char* address,
                                       const struct pbx_presence* presence);
void skype_host_each_hint(void* pbx, void (*each)(void* context, const char* address),
                          void* context);

/* adapter_manager.c */
int skype_manager_register(void);
void skype_manager_unregister(void);
/* How many sessions wait for the answer to an action. */
int skype_manager_waiting(void);
void skype_host_manager_event(void* pbx, const char* event, const struct pbx_header* headers,
                              size_t count);

/* adapter_console.c */
int skype_console_register(void);
void skype_console_unregister(void);

/* adapter_message.c */
int skype_message_register(void);
void skype_message_unregister(void);
int skype_host_message_received(void* pbx, const struct pbx_text_message* message);

#endif /* REFERENCE_IMPL_CHAN_SKYPE_CHAN_SKYPE_ADAPTER_H_ */
