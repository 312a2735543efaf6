/*
 * Hints: "Skype:<account>@<buddy>" as a device state and as a presence state (manual 3.4).
 *
 * Asterisk keeps what it is told in a cache and asks the provider only where that says nothing. So
 * what has been told is told anew when the module comes, and taken back when it goes.
 */
#include "asterisk.h"

#include <string.h>

#include "asterisk/devicestate.h"
#include "asterisk/pbx.h"
#include "asterisk/presencestate.h"
#include "asterisk/strings.h"
#include "chan_skype/chan_skype_adapter.h"

#define PROVIDER "Skype"

/* The addresses whose states Asterisk has been told. */
static struct ao2_container* told_devices;
static struct ao2_container* told_presences;

static enum ast_device_state device_state_of(enum pbx_device_state state) {
  switch (state) {
    case PBX_DEVICE_INVALID:
      return AST_DEVICE_INVALID;
    case PBX_DEVICE_NOT_INUSE:
      return AST_DEVICE_NOT_INUSE;
    case PBX_DEVICE_INUSE:
      return AST_DEVICE_INUSE;
    case PBX_DEVICE_BUSY:
      return AST_DEVICE_BUSY;
    case PBX_DEVICE_ONHOLD:
      return AST_DEVICE_ONHOLD;
    case PBX_DEVICE_RINGING:
      return AST_DEVICE_RINGING;
    case PBX_DEVICE_UNAVAILABLE:
      return AST_DEVICE_UNAVAILABLE;
    default:
      return AST_DEVICE_UNKNOWN;
  }
}

static enum ast_presence_state presence_state_of(enum pbx_presence_state state) {
  switch (state) {
    case PBX_PRESENCE_INVALID:
      return AST_PRESENCE_INVALID;
    case PBX_PRESENCE_UNAVAILABLE:
      return AST_PRESENCE_UNAVAILABLE;
    case PBX_PRESENCE_AVAILABLE:
      return AST_PRESENCE_AVAILABLE;
    case PBX_PRESENCE_AWAY:
      return AST_PRESENCE_AWAY;
    case PBX_PRESENCE_XA:
      return AST_PRESENCE_XA;
    case PBX_PRESENCE_CHAT:
      return AST_PRESENCE_CHAT;
    case PBX_PRESENCE_DND:
      return AST_PRESENCE_DND;
    default:
      return AST_PRESENCE_NOT_SET;
  }
}

static enum ast_device_state provide_device_state(const char* data) {
  struct skype_core* core = skype_core_enter();
  enum pbx_device_state state = PBX_DEVICE_UNKNOWN;

  if (core) {
    state = skype_driver_table->device_state(core, data);
  }
  skype_core_leave();
  return device_state_of(state);
}

/* The strings are the caller's to free. */
static enum ast_presence_state provide_presence_state(const char* data, char** subtype,
                                                      char** message) {
  struct skype_core* core = skype_core_enter();
  struct pbx_presence presence = {.state = PBX_PRESENCE_NOT_SET};

  if (core) {
    skype_driver_table->presence_state(core, data, &presence);
  }
  skype_core_leave();
  if (presence.subtype[0]) {
    *subtype = ast_strdup(presence.subtype);
  }
  if (presence.message[0]) {
    *message = ast_strdup(presence.message);
  }
  return presence_state_of(presence.state);
}

/* Once, however often. */
static void remember(struct ao2_container* addresses, const char* address) {
  ast_str_container_remove(addresses, address);
  ast_str_container_add(addresses, address);
}

void skype_host_device_state_changed(void* pbx, const char* address, enum pbx_device_state state) {
  remember(told_devices, address);
  ast_devstate_changed(device_state_of(state), AST_DEVSTATE_CACHABLE, PROVIDER ":%s", address);
}

void skype_host_presence_state_changed(void* pbx, const char* address,
                                       const struct pbx_presence* presence) {
  remember(told_presences, address);
  ast_presence_state_changed(presence_state_of(presence->state), presence->subtype,
                             presence->message, PROVIDER ":%s", address);
}

/* `hint` is "DEVICE[&DEVICE...][,PRESENCE[&...]]". What is made of variables is known only when a
 * telephone subscribes. */
static void add_addresses(struct ao2_container* addresses, const char* hint) {
  char* rest = ast_strdup(hint);
  char* position = rest;
  char* part;

  while ((part = strsep(&position, "&,"))) {
    part = ast_strip(part);
    if (!strncasecmp(part, PROVIDER ":", strlen(PROVIDER ":")) && !strstr(part, "${")) {
      remember(addresses, part + strlen(PROVIDER ":"));
    }
  }
  ast_free(rest);
}

static void add_hints_of(struct ao2_container* addresses, struct ast_context* context) {
  struct ast_exten* exten = NULL;
  struct ast_exten* priority;

  ast_rdlock_context(context);
  while ((exten = ast_walk_context_extensions(context, exten))) {
    priority = NULL;
    while ((priority = ast_walk_extension_priorities(exten, priority))) {
      if (ast_get_extension_priority(priority) == PRIORITY_HINT) {
        add_addresses(addresses, ast_get_extension_app(priority));
      }
    }
  }
  ast_unlock_context(context);
}

void skype_host_each_hint(void* pbx, void (*each)(void* context, const char* address),
                          void* context) {
  struct ao2_container* addresses = ast_str_container_alloc_options(AO2_ALLOC_OPT_LOCK_NOLOCK, 61);
  struct ast_context* dialplan = NULL;
  struct ao2_iterator position;
  char* address;

  if (!addresses) {
    return;
  }
  ast_rdlock_contexts();
  while ((dialplan = ast_walk_contexts(dialplan))) {
    add_hints_of(addresses, dialplan);
  }
  ast_unlock_contexts();
  position = ao2_iterator_init(addresses, 0);
  while ((address = ao2_iterator_next(&position))) {
    each(context, address);
    ao2_ref(address, -1);
  }
  ao2_iterator_destroy(&position);
  ao2_ref(addresses, -1);
}

/* A hint asks when it is added, not when its provider comes. */
static void announce(void* context, const char* address) {
  struct skype_core* core = skype_core_enter();
  enum pbx_device_state state = PBX_DEVICE_UNKNOWN;
  struct pbx_presence presence = {.state = PBX_PRESENCE_NOT_SET};

  if (core) {
    state = skype_driver_table->device_state(core, address);
    skype_driver_table->presence_state(core, address, &presence);
  }
  skype_core_leave();
  skype_host_device_state_changed(NULL, address, state);
  skype_host_presence_state_changed(NULL, address, &presence);
}

static int forget_device(void* address, void* unused, int flags) {
  char device[AST_CHANNEL_NAME];

  snprintf(device, sizeof(device), PROVIDER ":%s", (char*)address);
  /* As before there was a provider: hints show it as unavailable, and the cache knows nothing. */
  ast_devstate_changed_literal(AST_DEVICE_INVALID, AST_DEVSTATE_CACHABLE, device);
  ast_device_state_clear_cache(device);
  return CMP_MATCH;
}

static int forget_presence(void* address, void* unused, int flags) {
  ast_presence_state_changed(AST_PRESENCE_NOT_SET, NULL, NULL, PROVIDER ":%s", (char*)address);
  return CMP_MATCH;
}

int skype_states_register(void) {
  told_devices = ast_str_container_alloc(61);
  told_presences = ast_str_container_alloc(61);
  if (!told_devices || !told_presences || ast_devstate_prov_add(PROVIDER, provide_device_state) ||
      ast_presence_state_prov_add(PROVIDER, provide_presence_state)) {
    return -1;
  }
  return 0;
}

void skype_states_announce(void) { skype_host_each_hint(NULL, announce, NULL); }

void skype_states_unregister(void) {
  /* Asterisk asks the provider about what is told here: it has to be there still. */
  if (told_devices) {
    ao2_callback(told_devices, OBJ_UNLINK | OBJ_NODATA | OBJ_MULTIPLE, forget_device, NULL);
  }
  if (told_presences) {
    ao2_callback(told_presences, OBJ_UNLINK | OBJ_NODATA | OBJ_MULTIPLE, forget_presence, NULL);
  }
  ast_devstate_prov_del(PROVIDER);
  ast_presence_state_prov_del(PROVIDER);
  ao2_cleanup(told_devices);
  ao2_cleanup(told_presences);
  told_devices = told_presences = NULL;
}
