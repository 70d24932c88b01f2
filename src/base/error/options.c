/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error/options.h"

#include <string.h>

#include "base/error/fail.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

/* No option struct of this library will ever be larger: a larger size field is garbage, not a newer version. */
#define LARGEST_OPTIONS 4096

static amos_status check_size(size_t given, const char *name, amos_error *err)
{
    if (given >= sizeof given && given <= LARGEST_OPTIONS)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_ARG, NULL, "The size field of %s is %zu; set it to sizeof(%s).", name, given, name);
}

amos_status amosi_options_take_from(void *to, size_t bytes, const void *from, const void *defaults, const char *name,
                                    amos_error *err)
{
    memmove(to, defaults, bytes); /* they may be one */
    if (!from)
        return AMOS_OK;
    size_t given;
    memcpy(&given, from, sizeof given);
    amos_status status = check_size(given, name, err);
    if (status)
        return status;
    for (size_t i = bytes; i < given; i++)
        if (((const unsigned char *)from)[i])
            return amosi_fail(err, AMOS_E_ARG, NULL,
                              "%s sets a field that libamos %s does not have; use a newer libamos.", name,
                              AMOS_VERSION_STRING);
    memcpy(to, from, given < bytes ? given : bytes);
    memcpy(to, &bytes, sizeof bytes);
    return AMOS_OK;
}

amos_status amosi_options_copy(void *to, size_t bytes, const void *from, const char *name, amos_error *err)
{
    memset(to, 0, bytes);
    memcpy(to, &bytes, sizeof bytes);
    return amosi_options_take_from(to, bytes, from, to, name, err);
}

amos_status amosi_options_give(void *to, const void *from, size_t bytes, const char *name, amos_error *err)
{
    size_t given;
    memcpy(&given, to, sizeof given);
    amos_status status = check_size(given, name, err);
    if (status)
        return status;
    memset(to, 0, given);
    memcpy(to, from, given < bytes ? given : bytes);
    memcpy(to, &given, sizeof given);
    return AMOS_OK;
}

static void set_default(uint64_t *field, uint64_t value)
{
    if (*field == 0)
        *field = value;
}

amos_status amosi_limits_copy(amos_limits *to, const amos_limits *from, amos_error *err)
{
    amos_status status = amosi_options_copy(to, sizeof *to, from, "amos_limits", err);
    if (status)
        return status;
    set_default(&to->max_uncompressed, 16 * GIB);
    set_default(&to->max_extra, MIB);
    set_default(&to->max_members, 64 * KIB);
    set_default(&to->max_gzip_header, MIB);
    set_default(&to->max_idle_input, MIB);
    set_default(&to->max_extensions, 64 * MIB);
    set_default(&to->max_json_bytes, 64 * MIB);
    set_default(&to->max_json_nodes, 1000000);
    set_default(&to->max_csv_bytes, 64 * MIB);
    return AMOS_OK;
}
