#include "io/inflate/inflate.h"

#ifdef AMOS_HAVE_ISAL
#include <isa-l/crc.h>
#elif defined(AMOS_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

static const struct amosi_inflate_backend *const backends[] = {
#ifdef AMOS_HAVE_ISAL
    &amosi_inflate_isal,
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
    &amosi_inflate_libdeflate,
#endif
    &amosi_inflate_zlib,
    &amosi_inflate_own,
};

/* Our own is much the fastest for runs. For other data ISA-L, where it is, is a little faster, and better known. */
static amos_inflate fastest(unsigned use)
{
#ifdef AMOS_HAVE_ISAL
    if (!(use & AMOSI_USE_RUNS))
        return AMOS_INFLATE_ISAL;
#endif
    (void)use;
    return AMOS_INFLATE_OWN;
}

const struct amosi_inflate_backend *amosi_inflate_choose(amos_inflate choice, unsigned use)
{
    if (choice == AMOS_INFLATE_AUTO)
        choice = fastest(use);
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++)
        if (backends[i]->id == choice)
            return backends[i]->one_shot && !(use & AMOSI_USE_WHOLE) ? &amosi_inflate_own : backends[i];
    return NULL;
}

uint32_t amosi_crc32(uint32_t crc, const void *data, size_t bytes)
{
#ifdef AMOS_HAVE_ISAL
    return crc32_gzip_refl(crc, data, bytes);
#elif defined(AMOS_HAVE_LIBDEFLATE)
    return libdeflate_crc32(crc, data, bytes);
#else
    return (uint32_t)crc32_z(crc, data, bytes);
#endif
}
