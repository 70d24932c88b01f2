/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "shard/shard.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error/fail.h"
#include "base/text/utf8.h"
#include "folder.h"
#include "kit/command.h"
#include "kit/json.h"
#include "kit/message.h"
#include "shard/facts.h"
#include "shard/part.h"

/* ---- the options ---- */

/* Options that change neither what is found nor what amos merge makes of it. That outputs are replaced by force is for the
 * merge, if that writes them. */
static bool is_no_rule(const struct shard *shard, const char *name)
{
    static const char *const names[] = {"threads", "shard", "parts", "resume", "json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return (shard->receipts || shard->makes_files) && strcmp(name, "force") == 0;
}

static int ask_engine(struct shard *shard)
{
    const struct shard_given *given = &shard->choice->given;
    char *why;
    if (!given->engine) {
        shard->number = given->number;
        return CLI_OK;
    }
    bool good = shard_engine_ask(given->engine, given->number.count, &shard->number, &why);
    if (!good)
        cli_error("%s: --shard %s: %s.", shard->args->path, given->text, why ? why : "memory ran out");
    free(why);
    return good ? CLI_OK : CLI_USAGE;
}

static int refuse_options(const struct shard *shard, const char *const *not_of_a_shard)
{
    for (size_t i = 0; not_of_a_shard && not_of_a_shard[i]; i++)
        if (args_given(shard->args, not_of_a_shard[i])) {
            cli_error(
                "%s: --%s is for the whole, and a shard writes the part of it that --parts asks for; leave it out, and "
                "give it to amos merge.",
                shard->args->path, not_of_a_shard[i]);
            return CLI_USAGE;
        }
    if (not_of_a_shard && !shard->choice->parts) {
        cli_error("%s: --shard needs the folder for its part; give it by --parts, such as --parts parts.",
                  shard->args->path);
        return CLI_USAGE;
    }
    return CLI_OK;
}

/* A part keeps the options as JSON, which is UTF-8. */
static int check_texts(const struct shard *shard)
{
    const struct args *args = shard->args;
    for (size_t i = 0; i < ARGS_OPTIONS + (size_t)args->count; i++) {
        const char *text = i < ARGS_OPTIONS ? args->given[i] : args->operands[i - ARGS_OPTIONS];
        if (text && amosi_utf8_end(text, strlen(text)) != strlen(text)) {
            cli_error("%s: \"%s\" is not UTF-8, and a part could not keep it; use another name.", args->path, text);
            return CLI_USAGE;
        }
    }
    return CLI_OK;
}

int shard_begin(struct shard *shard, const struct args *args, const struct shard_choice *choice,
                const char *const *not_of_a_shard)
{
    *shard = (struct shard){.args = args, .choice = choice, .number = {1, 1}, .receipts = !not_of_a_shard};
    amosi_sha256_begin(&shard->digest);
    if (choice->made)
        return CLI_OK;
    if (!choice->given.text) {
        if (!choice->parts && !choice->resume)
            return CLI_OK;
        cli_error("%s: %s is for shards; give --shard I/N too, or leave it out.", args->path,
                  choice->parts ? "--parts" : "--resume");
        return CLI_USAGE;
    }
    if (choice->resume && !choice->parts) {
        cli_error("%s: --resume looks for the part of the shard; give its folder by --parts.", args->path);
        return CLI_USAGE;
    }
    int code = refuse_options(shard, not_of_a_shard);
    if (code == CLI_OK)
        code = check_texts(shard);
    return code == CLI_OK ? ask_engine(shard) : code;
}

/* ---- the list ---- */

static void take_text(struct shard *shard, const char *text)
{
    amosi_digest_take(&shard->digest, text, strlen(text) + 1);
}

/* Name and size stand for a file: the same data set may lie elsewhere, and clocks differ. */
static void take_file(struct shard *shard, const char *path)
{
    char size[32] = "-";
    struct stat about;
    if (path && stat(path, &about) == 0)
        snprintf(size, sizeof size, "%lld", (long long)about.st_size);
    take_text(shard, size);
}

void shard_add(struct shard *shard, const char *name, const char *const *files, size_t count)
{
    if (!shard->choice->given.text && !shard->choice->made) {
        shard->count++;
        return;
    }
    if (shard->count == shard->room) {
        const size_t room = shard->room ? 2 * shard->room : 64;
        const char **names = realloc(shard->names, room * sizeof *names);
        if (!names) {
            shard->no_memory = true;
            return;
        }
        shard->names = names;
        shard->room = room;
    }
    shard->names[shard->count++] = name;
    take_text(shard, name);
    for (size_t i = 0; i < count; i++)
        take_file(shard, files[i]);
}

bool shard_holds(const struct shard *shard, size_t index)
{
    return index % shard->number.count == shard->number.index - 1;
}

size_t shard_keep(const struct shard *shard, void *items, size_t bytes)
{
    char *to = items;
    size_t kept = 0;
    for (size_t i = shard->number.index - 1; i < shard->count; i += shard->number.count)
        memmove(to + kept++ * bytes, to + i * bytes, bytes);
    return kept;
}

/* A command whose stdout is JSON prints nothing else there. */
static bool may_say(const struct shard *shard)
{
    return !args_given(shard->args, "json");
}

bool shard_is_part(const struct shard *shard)
{
    return shard->choice->given.text != NULL;
}

bool shard_is_merge(const struct shard *shard)
{
    return shard->choice->made != NULL;
}

/* ---- what a part says of itself ---- */

/* DIR/2-of-8.jsonl; from malloc(), NULL if memory ran out. */
static char *part_path(const char *folder, const struct shard_number *number)
{
    char name[64];
    snprintf(name, sizeof name, "%zu-of-%zu.jsonl", number->index, number->count);
    return folder_join(folder, name);
}

static void put_option(cJSON *list, const struct args_option *option, const char *text)
{
    char *whole = malloc(strlen(option->name) + strlen(text) + 4);
    const bool valued = option->type && (text[0] || !option->type->optional);
    if (whole)
        sprintf(whole, "--%s%s%s", option->name, valued ? "=" : "", valued ? text : "");
    json_append(list, whole ? cJSON_CreateString(whole) : NULL);
    if (!whole)
        cli_lose_output();
    free(whole);
}

static void put_rules(cJSON *object, const struct shard *shard)
{
    const struct args *args = shard->args;
    cJSON *rules = cJSON_AddObjectToObject(object, "rules");
    json_put_text(rules, "command", args->path);
    cJSON *options = cJSON_AddArrayToObject(rules, "options");
    const struct args_option *table = args->command->options;
    for (size_t i = 0; i < ARGS_OPTIONS && table[i].name; i++) {
        const struct args_option *option = &table[i];
        char text[ARGS_TEXT];
        if (!args->given[i] || is_no_rule(shard, option->name))
            continue;
        if (option->type && option->type->write)
            option->type->write((const char *)args->values + option->offset, text, sizeof text);
        put_option(options, option, option->type && option->type->write ? text : args->given[i]);
    }
    cJSON *operands = cJSON_AddArrayToObject(rules, "operands");
    for (int i = 0; i < args->count; i++)
        json_append(operands, cJSON_CreateString(args->operands[i]));
}

static void put_names(cJSON *object, const struct shard *shard)
{
    cJSON *list = cJSON_AddArrayToObject(object, "cases");
    for (size_t i = 0; i < shard->count; i++)
        if (shard_holds(shard, i))
            json_append(list, cJSON_CreateString(shard->names[i]));
}

void shard_json_put(cJSON *object, const struct shard *shard)
{
    cJSON *to = cJSON_AddObjectToObject(object, "shard");
    json_put_unsigned(to, "index", shard->number.index);
    json_put_unsigned(to, "count", shard->number.count);
    put_names(to, shard);
    json_put_unsigned(to, "total", shard->count);
    put_rules(to, shard);
    json_put_text(to, "version", amos_version());
    json_put_text(to, "data_set", shard->digest_text);
}

/* ---- a part that is there ---- */

/* Parts of another number of shards lie in the folder: an array that was started again without its total. */
static bool check_folder(const struct shard *shard)
{
    DIR *folder = opendir(shard->choice->parts);
    const struct dirent *entry;
    size_t index, count, other = 0;
    while (folder && (entry = readdir(folder)) != NULL)
        if (part_name_read(entry->d_name, &index, &count) && count != shard->number.count)
            other = count;
    if (folder)
        closedir(folder);
    if (other)
        cli_error("%s: The folder has parts of %zu shards, and this is shard %zu of %zu; give the total, as in --shard "
                  "auto/%zu, or another folder.",
                  shard->choice->parts, other, shard->number.index, shard->number.count, other);
    return !other;
}

/* Whether a part was made by these options from this data set by this version. */
static bool is_same(const struct shard *shard, const struct part *part)
{
    cJSON *mine = cJSON_CreateObject();
    shard_json_put(mine, shard);
    cJSON *own = cJSON_GetObjectItemCaseSensitive(mine, "shard");
    char *text = own ? cJSON_PrintUnformatted(own) : NULL;
    cJSON *read = text ? cJSON_Parse(text) : NULL; /* so that both were read */
    bool same = read && cJSON_Compare(read, part->shard, true);
    cJSON_Delete(read);
    cJSON_free(text);
    cJSON_Delete(mine);
    return same;
}

/* A command that writes files has done its work if none failed; what failed is tried again. */
static bool is_good(const struct shard *shard, const struct part *part)
{
    bool good = true;
    for (size_t k = 0; shard->receipts && good && k < part->count; k++) {
        cJSON *facts = part_case(part, k);
        const char *status = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(facts, "status"));
        good = status && strcmp(status, amos_status_name(AMOS_OK)) == 0;
        cJSON_Delete(facts);
    }
    return good;
}

static const char *why_again(const struct shard *shard, const struct part *part)
{
    return !is_same(shard, part) ? "The part that is there is of another data set, of other options or another version"
           : !is_good(shard, part) ? "Cases of the part that is there failed"
                                   : NULL;
}

static bool is_done(const struct shard *shard)
{
    struct part part;
    char *why;
    const bool whole = part_read(shard->path, &part, &why);
    const char *again = whole ? why_again(shard, &part) : why;
    const bool done = whole && !again;
    if (again && part.text) /* else there is no part yet */
        cli_error("%s: %s; the shard is done again.", shard->path,
                  whole ? again : "The part that is there is not whole");
    if (done && may_say(shard))
        cli_print("shard %zu of %zu: %s is whole, nothing to do\n", shard->number.index, shard->number.count,
                  shard->path);
    free(why);
    part_free(&part);
    return done;
}

/* ---- beginning ---- */

static bool begin_part(struct shard *shard)
{
    if (!folder_make(shard->choice->parts) || !report_begin(&shard->report))
        return false;
    shard->writing = true;
    cJSON *head = cJSON_CreateObject();
    json_put_text(head, "format", PART_FORMAT);
    json_put_bool(head, "receipts", shard->receipts);
    shard_json_put(head, shard);
    return json_write_line(shard->report.stream, head) && report_pass_on(&shard->report, shard->path);
}

static bool is_of_parts(const struct shard *shard)
{
    const struct shard_parts *parts = shard->choice->made;
    const struct part *first = &parts->items[0];
    if (first->total == shard->count && strcmp(first->data_set, shard->digest_text) == 0)
        return true;
    cli_error(
        "%s: The part is of %zu cases of a data set that is not this one: the list of the cases or the size of a file "
        "differs. Merge where the shards ran; if the data changed, the shards must run again.",
        first->path, first->total);
    return false;
}

bool shard_start(struct shard *shard, int *code)
{
    *code = CLI_OK;
    amosi_digest_text(shard->digest, shard->digest_text);
    bool good = !shard->no_memory;
    if (good && shard->choice->made) {
        good = is_of_parts(shard);
    } else if (good && shard->choice->parts) {
        shard->path = part_path(shard->choice->parts, &shard->number);
        if (shard->path && !check_folder(shard)) {
            *code = CLI_USAGE;
            return false;
        }
        if (shard->path && shard->choice->resume && is_done(shard))
            return false;
        good = shard->path && begin_part(shard);
    }
    if (good && shard->receipts && shard_is_part(shard) && !may_say(shard)) {
        cJSON *line = cJSON_CreateObject();
        shard_json_put(line, shard);
        good = json_print_line(line);
    }
    if (shard->no_memory || (shard->choice->parts && !shard->choice->made && !shard->path))
        cli_error("Memory ran out.");
    *code = good ? CLI_OK : CLI_FAILED;
    return good;
}

/* ---- results ---- */

amos_status shard_refuse_facts(const struct shard *shard, size_t index, amos_error *err)
{
    const struct shard_parts *parts = shard->choice->made;
    return amosi_fail(err, AMOS_E_JSON_SCHEMA, parts->items[index % parts->count].path,
                      "what the part says of %s cannot be read; make the part again.", shard->names[index]);
}

cJSON *shard_take(const struct shard *shard, size_t index, amos_error *err)
{
    const struct shard_parts *parts = shard->choice->made;
    if (!parts)
        return NULL;
    cJSON *facts = part_case(&parts->items[index % parts->count], index / parts->count);
    if (!facts)
        (void)shard_refuse_facts(shard, index, err);
    return facts;
}

bool shard_put(struct shard *shard, cJSON *facts)
{
    if (!shard->writing) {
        cJSON_Delete(facts);
        return true;
    }
    shard->put++;
    return json_write_line(shard->report.stream, facts) && report_pass_on(&shard->report, shard->path);
}

bool shard_put_receipt(struct shard *shard, amos_status status, const amos_error *err)
{
    if (!shard->writing)
        return true;
    cJSON *facts = cJSON_CreateObject();
    json_put_text(facts, "status", amos_status_name(status));
    json_put_text(facts, "message", status ? err->message : NULL);
    return shard_put(shard, facts);
}

/* A command that writes files says which shard it was, also without a part. */
static int end_without_part(const struct shard *shard, int code)
{
    if (shard_is_part(shard) && may_say(shard))
        cli_print("shard %zu of %zu: %zu of %zu cases\n", shard->number.index, shard->number.count,
                  part_held(shard->count, shard->number.index, shard->number.count), shard->count);
    return code;
}

int shard_end(struct shard *shard, int code)
{
    if (shard->choice->made)
        shard->choice->made->done = true;
    if (!shard->writing)
        return end_without_part(shard, code);
    shard->writing = false;
    const bool whole = shard->put == part_held(shard->count, shard->number.index, shard->number.count);
    if (whole)
        fprintf(shard->report.stream, "{\"end\":%zu}\n", shard->put);
    const bool good = report_put(&shard->report, whole ? shard->path : NULL);
    if (good && may_say(shard))
        cli_print("shard %zu of %zu: %zu of %zu cases, in %s\n", shard->number.index, shard->number.count, shard->put,
                  shard->count, shard->path);
    return good ? code : CLI_FAILED;
}

void shard_free(struct shard *shard)
{
    if (shard->writing)
        (void)report_put(&shard->report, NULL);
    free(shard->path);
    free(shard->names);
    *shard = (struct shard){.names = NULL};
}
