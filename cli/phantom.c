/* amos phantom: makes a data set of artificial bodies. */
#include "kit/args.h"
#include "kit/cli.h"
#include "kit/interrupt.h"
#include "kit/outfile.h"
#include "kit/progress.h"
#include "phantom/phantom.h"

static const char *const examples[] = {
    "amos phantom demo",
    "amos phantom bench --cases 12 --size 512x512x120 --level 1",
    NULL,
};

static bool spacing_good(const struct args_numbers *spacing)
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
static amos_status open_volume(const char *path, const amos_layout *layout, const amos_write_options *options,
                               int *note, amos_writer **out, amos_error *err)
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

/* The output file reports its failures itself, so err gets no message. */
static amos_status write_text(const char *path, const char *text, size_t bytes, amos_error *err)
{
    struct outfile *out = outfile_open(path);
    bool good = out && outfile_write(out, text, bytes);
    good = outfile_finish(out, good);
    *err = (amos_error){.status = good ? AMOS_OK : AMOS_E_IO, .offset = -1};
    return err->status;
}

static const struct phantom_files files = {open_volume, write_text};

static int make_tree(const char *directory, struct phantom_options *options)
{
    progress_start("making phantoms", PROGRESS_BYTES);
    options->progress = progress_tell;
    options->files = &files;
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

int cmd_phantom(int argc, char **argv)
{
    struct phantom_options phantom = phantom_defaults;
    struct args_integer cases = {phantom.cases, 1, PHANTOM_CASES_MAX}, seed = {(int64_t)phantom.seed, 0, INT64_MAX};
    struct args_integer threads = {0, 1, 1024}, level = {phantom.level, 1, 9};
    struct args_size size = {{phantom.size[0], phantom.size[1], phantom.size[2]}};
    struct args_numbers spacing = {.min_count = 3, .max_count = 3};
    const struct args_option options[] = {
        {0, "cases", "N", "how many cases, 1 to 240 (default: 6)", args_take_integer, &cases},
        {0, "size", "XxYxZ", "voxels of each volume (default: 192x160x72)", args_take_size, &size},
        {0, "spacing", "X,Y,Z", "mm between voxels (default: so that the body fits)", args_take_numbers, &spacing},
        {0, "seed", "N", "another number makes other bodies (default: 1)", args_take_integer, &seed},
        {0, "level", "N", "compression from 1, fast, to 9, small (default: 6)", args_take_integer, &level},
        {0, "predictions", NULL, "also a folder of predictions with errors, for amos score", NULL,
         &phantom.predictions},
        {'j', "threads", "N", "use N threads (default: one per processor)", args_take_integer, &threads},
        {0, NULL, NULL, NULL, NULL, NULL}};
    const struct args_command command = {
        .name = "phantom",
        .usage = "DIR",
        .summary = "Make a data set of artificial bodies in the shape of AMOS.",
        .details = "Images and labels of all 15 organs, with a dataset.json and a metadata table. The "
                   "same options give the same voxels on every machine. DIR must be new, empty, or an "
                   "older phantom data set, which is replaced.",
        .examples = examples,
        .options = options,
        .min_operands = 1,
        .max_operands = 1};
    struct args args;
    int code;
    if (!args_parse(&command, argc, argv, &args, &code))
        return code;
    if (!size_good(size.value) || !spacing_good(&spacing)) {
        cli_error("A volume has at most 32767 voxels along each axis, 0.01 to 1000 mm apart.");
        return CLI_USAGE;
    }
    phantom.cases = (int)cases.value;
    phantom.seed = (uint64_t)seed.value;
    phantom.threads = (int)threads.value;
    phantom.level = (int)level.value;
    for (int i = 0; i < 3; i++) {
        phantom.size[i] = size.value[i];
        phantom.spacing[i] = spacing.value[i];
    }
    return cli_finish(make_tree(args.operands[0], &phantom));
}
