/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of commands, and the help and version of amos. */
#include "commands.h"

#include <stdio.h>

#ifdef AMOS_HAVE_CURL
#include <curl/curlver.h>
#endif
#ifdef AMOS_HAVE_MICROHTTPD
#include <microhttpd.h>
#endif
#ifdef AMOS_HAVE_LIBPNG
#include <png.h>
#endif

#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"

struct amos_values {
    bool version, json;
};

#ifdef AMOS_HAVE_LIBPNG
static const char libpng[] = PNG_LIBPNG_VER_STRING;
#else
static const char libpng[] = "off";
#endif

/* The one that it was compiled with; the one that is there is loaded when a URL is opened. */
#ifdef AMOS_HAVE_CURL
static const char libcurl[] = LIBCURL_VERSION;
#else
static const char libcurl[] = "off";
#endif

/* Its parts have two decimal digits each, as hexadecimal ones: 0x00097500 is 0.9.75. */
static const char *libmicrohttpd(char text[16])
{
#ifdef AMOS_HAVE_MICROHTTPD
    const unsigned version = MHD_VERSION;
    snprintf(text, 16, "%x.%x.%x", version >> 24 & 0xff, version >> 16 & 0xff, version >> 8 & 0xff);
#else
    snprintf(text, 16, "off");
#endif
    return text;
}

/* {"amos": "0.1.0", "zlib": "1.2.13", ...}; the lines of amos_features() are a name, a blank and a value. */
static int print_version_json(void)
{
    char name[64], value[64];
    int used = 0;
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "amos", amos_version());
    for (const char *line = amos_features(); sscanf(line, "%63s %63[^\n]\n%n", name, value, &used) == 2; line += used)
        json_put_text(object, name, value);
    json_put_text(object, "libpng", libpng);
    json_put_text(object, "libcurl", libcurl);
    json_put_text(object, "libmicrohttpd", libmicrohttpd(value));
    return json_print(object) ? CLI_OK : CLI_FAILED;
}

static int print_version(const struct args *args, void *values)
{
    const struct amos_values *given = values;
    char text[16];
    (void)args;
    if (!given->version && given->json) {
        cli_error("--json: a command comes first, or --version; see: amos --help");
        return CLI_USAGE;
    }
    if (!given->version)
        return CLI_OK; /* "amos --" */
    if (given->json)
        return print_version_json();
    printf("amos %s\n%slibpng %s\nlibcurl %s\nlibmicrohttpd %s\n", amos_version(), amos_features(), libpng, libcurl,
           libmicrohttpd(text));
    return CLI_OK;
}

static const struct command *const commands[] = {&command_info,    &command_list,     &command_stats,
                                                 &command_check,   &command_dump,     &command_convert,
                                                 &command_view,    &command_score,    &command_score_compare,
                                                 &command_merge,   &command_report,   &command_serve,
                                                 &command_index,   &command_cache,    &command_export,
                                                 &command_pack,    &command_organs,   &command_fetch,
                                                 &command_phantom, &command_complete, NULL};

static const struct args_option options[] = {{'V', "version", NULL, "print the version and what this build can do",
                                              NULL, offsetof(struct amos_values, version), 0, 0},
                                             OPTION_JSON("print the version as JSON", struct amos_values),
                                             ARGS_END};

const struct command command_amos = {
    .name = "amos",
    .title = "look at volumes and data sets",
    .operands = "[OPERAND...]",
    .summary = "Works with the AMOS abdominal CT/MRI data set and other NIfTI files.",
    .notes = "Operands:\n"
             "  FILE      a volume or label: .nii, .nii.gz, or the .hdr of a .hdr/.img pair\n"
             "  DIR       the folder of a data set, with or without a dataset.json\n"
             "  CASE      a case of a data set: DIR ID or DIR/ID, where ID is amos_0018 or 18\n\n"
             "Results go to stdout, everything else to stderr.\n"
             "Exit codes: 0 success, 1 something failed or is wrong, 2 an error in the\n"
             "command line.",
    .options = options,
    .values_bytes = sizeof(struct amos_values),
    .run = print_version,
    .parts = commands,
};
