/*
 * Dialplan functions: SKYPE_* on channels of every technology and without one, CHANNEL(skype_*) on
 * Skype channels. What they keep on a channel is a datastore of it.
 *
 * When a channel takes over another one (masquerade), Asterisk appends the datastores of the other
 * to its own. The first one is found from then on, as Asterisk does it with variables: the state
 * follows a dialplan that moves to a new channel, and a dialplan that stays keeps its own.
 */
#include "asterisk.h"

#include <string.h>

#include "asterisk/datastore.h"
#include "asterisk/module.h"
#include "asterisk/pbx.h"
#include "chan_skype/chan_skype_adapter.h"

/* More than the manual has. */
#define MAX_FUNCTIONS 8
#define ITEM_PREFIX "skype_"

/* An ao2 object: a function may still work with it when the channel ends. Holds the module, whose
 * code frees it. */
struct skype_kept_state {
  struct skype_channel_state* state;
};

static int kept_count;
static struct ast_custom_function functions[MAX_FUNCTIONS];
static size_t function_count;

int skype_functions_kept(void) { return ast_atomic_fetchadd_int(&kept_count, 0); }

static void destroy_kept(void* object) {
  struct skype_kept_state* kept = object;

  skype_driver_table->state_free(kept->state);
  ast_atomic_fetchadd_int(&kept_count, -1);
  ast_module_unref(AST_MODULE_SELF);
}

static void destroy_datastore(void* data) { ao2_ref(data, -1); }

static const struct ast_datastore_info datastore_info = {
    .type = "skype_channel_state",
    .destroy = destroy_datastore,
};

static struct skype_kept_state* new_kept(void) {
  struct skype_channel_state* state = skype_driver_table->state_new();
  struct skype_kept_state* kept;

  if (!state) {
    return NULL;
  }
  kept = ao2_alloc_options(sizeof(*kept), destroy_kept, AO2_ALLOC_OPT_LOCK_NOLOCK);
  if (!kept) {
    skype_driver_table->state_free(state);
    return NULL;
  }
  kept->state = state;
  ast_atomic_fetchadd_int(&kept_count, 1);
  ast_module_ref(AST_MODULE_SELF);
  return kept;
}

struct skype_kept_state* skype_kept_state_of(struct ast_channel* chan) {
  struct ast_datastore* datastore = ast_channel_datastore_find(chan, &datastore_info, NULL);

  return datastore ? ao2_bump((struct skype_kept_state*)datastore->data) : NULL;
}

const struct skype_channel_state* skype_kept_state_get(const struct skype_kept_state* kept) {
  return kept ? kept->state : NULL;
}

static struct skype_kept_state* keep_new_state(struct ast_channel* chan) {
  struct skype_kept_state* kept = new_kept();
  struct ast_datastore* datastore = kept ? ast_datastore_alloc(&datastore_info, NULL) : NULL;

  if (!datastore) {
    ao2_cleanup(kept);
    return NULL;
  }
  datastore->data = ao2_bump(kept);
  ast_channel_datastore_add(chan, datastore);
  return kept;
}

/* The state of a channel, made when it has none yet, with a reference, and the call that it is. */
static struct skype_kept_state* enter_channel(struct ast_channel* chan,
                                              struct skype_function_place* place) {
  struct skype_kept_state* kept;

  memset(place, 0, sizeof(*place));
  if (!chan) {
    return NULL;
  }
  ast_channel_lock(chan);
  if (ast_channel_tech(chan) == &skype_tech && ast_channel_tech_pvt(chan)) {
    place->call = ((struct pbx_channel*)ast_channel_tech_pvt(chan))->call;
  }
  kept = skype_kept_state_of(chan);
  if (!kept) {
    /* Nothing is left on a channel once the module is on its way out. */
    if (skype_core_enter()) {
      kept = keep_new_state(chan);
    }
    skype_core_leave();
  }
  ast_channel_unlock(chan);
  place->state = kept ? kept->state : NULL;
  return kept;
}

static int read_function(struct ast_channel* chan, const char* function, char* data, char* buf,
                         size_t len) {
  struct skype_function_place place;
  struct skype_kept_state* kept = enter_channel(chan, &place);
  struct skype_core* core = skype_core_enter();
  int result = -1;

  *buf = '\0';
  if (core) {
    result = skype_driver_table->function_read(core, &place, function, S_OR(data, ""), buf, len);
  }
  skype_core_leave();
  ao2_cleanup(kept);
  return result;
}

static int write_function(struct ast_channel* chan, const char* function, char* data,
                          const char* value) {
  struct skype_function_place place;
  struct skype_kept_state* kept = enter_channel(chan, &place);
  struct skype_core* core = skype_core_enter();
  int result = -1;

  if (core) {
    result =
        skype_driver_table->function_write(core, &place, function, S_OR(data, ""), S_OR(value, ""));
  }
  skype_core_leave();
  ao2_cleanup(kept);
  return result;
}

static int is_our_item(const char* item) {
  return item && !strncasecmp(item, ITEM_PREFIX, strlen(ITEM_PREFIX));
}

int skype_channel_item_read(struct ast_channel* chan, const char* function, char* data, char* buf,
                            size_t len) {
  return is_our_item(data) ? read_function(chan, "CHANNEL", data, buf, len) : -1;
}

int skype_channel_item_write(struct ast_channel* chan, const char* function, char* data,
                             const char* value) {
  return is_our_item(data) ? write_function(chan, "CHANNEL", data, value) : -1;
}

int skype_functions_register(void) {
  const char* const* name = skype_driver_table->functions();

  memset(functions, 0, sizeof(functions));
  for (function_count = 0; name[function_count] && function_count < MAX_FUNCTIONS;
       ++function_count) {
    struct ast_custom_function* function = &functions[function_count];

    function->name = name[function_count];
    function->read = read_function;
    function->write = write_function;
    if (ast_custom_function_register(function)) {
      return -1;
    }
  }
  return 0;
}

void skype_functions_unregister(void) {
  while (function_count > 0) {
    ast_custom_function_unregister(&functions[--function_count]);
  }
}
