/* amos dump: the voxels of a volume as raw bytes, always little-endian, x fastest. */
#include "cli.h"

#include <inttypes.h>
#include <string.h>

#include "args.h"
#include "describe.h"
#include "json.h"
#include "outfile.h"
#include "progress.h"

struct request {
    const char *output;
    bool json;
    amos_read_options read;
};

static bool can_be_dumped(const amos_type_info *type)
{
    return type->numeric || type->type == AMOS_TYPE_STORED;
}

static bool take_type(const char *text, void *value, char *why, size_t bytes)
{
    const amos_type_info *type;
    size_t used = (size_t)snprintf(why, bytes, "use");
    if (amos_type_parse(text, value, NULL) == AMOS_OK && can_be_dumped(amos_type_get((int)*(amos_type *)value)))
        return true;
    for (int i = 0; (type = amos_type_get(i)) != NULL && used < bytes; i++)
        if (can_be_dumped(type))
            used += (size_t)snprintf(why + used, bytes - used, "%s %s", i ? "," : "", type->name);
    return false;
}

static bool take_frame(const char *text, void *value, char *why, size_t bytes)
{
    struct args_integer frame = {0, 0, INT64_MAX};
    bool all = strcmp(text, "all") == 0;
    if (!all && !args_take_integer(text, &frame, why, bytes)) {
        snprintf(why, bytes, "the number of a frame, 0 for the first, or all was expected");
        return false;
    }
    *(int64_t *)value = all ? AMOS_FRAME_ALL : frame.value;
    return true;
}

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

static void print_line(const struct request *request, const amos_layout *layout)
{
    char shape[DESCRIBE_SHAPE];
    cli_print("%s: %s", request->output, describe_shape(layout->shape, shape));
    if (layout->shape[3] > 1)
        cli_print(" x %" PRId64, layout->shape[3]);
    cli_print(" %s, little-endian, x fastest", amos_type_name(layout->type));
    if (layout->has_geometry)
        cli_print(", %s", layout->geometry.orientation);
    cli_print(", %zu bytes\n", layout->bytes);
}

static bool print_json(const struct request *request, const char *path, const amos_layout *layout)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "path", path);
    json_put_text(object, "output", request->output);
    json_put_integers(object, "shape", layout->shape, 3);
    json_put_integer(object, "frames", layout->shape[3]);
    json_put_text(object, "dtype", amos_type_name(layout->type));
    json_put_text(object, "byte_order", "little");
    json_put_unsigned(object, "bytes", layout->bytes);
    json_put_geometry(object, layout->has_geometry ? &layout->geometry : NULL);
    json_put_warnings(object, layout->warnings);
    return json_print(object);
}

static bool write_array(const struct request *request, const char *path, const amos_array *array)
{
    const amos_layout *layout = amos_array_layout(array);
    make_little_endian(amos_array_data(array), layout->bytes, amos_type_get((int)layout->type)->part_bytes);
    struct outfile *out = outfile_open(request->output);
    bool good = out && outfile_write(out, amos_array_data(array), layout->bytes);
    good = outfile_finish(out, good);
    if (!good || strcmp(request->output, "-") == 0)
        return good;
    if (request->json)
        return print_json(request, path, layout);
    print_line(request, layout);
    return true;
}

static int dump(const char *path, struct request *request)
{
    amos_volume *volume;
    amos_array *array = NULL;
    amos_error err;
    const amos_volume_options options = {.size = sizeof options, .index = AMOS_INDEX_USE};
    amos_status status = amos_volume_open(path, &options, &volume, &err);
    if (!status) {
        progress_start("reading", PROGRESS_BYTES);
        request->read.progress = progress_tell;
        status = amos_volume_load(volume, &request->read, &array, &err);
        progress_stop();
    }
    if (status)
        cli_error_of(&err);
    bool good = !status && write_array(request, path, array);
    amos_array_free(array);
    amos_volume_free(volume);
    return good ? CLI_OK : CLI_FAILED;
}

/* What --help and the parser say; `request` and `saturate` receive the values. */
static bool parse(int argc, char **argv, struct request *request, struct args *args, int *code)
{
    static const char *const examples[] = {"amos dump amos_0018.nii.gz -o voxels.raw --type float32 --orient RAS",
                                           "amos dump amos_0018.nii.gz -o - --box 0:512,0:512,30:31 | sha256sum", NULL};
    bool saturate = false;
    const struct args_option options[] = {
        {'o', "output", "OUT", "the file to write; - is stdout", args_take_text, &request->output},
        {0, "type", "TYPE",
         "stored (the default: as in the file, unscaled) or int8 ... uint64, float32, float64: scaled", take_type,
         &request->read.type},
        {0, "orient", "CODE", "stored (the default), or reorient to RAS, LPS, ...", args_take_orientation,
         &request->read.orientation},
        {0, "box", "BOX", "only voxels x0:x1,y0:y1,z0:z1, from x0 up to but without x1, after reorienting",
         args_take_box, &request->read.box},
        {0, "frame", "N", "the frame of a 4-D file, from 0 (the default), or all", take_frame, &request->read.frame},
        {0, "saturate", NULL, "clamp values that the type cannot hold; otherwise they are an error", NULL, &saturate},
        {0, "json", NULL, "describe the written voxels as JSON on stdout", NULL, &request->json},
        {0, NULL, NULL, NULL, NULL, NULL}};
    const struct args_command command = {
        .name = "dump",
        .usage = "FILE -o OUT",
        .summary = "Write the voxels of a volume as raw bytes: little-endian, x fastest, without a header. "
                   "One line on stdout tells their shape and type.",
        .examples = examples,
        .options = options,
        .min_operands = 1,
        .max_operands = 1,
    };
    if (!args_parse(&command, argc, argv, args, code))
        return false;
    request->read.flags = saturate ? AMOS_READ_SATURATE : 0;
    if (!request->output)
        cli_error("dump: Where to? Say -o OUT, or -o - for stdout.");
    else if (request->json && strcmp(request->output, "-") == 0)
        cli_error("dump: --json needs stdout for itself; say -o OUT.");
    else
        return true;
    *code = CLI_USAGE;
    return false;
}

int cmd_dump(int argc, char **argv)
{
    struct request request = {.read = {.size = sizeof request.read}};
    struct args args;
    int code;
    if (!parse(argc, argv, &request, &args, &code))
        return code;
    return dump(args.operands[0], &request);
}
