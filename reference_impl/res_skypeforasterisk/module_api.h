/*
 * What res_skypeforasterisk.so exports to chan_skype.so, and nothing else.
 */
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_MODULE_API_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_MODULE_API_H_

#ifdef __cplusplus
extern "C" {
#endif

/* The release that the module was built from. */
const char* skype_res_version(void);

/* The sfa::res::EngineService; valid while the module is loaded. */
void* skype_res_engine_service(void);

/* Returns when everything that was posted to the runtime before this call has run and has been
 * destroyed. Not on the runtime's thread. Whoever has posted code of its own calls it before that
 * code is unmapped. */
void skype_res_barrier(void);

#ifdef __cplusplus
}
#endif

#endif /* REFERENCE_IMPL_RES_SKYPEFORASTERISK_MODULE_API_H_ */
