/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the pictures that a command draws, one for each file or case. */
#ifndef CLI_VIEW_ITEM_H
#define CLI_VIEW_ITEM_H

#include "accept/accept.h"
#include "kit/resolve.h"
#include "view/load.h"
#include "view/plan.h"

/* What a picture shows. The scene's arrays are gone. */
typedef struct view_facts {
    view_scene scene;
    view_plan plan;
    amos_modality modality; /* AMOS_MODALITY_UNKNOWN: not known */
    amos_accepted accepted; /* in the label */
    amos_warnings warnings; /* as in view_loaded */
} view_facts;

typedef struct view_item {
    view_source source; /* its paths belong to the targets or to the command line */
    amos_accept accept; /* in its labels */
    char *name;         /* of the picture, without ".png" */
    char *path;         /* of the picture; NULL: none is written */
    amos_error error;
    view_facts *facts; /* NULL after a failure */
    uint8_t *png;      /* NULL: none wanted, or a failure */
    size_t png_bytes;
    view_canvas row; /* of a sheet; rgb NULL: none wanted, or a failure */
} view_item;

typedef struct view_items {
    view_item *items;
    size_t count, room;
} view_items;

/* What holds for all pictures. */
typedef struct view_common {
    const char *label; /* instead of a case's own */
    amos_modality modality;
    amos_split split; /* AMOS_SPLIT_ANY: all cases */
    view_window window;
    const struct accepting *accepting;
} view_common;

/* Appends an item for each target: a file, a case, all cases of a data set, or all volumes of a folder. False after a
 * failure, which is reported. Release the items with view_items_free() in either case. */
bool view_items_add(view_items *items, const struct target *target, const view_common *common);

/* Appends one item for a label alone, whose names are those of `names`; NULL: AMOS's. */
bool view_items_add_label(view_items *items, const amos_dataset *names, const view_common *common);

void view_items_free(view_items *items);

/* Loads and draws an item, as a picture in PNG, as a row of a sheet, or both; fills error, facts, png and row. Items can
 * be drawn by different threads at a time. */
void view_item_draw(view_item *item, const view_request *request, bool picture, bool row);

/* Releases the pictures of an item, not what is known of it. */
void view_item_drop(view_item *item);

#endif
