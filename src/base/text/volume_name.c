/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/volume_name.h"

#include <string.h>

struct suffix {
    const char *text;
    enum amosi_volume_kind kind;
};

static const struct suffix suffixes[] = {
    {".nii", AMOSI_NAME_SINGLE},
    {".hdr", AMOSI_NAME_HEADER},
    {".img", AMOSI_NAME_IMAGE},
};

/* ASCII only: strcasecmp() depends on the locale. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t n = strlen(end);
    if (length < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(text[length - n + i]) != end[i])
            return false;
    return true;
}

struct amosi_volume_name amosi_volume_name(const char *path)
{
    size_t length = strlen(path);
    struct amosi_volume_name name = {.gz = ends_with(path, length, ".gz"), .stem = length};
    size_t end = name.gz ? length - strlen(".gz") : length;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (ends_with(path, end, suffixes[i].text)) {
            name.kind = suffixes[i].kind;
            name.stem = end - strlen(suffixes[i].text);
        }
    return name;
}

bool amosi_volume_name_is_listed(const char *name)
{
    return name[0] != '.' && amosi_volume_name(name).kind == AMOSI_NAME_SINGLE;
}

bool amosi_volume_name_is_listed_or_header(const char *name)
{
    return amosi_volume_name_is_listed(name) || (name[0] != '.' && amosi_volume_name(name).kind == AMOSI_NAME_HEADER);
}

size_t amosi_volume_name_id_length(const char *name)
{
    size_t stem = amosi_volume_name(name).stem;
    return stem > 0 ? stem : strlen(name); /* a name that is only a suffix keeps it, since an empty id is not allowed */
}

const char *amosi_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
