/* SPDX-License-Identifier: BSD-3-Clause */
/* Why a file is not there. */
#ifndef AMOSI_IO_MISSING_H
#define AMOSI_IO_MISSING_H

#include <amos/error.h>

/* AMOS_E_OPEN with an errno, as amosi_fail_errno() reports it. If it is ENOENT, the message also names what explains
 * it: a symbolic link of git-annex whose data was not fetched, another link that leads nowhere, or an unfinished
 * download or a copy that lies beside. `text` has no full stop: "the file cannot be opened". */
amos_status amosi_fail_missing(amos_error *err, const char *path, int sys_errno, const char *text);

#endif
