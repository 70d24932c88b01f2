/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/notes.h"

#include <inttypes.h>
#include <stdio.h>

#include "kit/describe.h"
#include "kit/json.h"
#include "kit/message.h"

static const char *const axes[] = {"x", "y", "z"};

static void say_lost(const amos_dataset *dataset, const char *id, const amos_cache_entry_info *info)
{
    char names[1024] = "";
    size_t used = 0;
    for (int i = 0; i < info->lost_count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s (%d)", i ? ", " : "",
                                 describe_label(dataset, info->lost[i]), info->lost[i]);
    cli_error("%s: Cropping or resampling left no voxel of %s; a finer --spacing keeps more.", id, names);
}

static void say_collapsed(const char *id, const amos_cache_entry_info *info)
{
    char which[16] = "";
    size_t used = 0;
    for (int d = 0; d < 3; d++)
        if (info->collapsed & 1u << d)
            used += (size_t)snprintf(which + used, sizeof which - used, "%s%s", used ? ", " : "", axes[d]);
    if (used)
        cli_error("%s: The spacing leaves one voxel along %s; a finer --spacing keeps more.", id, which);
}

static void say_not_finite(const char *id, const amos_cache_entry_info *info)
{
    cli_error("%s: %" PRIu64
              " voxels of the image are NaN or infinite, and so they will be in patches, unless the loader "
              "replaces them (replace_nan).",
              id, info->not_finite);
}

void cache_notes_take(struct cache_notes *notes, const amos_dataset *dataset, const amos_case *c,
                      const amos_cache_entry_info *info, bool said)
{
    const amos_case_info *about = amos_case_get_info(c);
    bool unlabelled = about->label_path && !info->has_labels;
    notes->unlabelled += unlabelled;
    notes->lost += info->lost_count > 0;
    notes->collapsed += info->collapsed != 0;
    notes->not_finite += info->not_finite > 0;
    if (said && unlabelled)
        cli_error("%s: The case is cached without labels, because %s is missing.", about->id, about->label_path);
    if (said && info->lost_count)
        say_lost(dataset, about->id, info);
    if (said)
        say_collapsed(about->id, info);
    if (said && info->not_finite)
        say_not_finite(about->id, info);
}

void cache_notes_print(const struct cache_notes *notes)
{
    const struct {
        size_t count;
        const char *what;
    } lines[] = {{notes->unlabelled, "without labels, because the label file is missing"},
                 {notes->lost, "with organs lost by cropping or resampling"},
                 {notes->collapsed, "with one voxel left along an axis"},
                 {notes->not_finite, "with voxels that are NaN or infinite"}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (lines[i].count)
            cli_print("%zu case%s cached %s\n", lines[i].count, lines[i].count == 1 ? "" : "s", lines[i].what);
}

void cache_notes_json(cJSON *object, const amos_cache_entry_info *info)
{
    int64_t lost[256];
    for (int i = 0; i < info->lost_count; i++)
        lost[i] = info->lost[i];
    json_put_integers(object, "lost_labels", lost, (size_t)info->lost_count);
    cJSON *list = cJSON_AddArrayToObject(object, "collapsed_axes");
    for (int d = 0; d < 3; d++)
        if (info->collapsed & 1u << d)
            json_append(list, cJSON_CreateString(axes[d]));
    json_put_unsigned(object, "not_finite", info->not_finite);
}
