/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "pack/cases.h"

#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "kit/message.h"

enum { NAMED_MOST = 10 };

static bool out_of_memory(void)
{
    cli_error("Memory ran out.");
    return false;
}

/* ---- finding ---- */

static bool add_case(struct pack_cases *out, const amos_case_info *info)
{
    char *id = side_id_of(info->id, strlen(info->id));
    struct side_entry *found = id ? side_find(out->side, id) : NULL;
    if (found)
        found->used = true;
    out->items[out->count++] = (struct pack_case){.info = info, .prediction = found ? side_path(found) : NULL};
    free(id);
    return id || out_of_memory();
}

static bool take_cases(const struct pack_question *question, struct pack_cases *out)
{
    const amos_case_filter filter = {.size = sizeof filter, .split = question->split, .modality = question->modality};
    const amos_case *c = NULL;
    amos_error err;
    amos_status status;
    bool good = true;
    out->count = 0;
    out->items = calloc(amos_dataset_get_info(out->dataset)->count + 1, sizeof *out->items);
    if (!out->items)
        return out_of_memory();
    while ((status = amos_dataset_next(out->dataset, &filter, &c, &err)) == AMOS_OK && c && good)
        good = add_case(out, amos_case_get_info(c));
    if (status)
        cli_error_of(&err);
    for (size_t i = 0; i < out->side->count; i++)
        out->unused += side_is_unused(&out->side->entries[i]);
    return good && !status;
}

static bool check_missing(const struct pack_cases *cases, const char *folder)
{
    size_t missing = 0;
    for (size_t i = 0; i < cases->count; i++) {
        char near[400] = "";
        if (cases->items[i].prediction)
            continue;
        if (missing++ >= NAMED_MOST)
            continue;
        (void)side_find_near(cases->side, folder, cases->items[i].info->id, near, sizeof near);
        cli_error("%s: The case %s has no prediction here%s.", folder, cases->items[i].info->id, near);
    }
    if (missing)
        cli_error("pack: %zu of %zu predictions %s missing; every case was expected.", missing, cases->count,
                  missing == 1 ? "is" : "are");
    return missing == 0;
}

static bool say_nothing_found(const struct pack_question *question)
{
    cli_error("%s: There is no %s case%s%s; --split chooses others.", question->reference,
              amos_split_name(question->split), question->modality ? " of the modality " : "",
              question->modality ? amos_modality_name(question->modality) : "");
    return false;
}

bool pack_cases_find(const struct pack_question *question, struct pack_cases *out)
{
    const struct dataset_choice quiet = {.quiet = true};
    amos_error err;
    *out = (struct pack_cases){.dataset = NULL};
    if (dataset_open(question->reference, &question->dataset, &out->dataset, &err)) {
        cli_error_of(&err);
        return false;
    }
    out->side = side_open_folder(question->prediction, &quiet, AMOS_SPLIT_ANY, AMOS_MODALITY_ANY);
    if (!out->side || !take_cases(question, out))
        return false;
    return (out->count || say_nothing_found(question)) && check_missing(out, question->prediction);
}

void pack_cases_free(struct pack_cases *cases)
{
    side_free(cases->side);
    free(cases->items);
    amos_dataset_free(cases->dataset);
    *cases = (struct pack_cases){.dataset = NULL};
}

/* ---- reading ---- */

static bool is_empty(const amos_labelmap *map)
{
    for (int label = 1; label <= amos_labelmap_max_label(map); label++)
        if (amos_labelmap_get_stats(map, label)->present)
            return false;
    return true;
}

amos_status pack_case_read(const struct pack_cases *cases, struct pack_case *c, amos_pair **pair, amos_labelmap **map)
{
    amos_accept accept = AMOS_ACCEPT_INIT;
    amos_labelmap_options options = AMOS_LABELMAP_OPTIONS_INIT;
    accept.max_label = amos_dataset_get_info(cases->dataset)->max_label;
    options.accept = &accept;
    options.threads = 1;
    *pair = NULL;
    *map = NULL;
    amos_status status = c->info->has_image
                             ? AMOS_OK
                             : amosi_fail(&c->fault, AMOS_E_OPEN, c->info->image_path,
                                          "the image file is missing, with which the prediction is compared.");
    if (!status)
        status = amos_pair_open(c->info->image_path, c->prediction, NULL, pair, &c->fault);
    if (!status)
        status = amos_pair_load(*pair, NULL, &options, NULL, map, &c->fault);
    c->fault.status = status;
    if (!status) {
        c->empty = is_empty(*map);
        memcpy(c->turned_from, amos_pair_get_info(*pair)->turned_from, sizeof c->turned_from);
    }
    return status;
}
