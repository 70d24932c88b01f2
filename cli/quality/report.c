/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/report.h"

#include <inttypes.h>
#include <math.h>

#include "kit/message.h"

/* ---- for people ---- */

static void print_finding(const amos_quality_finding *finding)
{
    cli_print("%-15s %s: %s", amos_quality_kind_name(finding->kind), finding->case_id, finding->text);
    if (finding->has_place)
        cli_print(" Voxel %" PRId64 ", %" PRId64 ", %" PRId64, finding->voxel[0], finding->voxel[1], finding->voxel[2]);
    if (finding->has_place && isfinite(finding->mm[0]))
        cli_print("; %.1f, %.1f, %.1f mm", finding->mm[0], finding->mm[1], finding->mm[2]);
    cli_print("%s\n", finding->has_place ? "." : "");
}

void quality_print(const amos_quality_findings *findings)
{
    for (size_t i = 0; i < amos_quality_findings_count(findings); i++)
        print_finding(amos_quality_findings_get(findings, i));
}

static size_t count_cases(const amos_quality_findings *findings)
{
    size_t cases = 0;
    for (size_t i = 0; i < amos_quality_findings_count(findings); i++)
        cases += i == 0 ||
                 amos_quality_findings_get(findings, i)->index != amos_quality_findings_get(findings, i - 1)->index;
    return cases;
}

void quality_print_summary(const amos_quality_findings *findings, size_t cases)
{
    enum { KINDS = AMOS_QUALITY_DUPLICATE_LABEL + 1 };
    const size_t count = amos_quality_findings_count(findings), with = count_cases(findings);
    size_t of_kind[KINDS] = {0};
    const char *before = ": ";
    cli_print("quality of %zu case%s judged: %zu finding%s", cases, cases == 1 ? "" : "s", count,
              count == 1 ? "" : "s");
    if (count)
        cli_print(" in %zu case%s", with, with == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++)
        of_kind[amos_quality_findings_get(findings, i)->kind]++;
    for (int kind = 0; kind < KINDS; kind++)
        if (of_kind[kind]) {
            cli_print("%s%zu %s", before, of_kind[kind], amos_quality_kind_name((amos_quality_kind)kind));
            before = ", ";
        }
    cli_print("\n");
}

/* ---- for programs ---- */

static void put_place(cJSON *object, const amos_quality_finding *finding)
{
    if (!finding->has_place) {
        json_put_null(object, "voxel");
        json_put_null(object, "mm");
        return;
    }
    json_put_integers(object, "voxel", finding->voxel, 3);
    if (isfinite(finding->mm[0]))
        json_put_numbers(object, "mm", finding->mm, 3);
    else
        json_put_null(object, "mm");
}

cJSON *quality_finding_json(const amos_quality_finding *finding)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "kind", "quality");
    json_put_text(object, "finding", amos_quality_kind_name(finding->kind));
    json_put_text(object, "case", finding->case_id);
    if (finding->label)
        json_put_integer(object, "label", finding->label);
    else
        json_put_null(object, "label");
    json_put_text(object, "organ", finding->organ[0] ? finding->organ : NULL);
    put_place(object, finding);
    json_put_number(object, "value", finding->value);
    json_put_number(object, "low", finding->low);
    json_put_number(object, "high", finding->high);
    json_put_text(object, "unit", finding->unit);
    json_put_text(object, "expected", finding->expected);
    json_put_text(object, "message", finding->text);
    return object;
}

void quality_print_json(const amos_quality_findings *findings)
{
    for (size_t i = 0; i < amos_quality_findings_count(findings); i++)
        (void)json_print_line(quality_finding_json(amos_quality_findings_get(findings, i))); /* see cli_stdout_good() */
}

void quality_print_facts(const amos_quality *facts)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "kind", "facts");
    json_put_text(object, "case", amos_quality_get_facts(facts)->case_id);
    cJSON_AddRawToObject(object, "facts", amos_quality_get_json(facts));
    (void)json_print_line(object); /* for a failure see cli_stdout_good() */
}
