/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/verdicts/read.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/json/syntax.h"
#include "base/text/utf8.h"
#include "dataset/verdicts/csv.h"
#include "dataset/verdicts/object.h"

struct reading {
    amos_verdicts *verdicts;
    const amos_limits *limits;
    const char *path;
    amos_error *err;
};

/* Checks and parses a piece of the text. */
static amos_status parse(const struct reading *r, char *text, size_t length, cJSON **out)
{
    *out = NULL;
    amos_status status = amosi_json_check_own(text, length, r->limits->max_json_nodes, r->path, r->err);
    char end = text[length];
    text[length] = '\0';
    if (!status && !(*out = cJSON_ParseWithLengthOpts(text, length + 1, NULL, 1)))
        status = amosi_fail_nomem(r->err, r->path);
    text[length] = end;
    return status;
}

/* ---- the whole text is one value ---- */

static amos_status take_list(const struct reading *r, const cJSON *list)
{
    amos_status status = AMOS_OK;
    size_t number = 0;
    for (const cJSON *item = list->child; item && !status; item = item->next)
        status = amosi_verdicts_take_object(r->verdicts, item, "entry", ++number, r->err);
    return status;
}

static amos_status read_whole(const struct reading *r, char *text, size_t length)
{
    cJSON *root;
    amos_status status = parse(r, text, length, &root);
    if (status)
        return status;
    const cJSON *list = cJSON_IsArray(root) ? root : cJSON_GetObjectItemCaseSensitive(root, "verdicts");
    if (cJSON_GetObjectItemCaseSensitive(root, "case"))
        status = amosi_verdicts_take_object(r->verdicts, root, "entry", 1, r->err);
    else if (cJSON_IsArray(list))
        status = take_list(r, list);
    else
        status = amosi_fail(r->err, AMOS_E_JSON_SCHEMA, r->path,
                            "the file has no list \"verdicts\"; one that amos serve or the viewer of amos report saved "
                            "is expected.");
    cJSON_Delete(root);
    return status;
}

/* ---- a value on each line ---- */

/* Whether the text is JSON lines: its first line is an object with a case, or the text begins so, but is not JSON as a
 * whole: cut off. */
static bool has_lines(const struct reading *r, char *text, size_t length)
{
    const char *end = memchr(text, '\n', length);
    size_t first = end ? (size_t)(end - text) : length;
    static const char start[] = "{\"case\"";
    const struct reading silent = {r->verdicts, r->limits, r->path, NULL};
    cJSON *root;
    bool lines = !parse(&silent, text, first, &root) && cJSON_GetObjectItemCaseSensitive(root, "case");
    cJSON_Delete(root);
    if (lines || length < sizeof start - 1 || memcmp(text, start, sizeof start - 1) != 0)
        return lines;
    return amosi_json_check_own(text, length, r->limits->max_json_nodes, r->path, NULL) != AMOS_OK;
}

static bool is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!line[i] || !strchr(" \t\r", line[i]))
            return false;
    return true;
}

static amos_status read_line(const struct reading *r, char *line, size_t length, size_t number, bool last)
{
    cJSON *root;
    amos_error why;
    const struct reading own = {r->verdicts, r->limits, r->path, &why};
    if (is_blank(line, length))
        return AMOS_OK;
    amos_status status = parse(&own, line, length, &root);
    if (!status)
        status = amosi_verdicts_take_object(r->verdicts, root, "line", number, &why);
    else if (status == AMOS_E_JSON_SYNTAX && last) {
        r->verdicts->info.cut = 1;
        return AMOS_OK;
    } else if (status == AMOS_E_JSON_SYNTAX)
        status =
            amosi_fail(&why, status, r->path, "line %zu is not JSON; one verdict on each line is expected.", number);
    cJSON_Delete(root);
    if (status && r->err)
        *r->err = why;
    return status;
}

static amos_status read_lines(const struct reading *r, char *text, size_t length)
{
    amos_status status = AMOS_OK;
    size_t number = 1;
    r->verdicts->info.lines = 1;
    for (char *line = text, *end; line < text + length && !status; line = end + 1, number++) {
        size_t left = (size_t)(text + length - line);
        end = memchr(line, '\n', left);
        bool last = end == NULL;
        if (last)
            end = line + left;
        status = read_line(r, line, (size_t)(end - line), number, last);
        if (last)
            break;
    }
    return status;
}

/* ---- which of them ---- */

amos_status amosi_verdicts_read(amos_verdicts *verdicts, const amos_limits *limits, char *text, size_t length,
                                amos_error *err)
{
    const struct reading r = {verdicts, limits, verdicts->info.path, err};
    size_t start = amosi_utf8_has_bom(text, length) ? 3 : 0;
    while (start < length && strchr(" \t\r\n", text[start]) && text[start])
        start++;
    text += start;
    length -= start;
    if (length == 0) {
        verdicts->info.lines = 1;
        return AMOS_OK;
    }
    if (text[0] == '{' && has_lines(&r, text, length))
        return read_lines(&r, text, length);
    if (text[0] == '{' || text[0] == '[')
        return read_whole(&r, text, length);
    return amosi_verdicts_read_csv(verdicts, text, length, err);
}
