/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "kit/resolve.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kit/message.h"

static bool exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

static bool is_directory(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* An ID has neither dot nor slash; the file name of a volume has a dot. */
static bool looks_like_id(const char *word)
{
    return word[0] != '\0' && !strpbrk(word, "./");
}

/* Opens a data set; `targets` owns it. NULL after a failure, with the reason in *err. */
static amos_dataset *open_dataset(struct targets *targets, const char *path, amos_error *err)
{
    amos_dataset *dataset = NULL;
    if (amos_dataset_open(path, NULL, &dataset, err))
        return NULL;
    targets->datasets[targets->dataset_count++] = dataset;
    return dataset;
}

static bool find_case(struct target *target, const char *id)
{
    target->kind = TARGET_CASE;
    target->c = amos_dataset_find(target->dataset, id);
    if (!target->c)
        cli_error("%s: There is no case \"%s\" in this data set; see: amos list %s", target->path, id, target->path);
    return target->c != NULL;
}

/* DIR/ID: opens DIR. *found stays false if the operand does not have this form. */
static bool resolve_joined(struct targets *targets, const char *word, struct target *target, bool *found)
{
    const char *slash = strrchr(word, '/');
    if (!slash || !looks_like_id(slash + 1))
        return true;
    char *folder = strndup(word, slash == word ? 1 : (size_t)(slash - word));
    if (!folder) {
        cli_error("Memory ran out.");
        return false;
    }
    bool good = true;
    if (is_directory(folder) && (target->dataset = open_dataset(targets, folder, NULL)) != NULL) {
        *found = true;
        target->path = amos_dataset_get_info(target->dataset)->root;
        good = find_case(target, slash + 1);
    }
    free(folder);
    return good;
}

/* `before` is the target of the operand before, NULL for the first. An ID after a data set selects a case of it. */
static bool resolve_word(struct targets *targets, const char *word, struct target *before, bool *merged)
{
    struct target *target = &targets->items[targets->count];
    *target = (struct target){.kind = TARGET_FILE, .path = word};
    if (is_directory(word)) {
        target->kind = TARGET_DATASET;
        target->dataset = open_dataset(targets, word, &target->error);
        return true;
    }
    if (exists(word))
        return true;
    if (before && before->error.status && looks_like_id(word)) {
        cli_error_of(&before->error);
        return false;
    }
    if (before && before->dataset && looks_like_id(word)) {
        *merged = before->kind == TARGET_DATASET;
        if (!*merged)
            *target = *before;
        return find_case(*merged ? before : target, word);
    }
    bool found = false;
    return resolve_joined(targets, word, target, &found);
}

bool targets_resolve(char *const *words, int count, struct targets *out)
{
    *out = (struct targets){NULL, 0, NULL, 0};
    size_t room = count > 0 ? (size_t)count : 1;
    out->items = calloc(room, sizeof *out->items);
    out->datasets = calloc(room, sizeof(amos_dataset *));
    if (!out->items || !out->datasets) {
        cli_error("Memory ran out.");
        return false;
    }
    for (int i = 0; i < count; i++) {
        bool merged = false;
        struct target *before = out->count ? &out->items[out->count - 1] : NULL;
        if (!resolve_word(out, words[i], before, &merged))
            return false;
        out->count += !merged;
    }
    return true;
}

const amos_dataset *targets_names(const struct targets *targets)
{
    return targets->dataset_count ? targets->datasets[0] : NULL;
}

void targets_free(struct targets *targets)
{
    for (size_t i = 0; i < targets->dataset_count; i++)
        amos_dataset_free(targets->datasets[i]);
    free(targets->datasets);
    free(targets->items);
    *targets = (struct targets){NULL, 0, NULL, 0};
}

size_t target_case_count(const struct target *target)
{
    return target->dataset ? amos_dataset_get_info(target->dataset)->count : 0;
}
