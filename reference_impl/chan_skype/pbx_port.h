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

#define PBX_PORT_VERSION 1

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

enum pbx_codec { PBX_CODEC_NONE = 0, PBX_CODEC_ULAW = 1, PBX_CODEC_ALAW = 2 };
#define PBX_MAX_CODECS 4

/* The PBX's log levels that the driver uses. */
enum pbx_log_level {
  PBX_LOG_DEBUG,
  PBX_LOG_VERBOSE,
  PBX_LOG_NOTICE,
  PBX_LOG_WARNING,
  PBX_LOG_ERROR
};

/* What happens on a channel, seen from the PBX; the host queues the matching control frame. */
enum pbx_control {
  PBX_CONTROL_RINGING,
  PBX_CONTROL_ANSWERED,
  PBX_CONTROL_BUSY,
  PBX_CONTROL_CONGESTION
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
  PBX_CAUSE_CONGESTION = 34,
  PBX_CAUSE_NETWORK_OUT_OF_ORDER = 38,
  PBX_CAUSE_SWITCH_CONGESTION = 42,
  PBX_CAUSE_FACILITY_NOT_SUBSCRIBED = 50,
  PBX_CAUSE_BEARER_NOT_AVAILABLE = 58,
  /* The greatest of Q.850: a PBX may hang up with any number up to it. */
  PBX_CAUSE_INTERWORKING = 127
};

struct pbx_header {
  const char* name;
  const char* value;
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
  uint32_t rtp_address; /* where the host binds its RTP port */
  struct pbx_media media;
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
   * set: no such extension (UNALLOCATED), call limit or shutting down (CONGESTION). */
  struct pbx_channel* (*channel_start)(void* pbx, const struct pbx_incoming* incoming,
                                       struct pbx_address* local, enum pbx_cause* cause);
  void (*channel_control)(void* pbx, struct pbx_channel* channel, enum pbx_control control);
  /* Codec and engine address of an outgoing call, before PBX_CONTROL_ANSWERED. */
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

  /* An AMI event of class SYSTEM. */
  void (*manager_event)(void* pbx, const char* event, const struct pbx_header* headers,
                        size_t count);
};

/* An admitted outgoing call. Filled by skype_driver.request(). */
struct skype_admitted {
  skype_call_id call;
  char account[64]; /* the originator */
  char accountcode[64];
  enum pbx_codec codecs[PBX_MAX_CODECS]; /* in order of preference, PBX_CODEC_NONE at the end */
  uint32_t rtp_address;                  /* where the host binds the channel's RTP port */
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
   * its order, PBX_CODEC_NONE at the end. */
  int (*request)(struct skype_core* core, const char* address, const enum pbx_codec* codecs,
                 struct skype_admitted* admitted, enum pbx_cause* cause);
  /* posted: the channel of an admitted call, with the address of its RTP port. The driver keeps the
   * reference that it is given. */
  void (*bind)(struct skype_core* core, skype_call_id call, struct pbx_channel* channel,
               const struct pbx_address* local);
  /* posted: place the admitted, bound call now. */
  void (*call)(struct skype_core* core, skype_call_id call);
  /* posted: the dialplan answers an incoming call. */
  void (*answer)(struct skype_core* core, skype_call_id call);
  /* posted: the PBX's channel is gone; also ends a call that was admitted and never bound. The
   * driver releases the channel in its own time. `cause` is what the dialplan set, or 0. */
  void (*hangup)(struct skype_core* core, skype_call_id call, enum pbx_cause cause);
  /* posted, except that the host's channel_digit_* is called back at once. */
  void (*digit_begin)(struct skype_core* core, skype_call_id call, char digit);
  void (*digit_end)(struct skype_core* core, skype_call_id call, char digit, unsigned duration_ms);

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
