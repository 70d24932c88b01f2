#include "io/inflate.h"

#ifdef AMOS_HAVE_ISAL
#include <isa-l/crc.h>
#elif defined(AMOS_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

/* AUTO takes the first that suits. */
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

const struct amosi_inflate_backend *amosi_inflate_choose(amos_inflate choice, enum amosi_inflate_use use)
{
    if (choice == AMOS_INFLATE_AUTO && use == AMOSI_USE_RUNS)
        return &amosi_inflate_own;
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++) {
        const struct amosi_inflate_backend *backend = backends[i];
        if (choice != AMOS_INFLATE_AUTO && backend->id != choice)
            continue;
        if (use != AMOSI_USE_PART || !backend->one_shot)
            return backend;
        if (choice != AMOS_INFLATE_AUTO)
            return &amosi_inflate_zlib;
    }
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
