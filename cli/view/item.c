/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the pictures that a command draws. */
#define _POSIX_C_SOURCE 200809L
#include "view/item.h"

#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/volume_name.h"
#include "draw/png.h"
#include "kit/message.h"
#include "view/render.h"
#include "view/sheet.h"

/* ---- the list ---- */

/* The file's name without its suffix. */
static char *name_of_file(const char *path)
{
    const char *base = amosi_base_name(path);
    return strndup(base, amosi_volume_name_id_length(base));
}

/* Takes `name`. */
static bool append(view_items *items, view_item item, char *name)
{
    item.name = name;
    if (items->count == items->room) {
        size_t room = items->room > 0 ? 2 * items->room : 16;
        view_item *grown = realloc(items->items, room * sizeof *grown);
        if (grown != NULL) {
            items->items = grown;
            items->room = room;
        }
    }
    if (name != NULL && items->count < items->room) {
        items->items[items->count++] = item;
        return true;
    }
    free(name);
    cli_error("Memory ran out.");
    return false;
}

static view_item item_of(const view_common *common, const amos_dataset *names)
{
    return (view_item){.source = {.label = common->label,
                                  .dataset = names,
                                  .modality = common->modality,
                                  .window = common->window,
                                  .volume = &common->accepting->volume},
                       .accept = accepting_for(common->accepting, names)};
}

static bool add_file(view_items *items, const char *path, const amos_dataset *names, const view_common *common)
{
    view_item item = item_of(common, names);
    item.source.image = path;
    return append(items, item, name_of_file(path));
}

static bool add_case(view_items *items, const amos_dataset *dataset, const amos_case *c, const view_common *common)
{
    const amos_case_info *info = amos_case_get_info(c);
    view_item item = item_of(common, dataset);
    item.source.c = c;
    item.source.image = info->image_path;
    if (item.source.label == NULL && info->has_label)
        item.source.label = info->label_path;
    return append(items, item, strdup(info->id));
}

/* A folder or archive of volumes that is no data set. */
static bool add_folder(view_items *items, const struct target *target, const view_common *common)
{
    for (size_t i = 0; i < target->folder->count; i++)
        if (!add_file(items, target->folder->paths[i], target->names, common))
            return false;
    return true;
}

static bool add_dataset(view_items *items, const struct target *target, const view_common *common)
{
    size_t before = items->count;
    for (size_t i = 0; i < target_case_count(target); i++) {
        const amos_case *c = amos_dataset_get(target->dataset, i);
        if (common->split != AMOS_SPLIT_ANY && amos_case_get_info(c)->split != common->split)
            continue;
        if (!add_case(items, target->dataset, c, common))
            return false;
    }
    if (items->count == before)
        cli_error("%s: No case is to be drawn; one or more were expected (see --split).", target->path);
    return items->count > before;
}

bool view_items_add(view_items *items, const struct target *target, const view_common *common)
{
    if (target->kind == TARGET_FILE)
        return add_file(items, target->path, target->names, common);
    if (target->kind == TARGET_CASE)
        return add_case(items, target->dataset, target->c, common);
    if (target->kind == TARGET_FOLDER)
        return add_folder(items, target, common);
    if (target->dataset != NULL)
        return add_dataset(items, target, common);
    cli_error_of(&target->error);
    return false;
}

bool view_items_add_label(view_items *items, const amos_dataset *names, const view_common *common)
{
    return append(items, item_of(common, names), name_of_file(common->label));
}

void view_item_drop(view_item *item)
{
    free(item->png);
    item->png = NULL;
    view_canvas_free(&item->row);
}

void view_items_free(view_items *items)
{
    for (size_t i = 0; i < items->count; i++) {
        view_item *item = &items->items[i];
        view_item_drop(item);
        free(item->facts);
        free(item->path);
        free(item->name);
    }
    free(items->items);
    *items = (view_items){NULL, 0, 0};
}

/* ---- drawing ---- */

static amos_status draw_picture(view_item *item, const view_request *request)
{
    view_canvas canvas = {0, 0, NULL};
    const view_facts *facts = item->facts;
    if (view_render(&facts->scene, &facts->plan, &request->look, &canvas) == 0)
        item->png = png_write(canvas.rgb, canvas.width, canvas.height, &item->png_bytes);
    view_canvas_free(&canvas);
    return item->png != NULL ? AMOS_OK : amosi_fail_nomem(&item->error, item->name);
}

static amos_status draw_all(view_item *item, const view_request *request, bool picture, bool row)
{
    view_facts *facts = item->facts;
    amos_status status = view_plan_make(request, &facts->scene, &facts->plan, &item->error);
    if (status == AMOS_OK && picture)
        status = draw_picture(item, request);
    if (status == AMOS_OK && row && view_sheet_row(&facts->scene, &facts->plan, request, &item->row) != 0)
        status = amosi_fail_nomem(&item->error, item->name);
    return status;
}

static amos_accepted accepted_in(const amos_labelmap *label)
{
    const amos_labelmap_info *info = amos_labelmap_get_info(label);
    return info != NULL ? info->accepted : (amos_accepted){0};
}

void view_item_draw(view_item *item, const view_request *request, bool picture, bool row)
{
    view_loaded loaded;
    item->error = (amos_error){.status = AMOS_OK, .offset = -1};
    view_source source = item->source;
    source.accept = &item->accept;
    amos_status status = view_load(&source, &loaded, &item->error);
    if (status == AMOS_OK && (item->facts = malloc(sizeof *item->facts)) == NULL)
        status = amosi_fail_nomem(&item->error, item->name);
    if (status == AMOS_OK) {
        item->facts->scene = loaded.scene;
        item->facts->modality = loaded.modality;
        item->facts->accepted = accepted_in(loaded.label);
        item->facts->warnings = loaded.warnings;
        status = draw_all(item, request, picture, row);
        item->facts->scene.grey = NULL;
        item->facts->scene.label = item->facts->scene.prediction = NULL;
    }
    if (status != AMOS_OK) {
        view_item_drop(item);
        free(item->facts);
        item->facts = NULL;
    }
    view_unload(&loaded);
}
