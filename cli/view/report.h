/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view --json: what was drawn. */
#ifndef CLI_VIEW_REPORT_H
#define CLI_VIEW_REPORT_H

#include "kit/json.h"
#include "view/item.h"

/* The object of one item: its files, the window and the slices, or why it was not drawn. `path` is that of the picture;
 * NULL: none. */
cJSON *view_item_json(const view_item *item, const char *path);

#endif
