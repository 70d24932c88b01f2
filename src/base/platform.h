/* What only Linux or the GNU C library has, behind functions that a port can write anew. */
#ifndef AMOSI_PLATFORM_H
#define AMOSI_PLATFORM_H

/* How many processors this process may use, at least 1: those of its affinity mask, which batch systems and containers
 * make smaller than the machine. The meaning of "0 threads" everywhere. Any thread. */
int amosi_processors(void);

#endif
