/* SPDX-License-Identifier: BSD-3-Clause */
/* Every _INIT macro, for tests/install/headers.sh: compiles without a warning as C11 and as C++17, and its numbers are right.
 * The exit status is the number of wrong ones. */
#include <amos/amos.h>

int main(void)
{
    amos_limits limits = AMOS_LIMITS_INIT;
    amos_volume_options volume = AMOS_VOLUME_OPTIONS_INIT;
    amos_byte_source source = AMOS_BYTE_SOURCE_INIT;
    amos_read_options read = AMOS_READ_OPTIONS_INIT;
    amos_labelmap_options labelmap = AMOS_LABELMAP_OPTIONS_INIT;
    amos_pair_options pair = AMOS_PAIR_OPTIONS_INIT;
    amos_workers_options workers = AMOS_WORKERS_OPTIONS_INIT;
    amos_write_options write = AMOS_WRITE_OPTIONS_INIT;
    int wrong = limits.size != sizeof limits;
    wrong += volume.size != sizeof volume;
    wrong += source.size != sizeof source;
    wrong += read.size != sizeof read;
    wrong += labelmap.size != sizeof labelmap;
    wrong += pair.size != sizeof pair || pair.flags != 0 || pair.tolerance != 0.01 || pair.volume != NULL;
    wrong += workers.size != sizeof workers;
    wrong += write.size != sizeof write;
    return wrong;
}
