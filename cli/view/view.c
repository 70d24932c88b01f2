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
#include "view/load.h"
#include "view/png.h"
#include "view/render.h"
#include "view/save.h"

struct view_values {
    const char *output;
    const char *label;
    amos_modality modality;
};

static int draw_source(const view_source *source, const char *path)
{
    view_loaded loaded;
    amos_error err;
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
    if (target->kind == TARGET_DATASET && target->dataset == NULL) {
        cli_error_of(&target->error);
        return CLI_FAILED;
    }
    if (target->kind == TARGET_DATASET) {
        cli_error("view: %s is a whole data set; name one of its cases: amos view %s amos_0018 -o OUT.png",
                  target->path, target->path);
        return CLI_USAGE;
    }
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
            cli_error("view: One picture shows one FILE or CASE, but %zu were given.", targets.count);
            code = CLI_USAGE;
        }
    }
    targets_free(&targets);
    return code;
}

/* True where what is asked makes sense; otherwise it says why not. */
static bool is_sensible(const struct args *args, const struct view_values *given)
{
    if (!png_write_available()) {
        cli_error("view: This build has no libpng; install it (Debian: libpng-dev) and build amos again.");
    } else if (args->count == 0 && given->label == NULL) {
        cli_error("view: A FILE or CASE was expected; see: amos view --help");
    } else if (given->output == NULL) {
        cli_error("view: Where to? Say -o OUT.png, or -o - for stdout.");
    } else if (strcmp(given->output, "-") == 0 && isatty(STDOUT_FILENO)) {
        cli_error("view: A picture is not written to a terminal; say -o OUT.png.");
    } else {
        return true;
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
    OPTION_OUTPUT("the PNG file to write; - is stdout", struct view_values, output),
    ARGS_VALUE('l', "label", "LABEL", "the organs to draw over the image; of a case, instead of its own label",
               args_file, struct view_values, label),
    ARGS_VALUE('m', "modality", "MODALITY", "show the grey values as those of ct or mri, whatever the number says",
               args_modality, struct view_values, modality),
    ARGS_END};

static const char details[] = "An axial, a coronal and a sagittal cut go through the middle of the organs, or of "
                              "the volume where there is no label. They are in true proportions and as a "
                              "radiologist looks at them: the patient's right is on the left of the picture. Air "
                              "around the body is cut off. CT is shown at level 40, width 400 HU, MRI from the 1st "
                              "to the 99th percentile of its voxels.\n\n"
                              "A case is drawn with its label. A FILE is drawn without, unless --label gives one. "
                              "A FILE that holds nothing but the integers 0..15 is itself a label; --label without "
                              "a FILE says so. A FILE named amos_NNNN is CT below 500 and MRI from there; for "
                              "another name its values decide: CT where some lie below -500.";

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
