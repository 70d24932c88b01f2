/* amos: one command table; each command is a file, or a folder, of its own. */
#include "kit/cli.h"

#include <string.h>

#ifdef AMOS_HAVE_LIBPNG
#include <png.h>
#endif

#include "kit/args.h"
#include "kit/json.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"info", cmd_info, "show the header and geometry of volumes"},
    {"list", cmd_list, "show the cases of a data set"},
    {"stats", cmd_stats, "show organ volumes and image intensities"},
    {"check", cmd_check, "read everything and say what is wrong"},
    {"dump", cmd_dump, "write the voxels of a volume as raw bytes"},
    {"view", cmd_view, "draw a picture of a volume or case"},
    {"score", cmd_score, "score predictions against the reference"},
    {"score-compare", cmd_score_compare, "compare two results of score"},
    {"index", cmd_index, "build indexes for reading parts of volumes"},
    {"cache", cmd_cache, "keep decoded cases for fast reading of patches"},
    {"phantom", cmd_phantom, "make a data set of artificial bodies"},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int print_help(void)
{
    puts("Usage: amos COMMAND [OPTION...] [WORD...]\n\n"
         "Works with the AMOS abdominal CT/MRI data set and other NIfTI files.\n\n"
         "Commands:");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-13s  %s\n", commands[i].name, commands[i].summary);
    puts("  help           explain a command: amos help COMMAND\n\n"
         "Options:\n"
         "  -h, --help     print this text\n"
         "  -V, --version  print the version and what this build can do\n\n"
         "Words:\n"
         "  FILE      a volume or label: .nii, .nii.gz, or the .hdr of a .hdr/.img pair\n"
         "  DIR       the folder of a data set, with or without a dataset.json\n"
         "  CASE      a case of a data set: DIR ID or DIR/ID, where ID is amos_0018 or 18\n\n"
         "Results go to stdout, everything else to stderr.\n"
         "Exit codes: 0 all well, 1 something failed or is wrong, 2 a mistake in the\n"
         "command line.");
    return CLI_OK;
}

static int print_version(void)
{
    printf("amos %s\n%s", amos_version(), amos_features());
#ifdef AMOS_HAVE_LIBPNG
    puts("libpng " PNG_LIBPNG_VER_STRING);
#else
    puts("libpng off");
#endif
    return CLI_OK;
}

static int unknown_command(const char *word)
{
    const char *names[COMMAND_COUNT + 2];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    names[COMMAND_COUNT] = "help";
    names[COMMAND_COUNT + 1] = NULL;
    const char *suggestion = args_suggest(word, names);
    if (suggestion)
        cli_error("There is no command \"%s\"; did you mean \"%s\"?", word, suggestion);
    else
        cli_error("There is no command \"%s\"; see: amos --help", word);
    return CLI_USAGE;
}

static int unknown_option(const char *word)
{
    static const char *const names[] = {"--help", "--version", NULL};
    const char *suggestion = args_suggest(word, names);
    if (suggestion)
        cli_error("There is no option %s; did you mean %s?", word, suggestion);
    else
        cli_error("There is no option %s; a command comes first; see: amos --help", word);
    return CLI_USAGE;
}

static int run_command(const char *name, int argc, char **argv)
{
    const struct command *command = find_command(name);
    return command ? command->run(argc, argv) : unknown_command(name);
}

/* "amos help" and "amos help COMMAND" */
static int run_help(int argc, char **argv)
{
    char option[] = "--help";
    if (argc < 2 || argv[1][0] == '-')
        return print_help();
    char *words[] = {argv[1], option, NULL};
    return run_command(argv[1], 2, words);
}

static int run(int argc, char **argv)
{
    const char *word = argv[0];
    if (strcmp(word, "help") == 0)
        return run_help(argc, argv);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return print_help();
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return print_version();
    if (word[0] == '-')
        return unknown_option(word);
    return run_command(word, argc, argv);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        cli_error("A command was expected: info, list, stats, check, dump, view, score, score-compare, index, cache or phantom; "
                  "see: amos --help");
        return CLI_USAGE;
    }
    json_begin();
    return cli_finish(run(argc - 1, argv + 1));
}
