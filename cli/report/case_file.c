/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/case_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math/digest.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/outfile.h"
#include "review/json.h"

/* A file that is written, and its digest. */
struct writing {
    struct outfile *out;
    struct amosi_digest digest;
    uint64_t bytes;
    bool good;
};

static void put(struct writing *writing, const char *text, size_t bytes)
{
    writing->good = writing->good && outfile_write(writing->out, text, bytes);
    amosi_digest_take(&writing->digest, text, bytes);
    writing->bytes += bytes;
}

static void put_text(struct writing *writing, const char *text)
{
    put(writing, text, strlen(text));
}

/* An object without its last brace, so that more members may follow. */
static void put_open(struct writing *writing, cJSON *object)
{
    char *text = json_script(object);
    writing->good = writing->good && text;
    if (text)
        put(writing, text, strlen(text) - 1);
    free(text);
}

/* `object` has what is known of the voxels but them. */
static void put_voxels(struct writing *writing, const char *name, cJSON *object, const struct report_text *voxels)
{
    put_text(writing, ",\n\"");
    put_text(writing, name);
    put_text(writing, "\":");
    if (voxels->text) {
        put_open(writing, object);
        put_text(writing, ",\"data\":\"");
        put(writing, voxels->text, voxels->length);
        put_text(writing, "\"}");
    } else {
        put_text(writing, "null");
        cJSON_Delete(object);
    }
}

static cJSON *encoding(const char *filter)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "encoding", "deflate");
    json_put_text(object, "filter", filter);
    return object;
}

static void put_id(struct writing *writing, const struct review_item *item)
{
    cJSON *holder = cJSON_CreateObject();
    json_put_text(holder, "id", item->id);
    char *text = json_script(cJSON_DetachItemFromObjectCaseSensitive(holder, "id"));
    writing->good = writing->good && text;
    if (text)
        put_text(writing, text);
    free(text);
    cJSON_Delete(holder);
}

static void put_case(struct writing *writing, const struct review_item *item, const struct report_content *content)
{
    cJSON *image = encoding("left");
    review_put_levels(image, &content->levels);
    put_text(writing, "amosViewer.case(");
    put_id(writing, item);
    put_text(writing, ", ");
    put_open(writing,
             review_case_json(item, &content->facts, &content->shown, content->windows, content->window_count));
    put_voxels(writing, "image", image, &content->image);
    put_voxels(writing, "reference", encoding("none"), &content->labels[0]);
    put_voxels(writing, "prediction", encoding("none"), &content->labels[1]);
    put_text(writing, "});\n");
}

char *report_case_file_name(const struct review_item *item)
{
    size_t bytes = strlen(item->name) + sizeof "cases/.js";
    char *name = malloc(bytes);
    if (name)
        snprintf(name, bytes, "cases/%s.js", item->name);
    else
        cli_error("Memory ran out.");
    return name;
}

bool report_case_file_write(const struct report_folder *folder, const struct review_item *item,
                            const struct report_content *content, struct report_record *record)
{
    struct writing writing = {.good = true};
    record->file = report_case_file_name(item);
    char *path = record->file ? report_folder_join(folder, record->file) : NULL;
    writing.out = path ? outfile_open(path) : NULL;
    free(path);
    if (!writing.out)
        return false;
    amosi_sha256_begin(&writing.digest);
    put_case(&writing, item, content);
    record->bytes = writing.bytes;
    amosi_digest_text(writing.digest, record->sha256);
    return outfile_finish(writing.out, writing.good && cli_stdout_good());
}
