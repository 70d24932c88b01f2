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

/* Closes the text in memory; false, with a report, if it is not complete. */
static bool end_text(struct report *report)
{
    bool good = !ferror(report->stream);
    good = fclose(report->stream) == 0 && good && cli_stdout_good();
    report->stream = NULL;
    if (!good)
        cli_error("Memory ran out.");
    return good;
}

static bool write_text(struct report *report, const char *path)
{
    if (strcmp(path, "-") == 0) {
        cli_print_text(report->text);
        return cli_stdout_good();
    }
    if (!report->out)
        report->out = outfile_open(path);
    return report->out && outfile_write(report->out, report->text, report->bytes);
}

bool report_pass_on(struct report *report, const char *path)
{
    bool good = end_text(report) && write_text(report, path);
    struct outfile *out = report->out;
    free(report->text);
    good = report_begin(report) && good;
    report->out = out;
    return good;
}

bool report_put(struct report *report, const char *path)
{
    bool good = path && report->stream;
    if (report->stream)
        good = path ? end_text(report) && write_text(report, path) : (fclose(report->stream), false);
    if (report->out)
        good = outfile_finish(report->out, good);
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
