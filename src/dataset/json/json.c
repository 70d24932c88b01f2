/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/json/json.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/sort.h"
#include "dataset/json/syntax.h"
#include "base/text/utf8.h"
#include "dataset/case_order.h"
#include "dataset/text.h"
#include "io/content.h"

#define FEW_MEMBERS 8 /* up to this number no allocation is needed */

/* cJSON stores the position of the last error in a global variable, which two threads may write at once. Nothing here
 * reads it. A lock of our own could not stop other users of cJSON in the process, and would not survive a fork. */
static cJSON *parse_text(const char *text, size_t length)
{
    size_t skip = amosi_utf8_has_bom(text, length) ? 3 : 0;
    /* The length includes the NUL after the text: cJSON requires it, and versions before 1.7.18 may read it. */
    return cJSON_ParseWithLengthOpts(text + skip, length - skip + 1, NULL, 1);
}

/* Says what the file is if its first byte shows that no JSON was meant: a Git LFS pointer, an HTML page. */
static void explain_content(const char *text, size_t length, const char *path, amos_error *err)
{
    const struct amosi_content *content = amosi_content_of((const unsigned char *)text, length);
    if (err && content && !content->plain)
        amosi_fail_at(err, AMOS_E_JSON_SYNTAX, path, err->offset, "this is %s, not JSON; %s.", content->what,
                      content->way);
}

amos_status amosi_json_load(const char *path, const amos_limits *limits, cJSON **out, amos_error *err)
{
    char *text;
    size_t length;
    amos_status status = amosi_text_read(path, limits->max_json_bytes, &text, &length, err);
    if (status)
        return status;
    status = amosi_json_check(text, length, limits->max_json_nodes, path, err);
    if (status == AMOS_E_JSON_SYNTAX)
        explain_content(text, length, path, err);
    if (status == AMOS_OK) {
        *out = parse_text(text, length);
        if (!*out)
            status = amosi_fail_nomem(err, path);
    }
    amosi_free(text);
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *find_duplicate(const char **names, size_t count)
{
    amosi_sort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return names[i];
    return NULL;
}

amos_status amosi_json_check_unique(const cJSON *object, const char *path, const char *where, amos_error *err)
{
    const char *few[FEW_MEMBERS];
    size_t count = 0;
    for (const cJSON *item = object->child; item; item = item->next)
        count++;
    const char **names = count <= FEW_MEMBERS ? few : amosi_alloc_array(count, sizeof *names);
    if (!names)
        return amosi_fail_nomem(err, path);
    count = 0;
    for (const cJSON *item = object->child; item; item = item->next)
        names[count++] = item->string;
    const char *twice = find_duplicate(names, count);
    amos_status status = AMOS_OK;
    char shown[80];
    if (twice)
        status = amosi_fail(err, AMOS_E_JSON_SCHEMA, path, "%s has the key \"%s\" twice; a key may appear only once.",
                            where, amosi_text_show(shown, sizeof shown, twice));
    if (names != few)
        amosi_free(names);
    return status;
}
