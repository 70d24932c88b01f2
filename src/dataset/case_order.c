/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/case_order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/text/case_id.h"
#include "base/math/sort.h"
#include "dataset/record.h"

static int compare_ids(const amos_case *a, const amos_case *b)
{
    if (a->info.number != b->info.number)
        return a->info.number < b->info.number ? -1 : 1;
    return strcmp(a->info.id, b->info.id);
}

static int compare_cases(const void *first, const void *second)
{
    const amos_case *a = first;
    const amos_case *b = second;
    int order = compare_ids(a, b);
    return order ? order : (int)a->info.split - (int)b->info.split;
}

static int compare_labels(const void *first, const void *second)
{
    const amos_case *a = *(const amos_case *const *)first;
    const amos_case *b = *(const amos_case *const *)second;
    int order = strcmp(a->info.label_path, b->info.label_path);
    return order ? order : (a->info.index > b->info.index) - (a->info.index < b->info.index);
}

/* The cases are sorted, so that cases with the same id are neighbours. */
static amos_status check_ids(amos_dataset *dataset, amos_error *err)
{
    for (size_t i = 1; i < dataset->info.count; i++) {
        const amos_case *a = &dataset->cases[i - 1];
        const amos_case *b = &dataset->cases[i];
        if (compare_ids(a, b) != 0)
            continue;
        amos_status status;
        if (a->info.split != b->info.split)
            status = amosi_dataset_note(dataset, err, AMOS_W_LEAK, b->info.image_path, b->info.id,
                                        "the case is also in the %s split; a case should be in one split only.",
                                        amos_split_name(a->info.split));
        else
            status = amosi_fail(err, AMOS_E_DUP, dataset->info.json_path ? dataset->info.json_path : dataset->info.root,
                                "the case %s appears twice in the %s split; a case may appear only once.", b->info.id,
                                amos_split_name(b->info.split));
        if (status) {
            amosi_fail_case(err, b->info.id);
            return status;
        }
    }
    return AMOS_OK;
}

/* Sorted by label, cases that share a label are neighbours. A case in two splits shares it rightly: its image is the
 * same. */
static amos_status check_labels(const amos_dataset *dataset, const amos_case **cases, amos_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < dataset->info.count; i++)
        if (dataset->cases[i].info.label_path)
            cases[count++] = &dataset->cases[i];
    amosi_sort(cases, count, sizeof *cases, compare_labels);
    for (size_t i = 1; i < count; i++) {
        const amos_case *a = cases[i - 1];
        const amos_case *b = cases[i];
        if (strcmp(a->info.label_path, b->info.label_path) != 0 || strcmp(a->info.image_path, b->info.image_path) == 0)
            continue;
        amosi_fail(err, AMOS_E_DUP, b->info.label_path,
                   "this file is named as the label of both %s and %s; a label belongs to one case.", a->info.id,
                   b->info.id);
        amosi_fail_case(err, b->info.id);
        return AMOS_E_DUP;
    }
    return AMOS_OK;
}

amos_status amosi_case_order_make(amos_dataset *dataset, amos_error *err)
{
    amosi_sort(dataset->cases, dataset->info.count, sizeof *dataset->cases, compare_cases);
    for (size_t i = 0; i < dataset->info.count; i++)
        dataset->cases[i].info.index = i;
    amos_status status = check_ids(dataset, err);
    if (status)
        return status;
    const amos_case **cases = amosi_alloc_array(dataset->info.count, sizeof *cases);
    if (!cases)
        return amosi_fail_nomem(err, dataset->info.root);
    status = check_labels(dataset, cases, err);
    amosi_free(cases);
    return status;
}

/* The index of the first case that is not less than (number, id); an id of NULL is less than all ids. Every range of
 * equal cases is found by two such searches: any number of cases may share a number. */
static size_t lower_bound(const amos_dataset *dataset, int64_t number, const char *id)
{
    size_t low = 0;
    size_t high = dataset->info.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const amos_case *c = &dataset->cases[middle];
        bool before = c->info.number != number ? c->info.number < number : id && strcmp(c->info.id, id) < 0;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t amosi_case_order_find(const amos_dataset *dataset, const char *id, size_t *count)
{
    size_t first = lower_bound(dataset, amosi_amos_number(id), id);
    size_t end = first;
    while (end < dataset->info.count && strcmp(dataset->cases[end].info.id, id) == 0)
        end++; /* at most once for each split */
    int64_t number = amosi_amos_number_alone(id);
    if (end == first && number >= 0) {
        first = lower_bound(dataset, number, NULL);
        end = lower_bound(dataset, number + 1, NULL);
    }
    *count = end - first;
    return first;
}
