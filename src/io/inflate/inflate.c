/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/inflate/inflate.h"

const struct amosi_inflate_backend *amosi_inflate_choose(amos_inflate choice)
{
    return choice == AMOS_INFLATE_ZLIB ? &amosi_inflate_zlib : &amosi_inflate_own;
}
