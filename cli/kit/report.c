/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "kit/report.h"

#include <stdlib.h>
#include <string.h>

#include "kit/message.h"
#include "kit/outfile.h"
#include "base/text/words.h"

bool report_begin(struct report *report)
{
    *report = (struct report){.stream = NULL};
    report->stream = open_memstream(&report->text, &report->bytes);
    if (!report->stream)
        cli_error("Memory ran out.");
    return report->stream != NULL;
}

static bool write_file(const struct report *report, const char *path)
{
    struct outfile *out = outfile_open(path);
    bool good = out && outfile_write(out, report->text, report->bytes);
    return outfile_finish(out, good);
}

bool report_put(struct report *report, const char *path)
{
    bool good = !ferror(report->stream);
    good = fclose(report->stream) == 0 && good && cli_stdout_good();
    if (!good && path)
        cli_error("Memory ran out.");
    else if (!path)
        good = false;
    else if (strcmp(path, "-") == 0)
        cli_print_text(report->text);
    else
        good = write_file(report, path);
    free(report->text);
    return good;
}

void report_line(FILE *out, const char *name, const char *text)
{
    enum { INDENT = 12 };
    const char *line;
    size_t bytes;
    for (; amosi_words_wrap(&text, CLI_LINE_WIDTH - INDENT, &line, &bytes); name = "")
        cli_print_to(out, "%-*s%.*s\n", INDENT, name, (int)bytes, line);
}
