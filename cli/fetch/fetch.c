/* SPDX-License-Identifier: BSD-3-Clause */
/* amos fetch: downloads AMOS, or single cases of it. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text/case_id.h"
#include "base/text/volume_name.h"
#include "commands.h"
#include "fetch/fetch.h"
#include "folder.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/options.h"
#include "kit/table.h"

#define SITE "https://zenodo.org"
#define RECORD "7262581"
#define ARCHIVE "amos22.zip"

struct values {
    const char *output, *url, *mirror, *record, *cases, *checksum;
    uint64_t limit_rate;
    amos_split split;
    bool labels_only, keep_zip, zip_only, list, dry_run, json;
};

static const struct values defaults = {.mirror = SITE, .record = RECORD, .split = AMOS_SPLIT_ANY};

#ifdef AMOS_HAVE_CURL

/* Of a file with this MD5 the SHA-256 is known too. */
static const char archive_md5[] = "67717b2a483ac0744c89c3016b7aaef7";
static const char archive_sha256[] = "d2fbf2c31abba9824d183f05741ce187b17905b8cca64d1078eabf1ba96775c2";

/* ---- --list ---- */

static int print_site(const struct site *site, bool json)
{
    static const struct table_column columns[] = {{"file", 0, false}, {"size", 2, true}, {"MD5", 2, false}};
    cJSON *array = json ? cJSON_CreateArray() : NULL;
    struct table *table = json ? NULL : table_new(columns, 3);
    char size[DESCRIBE_BYTES];
    for (size_t i = 0; i < site->count; i++) {
        const struct site_file *file = &site->files[i];
        cJSON *item = json ? json_append(array, cJSON_CreateObject()) : NULL;
        if (json) {
            json_put_text(item, "name", file->name);
            json_put_unsigned(item, "bytes", file->bytes);
            json_put_text(item, "md5", file->md5);
        } else {
            table_add(table, "%s", file->name);
            table_add(table, "%s", describe_bytes(file->bytes, size));
            table_add(table, "%s", file->md5);
        }
    }
    return (json ? json_print(array) : table_print(table)) ? CLI_OK : CLI_FAILED;
}

/* ---- the archive and other whole files ---- */

static bool make_folder(const char *folder)
{
    if (!folder_make(folder))
        return false;
    if (access(folder, W_OK | X_OK) == 0)
        return true;
    cli_error("%s: the folder cannot be written: %s.", folder, strerror(errno));
    return false;
}

static bool is_zip(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcasecmp(name + length - 4, ".zip") == 0;
}

static bool unpack_archive(const struct values *v, const char *path, const char *md5)
{
    struct members members;
    size_t damaged = 0;
    uint64_t bytes = 0;
    bool good = members_list(&members, path) && members_skip(&members, v->output);
    for (size_t i = 0; good && i < members.count; i++)
        bytes += members.all[i].wanted ? members.all[i].bytes : 0;
    good = good && disk_has_room(v->output, bytes) && members_unpack(&members, path, v->output, &damaged);
    good = good && members_note(&members, v->output, amosi_base_name(path), md5);
    if (good)
        cli_print("%s: %zu files unpacked, and right\n", v->output, members.count);
    members_free(&members);
    if (good && !v->keep_zip)
        unlink(path);
    return good && !damaged;
}

/* The name that the file of a URL gets. */
static void name_of_url(const char *url, char name[256])
{
    const char *last = url;
    for (const char *c = url; *c && *c != '?' && *c != '#'; c++)
        if (*c == '/')
            last = c + 1;
    size_t length = strcspn(last, "?#");
    snprintf(name, 256, "%.*s", length && length < 200 && last[0] != '.' ? (int)length : 0, last);
}

/* For an archive and for the files that it becomes, which are about as large; what is there counts. */
static bool has_room_twice(const char *folder, const char *path, uint64_t bytes)
{
    char part[4200];
    struct stat about = {.st_size = 0};
    snprintf(part, sizeof part, "%s.part", path);
    if (bytes == UINT64_MAX || stat(path, &about) == 0)
        return true; /* not known, or it is unpacked at once, which asks again */
    uint64_t there = stat(part, &about) == 0 ? (uint64_t)about.st_size : 0;
    return disk_has_room(folder, 2 * bytes - (there < bytes ? there : bytes));
}

static bool fetch_whole(const struct values *v, const char *url, const struct site_file *file)
{
    char *path = folder_join(v->output, file->name);
    bool was_there = false;
    const char *given = v->checksum;
    struct download download = {url, path, file->bytes, file->md5, "", v->limit_rate};
    if (given && strlen(given) == 64)
        download.sha256 = given;
    else if (given)
        download.md5 = given;
    if (!given && strcmp(download.md5, archive_md5) == 0)
        download.sha256 = archive_sha256;
    if (path && is_zip(path) && !v->zip_only && !v->keep_zip && members_noted(v->output, file->name, download.md5)) {
        cli_print("%s: the files of %s are there already, and right\n", v->output, file->name);
        free(path);
        return true;
    }
    bool good = path && (v->zip_only || !is_zip(path) || has_room_twice(v->output, path, file->bytes)) &&
                download_file(&download, &was_there);
    if (good)
        cli_print("%s: %s\n", path, was_there ? "is there already, and right" : "fetched, and right");
    if (good && is_zip(path) && !v->zip_only)
        good = unpack_archive(v, path, download.md5);
    free(path);
    return good;
}

static const struct site_file *find_file(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->count; i++)
        if (strcmp(site->files[i].name, name) == 0)
            return &site->files[i];
    return NULL;
}

/* The archive and the metadata, or the files that are named. */
static int fetch_named(const struct values *v, const struct site *site, char *const *names, int count)
{
    static const char *const usual[] = {AMOSI_METADATA_NAME, ARCHIVE};
    bool chosen = count > 0, good = true;
    for (int i = 0; i < (chosen ? count : 2) && good; i++) {
        const char *name = chosen ? names[i] : usual[i];
        const struct site_file *file = find_file(site, name);
        char url[2048], size[DESCRIBE_BYTES];
        if (!file && !chosen && i == 0)
            continue;
        if (!file) {
            cli_error("fetch: The record %s has no file \"%s\"; see: amos fetch --list", v->record, name);
            return CLI_FAILED;
        }
        snprintf(url, sizeof url, "%s/records/%s/files/%s", v->mirror, v->record, file->name);
        if (v->dry_run)
            cli_print("%s  %s\n", describe_bytes(file->bytes, size), url);
        else
            good = fetch_whole(v, url, file);
    }
    return good ? CLI_OK : CLI_FAILED;
}

/* ---- single cases ---- */

static int say_plan(const struct members *members)
{
    uint64_t bytes;
    char size[DESCRIBE_BYTES];
    size_t files = 0, requests = cases_count(members, &bytes);
    for (size_t i = 0; i < members->count; i++)
        files += members->all[i].wanted;
    cli_print("%zu files in %zu requests, %s\n", files, requests, describe_bytes(bytes, size));
    return CLI_OK;
}

static int fetch_cases(const struct values *v, const char *url)
{
    const struct wish wish = {v->cases, v->split, v->labels_only};
    struct members members;
    size_t damaged = 0, files = 0;
    uint64_t bytes = 0;
    bool good = members_list(&members, url) && wish_choose(&wish, &members);
    if (good && v->dry_run) {
        int code = say_plan(&members);
        members_free(&members);
        return code;
    }
    good = good && make_folder(v->output) && members_skip(&members, v->output);
    for (size_t i = 0; good && i < members.count; i++)
        files += members.all[i].wanted;
    if (good)
        (void)cases_count(&members, &bytes);
    good =
        good && disk_has_room(v->output, 2 * bytes) && cases_fetch(url, &members, v->output, v->limit_rate, &damaged);
    if (good)
        cli_print("%s: %zu files fetched, and right\n", v->output, files);
    members_free(&members);
    return good && !damaged ? CLI_OK : CLI_FAILED;
}

/* ---- the command ---- */

static bool is_checksum(const char *text)
{
    size_t length = strspn(text, "0123456789abcdef");
    return text[length] == '\0' && (length == 32 || length == 64);
}

static bool check_values(const struct values *v, int operands)
{
    bool cases = v->cases || v->labels_only || v->split != AMOS_SPLIT_ANY;
    const char *wrong = NULL;
    if (!v->output && !v->list && !v->dry_run)
        wrong = "-o DIR: a folder for the files is missing";
    else if (cases && (v->keep_zip || v->zip_only || v->checksum || operands))
        wrong = "--cases, --split and --labels-only fetch single files; leave out the names of whole files and their "
                "options";
    else if (v->url && operands)
        wrong = "--url and names of files were given; one of them was expected";
    else if (v->checksum && !is_checksum(v->checksum))
        wrong = "--checksum: 32 or 64 hexadecimal digits were expected, in small letters";
    if (wrong)
        cli_error("fetch: %s; see: amos fetch --help", wrong);
    return !wrong && (!v->cases || wish_is_list(v->cases));
}

static int fetch_site(const struct values *v, const struct args *args)
{
    struct site site;
    int code = CLI_FAILED;
    if (site_read(&site, v->mirror, v->record)) {
        if (v->list)
            code = print_site(&site, v->json);
        else if (v->dry_run || make_folder(v->output))
            code = fetch_named(v, &site, args->operands, args->count);
    }
    site_free(&site);
    return code;
}

static int run_fetch(const struct args *args, void *values)
{
    struct values own = *(const struct values *)values, *v = &own;
    char url[2048], mirror[1024]; /* without the last / */
    size_t length = strlen(v->mirror);
    while (length && v->mirror[length - 1] == '/')
        length--;
    snprintf(mirror, sizeof mirror, "%.*s", (int)length, v->mirror);
    v->mirror = mirror;
    if (!check_values(v, args->count))
        return CLI_USAGE;
    if (v->cases || v->labels_only || v->split != AMOS_SPLIT_ANY) {
        snprintf(url, sizeof url, "%s/records/%s/files/" ARCHIVE, v->mirror, v->record);
        return fetch_cases(v, v->url ? v->url : url);
    }
    if (!v->url || v->list)
        return fetch_site(v, args);
    struct site_file file = {.bytes = UINT64_MAX};
    name_of_url(v->url, file.name);
    if (!file.name[0]) {
        cli_error("fetch: %s: the URL names no file.", v->url);
        return CLI_USAGE;
    }
    if (v->dry_run) {
        cli_print("%s\n", v->url);
        return CLI_OK;
    }
    return make_folder(v->output) && fetch_whole(v, v->url, &file) ? CLI_OK : CLI_FAILED;
}

#else

static int run_fetch(const struct args *args, void *values)
{
    (void)args;
    (void)values;
    cli_error("fetch: This amos was built without libcurl; build it with the headers of libcurl (Debian: "
              "libcurl4-openssl-dev).");
    return CLI_FAILED;
}

#endif

static const struct args_option options[] = {
    ARGS_VALUE('o', "output", "DIR", "the folder that the files are put into", args_folder, struct values, output),
    ARGS_VALUE(0, "cases", "N,N-N", "only these cases, such as 18,508-510", args_file, struct values, cases),
    OPTION_SPLIT(struct values, split),
    ARGS_FLAG("labels-only", "no images", struct values, labels_only),
    ARGS_FLAG("keep-zip", "keep the archive after it was unpacked", struct values, keep_zip),
    ARGS_FLAG("zip-only", "do not unpack the archive, which can be read as it is", struct values, zip_only),
    ARGS_VALUE(0, "limit-rate", "BYTES", "the most bytes a second, such as 5M", args_bytes, struct values, limit_rate),
    ARGS_VALUE(0, "url", "URL", "fetch this archive or file instead of the record's", args_file, struct values, url),
    ARGS_VALUE(0, "mirror", "URL", "a site with the paths of Zenodo\n(default: " SITE ")", args_file, struct values,
               mirror),
    ARGS_VALUE(0, "record", "N", "the record of the files (default: " RECORD ")", args_file, struct values, record),
    ARGS_VALUE(0, "checksum", "HEX", "the MD5 or SHA-256 that the file must have", args_file, struct values, checksum),
    ARGS_FLAG("list", "show which files there are, and fetch none", struct values, list),
    ARGS_FLAG("dry-run", "show what would be fetched, and fetch nothing", struct values, dry_run),
    OPTION_JSON("print the list as a JSON array of objects", struct values),
    ARGS_END};

static const char *const examples[] = {"amos fetch -o data", "amos fetch -o data --cases 18,508-510",
                                       "amos fetch -o data --labels-only --split validation", NULL};

const struct command command_fetch = {
    .name = "fetch",
    .title = "download AMOS, or single cases of it",
    .operands = "[FILE...]",
    .summary = "Download the AMOS data set and unpack it.",
    .details =
        "FILE is a file of the record; by default they are amos22.zip and the table of metadata. What was "
        "interrupted goes on where it was: call the same command again. Files are compared with their checksums, "
        "and get their names when they are whole.\n\n--cases, --split and --labels-only fetch these files alone "
        "out of the archive, with a dataset.json that lists them.",
    .examples = examples,
    .options = options,
    .max_operands = -1,
    .values_bytes = sizeof(struct values),
    .defaults = &defaults,
    .run = run_fetch};
