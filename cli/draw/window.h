/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: the grey values that are shown black and white. */
#ifndef CLI_DRAW_WINDOW_H
#define CLI_DRAW_WINDOW_H

#include "kit/args.h"

typedef enum view_window_kind {
    VIEW_WINDOW_AUTO,        /* the abdominal window for CT, else percentiles */
    VIEW_WINDOW_PERCENTILES, /* the 1st to the 99th percentile */
    VIEW_WINDOW_LEVELS       /* level and width */
} view_window_kind;

typedef struct view_window {
    view_window_kind kind;
    const char *name;    /* of a window of the table: "bone"; NULL: a level and width of the user's own */
    double level, width; /* VIEW_WINDOW_LEVELS: HU if it has a name, else in the image's own values */
} view_window;

/* The window of CT if none is asked for. */
extern const view_window view_window_abdomen;

/* A window of the table; NULL if it has none of that name. */
const view_window *view_window_named(const char *name);

/* view_window: a name of the table, "percentiles", or "LEVEL,WIDTH". */
extern const struct args_type view_args_window;

#endif
