/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "export/cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error/fail.h"
#include "base/text/utf8.h"
#include "base/text/volume_name.h"
#include "kit/message.h"
#include "kit/read_ahead.h"
#include "shard/facts.h"
#include "shard/shard.h"

enum { NAMED_MOST = 20 };

/* ---- the option ---- */

static const char *fault_choice(size_t n)
{
    static const char *const names[] = {"stop", "skip"};
    return n < sizeof names / sizeof names[0] ? names[n] : NULL;
}

static bool parse_fault(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    for (size_t n = 0; fault_choice(n); n++) {
        if (strcmp(text, fault_choice(n)) == 0) {
            *(enum export_fault *)value = (enum export_fault)n;
            return true;
        }
    }
    return args_refuse_choice(fault_choice, why, bytes);
}

const struct args_type args_on_fault = {.parse = parse_fault, .choice = fault_choice};

/* ---- selection ---- */

static bool out_of_memory(void)
{
    cli_error("Memory ran out.");
    return false;
}

/* As nnU-Net and Python sort texts: by their letters, which for UTF-8 is by their bytes. */
static int compare_cases(const void *first, const void *second)
{
    const struct export_case *a = first, *b = second;
    int order = b->labelled - a->labelled;
    order = order ? order : strcmp(a->info->id, b->info->id);
    return order ? order : (a->info->split > b->info->split) - (a->info->split < b->info->split);
}

static bool take_cases(const struct export_selection *selection, struct export_cases *out)
{
    const amos_case_filter filter = {.size = sizeof filter,
                                     .modality = selection->modality,
                                     .verdicts = selection->verdicts,
                                     .only = selection->only};
    const amos_case *c = NULL;
    amos_error err;
    amos_status status;
    while ((status = amos_dataset_next(out->dataset, &filter, &c, &err)) == AMOS_OK && c) {
        const amos_case_info *info = amos_case_get_info(c);
        struct export_case *to = &out->items[out->count++];
        *to = (struct export_case){.info = info, .labelled = info->label_path && info->split != AMOS_SPLIT_TEST};
        to->ending = amosi_volume_name(info->image_path).gz ? ".nii.gz" : ".nii";
        out->labelled += to->labelled;
    }
    if (status)
        cli_error_of(&err);
    return !status;
}

/* Of the labelled and of the others: they are sorted apart. */
static bool check_ids(const struct export_cases *cases)
{
    const struct export_case *labelled = cases->items, *others = cases->items + cases->labelled;
    size_t left = cases->count - cases->labelled;
    for (size_t i = 1; i < cases->count; i++)
        if (i != cases->labelled && strcmp(cases->items[i - 1].info->id, cases->items[i].info->id) == 0)
            return cli_error(
                       "The case %s is in two splits of the data set, but the target has one place for it; remove it "
                       "from one of them.",
                       cases->items[i].info->id),
                   false;
    for (size_t i = 0, k = 0; i < cases->labelled && k < left;) {
        int order = strcmp(labelled[i].info->id, others[k].info->id);
        if (order == 0)
            return cli_error("The case %s is both in the %s and in the %s split of the data set: it would be trained "
                             "with and "
                             "predicted; remove it from one of them.",
                             labelled[i].info->id, amos_split_name(labelled[i].info->split),
                             amos_split_name(others[k].info->split)),
                   false;
        i += order < 0;
        k += order > 0;
    }
    return true;
}

static bool say_nothing_found(const struct export_cases *out, const struct export_selection *selection)
{
    const amos_dataset_info *info = amos_dataset_get_info(out->dataset);
    if (selection->verdicts && info->count)
        cli_error("%s: None of the %zu cases has the modality and a verdict that were asked for; amos list --verdicts "
                  "shows which have.",
                  info->root, info->count);
    else if (selection->modality == AMOS_MODALITY_ANY)
        cli_error("%s: The data set has no cases; nothing was exported.", info->root);
    else
        cli_error("%s: None of the %zu cases is %s; amos list shows what they are, and --modality-of '*=%s' says it.",
                  info->root, info->count, amos_modality_name(selection->modality),
                  selection->modality == AMOS_MODALITY_MRI ? "mri" : "ct");
    return false;
}

/* Paths that go on into a ZIP archive are libamos's own. */
static bool check_folder(const amos_dataset *dataset, const struct export_selection *selection)
{
    const char *root = amos_dataset_get_info(dataset)->root;
    struct stat about;
    if (selection->copied || (stat(root, &about) == 0 && S_ISDIR(about.st_mode)))
        return true;
    cli_error("%s: The data set lies in a ZIP archive, into which other programs cannot read; unpack it first, or take "
              "amos export nnunet --copy, which copies files out of it.",
              root);
    return false;
}

bool export_cases_select(const amos_dataset *dataset, const struct export_selection *selection,
                         struct export_cases *out)
{
    *out = (struct export_cases){.dataset = dataset};
    if (!check_folder(dataset, selection))
        return false;
    out->items = calloc(amos_dataset_get_info(dataset)->count + 1, sizeof *out->items);
    if (!out->items)
        return out_of_memory();
    if (!take_cases(selection, out))
        return false;
    if (out->count == 0)
        return say_nothing_found(out, selection);
    qsort(out->items, out->count, sizeof *out->items, compare_cases);
    return !selection->one_folder || check_ids(out);
}

void export_cases_free(struct export_cases *cases)
{
    free(cases->items);
    *cases = (struct export_cases){.items = NULL};
}

const amos_case_info **export_cases_infos(const struct export_cases *cases)
{
    const amos_case_info **infos = calloc(cases->labelled + 1, sizeof *infos);
    if (!infos)
        (void)out_of_memory();
    for (size_t i = 0; infos && i < cases->labelled; i++)
        infos[i] = cases->items[i].info;
    return infos;
}

/* ---- names ---- */

static bool is_utf8(const char *text)
{
    return amosi_utf8_end(text, strlen(text)) == strlen(text);
}

static amos_status check_name(const struct export_checks *checks, const char *path, amos_error *err)
{
    if (!is_utf8(path))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, path,
                          "the name is not UTF-8, which JSON cannot hold; rename the file.");
    if (checks->no_dollar && strchr(path, '$'))
        return amosi_fail(
            err, AMOS_E_UNSUPPORTED, path,
            "the path holds \"$\", which nnU-Net takes as the beginning of a variable; rename the folder, or "
            "use --symlink, --hardlink or --copy.");
    return AMOS_OK;
}

static amos_status check_names(const struct export_cases *cases, const struct export_checks *checks,
                               const struct export_case *c, amos_error *err)
{
    const amos_case_info *info = c->info;
    struct stat about;
    if (c->labelled && stat(info->label_path, &about) == 0 && S_ISDIR(about.st_mode))
        return amosi_fail(
            err, AMOS_E_UNSUPPORTED, info->label_path,
            "the labels are a file for each organ, which only libamos reads as one label map; amos export "
            "labelmaps makes a data set of label maps, which can be exported.");
    amos_status status = check_name(checks, info->image_path, err);
    if (!status && c->labelled)
        status = check_name(checks, info->label_path, err);
    if (status)
        return status;
    if (checks->one_channel && info->channels > 1)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, info->image_path,
                          "the case has %d channels, and only the first would be exported; give a data set with one "
                          "channel, or leave "
                          "the case out by --on-fault skip.",
                          info->channels);
    const char *files[2] = {info->image_path, c->labelled ? info->label_path : NULL};
    for (int i = 0; checks->one_ending && i < 2; i++)
        if (files[i] && amosi_volume_name(files[i]).gz != (strcmp(cases->ending, ".nii.gz") == 0))
            return amosi_fail(
                err, AMOS_E_UNSUPPORTED, files[i],
                "all files of the target must end in %s, as most of this data set do; gzip or gunzip this one.",
                cases->ending);
    return AMOS_OK;
}

/* ---- files ---- */

static amos_status check_there(const struct export_case *c, amos_error *err)
{
    if (!c->info->has_image)
        return amosi_fail(err, AMOS_E_OPEN, c->info->image_path, "the image file is missing.");
    if (c->labelled && !c->info->has_label)
        return amosi_fail(err, AMOS_E_OPEN, c->info->label_path, "the label file is missing.");
    return AMOS_OK;
}

static void note_shape(struct export_case *c, const amos_volume *image)
{
    const amos_volume_info *info = amos_volume_get_info(image);
    amos_geometry geometry;
    bool known = amos_volume_get_geometry(image, &geometry, NULL) == AMOS_OK;
    for (int i = 0; i < 3; i++) {
        c->shape[i] = info->shape[i];
        c->spacing[i] = known ? geometry.spacing[i] : fabs(info->pixdim[i + 1]);
    }
}

static amos_status check_finite(const amos_volume *image, const char *path, amos_error *err)
{
    uint64_t nonfinite = 0;
    amos_status status = amos_volume_verify(image, NULL, &nonfinite, err);
    if (status || !nonfinite)
        return status;
    return amosi_fail(err, AMOS_E_RANGE, path, "%llu voxels are NaN or infinite; replace them by a finite value.",
                      (unsigned long long)nonfinite);
}

static int group_of(char letter)
{
    return strchr("LR", letter) ? 0 : strchr("AP", letter) ? 1 : 2;
}

/* The spacings that the headers state, axis by axis as the reader turns them: nnU-Net asks that numpy.allclose() holds. */
static amos_status check_spacing(const amos_pair_info *pair, const char *path, amos_error *err)
{
    const amos_volume_info *image = amos_volume_get_info(pair->image), *label = amos_volume_get_info(pair->label);
    amos_geometry a, b;
    bool known = amos_volume_get_geometry(pair->image, &a, NULL) == AMOS_OK &&
                 amos_volume_get_geometry(pair->label, &b, NULL) == AMOS_OK;
    for (int i = 0; i < 3; i++) {
        int k = i;
        for (int j = 0; known && j < 3; j++)
            if (group_of(a.orientation[i]) == group_of(b.orientation[j]))
                k = j;
        double of_image = fabs(image->pixdim[i + 1]), of_label = fabs(label->pixdim[k + 1]);
        if (!(fabs(of_image - of_label) <= 1e-8 + 1e-5 * of_label))
            return amosi_fail(err, AMOS_E_PAIR_GEOM, path,
                              "the spacing in the header is %.9g mm, that of the image is %.9g mm; nnU-Net wants both "
                              "equal to 5 digits.",
                              of_label, of_image);
    }
    return AMOS_OK;
}

static amos_status check_label(const struct export_cases *cases, const amos_pair *pair, amos_error *err)
{
    amos_accept accept = AMOS_ACCEPT_INIT;
    accept.max_label = amos_dataset_get_info(cases->dataset)->max_label;
    const amos_labelmap_options options = {
        .size = sizeof options, .flags = AMOS_LABELMAP_STATS_ONLY, .accept = &accept, .threads = 1};
    amos_labelmap *map = NULL;
    amos_status status = amos_labelmap_load(amos_pair_get_info(pair)->label, &options, &map, err);
    amos_labelmap_free(map);
    return status;
}

static amos_status check_pair(const struct export_cases *cases, const struct export_checks *checks,
                              struct export_case *c, amos_error *err)
{
    amos_pair *pair = NULL;
    amos_status status = amos_pair_open(c->info->image_path, c->info->label_path, NULL, &pair, err);
    if (!status) {
        note_shape(c, amos_pair_get_info(pair)->image);
        status = check_spacing(amos_pair_get_info(pair), c->info->label_path, err);
    }
    if (!status && checks->voxels)
        status = check_finite(amos_pair_get_info(pair)->image, c->info->image_path, err);
    if (!status && checks->voxels)
        status = check_label(cases, pair, err);
    amos_pair_free(pair);
    return status;
}

static amos_status check_image(const struct export_checks *checks, struct export_case *c, amos_error *err)
{
    amos_volume *image = NULL;
    amos_status status = amos_volume_open(c->info->image_path, NULL, &image, err);
    if (!status)
        note_shape(c, image);
    if (!status && amos_volume_get_info(image)->frames > 1)
        status =
            amosi_fail(err, AMOS_E_UNSUPPORTED, c->info->image_path, "the image has %lld frames; one was expected.",
                       (long long)amos_volume_get_info(image)->frames);
    if (!status && checks->voxels)
        status = check_finite(image, c->info->image_path, err);
    amos_volume_free(image);
    return status;
}

/* ---- all cases ---- */

struct checking {
    struct export_cases *cases;
    const struct export_checks *checks;
    size_t faults;
};

/* A fault is stored with its case, and the other cases go on; lack of memory is none of a case. */
static amos_status check_itself(const struct checking *run, size_t index, amos_error *err)
{
    struct export_case *c = &run->cases->items[index];
    if (index + CLI_READ_AHEAD < run->cases->count && run->checks->voxels)
        amos_file_read_ahead(run->cases->items[index + CLI_READ_AHEAD].info->image_path);
    amos_status status = check_names(run->cases, run->checks, c, &c->fault);
    if (!status)
        status = check_there(c, &c->fault);
    if (!status)
        status =
            c->labelled ? check_pair(run->cases, run->checks, c, &c->fault) : check_image(run->checks, c, &c->fault);
    c->fault.status = status;
    if (status == AMOS_E_NOMEM)
        *err = c->fault;
    return status == AMOS_E_NOMEM ? status : AMOS_OK;
}

/* ---- of shards ---- */

static const struct fact of_case[] = {FACT(struct export_case, shape, FACT_INTEGER),
                                      FACT(struct export_case, spacing, FACT_NUMBER), FACT_END};

static cJSON *facts_of(const struct export_case *c)
{
    cJSON *object = cJSON_CreateObject();
    facts_put(object, of_case, c);
    facts_put_in(object, "fault", facts_of_error, c->fault.status ? &c->fault : NULL);
    return object;
}

static bool take_facts(struct export_case *c, const cJSON *facts)
{
    const cJSON *fault = cJSON_GetObjectItemCaseSensitive(facts, "fault");
    return facts_take(facts, of_case, c) && (!fault || facts_take(fault, facts_of_error, &c->fault));
}

static amos_status check_one(void *user, size_t index, amos_error *err)
{
    const struct checking *run = user;
    const struct shard *shard = run->checks->shard;
    if (!shard || !shard_is_merge(shard))
        return check_itself(run, index, err);
    cJSON *facts = shard_take(shard, index, err);
    const bool good = !facts || take_facts(&run->cases->items[index], facts);
    cJSON_Delete(facts);
    return !facts ? err->status : good ? AMOS_OK : shard_refuse_facts(shard, index, err);
}

static bool begin_shard(struct export_cases *cases, struct shard *shard, int *code)
{
    for (size_t i = 0; i < cases->count; i++) {
        const amos_case_info *info = cases->items[i].info;
        const char *files[2] = {info->image_path, cases->items[i].labelled ? info->label_path : NULL};
        shard_add(shard, info->id, files, 2);
    }
    if (!shard_start(shard, code))
        return false;
    cases->count = shard_keep(shard, cases->items, sizeof *cases->items);
    return true;
}

static amos_status report_one(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct checking *run = user;
    const struct export_case *c = &run->cases->items[index];
    (void)err;
    if (!status && run->checks->shard && !shard_put(run->checks->shard, facts_of(c)))
        return AMOS_E_IO;
    if (status || !c->fault.status)
        return status;
    if (run->faults++ < NAMED_MOST)
        cli_error("%s: %s (%s)", c->info->id, c->fault.message, amos_status_name(c->fault.status));
    return AMOS_OK;
}

/* The ending of most images. */
static const char *choose_ending(const struct export_cases *cases)
{
    size_t compressed = 0;
    for (size_t i = 0; i < cases->count; i++)
        compressed += strcmp(cases->items[i].ending, ".nii.gz") == 0;
    return 2 * compressed >= cases->count ? ".nii.gz" : ".nii";
}

static void leave_out(struct export_cases *cases)
{
    size_t kept = 0, labelled = 0;
    for (size_t i = 0; i < cases->count; i++) {
        if (cases->items[i].fault.status)
            continue;
        labelled += cases->items[i].labelled;
        cases->items[kept++] = cases->items[i];
    }
    cases->skipped = cases->count - kept;
    cases->count = kept;
    cases->labelled = labelled;
}

static bool judge(struct export_cases *cases, const struct export_checks *checks, size_t faults)
{
    size_t labelled = cases->labelled;
    if (faults > NAMED_MOST)
        cli_error("%zu more cases have faults.", faults - NAMED_MOST);
    if (faults && checks->on_fault == EXPORT_STOP) {
        cli_error("Nothing was exported, because %zu of %zu cases cannot be; --on-fault skip leaves them out.", faults,
                  cases->count);
        return false;
    }
    leave_out(cases);
    if (cases->count && (cases->labelled || !labelled))
        return true;
    cli_error("Nothing was exported, because no case %sis without a fault.", labelled ? "with a label " : "");
    return false;
}

int export_cases_check(struct export_cases *cases, const struct export_checks *checks, bool *go_on)
{
    struct checking run = {cases, checks, 0};
    const amos_workers_options options = {
        .size = sizeof options, .threads = checks->threads, .progress = checks->progress};
    amos_error err;
    int code;
    *go_on = false;
    cases->ending = checks->one_ending ? choose_ending(cases) : NULL; /* of all, also in a shard */
    if (checks->shard && !begin_shard(cases, checks->shard, &code))
        return code;
    amos_status status = amos_workers_run(cases->count, &options, check_one, report_one, &run, &err);
    if (status)
        cli_error_of(&err);
    code = !status && checks->shard ? shard_end(checks->shard, CLI_OK) : status ? CLI_FAILED : CLI_OK;
    if (code != CLI_OK || (checks->shard && shard_is_part(checks->shard)))
        return code;
    *go_on = judge(cases, checks, run.faults);
    return *go_on ? CLI_OK : CLI_FAILED;
}
