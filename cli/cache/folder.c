/* amos cache info, check and prune: what is in the folder. */
#include "cache/parts.h"

#include <stdlib.h>
#include <string.h>

#include "kit/args.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/progress.h"
#include "kit/table.h"

struct item {
    char *name;
    uint64_t bytes;
    int unfinished;
};

struct folder {
    amos_cache *cache;
    struct item *items;
    size_t count, room;
    uint64_t bytes;
    size_t damaged;
    bool json;
};

/* ---- listing ---- */

static amos_status add_item(void *user, const amos_cache_item *item)
{
    struct folder *f = user;
    if (f->count == f->room) {
        size_t room = f->room ? 2 * f->room : 64;
        struct item *items = realloc(f->items, room * sizeof *items);
        if (!items)
            return AMOS_E_NOMEM;
        f->items = items;
        f->room = room;
    }
    char *name = malloc(strlen(item->name) + 1);
    if (!name)
        return AMOS_E_NOMEM;
    strcpy(name, item->name);
    struct item *to = &f->items[f->count++];
    to->name = name;
    to->bytes = item->bytes;
    to->unfinished = item->unfinished;
    f->bytes += item->bytes;
    return AMOS_OK;
}

static bool open_folder(struct folder *f, const char *path)
{
    amos_error err;
    amos_status status = amos_cache_open(path, NULL, &f->cache, &err);
    if (!status)
        status = amos_cache_list(f->cache, add_item, f, &err);
    if (status)
        cli_error_of(&err);
    return !status;
}

static void close_folder(struct folder *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->items[i].name);
    free(f->items);
    amos_cache_free(f->cache);
}

static bool parse(const struct args_command *command, int argc, char **argv, int *code)
{
    struct args args;
    return args_parse(command, argc, argv, &args, code);
}

/* ---- info ---- */

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

static bool print_json(const struct item *item, const amos_cache_entry_info *info, const amos_error *err)
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
        put_intensity(object, "body", &info->body);
        put_intensity(object, "organs", &info->organs);
    }
    return json_print_line(object);
}

static void add_row(struct table *table, const struct item *item, const amos_cache_entry_info *info)
{
    char size[DESCRIBE_BYTES], shape[DESCRIBE_SHAPE];
    table_add(table, "%s", info ? info->case_id : "?");
    table_add(table, "%s", info ? amos_modality_name(info->modality) : "-");
    table_add(table, "%s", info ? describe_shape(info->layout.shape, shape) : "-");
    table_add(table, "%s", info ? amos_type_name(info->layout.type) : "-");
    table_add(table, "%s", info ? info->has_labels ? "yes" : "no" : "-");
    table_add(table, "%s", describe_bytes(item->bytes, size));
    table_add(table, "%s", info ? info->settings : item->unfinished ? "unfinished" : "damaged or not of this version");
}

static void show_item(struct folder *f, struct table *table, const struct item *item)
{
    amos_error err = {.status = AMOS_E_INDEX, .message = "The file is unfinished."};
    amos_cache_entry *entry = NULL;
    if (!item->unfinished && amos_cache_open_entry(f->cache, item->name, &entry, &err) != AMOS_OK)
        entry = NULL;
    if (f->json)
        (void)print_json(item, amos_cache_entry_get_info(entry), &err);
    else
        add_row(table, item, amos_cache_entry_get_info(entry));
    amos_cache_entry_free(entry);
}

static bool show_all(struct folder *f)
{
    static const struct table_column columns[] = {{"case", 0, false}, {"modality", 2, false}, {"voxels", 2, true},
                                                  {"type", 2, false}, {"labels", 2, false},   {"size", 2, true},
                                                  {"settings", 2, false}};
    char size[DESCRIBE_BYTES];
    struct table *table = f->json ? NULL : table_new(columns, 7);
    for (size_t i = 0; i < f->count; i++)
        show_item(f, table, &f->items[i]);
    if (f->json)
        return true;
    bool good = table_print(table);
    cli_print("%zu file%s, %s, in %s\n", f->count, f->count == 1 ? "" : "s", describe_bytes(f->bytes, size),
              amos_cache_folder(f->cache));
    return good;
}

int cmd_cache_info(int argc, char **argv)
{
    static const char *const examples[] = {"amos cache info --folder /scratch/cache", NULL};
    struct folder f = {0};
    const char *path = NULL;
    const struct args_option options[] = {CACHE_FOLDER_OPTION(&path),
                                          {0, "json", NULL, "print one JSON object a line for each file", NULL, &f.json},
                                          {0, NULL, NULL, NULL, NULL, NULL}};
    const struct args_command command = {.name = "cache info", .usage = "", .summary = "Show what is cached.",
                                         .examples = examples, .options = options};
    int code;
    if (!parse(&command, argc, argv, &code))
        return code;
    bool good = open_folder(&f, path) && show_all(&f);
    close_folder(&f);
    return good ? CLI_OK : CLI_FAILED;
}

/* ---- check ---- */

static amos_status verify(void *user, size_t index, amos_error *err)
{
    const struct folder *f = user;
    amos_cache_entry *entry;
    if (f->items[index].unfinished)
        return AMOS_OK;
    amos_status status = amos_cache_open_entry(f->cache, f->items[index].name, &entry, err);
    if (!status)
        status = amos_cache_entry_verify(entry, err);
    amos_cache_entry_free(entry);
    return status;
}

static amos_status verified(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct folder *f = user;
    (void)index;
    if (status) {
        f->damaged++;
        progress_hide();
        cli_error_of(err);
    }
    return AMOS_OK;
}

static bool verify_all(struct folder *f, int threads)
{
    amos_error err;
    const amos_workers_options options = {.size = sizeof options, .threads = threads, .progress = progress_tell};
    progress_start("checking", PROGRESS_FILES);
    amos_status status = amos_workers_run(f->count, &options, verify, verified, f, &err);
    progress_stop();
    if (status)
        cli_error_of(&err);
    else
        cli_print("%zu file%s checked, %zu damaged\n", f->count, f->count == 1 ? "" : "s", f->damaged);
    return !status && !f->damaged;
}

int cmd_cache_check(int argc, char **argv)
{
    static const char *const examples[] = {"amos cache check --folder /scratch/cache", NULL};
    struct folder f = {0};
    struct args_integer threads = {0, 1, 1024};
    const char *path = NULL;
    const struct args_option options[] = {
        CACHE_FOLDER_OPTION(&path),
        {'j', "threads", "N", "use N threads (default: one for each processor)", args_take_integer, &threads},
        {0, NULL, NULL, NULL, NULL, NULL}};
    const struct args_command command = {
        .name = "cache check", .usage = "", .summary = "Read everything that is cached and say what is damaged.",
        .details = "What is damaged is built again by: amos cache build", .examples = examples, .options = options};
    int code;
    if (!parse(&command, argc, argv, &code))
        return code;
    bool good = open_folder(&f, path) && verify_all(&f, (int)threads.value);
    close_folder(&f);
    return good ? CLI_OK : CLI_FAILED;
}

/* ---- prune ---- */

struct pruned {
    size_t count;
    uint64_t bytes;
};

static amos_status note_removed(void *user, const amos_cache_item *item)
{
    struct pruned *pruned = user;
    pruned->count++;
    pruned->bytes += item->bytes;
    return AMOS_OK;
}

static bool prune(const char *path, uint64_t max_bytes)
{
    amos_error err;
    amos_cache *cache;
    struct pruned pruned = {0, 0};
    char size[DESCRIBE_BYTES];
    amos_status status = amos_cache_open(path, NULL, &cache, &err);
    if (!status)
        status = amos_cache_prune(cache, max_bytes, note_removed, &pruned, &err);
    if (status)
        cli_error_of(&err);
    if (cache)
        cli_print("%zu file%s removed, %s\n", pruned.count, pruned.count == 1 ? "" : "s",
                  describe_bytes(pruned.bytes, size));
    amos_cache_free(cache);
    return !status;
}

int cmd_cache_prune(int argc, char **argv)
{
    static const char *const examples[] = {"amos cache prune --folder /scratch/cache --max-size 50G", NULL};
    uint64_t max_bytes = UINT64_MAX;
    const char *path = NULL;
    const struct args_option options[] = {
        CACHE_FOLDER_OPTION(&path),
        {0, "max-size", "SIZE", "keep no more than so many bytes; k, M, G or T may follow, times 1000",
         args_take_bytes, &max_bytes},
        {0, NULL, NULL, NULL, NULL, NULL}};
    const struct args_command command = {
        .name = "cache prune", .usage = "",
        .summary = "Remove the cases that were not used for the longest time, until the others fit.",
        .details = "What builds that were killed left behind goes in any case. Without --max-size nothing else does.",
        .examples = examples, .options = options};
    int code;
    if (!parse(&command, argc, argv, &code))
        return code;
    return prune(path, max_bytes) ? CLI_OK : CLI_FAILED;
}
