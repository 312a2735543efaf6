/*
 * chan_skype.so's C half: the driver's core inside Asterisk. What its files share.
 *
 *   chan_skype_adapter.c  the module: load, reload, unload, configuration, log, events
 *   adapter_channel.c     pbx_channel: life, RTP, what the core does to channels
 *   adapter_tech.c        the technology `Skype`: what Asterisk does to channels
 *   adapter_console.c     the console commands
 *
 * Locks: Asterisk's channel first, then pbx_channel. Neither is held when the core is called with
 * anything that is not posted, nor when the core calls us.
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
#include "chan_skype/pbx_port.h"

/* A Skype channel, an ao2 object. Asterisk's channel holds one reference in its tech_pvt, the core
 * another one until channel_release(). */
struct pbx_channel {
  skype_call_id call;
  /* Under this object's lock; NULL once Asterisk's channel is gone, and then for ever. */
  struct ast_channel* owner;
  struct ast_rtp_instance* rtp;
  /* Set before the object is shared. */
  int incoming;
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

/* adapter_channel.c */
extern struct ast_sched_context* skype_sched;
struct ast_format* skype_format(enum pbx_codec codec);
/* With one reference and an RTP port on `rtp_address`, which `local` receives. NULL when there is
 * no port. */
struct pbx_channel* skype_channel_new(skype_call_id call, int incoming, uint32_t rtp_address,
                                      struct pbx_address* local);
/* Makes Asterisk's channel for it, unlocked; it takes a reference. NULL when Asterisk refuses. */
struct ast_channel* skype_channel_attach(struct pbx_channel* channel, enum ast_channel_state state,
                                         enum pbx_codec codec, const char* account,
                                         const char* accountcode, const char* number,
                                         const char* name, const char* context, const char* exten,
                                         const struct ast_assigned_ids* assigned,
                                         const struct ast_channel* requestor);
/* Ends the audio; late words about the channel are ignored from here on. */
void skype_channel_detach(struct pbx_channel* channel);

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

/* adapter_console.c */
void skype_console_register(void);
void skype_console_unregister(void);

#endif /* REFERENCE_IMPL_CHAN_SKYPE_CHAN_SKYPE_ADAPTER_H_ */
