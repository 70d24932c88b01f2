/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats for people, within 80 columns. */
#include "stats/report.h"
#include "base/text/volume_name.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "kit/describe.h"
#include "kit/report.h"
#include "kit/table.h"

static int id_width(const struct target *target)
{
    size_t widest = strlen("case"), files = target->folder ? target->folder->count : 0;
    for (size_t i = 0; i < target_case_count(target); i++) {
        size_t width = strlen(amos_case_get_info(amos_dataset_get(target->dataset, i))->id);
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < files; i++) {
        size_t width = strlen(amosi_base_name(target->folder->paths[i]));
        widest = width > widest ? width : widest;
    }
    return (int)widest;
}

bool stats_print_title(const struct target *target)
{
    if (target->folder) {
        cli_print("%-*s  %6s  %8s\n", id_width(target), "file", "organs", "ml");
        return cli_stdout_good();
    }
    cli_print("%-*s  %-10s  %3s  %6s  %8s  %9s  %9s  %9s\n", id_width(target), "case", "split", "mod", "organs", "ml",
              "image min", "max", "mean");
    return cli_stdout_good();
}

void stats_print_line(const struct subject *subject)
{
    const amos_case_info *info = amos_case_get_info(subject->c); /* NULL for a file */
    const struct organ_total total = subject_total(subject);
    char organs[16] = "-", volume[24] = "-", range[3][24] = {"-", "-", "-"};
    if (subject->map) {
        snprintf(organs, sizeof organs, "%d/%d", total.present, total.possible);
        if (subject->map->has_geometry)
            snprintf(volume, sizeof volume, "%.1f", total.millilitres);
    }
    if (!subject->image_error.status) {
        snprintf(range[0], sizeof range[0], "%.6g", subject->range.min);
        snprintf(range[1], sizeof range[1], "%.6g", subject->range.max);
        snprintf(range[2], sizeof range[2], "%.6g", subject->range.mean);
    }
    if (!info)
        cli_print("%-*s  %6s  %8s\n", id_width(subject->target), subject_name(subject), organs, volume);
    else
        cli_print("%-*s  %-10s  %3s  %6s  %8s  %9s  %9s  %9s\n", id_width(subject->target), info->id,
                  amos_split_name(info->split), amos_modality_name(info->modality), organs, volume, range[0], range[1],
                  range[2]);
    cli_flush();
}

/* Below the line of a case: the organs that are in several parts. */
static void print_parted(const struct subject *subject)
{
    const char *between = "  parts: ";
    for (int label = 1; subject->parts && label <= subject->parts->max_label; label++) {
        const amos_component_organ *organ = &subject->parts->organs[label].organ;
        if (organ->count < 2 && !organ->holes)
            continue;
        cli_print("%s%s %" PRIu64, between, describe_label(subject->target->names, label), organ->count);
        if (organ->holes)
            cli_print(" (%" PRIu64 " hole%s)", organ->holes, organ->holes == 1 ? "" : "s");
        between = ", ";
    }
    if (between[0] == ',')
        cli_print("\n");
}

static void print_accepted(const struct stats_summary *summary)
{
    char text[ACCEPT_TEXT];
    if (summary->accepted)
        cli_print("\nVoxels of %zu label%s: %s\n", summary->accepted, summary->accepted == 1 ? "" : "s",
                  accept_found_text(&summary->found, text));
}

void stats_print_notes(const struct subject *subject)
{
    print_parted(subject);
    if (subject->place_error.status)
        report_line(stdout, "  note", subject->place_error.message);
}

bool stats_print_summary(const struct target *target, const struct stats_summary *summary)
{
    static const struct table_column columns[] = {{"organ", 0, false}, {"cases", 2, true}, {"mean ml", 2, true},
                                                  {"sd", 2, true},     {"min", 2, true},   {"case", 1, false},
                                                  {"max", 2, true},    {"case", 1, false}};
    print_accepted(summary);
    place_notes_print(stdout, &summary->places);
    if (summary->labels == 0)
        return true;
    struct table *table = table_new(columns, 8);
    for (int label = 1; label <= summary->max_label; label++) {
        const struct organ_summary *organ = &summary->organs[label];
        table_add(table, "%s", describe_label(target->dataset, label));
        table_add(table, "%zu/%zu", organ->cases, summary->labels);
        if (organ->cases) {
            table_add(table, "%.1f", organ->mean);
            table_add(table, organ->cases > 1 ? "%.1f" : "-", organ_summary_sd(organ));
            table_add(table, "%.1f", organ->min);
            table_add(table, "%s", organ->min_id);
            table_add(table, "%.1f", organ->max);
            table_add(table, "%s", organ->max_id);
        }
        for (int empty = 0; !organ->cases && empty < 6; empty++)
            table_add(table, "%s", empty == 3 || empty == 5 ? "" : "-");
    }
    cli_print("\nMillilitres over the %s that have the organ:\n", target->folder ? "files" : "cases");
    return table_print(table);
}

static void print_image(const struct subject *subject)
{
    char shape[DESCRIBE_SHAPE];
    if (subject->image_error.status)
        return;
    cli_print("image  %s\n", subject->image_path);
    cli_print("       %s voxels, values %.6g to %.6g, mean %.6g\n", describe_shape(subject->image_shape, shape),
              subject->range.min, subject->range.max, subject->range.mean);
    if (subject->range.nonfinite)
        cli_print("       %" PRIu64 " voxels are NaN or infinite\n", subject->range.nonfinite);
}

/* How many connected parts the organ has, and which share of it the largest is. */
static void add_parts(struct table *table, const amos_component_organ *organ)
{
    table_add(table, organ->count ? "%" PRIu64 : "-", organ->count);
    table_add(table, organ->count ? "%.5g%%" : "-",
              organ->count ? 100.0 * (double)organ->largest / (double)organ->voxels : 0);
    table_add(table, organ->count ? "%" PRIu64 : "-", organ->holes);
}

static void add_organ(struct table *table, const struct subject *subject, const amos_organ_stats *organ)
{
    const amos_box *box = &organ->box;
    bool placed = subject->map->has_geometry;
    table_add(table, "%s%s", describe_label(subject->target->names, organ->label), organ->touches_border ? " *" : "");
    table_add(table, organ->present && placed ? "%.1f" : "-", organ->millilitres);
    table_add(table, organ->present ? "%" PRIu64 : "-", organ->voxels);
    if (subject->parts)
        add_parts(table, &subject->parts->organs[organ->label].organ);
    for (int i = 0; i < 3; i++)
        table_add(table, isfinite(organ->centroid_mm[i]) ? "%.0f" : "-", organ->centroid_mm[i]);
    table_add(table, organ->present ? "%" PRId64 ":%" PRId64 ",%" PRId64 ":%" PRId64 ",%" PRId64 ":%" PRId64 : "-",
              box->start[0], box->stop[0], box->start[1], box->stop[1], box->start[2], box->stop[2]);
}

static bool print_organs(const struct subject *subject)
{
    static const struct table_column columns[] = {{"organ", 0, false}, {"ml", 2, true},   {"voxels", 2, true},
                                                  {"R mm", 2, true},   {"A mm", 1, true}, {"S mm", 1, true},
                                                  {"box", 2, false}},
                                     with_parts[] = {{"organ", 0, false}, {"ml", 2, true},      {"voxels", 2, true},
                                                     {"parts", 1, true},  {"largest", 1, true}, {"holes", 1, true},
                                                     {"R mm", 1, true},   {"A mm", 1, true},    {"S mm", 1, true},
                                                     {"box", 2, false}};
    struct table *table = subject->parts ? table_new(with_parts, 10) : table_new(columns, 7);
    int touching = 0;
    for (int label = 1; label <= subject->map->max_label; label++) {
        const amos_organ_stats *organ = &subject->map->organs[label];
        add_organ(table, subject, organ);
        touching += organ->touches_border;
    }
    if (!table_print(table))
        return false;
    if (touching)
        cli_print("* reaches the border of the volume, so a part may be cut off\n");
    return true;
}

bool stats_print_detail(const struct subject *subject)
{
    const amos_case_info *info = amos_case_get_info(subject->c); /* NULL for a file */
    if (info)
        cli_print("%s, %s, %s\n", info->id, amos_modality_name(info->modality), amos_split_name(info->split));
    if (subject->image_path)
        print_image(subject);
    if (!subject->map)
        return true;
    char shape[DESCRIBE_SHAPE];
    const struct organ_total total = subject_total(subject);
    cli_print("label  %s\n", subject->label_path);
    const struct found_map *map = subject->map;
    cli_print("       %s voxels, %d of %d organs", describe_shape(map->shape, shape), total.present, total.possible);
    if (map->has_geometry)
        cli_print(", %.1f ml", total.millilitres);
    char text[ACCEPT_TEXT];
    if (accept_found_text(&subject->map->accepted, text)[0])
        cli_print("\n       voxels: %s", text);
    cli_print("\n");
    place_print(stdout, subject_warnings(subject), subject->pair.turned_from);
    if (subject->place_error.status)
        report_line(stdout, "note", subject->place_error.message);
    cli_print("\n");
    return print_organs(subject);
}
