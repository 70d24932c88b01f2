/* amos cache: which of its parts is meant. */
#include "cache/parts.h"

#include <string.h>

#include "kit/args.h"

static const struct part {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} parts[] = {
    {"build", cmd_cache_build, "cache the cases of a data set"},
    {"info", cmd_cache_info, "show what is cached"},
    {"check", cmd_cache_check, "read everything that is cached and say what is damaged"},
    {"prune", cmd_cache_prune, "remove what was not used for the longest time"},
};

#define PART_COUNT (sizeof parts / sizeof parts[0])

static int print_help(void)
{
    puts("Usage: amos cache PART [OPTION...] [WORD...]\n\n"
         "Keeps decoded cases in a folder, from where patches are read in a few\n"
         "milliseconds. Each case is one file, a Zarr store that other tools read too.\n\n"
         "Parts:");
    for (size_t i = 0; i < PART_COUNT; i++)
        printf("  %-5s  %s\n", parts[i].name, parts[i].summary);
    puts("\nOptions:\n"
         "  -h, --help  print this text, or after a part what it does\n\n"
         "Examples:\n"
         "  amos cache build amos22 --folder /scratch/cache\n"
         "  amos cache info --folder /scratch/cache\n"
         "  amos cache prune --folder /scratch/cache --max-size 50G");
    return CLI_OK;
}

int cmd_cache(int argc, char **argv)
{
    const char *names[PART_COUNT + 1];
    for (size_t i = 0; i < PART_COUNT; i++)
        names[i] = parts[i].name;
    names[PART_COUNT] = NULL;
    if (argc < 2) {
        cli_error("amos cache: build, info, check or prune was expected; see: amos cache --help");
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help();
    for (size_t i = 0; i < PART_COUNT; i++)
        if (strcmp(argv[1], parts[i].name) == 0)
            return parts[i].run(argc - 1, argv + 1);
    const char *suggestion = args_suggest(argv[1], names);
    if (suggestion)
        cli_error("amos cache: there is no part \"%s\"; did you mean \"%s\"?", argv[1], suggestion);
    else
        cli_error("amos cache: there is no part \"%s\"; see: amos cache --help", argv[1]);
    return CLI_USAGE;
}
