/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/pages.h"

#include <stdlib.h>
#include <string.h>

#include "kit/message.h"
#include "kit/outfile.h"
#include "kit/report.h"
#include "quality/run.h"
#include "review/findings.h"
#include "review/json.h"
#include "review/page.h"
#include "viewer/files.h"

/* ---- files ---- */

static bool put_report(const struct report_run *run, const char *name, struct report *report, bool good)
{
    char *path = report_folder_join(run->folder, name);
    good = report_put(report, good && path ? path : NULL);
    free(path);
    return good;
}

static bool write_bytes(const struct report_run *run, const struct viewer_file *file)
{
    char *path = report_folder_join(run->folder, file->name);
    struct outfile *out = path ? outfile_open(path) : NULL;
    bool good = out && outfile_write(out, file->bytes, file->count);
    free(path);
    return outfile_finish(out, good);
}

/* ---- the set ---- */

struct found {
    struct quality_subject *subjects; /* one for each case; with facts as far as they are known */
    amos_quality_findings *findings;
    size_t next;   /* the first finding that no row has yet */
    size_t judged; /* cases with facts whose rows are written */
};

static bool find(const struct report_run *run, struct found *out)
{
    amos_error err;
    *out = (struct found){.subjects = calloc(run->set->count, sizeof *out->subjects)};
    if (!out->subjects) {
        cli_error("Memory ran out.");
        return false;
    }
    for (size_t i = 0; i < run->set->count; i++) {
        const char *text = run->records[i].quality;
        if (amos_quality_parse(text, strlen(text), &out->subjects[i].facts, &err) == AMOS_E_NOMEM) {
            cli_error_of(&err);
            return false;
        }
    }
    return quality_judge(out->subjects, run->set->count, NULL, &out->findings);
}

static void release(const struct report_run *run, struct found *found)
{
    if (found->subjects)
        quality_release(found->subjects, run->set->count);
    free(found->subjects);
    amos_quality_findings_free(found->findings);
}

/* The file and the findings of a case, which its row does not have. */
static cJSON *more_of(const struct report_run *run, size_t i, struct found *found)
{
    const amos_quality_facts *facts = amos_quality_get_facts(found->subjects[i].facts);
    const amos_quality_finding *finding;
    cJSON *object = cJSON_CreateObject();
    size_t first = found->next;
    json_put_text(object, "file", run->records[i].file);
    while (facts && (finding = amos_quality_findings_get(found->findings, found->next)) &&
           finding->index == found->judged)
        found->next++;
    if (facts)
        review_put_findings(object, found->findings, first, found->next - first, facts, run->size);
    found->judged += facts != NULL;
    return object;
}

static bool put_row(FILE *out, const struct report_run *run, size_t i, struct found *found)
{
    char *text = json_script(more_of(run, i, found));
    if (text)
        fprintf(out, "%.*s,%s", (int)strlen(text) - 1, text, run->records[i].row + 1);
    free(text);
    return text != NULL;
}

static bool write_set(const struct report_run *run, const char *set)
{
    struct report report;
    struct found found;
    bool good = find(run, &found);
    if (!good || !report_begin(&report)) {
        release(run, &found);
        return false;
    }
    fprintf(report.stream, "amosViewer.set(%.*s,\"cases\":[", (int)strlen(set) - 1, set);
    for (size_t i = 0; good && i < run->set->count; i++) {
        fputs(i ? ",\n" : "\n", report.stream);
        good = put_row(report.stream, run, i, &found);
    }
    fputs("]});\n", report.stream);
    release(run, &found);
    return put_report(run, "set.js", &report, good);
}

/* ---- the page ---- */

struct tables {
    const struct report_run *run;
    const cJSON *set;
    bool good;
};

static void put_table(struct tables *tables, FILE *out, enum review_table table)
{
    const struct report_run *run = tables->run;
    review_table_begin(out, table, tables->set);
    for (size_t i = 0; tables->good && i < run->set->count; i++) {
        cJSON *row = cJSON_Parse(run->records[i].row);
        tables->good = row != NULL;
        if (row)
            review_table_row(out, table, row);
        cJSON_Delete(row);
    }
    review_table_end(out);
}

static void put_tables(void *user, FILE *out)
{
    struct tables *tables = user;
    for (int table = 0; table < REVIEW_TABLES; table++)
        if (review_table_wanted((enum review_table)table, tables->set))
            put_table(tables, out, (enum review_table)table);
}

static bool write_page(const struct report_run *run, const char *set)
{
    struct report report;
    cJSON *parsed = cJSON_Parse(set);
    struct tables tables = {run, parsed, parsed != NULL};
    const struct review_page page = {amos_dataset_get_info(run->set->dataset)->name, put_tables, &tables};
    bool good = parsed && report_begin(&report);
    if (good) {
        review_page_write(report.stream, &page);
        good = put_report(run, "index.html", &report, tables.good);
    }
    if (!tables.good)
        cli_error("Memory ran out.");
    cJSON_Delete(parsed);
    return good;
}

/* ---- the manifest ---- */

char *report_head_line(const struct review_set *set, const struct review_question *question, int64_t size, size_t worst)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "format", REPORT_FORMAT);
    json_put_text(object, "version", amos_version());
    json_put_text(object, "data_set", amos_dataset_get_info(set->dataset)->name);
    json_put_bool(object, "prediction", set->predictions != NULL);
    json_put_integer(object, "size", size);
    if (worst)
        json_put_unsigned(object, "worst", worst);
    else
        json_put_null(object, "worst");
    accept_options_put(object, &question->accept);
    char *text = json_script(object);
    size_t bytes = text ? strlen(text) + strlen(report_head) + 2 : 0;
    char *line = text ? malloc(bytes) : NULL;
    if (line)
        snprintf(line, bytes, "%s%s,", report_head, text);
    else if (text)
        cli_error("Memory ran out.");
    free(text);
    return line;
}

static bool write_manifest(const struct report_run *run, const char *head)
{
    struct report report;
    bool good = report_begin(&report);
    if (!good)
        return false;
    fprintf(report.stream, "%s\n\"cases\":[\n", head);
    for (size_t i = 0; good && i < run->set->count; i++) {
        char *line = report_record_line(&run->records[i]);
        good = line != NULL;
        if (line)
            fprintf(report.stream, "%s%s\n", line, i + 1 < run->set->count ? "," : "");
        free(line);
    }
    fputs("]}\n", report.stream);
    return put_report(run, "report.json", &report, good);
}

/* ---- all ---- */

static bool is_kept(void *user, const char *file)
{
    const struct report_run *run = user;
    for (size_t i = 0; i < run->set->count; i++)
        if (run->records[i].file && strcmp(run->records[i].file, file) == 0)
            return true;
    return false;
}

bool report_pages_write(const struct report_run *run, const char *head)
{
    char *set = json_script(review_set_json(run->set, "report"));
    bool good = set && write_set(run, set) && write_page(run, set);
    for (const struct viewer_file *file = viewer_files; good && file->name; file++)
        good = strcmp(file->name, "index.html") == 0 || write_bytes(run, file);
    if (good)
        report_folder_prune(run->folder, is_kept, (void *)run);
    good = good && write_manifest(run, head) && report_folder_finish(run->folder);
    free(set);
    return good;
}
