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

/* Whether a name is that of a journal: of the whole, or of a shard. */
static bool is_journal(const char *name)
{
    static const char begin[] = "report.", end[] = ".journal";
    const size_t length = strlen(name), before = strlen(begin), after = strlen(end);
    return strcmp(name, journal_name) == 0 ||
           (strncmp(name, begin, before) == 0 && length > before + after && strcmp(name + length - after, end) == 0 &&
            strspn(name + before, "0123456789-of") == length - before - after);
}

/* What is in a folder. */
struct seen {
    bool journal, strangers; /* strangers: anything that may be somebody else's */
};

static bool take_seen(void *user, int folder, const char *name)
{
    struct seen *seen = user;
    (void)folder;
    seen->journal = seen->journal || is_journal(name);
    seen->strangers = seen->strangers || (!is_temporary(name) && strcmp(name, cases_name) != 0);
    return true;
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
    bool manifest;
    struct seen seen = {false, false};
    if (!is_file(folder, manifest_name, &manifest))
        return false;
    if (manifest || options->force)
        return true;
    if (!each_entry(folder->path, take_seen, &seen))
        return false;
    if (seen.journal)
        return true;
    if (seen.strangers)
        cli_error(
            "%s: This folder is there already and is no report (it has no %s); give another folder, or --force to "
            "write a report into it.",
            folder->path, manifest_name);
    return !seen.strangers;
}

/* ---- opening ---- */

static bool read_records(struct report_folder *folder, const char *name)
{
    char *path = report_folder_join(folder, name);
    const bool good = path && report_earlier_read(path, &folder->earlier);
    free(path);
    return good;
}

struct reading {
    struct report_folder *folder;
    bool failed;
};

static bool take_journal(void *user, int folder, const char *name)
{
    struct reading *reading = user;
    (void)folder;
    reading->failed = is_journal(name) && !read_records(reading->folder, name);
    return !reading->failed;
}

/* The manifest, and the journals of all: a case that a shard has done need not be done again by another number of them. */
static bool read_earlier(struct report_folder *folder)
{
    struct reading reading = {folder, false};
    const bool good = read_records(folder, manifest_name) && each_entry(folder->path, take_journal, &reading);
    report_earlier_sort(&folder->earlier);
    return good && !reading.failed;
}

static bool is_same_set(const struct report_folder *folder, const struct report_folder_options *options)
{
    const char *other = folder->earlier.data_set;
    if (options->force || options->merge || !other || strcmp(other, options->data_set) == 0)
        return true;
    cli_error("%s: This folder has a report of another data set, %s; give another folder, or --force to replace it.",
              folder->path, other);
    return false;
}

static bool refuse_busy(const char *path)
{
    cli_error("%s: Another process is writing this report; wait for it, or give another folder.", path);
    return false;
}

/* Whether a process that writes the report holds this journal. */
static bool is_busy(int folder, const char *name)
{
    const int fd = amosi_file_open(folder, name, O_RDONLY | O_NOFOLLOW, 0);
    const bool busy = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    return busy;
}

struct looking {
    bool part, busy;
};

/* The whole has the folder for itself, and shards have it together. */
static bool take_busy(void *user, int folder, const char *name)
{
    struct looking *looking = user;
    if (looking->part ? strcmp(name, journal_name) == 0 : is_journal(name))
        looking->busy = is_busy(folder, name);
    return !looking->busy;
}

static bool is_free(const struct report_folder *folder, const struct report_folder_options *options)
{
    struct looking looking = {.part = options->shards > 0};
    return each_entry(folder->path, take_busy, &looking) && (!looking.busy || refuse_busy(folder->path));
}

static bool open_journal(struct report_folder *folder)
{
    char *path = report_folder_join(folder, folder->name);
    if (!path)
        return false;
    folder->journal = amosi_file_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    bool good = folder->journal >= 0 || report(path, "file cannot be opened");
    if (good && flock(folder->journal, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        good = refuse_busy(path);
    free(path);
    return good;
}

/* Begins on a new line: the last one may be part of one that was not finished. */
static bool append(struct report_folder *folder, const char *line)
{
    bool good = amosi_file_write(folder->journal, "\n", 1) && amosi_file_write(folder->journal, line, strlen(line)) &&
                amosi_file_write(folder->journal, "\n", 1) && amosi_file_sync(folder->journal);
    if (!good)
        cli_error("%s/%s: The file cannot be written: %s.", folder->path, folder->name, strerror(errno));
    return good;
}

static bool is_there(const char *path)
{
    const bool there = amosi_place_at(path) == AMOSI_PLACE_FOLDER;
    if (!there)
        cli_error(
            "%s: The folder is not there, into which the shards wrote their cases; merge where they ran, and without "
            "another --output.",
            path);
    return there;
}

/* A shard removes no leftovers: on some file systems it cannot tell which files another machine is still writing. */
static bool clean(struct report_folder *folder, bool part)
{
    char *cases = report_folder_join(folder, cases_name);
    bool good = cases && folder_make(cases) &&
                (part || (each_entry(folder->path, take_abandoned, NULL) && each_entry(cases, take_abandoned, NULL)));
    free(cases);
    return good;
}

bool report_folder_open(const struct report_folder_options *options, struct report_folder *out)
{
    *out = (struct report_folder){.path = options->path, .journal = -1};
    if (options->shards)
        snprintf(out->name, sizeof out->name, "report.%zu-of-%zu.journal", options->shard, options->shards);
    else
        snprintf(out->name, sizeof out->name, "%s", journal_name);
    return (options->merge ? is_there(options->path) : folder_make(options->path)) && is_ours(out, options) &&
           is_free(out, options) && read_earlier(out) && is_same_set(out, options) && open_journal(out) &&
           append(out, options->head) && clean(out, options->shards > 0);
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

static bool take_finished(void *user, int folder, const char *name)
{
    struct reading *reading = user;
    if (is_journal(name) && unlinkat(folder, name, 0) != 0 && errno != ENOENT) {
        cli_error("%s/%s: The file cannot be removed: %s.", reading->folder->path, name, strerror(errno));
        reading->failed = true;
    }
    return !reading->failed;
}

bool report_folder_finish(struct report_folder *folder)
{
    struct reading reading = {folder, false};
    return each_entry(folder->path, take_finished, &reading) && !reading.failed;
}
