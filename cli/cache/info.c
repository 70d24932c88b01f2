/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache info: what is in the folder. */
#include "accept/accept.h"
#include "cache/files.h"
#include "cache/notes.h"
#include "cache/parts.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/table.h"

static void put_intensity(cJSON *parent, const char *name, const amos_intensity *intensity)
{
    cJSON *object = cJSON_AddObjectToObject(parent, name);
    json_put_unsigned(object, "voxels", intensity->voxels);
    json_put_number(object, "min", intensity->min);
    json_put_number(object, "max", intensity->max);
    json_put_number(object, "mean", intensity->mean);
    json_put_number(object, "std", intensity->std);
    json_put_number(object, "percentile_00_5", intensity->percentile_00_5);
    json_put_number(object, "median", intensity->median);
    json_put_number(object, "percentile_99_5", intensity->percentile_99_5);
}

static bool print_json(const struct cache_file *item, const amos_cache_entry_info *info, const amos_error *err)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "file", item->name);
    json_put_unsigned(object, "bytes", item->bytes);
    json_put_text(object, "status", amos_status_name(info ? AMOS_OK : err->status));
    json_put_text(object, "message", info ? NULL : err->message);
    if (info) {
        json_put_text(object, "case", info->case_id);
        json_put_text(object, "split", amos_split_name(info->split));
        json_put_text(object, "modality", amos_modality_name(info->modality));
        json_put_text(object, "image", info->image_path);
        json_put_text(object, "label", info->label_path);
        json_put_text(object, "type", amos_type_name(info->layout.type));
        json_put_integers(object, "shape", info->layout.shape, 3);
        json_put_geometry(object, info->layout.has_geometry ? &info->layout.geometry : NULL);
        json_put_text(object, "settings", info->settings);
        json_put_warnings(object, info->layout.warnings);
        cache_notes_json(object, info);
        accept_found_put(object, "accepted", &info->accepted);
        put_intensity(object, "body", &info->body);
        put_intensity(object, "organs", &info->organs);
    }
    return json_print_line(object);
}

static void add_row(struct table *table, const struct cache_file *item, const amos_cache_entry_info *info)
{
    char size[DESCRIBE_BYTES], shape[DESCRIBE_SHAPE];
    table_add(table, "%s", info ? info->case_id : "?");
    table_add(table, "%s", info ? amos_modality_name(info->modality) : "-");
    table_add(table, "%s", info ? describe_shape(info->layout.shape, shape) : "-");
    table_add(table, "%s", info ? amos_type_name(info->layout.type) : "-");
    table_add(table, "%s", info ? info->has_labels ? "yes" : "no" : "-");
    table_add(table, "%s", describe_bytes(item->bytes, size));
    table_add(table, "%s", info ? info->settings : item->unfinished ? "unfinished" : "damaged, or of another version");
}

static void show_item(const struct cache_files *files, bool json, struct table *table, const struct cache_file *item)
{
    amos_error err = {.status = AMOS_E_INDEX, .message = "The file is unfinished."};
    amos_cache_entry *entry = NULL;
    if (!item->unfinished && amos_cache_entry_open_name(files->cache, item->name, &entry, &err) != AMOS_OK)
        entry = NULL;
    if (json)
        (void)print_json(item, amos_cache_entry_get_info(entry), &err);
    else
        add_row(table, item, amos_cache_entry_get_info(entry));
    amos_cache_entry_free(entry);
}

static bool show_all(const struct cache_files *files, bool json)
{
    static const struct table_column columns[] = {{"case", 0, false},    {"modality", 2, false}, {"voxels", 2, true},
                                                  {"type", 2, false},    {"labels", 2, false},   {"size", 2, true},
                                                  {"settings", 2, false}};
    char size[DESCRIBE_BYTES];
    struct table *table = json ? NULL : table_new(columns, 7);
    for (size_t i = 0; i < files->count; i++)
        show_item(files, json, table, &files->items[i]);
    if (json)
        return true;
    bool good = table_print(table);
    cli_print("%zu file%s, %s, in %s\n", files->count, files->count == 1 ? "" : "s", describe_bytes(files->bytes, size),
              amos_cache_folder(files->cache));
    return good;
}

struct info_values {
    const char *folder;
    bool json;
};

static int info(const struct args *args, void *values)
{
    const struct info_values *given = values;
    struct cache_files files;
    (void)args;
    bool good = cache_files_open(&files, given->folder) && show_all(&files, given->json);
    cache_files_close(&files);
    return good ? CLI_OK : CLI_FAILED;
}

static const struct args_option options[] = {
    OPTION_CACHE_FOLDER(struct info_values),
    OPTION_JSON("print one JSON object per line, one for each file", struct info_values), ARGS_END};

static const char *const examples[] = {"amos cache info --folder /scratch/cache", NULL};

const struct command command_cache_info = {
    .name = "info",
    .title = "show the cached cases",
    .operands = "",
    .summary = "Show the cached cases.",
    .examples = examples,
    .options = options,
    .values_bytes = sizeof(struct info_values),
    .run = info,
};
