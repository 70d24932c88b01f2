/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: a contact sheet, one row a case. */
#ifndef CLI_VIEW_SHEET_H
#define CLI_VIEW_SHEET_H

#include "view/item.h"

enum { VIEW_SHEET_WIDTH = 1200, VIEW_SHEET_HEIGHT_MOST = 65500 };

/* The number of cells that a row would have but has no room for; 0: there is room. */
int view_sheet_cells(const view_request *request);

/* The height of a sheet of `rows` rows, without its legend, for the cells of a request. */
int64_t view_sheet_height(const view_request *request, size_t rows);

/* Draws the row of one case: its name and details, and the cells of its plan side by side. Returns 0, or -1 if memory ran
 * out. */
int view_sheet_row(const view_scene *scene, const view_plan *plan, const view_request *request, view_canvas *row);

/* Puts the rows of all items together and writes the sheet; the rows are released. An item without a row was not drawn,
 * and its row says so. False after a failure, which is reported. */
bool view_sheet_save(view_items *items, const view_request *request, const char *path);

#endif
