/*
 * The console commands. Asterisk completes their words; the core runs them.
 */
#include "asterisk.h"

#include "asterisk/cli.h"
#include "chan_skype/chan_skype_adapter.h"

static void print_line(void* context, const char* text) {
  ast_cli(*(const int*)context, "%s\n", text);
}

static char* run(struct ast_cli_entry* e, int cmd, struct ast_cli_args* a, char* command,
                 const char* usage, int words) {
  struct skype_core* core;
  int fd = a ? a->fd : -1;

  switch (cmd) {
    case CLI_INIT:
      e->command = command;
      e->usage = usage;
      return NULL;
    case CLI_GENERATE:
      return NULL;
    default:
      break;
  }
  if (a->argc != words) {
    return CLI_SHOWUSAGE;
  }
  core = skype_core_enter();
  if (core) {
    skype_driver_table->cli(core, a->argc, a->argv, print_line, &fd);
  }
  skype_core_leave();
  return CLI_SUCCESS;
}

#define COMMAND(function, command, words, usage)                                    \
  static char* function(struct ast_cli_entry* e, int cmd, struct ast_cli_args* a) { \
    return run(e, cmd, a, command, usage, words);                                   \
  }

COMMAND(show_users, "skype show users", 3,
        "Usage: skype show users\n"
        "       Lists the Skype users of chan_skype.conf and their states.\n")
COMMAND(show_version, "skype show version", 3,
        "Usage: skype show version\n"
        "       Shows the releases of the Skype For Asterisk modules and of the engine.\n")
COMMAND(show_settings, "skype show settings", 3,
        "Usage: skype show settings\n"
        "       Shows the settings of the section [general] of chan_skype.conf.\n")
COMMAND(show_licenses, "skype show licenses", 3,
        "Usage: skype show licenses\n"
        "       Shows how many of the licensed channels are in use.\n")
COMMAND(show_user, "skype show user", 4,
        "Usage: skype show user <username>\n"
        "       Shows the settings of one Skype user.\n")
COMMAND(login_user, "skype login user", 4,
        "Usage: skype login user <username>\n"
        "       Logs one Skype user in.\n")
COMMAND(logoff_user, "skype logoff user", 4,
        "Usage: skype logoff user <username>\n"
        "       Logs one Skype user off.\n")

static struct ast_cli_entry commands[] = {
    AST_CLI_DEFINE(show_users, "List Skype users and their states"),
    AST_CLI_DEFINE(show_version, "Show the Skype For Asterisk release"),
    AST_CLI_DEFINE(show_settings, "Show the general Skype settings"),
    AST_CLI_DEFINE(show_licenses, "Show the licensed Skype channels"),
    AST_CLI_DEFINE(show_user, "Show the settings of a Skype user"),
    AST_CLI_DEFINE(login_user, "Log a Skype user in"),
    AST_CLI_DEFINE(logoff_user, "Log a Skype user off"),
};

void skype_console_register(void) { ast_cli_register_multiple(commands, ARRAY_LEN(commands)); }

void skype_console_unregister(void) { ast_cli_unregister_multiple(commands, ARRAY_LEN(commands)); }
