/*
 * The C++ half of the module, as its C half sees it: one runtime with its engine service.
 */
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_RES_GLUE_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_RES_GLUE_H_

#ifdef __cplusplus
extern "C" {
#endif

struct res_glue;

enum res_log_level { RES_LOG_DEBUG, RES_LOG_NOTICE, RES_LOG_WARNING, RES_LOG_ERROR };

/* NULL, with the reason logged, when the operating system refuses. `log` is called on the glue's
 * thread. */
struct res_glue* res_glue_new(const char* licenses_directory,
                              void (*log)(enum res_log_level level, const char* text));
/* The body of the glue's thread; returns after res_glue_stop(). */
void res_glue_run(struct res_glue* glue);

void* res_glue_engine_service(struct res_glue* glue);
/* As skype_res_barrier(). */
void res_glue_barrier(struct res_glue* glue);
/* As sfa_g729_*(). */
int res_glue_g729_acquire(struct res_glue* glue);
void res_glue_g729_release(struct res_glue* glue);
int res_glue_g729_licensed(const struct res_glue* glue);
int res_glue_g729_in_use(const struct res_glue* glue);
/* Ends the engine in good order, within about 3 s. */
void res_glue_end_engine(struct res_glue* glue);

void res_glue_stop(struct res_glue* glue);
/* After res_glue_run() has returned. */
void res_glue_delete(struct res_glue* glue);

const char* res_glue_version(void);

#ifdef __cplusplus
}
#endif

#endif /* REFERENCE_IMPL_RES_SKYPEFORASTERISK_RES_GLUE_H_ */
