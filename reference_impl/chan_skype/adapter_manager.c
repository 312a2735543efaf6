/*
 * The manager interface: actions, whose session waits for the answer, and events.
 */
#include "asterisk.h"

#include <string.h>
#include <strings.h>

#include "asterisk/lock.h"
#include "asterisk/manager.h"
#include "asterisk/module.h"
#include "asterisk/strings.h"
#include "asterisk/time.h"
#include "asterisk/utils.h"
#include "chan_skype/chan_skype_adapter.h"

/* More than there are actions. */
#define MAX_ACTIONS 16
/* The driver gives up on the network before this. */
#define LONGEST_WAIT_SECONDS 12

static int waiting_count;
/* Those that are registered: names of the driver's, NULL at the end. */
static const char* registered[MAX_ACTIONS + 1];

/* A session's wait for its answer; an ao2 object, whose lock covers it. The driver holds one
 * reference until it has answered, however late. */
struct answer {
  ast_cond_t written;
  int is_written;
  char* action_id;
  struct ast_str* text;
};

int skype_manager_waiting(void) { return ast_atomic_fetchadd_int(&waiting_count, 0); }

/* One header a line, whatever the value holds. */
static void append_header(struct ast_str** text, const char* name, const char* value) {
  const char* rest = value;
  size_t length;

  ast_str_append(text, 0, "%s: ", name);
  while (*rest) {
    length = strcspn(rest, "\r\n");
    ast_str_append_substr(text, 0, rest, length);
    rest += length;
    if (*rest) {
      ast_str_append(text, 0, " ");
      ++rest;
    }
  }
  ast_str_append(text, 0, "\r\n");
}

void skype_host_manager_event(void* pbx, const char* event, const struct pbx_header* headers,
                              size_t count) {
  struct ast_str* body = ast_str_create(256);
  size_t i;

  if (!body) {
    return;
  }
  for (i = 0; i < count; ++i) {
    append_header(&body, headers[i].name, headers[i].value);
  }
  manager_event(EVENT_FLAG_SYSTEM, event, "%s", ast_str_buffer(body));
  ast_free(body);
}

static void destroy_answer(void* object) {
  struct answer* answer = object;

  ast_cond_destroy(&answer->written);
  ast_free(answer->action_id);
  ast_free(answer->text);
}

static struct answer* new_answer(const char* action_id) {
  struct answer* answer = ao2_alloc(sizeof(*answer), destroy_answer);

  if (!answer) {
    return NULL;
  }
  ast_cond_init(&answer->written, NULL);
  answer->action_id = ast_strdup(action_id);
  answer->text = ast_str_create(1024);
  if (!answer->action_id || !answer->text) {
    ao2_ref(answer, -1);
    return NULL;
  }
  return answer;
}

/* As the core's actions do it: ActionID comes second. */
static void append_message(struct answer* answer, const struct pbx_manager_message* message) {
  size_t i = 0;

  if (message->event) {
    append_header(&answer->text, "Event", message->event);
  } else if (message->count > 0) {
    append_header(&answer->text, message->headers[0].name, message->headers[0].value);
    i = 1;
  }
  if (!ast_strlen_zero(answer->action_id)) {
    append_header(&answer->text, "ActionID", answer->action_id);
  }
  for (; i < message->count; ++i) {
    append_header(&answer->text, message->headers[i].name, message->headers[i].value);
  }
  ast_str_append(&answer->text, 0, "\r\n");
}

/* On any thread. */
static void take_answer(void* context, const struct pbx_manager_message* messages, size_t count) {
  struct answer* answer = context;
  size_t i;

  ao2_lock(answer);
  for (i = 0; i < count; ++i) {
    append_message(answer, &messages[i]);
  }
  answer->is_written = 1;
  ast_cond_signal(&answer->written);
  ao2_unlock(answer);
  ao2_ref(answer, -1);
}

/* The headers but for those that are the manager's own, as pairs that point into `copy`. */
static size_t split_headers(const struct message* m, char* copy, struct pbx_header* headers) {
  size_t count = 0;
  unsigned i;

  for (i = 0; i < m->hdrcount; ++i) {
    const size_t size = strlen(m->headers[i]) + 1;
    char* value;

    memcpy(copy, m->headers[i], size);
    value = strchr(copy, ':');
    if (value) {
      *value++ = '\0';
      headers[count].name = ast_strip(copy);
      headers[count].value = ast_strip(value);
      if (strcasecmp(headers[count].name, "Action") &&
          strcasecmp(headers[count].name, "ActionID")) {
        ++count;
      }
    }
    copy += size;
  }
  return count;
}

/* Hands the action to the driver. -1 when there is none any more. */
static int ask_driver(const struct message* m, const char* action, struct answer* answer) {
  struct pbx_header* headers = ast_calloc(m->hdrcount + 1, sizeof(*headers));
  size_t size = 1;
  struct skype_core* core;
  char* copy;
  unsigned i;
  int result = -1;

  for (i = 0; i < m->hdrcount; ++i) {
    size += strlen(m->headers[i]) + 1;
  }
  copy = ast_malloc(size);
  core = skype_core_enter();
  if (core && copy && headers) {
    const size_t count = split_headers(m, copy, headers);

    ast_atomic_fetchadd_int(&waiting_count, 1);
    ao2_ref(answer, +1);
    skype_driver_table->manager_action(core, action, headers, count, take_answer, answer);
    result = 0;
  }
  skype_core_leave();
  ast_free(copy);
  ast_free(headers);
  return result;
}

/* 0, or -1 when no answer came in time. */
static int wait_for(struct answer* answer) {
  struct timeval deadline = ast_tvadd(ast_tvnow(), ast_tv(LONGEST_WAIT_SECONDS, 0));
  struct timespec until = {.tv_sec = deadline.tv_sec, .tv_nsec = deadline.tv_usec * 1000L};
  int late = 0;

  ao2_lock(answer);
  while (!answer->is_written && !late) {
    late = ast_cond_timedwait(&answer->written, ao2_object_get_lockaddr(answer), &until);
  }
  late = !answer->is_written;
  ao2_unlock(answer);
  return late ? -1 : 0;
}

static const char* our_name_of(const char* action) {
  size_t i;

  for (i = 0; registered[i]; ++i) {
    if (!strcasecmp(registered[i], action)) {
      return registered[i];
    }
  }
  return action;
}

/* On the session's thread, which holds the module meanwhile. */
static int run_action(struct mansession* s, const struct message* m) {
  struct answer* answer = new_answer(astman_get_header(m, "ActionID"));

  if (!answer || ask_driver(m, our_name_of(astman_get_header(m, "Action")), answer)) {
    astman_send_error(s, m, "Skype For Asterisk is not available");
    ao2_cleanup(answer);
    return 0;
  }
  if (wait_for(answer)) {
    astman_send_error(s, m, "No answer from the Skype network in time");
  } else {
    astman_append(s, "%s", ast_str_buffer(answer->text));
  }
  ast_atomic_fetchadd_int(&waiting_count, -1);
  ao2_ref(answer, -1);
  return 0;
}

int skype_manager_register(void) {
  const char* const* action = skype_driver_table->manager_actions();
  size_t i;

  for (i = 0; action[i] && i < MAX_ACTIONS; ++i) {
    if (ast_manager_register_xml(action[i], EVENT_FLAG_SYSTEM, run_action)) {
      return -1;
    }
    registered[i] = action[i];
  }
  return 0;
}

void skype_manager_unregister(void) {
  size_t i;

  for (i = 0; registered[i]; ++i) {
    ast_manager_unregister(registered[i]);
  }
  memset(registered, 0, sizeof(registered));
}
