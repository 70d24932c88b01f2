/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view --json. */
#include "view/report.h"

static void put_window(cJSON *object, const view_scene *scene, bool image)
{
    if (!image) {
        json_put_null(object, "window");
        return;
    }
    cJSON *window = cJSON_AddObjectToObject(object, "window");
    json_put_text(window, "text", scene->window);
    json_put_number(window, "low", scene->low);
    json_put_number(window, "high", scene->high);
}

static void put_organ(cJSON *object, const view_facts *facts)
{
    char own[32];
    if (facts->plan.organ == 0) {
        json_put_null(object, "organ");
        return;
    }
    cJSON *organ = cJSON_AddObjectToObject(object, "organ");
    json_put_integer(organ, "label", facts->plan.organ);
    json_put_text(organ, "name", view_organ_title(&facts->scene, facts->plan.organ, own));
}

/* `slice` counts from 0 as the file does, along its axis nearest to x, y or z. */
static void put_slices(cJSON *object, const view_facts *facts)
{
    cJSON *slices = cJSON_AddArrayToObject(object, "slices");
    for (int i = 0; i < facts->plan.count; i++) {
        const view_cell *cell = &facts->plan.cells[i];
        const view_plane *plane = &view_planes[cell->plane];
        const char axis[2] = {"xyz"[plane->through], '\0'};
        cJSON *slice = cJSON_CreateObject();
        json_put_text(slice, "plane", plane->word);
        json_put_text(slice, "axis", axis);
        json_put_integer(slice, "slice", view_scene_stored_index(&facts->scene, plane->through, cell->at));
        json_put_number(slice, "mm", view_scene_mm(&facts->scene, plane->through, cell->at));
        json_append(slices, slice);
    }
}

cJSON *view_item_json(const view_item *item, const char *path)
{
    cJSON *object = cJSON_CreateObject();
    const view_facts *facts = item->facts;
    json_put_text(object, "picture", path);
    json_put_text(object, "case", item->source.c != NULL ? amos_case_get_info(item->source.c)->id : NULL);
    json_put_text(object, "image", item->source.image);
    json_put_text(object, "label", item->source.label);
    json_put_text(object, "status", amos_status_name(item->error.status));
    json_put_text(object, "message", item->error.status != AMOS_OK ? item->error.message : NULL);
    if (facts == NULL)
        return object;
    json_put_text(object, "modality", amos_modality_name(facts->modality));
    put_window(object, &facts->scene, facts->scene.window[0] != '\0');
    put_organ(object, facts);
    put_slices(object, facts);
    return object;
}
