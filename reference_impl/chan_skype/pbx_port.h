/*
 * The port between the driver's core and the PBX that hosts it.
 *
 * Two tables of functions: pbx_host is what the PBX does for the driver, skype_driver what the
 * driver does for the PBX. Two hosts exist: a thin C file inside Asterisk, and the simulated PBX.
 * The core does not know which one it has.
 *
 * Every operation is of one of three kinds, named beside it:
 *
 *   posted     returns at once; the work happens later on the driver's thread. Everything that is
 *              called under a channel lock is posted.
 *   snapshot   reads what the driver has published last; holds a short lock of the driver's own,
 *              waits for nothing. Callable from any thread, under any lock.
 *   admission  as snapshot, but takes something (a call, a licensed channel) if it is there.
 *
 * AMI and CLI requests that need the network complete later, through the reply function that they
 * brought along. The driver calls the host from its own thread, holding no lock of its own; the
 * host may lock channels there.
 *
 * Strings are UTF-8, owned by the caller, valid during the call unless a comment says otherwise.
 */
#ifndef REFERENCE_IMPL_CHAN_SKYPE_PBX_PORT_H_
#define REFERENCE_IMPL_CHAN_SKYPE_PBX_PORT_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PBX_PORT_VERSION 2

/* A call as the driver numbers it; 0 is none. Numbers are never used twice, so that an event that
 * comes too late finds nothing and is ignored. */
typedef uint64_t skype_call_id;

/* A Skype channel as the host holds it. It outlives the PBX's own channel, so the driver may speak
 * to it at any time between getting it and channel_release(); late words are ignored. */
struct pbx_channel;

/* An IPv4 address in host byte order, and a UDP port. */
struct pbx_address {
  uint32_t ipv4;
  uint16_t port;
};

enum pbx_codec {
  PBX_CODEC_NONE = 0,
  PBX_CODEC_ULAW = 1,
  PBX_CODEC_ALAW = 2,
  PBX_CODEC_G729 = 3 /* never passed through: only where the host can translate it (manual 3) */
};
#define PBX_MAX_CODECS 4

/* The PBX's log levels that the driver uses. */
enum pbx_log_level {
  PBX_LOG_DEBUG,
  PBX_LOG_VERBOSE, /* somebody has asked for it by a command: shown at any verbosity */
  PBX_LOG_NOTICE,
  PBX_LOG_WARNING,
  PBX_LOG_ERROR
};

/* What happens on a channel, seen from the PBX; the host queues the matching control frame. */
enum pbx_control {
  PBX_CONTROL_RINGING,
  PBX_CONTROL_ANSWERED,
  PBX_CONTROL_BUSY,
  PBX_CONTROL_CONGESTION,
  PBX_CONTROL_PROGRESS, /* audio before the answer; channel_media() has come */
  PBX_CONTROL_HOLD,     /* the far end listens no more: the host suggests the call's `mohsuggest` */
  PBX_CONTROL_UNHOLD
};

/* What a hint shows: Asterisk's device states. */
enum pbx_device_state {
  PBX_DEVICE_INVALID, /* no such thing can be watched: the address is malformed */
  PBX_DEVICE_UNKNOWN,
  PBX_DEVICE_NOT_INUSE,
  PBX_DEVICE_INUSE,
  PBX_DEVICE_BUSY,
  PBX_DEVICE_ONHOLD,
  PBX_DEVICE_RINGING,
  PBX_DEVICE_UNAVAILABLE
};

/* Asterisk's presence states. */
enum pbx_presence_state {
  PBX_PRESENCE_INVALID,
  PBX_PRESENCE_NOT_SET,
  PBX_PRESENCE_UNAVAILABLE,
  PBX_PRESENCE_AVAILABLE,
  PBX_PRESENCE_AWAY,
  PBX_PRESENCE_XA,
  PBX_PRESENCE_CHAT,
  PBX_PRESENCE_DND
};
struct pbx_presence {
  enum pbx_presence_state state;
  char subtype[64];   /* the buddy status in the manual's words: "Skype Me" */
  char message[1024]; /* the mood text, or "" */
};

/* ITU-T Q.850 causes, the values that Asterisk uses. CONGESTION is the one that its Dial() takes
 * for congestion when a request is refused; SWITCH_CONGESTION would be an unavailable channel
 * there. */
enum pbx_cause {
  PBX_CAUSE_NONE = 0,
  PBX_CAUSE_UNALLOCATED = 1,
  PBX_CAUSE_NO_ROUTE_DESTINATION = 3,
  PBX_CAUSE_NORMAL_CLEARING = 16,
  PBX_CAUSE_USER_BUSY = 17,
  PBX_CAUSE_NO_USER_RESPONSE = 18,
  PBX_CAUSE_NO_ANSWER = 19,
  PBX_CAUSE_SUBSCRIBER_ABSENT = 20,
  PBX_CAUSE_CALL_REJECTED = 21,
  PBX_CAUSE_ANSWERED_ELSEWHERE = 26,
  PBX_CAUSE_DESTINATION_OUT_OF_ORDER = 27,
  PBX_CAUSE_INVALID_NUMBER_FORMAT = 28,
  PBX_CAUSE_CONGESTION = 34,
  PBX_CAUSE_NETWORK_OUT_OF_ORDER = 38,
  PBX_CAUSE_SWITCH_CONGESTION = 42,
  PBX_CAUSE_FACILITY_NOT_SUBSCRIBED = 50,
  PBX_CAUSE_OUTGOING_CALL_BARRED = 52,
  PBX_CAUSE_BEARER_NOT_AVAILABLE = 58,
  /* The greatest of Q.850: a PBX may hang up with any number up to it. */
  PBX_CAUSE_INTERWORKING = 127
};

struct pbx_header {
  const char* name;
  const char* value;
};

/* One message of an answer to an AMI action; ActionID is the host's to add. */
struct pbx_manager_message {
  const char* event; /* NULL for the response itself */
  const struct pbx_header* headers;
  size_t count;
};
/* The answer to an AMI action, whole: response first, then events of a list. The response has a
 * header "Response: Success" or "Response: Error" and a "Message"; a list's response "EventList:
 * start", its last event "EventList: Complete" and "ListItems". Values hold no CR or LF. */
typedef void (*pbx_manager_answer)(void* context, const struct pbx_manager_message* messages,
                                   size_t count);

/* A text message that is to enter the dialplan (MESSAGE()), or that comes from it. */
struct pbx_text_message {
  const char* account;
  const char* from; /* a Skype name */
  const char* to;   /* likewise */
  const char* body;
  const char* context; /* where it enters the dialplan */
  const char* exten;
};

/* One line of a configuration file, as the PBX's own loader gives it: `name` is NULL for the line
 * that opens the section. */
struct pbx_config_line {
  const char* section;
  const char* name;
  const char* value;
  const char* file;
  int line;
};

enum pbx_directory { PBX_DIRECTORY_SPOOL, PBX_DIRECTORY_VAR_LIB };

/* The audio of a channel: RTP between the host and the engine on rtp_address, RFC 4733 digits. */
struct pbx_media {
  enum pbx_codec codec;
  struct pbx_address engine; /* where the host sends; it receives from there only */
};

/* An incoming call that is to enter the dialplan. */
struct pbx_incoming {
  skype_call_id call;
  const char* account; /* the channel's name becomes Skype/<account>-<8 hex digits> */
  const char* context;
  const char* exten;
  const char* caller_number; /* the caller's Skype name */
  const char* caller_name;   /* the caller's full name, or "" */
  const char* accountcode;
  const char*
      mohinterpret;       /* a music class, or "passthrough": hold is told by skype_driver.hold() */
  const char* mohsuggest; /* "" for none */
  uint32_t rtp_address;   /* where the host binds its RTP port */
  struct pbx_media media;
  /* The lines `setvar` of the account, NAME=value and FUNCTION(args)=value, for the host to set on
   * the channel before the dialplan starts. */
  const char* const* setvar;
  size_t setvar_count;
};

/* What the PBX does for the driver. `pbx` is the context that was given to skype_driver.load(). */
struct pbx_host {
  uint32_t version; /* PBX_PORT_VERSION */

  void (*log)(void* pbx, enum pbx_log_level level, const char* text);
  /* One reference for each live channel, so that the module cannot be taken from under it. */
  void (*module_ref)(void* pbx);
  void (*module_unref)(void* pbx);

  /* Calls `each` for every line of the file, in order, `#include` followed.
   * 0, or -1 when it is missing, or -2 when it cannot be parsed. Only inside load() and reload().
   */
  int (*read_config)(void* pbx, const char* filename,
                     void (*each)(void* context, const struct pbx_config_line* line),
                     void* context);
  /* astspooldir and astvarlibdir; valid for the host's life. */
  const char* (*directory)(void* pbx, enum pbx_directory which);

  /* Makes a channel in state Ring with its RTP endpoint, and starts the dialplan on it. Returns the
   * channel with one reference, and its RTP address in `local`. NULL when that fails, with `cause`
   * set: no such extension (UNALLOCATED), call limit or shutting down (CONGESTION), no translation
   * of G.729 is left (BEARER_NOT_AVAILABLE).
   *
   * A channel in G.729 has its translation both ways from here on, and the PBX sees linear audio:
   * never is it passed through, and never is there a call that nobody can hear. */
  struct pbx_channel* (*channel_start)(void* pbx, const struct pbx_incoming* incoming,
                                       struct pbx_address* local, enum pbx_cause* cause);
  void (*channel_control)(void* pbx, struct pbx_channel* channel, enum pbx_control control);
  /* Codec and engine address of an outgoing call, before PBX_CONTROL_ANSWERED. The host has kept a
   * translation for a call that may be in G.729, and gives it back when it is not. */
  void (*channel_media)(void* pbx, struct pbx_channel* channel, const struct pbx_media* media);
  /* The far end is gone. `reason` is a word for HANGUPCAUSE(). */
  void (*channel_hangup)(void* pbx, struct pbx_channel* channel, enum pbx_cause cause,
                         const char* reason);
  /* A digit towards the far end, through the channel's RTP: begin, then end with its duration.
   * Called from inside skype_driver.digit_begin/digit_end only. */
  void (*channel_digit_begin)(void* pbx, struct pbx_channel* channel, char digit);
  void (*channel_digit_end)(void* pbx, struct pbx_channel* channel, char digit,
                            unsigned duration_ms);
  void (*channel_release)(void* pbx, struct pbx_channel* channel);

  /* Who is at the other end, when that is not (any more) the one that was dialled. */
  void (*channel_party)(void* pbx, struct pbx_channel* channel, const char* number,
                        const char* name);
  /* A text from the far end of the call. */
  void (*channel_text)(void* pbx, struct pbx_channel* channel, const char* text);
  /* How skype_driver.transfer() went. */
  void (*channel_transferred)(void* pbx, struct pbx_channel* channel, int done);

  /* An AMI event of class SYSTEM. */
  void (*manager_event)(void* pbx, const char* event, const struct pbx_header* headers,
                        size_t count);

  /* Whether the host can carry that codec now: natively or through a translator. Any thread. That
   * it can translate G.729 does not mean that a translation is left: taking one tells. */
  int (*can_use_codec)(void* pbx, enum pbx_codec codec);
  /* The state of "Skype:<address>" has changed; `address` as skype_driver.device_state() takes it.
   */
  void (*device_state_changed)(void* pbx, const char* address, enum pbx_device_state state);
  void (*presence_state_changed)(void* pbx, const char* address,
                                 const struct pbx_presence* presence);
  /* Calls `each` with the address of every hint "Skype:<address>" of the dialplan. */
  void (*each_hint)(void* pbx, void (*each)(void* context, const char* address), void* context);
  /* 0, or -1 when the dialplan has no such extension. */
  int (*message_received)(void* pbx, const struct pbx_text_message* message);
};

/* An admitted outgoing call. Filled by skype_driver.request(). */
struct skype_admitted {
  skype_call_id call;
  char account[64]; /* the originator */
  char accountcode[64];
  enum pbx_codec codecs[PBX_MAX_CODECS]; /* in order of preference, PBX_CODEC_NONE at the end */
  uint32_t rtp_address;                  /* where the host binds the channel's RTP port */
  char mohinterpret[80];                 /* as in pbx_incoming */
  char mohsuggest[80];
  char callee[256]; /* the destination: the channel's connected line until it is known better */
};

/* What dialplan functions keep on a channel of any technology: call properties for the calls that
 * it will dial, buddy lists that it enumerates. The host makes one when a function first needs it
 * and frees it with the channel. Thread-safe, and independent of any core. */
struct skype_channel_state;

/* Where a dialplan function runs. */
struct skype_function_place {
  skype_call_id call;                /* 0 when that is no Skype channel */
  struct skype_channel_state* state; /* NULL when there is no channel at all */
};

/* A console command, for the host to register: `words` may end in an argument, `usage` starts with
 * "Usage:". */
struct skype_console_command {
  const char* words; /* "skype show user", without its argument */
  const char* summary;
  const char* usage;
};

enum skype_load_result {
  SKYPE_LOAD_OK = 0,
  SKYPE_LOAD_DECLINE = 1 /* told why in the log; Asterisk goes on without the module */
};

/* The driver's state in the PBX. */
struct skype_core;

/* What the driver does for the PBX. */
struct skype_driver {
  uint32_t version; /* PBX_PORT_VERSION */

  /* Reads chan_skype.conf, starts the engine, logs the users in (that part comes later).
   * `engine_service` is a sfa::res::EngineService. Not on the driver's thread. */
  enum skype_load_result (*load)(void* engine_service, const struct pbx_host* host, void* pbx,
                                 struct skype_core** core);
  /* 0, or -1 when refused: a call exists, or the file is broken; told why in the log. */
  int (*reload)(struct skype_core* core);
  /* Refused with -1 while a call exists. Otherwise `gone` runs once, when the engine has ended and
   * no callback can come any more, and core is no longer valid. `gone` may run on any thread,
   * inside unload() too. */
  int (*unload)(struct skype_core* core, void (*gone)(void* context), void* context);

  /* admission: `[<originator>@]<destination>` (manual 3.2.1). 0 with `admitted` filled and a
   * licensed channel taken, or -1 with `cause`. `codecs` are those that the requester can use, in
   * its order, PBX_CODEC_NONE at the end: G.729 only when the host has taken a translation, which
   * it gives back when `admitted` has none. `requestor` is the dialling channel's, or NULL. */
  int (*request)(struct skype_core* core, const char* address, const enum pbx_codec* codecs,
                 const struct skype_channel_state* requestor, struct skype_admitted* admitted,
                 enum pbx_cause* cause);
  /* snapshot: the `setvar` lines for the channel of an admitted call, in order. */
  void (*each_setvar)(struct skype_core* core, skype_call_id call,
                      void (*each)(void* context, const char* assignment), void* context);
  /* posted: the channel of an admitted call, with the address of its RTP port. The driver keeps the
   * reference that it is given. */
  void (*bind)(struct skype_core* core, skype_call_id call, struct pbx_channel* channel,
               const struct pbx_address* local);
  /* posted: place the admitted, bound call now. */
  void (*call)(struct skype_core* core, skype_call_id call);
  /* posted: the dialplan wants to be heard by the caller of an incoming call before the answer. */
  void (*progress)(struct skype_core* core, skype_call_id call);
  /* posted: the dialplan answers an incoming call. */
  void (*answer)(struct skype_core* core, skype_call_id call);
  /* posted: the PBX's channel is gone; also ends a call that was admitted and never bound. The
   * driver releases the channel in its own time. `cause` is what the dialplan set, or 0. */
  void (*hangup)(struct skype_core* core, skype_call_id call, enum pbx_cause cause);
  /* posted, except that the host's channel_digit_* is called back at once. */
  void (*digit_begin)(struct skype_core* core, skype_call_id call, char digit);
  void (*digit_end)(struct skype_core* core, skype_call_id call, char digit, unsigned duration_ms);

  /* posted: the PBX puts the far end on hold (only with mohinterpret=passthrough), takes it back.
   */
  void (*hold)(struct skype_core* core, skype_call_id call, int held);
  /* posted: the far end shall call `to` instead; pbx_host.channel_transferred() answers, always. */
  void (*transfer)(struct skype_core* core, skype_call_id call, const char* to);
  /* posted: a text to the far end of the call. */
  void (*send_text)(struct skype_core* core, skype_call_id call, const char* text);
  /* posted, with an admission: -1 when the sender is no account of ours that is logged in. `from`
   * may be "": the default user. */
  int (*send_message)(struct skype_core* core, const char* from, const char* to, const char* body);

  /* Creates and frees what functions keep on a channel. */
  struct skype_channel_state* (*state_new)(void);
  void (*state_free)(struct skype_channel_state* state);
  /* The names of the functions: SKYPE_CALL_PROPERTY, SKYPE_ACCOUNT_PROPERTY, SKYPE_BUDDIES,
   * SKYPE_BUDDY_FETCH; NULL at the end. The host adds the items `skype_*` of CHANNEL(), which come
   * here as function "CHANNEL" with the item as argument. */
  const char* const* (*functions)(void);
  /* snapshot. 0 with `value` filled, cut to `size`, or -1: told why in the log, `value` is "". */
  int (*function_read)(struct skype_core* core, const struct skype_function_place* place,
                       const char* function, const char* arguments, char* value, size_t size);
  /* snapshot, the network learns of it later: what has been written is read at once. */
  int (*function_write)(struct skype_core* core, const struct skype_function_place* place,
                        const char* function, const char* arguments, const char* value);

  /* snapshot: `<account>@<buddy>` (manual 3.4). Being asked counts as a presence information
   * request, for buddy_autoadd=hints. */
  enum pbx_device_state (*device_state)(struct skype_core* core, const char* address);
  void (*presence_state)(struct skype_core* core, const char* address,
                         struct pbx_presence* presence);

  /* The names of the AMI actions, all of class SYSTEM; NULL at the end. */
  const char* const* (*manager_actions)(void);
  /* snapshot or later: `answer` runs exactly once, possibly inside the call, on any thread, also
   * when the driver is unloaded meanwhile. Headers in their order, names may repeat. */
  void (*manager_action)(struct skype_core* core, const char* action,
                         const struct pbx_header* headers, size_t count, pbx_manager_answer answer,
                         void* context);

  /* The console's commands. */
  const struct skype_console_command* (*console_commands)(size_t* count);
  /* snapshot: the `number`th word that may follow `words`, a prefix of which is `partial`, into
   * `value`; -1 when there are no more. */
  int (*console_complete)(struct skype_core* core, int argc, const char* const* argv,
                          const char* partial, int number, char* value, size_t size);
  /* snapshot: one CLI command, `argv` without NULL at its end; prints lines with `print`, each
   * without its newline. Returns
   * 0, or -1 when the words are not a command of ours. */
  int (*cli)(struct skype_core* core, int argc, const char* const* argv,
             void (*print)(void* context, const char* text), void* context);

  /* snapshot: live calls, both directions. */
  int (*call_count)(struct skype_core* core);
};

/* The reference driver. */
const struct skype_driver* skype_reference_driver(void);

#ifdef __cplusplus
}
#endif

#endif /* REFERENCE_IMPL_CHAN_SKYPE_PBX_PORT_H_ */
