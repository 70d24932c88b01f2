/* SPDX-License-Identifier: BSD-3-Clause */
/* Single cases out of the archive at a URL. What is needed of the archive is copied to its place in a file that is as long as
 * the archive and else empty, by one request for members that lie together; that file is then unpacked as any archive. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/file.h"
#include "base/text/case_id.h"
#include "base/text/volume_name.h"
#include "fetch/fetch.h"
#include "folder.h"
#include "kit/interrupt.h"
#include "kit/progress.h"

#define MERGED ((uint64_t)1 << 20) /* a gap that costs less than another request */

/* ---- the wish ---- */

static bool is_json(const struct member *member)
{
    const char *slash = strchr(member->name, '/');
    return strcmp(amosi_base_name(member->name), "dataset.json") == 0 && (!slash || !strchr(slash + 1, '/'));
}

/* The split of a member of imagesTr, labelsVa and so on; AMOS_SPLIT_ANY for any other. */
static amos_split split_of(const struct member *member, bool *label)
{
    static const char *const names[] = {"Tr/", "Va/", "Ts/"};
    static const amos_split splits[] = {AMOS_SPLIT_TRAINING, AMOS_SPLIT_VALIDATION, AMOS_SPLIT_TEST};
    const char *images = strstr(member->name, "images"), *labels = strstr(member->name, "labels");
    const char *end = labels ? labels + 6 : images ? images + 6 : "";
    *label = labels != NULL;
    for (int i = 0; i < 3; i++)
        if (strncmp(end, names[i], 3) == 0 && end + 3 == amosi_base_name(member->name))
            return splits[i];
    return AMOS_SPLIT_ANY;
}

/* The next "18" or "508-510" of a list. */
static bool next_range(const char **text, long *first, long *last)
{
    char *end;
    *first = *last = strtol(*text, &end, 10);
    if (end == *text || *first < 0)
        return false;
    if (*end == '-') {
        const char *from = end + 1;
        *last = strtol(from, &end, 10);
        if (end == from)
            return false;
    }
    if (*last < *first || (*end != ',' && *end != '\0'))
        return false;
    *text = end + (*end == ',');
    return true;
}

bool wish_is_list(const char *cases)
{
    long first, last;
    const char *text = cases;
    do {
        if (!next_range(&text, &first, &last)) {
            cli_error("fetch: --cases %s: numbers and ranges of cases were expected, such as 18,508-510.", cases);
            return false;
        }
    } while (*text);
    return true;
}

static bool is_listed(const char *cases, int64_t number)
{
    long first, last;
    while (cases && *cases && next_range(&cases, &first, &last))
        if (number >= first && number <= last)
            return true;
    return !cases;
}

/* Each part of the list must find something. */
static bool finds_all(const char *cases, const struct members *members)
{
    long first, last;
    while (cases && *cases && next_range(&cases, &first, &last)) {
        bool found = false;
        for (size_t i = 0; i < members->count && !found; i++) {
            int64_t number = amosi_amos_number(amosi_base_name(members->all[i].name));
            found = members->all[i].wanted && number >= first && number <= last;
        }
        if (!found) {
            if (first == last)
                cli_error("fetch: The archive has no such file of case %ld; see: amos list URL", first);
            else
                cli_error("fetch: The archive has no such file of the cases %ld to %ld; see: amos list URL", first,
                          last);
            return false;
        }
    }
    return true;
}

bool wish_choose(const struct wish *wish, struct members *members)
{
    size_t count = 0;
    for (size_t i = 0; i < members->count; i++) {
        struct member *member = &members->all[i];
        bool label;
        amos_split split = split_of(member, &label);
        int64_t number = amosi_amos_number(amosi_base_name(member->name));
        member->wanted = split != AMOS_SPLIT_ANY && (wish->split == AMOS_SPLIT_ANY || wish->split == split) &&
                         (label || !wish->labels_only) && is_listed(wish->cases, number);
        count += member->wanted;
    }
    if (!finds_all(wish->cases, members))
        return false;
    if (!count)
        cli_error("fetch: The archive has no such file of that kind; see: amos list URL");
    return count > 0;
}

/* ---- requests ---- */

struct run {
    uint64_t first, stop;
};

static int compare_runs(const void *a, const void *b)
{
    const struct run *p = a, *q = b;
    return (p->first > q->first) - (p->first < q->first);
}

/* What to ask for: the wanted members, and everything from the directory on. NULL: no memory. */
static struct run *plan_runs(const struct members *members, size_t *count)
{
    struct run *runs = malloc((members->count + 1) * sizeof *runs);
    size_t n = 0, kept = 0;
    for (size_t i = 0; runs && i < members->count; i++)
        if (members->all[i].wanted || is_json(&members->all[i]))
            runs[n++] = (struct run){members->all[i].first, members->all[i].stop};
    if (runs)
        qsort(runs, n, sizeof *runs, compare_runs);
    for (size_t i = 0; runs && i < n; i++) {
        if (kept && runs[i].first - runs[kept - 1].stop <= MERGED)
            runs[kept - 1].stop = runs[i].stop;
        else
            runs[kept++] = runs[i];
    }
    *count = kept;
    return runs;
}

size_t cases_count(const struct members *members, uint64_t *bytes)
{
    size_t count = 0;
    struct run *runs = plan_runs(members, &count);
    *bytes = 0;
    for (size_t i = 0; runs && i < count; i++)
        *bytes += runs[i].stop - runs[i].first;
    free(runs);
    return count;
}

/* ---- the copy ---- */

struct copy {
    int fd;
    char *path;
    uint64_t at, done, total;
    int error;
};

static int take(void *user, const void *bytes, size_t n)
{
    struct copy *copy = user;
    bool good = lseek(copy->fd, (off_t)copy->at, SEEK_SET) >= 0 && amosi_file_write(copy->fd, bytes, n);
    copy->error = good ? 0 : errno;
    copy->at += n;
    copy->done += n;
    progress_show(NULL, copy->done, copy->total);
    return !good;
}

static bool copy_run(struct copy *copy, const char *url, const struct run *run, amos_http_transfer *transfer)
{
    amos_error err;
    copy->at = transfer->first = run->first;
    transfer->count = run->stop - run->first;
    transfer->take = take;
    transfer->user = copy;
    amos_status status = amos_http_get(url, NULL, transfer, &err);
    if (copy->error)
        cli_error("%s: writing failed: %s; make room and call the same command again.", copy->path,
                  strerror(copy->error));
    else if (status)
        cli_error_of(&err);
    return !status;
}

/* The end of the archive, from its directory on, as large as it is. */
static bool copy_runs(struct copy *copy, const char *url, const struct members *members, uint64_t per_second)
{
    size_t count;
    struct run *runs = plan_runs(members, &count), tail = {0, UINT64_MAX};
    amos_http_transfer transfer = AMOS_HTTP_TRANSFER_INIT;
    bool good = runs != NULL;
    transfer.per_second = per_second;
    for (size_t i = 0; i < members->count; i++)
        tail.first = members->all[i].stop > tail.first ? members->all[i].stop : tail.first;
    copy->total = 0;
    for (size_t i = 0; good && i < count; i++)
        copy->total += runs[i].stop - runs[i].first;
    if (good && count && tail.first - runs[count - 1].stop <= MERGED)
        runs[count - 1].stop = UINT64_MAX;
    else if (good)
        good = copy_run(copy, url, &tail, &transfer);
    for (size_t i = 0; good && i < count; i++)
        good = copy_run(copy, url, &runs[i], &transfer);
    free(runs);
    return good;
}

/* ---- dataset.json ---- */

static bool is_there(const char *folder, const char *top, const cJSON *path)
{
    char full[8192];
    struct stat about;
    const char *name = cJSON_IsString(path) ? path->valuestring : NULL;
    if (!name)
        return false;
    name += strncmp(name, "./", 2) == 0 ? 2 : 0;
    int length = snprintf(full, sizeof full, "%s/%s%s", folder, top, name);
    return length > 0 && (size_t)length < sizeof full && stat(full, &about) == 0;
}

/* Removes the entries without any file from a list; returns how many stay. */
static int cut_list(cJSON *list, const char *folder, const char *top)
{
    for (int i = cJSON_GetArraySize(list); i-- > 0;) {
        cJSON *item = cJSON_GetArrayItem(list, i);
        if (!is_there(folder, top, item) && !is_there(folder, top, cJSON_GetObjectItem(item, "image")) &&
            !is_there(folder, top, cJSON_GetObjectItem(item, "label")))
            cJSON_DeleteItemFromArray(list, i);
    }
    return cJSON_GetArraySize(list);
}

static void set_number(cJSON *json, const char *name, int value)
{
    cJSON *number = cJSON_GetObjectItem(json, name);
    if (cJSON_IsNumber(number))
        cJSON_SetNumberValue(number, value);
}

struct cutting {
    const char *folder;
    const struct member *member;
};

static amos_status cut_json(void *user, const void *bytes, size_t count)
{
    const struct cutting *c = user;
    char top[1024];
    cJSON *json = cJSON_ParseWithLength(bytes, count);
    snprintf(top, sizeof top, "%.*s", (int)(amosi_base_name(c->member->name) - c->member->name), c->member->name);
    if (json) {
        set_number(json, "numTraining", cut_list(cJSON_GetObjectItem(json, "training"), c->folder, top));
        set_number(json, "numValidation", cut_list(cJSON_GetObjectItem(json, "validation"), c->folder, top));
        set_number(json, "numTest", cut_list(cJSON_GetObjectItem(json, "test"), c->folder, top));
    }
    char *text = json ? cJSON_Print(json) : NULL;
    bool good = text && write_whole(c->folder, c->member->name, text, strlen(text));
    if (!text)
        cli_error("%s: this is no JSON; the data set has none then.", c->member->name);
    cJSON_free(text);
    cJSON_Delete(json);
    return good ? AMOS_OK : AMOS_E_IO;
}

static bool write_json(const struct members *members, const char *archive, const char *folder)
{
    bool good = true;
    for (size_t i = 0; i < members->count && good; i++) {
        struct cutting cutting = {folder, &members->all[i]};
        char *path = is_json(cutting.member) ? folder_join(archive, cutting.member->name) : NULL;
        amos_error err = {.status = AMOS_OK};
        amos_status status = path ? amos_archive_unpack(path, NULL, cut_json, &cutting, &err) : AMOS_OK;
        if (status && err.status)
            cli_error_of(&err);
        good = !status;
        free(path);
    }
    return good;
}

/* ---- all of it ---- */

bool cases_fetch(const char *url, const struct members *members, const char *folder, uint64_t per_second,
                 size_t *damaged)
{
    struct copy copy = {.fd = -1, .path = folder_join(folder, ".amos-fetch.zip")};
    if (!copy.path) {
        cli_error("Memory ran out.");
        return false;
    }
    copy.fd = amosi_file_open(AT_FDCWD, copy.path, O_RDWR | O_CREAT, 0600);
    bool good = copy.fd >= 0 && flock(copy.fd, LOCK_EX | LOCK_NB) == 0 && ftruncate(copy.fd, 0) == 0;
    if (!good)
        cli_error("%s: the file cannot be written: %s.", copy.path,
                  copy.fd >= 0 && errno == EWOULDBLOCK ? "another amos fetch is writing it" : strerror(errno));
    if (good) {
        int slot = interrupt_add_file(copy.path);
        progress_start("fetching", PROGRESS_BYTES);
        good = copy_runs(&copy, url, members, per_second);
        progress_stop();
        good = good && members_unpack(members, copy.path, folder, damaged) && write_json(members, copy.path, folder);
        unlink(copy.path);
        interrupt_forget_file(slot);
    }
    if (copy.fd >= 0)
        close(copy.fd);
    free(copy.path);
    return good;
}
