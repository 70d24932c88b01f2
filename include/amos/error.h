/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the details of an error. */
#ifndef AMOS_ERROR_H
#define AMOS_ERROR_H

#include <amos/status.h>

/* The details of a failed call. The caller owns it, usually on the stack. A call that fails fills it; a call that
 * succeeds does not change it. It is the last parameter of every function that can fail; NULL: no details. */
typedef struct amos_error {
    amos_status status; /* what the call returned */
    int sys_errno;      /* errno of the failed system call, or 0 */
    int64_t offset;     /* byte offset in the file, or -1 if unknown */
    char case_id[32];   /* "amos_0018", or "" */
    char path[1024];    /* the file, or ""; a path that is too long is cut at its beginning */
    char message[1024]; /* one complete English sentence in UTF-8 that names the file */
} amos_error;

#ifdef __cplusplus
extern "C" {
#endif

/* The status with a given name, as amos_status_name() returns it. Case and '_' do not matter.
 * Returns AMOS_OK; or AMOS_E_ARG with a message that lists the names, and *out is AMOS_OK. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_status_parse(const char *name, amos_status *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
