/* SPDX-License-Identifier: BSD-3-Clause */
/* amos dump: the voxels of a volume as raw bytes, always little-endian, x fastest. */
#include "kit/message.h"

#include <inttypes.h>
#include <string.h>

#include "accept/place.h"
#include "commands.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/options.h"
#include "kit/outfile.h"
#include "kit/progress.h"
#include "kit/resolve.h"
#include "open/dataset.h"
#include "output.h"

struct dump_values {
    struct dataset_choice dataset;
    const char *output;
    bool json, saturate, force, label, lenient;
    amos_read_options read;
};

static bool parse_frame(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    if (strcmp(text, "all") == 0) {
        *(int64_t *)value = AMOS_FRAME_ALL;
        return true;
    }
    return args_integer.parse(&(struct args_option){.max = INT64_MAX}, text, value, why, bytes) ||
           args_refuse(why, bytes, "the number of a frame, 0 for the first, or all");
}

static const struct args_type args_frame = {.parse = parse_frame};

static bool host_is_little(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static void make_little_endian(unsigned char *data, size_t bytes, size_t component)
{
    if (host_is_little())
        return;
    for (; bytes >= component; bytes -= component, data += component)
        for (size_t i = 0; i < component / 2; i++) {
            unsigned char kept = data[i];
            data[i] = data[component - 1 - i];
            data[component - 1 - i] = kept;
        }
}

static void print_line(const struct dump_values *given, const amos_layout *layout)
{
    char shape[DESCRIBE_SHAPE];
    cli_print("%s: %s", given->output, describe_shape(layout->shape, shape));
    if (layout->shape[3] > 1)
        cli_print(" x %" PRId64, layout->shape[3]);
    cli_print(" %s, little-endian, x fastest", amos_type_name(layout->type));
    if (layout->has_geometry)
        cli_print(", %s%s", layout->geometry.orientation,
                  layout->geometry.source == AMOS_AFFINE_SPACING ? " (taken: unknown)" : "");
    cli_print(", %zu bytes\n", layout->bytes);
}

static bool print_json(const struct dump_values *given, const char *path, const amos_layout *layout)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "path", path);
    json_put_text(object, "output", given->output);
    json_put_integers(object, "shape", layout->shape, 3);
    json_put_integer(object, "frames", layout->shape[3]);
    json_put_text(object, "dtype", amos_type_name(layout->type));
    json_put_text(object, "byte_order", "little");
    json_put_unsigned(object, "bytes", layout->bytes);
    json_put_geometry(object, layout->has_geometry ? &layout->geometry : NULL);
    json_put_warnings(object, layout->warnings);
    return json_print(object);
}

static bool write_array(const struct dump_values *given, const char *path, const amos_array *array)
{
    const amos_layout *layout = amos_array_layout(array);
    make_little_endian(amos_array_data(array), layout->bytes, amos_type_get((int)layout->type)->part_bytes);
    struct outfile *out = outfile_open(given->output);
    bool good = out && outfile_write(out, amos_array_data(array), layout->bytes);
    good = outfile_finish(out, good);
    if (!good || strcmp(given->output, "-") == 0)
        return good;
    if (given->json)
        return print_json(given, path, layout);
    print_line(given, layout);
    return true;
}

static int dump_file(const char *path, struct dump_values *given)
{
    amos_volume *volume;
    amos_array *array = NULL;
    amos_error err;
    const amos_volume_options options = {
        .size = sizeof options, .flags = given->lenient ? AMOS_OPEN_LENIENT : 0, .index = AMOS_INDEX_USE};
    amos_status status = amos_volume_open(path, &options, &volume, &err);
    if (!status) {
        progress_start("reading", PROGRESS_BYTES);
        given->read.progress.function = progress_show;
        status = amos_volume_load(volume, &given->read, &array, &err);
        progress_stop();
    }
    if (status)
        cli_error_of(&err);
    else if (given->read.orientation) /* the turn depends on it */
        place_print(stderr, amos_volume_warnings(volume), NULL);
    bool good = !status && write_array(given, path, array);
    amos_array_free(array);
    amos_volume_free(volume);
    return good ? CLI_OK : CLI_FAILED;
}

/* The image of a case, or its label. NULL after an error. */
static const char *path_of_case(const struct target *target, bool label)
{
    const amos_case_info *info = amos_case_get_info(target->c);
    const char *path = label ? info->label_path : info->image_path;
    if (!path)
        cli_error("dump: The case %s has no label.", info->id);
    return path;
}

static int dump_target(const struct target *target, struct dump_values *given)
{
    if (!target_is_single(target, "dump"))
        return target->error.status ? CLI_FAILED : CLI_USAGE;
    if (target->kind == TARGET_FILE && given->label) {
        cli_error("dump: --label is for a CASE; %s is a file of its own.", target->path);
        return CLI_USAGE;
    }
    const char *path = target->kind == TARGET_CASE ? path_of_case(target, given->label) : target->path;
    if (!path)
        return CLI_FAILED;
    bool good = output_spares("dump", given->output, path) &&
                dataset_spares("dump", given->output, target->dataset, &given->dataset);
    return good ? dump_file(path, given) : CLI_USAGE;
}

static int dump_operands(const struct args *args, struct dump_values *given)
{
    struct targets targets;
    int code = CLI_FAILED;
    if (targets_resolve(args->operands, args->count, &given->dataset, &targets)) {
        if (targets.count == 1) {
            code = dump_target(&targets.items[0], given);
        } else {
            cli_error("dump: %zu operands were given; one FILE or CASE was expected.", targets.count);
            code = CLI_USAGE;
        }
    }
    targets_free(&targets);
    return code;
}

static int dump(const struct args *args, void *values)
{
    struct dump_values *given = values;
    given->read.flags = given->saturate ? AMOS_READ_SATURATE : 0;
    if (!given->output)
        cli_error("dump: The output is missing; give -o OUT, or -o - for stdout.");
    else if (given->json && strcmp(given->output, "-") == 0)
        cli_error("dump: --json and the voxels cannot both go to stdout; give -o OUT.");
    else if (given->force || output_name_fits("dump", given->output, OUTPUT_RAW))
        return dump_operands(args, given);
    return CLI_USAGE;
}

static const struct dump_values defaults = {.read = {.size = sizeof defaults.read}};

static const struct args_option options[] = {
    OPTION_OUTPUT("the file to write, - for stdout", struct dump_values, output),
    ARGS_VALUE(0, "type", "TYPE",
               "stored (default): as in the file, unscaled; int8 ... uint64, float32 or float64: scaled",
               args_voxel_type, struct dump_values, read.type),
    OPTION_ORIENT(struct dump_values, read.orientation),
    ARGS_VALUE(0, "box", "BOX", "only the voxels x0:x1,y0:y1,z0:z1, without x1, y1 and z1, after reorienting", args_box,
               struct dump_values, read.box),
    ARGS_VALUE(0, "frame", "N", "the frame of a 4-D file, counted from 0 (default: 0), or all", args_frame,
               struct dump_values, read.frame),
    ARGS_FLAG("saturate", "clamp values that the type cannot hold; without it they are an error", struct dump_values,
              saturate),
    ARGS_FLAG("label", "of a CASE, write its label instead of its image", struct dump_values, label),
    OPTION_FORCE(struct dump_values),
    OPTION_LENIENT(struct dump_values, lenient),
    OPTION_JSON("describe the written voxels as JSON on stdout", struct dump_values),
    OPTIONS_DATASET(struct dump_values, dataset),
    ARGS_END};

static const char *const examples[] = {"amos dump amos_0018.nii.gz -o voxels.raw --type float32 --orient RAS",
                                       "amos dump amos22 18 --label -o label.raw",
                                       "amos dump amos_0018.nii.gz -o - --box 0:512,0:512,30:31 | sha256sum", NULL};

const struct command command_dump = {
    .name = "dump",
    .title = "write the voxels of a volume as raw bytes",
    .operands = "FILE|CASE -o OUT",
    .summary = "Write the voxels of a volume as raw bytes: little-endian, x fastest, without a header. "
               "One line on stdout states their shape and type. CASE is DIR ID or DIR/ID.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 2,
    .values_bytes = sizeof(struct dump_values),
    .defaults = &defaults,
    .run = dump,
};
