/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/csv.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/text/number.h"
#include "base/text/utf8.h"

/* A tab or line's end before it does not help: it is escaped. Nor do blanks, which spreadsheets skip. */
static bool is_formula(const char *text)
{
    text += strspn(text, " ");
    return *text && strchr("=+-@", *text);
}

void csv_put_text(FILE *out, const char *text)
{
    char letter[AMOSI_LETTER_BYTES];
    bool formula = is_formula(text), quoted = formula || strpbrk(text, ",\"") != NULL;
    if (quoted)
        fputc('"', out);
    if (formula)
        fputc('\'', out);
    while (*text) {
        amosi_utf8_escape(letter, &text);
        fputs(strcmp(letter, "\"") == 0 ? "\"\"" : letter, out);
    }
    if (quoted)
        fputc('"', out);
}

void csv_put_number(FILE *out, double value)
{
    char text[AMOSI_NUMBER_BYTES];
    if (isfinite(value))
        fputs(amosi_number_write(text, value), out);
    else
        fputs(isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf", out);
}
