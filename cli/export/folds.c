/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "export/folds.h"

#include <stdlib.h>
#include <string.h>

#include "export/fold_file.h"
#include "export/twister.h"
#include "kit/message.h"

/* ---- the option ---- */

static const char *const names[] = {"nnunet", "official", "stratified"};

static const char *name_choice(size_t n)
{
    return n < sizeof names / sizeof names[0] ? names[n] : NULL;
}

/* Anything else with a dot or a slash is the name of a file. */
static bool parse_folds(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    struct fold_choice *choice = value;
    (void)option;
    for (size_t n = 0; name_choice(n); n++) {
        if (strcmp(text, names[n]) == 0) {
            *choice = (struct fold_choice){(enum fold_rule)n, NULL};
            return true;
        }
    }
    *choice = (struct fold_choice){FOLDS_FILE, text};
    return strpbrk(text, "./") || args_refuse(why, bytes, "nnunet, official, stratified or a file such as splits.json");
}

const struct args_type args_folds = {.parse = parse_folds, .choice = name_choice};

/* ---- rules ---- */

/* The first folds get one item more if the items do not divide evenly. */
static void cut(const size_t *order, size_t items, size_t count, size_t *fold_of)
{
    size_t at = 0;
    for (size_t fold = 0; fold < count; fold++)
        for (size_t n = items / count + (fold < items % count); n > 0; n--)
            fold_of[order[at++]] = fold;
}

static size_t *make_order(size_t items, uint32_t seed)
{
    struct twister twister;
    size_t *order = calloc(items + 1, sizeof *order);
    for (size_t i = 0; order && i < items; i++)
        order[i] = i;
    twister_begin(&twister, seed);
    if (order)
        twister_shuffle(&twister, order, items);
    return order;
}

bool folds_deal(size_t items, size_t count, uint32_t seed, size_t *fold_of)
{
    size_t *order = make_order(items, seed);
    if (order)
        cut(order, items, count, fold_of);
    free(order);
    return order != NULL;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

/* By what strata are made of. Cases without metadata are a stratum of their own. */
static int compare_strata(const amos_case_info *a, const amos_case_info *b)
{
    static const amos_metadata none = {.site = "", .maker = "", .model = ""};
    const amos_metadata *x = a->metadata ? a->metadata : &none, *y = b->metadata ? b->metadata : &none;
    int order = (a->modality > b->modality) - (a->modality < b->modality);
    order = order ? order : compare_texts(x->site, y->site);
    order = order ? order : compare_texts(x->maker, y->maker);
    return order ? order : compare_texts(x->model, y->model);
}

struct drawn {
    const amos_case_info *info;
    size_t item, place; /* in the shuffled order */
};

static int compare_drawn(const void *first, const void *second)
{
    const struct drawn *a = first, *b = second;
    int order = compare_strata(a->info, b->info);
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

/* Stratum after stratum, each in a shuffled order, is dealt to the folds in turn: so the folds differ by one case at most,
 * in all and in each stratum. */
static bool deal_strata(const amos_case_info *const *infos, size_t items, size_t count, size_t *fold_of)
{
    size_t *order = make_order(items, FOLDS_SEED);
    struct drawn *drawn = calloc(items + 1, sizeof *drawn);
    bool good = order && drawn;
    for (size_t i = 0; good && i < items; i++)
        drawn[i] = (struct drawn){infos[order[i]], order[i], i};
    if (good)
        qsort(drawn, items, sizeof *drawn, compare_drawn);
    for (size_t i = 0; good && i < items; i++)
        fold_of[drawn[i].item] = i % count;
    free(drawn);
    free(order);
    return good;
}

/* ---- making ---- */

static bool out_of_memory(void)
{
    cli_error("Memory ran out.");
    return false;
}

static bool make_dealt(enum fold_rule rule, size_t count, const amos_case_info *const *infos, struct folds *out)
{
    size_t items = out->items, *fold_of = calloc(items + 1, sizeof *fold_of);
    bool good = fold_of && (rule == FOLDS_STRATIFIED ? deal_strata(infos, items, count, fold_of)
                                                     : folds_deal(items, count, FOLDS_SEED, fold_of));
    for (size_t i = 0; good && i < count * items; i++)
        out->parts[i] = fold_of[i % items] == i / items ? FOLD_VAL : FOLD_TRAIN;
    free(fold_of);
    return good || out_of_memory();
}

static bool make_official(const amos_case_info *const *infos, struct folds *out)
{
    size_t counts[3] = {0, 0, 0};
    for (size_t i = 0; i < out->items; i++) {
        enum fold_part part = infos[i]->split == AMOS_SPLIT_TRAINING     ? FOLD_TRAIN
                              : infos[i]->split == AMOS_SPLIT_VALIDATION ? FOLD_VAL
                                                                         : FOLD_NEITHER;
        out->parts[i] = (unsigned char)part;
        counts[part]++;
    }
    if (counts[FOLD_TRAIN] && counts[FOLD_VAL])
        return true;
    cli_error(
        "--split official: There are %zu training cases and %zu validation cases with labels; both were expected. "
        "Choose --split nnunet or stratified.",
        counts[FOLD_TRAIN], counts[FOLD_VAL]);
    return false;
}

bool folds_make(const struct fold_choice *choice, size_t count, const amos_case_info *const *infos, size_t items,
                struct folds *out)
{
    *out = (struct folds){0, 0, NULL};
    if (choice->rule == FOLDS_FILE)
        return fold_file_read(choice->path, infos, items, out);
    if (choice->rule == FOLDS_OFFICIAL)
        return folds_allocate(out, 1, items) && make_official(infos, out);
    if (items < count)
        return true;
    return folds_allocate(out, count, items) && make_dealt(choice->rule, count, infos, out);
}

void folds_free(struct folds *folds)
{
    free(folds->parts);
    *folds = (struct folds){0, 0, NULL};
}

/* ---- asking ---- */

enum fold_part folds_part(const struct folds *folds, size_t fold, size_t item)
{
    return (enum fold_part)folds->parts[fold * folds->items + item];
}

int folds_of(const struct folds *folds, size_t item)
{
    for (size_t fold = 0; fold < folds->count; fold++)
        if (folds_part(folds, fold, item) == FOLD_VAL)
            return (int)fold;
    return folds->count == 1 && folds_part(folds, 0, item) == FOLD_TRAIN ? 1 : -1;
}

bool folds_overlap(const struct folds *folds)
{
    for (size_t item = 0; item < folds->items; item++) {
        size_t parts = 0;
        for (size_t fold = 0; fold < folds->count; fold++)
            parts += folds_part(folds, fold, item) == FOLD_VAL;
        if (parts > 1)
            return true;
    }
    return false;
}
