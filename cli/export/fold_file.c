/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "export/fold_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/text/utf8.h"
#include "read/json_file.h"
#include "kit/message.h"

#define BYTES_MAX ((size_t)64 << 20)

bool folds_allocate(struct folds *folds, size_t count, size_t items)
{
    *folds = (struct folds){count, items, calloc(count * items + 1, 1)};
    if (!folds->parts)
        cli_error("Memory ran out.");
    return folds->parts != NULL;
}

struct reading {
    const char *path;
    const amos_case_info *const *infos; /* sorted by id */
    size_t items;
    struct folds *out;
};

static bool refuse(const struct reading *r, const char *what, const char *name)
{
    char shown[80];
    cli_error("%s: %s%s%s; splits as of nnU-Net were expected, [{\"train\": [ids], \"val\": [ids]}, ...].", r->path,
              what, name ? " " : "", name ? amosi_text_show(shown, sizeof shown, name) : "");
    return false;
}

static int compare_id(const void *id, const void *info)
{
    return strcmp(id, (*(const amos_case_info *const *)info)->id);
}

static bool read_part(const struct reading *r, const cJSON *list, size_t fold, enum fold_part part)
{
    if (!cJSON_IsArray(list) || !list->child)
        return refuse(
            r, part == FOLD_TRAIN ? "a fold has no cases in a list \"train\"" : "a fold has no cases in a list \"val\"",
            NULL);
    for (const cJSON *item = list->child; item; item = item->next) {
        if (!cJSON_IsString(item))
            return refuse(r, "a fold has an id that is not a text", NULL);
        const amos_case_info *const *found =
            r->items ? bsearch(item->valuestring, r->infos, r->items, sizeof(const amos_case_info *), compare_id)
                     : NULL;
        if (!found)
            return refuse(r, "there is no labelled case", item->valuestring);
        unsigned char *to = &r->out->parts[fold * r->items + (size_t)(found - r->infos)];
        if (*to != FOLD_NEITHER)
            return refuse(r, "a fold names this case twice:", item->valuestring);
        *to = (unsigned char)part;
    }
    return true;
}

static bool read_folds(const struct reading *r, const cJSON *root)
{
    size_t count = cJSON_IsArray(root) ? (size_t)cJSON_GetArraySize(root) : 0, fold = 0;
    if (count == 0 || count > FOLDS_MOST)
        return refuse(r, "this is no list of 1 to 64 folds", NULL);
    if (!folds_allocate(r->out, count, r->items))
        return false;
    for (const cJSON *item = root->child; item; item = item->next, fold++)
        if (!read_part(r, cJSON_GetObjectItemCaseSensitive(item, "train"), fold, FOLD_TRAIN) ||
            !read_part(r, cJSON_GetObjectItemCaseSensitive(item, "val"), fold, FOLD_VAL))
            return false;
    return true;
}

bool fold_file_read(const char *path, const amos_case_info *const *infos, size_t items, struct folds *out)
{
    const struct reading reading = {path, infos, items, out};
    cJSON *root = json_file_read(path, BYTES_MAX);
    bool good = root && read_folds(&reading, root);
    cJSON_Delete(root);
    return good;
}
