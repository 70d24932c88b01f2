/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/json/json.h"

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/json/syntax.h"
#include "base/text/utf8.h"
#include "dataset/text.h"
#include "io/content.h"

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
