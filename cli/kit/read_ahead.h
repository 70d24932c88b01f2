/* SPDX-License-Identifier: BSD-3-Clause */
/* How far work looks ahead. */
#ifndef CLI_KIT_READ_AHEAD_H
#define CLI_KIT_READ_AHEAD_H

/* While a case is worked on, the system fetches the files of the case this many places behind it. */
#define CLI_READ_AHEAD 4

#endif
