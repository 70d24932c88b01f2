/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: a picture of a volume or case. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accept/accept.h"
#include "commands.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "kit/resolve.h"
#include "view/load.h"
#include "view/png.h"
#include "view/render.h"
#include "view/save.h"

struct view_values {
    struct accept_options accept;
    const char *output;
    const char *label;
    amos_modality modality;
};

/* What was accepted in the label, as a line on stderr: stdout may be the picture. */
static void report_accepted(const view_loaded *loaded)
{
    char text[ACCEPT_TEXT];
    const amos_labelmap_info *info = amos_labelmap_get_info(loaded->label);
    if (info != NULL && accept_found_text(&info->accepted, text)[0])
        cli_error("view: Voxels of the label: %s.", text);
}

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
        report_accepted(&loaded);
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

static int draw_target(const struct target *target, const struct view_values *given, const struct accepting *accepting)
{
    const amos_accept accept = accepting_for(accepting, target->dataset);
    view_source source = {.label = given->label, .modality = given->modality, .accept = &accept};
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
    struct accepting accepting = {.table = NULL};
    int code = CLI_FAILED;
    if (targets_resolve(args->operands, args->count, &targets)) {
        if (targets.count == 1) {
            code = accepting_make(&given->accept, targets_names(&targets), &accepting);
            if (code == CLI_OK)
                code = draw_target(&targets.items[0], given, &accepting);
        } else {
            cli_error(
                "view: %zu operands were given, but a picture shows one FILE or CASE; run amos view once for each.",
                targets.count);
            code = CLI_USAGE;
        }
    }
    accepting_free(&accepting);
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
        return true;
    }
    return false;
}

static int draw_label(const struct view_values *given)
{
    struct accepting accepting;
    int code = accepting_make(&given->accept, NULL, &accepting);
    const view_source source = {.label = given->label, .modality = given->modality, .accept = &accepting.accept};
    if (code == CLI_OK)
        code = draw_source(&source, given->output);
    accepting_free(&accepting);
    return code;
}

static int view(const struct args *args, void *values)
{
    const struct view_values *given = values;
    if (!is_sensible(args, given))
        return CLI_USAGE;
    return args->count == 0 ? draw_label(given) : draw_operands(args, given);
}

static const struct args_option options[] = {
    OPTION_OUTPUT("the PNG file to write, - for stdout", struct view_values, output),
    ARGS_VALUE('l', "label", "LABEL", "a label file to draw over the image; for a case, instead of its own label",
               args_file, struct view_values, label),
    ARGS_VALUE('m', "modality", "MODALITY", "show the grey values as ct or mri, whatever the file's number says",
               args_modality, struct view_values, modality),
    OPTIONS_ACCEPT(struct view_values, accept), ARGS_END};

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
