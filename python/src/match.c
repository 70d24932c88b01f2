/* SPDX-License-Identifier: BSD-3-Clause */
/* Which prediction belongs to which reference, by the same code as that of `amos score`. */
#include "amospy.h"

#include "kit/message.h"
#include "score/pairs.h"
#include "score/side.h"

static PyObject *give_pair(const struct score_pair *pair)
{
    return Py_BuildValue("NNNNN", text_or_none(pair->id), text_or_none(amos_modality_name(pair->modality)),
                         text_or_none(pair->split == AMOS_SPLIT_ANY ? NULL : amos_split_name(pair->split)),
                         path_or_none(pair->reference), path_or_none(pair->prediction));
}

/* Appends the item and releases it. False with an exception, also for NULL. */
static bool append(PyObject *list, PyObject *item)
{
    bool good = list && item && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return good;
}

static PyObject *give_unused(const struct score_side *side)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < side->count; i++) {
        const struct side_entry *entry = &side->entries[i];
        if (!entry->used && side_path(entry) && !append(list, path_or_none(side_path(entry))))
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *give_pairs(const struct score_pairs *pairs)
{
    PyObject *list = PyList_New(0), *unused = give_unused(pairs->sides[1]), *result = NULL;
    PyObject *labels = pairs->names ? label_names(pairs->names) : Py_NewRef(Py_None);
    bool good = list && unused && labels;
    for (size_t i = 0; good && i < pairs->count; i++)
        good = append(list, give_pair(&pairs->items[i]));
    if (good)
        result = Py_BuildValue("OOiO", list, unused, pairs->max_label, labels);
    Py_XDECREF(labels);
    Py_XDECREF(unused);
    Py_XDECREF(list);
    return result;
}

/* Raises what the matching has reported. */
static void raise_report(const char *text)
{
    PyObject *module = PyImport_ImportModule("amos._errors"), *message = sentence_of(text ? text : "Memory ran out.");
    PyObject *exception = module && message ? PyObject_CallMethod(module, "make_refusal", "O", message) : NULL;
    if (exception)
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_XDECREF(exception);
    Py_XDECREF(message);
    Py_XDECREF(module);
}

static bool take_question(PyObject *split, PyObject *modality, struct score_question *question)
{
    int number = 0;
    if (split != Py_None && !name_take("split", split, &number))
        return false;
    question->split = split == Py_None ? AMOS_SPLIT_ANY : (amos_split)number;
    if (modality != Py_None && !name_take("modality", modality, &number))
        return false;
    question->modality = modality == Py_None ? AMOS_MODALITY_ANY : (amos_modality)number;
    return true;
}

/* Returns ([(id, modality, split, reference, prediction)], [unused predictions], largest label, names of the labels or None). */
static PyObject *match_folders(PyObject *self, PyObject *args)
{
    PyObject *split, *modality, *result = NULL;
    struct score_question question = {.dataset.quiet = true};
    struct score_pairs pairs;
    char *report = NULL;
    int code;
    (void)self;
    if (!PyArg_ParseTuple(args, "yyOO", &question.reference, &question.prediction, &split, &modality) ||
        !take_question(split, modality, &question))
        return NULL;
    cli_collect_errors(&report);
    WITHOUT_GIL(code = score_pairs_find(&question, &pairs));
    cli_collect_errors(NULL);
    if (code == CLI_OK)
        result = give_pairs(&pairs);
    else
        raise_report(report);
    free(report);
    score_pairs_free(&pairs);
    return result;
}

PyMethodDef match_methods[] = {{"match_folders", match_folders, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
