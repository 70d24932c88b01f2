/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: what went wrong, in full. */
#ifndef AMOS_ERROR_H
#define AMOS_ERROR_H

#include <amos/status.h>

/* Belongs to the caller, usually on the stack. A call that fails fills it; a call that succeeds leaves it alone.
 * Every function takes it as its last parameter, and NULL says that nobody is interested. */
typedef struct amos_error {
    amos_status status;  /* what the call returned */
    int sys_errno;       /* errno of the failed system call, or 0 */
    int64_t offset;      /* byte offset in the file, or -1 where none is known */
    char case_id[32];    /* "amos_0018", or "" */
    char path[1024];     /* the file, or ""; a longer path loses its beginning */
    char message[1024];  /* one finished English sentence, UTF-8, that names the file */
} amos_error;

#ifdef __cplusplus
extern "C" {
#endif

/* The status that amos_status_name() calls so; case and '_' do not matter. Returns AMOS_OK, or AMOS_E_ARG with a message
 * that lists the names, and then *out is AMOS_OK. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_status_parse(const char *name, amos_status *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
