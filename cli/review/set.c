/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "review/set.h"

#include <stdlib.h>
#include <string.h>

#include "kit/message.h"
#include "review/choose.h"
#include "review/names.h"

static int out_of_memory(void)
{
    cli_error("Memory ran out.");
    return CLI_FAILED;
}

static bool is_selected(const struct review_question *question, const amos_case_info *info, const bool *chosen)
{
    return chosen[info->index] && (question->split == AMOS_SPLIT_ANY || info->split == question->split) &&
           (question->modality == AMOS_MODALITY_ANY || info->modality == question->modality);
}

/* Takes over the id and the name. */
static bool add_item(struct review_set *set, const amos_case_info *info, char **id, char **name)
{
    char *key = side_id_of(info->id, strlen(info->id));
    struct side_entry *found = key && set->predictions ? side_find(set->predictions, key) : NULL;
    if (found)
        found->used = true;
    set->items[set->count++] = (struct review_item){.info = info,
                                                    .reference = info->label_path,
                                                    .prediction = found ? side_path(found) : NULL,
                                                    .id = *id,
                                                    .name = *name};
    *id = *name = NULL;
    free(key);
    return key != NULL;
}

static int take_cases(const struct review_question *question, const bool *chosen, struct review_set *set)
{
    size_t count = amos_dataset_get_info(set->dataset)->count;
    char **ids = calloc(count + 1, sizeof *ids), **names = calloc(count + 1, sizeof *names);
    set->items = calloc(count + 1, sizeof *set->items);
    bool good = ids && names && set->items && review_names_make(set->dataset, ids, names);
    for (size_t i = 0; good && i < count; i++) {
        const amos_case_info *info = amos_case_get_info(amos_dataset_get(set->dataset, i));
        if (is_selected(question, info, chosen))
            good = add_item(set, info, &ids[i], &names[i]);
    }
    for (size_t i = 0; ids && names && i < count; i++) {
        free(ids[i]);
        free(names[i]);
    }
    free(ids);
    free(names);
    return good ? CLI_OK : out_of_memory();
}

static int select_cases(const struct review_question *question, struct review_set *set)
{
    size_t count = amos_dataset_get_info(set->dataset)->count;
    bool *chosen = calloc(count + 1, sizeof *chosen);
    int code = chosen ? CLI_OK : out_of_memory();
    for (size_t i = 0; code == CLI_OK && !question->cases && i < count; i++)
        chosen[i] = true;
    if (code == CLI_OK && question->cases)
        code = review_choose(set->dataset, question->cases, chosen);
    if (code == CLI_OK)
        code = take_cases(question, chosen, set);
    free(chosen);
    if (code == CLI_OK && set->count == 0) {
        cli_error("%s: No case is left to show; omit --cases, --split or --modality to show all.", question->root);
        code = CLI_FAILED;
    }
    return code;
}

static bool open_predictions(const struct review_question *question, struct review_set *set)
{
    const struct dataset_choice quiet = {.quiet = true};
    if (!question->prediction)
        return true;
    set->predictions = side_open_folder(question->prediction, &quiet, AMOS_SPLIT_ANY, AMOS_MODALITY_ANY);
    return set->predictions != NULL;
}

int review_set_open(const struct review_question *question, struct review_set *out)
{
    amos_error err;
    *out = (struct review_set){.dataset = NULL};
    if (dataset_open(question->root, &question->dataset, &out->dataset, &err)) {
        cli_error_of(&err);
        return CLI_FAILED;
    }
    int code = accepting_make(&question->accept, out->dataset, &out->accepting);
    if (code == CLI_OK && !open_predictions(question, out))
        code = CLI_FAILED;
    if (code == CLI_OK)
        code = select_cases(question, out);
    for (size_t i = 0; out->predictions && i < out->predictions->count; i++)
        out->unused += side_is_unused(&out->predictions->entries[i]);
    out->max_label = accepting_for(&out->accepting, out->dataset).max_label;
    return code;
}

void review_set_close(struct review_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        free(set->items[i].id);
        free(set->items[i].name);
    }
    free(set->items);
    side_free(set->predictions);
    accepting_free(&set->accepting);
    amos_dataset_free(set->dataset);
    *set = (struct review_set){.dataset = NULL};
}
