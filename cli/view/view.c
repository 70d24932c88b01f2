/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: pictures of volumes and cases. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accept/accept.h"
#include "accept/place.h"
#include "commands.h"
#include "draw/png.h"
#include "kit/options.h"
#include "kit/resolve.h"
#include "open/around.h"
#include "open/dataset.h"
#include "output.h"
#include "view/batch.h"
#include "view/layout.h"
#include "view/sheet.h"

struct view_values {
    struct dataset_choice dataset;
    struct accept_options accept;
    view_request request;
    view_common common;
    const char *output, *sheet;
    int64_t width, threads;
    bool json, force;
};

static bool is_folder(const char *path)
{
    struct stat about;
    size_t length = strlen(path);
    return (length > 0 && path[length - 1] == '/') || (stat(path, &about) == 0 && S_ISDIR(about.st_mode));
}

static bool is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

/* ---- checks ---- */

/* The name of a folder, and a missing name, promise nothing. */
static bool name_fits(const char *path)
{
    return path == NULL || is_folder(path) || output_name_fits("view", path, OUTPUT_PNG);
}

/* Checks the combination of options; reports an error and returns false if it is not valid. */
static bool is_sensible(const struct args *args, const struct view_values *given)
{
    const char *fault = view_request_fault(&given->request);
    bool sheet_out = is_stdout(given->sheet), to_stdout = is_stdout(given->output) || sheet_out;
    bool same = given->output != NULL && given->sheet != NULL && strcmp(given->output, given->sheet) == 0;
    if (!png_write_available()) {
        cli_error("view: This build has no libpng; install it (Debian: libpng-dev) and build amos again.");
    } else if (args->count == 0 && given->common.label == NULL) {
        cli_error("view: A FILE, CASE or DIR was expected; see: amos view --help");
    } else if (given->output == NULL && given->sheet == NULL) {
        cli_error("view: The output is missing; give -o OUT.png, -o DIR/ for a picture of each case, or --sheet "
                  "OUT.png.");
    } else if (to_stdout && isatty(STDOUT_FILENO)) {
        cli_error("view: stdout is a terminal, where a picture cannot be shown; give -o OUT.png.");
    } else if (same || (to_stdout && given->json) || (sheet_out && given->output != NULL)) {
        cli_error("view: Two results cannot both go to %s; write one of them to another file.",
                  same && !to_stdout ? given->sheet : "stdout");
    } else if (fault != NULL) {
        cli_error("view: %s", fault);
    } else {
        return given->force || (name_fits(given->output) && name_fits(given->sheet));
    }
    return false;
}

/* A data set has at least one item here, and so has a folder. */
static void refuse_whole(const struct target *target, const view_items *items)
{
    size_t length = strlen(target->path);
    if (target->folder != NULL)
        cli_error("view: %s has %zu volumes; give a folder for the pictures (-o DIR/), --sheet OUT.png, or name one of "
                  "them, as in %s.",
                  target->path, target->folder->count, target->folder->paths[0]);
    else
        cli_error("view: %s is a whole data set; give a folder for the pictures (-o DIR/), --sheet OUT.png, or name "
                  "one of its cases, as in %s%s%s.",
                  target->path, target->path, length > 0 && target->path[length - 1] == '/' ? "" : "/",
                  items->count > 0 ? items->items[0].name : "CASE");
}

/* A picture for each item needs a folder. */
static bool fits_output(const struct view_values *given, const struct targets *targets, const view_items *items)
{
    bool folder = given->output == NULL || is_folder(given->output);
    const struct target *first = targets->count > 0 ? &targets->items[0] : NULL;
    if (items->count != 1 && given->common.label != NULL)
        cli_error("view: --label is a label of one image, but %zu images are to be drawn; leave it out, or name one.",
                  items->count);
    else if (!folder && targets->count > 1)
        cli_error("view: %zu operands were given, but %s is one picture; give a folder (-o DIR/) or --sheet OUT.png.",
                  targets->count, given->output);
    else if (!folder && first != NULL && target_is_set(first))
        refuse_whole(first, items);
    else if (given->sheet != NULL && view_sheet_cells(&given->request) > 0)
        cli_error("view: A row of the sheet has no room for %d slices; give a smaller --montage or a larger --size.",
                  view_sheet_cells(&given->request));
    else if (given->sheet != NULL && view_sheet_height(&given->request, items->count) > VIEW_SHEET_HEIGHT_MOST)
        cli_error("view: A sheet of %zu rows would be %lld pixels high, but at most %d are possible; draw fewer cases "
                  "(--split, or their ids), a smaller --size, or a picture of each (-o DIR/).",
                  items->count, (long long)view_sheet_height(&given->request, items->count), VIEW_SHEET_HEIGHT_MOST);
    else
        return true;
    return false;
}

/* ---- the command ---- */

static void report_folder(const view_items *items, const view_outputs *outputs, size_t failed)
{
    size_t drawn = items->count - failed;
    if (outputs->folder == NULL)
        return;
    cli_print("%s: %zu picture%s", outputs->folder, drawn, drawn == 1 ? "" : "s");
    if (failed > 0)
        cli_print(", %zu not drawn", failed);
    cli_print("\n");
}

/* One picture gives an object, a folder or a sheet an array. */
static bool print_results(cJSON *results, bool one)
{
    if (!one)
        return json_print(results);
    cJSON *only = cJSON_DetachItemFromArray(results, 0);
    cJSON_Delete(results);
    return only != NULL ? json_print(only) : true;
}

static int draw_items(view_items *items, const struct view_values *given)
{
    bool folder = given->output != NULL && is_folder(given->output);
    const view_outputs outputs = {
        .picture = folder ? NULL : given->output, .folder = folder ? given->output : NULL, .sheet = given->sheet};
    const struct view_inputs inputs = {.relabel = given->accept.relabel, .dataset = &given->dataset};
    if (!view_outputs_spare(&outputs, items, &inputs))
        return CLI_USAGE;
    cJSON *results = given->json ? cJSON_CreateArray() : NULL;
    size_t failed;
    bool good = view_draw_items(items, &given->request, &outputs, (int)given->threads, results, &failed);
    if (given->json)
        good = print_results(results, outputs.picture != NULL) && good;
    else
        report_folder(items, &outputs, failed);
    return good ? CLI_OK : CLI_FAILED;
}

static int draw_accepting(const struct args *args, struct view_values *given, const struct targets *targets)
{
    struct accepting accepting;
    view_items items = {NULL, 0, 0};
    amos_dataset *around = args->count == 0 ? dataset_around(given->common.label, false) : NULL;
    int code = accepting_make(&given->accept, around != NULL ? around : targets_names(targets), &accepting);
    bool good = code == CLI_OK;
    given->common.accepting = &accepting;
    for (size_t i = 0; good && i < targets->count; i++)
        good = view_items_add(&items, &targets->items[i], &given->common);
    if (good && args->count == 0)
        good = view_items_add_label(&items, around, &given->common);
    if (good)
        code = fits_output(given, targets, &items) ? draw_items(&items, given) : CLI_USAGE;
    else if (code == CLI_OK)
        code = CLI_FAILED;
    view_items_free(&items);
    accepting_free(&accepting);
    amos_dataset_free(around);
    return code;
}

static int draw_operands(const struct args *args, struct view_values *given)
{
    struct targets targets;
    int code = CLI_FAILED;
    if (targets_resolve(args->operands, args->count, &given->dataset, &targets)) {
        targets_set_names(&targets);
        code = draw_accepting(args, given, &targets);
    }
    targets_free(&targets);
    return code;
}

static int view(const struct args *args, void *values)
{
    struct view_values *given = values;
    if (!is_sensible(args, given))
        return CLI_USAGE;
    given->request.look.width = (int)given->width;
    given->common.window = given->request.window;
    return draw_operands(args, given);
}

static const struct view_values defaults = {.request.look.opacity = -1};

static const struct args_option options[] = {
    OPTION_OUTPUT("the PNG file to write, - for stdout; a folder (DIR/) gets ID.png for each case", struct view_values,
                  output),
    ARGS_VALUE(0, "sheet", "OUT.png", "write a contact sheet, one row a case", args_file, struct view_values, sheet),
    ARGS_VALUE('l', "label", "LABEL", "a label file to draw over the image; for a case, instead of its own label",
               args_file, struct view_values, common.label),
    ARGS_VALUE('m', "modality", "MODALITY", "show the grey values as ct or mri, whatever the file's number says",
               args_modality, struct view_values, common.modality),
    ARGS_VALUE('p', "plane", "PLANE", "axial, coronal, sagittal or all (default: all; in a montage axial)",
               view_args_plane, struct view_values, request.plane),
    ARGS_VALUE('s', "slice", "N",
               "cut at slice N of the plane, or at x=N,y=N,z=N; N is an index from 0 as stored, or "
               "mm: -12.5mm",
               view_args_positions, struct view_values, request.at),
    ARGS_VALUE(0, "organ", "NAME", "cut where this organ is largest: a name of the data set, or a label's number",
               args_file, struct view_values, request.organ),
    ARGS_VALUE(0, "montage", "COLSxROWS", "evenly spaced slices, through the organ if --organ names one",
               view_args_montage, struct view_values, request.montage),
    ARGS_VALUE('w', "window", "WINDOW",
               "grey values: LEVEL,WIDTH, abdomen (default of CT), liver, mediastinum, lung, "
               "bone, spine, brain, vessels, or percentiles (default of MRI)",
               view_args_window, struct view_values, request.window),
    ARGS_VALUE(0, "opacity", "X", "opacity of the organs, 0 to 1 (default: 0.28 over an image, else 0.6)",
               view_args_share, struct view_values, request.look.opacity),
    ARGS_FLAG("outline", "draw only the borders of the organs", struct view_values, request.look.outline),
    ARGS_RANGE(0, "size", "N", "width of the picture in pixels (default: 1920; of a sheet 1200)", args_integer,
               struct view_values, width, VIEW_WIDTH_LEAST, VIEW_WIDTH_MOST),
    OPTIONS_ACCEPT(struct view_values, accept),
    OPTIONS_DATASET(struct view_values, dataset),
    OPTION_SPLIT(struct view_values, common.split),
    OPTION_THREADS(struct view_values),
    OPTION_FORCE(struct view_values),
    OPTION_JSON("print what was drawn: an object for one picture, else an array", struct view_values),
    ARGS_END};

static const char details[] =
    "An axial, a coronal and a sagittal cut go through the middle of the organs, or of the volume if there is no "
    "label. "
    "They are in true proportions and in the orientation of radiology: the patient's right is on the left of the "
    "picture. "
    "Each shows the number of its slice, counted from 0 as in the file, and its place in mm. Air around the body is "
    "cut off.\n\n"
    "A case is drawn with its label. A FILE is drawn without a label, unless --label gives one. A FILE whose voxels "
    "are "
    "all integers 0..15 is drawn as a label; --label without a FILE does this for any label. The id of an AMOS case "
    "says whether it is CT or MRI. For other names the values decide: CT if some are below -500.\n\n"
    "DIR is a data set, a folder of volumes or a ZIP archive of them, and gives a picture of each case (-o DIR/), a "
    "row of a sheet, or both.";

static const char *const examples[] = {"amos view amos22 amos_0018 -o amos_0018.png",
                                       "amos view image.nii.gz --label prediction.nii.gz -o picture.png",
                                       "amos view --label labelsTr/amos_0018.nii.gz -o label.png",
                                       "amos view amos22/amos_0018 --organ pancreas --montage 4x3 -o pancreas.png",
                                       "amos view scan.nii.gz --plane coronal --slice 210 --window bone -o bone.png",
                                       "amos view amos22 --split validation -o pictures/ --sheet sheet.png",
                                       NULL};

const struct command command_view = {
    .name = "view",
    .title = "draw pictures of volumes and cases",
    .operands = "FILE|CASE|DIR... -o OUT.png|DIR/",
    .summary = "Draw pictures of volumes and cases, with their organs.",
    .details = details,
    .examples = examples,
    .options = options,
    .min_operands = 0,
    .max_operands = -1,
    .values_bytes = sizeof(struct view_values),
    .defaults = &defaults,
    .run = view,
};
