/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "kit/resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kit/message.h"
#include "base/text/case_id.h"
#include "base/text/url.h"
#include "base/text/volume_name.h"
#include "open/around.h"
#include "open/dataset.h"

static bool exists(const char *path)
{
    struct stat about;
    return amosi_is_url(path) ? amosi_url_archive_length(path) == 0 : stat(path, &about) == 0;
}

static bool is_directory(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Whether a path goes on into a file, as into a ZIP archive, to something that is not named like a volume. */
static bool may_be_in_archive(const char *path)
{
    struct stat about;
    bool goes_on =
        amosi_is_url(path) ? amosi_url_archive_length(path) > 0 : stat(path, &about) != 0 && errno == ENOTDIR;
    return goes_on && amosi_volume_name(path).kind == AMOSI_NAME_OTHER;
}

/* An ID has neither dot nor slash; the file name of a volume has a dot. */
static bool looks_like_id(const char *word)
{
    return word[0] != '\0' && !strpbrk(word, "./");
}

/* ---- places ---- */

static bool has_files(const amos_dataset *dataset)
{
    for (size_t i = 0; i < amos_dataset_get_info(dataset)->count; i++) {
        const amos_case_info *info = amos_case_get_info(amos_dataset_get(dataset, i));
        if (info->has_image || info->has_label)
            return true;
    }
    return false;
}

/* Whether a folder of volumes is meant although it may be called a data set. */
static bool is_folder_of_volumes(const struct place *place, const struct dataset_choice *choice)
{
    bool no_dataset = place->error.status == AMOS_E_OPEN && place->error.sys_errno == ENOENT && !dataset_chosen(choice);
    return place->folder.layout == FOLDER_FLAT || (place->folder.layout == FOLDER_BELOW && no_dataset);
}

/* What was noticed in a data set counts only if one is meant, which is known after it was opened in silence: a folder of
 * predictions may have a dataset.json too. It is opened once more to say it. */
static void say_notes(const struct place *place, const char *path, const struct dataset_choice *choice)
{
    amos_dataset *again = NULL;
    if (place->dataset && amos_dataset_get_info(place->dataset)->warnings && !choice->quiet)
        (void)!dataset_open(path, choice, &again, NULL);
    amos_dataset_free(again);
}

static bool open_directory(struct place *place, const char *path, const struct dataset_choice *choice)
{
    struct dataset_choice silent = *choice;
    silent.quiet = true;
    place->kind = PLACE_DATASET;
    if (dataset_open(path, &silent, &place->dataset, &place->error) == AMOS_OK && has_files(place->dataset)) {
        say_notes(place, path, choice);
        return true;
    }
    if (!folder_list(&place->folder, path))
        return false;
    if (is_folder_of_volumes(place, choice)) {
        place->kind = PLACE_FOLDER;
        place->error.status = AMOS_OK;
    } else {
        say_notes(place, path, choice);
    }
    return true;
}

/* The archive of a data set is no folder of volumes; the error of opening it as a data set says what to do. */
static bool open_archive(struct place *place, const char *path, const struct dataset_choice *choice)
{
    if (!folder_list(&place->folder, path))
        return false;
    if (place->folder.holds_dataset) {
        place->kind = PLACE_DATASET;
        (void)!dataset_open(path, choice, &place->dataset, &place->error);
    } else if (place->folder.count) {
        place->kind = PLACE_FOLDER;
    }
    return true;
}

bool place_open(struct place *place, const char *path, const struct dataset_choice *choice)
{
    *place = (struct place){.kind = PLACE_FILE};
    if (is_directory(path) || may_be_in_archive(path))
        return open_directory(place, path, choice);
    return amosi_volume_name(path).kind != AMOSI_NAME_OTHER || open_archive(place, path, choice);
}

void place_close(struct place *place)
{
    amos_dataset_free(place->dataset);
    folder_free(&place->folder);
    place->dataset = NULL;
}

/* ---- operands ---- */

/* NULL after a failure, which is reported. `targets` owns the place. */
static const struct place *look_at(struct targets *targets, const char *path)
{
    struct place *place = &targets->places[targets->place_count++];
    return place_open(place, path, targets->choice) ? place : NULL;
}

static bool find_case(struct target *target, const char *id)
{
    target->kind = TARGET_CASE;
    target->c = amos_dataset_find(target->dataset, id);
    if (!target->c)
        cli_error("%s: There is no case \"%s\" in this data set; see: amos list %s", target->path, id, target->path);
    return target->c != NULL;
}

/* "amos_0018", "0018" and "18" find amos_0018.nii.gz, and any other name finds itself without its suffix. */
static bool is_id_of(const char *id, const char *path)
{
    const char *name = amosi_base_name(path);
    size_t length = amosi_volume_name_id_length(name);
    int64_t number = amosi_amos_number(name), wanted = amosi_amos_number(id);
    bool digits = strspn(id, "0123456789") == strlen(id);
    return (strlen(id) == length && strncmp(name, id, length) == 0) ||
           (number >= 0 && number == (digits ? amosi_amos_number_alone(id) : wanted));
}

/* The file of an ID in a folder of volumes; NULL if none. */
static const char *volume_of(const struct folder *folder, const char *id)
{
    for (size_t i = 0; i < folder->count; i++)
        if (is_id_of(id, folder->paths[i]))
            return folder->paths[i];
    return NULL;
}

/* `path` is that of the folder. */
static bool find_volume(struct target *target, const struct folder *folder, const char *path, const char *id)
{
    *target = (struct target){.kind = TARGET_FILE, .path = volume_of(folder, id), .within = folder};
    if (!target->path)
        cli_error("%s: There is no volume \"%s\" in this folder; it has %zu, such as %s.", path, id, folder->count,
                  folder->paths[0]);
    return target->path != NULL;
}

/* Gives the last place back, which no target uses: a word has one at most. */
static void look_away(struct targets *targets)
{
    struct place *place = &targets->places[--targets->place_count];
    place_close(place);
    *place = (struct place){.kind = PLACE_FILE};
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
    const struct place *place = exists(folder) ? look_at(targets, folder) : NULL;
    bool good = place || !exists(folder);
    const char *volume = place && place->kind == PLACE_FOLDER ? volume_of(&place->folder, slash + 1) : NULL;
    if (volume) {
        *found = true;
        *target = (struct target){.kind = TARGET_FILE, .path = volume, .within = &place->folder};
    } else if (place && place->dataset) {
        *found = true;
        target->dataset = place->dataset;
        target->path = amos_dataset_get_info(target->dataset)->root;
        good = find_case(target, slash + 1);
    } else if (place) {
        look_away(targets);
    }
    free(folder);
    return good;
}

static bool resolve_existing(struct targets *targets, const char *word, struct target *target)
{
    static const enum target_kind kinds[] = {
        [PLACE_FILE] = TARGET_FILE, [PLACE_DATASET] = TARGET_DATASET, [PLACE_FOLDER] = TARGET_FOLDER};
    const struct place *place = look_at(targets, word);
    if (!place)
        return false;
    *target = (struct target){.kind = kinds[place->kind], .path = word, .error = place->error};
    if (place->kind == PLACE_DATASET)
        target->dataset = place->dataset;
    if (place->kind == PLACE_FOLDER)
        target->folder = &place->folder;
    return true;
}

/* `before` is the target of the operand before, NULL for the first. An ID after a data set selects a case of it. */
static bool resolve_word(struct targets *targets, const char *word, struct target *before, bool *merged)
{
    struct target *target = &targets->items[targets->count];
    *target = (struct target){.kind = TARGET_FILE, .path = word};
    if (exists(word))
        return resolve_existing(targets, word, target);
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
    const struct folder *folder = !before ? NULL : before->folder ? before->folder : before->within;
    if (folder && looks_like_id(word)) {
        *merged = before->kind == TARGET_FOLDER;
        return find_volume(*merged ? before : target, folder, before->path, word);
    }
    bool found = false;
    bool good = resolve_joined(targets, word, target, &found);
    if (good && !found && may_be_in_archive(word))
        return resolve_existing(targets, word, target);
    if (good && !found && looks_like_id(amosi_base_name(word))) { /* no volume is named so: a missing data set */
        amos_dataset *none = NULL;
        target->kind = TARGET_DATASET;
        (void)!dataset_open(word, targets->choice, &none, &target->error);
        amos_dataset_free(none);
    }
    return good;
}

bool targets_resolve(char *const *words, int count, const struct dataset_choice *choice, struct targets *out)
{
    *out = (struct targets){.choice = choice};
    size_t room = count > 0 ? (size_t)count : 1;
    out->items = calloc(room, sizeof *out->items);
    out->places = calloc(room, sizeof *out->places);
    out->around = calloc(room, sizeof *out->around);
    if (!out->items || !out->places || !out->around) {
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

/* Whether two paths have the same folder, as far as their texts say. */
static bool same_folder(const char *a, const char *b)
{
    size_t length = (size_t)(amosi_base_name(a) - a);
    return length == (size_t)(amosi_base_name(b) - b) && strncmp(a, b, length) == 0;
}

static const amos_dataset *find_names(struct targets *targets, const struct target *target)
{
    amos_dataset *around = dataset_around(target->path, target->kind != TARGET_FILE);
    if (around)
        targets->around[targets->around_count++] = around;
    return around;
}

void targets_set_names(struct targets *targets)
{
    const struct target *before = NULL; /* the last file: many are in one folder */
    for (size_t i = 0; i < targets->count; i++) {
        struct target *target = &targets->items[i];
        bool file = target->kind == TARGET_FILE;
        if (target->dataset)
            target->names = target->dataset;
        else if (file && before && same_folder(before->path, target->path))
            target->names = before->names;
        else
            target->names = find_names(targets, target);
        before = file ? target : before;
    }
}

const amos_dataset *targets_names(const struct targets *targets)
{
    for (size_t i = 0; i < targets->count; i++)
        if (targets->items[i].dataset)
            return targets->items[i].dataset;
    return targets->around_count ? targets->around[0] : NULL;
}

void targets_free(struct targets *targets)
{
    for (size_t i = 0; i < targets->place_count; i++)
        place_close(&targets->places[i]);
    for (size_t i = 0; i < targets->around_count; i++)
        amos_dataset_free(targets->around[i]);
    free(targets->around);
    free(targets->places);
    free(targets->items);
    *targets = (struct targets){.items = NULL};
}

/* ---- targets ---- */

size_t target_case_count(const struct target *target)
{
    return target->dataset ? amos_dataset_get_info(target->dataset)->count : 0;
}

bool target_is_set(const struct target *target)
{
    return target->kind == TARGET_DATASET || target->kind == TARGET_FOLDER;
}

static bool take_case(const amos_case *c, bool (*take)(void *user, const char *path), void *user)
{
    const amos_case_info *info = amos_case_get_info(c);
    return (!info->has_image || take(user, info->image_path)) && (!info->has_label || take(user, info->label_path));
}

bool target_each_file(const struct target *target, bool (*take)(void *user, const char *path), void *user)
{
    bool good = true;
    if (target->kind == TARGET_FILE)
        return take(user, target->path);
    if (target->kind == TARGET_CASE)
        return take_case(target->c, take, user);
    for (size_t i = 0; target->folder && good && i < target->folder->count; i++)
        good = take(user, target->folder->paths[i]);
    for (size_t i = 0; good && i < target_case_count(target); i++)
        good = take_case(amos_dataset_get(target->dataset, i), take, user);
    return good;
}

bool target_is_single(const struct target *target, const char *command)
{
    const char *slash = target->path[0] && target->path[strlen(target->path) - 1] == '/' ? "" : "/";
    if (target->kind == TARGET_DATASET && !target->dataset)
        cli_error_of(&target->error);
    else if (target->kind == TARGET_DATASET)
        cli_error("%s: %s is a whole data set; name one of its cases, as in %s%s%s.", command, target->path,
                  target->path, slash,
                  target_case_count(target) ? amos_case_get_info(amos_dataset_get(target->dataset, 0))->id
                                            : "amos_0018");
    else if (target->kind == TARGET_FOLDER)
        cli_error("%s: %s has %zu volumes; name one of them, as in %s.", command, target->path, target->folder->count,
                  target->folder->paths[0]);
    return !target_is_set(target);
}
