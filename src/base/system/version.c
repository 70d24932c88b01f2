/* SPDX-License-Identifier: BSD-3-Clause */
#include <amos/export.h>

#include <cjson/cJSON.h>
#include <zlib.h>
#ifdef AMOS_HAVE_LZ4
#include <lz4.h>
#endif

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

#ifdef AMOS_HAVE_LZ4
#define LZ4_LINE "lz4 " LZ4_VERSION_STRING "\n"
#else
#define LZ4_LINE "lz4 off\n"
#endif

#define CJSON_LINE "cjson " TEXT(CJSON_VERSION_MAJOR) "." TEXT(CJSON_VERSION_MINOR) "." TEXT(CJSON_VERSION_PATCH) "\n"

const char *amos_version(void)
{
    return AMOS_VERSION_STRING;
}

const char *amos_features(void)
{
    return "zlib " ZLIB_VERSION "\n" LZ4_LINE "nifti_clib on\n" CJSON_LINE;
}
