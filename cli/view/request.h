/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: what a picture should show, as the options say it, independent of any file. */
#ifndef CLI_VIEW_REQUEST_H
#define CLI_VIEW_REQUEST_H

#include "draw/window.h"

enum { VIEW_MONTAGE_MOST = 20 }; /* columns, and rows */

/* A place along one axis. */
typedef struct view_position {
    bool given;
    bool mm;      /* in mm, RAS+; else a voxel index of the file as stored, from 0 */
    double value; /* an index is an integer */
} view_position;

typedef struct view_positions {
    view_position plain;   /* along the axis of the plane that is shown */
    view_position axis[3]; /* of x (through sagittal planes), y (coronal) and z (axial) */
} view_positions;

typedef enum view_plane_choice {
    VIEW_CHOICE_NONE, /* not said: all of them, or axial ones in a montage */
    VIEW_CHOICE_AXIAL,
    VIEW_CHOICE_CORONAL,
    VIEW_CHOICE_SAGITTAL,
    VIEW_CHOICE_ALL
} view_plane_choice;

typedef struct view_montage {
    int columns, rows; /* 0: none */
} view_montage;

/* How a picture is drawn. */
typedef struct view_look {
    double opacity; /* of the organs, 0..1; below 0: the default */
    bool outline;   /* only the borders of organs */
    int width;      /* of the picture in pixels; 0: the default */
} view_look;

typedef struct view_request {
    view_plane_choice plane;
    view_positions at;
    view_montage montage;
    const char *organ; /* name or label of the organ through which the planes go; NULL: none */
    view_window window;
    view_look look;
} view_request;

/* The types of the options: view_plane_choice, view_positions, view_montage, and a double from 0 to 1. */
extern const struct args_type view_args_plane;
extern const struct args_type view_args_positions;
extern const struct args_type view_args_montage;
extern const struct args_type view_args_share;

/* What is wrong with the combination, as a sentence; NULL: nothing. */
const char *view_request_fault(const view_request *request);

#endif
