/*
 * chan_skype.so: the module around the driver's core.
 */
#include "asterisk.h"

#include <stdlib.h>

#include "asterisk/ast_version.h"
#include "asterisk/config.h"
#include "asterisk/format_cache.h"
#include "asterisk/lock.h"
#include "asterisk/logger.h"
#include "asterisk/module.h"
#include "asterisk/paths.h"
#include "asterisk/strings.h"
#include "chan_skype/chan_skype_adapter.h"
#include "res_skypeforasterisk/module_api.h"

const struct skype_driver* skype_driver_table;

/* The lock covers the pointer, not the core. */
AST_RWLOCK_DEFINE_STATIC(core_lock);
static struct skype_core* the_core;

struct skype_core* skype_core_enter(void) {
  ast_rwlock_rdlock(&core_lock);
  return the_core;
}

void skype_core_leave(void) { ast_rwlock_unlock(&core_lock); }

struct skype_core* skype_core_of_call(void) {
  return the_core;
}

static void host_log(void* pbx, enum pbx_log_level level, const char* text) {
  switch (level) {
    case PBX_LOG_DEBUG:
      ast_debug(1, "%s\n", text);
      break;
    case PBX_LOG_VERBOSE:
      ast_verbose("%s\n", text);
      break;
    case PBX_LOG_NOTICE:
      ast_log(LOG_NOTICE, "%s\n", text);
      break;
    case PBX_LOG_WARNING:
      ast_log(LOG_WARNING, "%s\n", text);
      break;
    case PBX_LOG_ERROR:
      ast_log(LOG_ERROR, "%s\n", text);
      break;
  }
}

static void host_module_ref(void* pbx) { ast_module_ref(AST_MODULE_SELF); }

static void host_module_unref(void* pbx) { ast_module_unref(AST_MODULE_SELF); }

/* Asterisk names the file of included lines only. */
static const char* file_of(const struct ast_variable* variable, const char* filename) {
  return variable && !ast_strlen_zero(variable->file) ? variable->file : filename;
}

static int host_read_config(void* pbx, const char* filename,
                            void (*each)(void* context, const struct pbx_config_line* line),
                            void* context) {
  struct ast_flags flags = {0};
  struct ast_config* config = ast_config_load(filename, flags);
  const char* section = NULL;

  if (!config) {
    return -1;
  }
  if (config == CONFIG_STATUS_FILEINVALID) {
    return -2;
  }
  while ((section = ast_category_browse(config, section))) {
    const struct ast_variable* variable = ast_variable_browse(config, section);
    /* Asterisk keeps no line for the section itself: the one before its first option stands in. */
    struct pbx_config_line line = {section, NULL, NULL, file_of(variable, filename),
                                   variable ? variable->lineno - 1 : 0};

    each(context, &line);
    for (; variable; variable = variable->next) {
      line.name = variable->name;
      line.value = variable->value;
      line.file = file_of(variable, filename);
      line.line = variable->lineno;
      each(context, &line);
    }
  }
  ast_config_destroy(config);
  return 0;
}

static const char* host_directory(void* pbx, enum pbx_directory which) {
  return which == PBX_DIRECTORY_SPOOL ? ast_config_AST_SPOOL_DIR : ast_config_AST_VAR_DIR;
}

static const struct pbx_host host = {
    .version = PBX_PORT_VERSION,
    .log = host_log,
    .module_ref = host_module_ref,
    .module_unref = host_module_unref,
    .read_config = host_read_config,
    .directory = host_directory,
    .channel_start = skype_host_channel_start,
    .channel_control = skype_host_channel_control,
    .channel_media = skype_host_channel_media,
    .channel_hangup = skype_host_channel_hangup,
    .channel_digit_begin = skype_host_channel_digit_begin,
    .channel_digit_end = skype_host_channel_digit_end,
    .channel_release = skype_host_channel_release,
    .channel_party = skype_host_channel_party,
    .channel_text = skype_host_channel_text,
    .channel_transferred = skype_host_channel_transferred,
    .manager_event = skype_host_manager_event,
    .can_use_codec = skype_host_can_use_codec,
    .device_state_changed = skype_host_device_state_changed,
    .presence_state_changed = skype_host_presence_state_changed,
    .each_hint = skype_host_each_hint,
    .message_received = skype_host_message_received,
};

/* Where unload waits for the core's end. */
struct farewell {
  ast_mutex_t lock;
  ast_cond_t gone;
  int is_gone;
};

static void core_gone(void* context) {
  struct farewell* farewell = context;

  ast_mutex_lock(&farewell->lock);
  farewell->is_gone = 1;
  ast_cond_signal(&farewell->gone);
  ast_mutex_unlock(&farewell->lock);
}

/* -1 when a call, a channel with something of ours on it or an action's session would be left
 * without its code. All of them begin with skype_core_enter(), so none begins meanwhile. On return
 * no code of the core is waiting to run anywhere. */
static int end_core(void) {
  struct farewell farewell = {.is_gone = 0};
  int result = -1;

  ast_mutex_init(&farewell.lock);
  ast_cond_init(&farewell.gone, NULL);
  ast_rwlock_wrlock(&core_lock);
  if (skype_functions_kept() > 0) {
    ast_log(LOG_WARNING, "not unloaded: %d channels hold what Skype functions have set on them\n",
            skype_functions_kept());
  } else if (skype_manager_waiting() > 0) {
    ast_log(LOG_WARNING, "not unloaded: a manager action waits for its answer\n");
  } else {
    result = skype_driver_table->unload(the_core, core_gone, &farewell);
  }
  if (!result) {
    the_core = NULL;
  }
  ast_rwlock_unlock(&core_lock);
  if (!result) {
    ast_mutex_lock(&farewell.lock);
    while (!farewell.is_gone) {
      ast_cond_wait(&farewell.gone, &farewell.lock);
    }
    ast_mutex_unlock(&farewell.lock);
    skype_res_barrier();
  }
  ast_cond_destroy(&farewell.gone);
  ast_mutex_destroy(&farewell.lock);
  return result;
}

static void release_media(void) {
  if (skype_sched) {
    ast_sched_context_destroy(skype_sched);
    skype_sched = NULL;
  }
  ao2_cleanup(skype_tech.capabilities);
  skype_tech.capabilities = NULL;
}

static int prepare_media(void) {
  skype_tech.capabilities = ast_format_cap_alloc(AST_FORMAT_CAP_FLAG_DEFAULT);
  skype_sched = ast_sched_context_create();
  if (!skype_tech.capabilities || !skype_sched || ast_sched_start_thread(skype_sched)) {
    return -1;
  }
  ast_format_cap_append(skype_tech.capabilities, ast_format_ulaw, 0);
  ast_format_cap_append(skype_tech.capabilities, ast_format_alaw, 0);
  return 0;
}

/* Whoever asks in between waits until there is a core. */
static int start_core(void) {
  enum skype_load_result result;

  ast_rwlock_wrlock(&core_lock);
  result = skype_driver_table->load(skype_res_engine_service(), &host, NULL, &the_core);
  if (result != SKYPE_LOAD_OK) {
    the_core = NULL;
  }
  ast_rwlock_unlock(&core_lock);
  return result == SKYPE_LOAD_OK ? 0 : -1;
}

/* In the order in which unregister_all() goes back. */
static int register_all(void) {
  if (ast_channel_register(&skype_tech)) {
    ast_log(LOG_ERROR, "the channel technology Skype is taken already\n");
    return -1;
  }
  if (skype_functions_register() || skype_manager_register() || skype_console_register() ||
      skype_message_register()) {
    ast_log(LOG_ERROR,
            "a function, manager action, command or message technology of Skype's is "
            "taken already\n");
    return -1;
  }
  return 0;
}

static void unregister_all(void) {
  skype_message_unregister();
  skype_console_unregister();
  skype_manager_unregister();
  skype_functions_unregister();
  ast_channel_unregister(&skype_tech);
  skype_states_unregister();
  release_media();
}

static int load_module(void) {
  /* Debian's Asterisk 16 and 22 have equal build sums, so Asterisk itself does not notice. */
  if (atoi(ast_get_version()) != SKYPE_ASTERISK_MAJOR) {
    ast_log(LOG_ERROR, "chan_skype.so was built for Asterisk %d, this is Asterisk %s\n",
            SKYPE_ASTERISK_MAJOR, ast_get_version());
    return AST_MODULE_LOAD_DECLINE;
  }
  skype_driver_table = skype_reference_driver();
  /* What the core calls must be there before it. */
  if (prepare_media() || skype_states_register() || start_core()) {
    skype_states_unregister();
    release_media();
    return AST_MODULE_LOAD_DECLINE;
  }
  if (register_all()) {
    end_core();
    unregister_all();
    return AST_MODULE_LOAD_DECLINE;
  }
  skype_states_announce();
  return AST_MODULE_LOAD_SUCCESS;
}

static int reload_module(void) {
  return skype_driver_table->reload(the_core) ? AST_MODULE_LOAD_DECLINE : AST_MODULE_LOAD_SUCCESS;
}

static int unload_module(void) {
  if (end_core()) {
    return -1;
  }
  unregister_all();
  return 0;
}

AST_MODULE_INFO(ASTERISK_GPL_KEY, AST_MODFLAG_LOAD_ORDER, "Skype For Asterisk Channel Driver",
                .support_level = AST_MODULE_SUPPORT_EXTENDED, .load = load_module,
                .unload = unload_module, .reload = reload_module,
                .load_pri = AST_MODPRI_CHANNEL_DRIVER,
                .requires = "res_skypeforasterisk,res_rtp_asterisk", );
