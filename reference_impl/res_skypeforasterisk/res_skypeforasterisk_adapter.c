/*
 * res_skypeforasterisk.so: holds the engine and the licences for chan_skype.so (manual 2.4).
 *
 * The runtime's thread is Asterisk's own kind of thread, made by ast_pthread_create: it forks the
 * engine, so it must live as long as the module.
 */
#include "asterisk.h"

#include <stdlib.h>

#include "asterisk/ast_version.h"
#include "asterisk/logger.h"
#include "asterisk/module.h"
#include "asterisk/paths.h"
#include "asterisk/utils.h"
#include "res_skypeforasterisk/module_api.h"
#include "res_skypeforasterisk/res_glue.h"

static struct res_glue* glue;
static pthread_t thread = AST_PTHREADT_NULL;

const char* skype_res_version(void) { return res_glue_version(); }

void* skype_res_engine_service(void) { return res_glue_engine_service(glue); }

void skype_res_barrier(void) { res_glue_barrier(glue); }

int sfa_g729_acquire(void) { return res_glue_g729_acquire(glue); }

void sfa_g729_release(void) { res_glue_g729_release(glue); }

int sfa_g729_licensed(void) { return res_glue_g729_licensed(glue); }

int sfa_g729_in_use(void) { return res_glue_g729_in_use(glue); }

static void write_log(enum res_log_level level, const char* text) {
  switch (level) {
    case RES_LOG_DEBUG:
      ast_debug(1, "%s\n", text);
      break;
    case RES_LOG_NOTICE:
      ast_log(LOG_NOTICE, "%s\n", text);
      break;
    case RES_LOG_WARNING:
      ast_log(LOG_WARNING, "%s\n", text);
      break;
    case RES_LOG_ERROR:
      ast_log(LOG_ERROR, "%s\n", text);
      break;
  }
}

static void* run(void* unused) {
  (void)unused;
  res_glue_run(glue);
  return NULL;
}

/* `core stop now` and SIGTERM end Asterisk without unloading modules. */
static void end_engine(void) { res_glue_end_engine(glue); }

static int load_module(void) {
  char licenses[PATH_MAX];

  /* Debian's Asterisk 16 and 22 have equal build sums, so Asterisk itself does not notice. */
  if (atoi(ast_get_version()) != SKYPE_ASTERISK_MAJOR) {
    ast_log(LOG_ERROR, "res_skypeforasterisk.so was built for Asterisk %d, this is Asterisk %s\n",
            SKYPE_ASTERISK_MAJOR, ast_get_version());
    return AST_MODULE_LOAD_DECLINE;
  }
  snprintf(licenses, sizeof(licenses), "%s/licenses", ast_config_AST_VAR_DIR);
  glue = res_glue_new(licenses, write_log);
  if (!glue) {
    return AST_MODULE_LOAD_DECLINE;
  }
  if (ast_pthread_create(&thread, NULL, run, NULL)) {
    ast_log(LOG_ERROR, "cannot start a thread\n");
    res_glue_delete(glue);
    glue = NULL;
    return AST_MODULE_LOAD_DECLINE;
  }
  ast_register_atexit(end_engine);
  return AST_MODULE_LOAD_SUCCESS;
}

/* chan_skype.so, which requires this module, is gone by now and the engine with it. */
static int unload_module(void) {
  ast_unregister_atexit(end_engine);
  res_glue_stop(glue);
  pthread_join(thread, NULL);
  thread = AST_PTHREADT_NULL;
  res_glue_delete(glue);
  glue = NULL;
  return 0;
}

AST_MODULE_INFO(ASTERISK_GPL_KEY, AST_MODFLAG_GLOBAL_SYMBOLS | AST_MODFLAG_LOAD_ORDER,
                "Skype For Asterisk Resource", .support_level = AST_MODULE_SUPPORT_EXTENDED,
                .load = load_module, .unload = unload_module,
                .load_pri = AST_MODPRI_CHANNEL_DEPEND, );
