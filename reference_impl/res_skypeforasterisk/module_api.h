/*
 * What res_skypeforasterisk.so exports to chan_skype.so and codec_g729a.so, and nothing else.
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

/* The channels of registered licences are licensed channels of codec_g729a as well (manual 3), and
 * are counted apart from calls. From any thread; none of these waits. Valid while the module is
 * loaded. */

/* Takes one for a translation: 1, or 0 when all are in use; then nothing was taken. */
int sfa_g729_acquire(void);
/* Gives back one that was taken. */
void sfa_g729_release(void);
/* How many there are. A reload of chan_skype.so may change it; when it falls below the number in
 * use, translations that run go on and no further one is admitted. */
int sfa_g729_licensed(void);
int sfa_g729_in_use(void);

#ifdef __cplusplus
}
#endif

#endif /* REFERENCE_IMPL_RES_SKYPEFORASTERISK_MODULE_API_H_ */
