/* SPDX-License-Identifier: BSD-3-Clause */
/* How far ahead files are read. */
#ifndef CLI_KIT_READ_AHEAD_H
#define CLI_KIT_READ_AHEAD_H

/* While case n is processed, the system reads the files of case n + CLI_READ_AHEAD. */
#define CLI_READ_AHEAD 4

#endif
