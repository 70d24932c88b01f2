/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: the layers of all cases: which files are open, which are decoded, and how much memory they take.
 *
 * A plane of a layer that is decoded is a copy. Of one that is not, an axial plane of an image comes from the file, by its
 * index if it has one; anything else decodes the layer, once for all who ask. What was asked for last is then decoded in
 * the background, and gets an index, if the options say so. What was not used for longest goes first when memory ends.
 * Decoded layers, planes on their way, and what is being decoded are counted; no more threads decode than the options
 * say. */
#ifndef CLI_SERVE_SHELF_H
#define CLI_SERVE_SHELF_H

#include <amos/amos.h>

#include <stdbool.h>

#include "serve/layer.h"

/* The files of a case, by enum request_layer; NULL: there is none. */
struct shelf_case {
    const char *paths[REQUEST_LAYERS];
};

struct shelf_options {
    uint64_t memory; /* bytes */
    int threads;     /* that decode at once, at least 1 */
    bool index;      /* indexes are built and kept */
    const amos_accept *accept[REQUEST_LAYERS];
    amos_volume_options volume; /* how files are opened; its index is AMOS_INDEX_NEVER or AMOS_INDEX_USE */
};

/* What an open file counts without its index. */
enum { SHELF_FILE_BYTES = 64 << 10 };

struct shelf;

/* The cases and what the options point to must stay. NULL if memory ran out, or no thread could be started, which is
 * reported. */
struct shelf *shelf_open(const struct shelf_case *cases, size_t count, const struct shelf_options *options);

/* Stops what goes on in the background. No other thread may use the shelf. NULL is allowed. */
void shelf_close(struct shelf *shelf);

/* A plane, little-endian, x before y before z. Give it back with shelf_release(). */
struct shelf_plane {
    unsigned char *bytes;
    size_t count;
    int64_t size[2];
};

/* Returns AMOS_OK; AMOS_E_ARG (the case has no such layer, or the layer no such plane); AMOS_E_LIMIT (all memory is in use;
 * it works again later); or the fault of the file. Any thread. */
amos_status shelf_get(struct shelf *shelf, size_t number, enum request_layer layer, enum request_plane plane,
                      int64_t index, struct shelf_plane *out, amos_error *err);
void shelf_release(struct shelf *shelf, struct shelf_plane *plane);

/* How the image of a case is sent. As shelf_get(). Any thread. */
amos_status shelf_form(struct shelf *shelf, size_t number, struct layer_form *out, amos_error *err);

/* Values of at most `most` voxels of an image, evenly spaced over all of it (or over its middle plane, if all of it is more
 * than the memory). As shelf_get(). Any thread. */
amos_status shelf_sample(struct shelf *shelf, size_t number, float *out, size_t most, size_t *count, amos_error *err);

/* Counts bytes that something else is about to use, and gives up others for them; AMOS_E_LIMIT if there is no room. To be
 * given back. Any thread. */
amos_status shelf_borrow(struct shelf *shelf, uint64_t bytes, amos_error *err);
void shelf_repay(struct shelf *shelf, uint64_t bytes);

/* What is in memory now, and the most that was so far, in bytes. Any thread. */
struct shelf_memory {
    uint64_t used, most;
    size_t decoded; /* layers */
};
struct shelf_memory shelf_memory(struct shelf *shelf);

/* Waits until nothing is left to do in the background; for tests and measurements. */
void shelf_settle(struct shelf *shelf);

#endif
