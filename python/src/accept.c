/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static const struct field accept_fields[] = {FIELD(amos_accept, flags, FIELD_UINT32),
                                             FIELD(amos_accept, max_label, FIELD_INT),
                                             FIELD(amos_accept, round_within, FIELD_DOUBLE),
                                             FIELD(amos_accept, tolerance_voxels, FIELD_DOUBLE),
                                             FIELD(amos_accept, tolerance_mm, FIELD_DOUBLE),
                                             FIELD(amos_accept, frame, FIELD_INT64),
                                             FIELDS_END};

/* Allocates an item for each of a tuple's; NULL with an exception. */
static void *allocate(PyObject *tuple, size_t item_bytes, size_t *count)
{
    Py_ssize_t n = PyTuple_Size(tuple);
    void *items = n >= 0 ? calloc((size_t)n + 1, item_bytes) : NULL;
    if (n >= 0 && !items)
        PyErr_NoMemory();
    *count = items ? (size_t)n : 0;
    return items;
}

/* Reads a tuple of pairs (from, to). */
static bool take_table(PyObject *pairs, struct accepting *to)
{
    to->accept.table = to->table = allocate(pairs, sizeof *to->table, &to->accept.table_count);
    for (size_t i = 0; i < to->accept.table_count; i++) {
        long long from;
        if (!PyArg_ParseTuple(PyTuple_GetItem(pairs, (Py_ssize_t)i), "Lb", &from, &to->table[i].to))
            return false;
        to->table[i].from = from;
    }
    return to->table != NULL;
}

static bool take_ignored(PyObject *values, struct accepting *to)
{
    to->accept.ignore = to->ignore = allocate(values, sizeof *to->ignore, &to->accept.ignore_count);
    for (size_t i = 0; i < to->accept.ignore_count && !PyErr_Occurred(); i++)
        to->ignore[i] = PyLong_AsLongLong(PyTuple_GetItem(values, (Py_ssize_t)i));
    return !PyErr_Occurred();
}

static bool take_all(PyObject *dict, struct accepting *to)
{
    PyObject *table = PyDict_GetItemString(dict, "table"), *ignore = PyDict_GetItemString(dict, "ignore");
    return fields_take(dict, accept_fields, &to->accept) && (!table || table == Py_None || take_table(table, to)) &&
           (!ignore || ignore == Py_None || take_ignored(ignore, to));
}

bool accept_take(PyObject *dict, struct accepting *to, const amos_accept **out)
{
    *to = (struct accepting){.accept = AMOS_ACCEPT_INIT};
    *out = NULL;
    if (!dict || dict == Py_None)
        return true;
    *out = &to->accept;
    if (take_all(dict, to))
        return true;
    accept_drop(to);
    return false;
}

void accept_drop(struct accepting *accepting)
{
    free(accepting->ignore);
    free(accepting->table);
    accepting->ignore = NULL;
    accepting->table = NULL;
}

static const struct field accepted_fields[] = {
    FIELD(amos_accepted, rounded, FIELD_UINT64), FIELD(amos_accepted, ignored, FIELD_UINT64),
    FIELD(amos_accepted, relabelled, FIELD_UINT64), FIELD(amos_accepted, largest_rounding, FIELD_DOUBLE), FIELDS_END};

PyObject *accepted_give(const amos_accepted *accepted)
{
    return fields_give(accepted_fields, accepted);
}
