/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

#include <stdio.h>

static void release_volume(void *pointer)
{
    amos_volume_free(pointer);
}

static void release_array(void *pointer)
{
    amos_array_free(pointer);
}

const struct handle_kind handle_volume = {"volume", release_volume}, handle_array = {"array", release_array};

const struct field volume_fields[] = {FIELD(amos_volume_options, flags, FIELD_UINT32),
                                      FIELD_NAME(amos_volume_options, inflate, inflate),
                                      FIELD_NAME(amos_volume_options, index, index_use),
                                      FIELD(amos_volume_options, index_folder, FIELD_TEXT), FIELDS_END};

static PyObject *volume_open(PyObject *self, PyObject *args)
{
    const char *path;
    PyObject *dict;
    amos_volume_options options = {.size = sizeof options};
    amos_volume *volume = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "yO", &path, &dict) || !fields_take(dict, volume_fields, &options))
        return NULL;
    WITHOUT_GIL(status = amos_volume_open(path, &options, &volume, &err));
    return status ? raise_error(&err) : handle_new(&handle_volume, volume, NULL);
}

static amos_status note_member(void *user, const char *path, uint64_t bytes)
{
    (void)bytes;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *item = PyUnicode_DecodeFSDefault(path);
    bool good = item && PyList_Append(user, item) == 0;
    Py_XDECREF(item);
    PyGILState_Release(state);
    return good ? AMOS_OK : AMOS_E_CANCEL;
}

static PyObject *archive_list(PyObject *self, PyObject *args)
{
    const char *path;
    amos_status status;
    amos_error err = {.status = AMOS_OK};
    (void)self;
    if (!PyArg_ParseTuple(args, "y", &path))
        return NULL;
    PyObject *list = PyList_New(0);
    if (!list)
        return NULL;
    WITHOUT_GIL(status = amos_archive_list(path, note_member, list, &err));
    if (!status)
        return list;
    Py_DECREF(list);
    return err.status ? raise_error(&err) : NULL; /* else the exception is set */
}

static PyObject *volume_open_memory(PyObject *self, PyObject *args)
{
    PyObject *bytes, *dict;
    amos_volume_options options = {.size = sizeof options};
    amos_volume *volume = NULL;
    amos_status status;
    amos_error err;
    char *data;
    Py_ssize_t size;
    (void)self;
    if (!PyArg_ParseTuple(args, "SO", &bytes, &dict) || !fields_take(dict, volume_fields, &options) ||
        PyBytes_AsStringAndSize(bytes, &data, &size) != 0)
        return NULL;
    WITHOUT_GIL(status = amos_volume_open_memory(data, (size_t)size, &options, &volume, &err));
    return status ? raise_error(&err) : handle_new(&handle_volume, volume, bytes);
}

static const struct field info_fields[] = {FIELD_ARRAY(amos_volume_info, shape, FIELD_INT64, 3),
                                           FIELD(amos_volume_info, frames, FIELD_INT64),
                                           FIELD(amos_volume_info, ndim, FIELD_INT),
                                           FIELD_ARRAY(amos_volume_info, dim, FIELD_INT64, 7),
                                           FIELD(amos_volume_info, slope, FIELD_DOUBLE),
                                           FIELD(amos_volume_info, inter, FIELD_DOUBLE),
                                           FIELD_ARRAY(amos_volume_info, pixdim, FIELD_DOUBLE, 8),
                                           FIELD(amos_volume_info, qform_code, FIELD_INT),
                                           FIELD(amos_volume_info, sform_code, FIELD_INT),
                                           FIELD(amos_volume_info, vox_offset, FIELD_INT64),
                                           FIELD(amos_volume_info, nifti_version, FIELD_INT),
                                           FIELD(amos_volume_info, big_endian, FIELD_INT),
                                           FIELD(amos_volume_info, compressed, FIELD_INT),
                                           FIELD(amos_volume_info, is_pair, FIELD_INT),
                                           FIELD(amos_volume_info, extension_count, FIELD_INT),
                                           FIELD(amos_volume_info, space_unit, FIELD_INT),
                                           FIELD(amos_volume_info, time_unit, FIELD_INT),
                                           FIELD(amos_volume_info, intent_code, FIELD_INT),
                                           FIELD(amos_volume_info, description, FIELD_CHARS),
                                           FIELD(amos_volume_info, stored_bytes, FIELD_UINT64),
                                           FIELD(amos_volume_info, file_bytes, FIELD_UINT64),
                                           FIELDS_END};

static PyObject *volume_info(PyObject *self, PyObject *object)
{
    const amos_volume *v = handle_get(object, &handle_volume);
    (void)self;
    if (!v)
        return NULL;
    const amos_volume_info *info = amos_volume_get_info(v);
    PyObject *dict = fields_give(info_fields, info);
    if (dict && put(dict, "dtype", text_or_none(amos_type_name(info->type))) &&
        put(dict, "path", path_or_none(info->path)))
        return dict;
    Py_XDECREF(dict);
    return NULL;
}

static PyObject *volume_geometry(PyObject *self, PyObject *object)
{
    const amos_volume *v = handle_get(object, &handle_volume);
    amos_geometry geometry;
    amos_error err;
    (void)self;
    if (!v)
        return NULL;
    return amos_volume_get_geometry(v, &geometry, &err) ? raise_error(&err) : geometry_give(&geometry);
}

/* geometry_reorient(geometry, its orientation, the wanted orientation) */
static PyObject *geometry_reorient(PyObject *self, PyObject *args)
{
    PyObject *dict;
    const char *own, *wanted;
    amos_geometry geometry = {{0}, {0}, {{0}}, AMOS_AFFINE_SPACING, ""};
    amos_error err;
    bool has;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oss", &dict, &own, &wanted) || !geometry_take(dict, &geometry, &has))
        return NULL;
    snprintf(geometry.orientation, sizeof geometry.orientation, "%s", own);
    return amos_geometry_reorient(&geometry, wanted, &geometry, &err) ? raise_error(&err) : geometry_give(&geometry);
}

static PyObject *volume_warnings(PyObject *self, PyObject *object)
{
    const amos_volume *v = handle_get(object, &handle_volume);
    (void)self;
    return v ? PyLong_FromUnsignedLongLong(amos_volume_warnings(v)) : NULL;
}

/* ---- reading ---- */

static const struct field read_fields[] = {FIELD_NAME(amos_read_options, type, type),
                                           FIELD(amos_read_options, flags, FIELD_UINT32),
                                           FIELD(amos_read_options, orientation, FIELD_TEXT),
                                           {"start", FIELD_INT64, offsetof(amos_read_options, box.start), 3, NULL},
                                           {"stop", FIELD_INT64, offsetof(amos_read_options, box.stop), 3, NULL},
                                           FIELD(amos_read_options, frame, FIELD_INT64),
                                           FIELD(amos_read_options, threads, FIELD_INT),
                                           FIELDS_END};

/* Returns (voxels, geometry or None) of an array and takes ownership of the array. */
PyObject *array_give(amos_array *array)
{
    PyObject *owner = handle_new(&handle_array, array, NULL), *voxels = NULL, *result = NULL;
    const amos_layout *layout = amos_array_layout(array);
    if (owner)
        voxels = array_of_layout(owner, amos_array_data(array), layout, false);
    if (voxels)
        result = Py_BuildValue("ON", voxels, geometry_give(layout->has_geometry ? &layout->geometry : NULL));
    Py_XDECREF(voxels);
    Py_XDECREF(owner);
    return result;
}

bool read_take(PyObject *dict, struct progress *progress, amos_read_options *options)
{
    *options = (amos_read_options){.size = sizeof *options, .progress = {progress_report, progress}};
    return fields_take(dict, read_fields, options);
}

static PyObject *volume_load(PyObject *self, PyObject *args)
{
    PyObject *object, *dict;
    struct progress progress = {NULL, 0};
    amos_read_options options;
    amos_array *array = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &dict, &progress.callable))
        return NULL;
    const amos_volume *volume = handle_get(object, &handle_volume);
    if (!volume || !read_take(dict, &progress, &options))
        return NULL;
    WITHOUT_GIL(status = amos_volume_load(volume, &options, &array, &err));
    return status ? raise_error(&err) : array_give(array);
}

/* Sets the options to read into the caller's memory with its strides; its shape must be that of the read. */
static bool take_target(const amos_volume *volume, const struct source *source, amos_read_options *options)
{
    amos_layout layout;
    amos_error err;
    if (source->view.readonly) {
        PyErr_SetString(PyExc_BufferError, "the buffer is read-only.");
        return false;
    }
    options->type = source->layout.type;
    if (amos_volume_get_layout(volume, options, &layout, &err)) {
        raise_error(&err);
        return false;
    }
    if (memcmp(layout.shape, source->layout.shape, sizeof layout.shape) != 0) {
        PyErr_Format(PyExc_ValueError,
                     "the buffer has %lld x %lld x %lld x %lld voxels, but %lld x %lld x %lld x %lld are read.",
                     (long long)source->layout.shape[0], (long long)source->layout.shape[1],
                     (long long)source->layout.shape[2], (long long)source->layout.shape[3], (long long)layout.shape[0],
                     (long long)layout.shape[1], (long long)layout.shape[2], (long long)layout.shape[3]);
        return false;
    }
    memcpy(options->strides, source->layout.strides, sizeof options->strides);
    options->offset = source->layout.offset;
    return true;
}

static PyObject *volume_read_into(PyObject *self, PyObject *args)
{
    PyObject *object, *dict, *buffer;
    struct progress progress = {NULL, 0};
    amos_read_options options;
    struct source source;
    amos_status status = AMOS_OK;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &object, &dict, &progress.callable, &buffer))
        return NULL;
    const amos_volume *volume = handle_get(object, &handle_volume);
    if (!volume || !read_take(dict, &progress, &options) || !source_open_target(&source, buffer))
        return NULL;
    bool good = take_target(volume, &source, &options);
    if (good)
        WITHOUT_GIL(status = amos_volume_read(volume, &options, source.start, source.bytes, &err));
    source_close(&source);
    if (!good)
        return NULL;
    if (status)
        return raise_error(&err);
    Py_RETURN_NONE;
}

/* ---- whole files ---- */

static PyObject *volume_verify(PyObject *self, PyObject *args)
{
    PyObject *object;
    struct progress progress = {NULL, 0};
    uint64_t nonfinite = 0;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &progress.callable))
        return NULL;
    const amos_volume *volume = handle_get(object, &handle_volume);
    if (!volume)
        return NULL;
    WITHOUT_GIL(status = amos_volume_verify(volume, &(amos_progress){progress_report, &progress}, &nonfinite, &err));
    return status ? raise_error(&err) : PyLong_FromUnsignedLongLong(nonfinite);
}

static PyObject *volume_range(PyObject *self, PyObject *args)
{
    static const struct field fields[] = {
        FIELD(amos_value_range, min, FIELD_DOUBLE),       FIELD(amos_value_range, max, FIELD_DOUBLE),
        FIELD(amos_value_range, mean, FIELD_DOUBLE),      FIELD(amos_value_range, finite, FIELD_UINT64),
        FIELD(amos_value_range, nonfinite, FIELD_UINT64), FIELDS_END};
    PyObject *object;
    struct progress progress = {NULL, 0};
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &progress.callable))
        return NULL;
    const amos_volume *volume = handle_get(object, &handle_volume);
    if (!volume)
        return NULL;
    WITHOUT_GIL(status = amos_volume_get_range(volume, &(amos_progress){progress_report, &progress}, &range, &err));
    return status ? raise_error(&err) : fields_give(fields, &range);
}

/* ---- writing ---- */

static const struct field write_fields[] = {FIELD(amos_write_options, slope, FIELD_DOUBLE),
                                            FIELD(amos_write_options, inter, FIELD_DOUBLE),
                                            FIELD(amos_write_options, qform_code, FIELD_INT),
                                            FIELD(amos_write_options, sform_code, FIELD_INT),
                                            FIELD(amos_write_options, level, FIELD_INT),
                                            FIELD(amos_write_options, description, FIELD_TEXT),
                                            FIELD(amos_write_options, orientation, FIELD_TEXT),
                                            FIELD(amos_write_options, threads, FIELD_INT),
                                            FIELD_NAME(amos_write_options, index, index_use),
                                            FIELD(amos_write_options, index_folder, FIELD_TEXT),
                                            FIELDS_END};

static PyObject *volume_write(PyObject *self, PyObject *args)
{
    const char *path;
    PyObject *voxels, *reference, *geometry, *dict;
    struct progress progress = {NULL, 0};
    amos_write_options options = {.size = sizeof options, .progress = {progress_report, &progress}};
    struct source source;
    bool has_geometry;
    amos_geometry place = {{0}, {0}, {{0}}, AMOS_AFFINE_SPACING, ""};
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "yOOOOO", &path, &voxels, &reference, &geometry, &dict, &progress.callable) ||
        !handle_get_optional(reference, &handle_volume, &options.reference) ||
        !geometry_take(geometry, &place, &has_geometry) || !fields_take(dict, write_fields, &options) ||
        !source_open(&source, voxels))
        return NULL;
    source.layout.has_geometry = has_geometry;
    source.layout.geometry = place;
    WITHOUT_GIL(status = amos_file_write(path, &source.layout, source.start, source.bytes, &options, &err));
    source_close(&source);
    if (status)
        return raise_error(&err);
    Py_RETURN_NONE;
}

/* ---- pairs ---- */

static void release_pair(void *pointer)
{
    amos_pair_free(pointer);
}

const struct handle_kind handle_pair = {"pair", release_pair};

static const struct field pair_fields[] = {FIELD(amos_pair_options, flags, FIELD_UINT32), FIELDS_END};

static PyObject *pair_open(PyObject *self, PyObject *args)
{
    PyObject *object, *dict, *volume_dict;
    amos_volume_options volume = {.size = sizeof volume};
    amos_pair_options options = AMOS_PAIR_OPTIONS_INIT;
    options.volume = &volume;
    struct accepting accepting;
    amos_pair *pair = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &dict, &volume_dict) || !fields_take(dict, pair_fields, &options) ||
        !fields_take(volume_dict, volume_fields, &volume))
        return NULL;
    const amos_case *c = handle_get(object, &handle_case);
    if (!c || !accept_take(PyDict_GetItemString(dict, "accept"), &accepting, &options.accept))
        return NULL;
    WITHOUT_GIL(status = amos_pair_open_case(c, &options, &pair, &err));
    accept_drop(&accepting);
    return status ? raise_error(&err) : handle_new(&handle_pair, pair, NULL);
}

PyMethodDef volume_methods[] = {{"archive_list", archive_list, METH_VARARGS, NULL},
                                {"volume_open", volume_open, METH_VARARGS, NULL},
                                {"volume_open_memory", volume_open_memory, METH_VARARGS, NULL},
                                {"volume_info", volume_info, METH_O, NULL},
                                {"volume_geometry", volume_geometry, METH_O, NULL},
                                {"geometry_reorient", geometry_reorient, METH_VARARGS, NULL},
                                {"volume_warnings", volume_warnings, METH_O, NULL},
                                {"volume_load", volume_load, METH_VARARGS, NULL},
                                {"volume_read_into", volume_read_into, METH_VARARGS, NULL},
                                {"volume_verify", volume_verify, METH_VARARGS, NULL},
                                {"volume_range", volume_range, METH_VARARGS, NULL},
                                {"volume_write", volume_write, METH_VARARGS, NULL},
                                {"pair_open", pair_open, METH_VARARGS, NULL},
                                {NULL, NULL, 0, NULL}};
