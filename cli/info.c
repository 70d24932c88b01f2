/* SPDX-License-Identifier: BSD-3-Clause */
/* amos info: the header and geometry of volumes, without reading a voxel. */
#include "kit/message.h"

#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/options.h"
#include "kit/resolve.h"
#include "open/dataset.h"

/* What both reports show of one open file. */
struct facts {
    const char *path;
    const amos_volume_info *info;
    amos_warnings warnings;
    bool has_geometry;
    amos_geometry geometry;
    amos_error geometry_error;
};

static void gather_facts(const amos_volume *volume, const char *path, struct facts *facts)
{
    *facts = (struct facts){.path = path, .info = amos_volume_get_info(volume)};
    facts->has_geometry = amos_volume_get_geometry(volume, &facts->geometry, &facts->geometry_error) == AMOS_OK;
    facts->warnings = amos_volume_warnings(volume);
}

/* ---- for people ---- */

static void print_format(const amos_volume_info *info)
{
    cli_print("  format       NIfTI-%d%s, %s, %s-endian\n", info->nifti_version, info->is_pair ? " .hdr/.img pair" : "",
              info->compressed ? "gzip" : "not compressed", info->big_endian ? "big" : "little");
}

static void print_shape(const amos_volume_info *info)
{
    char shape[DESCRIBE_SHAPE];
    cli_print("  shape        %s voxels", describe_shape(info->shape, shape));
    if (info->frames != 1) {
        cli_print(", %" PRId64 " frames (", info->frames);
        for (int i = 3; i < info->ndim; i++)
            cli_print("%s%" PRId64, i > 3 ? " x " : "", info->dim[i]);
        cli_print(")");
    }
    cli_print("\n");
}

static void print_type(const amos_volume_info *info)
{
    bool scaled = info->slope != 1.0 || info->inter != 0.0;
    cli_print("  type         %s", amos_type_name(info->type));
    if (scaled)
        cli_print(", value = %.9g * stored %c %.9g\n", info->slope, info->inter < 0.0 ? '-' : '+',
                  info->inter < 0.0 ? -info->inter : info->inter);
    else
        cli_print(", not scaled\n");
}

static void print_geometry(const struct facts *facts)
{
    const amos_geometry *g = &facts->geometry;
    char axes[DESCRIBE_AXES];
    if (!facts->has_geometry) {
        cli_print("  geometry     none (%s): %s\n", amos_status_name(facts->geometry_error.status),
                  facts->geometry_error.message);
        return;
    }
    cli_print("  spacing      %.6g x %.6g x %.6g mm\n", g->spacing[0], g->spacing[1], g->spacing[2]);
    cli_print("  extent       %.6g x %.6g x %.6g mm\n", g->spacing[0] * (double)g->shape[0],
              g->spacing[1] * (double)g->shape[1], g->spacing[2] * (double)g->shape[2]);
    if (g->source == AMOS_AFFINE_SPACING)
        cli_print("  orientation  unknown, taken as %s\n", g->orientation);
    else
        cli_print("  orientation  %s: %s\n", g->orientation, describe_axes(g->orientation, axes));
    cli_print("  affine       from the %s; voxel index to mm, RAS+:\n", amos_affine_source_name(g->source));
    for (int i = 0; i < 3; i++)
        cli_print("    %12.6g %12.6g %12.6g %12.6g\n", g->affine[i][0] + 0.0, g->affine[i][1] + 0.0,
                  g->affine[i][2] + 0.0, g->affine[i][3] + 0.0); /* + 0.0 turns -0 into 0 */
}

static void print_sizes(const amos_volume_info *info)
{
    char stored[DESCRIBE_BYTES], file[DESCRIBE_BYTES];
    cli_print("  forms        qform %d (%s), sform %d (%s)\n", info->qform_code, describe_form(info->qform_code),
              info->sform_code, describe_form(info->sform_code));
    cli_print("  units        space %s, time %s\n", describe_space_unit(info->space_unit),
              describe_time_unit(info->time_unit));
    cli_print("  size         %s of voxels from byte %" PRId64 ", %s on disk",
              describe_bytes(info->stored_bytes, stored), info->vox_offset, describe_bytes(info->file_bytes, file));
    if (info->compressed && info->file_bytes)
        cli_print(" (%.1f : 1)", (double)info->stored_bytes / (double)info->file_bytes);
    cli_print("\n");
    if (info->extension_count)
        cli_print("  extensions   %d\n", info->extension_count);
    int described = (int)strlen(info->description);
    while (described > 0 && info->description[described - 1] == ' ')
        described--;
    if (described)
        cli_print("  description  %.*s\n", described, info->description);
}

static void print_warnings(amos_warnings warnings)
{
    bool first = true;
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        amos_warnings bit = warnings & ((amos_warnings)1 << i);
        if (!amos_warning_name(bit))
            continue;
        cli_print("  %-11s  %s: %s\n", first ? "warnings" : "", amos_warning_name(bit), amos_warning_text(bit));
        first = false;
    }
}

static void print_facts(const struct facts *facts)
{
    cli_print("%s\n", facts->path);
    print_format(facts->info);
    print_shape(facts->info);
    print_type(facts->info);
    print_geometry(facts);
    print_sizes(facts->info);
    print_warnings(facts->warnings);
}

/* ---- for programs ---- */

static void put_units(cJSON *object, const amos_volume_info *info)
{
    cJSON *units = cJSON_AddObjectToObject(object, "units");
    json_put_text(units, "space", describe_space_unit(info->space_unit));
    json_put_text(units, "time", describe_time_unit(info->time_unit));
}

static void put_geometry(cJSON *object, const struct facts *facts)
{
    const amos_error *error = &facts->geometry_error;
    json_put_geometry(object, facts->has_geometry ? &facts->geometry : NULL);
    json_put_text(object, "geometry_status", amos_status_name(facts->has_geometry ? AMOS_OK : error->status));
    json_put_text(object, "geometry_message", facts->has_geometry ? NULL : error->message);
}

static cJSON *facts_to_json(const struct facts *facts)
{
    const amos_volume_info *info = facts->info;
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "path", facts->path);
    json_put_integer(object, "nifti_version", info->nifti_version);
    json_put_integers(object, "shape", info->shape, 3);
    json_put_integer(object, "frames", info->frames);
    json_put_integers(object, "dim", info->dim, (size_t)info->ndim);
    json_put_text(object, "dtype", amos_type_name(info->type));
    json_put_number(object, "slope", info->slope);
    json_put_number(object, "inter", info->inter);
    put_geometry(object, facts);
    json_put_integer(object, "qform_code", info->qform_code);
    json_put_integer(object, "sform_code", info->sform_code);
    json_put_numbers(object, "pixdim", info->pixdim, 8);
    put_units(object, info);
    json_put_integer(object, "vox_offset", info->vox_offset);
    json_put_text(object, "byte_order", info->big_endian ? "big" : "little");
    json_put_bool(object, "compressed", info->compressed);
    json_put_bool(object, "pair", info->is_pair);
    json_put_unsigned(object, "stored_bytes", info->stored_bytes);
    json_put_unsigned(object, "file_bytes", info->file_bytes);
    json_put_integer(object, "header_extensions", info->extension_count);
    json_put_integer(object, "intent_code", info->intent_code);
    json_put_text(object, "description", info->description);
    json_put_warnings(object, facts->warnings);
    return object;
}

/* ---- the command ---- */

/* Reports one file: as text if `array` is NULL, else into the array. *printed counts the reports. False if the file
 * cannot be opened. */
static bool report_file(const char *path, const amos_volume_options *options, cJSON *array, size_t *printed)
{
    amos_volume *volume;
    amos_error err;
    if (amos_volume_open(path, options, &volume, &err)) {
        cli_error_of(&err);
        return false;
    }
    struct facts facts;
    gather_facts(volume, path, &facts);
    if (!array && (*printed)++)
        cli_print("\n");
    if (array)
        json_append(array, facts_to_json(&facts));
    else
        print_facts(&facts);
    amos_volume_free(volume);
    return true;
}

/* One file gives an object, several give an array of those that could be opened. */
static bool print_json(cJSON *array, size_t asked)
{
    if (asked > 1)
        return json_print(array);
    cJSON *only = cJSON_DetachItemFromArray(array, 0);
    cJSON_Delete(array);
    return only ? json_print(only) : true;
}

struct info_values {
    struct dataset_choice dataset;
    bool json, lenient;
};

struct informing {
    amos_volume_options volume;
    cJSON *array; /* NULL: for people */
    size_t asked, printed;
    bool good;
};

/* A file that cannot be opened is reported, and the others go on. */
static bool take_file(void *user, const char *path)
{
    struct informing *run = user;
    run->asked++;
    run->good = report_file(path, &run->volume, run->array, &run->printed) && run->good;
    return cli_stdout_good();
}

static void take_target(struct informing *run, const struct target *target)
{
    size_t before = run->asked;
    bool going = target_each_file(target, take_file, run);
    if (!going || run->asked > before)
        return;
    if (target->error.status)
        cli_error_of(&target->error);
    else if (target->kind == TARGET_CASE)
        cli_error("%s: Neither the image nor the label of %s is there; see: amos check %s", target->path,
                  amos_case_get_info(target->c)->id, target->path);
    else
        cli_error("%s: No file of this data set is there; see: amos check %s", target->path, target->path);
    run->good = false;
}

static int info(const struct args *args, void *values)
{
    const struct info_values *given = values;
    struct informing run = {.volume = {.size = sizeof run.volume, .flags = given->lenient ? AMOS_OPEN_LENIENT : 0},
                            .array = given->json ? cJSON_CreateArray() : NULL,
                            .good = true};
    struct targets targets;
    bool good = targets_resolve(args->operands, args->count, &given->dataset, &targets);
    for (size_t i = 0; good && i < targets.count && cli_stdout_good(); i++)
        take_target(&run, &targets.items[i]);
    if (given->json)
        good = print_json(run.array, good ? run.asked : 1) && good;
    targets_free(&targets);
    return good && run.good ? CLI_OK : CLI_FAILED;
}

static const struct args_option options[] = {
    OPTION_JSON("print JSON: an object for one file, else an array", struct info_values),
    OPTION_LENIENT(struct info_values, lenient), OPTIONS_DATASET(struct info_values, dataset), ARGS_END};

static const char *const examples[] = {"amos info amos_0018.nii.gz", "amos info amos22 18",
                                       "amos info --json imagesTr/*.nii.gz", NULL};

const struct command command_info = {
    .name = "info",
    .title = "show the header and geometry of volumes",
    .operands = "FILE|DIR|CASE...",
    .summary = "Show the header and geometry of NIfTI files. Only the headers are read.",
    .details = "A CASE (DIR ID or DIR/ID) shows its image and its label, a DIR or ZIP archive all of its volumes.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .values_bytes = sizeof(struct info_values),
    .run = info,
};
