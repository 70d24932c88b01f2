/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: NIfTI to NIfTI. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "base/system/platform.h"
#include "commands.h"
#include "convert/jobs.h"
#include "convert/record.h"
#include "convert/report.h"
#include "convert/table.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "kit/read_ahead.h"
#include "open/dataset.h"
#include "shard/shard.h"

struct convert_values {
    struct accept_options accept;
    struct dataset_choice dataset;
    struct convert_plan plan;
    const char *output;
    struct args_list spacing, outside;
    int role; /* enum convert_role */
    bool images, labels, label, force, json;
    int64_t threads, level;
    struct shard_choice shard;
};

struct converting {
    const struct convert_plan *plan;
    struct convert_jobs jobs;
    struct record *record; /* NULL for a single output */
    uint64_t key;          /* of the options */
    bool force, json;
    int threads;      /* of all files together */
    size_t counts[3]; /* of each outcome */
    struct shard shard;
};

/* ---- one job ---- */

/* What stands for the options and the content of the files of a job. */
static amos_status find_key(const struct converting *run, struct convert_job *job, uint64_t *key)
{
    char *reference = convert_reference_path(run->plan, job->input);
    *key = record_hash(run->key, &job->is_label, sizeof job->is_label);
    bool good = (!reference || record_hash_file(key, reference)) && record_hash_file(key, job->input);
    const int error = errno;
    free(reference);
    if (good)
        return AMOS_OK;
    return amosi_fail_errno(&job->error, AMOS_E_OPEN, job->input, error, "this file or its reference cannot be read");
}

/* Whether the output may be written: CONVERT_DONE; CONVERT_KEPT if it is there already, as it would become. */
static enum convert_outcome look_at_output(const struct converting *run, struct convert_job *job, uint64_t key)
{
    const enum record_state state =
        run->record ? record_find(run->record, job->name, job->output, key) : RECORD_FOREIGN;
    if (access(job->output, F_OK) != 0 || state == RECORD_BEGUN)
        return CONVERT_DONE;
    if (state == RECORD_WHOLE)
        return CONVERT_KEPT;
    if (run->force)
        return CONVERT_DONE;
    (void)amosi_fail(&job->error, AMOS_E_DUP, job->output,
                     run->record
                         ? "the file exists, and was made by other options or of another input; give --force to "
                           "replace it, or another folder."
                         : "the file exists; give --force to replace it, or another name.");
    return CONVERT_FAILED;
}

static amos_status keep_record(const struct converting *run, struct convert_job *job, bool good)
{
    if (good)
        return AMOS_OK;
    return amosi_fail_errno(&job->error, AMOS_E_IO, job->output, errno,
                            "how it was made cannot be kept in %s/.amos-convert", run->jobs.folder);
}

/* The last files share the threads that have no other file left. */
static int threads_of_job(const struct converting *run, size_t index)
{
    const size_t left = run->jobs.count - index;
    return left < (size_t)run->threads ? run->threads / (int)left : 1;
}

/* A failure stays with its job; the others go on. */
static amos_status do_job(void *user, size_t index, amos_error *err)
{
    const struct converting *run = user;
    struct convert_job *job = &run->jobs.items[index];
    struct convert_plan plan = *run->plan;
    uint64_t key = 0;
    (void)err;
    plan.threads = threads_of_job(run, index);
    if (index + CLI_READ_AHEAD < run->jobs.count)
        amos_file_read_ahead(run->jobs.items[index + CLI_READ_AHEAD].input);
    amos_status status = run->record ? find_key(run, job, &key) : AMOS_OK;
    job->outcome = status ? CONVERT_FAILED : look_at_output(run, job, key);
    if (job->outcome != CONVERT_DONE)
        return AMOS_OK;
    if (run->record)
        status = keep_record(run, job, record_begin(run->record, job->name, key));
    if (!status)
        status = convert_file(&plan, job, &job->error);
    if (!status && run->record)
        status = keep_record(run, job, record_finish(run->record, job->name, job->output, key));
    job->error.status = status;
    job->outcome = status ? CONVERT_FAILED : CONVERT_DONE;
    return AMOS_OK;
}

static amos_status report_job(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct converting *run = user;
    const struct convert_job *job = &run->jobs.items[index];
    (void)status;
    (void)err;
    run->counts[job->outcome]++;
    if (!shard_put_receipt(&run->shard, job->outcome == CONVERT_FAILED ? job->error.status : AMOS_OK, &job->error))
        return AMOS_E_IO;
    progress_hide();
    if (run->json)
        convert_print_json(job);
    else
        convert_print(job);
    return cli_stdout_good() ? AMOS_OK : AMOS_E_IO;
}

/* ---- all jobs ---- */

static void print_summary(const struct converting *run)
{
    if (run->json || (run->jobs.count == 1 && !shard_is_part(&run->shard)))
        return;
    cli_print("%zu file%s converted, %zu already there", run->counts[CONVERT_DONE],
              run->counts[CONVERT_DONE] == 1 ? "" : "s", run->counts[CONVERT_KEPT]);
    if (run->counts[CONVERT_FAILED])
        cli_print(", %zu failed", run->counts[CONVERT_FAILED]);
    cli_print("\n");
}

static int convert_all(struct converting *run)
{
    amos_error err;
    const amos_workers_options options = {
        .size = sizeof options, .threads = run->jobs.count > 1 ? run->threads : 1, .progress = {progress_show, NULL}};
    if (!jobs_make_folders(&run->jobs))
        return CLI_FAILED;
    if (run->jobs.folder && (run->record = record_open(run->jobs.folder)) == NULL)
        return CLI_FAILED;
    progress_start("converting", PROGRESS_FILES);
    amos_status status = amos_workers_run(run->jobs.count, &options, do_job, report_job, run, &err);
    progress_stop();
    if (status && cli_stdout_good())
        cli_error_of(&err);
    if (!status)
        print_summary(run);
    record_close(run->record);
    return status || run->counts[CONVERT_FAILED] ? CLI_FAILED : CLI_OK;
}

/* ---- options ---- */

/* Everything that decides what the outputs are. */
static uint64_t key_of_options(const struct convert_values *given, const struct accepting *accepting)
{
    const struct convert_plan *p = &given->plan;
    char text[1024];
    const int used =
        snprintf(text, sizeof text,
                 "%s type %d axes %s box %" PRId64 ":%" PRId64 ",%" PRId64 ":%" PRId64 ",%" PRId64 ":%" PRId64
                 " mm %a,%a,%a by %d %d outside %a specks %" PRIu64 " %a %d %d level %d %d %d frame %d %" PRId64,
                 amos_version(), (int)p->type, p->orientation ? p->orientation : "", p->box.start[0], p->box.stop[0],
                 p->box.start[1], p->box.stop[1], p->box.start[2], p->box.stop[2], p->spacing[0], p->spacing[1],
                 p->spacing[2], (int)p->interpolation, p->majority, p->outside, p->specks.voxels, p->specks.mm3,
                 p->specks.but_largest, p->connectivity, p->level, p->clean, p->lossy, p->frame.given, p->frame.number);
    uint64_t key = record_hash(RECORD_SEED, text, used > 0 && (size_t)used < sizeof text ? (size_t)used : sizeof text);
    const amos_accept *accept = &accepting->accept;
    for (size_t i = 0; i < accept->table_count; i++) {
        key = record_hash(key, &accept->table[i].from, sizeof accept->table[i].from);
        key = record_hash(key, &accept->table[i].to, sizeof accept->table[i].to);
    }
    key = record_hash(key, accept->ignore, accept->ignore_count * sizeof *accept->ignore);
    key = record_hash(key, &accept->flags, sizeof accept->flags);
    key = record_hash(key, &accept->max_label, sizeof accept->max_label);
    key = record_hash(key, &accept->round_within, sizeof accept->round_within);
    key = record_hash(key, &accepting->volume.flags, sizeof accepting->volume.flags);
    return record_hash(key, p->like ? p->like : "", p->like ? strlen(p->like) : 0);
}

/* "largest", or a size with a unit. */
static bool parse_specks(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    struct convert_specks specks = {.given = true};
    char *unit;
    (void)option;
    const double size = strtod(text, &unit);
    if (strcmp(text, "largest") == 0)
        specks.but_largest = true;
    else if (unit != text && size > 0 && size <= 1e12 && strcmp(unit, "mm3") == 0)
        specks.mm3 = size;
    else if (unit != text && size >= 1 && size <= 1e12 && size == (double)(uint64_t)size &&
             (!*unit || strcmp(unit, "voxels") == 0))
        specks.voxels = (uint64_t)size;
    else
        return args_refuse(why, bytes, "a number of voxels or mm3 such as 20 or 100mm3, or largest,");
    *(struct convert_specks *)value = specks;
    return true;
}

static bool parse_connectivity(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    for (int n = 6; n <= 26; n += n == 6 ? 12 : 8) {
        char number[16];
        snprintf(number, sizeof number, "%d", n);
        if (strcmp(text, number) == 0) {
            *(int *)value = n;
            return true;
        }
    }
    return args_refuse(why, bytes, "6, 18 or 26");
}

static const char *interpolation_choice(size_t n)
{
    return n <= AMOS_INTERPOLATION_BSPLINE ? amos_interpolation_name((amos_interpolation)n) : NULL;
}

static bool parse_interpolation(const struct args_option *option, const char *text, void *value, char *why,
                                size_t bytes)
{
    amos_interpolation found;
    amos_error unused;
    if (amos_interpolation_parse(text, &found, &unused))
        return args_refuse_choice(option->type->choice, why, bytes);
    *(amos_interpolation *)value = found;
    return true;
}

static const char *header_choice(size_t n)
{
    static const char *const names[] = {"keep", "clean", NULL};
    return names[n];
}

static bool parse_header(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    for (size_t n = 0; header_choice(n); n++)
        if (strcmp(text, header_choice(n)) == 0) {
            *(bool *)value = n == 1;
            return true;
        }
    return args_refuse_choice(option->type->choice, why, bytes);
}

static const struct args_type type_specks = {.parse = parse_specks}, type_connectivity = {.parse = parse_connectivity},
                              type_interpolation = {.parse = parse_interpolation, .choice = interpolation_choice},
                              type_header = {.parse = parse_header, .choice = header_choice};

/* ---- the command ---- */

/* Whether the options fit together; reports a mistake. */
static bool check_options(const struct convert_values *given)
{
    const struct convert_plan *plan = &given->plan;
    if (!given->output)
        cli_error("convert: The output is missing; give -o OUT.nii.gz, or -o DIR/ for several files.");
    else if (strcmp(given->output, "-") == 0)
        cli_error("convert: NIfTI is not written to stdout; give -o OUT.nii.gz.");
    else if (given->images && given->labels)
        cli_error("convert: --images and --labels exclude each other.");
    else if (plan->like && (plan->has_spacing || plan->has_box || plan->orientation))
        cli_error("convert: --like gives the whole grid; leave out --spacing, --box and --orient.");
    else if (given->outside.count && !convert_resamples(plan))
        cli_error("convert: --outside is for voxels that resampling adds; give --spacing or --like.");
    else
        return true;
    return false;
}

/* An option for labels that would do nothing, because none of the files counts as one; NULL: there is none. */
static const char *unused_option(const struct convert_values *given, const struct convert_jobs *jobs)
{
    const struct accept_options *accept = &given->accept;
    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->items[i].is_label)
            return NULL;
    return given->plan.specks.given   ? "--drop-specks"
           : given->plan.majority     ? "--majority"
           : accept->relabel          ? "--relabel"
           : accept->ignore.count     ? "--ignore"
           : accept->round_within > 0 ? "--round-labels"
           : accept->max_label        ? "--max-label"
                                      : NULL;
}

static bool options_are_used(const struct convert_values *given, const struct convert_jobs *jobs)
{
    const char *option = unused_option(given, jobs);
    if (option)
        cli_error("convert: %s is for labels, and none of the files is one by the name of its folder; give --labels.",
                  option);
    return !option;
}

/* What the plan takes from options that other commands share. */
static void fill_plan(struct convert_values *given)
{
    struct convert_plan *plan = &given->plan;
    plan->level = (int)given->level;
    plan->frame = given->accept.frame;
    memcpy(plan->spacing, given->spacing.value, sizeof plan->spacing);
    plan->has_spacing = given->spacing.count > 0;
    plan->outside = given->outside.count ? given->outside.value[0] : 0;
    for (int i = 0; i < 3; i++)
        plan->has_box |= plan->box.stop[i] > 0;
}

static int make_pool(struct convert_plan *plan)
{
    amos_error err;
    if (amos_buffer_pool_make(0, &plan->pool, &err) == AMOS_OK)
        return CLI_OK;
    cli_error_of(&err);
    return CLI_FAILED;
}

/* The rest of the files is left to other shards. */
static bool begin_shard(struct converting *run, int *code)
{
    for (size_t i = 0; i < run->jobs.count; i++)
        shard_add(&run->shard, run->jobs.items[i].name, &run->jobs.items[i].input, 1);
    if (!shard_start(&run->shard, code))
        return false;
    for (size_t i = 0; i < run->jobs.count; i++)
        if (!shard_holds(&run->shard, i))
            free(run->jobs.items[i].output);
    run->jobs.count = shard_keep(&run->shard, run->jobs.items, sizeof *run->jobs.items);
    return true;
}

/* The table of a data set comes along with its volumes; of shards, with those of the first. */
static bool copy_table(const struct converting *run, const struct targets *targets, const struct convert_values *given)
{
    return targets->count != 1 || targets->items[0].kind != TARGET_DATASET || run->shard.number.index != 1 ||
           table_copy(targets->items[0].dataset, run->jobs.folder, given->accept.relabel != NULL, given->force);
}

static int convert_jobs(struct converting *run, const struct targets *targets, const struct convert_values *given)
{
    int code;
    if (!begin_shard(run, &code))
        return code;
    code = convert_all(run);
    if (code == CLI_OK && !copy_table(run, targets, given))
        code = CLI_FAILED;
    return shard_end(&run->shard, code);
}

static int convert_targets(const struct args *args, struct targets *targets, struct convert_values *given)
{
    struct accepting accepting;
    struct converting run = {.plan = &given->plan, .force = given->force, .json = given->json};
    const enum convert_role role = given->images ? CONVERT_IMAGES : given->labels ? CONVERT_LABELS : CONVERT_BY_NAME;
    targets_set_names(targets);
    int code = accepting_make(&given->accept, targets_names(targets), &accepting);
    if (code == CLI_OK)
        code = jobs_make(targets, given->output, role, given->label, &run.jobs);
    if (code == CLI_OK)
        code = options_are_used(given, &run.jobs) ? jobs_check(&run.jobs, &given->plan) : CLI_USAGE;
    const bool one = run.jobs.count == 1;
    given->plan.accepting = &accepting;
    if (code == CLI_OK)
        code = make_pool(&given->plan);
    run.threads = given->threads ? (int)given->threads : amosi_processors();
    accepting.volume.index = one ? AMOS_INDEX_USE : AMOS_INDEX_NEVER;
    run.key = key_of_options(given, &accepting);
    if (code == CLI_OK)
        code = shard_begin(&run.shard, args, &given->shard, NULL);
    if (code == CLI_OK)
        code = convert_jobs(&run, targets, given);
    shard_free(&run.shard);
    amos_buffer_pool_free(given->plan.pool);
    jobs_free(&run.jobs);
    accepting_free(&accepting);
    return code;
}

static int convert(const struct args *args, void *values)
{
    struct convert_values *given = values;
    struct targets targets;
    fill_plan(given);
    if (!check_options(given))
        return CLI_USAGE;
    int code = CLI_FAILED;
    if (targets_resolve(args->operands, args->count, &given->dataset, &targets))
        code = convert_targets(args, &targets, given);
    targets_free(&targets);
    return code;
}

static const struct args_option options[] = {
    OPTION_OUTPUT("the file to write, .nii or .nii.gz; DIR/ for several", struct convert_values, output),
    ARGS_VALUE(0, "type", "TYPE", "stored (default): as in the file; int8 ... uint64, float32 or float64: scaled",
               args_voxel_type, struct convert_values, plan.type),
    OPTION_ORIENT(struct convert_values, plan.orientation),
    ARGS_VALUE(0, "box", "BOX", "only the voxels x0:x1,y0:y1,z0:z1, without x1, y1 and z1, after reorienting", args_box,
               struct convert_values, plan.box),
    OPTION_SPACING("resample to this spacing in mm; 0 keeps the spacing of that axis", struct convert_values),
    ARGS_VALUE(0, "like", "FILE|DIR",
               "resample to the grid of this file, or of the file in this folder that has the same name", args_file,
               struct convert_values, plan.like),
    ARGS_VALUE(0, "interpolation", "METHOD", "of images: linear (default), cubic, nearest or bspline",
               type_interpolation, struct convert_values, plan.interpolation),
    ARGS_FLAG("majority", "a resampled voxel of a label gets the label with the largest share of it",
              struct convert_values, plan.majority),
    ARGS_RANGE(0, "outside", "VALUE", "the value of voxels outside of a resampled image (default: 0)", args_numbers,
               struct convert_values, outside, 1, 1),
    ARGS_VALUE(0, "drop-specks", "SIZE",
               "drop the components of labels that are smaller: 20 (voxels) or 100mm3; largest keeps one of each organ",
               type_specks, struct convert_values, plan.specks),
    ARGS_VALUE(0, "connectivity", "6|18|26", "what connects the voxels of components (default: 26)", type_connectivity,
               struct convert_values, plan.connectivity),
    ARGS_RANGE(0, "level", "N", "compression from 1 (fastest) to 9 (smallest)", args_integer, struct convert_values,
               level, 1, 9),
    ARGS_VALUE(0, "header", "keep|clean",
               "keep (default) codes and description of the header, or write only where the voxels lie", type_header,
               struct convert_values, plan.clean),
    ARGS_FLAG("index", "make the index of each output, for reading boxes, while it is written", struct convert_values,
              plan.index),
    ARGS_FLAG("lossy", "go on where values are rounded or cut off, or labels lost; each is counted",
              struct convert_values, plan.lossy),
    ARGS_FLAG("label", "of a CASE, convert its label instead of its image", struct convert_values, label),
    ARGS_FLAG("images", "all files are images, whatever their folder is called", struct convert_values, images),
    ARGS_FLAG("labels", "all files are labels; of a data set, convert these alone", struct convert_values, labels),
    ARGS_FLAG("force", "replace outputs that exist", struct convert_values, force),
    OPTIONS_ACCEPT_LABELS(struct convert_values, accept),
    OPTION_THREADS(struct convert_values),
    OPTIONS_DATASET(struct convert_values, dataset),
    OPTION_JSON("print one JSON object per line, one for each file", struct convert_values),
    OPTIONS_SHARD(struct convert_values, shard),
    ARGS_END};

static const char *const examples[] = {
    "amos convert amos22 18 -o amos_0018.nii.gz --orient RAS --type float32",
    "amos convert amos22 -o amos22_iso --spacing 1.5,1.5,1.5 --interpolation cubic -j 8",
    "amos convert predictions -o original --like amos22/imagesTs",
    "amos convert labelsTr -o clean --drop-specks 100mm3 --relabel 3=2,*=*", NULL};

const struct command command_convert = {
    .name = "convert",
    .title = "convert volumes: type, axes, grid, labels",
    .operands = "FILE|DIR|CASE... -o OUT",
    .summary =
        "Convert NIfTI files to NIfTI-1: type, orientation, a box, another grid, other labels. A DIR is a data set, "
        "whose images and labels are converted, a folder of volumes or a ZIP archive of them. CASE is DIR ID or "
        "DIR/ID.",
    .details =
        "Labels are the labels of data sets and the files of folders called labelsTr, predictions or the like; they "
        "are "
        "checked, and resampled to the nearest label. Nothing is lost in silence: what would round, cut off or drop "
        "values or labels fails, unless --lossy accepts it. A folder of outputs remembers how they were made: the same "
        "command continues a run that was stopped, and an output that was made otherwise is replaced only by --force.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .values_bytes = sizeof(struct convert_values),
    .run = convert,
};
