/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_loader(void *pointer)
{
    amos_loader_free(pointer);
}

static void release_batch(void *pointer)
{
    amos_batch_free(pointer);
}

const struct handle_kind handle_loader = {"loader", release_loader}, handle_batch = {"batch", release_batch};

/* ---- buffers of the caller ---- */

struct lent {
    Py_buffer view;
    struct lent *next;
};

/* amos_batch_buffers.user points to this. It lives until the last buffer is given back. The GIL guards it. */
struct lender {
    PyObject *callable; /* borrowed while the loader opens */
    struct lent *buffers;
    bool opening;
};

static void drop_lender(struct lender *lender)
{
    if (!lender->opening && !lender->buffers)
        free(lender);
}

static struct lent *lend_buffer(struct lender *lender, size_t bytes)
{
    struct lent *lent = calloc(1, sizeof *lent);
    if (!lent) {
        PyErr_NoMemory();
        return NULL;
    }
    PyObject *object = PyObject_CallFunction(lender->callable, "n", (Py_ssize_t)bytes);
    bool good = object && PyObject_GetBuffer(object, &lent->view, PyBUF_WRITABLE) == 0;
    Py_XDECREF(object);
    if (good && (!lent->view.buf || (size_t)lent->view.len < bytes || (uintptr_t)lent->view.buf % 64)) {
        PyErr_Format(PyExc_ValueError, "a buffer of %zu bytes is needed, aligned to 64.", bytes);
        PyBuffer_Release(&lent->view);
        good = false;
    }
    if (good) {
        lent->next = lender->buffers;
        lender->buffers = lent;
        return lent;
    }
    free(lent);
    return NULL;
}

static void *alloc_buffer(void *user, size_t bytes)
{
    PyGILState_STATE state = PyGILState_Ensure();
    struct lent *lent = lend_buffer(user, bytes);
    PyGILState_Release(state);
    return lent ? lent->view.buf : NULL;
}

static void release_buffer(void *user, void *buffer)
{
    struct lender *lender = user;
    PyGILState_STATE state = PyGILState_Ensure();
    for (struct lent **at = &lender->buffers; *at; at = &(*at)->next)
        if ((*at)->view.buf == buffer) {
            struct lent *lent = *at;
            *at = lent->next;
            PyBuffer_Release(&lent->view);
            free(lent);
            break;
        }
    drop_lender(lender);
    PyGILState_Release(state);
}

/* ---- options ---- */

static const struct field loader_fields[] = {FIELD(amos_loader_options, flags, FIELD_UINT32),
                                             FIELD(amos_loader_options, orientation, FIELD_TEXT),
                                             FIELD_NAME(amos_loader_options, draw, sampling),
                                             FIELD_ARRAY(amos_loader_options, patch, FIELD_INT64, 3),
                                             FIELD_ARRAY(amos_loader_options, border, FIELD_INT64, 3),
                                             FIELD(amos_loader_options, foreground, FIELD_DOUBLE),
                                             FIELD(amos_loader_options, balanced, FIELD_INT),
                                             FIELD(amos_loader_options, patches_per_case, FIELD_INT),
                                             FIELD(amos_loader_options, interleave, FIELD_INT),
                                             FIELD(amos_loader_options, overlap, FIELD_DOUBLE),
                                             FIELD(amos_loader_options, seed, FIELD_UINT64),
                                             FIELD(amos_loader_options, pad_value, FIELD_DOUBLE),
                                             FIELD_NAME(amos_loader_options, image_type, image_type),
                                             FIELD_NAME(amos_loader_options, label_type, label_type),
                                             FIELD(amos_loader_options, batch_size, FIELD_INT),
                                             FIELD(amos_loader_options, steps, FIELD_INT64),
                                             FIELD(amos_loader_options, rank, FIELD_INT),
                                             FIELD(amos_loader_options, world_size, FIELD_INT),
                                             FIELD(amos_loader_options, threads, FIELD_INT),
                                             FIELD(amos_loader_options, prefetch, FIELD_INT),
                                             FIELD(amos_loader_options, hold, FIELD_INT),
                                             FIELD(amos_loader_options, memory_budget, FIELD_UINT64),
                                             FIELDS_END};

static const struct field scaling_fields[] = {
    FIELD_NAME(amos_scaling, scale, scaling_method), FIELD(amos_scaling, low, FIELD_DOUBLE),
    FIELD(amos_scaling, high, FIELD_DOUBLE),         FIELD(amos_scaling, mean, FIELD_DOUBLE),
    FIELD(amos_scaling, deviation, FIELD_DOUBLE),    FIELDS_END};

static const struct field augment_fields[] = {
    FIELD(amos_augment, flips, FIELD_UINT32),          FIELD(amos_augment, quarter_turns, FIELD_INT),
    FIELD(amos_augment, affine_share, FIELD_DOUBLE),   FIELD_ARRAY(amos_augment, rotate_degrees, FIELD_DOUBLE, 3),
    FIELD(amos_augment, zoom_low, FIELD_DOUBLE),       FIELD(amos_augment, zoom_high, FIELD_DOUBLE),
    FIELD(amos_augment, gamma_share, FIELD_DOUBLE),    FIELD(amos_augment, gamma_low, FIELD_DOUBLE),
    FIELD(amos_augment, gamma_high, FIELD_DOUBLE),     FIELD(amos_augment, brightness_share, FIELD_DOUBLE),
    FIELD(amos_augment, brightness_low, FIELD_DOUBLE), FIELD(amos_augment, brightness_high, FIELD_DOUBLE),
    FIELD(amos_augment, contrast_share, FIELD_DOUBLE), FIELD(amos_augment, contrast_low, FIELD_DOUBLE),
    FIELD(amos_augment, contrast_high, FIELD_DOUBLE),  FIELD(amos_augment, noise_share, FIELD_DOUBLE),
    FIELD(amos_augment, noise_low, FIELD_DOUBLE),      FIELD(amos_augment, noise_high, FIELD_DOUBLE),
    FIELD_NAME(amos_augment, mirror, mirror),          FIELDS_END};

/* The options and everything that they point to. */
struct request {
    amos_loader_options options;
    amos_case_filter filter;
    amos_scaling ct, mri, unknown;
    amos_augment augment;
    amos_batch_buffers buffers;
    struct accepting accepting;
    struct lender *lender;
    const char **cases;
    PyObject **ids; /* hold the texts of cases */
    int *organs;
    int (*pairs)[2];
    struct progress progress;
};

static void free_request(struct request *r)
{
    for (size_t i = 0; r->ids && i < r->options.case_count; i++)
        Py_XDECREF(r->ids[i]);
    free(r->ids);
    free(r->cases);
    free(r->organs);
    free(r->pairs);
    accept_drop(&r->accepting);
    if (r->lender) {
        r->lender->opening = false;
        drop_lender(r->lender);
    }
}

static bool take_cases(PyObject *ids, struct request *r)
{
    if (ids == Py_None)
        return true;
    Py_ssize_t count = PyTuple_Size(ids);
    r->cases = count >= 0 ? calloc((size_t)count + 1, sizeof *r->cases) : NULL;
    r->ids = r->cases ? calloc((size_t)count + 1, sizeof(PyObject *)) : NULL;
    if (!r->ids && !PyErr_Occurred())
        PyErr_NoMemory();
    r->options.cases = r->cases;
    r->options.case_count = r->ids ? (size_t)count : 0;
    for (size_t i = 0; i < r->options.case_count; i++)
        if (!(r->cases[i] = text_take(PyTuple_GetItem(ids, (Py_ssize_t)i), &r->ids[i])))
            return false;
    return r->ids != NULL;
}

static bool take_organs(PyObject *labels, struct request *r)
{
    if (labels == Py_None)
        return true;
    Py_ssize_t count = PyTuple_Size(labels);
    r->organs = count >= 0 ? calloc((size_t)count + 1, sizeof *r->organs) : NULL;
    if (!r->organs && !PyErr_Occurred())
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; r->organs && i < count && !PyErr_Occurred(); i++)
        r->organs[i] = (int)PyLong_AsLong(PyTuple_GetItem(labels, i));
    r->options.organs = r->organs;
    r->options.organ_count = (size_t)count;
    return !PyErr_Occurred();
}

/* Takes a tuple of pairs of labels; an empty one stands for those of the names. */
static bool take_pairs(PyObject *pairs, struct request *r)
{
    Py_ssize_t count = PyTuple_Size(pairs);
    r->pairs = count >= 0 ? calloc((size_t)count + 1, sizeof *r->pairs) : NULL;
    if (!r->pairs && !PyErr_Occurred())
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; r->pairs && i < count; i++)
        if (!PyArg_ParseTuple(PyTuple_GetItem(pairs, i), "ii", &r->pairs[i][0], &r->pairs[i][1]))
            return false;
    r->augment.pairs = (const int(*)[2])r->pairs;
    r->augment.pair_count = (size_t)count;
    return r->pairs != NULL;
}

static bool take_buffers(PyObject *callable, struct request *r)
{
    if (callable == Py_None)
        return true;
    r->lender = calloc(1, sizeof *r->lender);
    if (!r->lender) {
        PyErr_NoMemory();
        return false;
    }
    r->lender->callable = callable;
    r->lender->opening = true;
    r->buffers.alloc = alloc_buffer;
    r->buffers.release = release_buffer;
    r->buffers.user = r->lender;
    r->options.buffers = &r->buffers;
    return true;
}

static bool take_transforms(PyObject *ct, PyObject *mri, PyObject *unknown, PyObject *augment, struct request *r)
{
    r->options.ct = ct == Py_None ? NULL : &r->ct;
    r->options.mri = mri == Py_None ? NULL : &r->mri;
    r->options.unknown = unknown == Py_None ? NULL : &r->unknown;
    r->options.augment = augment == Py_None ? NULL : &r->augment;
    return (ct == Py_None || fields_take(ct, scaling_fields, &r->ct)) &&
           (mri == Py_None || fields_take(mri, scaling_fields, &r->mri)) &&
           (unknown == Py_None || fields_take(unknown, scaling_fields, &r->unknown)) &&
           (augment == Py_None || fields_take(augment, augment_fields, &r->augment));
}

static PyObject *loader_open(PyObject *self, PyObject *args)
{
    PyObject *object, *cache, *dict, *filter, *cases, *organs, *ct, *mri, *unknown, *augment, *pairs, *buffers;
    struct request r = {.options = AMOS_LOADER_OPTIONS_INIT,
                        .ct = AMOS_SCALING_INIT,
                        .mri = AMOS_SCALING_INIT,
                        .unknown = AMOS_SCALING_INIT,
                        .augment = AMOS_AUGMENT_INIT,
                        .buffers = AMOS_BATCH_BUFFERS_INIT};
    amos_loader *loader = NULL;
    amos_status status = AMOS_OK;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOOOOOOOOO", &object, &cache, &dict, &filter, &cases, &organs, &ct, &mri, &unknown,
                          &augment, &pairs, &buffers, &r.progress.callable))
        return NULL;
    const amos_dataset *dataset = handle_get(object, &handle_dataset);
    r.options.progress = (amos_progress){progress_report, &r.progress};
    r.options.filter = &r.filter;
    bool good = dataset && handle_get_optional(cache, &handle_cache, &r.options.cache) &&
                fields_take(dict, loader_fields, &r.options) && filter_take(filter, &r.filter) &&
                take_cases(cases, &r) && take_organs(organs, &r) && take_transforms(ct, mri, unknown, augment, &r) &&
                take_pairs(pairs, &r) && take_buffers(buffers, &r) &&
                accept_take(PyDict_GetItemString(dict, "accept"), &r.accepting, &r.options.accept);
    if (good)
        WITHOUT_GIL(status = amos_loader_open(dataset, &r.options, &loader, &err));
    free_request(&r);
    if (!good)
        return NULL;
    return status ? raise_error(&err) : handle_new(&handle_loader, loader, cache);
}

/* ---- batches ---- */

static PyObject *give_tensor(PyObject *batch, const amos_tensor *tensor, char format, int item_bytes)
{
    struct array_form form = {.format = format, .item_bytes = item_bytes, .ndim = 5};
    int64_t stride = item_bytes;
    if (!tensor->data)
        Py_RETURN_NONE;
    for (int i = 4; i >= 0; i--) {
        form.shape[i] = tensor->shape[i];
        form.strides[i] = stride;
        stride *= tensor->shape[i];
    }
    return array_new(batch, tensor->data, &form);
}

static unsigned long long count_not_finite(const amos_batch *batch)
{
    unsigned long long count = 0;
    for (int i = 0; i < amos_batch_get_info(batch)->count; i++)
        count += amos_batch_get_sample(batch, i)->not_finite;
    return count;
}

/* Takes the loader and the bytes of a value of image and label, which an empty batch does not show. Returns None at the
 * end of an epoch, else ((batch, image, label or None, epoch, step, count), voxels that are not finite). */
static PyObject *loader_next(PyObject *self, PyObject *args)
{
    PyObject *object;
    int image, label;
    amos_batch *batch = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oii", &object, &image, &label))
        return NULL;
    amos_loader *loader = handle_get(object, &handle_loader);
    if (!loader)
        return NULL;
    WITHOUT_GIL(status = amos_loader_next(loader, &batch, &err));
    if (status)
        return raise_error(&err);
    if (!batch)
        Py_RETURN_NONE;
    const amos_batch_info *info = amos_batch_get_info(batch);
    PyObject *handle = handle_new(&handle_batch, batch, NULL);
    if (!handle)
        return NULL;
    return Py_BuildValue("(NNNKKi)K", handle, give_tensor(handle, &info->image, image == 2 ? 'e' : 'f', image),
                         give_tensor(handle, &info->label, label == 8 ? 'q' : 'B', label),
                         (unsigned long long)info->epoch, (unsigned long long)info->step, info->count,
                         count_not_finite(batch));
}

static const struct field sample_fields[] = {FIELD(amos_batch_sample, case_id, FIELD_TEXT),
                                             FIELD_NAME(amos_batch_sample, modality, modality),
                                             {"start", FIELD_INT64, offsetof(amos_batch_sample, box.start), 3, NULL},
                                             {"stop", FIELD_INT64, offsetof(amos_batch_sample, box.stop), 3, NULL},
                                             FIELD(amos_batch_sample, tile, FIELD_INT64),
                                             FIELD(amos_batch_sample, organ, FIELD_INT),
                                             FIELD(amos_batch_sample, flips, FIELD_UINT32),
                                             FIELD(amos_batch_sample, quarter_turns, FIELD_INT),
                                             FIELD_ARRAY(amos_batch_sample, to_volume, FIELD_DOUBLE, 12),
                                             FIELD(amos_batch_sample, shift, FIELD_FLOAT),
                                             FIELD(amos_batch_sample, factor, FIELD_FLOAT),
                                             FIELD(amos_batch_sample, clip_low, FIELD_FLOAT),
                                             FIELD(amos_batch_sample, clip_high, FIELD_FLOAT),
                                             FIELD(amos_batch_sample, damaged, FIELD_INT),
                                             FIELD(amos_batch_sample, mirrored, FIELD_INT),
                                             FIELD(amos_batch_sample, not_finite, FIELD_UINT64),
                                             FIELDS_END};

static PyObject *give_sample(const amos_batch_sample *s)
{
    PyObject *dict = fields_give(sample_fields, s);
    if (dict && put(dict, "case_index", PyLong_FromSize_t(s->case_index)) &&
        put(dict, "loader_case", PyLong_FromSize_t(s->loader_case)))
        return dict;
    Py_XDECREF(dict);
    return NULL;
}

static PyObject *batch_samples(PyObject *self, PyObject *object)
{
    const amos_batch *batch = handle_get(object, &handle_batch);
    const amos_batch_info *info = amos_batch_get_info(batch);
    PyObject *list = info ? PyList_New(0) : NULL;
    (void)self;
    for (int i = 0; list && i < info->count; i++) {
        PyObject *sample = give_sample(amos_batch_get_sample(batch, i));
        if (!sample || PyList_Append(list, sample) != 0)
            Py_CLEAR(list);
        Py_XDECREF(sample);
    }
    return list;
}

/* ---- position and state ---- */

static const struct field state_fields[] = {
    FIELD(amos_loader_state, epoch, FIELD_UINT64),       FIELD(amos_loader_state, step, FIELD_UINT64),
    FIELD(amos_loader_state, fingerprint, FIELD_UINT64), FIELD(amos_loader_state, world_size, FIELD_UINT64),
    FIELD(amos_loader_state, batches, FIELD_UINT64),     FIELDS_END};

static PyObject *loader_state(PyObject *self, PyObject *object)
{
    const amos_loader *loader = handle_get(object, &handle_loader);
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    amos_error err;
    (void)self;
    if (!loader)
        return NULL;
    return amos_loader_get_state(loader, &state, &err) ? raise_error(&err) : fields_give(state_fields, &state);
}

static PyObject *loader_seek(PyObject *self, PyObject *args)
{
    PyObject *object, *dict;
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &dict) || !fields_take(dict, state_fields, &state))
        return NULL;
    amos_loader *loader = handle_get(object, &handle_loader);
    if (!loader)
        return NULL;
    WITHOUT_GIL(status = amos_loader_seek(loader, &state, &err));
    if (status)
        return raise_error(&err);
    Py_RETURN_NONE;
}

static PyObject *loader_cancel(PyObject *self, PyObject *object)
{
    amos_loader *loader = handle_get(object, &handle_loader);
    (void)self;
    if (!loader)
        return NULL;
    WITHOUT_GIL(amos_loader_cancel(loader));
    Py_RETURN_NONE;
}

static PyObject *loader_stats(PyObject *self, PyObject *object)
{
    static const struct field fields[] = {FIELD(amos_loader_stats, batches, FIELD_UINT64),
                                          FIELD(amos_loader_stats, samples, FIELD_UINT64),
                                          FIELD(amos_loader_stats, wait_ns, FIELD_UINT64),
                                          FIELD(amos_loader_stats, idle_ns, FIELD_UINT64),
                                          FIELD(amos_loader_stats, decode_ns, FIELD_UINT64),
                                          FIELD(amos_loader_stats, copy_ns, FIELD_UINT64),
                                          FIELD(amos_loader_stats, hits, FIELD_UINT64),
                                          FIELD(amos_loader_stats, misses, FIELD_UINT64),
                                          FIELD(amos_loader_stats, memory, FIELD_UINT64),
                                          FIELD(amos_loader_stats, memory_peak, FIELD_UINT64),
                                          FIELD(amos_loader_stats, not_finite, FIELD_UINT64),
                                          FIELD(amos_loader_stats, retries, FIELD_UINT64),
                                          FIELD(amos_loader_stats, copies, FIELD_UINT64),
                                          FIELD(amos_loader_stats, accepted, FIELD_UINT64),
                                          FIELDS_END};
    const amos_loader *loader = handle_get(object, &handle_loader);
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    amos_error err;
    (void)self;
    if (!loader)
        return NULL;
    if (amos_loader_get_stats(loader, &stats, &err))
        return raise_error(&err);
    PyObject *dict = fields_give(fields, &stats);
    if (dict && !put(dict, "damaged", PyLong_FromSize_t(stats.damaged)))
        Py_CLEAR(dict);
    return dict;
}

/* Returns [(case id, index, reason, message)] of the cases that are left out. */
static PyObject *give_left_out(const amos_loader *loader)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < amos_loader_get_info(loader)->left_out_count; i++) {
        const amos_loader_left_out *l = amos_loader_get_left_out(loader, i);
        PyObject *item = Py_BuildValue("NnsN", text_or_none(l->id), (Py_ssize_t)l->case_index,
                                       amos_omission_name(l->reason), sentence_of(l->message));
        if (!item || PyList_Append(list, item) != 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

/* Returns (steps, [(case id, geometry or None)], [(case id, index, reason, message)], orientations). */
static PyObject *loader_info(PyObject *self, PyObject *object)
{
    const amos_loader *loader = handle_get(object, &handle_loader);
    PyObject *cases = loader ? PyList_New(0) : NULL;
    (void)self;
    for (size_t i = 0; cases && i < amos_loader_get_info(loader)->case_count; i++) {
        PyObject *geometry = geometry_give(amos_loader_get_case(loader, i)->geometry);
        const amos_loader_case_info *c = amos_loader_get_case(loader, i);
        PyObject *item =
            geometry ? Py_BuildValue("NOK", text_or_none(c->id), geometry, (unsigned long long)c->warnings) : NULL;
        if (!item || PyList_Append(cases, item) != 0)
            Py_CLEAR(cases);
        Py_XDECREF(item);
        Py_XDECREF(geometry);
    }
    PyObject *left_out = cases ? give_left_out(loader) : NULL;
    if (!left_out) {
        Py_XDECREF(cases);
        return NULL;
    }
    const amos_loader_info *info = amos_loader_get_info(loader);
    return Py_BuildValue("KNNi", (unsigned long long)info->steps, cases, left_out, info->orientation_count);
}

/* Raises the error of the damaged case with this index; returns None beyond the last. */
static PyObject *loader_damaged(PyObject *self, PyObject *args)
{
    PyObject *object;
    Py_ssize_t index;
    amos_error why;
    (void)self;
    if (!PyArg_ParseTuple(args, "On", &object, &index))
        return NULL;
    const amos_loader *loader = handle_get(object, &handle_loader);
    if (!loader)
        return NULL;
    if (amos_loader_get_damaged(loader, (size_t)index, &why))
        return raise_error(&why);
    Py_RETURN_NONE;
}

PyMethodDef loader_methods[] = {
    {"loader_open", loader_open, METH_VARARGS, NULL},       {"loader_next", loader_next, METH_VARARGS, NULL},
    {"batch_samples", batch_samples, METH_O, NULL},         {"loader_state", loader_state, METH_O, NULL},
    {"loader_seek", loader_seek, METH_VARARGS, NULL},       {"loader_cancel", loader_cancel, METH_O, NULL},
    {"loader_stats", loader_stats, METH_O, NULL},           {"loader_info", loader_info, METH_O, NULL},
    {"loader_damaged", loader_damaged, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
