/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: draws all items and writes their pictures. Threads load and draw; the command's thread writes, in the order
 * of the items. */
#define _POSIX_C_SOURCE 200809L
#include "view/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accept/place.h"
#include "draw/save.h"
#include "folder.h"
#include "kit/message.h"
#include "kit/progress.h"
#include "kit/read_ahead.h"
#include "open/dataset.h"
#include "output.h"
#include "view/sheet.h"

struct drawing {
    view_items *items;
    const view_request *request;
    const view_outputs *outputs;
    cJSON *results; /* NULL: not asked for */
    size_t failed;
    struct place_notes places;
    amos_warnings warnings; /* of all items */
    bool no_memory;         /* for an item: that says nothing of the item */
};

/* ---- names of the pictures ---- */

static char *path_in(const char *folder, const char *name)
{
    size_t bytes = strlen(folder) + strlen(name) + sizeof "/.png";
    char *path = malloc(bytes);
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    if (path != NULL)
        snprintf(path, bytes, "%s%s%s.png", folder, slash, name);
    return path;
}

static int by_name(const void *a, const void *b)
{
    const view_item *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static const char *origin(const view_item *item)
{
    return item->source.image != NULL ? item->source.image : item->source.label;
}

/* Two pictures of one name would be one picture. */
static bool names_differ(const view_items *items)
{
    const view_item **sorted = calloc(items->count, sizeof(view_item *));
    if (sorted == NULL) {
        cli_error("Memory ran out.");
        return false;
    }
    for (size_t i = 0; i < items->count; i++)
        sorted[i] = &items->items[i];
    qsort(sorted, items->count, sizeof *sorted, by_name);
    bool good = true;
    for (size_t i = 1; i < items->count && good; i++) {
        good = strcmp(sorted[i - 1]->name, sorted[i]->name) != 0;
        if (!good)
            cli_error("view: The pictures of %s and of %s would both be %s.png; draw them into different folders.",
                      origin(sorted[i - 1]), origin(sorted[i]), sorted[i]->name);
    }
    free(sorted);
    return good;
}

static bool name_pictures(view_items *items, const view_outputs *outputs)
{
    if (outputs->folder != NULL && !names_differ(items))
        return false;
    for (size_t i = 0; i < items->count; i++) {
        view_item *item = &items->items[i];
        if (outputs->folder != NULL)
            item->path = path_in(outputs->folder, item->name);
        else if (outputs->picture != NULL)
            item->path = strdup(outputs->picture);
        if ((outputs->folder != NULL || outputs->picture != NULL) && item->path == NULL) {
            cli_error("Memory ran out.");
            return false;
        }
    }
    return outputs->folder == NULL || folder_make(outputs->folder);
}

/* ---- inputs ---- */

static bool spares(const char *output, const view_items *items, const struct view_inputs *others)
{
    bool good = output_spares("view", output, others->relabel) && dataset_spares("view", output, NULL, others->dataset);
    for (size_t i = 0; good && i < items->count; i++) {
        const view_source *source = &items->items[i].source;
        good = output_spares("view", output, source->image) && output_spares("view", output, source->label) &&
               dataset_spares("view", output, source->dataset, NULL);
    }
    return good;
}

bool view_outputs_spare(const view_outputs *outputs, const view_items *items, const struct view_inputs *others)
{
    bool good = (outputs->picture == NULL || spares(outputs->picture, items, others)) &&
                (outputs->sheet == NULL || spares(outputs->sheet, items, others));
    for (size_t i = 0; outputs->folder != NULL && good && i < items->count; i++) {
        char *path = path_in(outputs->folder, items->items[i].name);
        if (path == NULL)
            return true; /* name_pictures() will report it */
        good = access(path, F_OK) != 0 || spares(path, items, others);
        free(path);
    }
    return good;
}

/* ---- drawing ---- */

static amos_status draw_one(void *user, size_t index, amos_error *err)
{
    const struct drawing *run = user;
    view_item *item = &run->items->items[index];
    (void)err;
    if (index + CLI_READ_AHEAD < run->items->count) {
        const view_source *next = &run->items->items[index + CLI_READ_AHEAD].source;
        amos_file_read_ahead(next->image);
        amos_file_read_ahead(next->label);
    }
    view_item_draw(item, run->request, item->path != NULL, run->outputs->sheet != NULL);
    return AMOS_OK;
}

/* What was accepted in the label, and where it was taken to lie, as lines on stderr: stdout may be the picture. */
static void report_accepted(struct drawing *run, const view_item *item)
{
    char text[ACCEPT_TEXT];
    if (accept_found_text(&item->facts->accepted, text)[0])
        cli_error("view: %s: Voxels of the label: %s.", item->name, text);
    place_notes_add(&run->places, item->name, item->facts->warnings);
    run->warnings |= item->facts->warnings;
}

static amos_status write_one(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct drawing *run = user;
    view_item *item = &run->items->items[index];
    (void)status; /* draw_one() keeps failures with the item */
    (void)err;
    progress_hide();
    bool good = item->error.status == AMOS_OK;
    if (!good)
        cli_error_of(&item->error);
    else
        report_accepted(run, item);
    if (good && item->path != NULL)
        good = view_save_png(item->png, item->png_bytes, item->path);
    if (run->results != NULL)
        json_append(run->results, view_item_json(item, good ? item->path : NULL));
    run->failed += !good;
    run->no_memory |= item->error.status == AMOS_E_NOMEM;
    free(item->png);
    item->png = NULL;
    if (run->outputs->sheet == NULL) {
        free(item->facts);
        item->facts = NULL;
    }
    return cli_stdout_good() ? AMOS_OK : AMOS_E_IO;
}

/* One picture shows how far its file is read, several how many are done. */
static bool draw_all(struct drawing *run, int threads)
{
    amos_error err;
    view_items *items = run->items;
    if (items->count == 1) {
        items->items[0].source.progress.function = progress_show;
        progress_start("reading", PROGRESS_BYTES);
        draw_one(run, 0, &err);
        progress_stop();
        return write_one(run, 0, AMOS_OK, &err) == AMOS_OK;
    }
    amos_workers_options options = {.size = sizeof options, .threads = threads, .progress = {progress_show, NULL}};
    progress_start("drawing", PROGRESS_CASES);
    amos_status status = amos_workers_run(items->count, &options, draw_one, write_one, run, &err);
    progress_stop();
    if (status != AMOS_OK && cli_stdout_good())
        cli_error_of(&err);
    return status == AMOS_OK;
}

/* Where images and labels were taken to lie: of one item in its own words, of several by kind. */
static void report_places(const struct drawing *run)
{
    if (run->items->count == 1)
        place_print(stderr, run->warnings, NULL);
    else
        place_notes_print(stderr, &run->places);
}

bool view_draw_items(view_items *items, const view_request *request, const view_outputs *outputs, int threads,
                     cJSON *results, size_t *failed)
{
    struct drawing run = {.items = items, .request = request, .outputs = outputs, .results = results};
    *failed = 0;
    if (!name_pictures(items, outputs))
        return false;
    bool good = draw_all(&run, threads) && !run.no_memory;
    report_places(&run);
    if (good && outputs->sheet != NULL)
        good = view_sheet_save(items, request, outputs->sheet);
    *failed = run.failed;
    return good && run.failed == 0;
}
