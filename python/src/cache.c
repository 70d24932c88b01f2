/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_cache(void *pointer)
{
    amos_cache_free(pointer);
}

const struct handle_kind handle_cache = {"cache", release_cache};

static const struct field cache_fields[] = {FIELD(amos_cache_options, flags, FIELD_UINT32),
                                            FIELD(amos_cache_options, orientation, FIELD_TEXT),
                                            FIELD_ARRAY(amos_cache_options, spacing, FIELD_DOUBLE, 3),
                                            FIELD_NAME(amos_cache_options, interpolation, interpolation),
                                            FIELD_ARRAY(amos_cache_options, chunk, FIELD_INT64, 3),
                                            FIELD(amos_cache_options, positions, FIELD_INT),
                                            FIELD(amos_cache_options, upstream, FIELD_TEXT),
                                            FIELD(amos_cache_options, max_bytes, FIELD_UINT64),
                                            FIELDS_END};

static PyObject *cache_open(PyObject *self, PyObject *args)
{
    char *folder = NULL;
    PyObject *path, *dict;
    amos_cache_options options = AMOS_CACHE_OPTIONS_INIT;
    amos_volume_options volume = AMOS_VOLUME_OPTIONS_INIT;
    struct accepting accepting;
    amos_cache *cache = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &path, &dict) || !fields_take(dict, cache_fields, &options) ||
        !fields_take(PyDict_GetItemString(dict, "volume"), volume_fields, &volume) ||
        (path != Py_None && PyBytes_AsStringAndSize(path, &folder, NULL) != 0) ||
        !accept_take(PyDict_GetItemString(dict, "accept"), &accepting, &options.accept))
        return NULL;
    options.volume = &volume;
    WITHOUT_GIL(status = amos_cache_open(folder, &options, &cache, &err));
    accept_drop(&accepting);
    return status ? raise_error(&err) : handle_new(&handle_cache, cache, NULL);
}

static PyObject *cache_folder(PyObject *self, PyObject *object)
{
    const amos_cache *cache = handle_get(object, &handle_cache);
    (void)self;
    return cache ? path_or_none(amos_cache_folder(cache)) : NULL;
}

/* Appends an item to a list and releases it; AMOS_E_CANCEL with an exception on failure. */
static amos_status append_item(PyObject *list, PyObject *item)
{
    bool good = item && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return good ? AMOS_OK : AMOS_E_CANCEL;
}

struct building {
    const amos_cache *cache;
    PyObject *list;
};

/* The labels in order, as a tuple. */
static PyObject *lost_labels(const amos_cache_entry_info *info)
{
    int count = info ? info->lost_count : 0;
    PyObject *tuple = PyTuple_New(count);
    for (int i = 0; tuple && i < count; i++)
        if (PyTuple_SetItem(tuple, i, PyLong_FromLong(info->lost[i])) != 0)
            Py_CLEAR(tuple);
    return tuple;
}

/* What was accepted in the label of an entry; None if it has none. */
static PyObject *give_accepted(const amos_cache_entry_info *info)
{
    return info && info->has_labels ? accepted_give(&info->accepted) : Py_NewRef(Py_None);
}

/* Appends (case id, outcome, exception or None, whether it has labels, lost labels, axes as bits, voxels, what was accepted
 * or None). */
static amos_status note_built(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                              const amos_error *err)
{
    const struct building *building = user;
    amos_cache_entry *entry = NULL;
    amos_error unused;
    if (!status && amos_cache_entry_open(building->cache, c, &entry, &unused) != AMOS_OK)
        entry = NULL;
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *exception = status ? make_error(err) : Py_NewRef(Py_None);
    PyObject *built =
        exception ? Py_BuildValue("NsNONIKN", text_or_none(amos_case_get_info(c)->id), amos_cache_outcome_name(outcome),
                                  exception, info && info->has_labels ? Py_True : Py_False, lost_labels(info),
                                  info ? info->collapsed : 0u, (unsigned long long)(info ? info->not_finite : 0),
                                  give_accepted(info))
                  : NULL;
    amos_status answer = append_item(building->list, built);
    PyGILState_Release(state);
    amos_cache_entry_free(entry);
    return answer;
}

static PyObject *cache_build(PyObject *self, PyObject *args)
{
    PyObject *cache_object, *dataset_object, *dict, *list;
    struct progress progress = {NULL, 0};
    amos_case_filter filter;
    amos_cache_build_options options = AMOS_CACHE_BUILD_OPTIONS_INIT;
    Py_ssize_t shard, shards;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOiOOnn", &cache_object, &dataset_object, &options.threads, &dict, &progress.callable,
                          &shard, &shards))
        return NULL;
    if (shard < 0 || shards < 0) {
        PyErr_Format(PyExc_ValueError, "shard is %zd of shards %zd; 1 to shards was expected, or both 0.", shard,
                     shards);
        return NULL;
    }
    options.shard = (size_t)shard;
    options.shards = (size_t)shards;
    const amos_cache *cache = handle_get(cache_object, &handle_cache);
    const amos_dataset *dataset = cache ? handle_get(dataset_object, &handle_dataset) : NULL;
    if (!dataset || !filter_take(dict, &filter) || !(list = PyList_New(0)))
        return NULL;
    options.filter = &filter;
    options.progress = (amos_progress){progress_report, &progress};
    options.built = note_built;
    struct building run = {cache, list};
    options.built_user = &run;
    WITHOUT_GIL(status = amos_cache_build(cache, dataset, &options, &err));
    if (!status)
        return list;
    Py_DECREF(list);
    return raise_error(&err);
}

static PyObject *cache_stage(PyObject *self, PyObject *args)
{
    PyObject *cache_object, *case_object;
    amos_cache_outcome outcome;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &cache_object, &case_object))
        return NULL;
    const amos_cache *cache = handle_get(cache_object, &handle_cache);
    const amos_case *c = cache ? handle_get(case_object, &handle_case) : NULL;
    if (!c)
        return NULL;
    WITHOUT_GIL(status = amos_cache_stage_case(cache, c, &outcome, &err));
    return status ? raise_error(&err) : PyUnicode_FromString(amos_cache_outcome_name(outcome));
}

/* ---- the data set as a whole ---- */

static const struct field intensity_fields[] = {FIELD(amos_intensity, voxels, FIELD_UINT64),
                                                FIELD(amos_intensity, min, FIELD_DOUBLE),
                                                FIELD(amos_intensity, max, FIELD_DOUBLE),
                                                FIELD(amos_intensity, mean, FIELD_DOUBLE),
                                                FIELD(amos_intensity, std, FIELD_DOUBLE),
                                                FIELD(amos_intensity, percentile_00_5, FIELD_DOUBLE),
                                                FIELD(amos_intensity, median, FIELD_DOUBLE),
                                                FIELD(amos_intensity, percentile_99_5, FIELD_DOUBLE),
                                                FIELDS_END};

static PyObject *cache_fingerprint(PyObject *self, PyObject *args)
{
    static const struct field fields[] = {FIELD_ARRAY(amos_fingerprint, median_spacing, FIELD_DOUBLE, 3),
                                          FIELD_ARRAY(amos_fingerprint, median_shape, FIELD_DOUBLE, 3), FIELDS_END};
    PyObject *cache_object, *dataset_object, *dict;
    amos_case_filter filter;
    amos_fingerprint fingerprint = AMOS_FINGERPRINT_INIT;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &cache_object, &dataset_object, &dict))
        return NULL;
    const amos_cache *cache = handle_get(cache_object, &handle_cache);
    const amos_dataset *dataset = cache ? handle_get(dataset_object, &handle_dataset) : NULL;
    if (!dataset || !filter_take(dict, &filter))
        return NULL;
    WITHOUT_GIL(status = amos_cache_get_fingerprint(cache, dataset, &filter, &fingerprint, &err));
    if (status)
        return raise_error(&err);
    PyObject *result = fields_give(fields, &fingerprint);
    if (result && put(result, "cases", PyLong_FromSize_t(fingerprint.cases)) &&
        put(result, "left_out", PyLong_FromSize_t(fingerprint.left_out)) &&
        put(result, "foreground", fields_give(intensity_fields, &fingerprint.foreground)))
        return result;
    Py_XDECREF(result);
    return NULL;
}

/* ---- the folder ---- */

static amos_status note_item(void *user, const amos_cache_item *item)
{
    PyGILState_STATE state = PyGILState_Ensure();
    amos_status answer =
        append_item(user, Py_BuildValue("NK", path_or_none(item->name), (unsigned long long)item->bytes));
    PyGILState_Release(state);
    return answer;
}

static PyObject *finish_list(PyObject *list, amos_status status, const amos_error *err)
{
    if (!status)
        return list;
    Py_DECREF(list);
    return raise_error(err);
}

static PyObject *cache_list(PyObject *self, PyObject *object)
{
    const amos_cache *cache = handle_get(object, &handle_cache);
    PyObject *list = cache ? PyList_New(0) : NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!list)
        return NULL;
    WITHOUT_GIL(status = amos_cache_list(cache, note_item, list, &err));
    return finish_list(list, status, &err);
}

static PyObject *cache_prune(PyObject *self, PyObject *args)
{
    PyObject *object;
    unsigned long long max_bytes;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OK", &object, &max_bytes))
        return NULL;
    const amos_cache *cache = handle_get(object, &handle_cache);
    PyObject *list = cache ? PyList_New(0) : NULL;
    if (!list)
        return NULL;
    WITHOUT_GIL(status = amos_cache_prune(cache, max_bytes, note_item, list, &err));
    return finish_list(list, status, &err);
}

PyMethodDef cache_methods[] = {{"cache_open", cache_open, METH_VARARGS, NULL},
                               {"cache_folder", cache_folder, METH_O, NULL},
                               {"cache_build", cache_build, METH_VARARGS, NULL},
                               {"cache_stage", cache_stage, METH_VARARGS, NULL},
                               {"cache_fingerprint", cache_fingerprint, METH_VARARGS, NULL},
                               {"cache_list", cache_list, METH_O, NULL},
                               {"cache_prune", cache_prune, METH_VARARGS, NULL},
                               {NULL, NULL, 0, NULL}};
