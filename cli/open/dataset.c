/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "open/dataset.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/case_id.h"
#include "kit/message.h"
#include "output.h"

#define NOTES_SHOWN 5

/* ---- --modality-of ---- */

/* Reads "ID=MODALITY" at *text, which moves behind it. The id is ended by a NUL in place of its "=". */
static bool take_item(char **text, amos_modality_override *out)
{
    char *item = *text, *end = item + strcspn(item, ","), *equals;
    *text = *end ? end + 1 : end;
    *end = '\0';
    equals = strrchr(item, '=');
    if (!equals || equals == item)
        return false;
    *equals = '\0';
    out->case_id = item;
    return !amos_modality_parse(equals + 1, &out->modality, NULL) && out->modality != AMOS_MODALITY_ANY;
}

static bool parse_modality_of(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    char *copy = strdup(text), *at = copy;
    amos_modality_override item;
    bool good = copy && *copy;
    while (good && *at)
        good = take_item(&at, &item);
    free(copy);
    *(const char **)value = text;
    return good || args_refuse(why, bytes, "a list ID=MODALITY, each ct, mri or unknown, such as amos_0500=ct");
}

const struct args_type args_modality_of = {.parse = parse_modality_of};

/* Both lists belong to the caller; NULL if memory ran out. */
static amos_modality_override *list_modalities(const char *text, char **copy, size_t *count)
{
    size_t most = 1;
    for (const char *at = text; *at; at++)
        most += *at == ',';
    amos_modality_override *list = calloc(most, sizeof *list);
    *copy = strdup(text);
    *count = 0;
    for (char *at = *copy; list && at && *at && take_item(&at, &list[*count]);)
        ++*count;
    if (*copy)
        return list;
    free(list);
    return NULL;
}

/* ---- opening ---- */

bool dataset_chosen(const struct dataset_choice *choice)
{
    return choice->json_name || choice->modality_table || choice->modality_of || choice->absolute_paths;
}

static void show_note(void *user, amos_log_level level, const char *message)
{
    size_t *notes = user;
    if (level == AMOS_LOG_WARNING && ++*notes <= NOTES_SHOWN)
        cli_error("%s", message);
}

amos_status dataset_open(const char *path, const struct dataset_choice *choice, amos_dataset **out, amos_error *err)
{
    size_t notes = 0, count = 0;
    char *copy = NULL;
    amos_modality_override *list = choice->modality_of ? list_modalities(choice->modality_of, &copy, &count) : NULL;
    const amos_dataset_options options = {.size = sizeof options,
                                          .flags = choice->absolute_paths ? AMOS_DATASET_ALLOW_ABSOLUTE : 0,
                                          .json_name = choice->json_name,
                                          .modality = list,
                                          .modality_count = count,
                                          .modality_table = choice->modality_table,
                                          .log = choice->quiet ? NULL : show_note,
                                          .log_user = &notes};
    *out = NULL;
    amos_status status =
        choice->modality_of && !list ? amosi_fail_nomem(err, path) : amos_dataset_open(path, &options, out, err);
    free(list);
    free(copy);
    if (!status && notes > NOTES_SHOWN)
        cli_error("%s: Further remarks: %zu; see: amos check %s", path, notes - NOTES_SHOWN, path);
    return status;
}

/* ---- outputs ---- */

/* It is read from the folder, or from the one above. */
bool dataset_has_labels_alone(const amos_dataset *dataset)
{
    size_t labels = 0;
    const amos_case *c;
    for (size_t i = 0; (c = amos_dataset_get(dataset, i)) != NULL; i++) {
        if (amos_case_get_info(c)->has_image)
            return false;
        labels += amos_case_get_info(c)->has_label != 0;
    }
    return labels > 0;
}

static bool spares_metadata(const char *command, const char *output, const char *root)
{
    static const char *const places[] = {"", "../"};
    char path[PATH_MAX]; /* a longer one is no file's */
    bool good = true;
    for (size_t i = 0; good && i < sizeof places / sizeof places[0]; i++) {
        int length = snprintf(path, sizeof path, "%s/%s" AMOSI_METADATA_NAME, root, places[i]);
        good = length >= (int)sizeof path || output_spares(command, output, path);
    }
    return good;
}

bool dataset_spares(const char *command, const char *output, const amos_dataset *dataset,
                    const struct dataset_choice *choice)
{
    if (choice && !output_spares(command, output, choice->modality_table))
        return false;
    const amos_dataset_info *info = dataset ? amos_dataset_get_info(dataset) : NULL;
    return !info || (output_spares(command, output, info->json_path) && spares_metadata(command, output, info->root));
}
