/* SPDX-License-Identifier: BSD-3-Clause */
#include <amos/export.h>

#include <cjson/cJSON.h>
#include <zlib.h>
#ifdef AMOS_HAVE_LZ4
#include <lz4.h>
#endif
#ifdef AMOS_HAVE_ISAL
#include <isa-l.h>
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

#ifdef AMOS_HAVE_LZ4
#define LZ4_LINE "lz4 " LZ4_VERSION_STRING "\n"
#else
#define LZ4_LINE "lz4 off\n"
#endif

#ifdef AMOS_HAVE_ISAL
#define ISAL_LINE "isal " TEXT(ISAL_MAJOR_VERSION) "." TEXT(ISAL_MINOR_VERSION) "." TEXT(ISAL_PATCH_VERSION) "\n"
#else
#define ISAL_LINE "isal off\n"
#endif

#ifdef AMOS_HAVE_LIBDEFLATE
#define LIBDEFLATE_LINE "libdeflate " LIBDEFLATE_VERSION_STRING "\n"
#else
#define LIBDEFLATE_LINE "libdeflate off\n"
#endif

#define CJSON_LINE "cjson " TEXT(CJSON_VERSION_MAJOR) "." TEXT(CJSON_VERSION_MINOR) "." TEXT(CJSON_VERSION_PATCH) "\n"

const char *amos_version(void)
{
    return AMOS_VERSION_STRING;
}

const char *amos_features(void)
{
    return "zlib " ZLIB_VERSION "\n" LZ4_LINE ISAL_LINE LIBDEFLATE_LINE "nifti_clib on\n" CJSON_LINE;
}
