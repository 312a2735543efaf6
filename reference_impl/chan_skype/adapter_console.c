/*
 * The console commands: the driver's table of them, registered with Asterisk.
 */
#include "asterisk.h"

#include <string.h>

#include "asterisk/cli.h"
#include "asterisk/module.h"
#include "chan_skype/chan_skype_adapter.h"

/* More than the manual has. */
#define MAX_COMMANDS 32
#define LONGEST_WORD 256

static struct ast_cli_entry entries[MAX_COMMANDS];
static const struct skype_console_command* commands;
static size_t command_count;

static void print_line(void* context, const char* text) {
  ast_cli(*(const int*)context, "%s\n", text);
}

static char* complete(const struct ast_cli_args* a) {
  char value[LONGEST_WORD];
  struct skype_core* core = skype_core_enter();
  int found = -1;

  if (core) {
    found = skype_driver_table->console_complete(core, a->pos, a->argv, a->word, a->n, value,
                                                 sizeof(value));
  }
  skype_core_leave();
  return found ? NULL : ast_strdup(value);
}

static char* handle(struct ast_cli_entry* e, int cmd, struct ast_cli_args* a) {
  struct skype_core* core;
  int fd;
  int known = 0;

  switch (cmd) {
    case CLI_INIT:
      /* Asterisk copies the words. */
      e->command = (char*)commands[e - entries].words;
      e->usage = commands[e - entries].usage;
      return NULL;
    case CLI_GENERATE:
      return complete(a);
    default:
      break;
  }
  fd = a->fd;
  core = skype_core_enter();
  if (core) {
    known = skype_driver_table->cli(core, a->argc, a->argv, print_line, &fd);
  }
  skype_core_leave();
  return known ? CLI_SHOWUSAGE : CLI_SUCCESS;
}

int skype_console_register(void) {
  size_t i;

  commands = skype_driver_table->console_commands(&command_count);
  if (command_count > MAX_COMMANDS) {
    command_count = MAX_COMMANDS;
  }
  for (i = 0; i < command_count; ++i) {
    const struct ast_cli_entry entry = {.handler = handle, .summary = commands[i].summary};

    /* Its summary cannot be assigned to. */
    memcpy(&entries[i], &entry, sizeof(entry));
  }
  return ast_cli_register_multiple(entries, (int)command_count);
}

void skype_console_unregister(void) {
  ast_cli_unregister_multiple(entries, (int)command_count);
  command_count = 0;
}
