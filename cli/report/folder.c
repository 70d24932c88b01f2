/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/math/digest.h"
#include "base/system/file.h"
#include "folder.h"
#include "kit/message.h"

static const char manifest_name[] = "report.json", journal_name[] = "report.journal", cases_name[] = "cases";

static bool report(const char *path, const char *what)
{
    cli_error("%s: The %s: %s.", path, what, strerror(errno));
    return false;
}

char *report_folder_join(const struct report_folder *folder, const char *name)
{
    char *path = folder_join(folder->path, name);
    if (!path)
        cli_error("Memory ran out.");
    return path;
}

/* ---- what is there ---- */

static bool is_temporary(const char *name)
{
    size_t length = strlen(name);
    return strncmp(name, ".amos-", 6) == 0 && length > 4 && strcmp(name + length - 4, ".tmp") == 0;
}

/* Calls `take` with the name of each entry until it is false. False if the folder cannot be read, which is reported. */
static bool each_entry(const char *path, bool (*take)(void *user, int folder, const char *name), void *user)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    bool more = dir != NULL;
    while (more && (errno = 0, entry = readdir(dir)) != NULL)
        more = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
               take(user, dirfd(dir), entry->d_name);
    bool good = dir && (!more || errno == 0);
    if (!good)
        (void)report(path, "folder cannot be read");
    if (dir)
        closedir(dir);
    return good;
}

/* Of what is in a folder: *user becomes true if anything may be somebody else's. */
static bool take_stranger(void *user, int folder, const char *name)
{
    (void)folder;
    *(bool *)user = !is_temporary(name) && strcmp(name, cases_name) != 0;
    return !*(bool *)user;
}

/* What a killed process left behind. */
static bool take_abandoned(void *user, int folder, const char *name)
{
    (void)user;
    if (is_temporary(name))
        (void)amosi_file_remove_abandoned(folder, name);
    return true;
}

static bool is_file(const struct report_folder *folder, const char *name, bool *found)
{
    char *path = report_folder_join(folder, name);
    *found = path && amosi_place_at(path) == AMOSI_PLACE_FILE;
    free(path);
    return path != NULL;
}

/* A folder that is there must be that of a report, or empty. */
static bool is_ours(const struct report_folder *folder, const struct report_folder_options *options)
{
    bool manifest, journal, strangers = false;
    if (!is_file(folder, manifest_name, &manifest) || !is_file(folder, journal_name, &journal))
        return false;
    if (manifest || journal || options->force)
        return true;
    if (!each_entry(folder->path, take_stranger, &strangers))
        return false;
    if (strangers)
        cli_error(
            "%s: This folder is there already and is no report (it has no %s); give another folder, or --force to "
            "write a report into it.",
            folder->path, manifest_name);
    return !strangers;
}

/* ---- opening ---- */

static bool read_earlier(struct report_folder *folder)
{
    const char *const names[] = {manifest_name, journal_name};
    bool good = true;
    for (int i = 0; good && i < 2; i++) {
        char *path = report_folder_join(folder, names[i]);
        good = path && report_earlier_read(path, &folder->earlier);
        free(path);
    }
    report_earlier_sort(&folder->earlier);
    return good;
}

static bool is_same_set(const struct report_folder *folder, const struct report_folder_options *options)
{
    const char *other = folder->earlier.data_set;
    if (options->force || !other || strcmp(other, options->data_set) == 0)
        return true;
    cli_error("%s: This folder has a report of another data set, %s; give another folder, or --force to replace it.",
              folder->path, other);
    return false;
}

static bool open_journal(struct report_folder *folder)
{
    char *path = report_folder_join(folder, journal_name);
    if (!path)
        return false;
    folder->journal = amosi_file_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    bool good = folder->journal >= 0 || report(path, "file cannot be opened");
    if (good && flock(folder->journal, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        cli_error("%s: Another process is writing this report; wait for it, or give another folder.", folder->path);
        good = false;
    }
    free(path);
    return good;
}

/* Begins on a new line: the last one may be part of one that was not finished. */
static bool append(struct report_folder *folder, const char *line)
{
    bool good = amosi_file_write(folder->journal, "\n", 1) && amosi_file_write(folder->journal, line, strlen(line)) &&
                amosi_file_write(folder->journal, "\n", 1) && amosi_file_sync(folder->journal);
    if (!good)
        cli_error("%s/%s: The file cannot be written: %s.", folder->path, journal_name, strerror(errno));
    return good;
}

static bool clean(struct report_folder *folder)
{
    char *cases = report_folder_join(folder, cases_name);
    bool good = cases && folder_make(cases) && each_entry(folder->path, take_abandoned, NULL) &&
                each_entry(cases, take_abandoned, NULL);
    free(cases);
    return good;
}

bool report_folder_open(const struct report_folder_options *options, struct report_folder *out)
{
    *out = (struct report_folder){.path = options->path, .journal = -1};
    return folder_make(options->path) && is_ours(out, options) && read_earlier(out) && is_same_set(out, options) &&
           open_journal(out) && append(out, options->head) && clean(out);
}

void report_folder_close(struct report_folder *folder)
{
    if (folder->journal >= 0)
        close(folder->journal);
    report_earlier_free(&folder->earlier);
}

/* ---- cases ---- */

bool report_folder_note(struct report_folder *folder, const struct report_record *record)
{
    char *line = report_record_line(record);
    bool good = line && append(folder, line);
    free(line);
    return good;
}

/* The SHA-256 of an open file. */
static bool digest_file(FILE *file, char digest[REPORT_KEY], uint64_t *bytes)
{
    unsigned char buffer[65536];
    struct amosi_digest state;
    size_t got;
    amosi_sha256_begin(&state);
    for (*bytes = 0; (got = fread(buffer, 1, sizeof buffer, file)) > 0; *bytes += got)
        amosi_digest_take(&state, buffer, got);
    amosi_digest_text(state, digest);
    return !ferror(file);
}

bool report_folder_has(const struct report_folder *folder, const struct report_record *record)
{
    char digest[REPORT_KEY];
    uint64_t bytes = 0;
    char *path = record->file ? folder_join(folder->path, record->file) : NULL;
    FILE *file = path ? fopen(path, "re") : NULL;
    bool whole =
        file && digest_file(file, digest, &bytes) && bytes == record->bytes && strcmp(digest, record->sha256) == 0;
    if (file)
        fclose(file);
    free(path);
    return whole;
}

/* Whether a record names a file that report_case_file() may have named. */
static bool is_case_file(const char *file)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t folder = strlen(cases_name), length = strlen(file);
    return length > folder + 4 && strncmp(file, cases_name, folder) == 0 && file[folder] == '/' &&
           file[folder + 1] != '.' && strspn(file + folder + 1, letters) == length - folder - 1 &&
           strcmp(file + length - 3, ".js") == 0;
}

void report_folder_prune(const struct report_folder *folder, bool (*kept)(void *user, const char *file), void *user)
{
    for (size_t i = 0; i < folder->earlier.count; i++) {
        const struct report_record *record = &folder->earlier.records[i];
        const char *file = record->file ? record->file : record->former;
        char *path = file && is_case_file(file) && !kept(user, file) ? folder_join(folder->path, file) : NULL;
        if (path)
            (void)unlink(path);
        free(path);
    }
}

bool report_folder_finish(struct report_folder *folder)
{
    char *path = report_folder_join(folder, journal_name);
    bool good = path && (unlink(path) == 0 || errno == ENOENT || report(path, "file cannot be removed"));
    free(path);
    return good;
}
