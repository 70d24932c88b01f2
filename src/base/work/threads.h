/* SPDX-License-Identifier: BSD-3-Clause */
/* How many threads a call uses that asks for none in particular. */
#ifndef AMOSI_BASE_WORK_THREADS_H
#define AMOSI_BASE_WORK_THREADS_H

/* `wanted`, if it is not 0. Else one for each processor; but 1 in an item of amos_workers_run() with several threads,
 * because these have the processors already. */
int amosi_threads(int wanted);

#endif
