/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "serve/shelf.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error/fail.h"
#include "kit/message.h"
#include "serve/layer.h"

enum {
    MOST_OPEN = 64,           /* files */
    QUIET_MILLISECONDS = 200, /* after the last request before anything is done in the background */
    STALE_SECONDS = 10        /* what nobody asked for since then is not decoded in the background */
};

/* A layer of a case. All but `source` is changed under the lock; while `busy` is set, one thread opens or decodes it, and
 * while there are users, volume and voxels stay. */
struct slot {
    struct layer_source source;
    amos_volume *volume; /* of an image; NULL: closed */
    struct layer_voxels voxels;
    uint64_t volume_bytes, voxel_bytes; /* as counted in used */
    struct layer_form form;             /* of an image, once it was open */
    int64_t shape[3];                   /* known if item is not 0 */
    size_t item;
    bool busy, wants_voxels, wants_index;
    unsigned reading, cutting; /* users of volume and voxels */
    uint64_t used;             /* the tick of the last request */
    int64_t asked;             /* for voxels, in milliseconds */
};

struct shelf {
    struct shelf_options options;
    struct slot *slots; /* REQUEST_LAYERS of each case */
    size_t count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t worker;
    bool started, stopping, working;
    uint64_t tick, used, most;
    int64_t asked; /* when the last request came, in milliseconds */
    size_t open;
    int running; /* threads that decode */
};

static int64_t milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* ---- memory; all with the lock ---- */

static void drop_voxels(struct shelf *shelf, struct slot *slot)
{
    layer_drop(&slot->voxels);
    shelf->used -= slot->voxel_bytes;
    slot->voxel_bytes = 0;
}

static void close_volume(struct shelf *shelf, struct slot *slot)
{
    amos_volume_free(slot->volume);
    slot->volume = NULL;
    shelf->open--;
    shelf->used -= slot->volume_bytes;
    slot->volume_bytes = 0;
}

/* The idle slot that was not used for longest, of those with voxels or with an open file; NULL: none. */
static struct slot *find_oldest(struct shelf *shelf, bool with_voxels)
{
    struct slot *oldest = NULL;
    for (size_t i = 0; i < shelf->count; i++) {
        struct slot *slot = &shelf->slots[i];
        bool has = with_voxels ? slot->voxels.bytes != NULL : slot->volume != NULL;
        bool idle = !slot->busy && (with_voxels ? slot->cutting : slot->reading) == 0;
        if (has && idle && (!oldest || slot->used < oldest->used))
            oldest = slot;
    }
    return oldest;
}

/* Gives up what was not used for longest until so much fits. */
static bool make_room(struct shelf *shelf, uint64_t bytes)
{
    while (shelf->used + bytes > shelf->options.memory) {
        struct slot *oldest = find_oldest(shelf, true);
        if (oldest) {
            drop_voxels(shelf, oldest);
        } else if ((oldest = find_oldest(shelf, false)) != NULL) {
            close_volume(shelf, oldest);
        } else {
            return false;
        }
    }
    return true;
}

/* Counts bytes that are about to be allocated. */
static bool reserve(struct shelf *shelf, uint64_t bytes)
{
    if (!make_room(shelf, bytes))
        return false;
    shelf->used += bytes;
    shelf->most = shelf->used > shelf->most ? shelf->used : shelf->most;
    return true;
}

/* What an open file takes grows with its index, whose size is not known before. */
static void note_index(struct shelf *shelf, struct slot *slot)
{
    uint64_t bytes = SHELF_FILE_BYTES + amos_volume_index_bytes(slot->volume);
    shelf->used += bytes - slot->volume_bytes;
    slot->volume_bytes = bytes;
    (void)make_room(shelf, 0);
}

static amos_status fail_full(const char *path, amos_error *err)
{
    return amosi_fail(err, AMOS_E_LIMIT, path,
                      "all memory of the server is in use; try again, or start it with more (--memory).");
}

/* ---- decoding, by at most so many threads at once ---- */

static void begin_decoding(struct shelf *shelf)
{
    while (shelf->running >= shelf->options.threads)
        pthread_cond_wait(&shelf->changed, &shelf->lock);
    shelf->running++;
    pthread_mutex_unlock(&shelf->lock);
}

static void end_decoding(struct shelf *shelf)
{
    pthread_mutex_lock(&shelf->lock);
    shelf->running--;
    pthread_cond_broadcast(&shelf->changed);
}

static int ask_to_stop(void *user, uint64_t done, uint64_t total)
{
    struct shelf *shelf = user;
    (void)done;
    (void)total;
    pthread_mutex_lock(&shelf->lock);
    bool stopping = shelf->stopping;
    pthread_mutex_unlock(&shelf->lock);
    return stopping;
}

/* ---- opening; with the lock, which is let go meanwhile; the slot is busy ---- */

/* Opens the file of an image, and learns the shape of any layer. */
static amos_status open_slot(struct shelf *shelf, struct slot *slot, amos_error *err)
{
    amos_volume *volume = NULL;
    int64_t shape[3] = {0, 0, 0};
    size_t item = 0;
    struct layer_form form = {AMOS_TYPE_STORED, 1, 0};
    uint64_t bytes = slot->source.is_label ? 0 : SHELF_FILE_BYTES;
    if (!reserve(shelf, bytes))
        return fail_full(slot->source.path, err);
    begin_decoding(shelf);
    amos_status status = layer_open(&slot->source, &volume, err);
    if (!status)
        status = layer_measure(&slot->source, volume, shape, &item, err);
    if (!status && !slot->source.is_label)
        form = layer_form_of(volume);
    if (status || slot->source.is_label) {
        amos_volume_free(volume);
        volume = NULL;
    }
    end_decoding(shelf);
    if (status) {
        shelf->used -= bytes;
        return status;
    }
    memcpy(slot->shape, shape, sizeof shape);
    slot->item = item;
    slot->form = form;
    if (!volume)
        return AMOS_OK;
    struct slot *oldest;
    while (shelf->open >= MOST_OPEN && (oldest = find_oldest(shelf, false)) != NULL)
        close_volume(shelf, oldest);
    slot->volume = volume;
    slot->volume_bytes = bytes;
    shelf->open++;
    return AMOS_OK;
}

static bool needs_opening(const struct slot *slot)
{
    return slot->item == 0 || (!slot->source.is_label && !slot->volume && !slot->voxels.bytes);
}

static amos_status open_busy(struct shelf *shelf, struct slot *slot, amos_error *err)
{
    slot->busy = true;
    amos_status status = open_slot(shelf, slot, err);
    slot->busy = false;
    pthread_cond_broadcast(&shelf->changed);
    return status;
}

static uint64_t whole_bytes(const struct slot *slot)
{
    return (uint64_t)slot->shape[0] * (uint64_t)slot->shape[1] * (uint64_t)slot->shape[2] * slot->item;
}

/* Of the largest plane. */
static uint64_t plane_bytes(const struct slot *slot)
{
    int64_t smallest = slot->shape[0];
    for (int i = 1; i < 3; i++)
        smallest = slot->shape[i] < smallest ? slot->shape[i] : smallest;
    return smallest > 0 ? whole_bytes(slot) / (uint64_t)smallest : 0;
}

/* Decodes all of a layer and keeps it, if a plane fits beside it. False with AMOS_OK: there is no room for it. */
static bool load_busy(struct shelf *shelf, struct slot *slot, int threads, amos_status *status, amos_error *err)
{
    uint64_t bytes = whole_bytes(slot);
    *status = AMOS_OK;
    slot->busy = true; /* so that reserve() leaves its file open */
    bool fits = make_room(shelf, bytes + plane_bytes(slot)) && reserve(shelf, bytes);
    if (!fits) {
        slot->busy = false;
        return false;
    }
    struct layer_voxels voxels;
    const amos_progress progress = {ask_to_stop, shelf};
    begin_decoding(shelf);
    *status = layer_load(&slot->source, slot->volume, threads, &progress, &voxels, err);
    end_decoding(shelf);
    if (*status) {
        shelf->used -= bytes;
    } else {
        slot->voxels = voxels;
        slot->voxel_bytes = bytes;
        memcpy(slot->shape, voxels.shape, sizeof slot->shape);
        slot->item = voxels.item;
    }
    slot->wants_voxels = false;
    slot->busy = false;
    pthread_cond_broadcast(&shelf->changed);
    return *status == AMOS_OK;
}

/* ---- the background ---- */

/* What was asked for last. */
static struct slot *find_work(struct shelf *shelf)
{
    struct slot *found = NULL;
    int64_t time = milliseconds();
    for (size_t i = 0; i < shelf->count; i++) {
        struct slot *slot = &shelf->slots[i];
        if (slot->wants_voxels && (slot->voxels.bytes || time - slot->asked > 1000 * STALE_SECONDS))
            slot->wants_voxels = false;
        if (slot->busy || !slot->volume || !(slot->wants_voxels || slot->wants_index))
            continue;
        if (!found || slot->wants_voxels > found->wants_voxels ||
            (slot->wants_voxels == found->wants_voxels && slot->used > found->used))
            found = slot;
    }
    return found;
}

static void build_index(struct shelf *shelf, struct slot *slot)
{
    const amos_progress progress = {ask_to_stop, shelf};
    slot->wants_index = false;
    slot->reading++;
    begin_decoding(shelf);
    (void)!amos_volume_build_index(slot->volume, &progress, NULL); /* without one, reading goes on more slowly */
    end_decoding(shelf);
    slot->reading--;
    note_index(shelf, slot);
}

/* Whether somebody asked for something just now; then waits a little. */
static bool let_others_first(struct shelf *shelf)
{
    struct timespec until;
    if (milliseconds() - shelf->asked >= QUIET_MILLISECONDS)
        return false;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 1000000L * QUIET_MILLISECONDS / 2;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&shelf->changed, &shelf->lock, &until);
    return true;
}

static void *work(void *user)
{
    struct shelf *shelf = user;
    amos_status status;
    pthread_mutex_lock(&shelf->lock);
    while (!shelf->stopping) {
        struct slot *slot = find_work(shelf);
        shelf->working = slot != NULL;
        pthread_cond_broadcast(&shelf->changed);
        if (!slot)
            pthread_cond_wait(&shelf->changed, &shelf->lock);
        else if (let_others_first(shelf))
            continue;
        else if (slot->wants_voxels && !load_busy(shelf, slot, 1, &status, NULL))
            slot->wants_voxels = false;
        else if (!slot->wants_voxels && slot->wants_index)
            build_index(shelf, slot);
    }
    shelf->working = false;
    pthread_mutex_unlock(&shelf->lock);
    return NULL;
}

/* After a plane was read from the file. */
static void plan_work(struct shelf *shelf, struct slot *slot)
{
    if (slot->volume)
        note_index(shelf, slot); /* which may close it */
    if (!slot->volume)
        return;
    slot->wants_index = shelf->options.index && amos_volume_get_info(slot->volume)->compressed &&
                        amos_volume_index_bytes(slot->volume) == 0;
    slot->wants_voxels = !slot->voxels.bytes && whole_bytes(slot) <= shelf->options.memory / 4;
    slot->asked = milliseconds();
    pthread_cond_broadcast(&shelf->changed);
}

/* ---- planes; with the lock ---- */

static amos_status check_plane(const struct slot *slot, enum request_plane plane, int64_t index, amos_error *err)
{
    if (index < slot->shape[plane])
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_ARG, slot->source.path, "there is no plane %lld; the last one is %lld.",
                      (long long)index, (long long)slot->shape[plane] - 1);
}

static amos_status make_plane(struct shelf *shelf, const struct slot *slot, enum request_plane plane,
                              struct shelf_plane *out, amos_error *err)
{
    layer_plane_size(slot->shape, plane, out->size);
    out->count = (size_t)out->size[0] * (size_t)out->size[1] * slot->item;
    if (!reserve(shelf, out->count))
        return fail_full(slot->source.path, err);
    out->bytes = malloc(out->count ? out->count : 1);
    if (out->bytes)
        return AMOS_OK;
    shelf->used -= out->count;
    return amosi_fail_nomem(err, slot->source.path);
}

static amos_status cut_plane(struct shelf *shelf, struct slot *slot, enum request_plane plane, int64_t index,
                             struct shelf_plane *out, amos_error *err)
{
    slot->cutting++;
    amos_status status = check_plane(slot, plane, index, err);
    if (!status)
        status = make_plane(shelf, slot, plane, out, err);
    if (!status) {
        pthread_mutex_unlock(&shelf->lock);
        layer_cut(&slot->voxels, plane, index, out->bytes);
        pthread_mutex_lock(&shelf->lock);
    }
    slot->cutting--;
    pthread_cond_broadcast(&shelf->changed);
    return status;
}

/* A label has no open file; it is opened for this plane. */
static amos_status read_file(const struct slot *slot, enum request_plane plane, int64_t index,
                             const struct shelf_plane *out, amos_error *err)
{
    amos_volume *volume = slot->volume;
    amos_status status = volume ? AMOS_OK : layer_open(&slot->source, &volume, err);
    if (!status)
        status = layer_read(&slot->source, volume, plane, index, out->bytes, out->count, err);
    if (volume != slot->volume)
        amos_volume_free(volume);
    return status;
}

static amos_status read_plane(struct shelf *shelf, struct slot *slot, enum request_plane plane, int64_t index,
                              struct shelf_plane *out, amos_error *err)
{
    slot->reading++;
    amos_status status = check_plane(slot, plane, index, err);
    if (!status)
        status = make_plane(shelf, slot, plane, out, err);
    if (!status) {
        begin_decoding(shelf);
        status = read_file(slot, plane, index, out, err);
        end_decoding(shelf);
        if (status) {
            free(out->bytes);
            shelf->used -= out->count;
        }
    }
    slot->reading--;
    plan_work(shelf, slot);
    return status;
}

/* Whether a plane is had from the file in no time. */
static bool is_quick(const struct slot *slot, enum request_plane plane)
{
    return plane == REQUEST_AXIAL && slot->volume &&
           (amos_volume_index_bytes(slot->volume) || !amos_volume_get_info(slot->volume)->compressed);
}

static amos_status get(struct shelf *shelf, struct slot *slot, enum request_plane plane, int64_t index,
                       struct shelf_plane *out, amos_error *err)
{
    for (;;) {
        amos_status status = AMOS_OK;
        if (slot->voxels.bytes)
            return cut_plane(shelf, slot, plane, index, out, err);
        if (slot->busy && !is_quick(slot, plane)) {
            pthread_cond_wait(&shelf->changed, &shelf->lock);
            continue;
        }
        if (needs_opening(slot)) {
            if ((status = open_busy(shelf, slot, err)) != AMOS_OK)
                return status;
            continue;
        }
        bool direct = plane == REQUEST_AXIAL && !slot->source.is_label;
        if (direct || !load_busy(shelf, slot, shelf->options.threads, &status, err))
            return status ? status : read_plane(shelf, slot, plane, index, out, err);
    }
}

static struct slot *slot_of(struct shelf *shelf, size_t number, enum request_layer layer)
{
    return number < shelf->count / REQUEST_LAYERS ? &shelf->slots[number * REQUEST_LAYERS + (size_t)layer] : NULL;
}

amos_status shelf_get(struct shelf *shelf, size_t number, enum request_layer layer, enum request_plane plane,
                      int64_t index, struct shelf_plane *out, amos_error *err)
{
    struct slot *slot = slot_of(shelf, number, layer);
    *out = (struct shelf_plane){.bytes = NULL};
    if (!slot || !slot->source.path)
        return amosi_fail(err, AMOS_E_ARG, NULL, "The case has no such file.");
    pthread_mutex_lock(&shelf->lock);
    slot->used = ++shelf->tick;
    shelf->asked = milliseconds();
    amos_status status = get(shelf, slot, plane, index, out, err);
    pthread_mutex_unlock(&shelf->lock);
    if (status)
        *out = (struct shelf_plane){.bytes = NULL};
    return status;
}

amos_status shelf_borrow(struct shelf *shelf, uint64_t bytes, amos_error *err)
{
    pthread_mutex_lock(&shelf->lock);
    bool fits = reserve(shelf, bytes);
    pthread_mutex_unlock(&shelf->lock);
    return fits ? AMOS_OK : fail_full(NULL, err);
}

void shelf_repay(struct shelf *shelf, uint64_t bytes)
{
    pthread_mutex_lock(&shelf->lock);
    shelf->used -= bytes;
    pthread_mutex_unlock(&shelf->lock);
}

/* ---- the image of a case ---- */

amos_status shelf_form(struct shelf *shelf, size_t number, struct layer_form *out, amos_error *err)
{
    struct slot *slot = slot_of(shelf, number, REQUEST_IMAGE);
    amos_status status = AMOS_OK;
    if (!slot || !slot->source.path)
        return amosi_fail(err, AMOS_E_ARG, NULL, "The case has no image.");
    pthread_mutex_lock(&shelf->lock);
    while (!status && slot->form.type == AMOS_TYPE_STORED) {
        if (slot->busy)
            pthread_cond_wait(&shelf->changed, &shelf->lock);
        else
            status = open_busy(shelf, slot, err);
    }
    *out = slot->form;
    pthread_mutex_unlock(&shelf->lock);
    return status;
}

/* With the lock, which is let go meanwhile. False with AMOS_OK: there is no room for all of it. */
static bool load_image(struct shelf *shelf, struct slot *slot, amos_status *status, amos_error *err)
{
    *status = AMOS_OK;
    while (!slot->voxels.bytes) {
        if (slot->busy)
            pthread_cond_wait(&shelf->changed, &shelf->lock);
        else if (needs_opening(slot))
            *status = open_busy(shelf, slot, err);
        else if (!load_busy(shelf, slot, shelf->options.threads, status, err))
            return false;
        if (*status)
            return false;
    }
    return true;
}

static amos_status sample_plane(struct shelf *shelf, size_t number, int64_t planes, const struct layer_form *form,
                                float *out, size_t most, size_t *count, amos_error *err)
{
    struct shelf_plane plane;
    amos_status status = shelf_get(shelf, number, REQUEST_IMAGE, REQUEST_AXIAL, planes / 2, &plane, err);
    if (status)
        return status;
    layer_make_little(plane.bytes, (size_t)(plane.size[0] * plane.size[1]),
                      plane.count / (size_t)(plane.size[0] * plane.size[1]));
    *count = layer_sample(form, plane.bytes, (size_t)(plane.size[0] * plane.size[1]), out, most);
    shelf_release(shelf, &plane);
    return AMOS_OK;
}

amos_status shelf_sample(struct shelf *shelf, size_t number, float *out, size_t most, size_t *count, amos_error *err)
{
    struct layer_form form;
    amos_status status = shelf_form(shelf, number, &form, err);
    struct slot *slot = slot_of(shelf, number, REQUEST_IMAGE);
    *count = 0;
    if (status || !slot) /* there is one if it has a form */
        return status;
    pthread_mutex_lock(&shelf->lock);
    slot->used = ++shelf->tick;
    bool loaded = load_image(shelf, slot, &status, err);
    int64_t planes = slot->shape[2];
    slot->cutting += loaded;
    pthread_mutex_unlock(&shelf->lock);
    if (!loaded)
        return status ? status : sample_plane(shelf, number, planes, &form, out, most, count, err);
    *count = layer_sample(&form, slot->voxels.bytes, whole_bytes(slot) / slot->item, out, most);
    pthread_mutex_lock(&shelf->lock);
    slot->cutting--;
    pthread_cond_broadcast(&shelf->changed);
    pthread_mutex_unlock(&shelf->lock);
    return AMOS_OK;
}

void shelf_release(struct shelf *shelf, struct shelf_plane *plane)
{
    if (!plane->bytes)
        return;
    free(plane->bytes);
    pthread_mutex_lock(&shelf->lock);
    shelf->used -= plane->count;
    pthread_mutex_unlock(&shelf->lock);
    *plane = (struct shelf_plane){.bytes = NULL};
}

/* ---- the shelf ---- */

static void fill_slots(struct shelf *shelf, const struct shelf_case *cases)
{
    for (size_t i = 0; i < shelf->count; i++) {
        const struct shelf_case *c = &cases[i / REQUEST_LAYERS];
        size_t layer = i % REQUEST_LAYERS;
        shelf->slots[i].source = (struct layer_source){c->paths[REQUEST_IMAGE], c->paths[layer], layer != REQUEST_IMAGE,
                                                       shelf->options.accept[layer], &shelf->options.volume};
    }
}

/* Signals are left to the other threads. */
static bool start_worker(struct shelf *shelf)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    shelf->started = pthread_create(&shelf->worker, NULL, work, shelf) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return shelf->started;
}

struct shelf *shelf_open(const struct shelf_case *cases, size_t count, const struct shelf_options *options)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (!shelf || !(shelf->slots = calloc(count * REQUEST_LAYERS + 1, sizeof *shelf->slots))) {
        free(shelf);
        cli_error("serve: Memory ran out.");
        return NULL;
    }
    shelf->options = *options;
    shelf->count = count * REQUEST_LAYERS;
    fill_slots(shelf, cases);
    pthread_mutex_init(&shelf->lock, NULL);
    pthread_cond_init(&shelf->changed, NULL);
    if (start_worker(shelf))
        return shelf;
    cli_error("serve: The system starts no thread.");
    shelf_close(shelf);
    return NULL;
}

void shelf_close(struct shelf *shelf)
{
    if (!shelf)
        return;
    pthread_mutex_lock(&shelf->lock);
    shelf->stopping = true;
    pthread_cond_broadcast(&shelf->changed);
    pthread_mutex_unlock(&shelf->lock);
    if (shelf->started)
        pthread_join(shelf->worker, NULL);
    for (size_t i = 0; i < shelf->count; i++) {
        layer_drop(&shelf->slots[i].voxels);
        amos_volume_free(shelf->slots[i].volume);
    }
    pthread_cond_destroy(&shelf->changed);
    pthread_mutex_destroy(&shelf->lock);
    free(shelf->slots);
    free(shelf);
}

struct shelf_memory shelf_memory(struct shelf *shelf)
{
    pthread_mutex_lock(&shelf->lock);
    struct shelf_memory memory = {shelf->used, shelf->most, 0};
    for (size_t i = 0; i < shelf->count; i++)
        memory.decoded += shelf->slots[i].voxels.bytes != NULL;
    pthread_mutex_unlock(&shelf->lock);
    return memory;
}

void shelf_settle(struct shelf *shelf)
{
    pthread_mutex_lock(&shelf->lock);
    while (shelf->working || find_work(shelf))
        pthread_cond_wait(&shelf->changed, &shelf->lock);
    pthread_mutex_unlock(&shelf->lock);
}
