/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: a picture of a volume or case. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "kit/resolve.h"
#include "output.h"
#include "view/load.h"
#include "view/png.h"
#include "view/render.h"
#include "view/save.h"

struct view_values {
    const char *output;
    const char *label;
    amos_modality modality;
    bool force;
};

static int draw_source(const view_source *source, const char *path)
{
    view_loaded loaded;
    amos_error err;
    if (!output_spares("view", path, source->image) || !output_spares("view", path, source->label))
        return CLI_USAGE;
    progress_start("reading", PROGRESS_BYTES);
    amos_status status = view_load(source, &loaded, &err);
    progress_stop();
    int code = CLI_FAILED;
    if (status != AMOS_OK) {
        cli_error_of(&err);
    } else {
        view_canvas canvas = {0, 0, NULL};
        if (view_render(&loaded.scene, &canvas) == 0) {
            code = view_save(&canvas, path) ? CLI_OK : CLI_FAILED;
        } else {
            cli_error("%s: Memory ran out while the picture was drawn.", path);
        }
        view_canvas_free(&canvas);
    }
    view_unload(&loaded);
    return code;
}

static int draw_target(const struct target *target, const struct view_values *given)
{
    view_source source = {.label = given->label, .modality = given->modality};
    if (!target_is_single(target, "view"))
        return target->error.status ? CLI_FAILED : CLI_USAGE;
    source.image = target->path;
    if (target->kind == TARGET_CASE) {
        source.c = target->c;
        const amos_case_info *info = amos_case_get_info(target->c);
        source.image = info->image_path;
        if (source.label == NULL && info->has_label) {
            source.label = info->label_path;
        }
    }
    return draw_source(&source, given->output);
}

static int draw_operands(const struct args *args, const struct view_values *given)
{
    struct targets targets;
    int code = CLI_FAILED;
    if (targets_resolve(args->operands, args->count, &targets)) {
        if (targets.count == 1) {
            code = draw_target(&targets.items[0], given);
        } else {
            cli_error(
                "view: %zu operands were given, but a picture shows one FILE or CASE; run amos view once for each.",
                targets.count);
            code = CLI_USAGE;
        }
    }
    targets_free(&targets);
    return code;
}

/* Checks the combination of options; reports an error and returns false if it is not valid. */
static bool is_sensible(const struct args *args, const struct view_values *given)
{
    if (!png_write_available()) {
        cli_error("view: This build has no libpng; install it (Debian: libpng-dev) and build amos again.");
    } else if (args->count == 0 && given->label == NULL) {
        cli_error("view: A FILE or CASE was expected; see: amos view --help");
    } else if (given->output == NULL) {
        cli_error("view: The output is missing; give -o OUT.png, or -o - for stdout.");
    } else if (strcmp(given->output, "-") == 0 && isatty(STDOUT_FILENO)) {
        cli_error("view: stdout is a terminal, where a picture cannot be shown; give -o OUT.png.");
    } else {
        return given->force || output_name_fits("view", given->output, OUTPUT_PNG);
    }
    return false;
}

static int view(const struct args *args, void *values)
{
    const struct view_values *given = values;
    if (!is_sensible(args, given))
        return CLI_USAGE;
    if (args->count == 0) {
        const view_source source = {.label = given->label, .modality = given->modality};
        return draw_source(&source, given->output);
    }
    return draw_operands(args, given);
}

static const struct args_option options[] = {
    OPTION_OUTPUT("the PNG file to write, - for stdout", struct view_values, output),
    ARGS_VALUE('l', "label", "LABEL", "a label file to draw over the image; for a case, instead of its own label",
               args_file, struct view_values, label),
    ARGS_VALUE('m', "modality", "MODALITY", "show the grey values as ct or mri, whatever the file's number says",
               args_modality, struct view_values, modality),
    OPTION_FORCE(struct view_values),
    ARGS_END};

static const char details[] = "An axial, a coronal and a sagittal cut go through the middle of the organs, or of the "
                              "volume if there is no label. They are in true proportions and in the orientation of "
                              "radiology: the patient's right is on the left of the picture. Air "
                              "around the body is cut off. CT is shown at level 40, width 400 HU, MRI from the 1st "
                              "to the 99th percentile of its voxels.\n\n"
                              "A case is drawn with its label. A FILE is drawn without a label, unless --label gives "
                              "one. A FILE whose voxels are all integers 0..15 is drawn as a label; --label without a "
                              "FILE does this for any label. A FILE named amos_NNNN is CT if its number is below 500, "
                              "otherwise MRI. For other names the values decide: CT if some are below -500.";

static const char *const examples[] = {"amos view amos22 amos_0018 -o amos_0018.png",
                                       "amos view image.nii.gz --label prediction.nii.gz -o picture.png",
                                       "amos view --label labelsTr/amos_0018.nii.gz -o label.png", NULL};

const struct command command_view = {
    .name = "view",
    .title = "draw a picture of a volume or case",
    .operands = "FILE|CASE -o OUT.png",
    .summary = "Draw a picture of a volume or case, with its organs.",
    .details = details,
    .examples = examples,
    .options = options,
    .min_operands = 0,
    .max_operands = -1,
    .values_bytes = sizeof(struct view_values),
    .run = view,
};
