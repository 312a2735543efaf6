/*
 * Text messages outside calls: MessageSend(skype:<to>,skype:<account>) and what enters the dialplan
 * as MESSAGE().
 */
#include "asterisk.h"

#include <string.h>
#include <strings.h>

#include "asterisk/message.h"
#include "chan_skype/chan_skype_adapter.h"

#define TECHNOLOGY "skype"

static const char* without_prefix(const char* uri) {
  const char* name = S_OR(uri, "");

  return strncasecmp(name, TECHNOLOGY ":", strlen(TECHNOLOGY ":")) ? name
                                                                   : name + strlen(TECHNOLOGY ":");
}

static int send_message(const struct ast_msg* msg, const char* to, const char* from) {
  struct skype_core* core = skype_core_enter();
  int result = -1;

  if (core) {
    result = skype_driver_table->send_message(core, without_prefix(from), without_prefix(to),
                                              S_OR(ast_msg_get_body(msg), ""));
  }
  skype_core_leave();
  return result;
}

static const struct ast_msg_tech technology = {
    .name = TECHNOLOGY,
    .msg_send = send_message,
};

int skype_message_register(void) { return ast_msg_tech_register(&technology); }

void skype_message_unregister(void) { ast_msg_tech_unregister(&technology); }

int skype_host_message_received(void* pbx, const struct pbx_text_message* message) {
  struct ast_msg* msg = ast_msg_alloc();
  int result;

  if (!msg) {
    return -1;
  }
  result = ast_msg_set_to(msg, TECHNOLOGY ":%s", message->to);
  result |= ast_msg_set_from(msg, TECHNOLOGY ":%s", message->from);
  result |= ast_msg_set_body(msg, "%s", message->body);
  result |= ast_msg_set_context(msg, "%s", message->context);
  result |= ast_msg_set_exten(msg, "%s", message->exten);
  result |= ast_msg_set_tech(msg, "%s", "Skype");
  result |= ast_msg_set_endpoint(msg, "%s", message->account);
  if (result || !ast_msg_has_destination(msg)) {
    ast_msg_destroy(msg);
    return -1;
  }
  return ast_msg_queue(msg);
}
