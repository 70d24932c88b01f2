/* SPDX-License-Identifier: BSD-3-Clause */
/* amos phantom: makes a data set of artificial bodies. */
#define _POSIX_C_SOURCE 200809L
#include "commands.h"
#include "kit/interrupt.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/outfile.h"
#include "kit/progress.h"
#include "phantom/phantom.h"

static bool spacing_good(const struct args_list *spacing)
{
    for (size_t i = 0; i < spacing->count; i++)
        if (spacing->value[i] < 0.01 || spacing->value[i] > 1000)
            return false;
    return true;
}

static bool size_good(const int64_t size[3])
{
    for (int i = 0; i < 3; i++)
        if (size[i] > 32767)
            return false;
    return true;
}

/* A signal that ends the process removes the temporary file. */
static amos_status open_plain(const char *path, const amos_layout *layout, const amos_write_options *options, int *note,
                              amos_writer **out, amos_error *err)
{
    amos_write_options watched = *options;
    sigset_t before;
    watched.temporary = interrupt_watch;
    watched.temporary_user = note;
    interrupt_hold(&before);
    amos_status status = amos_writer_open(path, layout, &watched, out, err);
    interrupt_release(&before);
    return status;
}

/* The same, with the seek index. */
static amos_status open_indexed(const char *path, const amos_layout *layout, const amos_write_options *options,
                                int *note, amos_writer **out, amos_error *err)
{
    amos_write_options indexed = *options;
    indexed.index = AMOS_INDEX_BUILD;
    indexed.temporaries = (amos_temporaries){interrupt_temporaries, NULL};
    return open_plain(path, layout, &indexed, note, out, err);
}

/* outfile.h reports failures itself, so err gets no message. */
static amos_status write_text(const char *path, const char *text, size_t bytes, amos_error *err)
{
    struct outfile *out = outfile_open(path);
    bool good = out && outfile_write(out, text, bytes);
    good = outfile_finish(out, good);
    *err = (amos_error){.status = good ? AMOS_OK : AMOS_E_IO, .offset = -1};
    return err->status;
}

static const struct phantom_files plain = {open_plain, write_text}, indexed = {open_indexed, write_text};

static int make_tree(const char *directory, struct phantom_options *options)
{
    progress_start("making phantoms", PROGRESS_BYTES);
    options->progress.function = progress_show;
    amos_error err;
    amos_status status = phantom_write_tree(directory, options, &err);
    progress_stop();
    if (status && status != AMOS_E_CANCEL && err.message[0])
        cli_error_of(&err);
    if (status)
        return CLI_FAILED;
    int mri = 0;
    for (int i = 0; i < options->cases; i++) {
        struct phantom_case c;
        phantom_plan(options, i, &c);
        mri += c.patient.modality == AMOS_MODALITY_MRI;
    }
    cli_print("%s: %d cases (%d CT, %d MRI) of %lldx%lldx%lld voxels.\n", directory, options->cases,
              options->cases - mri, mri, (long long)options->size[0], (long long)options->size[1],
              (long long)options->size[2]);
    return CLI_OK;
}

struct phantom_values {
    int64_t cases, seed, level, threads;
    struct args_size size;
    struct args_list spacing;
    bool predictions, index;
};

static int phantom(const struct args *args, void *values)
{
    const struct phantom_values *given = values;
    if (!size_good(given->size.value) || !spacing_good(&given->spacing)) {
        cli_error("phantom: The size or spacing is out of range; 1 to 32767 voxels along each axis (--size), 0.01 to "
                  "1000 mm apart (--spacing), were expected.");
        return CLI_USAGE;
    }
    struct phantom_options wanted = phantom_defaults;
    if (given->cases)
        wanted.cases = (int)given->cases;
    if (given->level)
        wanted.level = (int)given->level;
    wanted.seed = (uint64_t)given->seed;
    wanted.threads = (int)given->threads;
    wanted.predictions = given->predictions;
    wanted.files = given->index ? &indexed : &plain;
    for (int i = 0; i < 3; i++) {
        wanted.size[i] = given->size.value[i] ? given->size.value[i] : wanted.size[i];
        wanted.spacing[i] = given->spacing.value[i];
    }
    return make_tree(args->operands[0], &wanted);
}

static const struct phantom_values defaults = {.seed = 1};

static const struct args_option options[] = {
    ARGS_RANGE(0, "cases", "N", "number of cases, 1 to 240 (default: 6)", args_integer, struct phantom_values, cases, 1,
               PHANTOM_CASES_MAX),
    ARGS_VALUE(0, "size", "XxYxZ", "size of each volume in voxels (default: 192x160x72)", args_shape,
               struct phantom_values, size),
    OPTION_SPACING("voxel spacing in mm (default: such that the body fits)", struct phantom_values),
    OPTION_SEED("random seed; another seed gives other bodies (default: 1)", struct phantom_values),
    ARGS_RANGE(0, "level", "N", "compression level from 1 (fast) to 9 (small) (default: 6)", args_integer,
               struct phantom_values, level, 1, 9),
    ARGS_FLAG("predictions", "also write a folder of predictions with errors, for amos score", struct phantom_values,
              predictions),
    ARGS_FLAG("index", "also save the seek index of each file, where amos index does", struct phantom_values, index),
    OPTION_THREADS(struct phantom_values),
    ARGS_END};

static const char *const examples[] = {"amos phantom demo",
                                       "amos phantom bench --cases 12 --size 512x512x120 --level 1", NULL};

const struct command command_phantom = {
    .name = "phantom",
    .title = "make a data set of artificial bodies",
    .operands = "DIR",
    .summary = "Make a data set of artificial bodies in the shape of AMOS.",
    .details =
        "Writes images and labels of all 15 organs, a dataset.json and a metadata table. Patients differ in sex, "
        "age, build, and in the size of each organ about as people do; some have stones, cysts, lesions or "
        "calcium, and some lack an organ. The same options give the same voxels on every machine. DIR must be "
        "new, empty, or an older phantom data set, which is replaced.\n\n"
        "Predictions have displaced borders, and three mistakes each: an organ is missed, cut off, swapped with "
        "its neighbour, shifted, leaks, or has specks elsewhere.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct phantom_values),
    .defaults = &defaults,
    .run = phantom,
};
