/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/json/syntax.h"

#include <stdbool.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/utf8.h"

#define LONGEST_INTEGER 15 /* exact in a double */
#define NO_INTEGER "9e9"
#define LONGEST_NUMBER 40 /* cJSON stops after 63 */

/* What may follow. */
enum expected {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END,
    EXPECT_KEY,
    EXPECT_KEY_OR_END,
    EXPECT_COLON,
    EXPECT_COMMA_OR_END,
    EXPECT_NOTHING
};

struct checker {
    char *text;
    size_t length;
    size_t at;
    enum expected next;
    uint64_t objects; /* bit d: level d is an object, not a list */
    int depth;
    uint64_t values;
    uint64_t max_values;
    bool keep; /* numbers are left unchanged */
    const char *path;
    amos_error *err;
};

static amos_status fail_at(const struct checker *c, size_t at, const char *what)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += c->text[i] == '\n';
    return amosi_fail_at(c->err, AMOS_E_JSON_SYNTAX, c->path, (int64_t)at, "line %zu, byte %zu: %s", line, at, what);
}

static amos_status fail_here(const struct checker *c, const char *what)
{
    return fail_at(c, c->at, c->at < c->length ? what : "the file ends in the middle of the JSON text; it is cut off.");
}

static int next_byte(const struct checker *c)
{
    return c->at < c->length ? (unsigned char)c->text[c->at] : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void skip_digits(struct checker *c)
{
    while (is_digit(next_byte(c)))
        c->at++;
}

static void skip_spaces(struct checker *c)
{
    for (int b = next_byte(c); b == ' ' || b == '\t' || b == '\n' || b == '\r'; b = next_byte(c))
        c->at++;
}

static int hex_value(int c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Reads the four digits after "\u"; -1 if they are not hexadecimal. */
static int parse_hex4(struct checker *c)
{
    int code = 0;
    for (int i = 0; i < 4; i++, c->at++) {
        int digit = hex_value(next_byte(c));
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

/* Checks an escape from the 'u' of "\uXXXX" on. */
static amos_status check_unicode(struct checker *c)
{
    c->at++;
    int code = parse_hex4(c);
    if (code < 0)
        return fail_here(c, "\"\\u\" must be followed by four hexadecimal digits.");
    if (code == 0)
        return fail_here(c, "\"\\u0000\" is not allowed in a string.");
    bool high = code >= 0xd800 && code <= 0xdbff;
    if (high && next_byte(c) == '\\' && c->at + 1 < c->length && c->text[c->at + 1] == 'u') {
        c->at += 2;
        code = parse_hex4(c);
        if (code >= 0xdc00 && code <= 0xdfff)
            return AMOS_OK;
    }
    if (high || (code >= 0xdc00 && code <= 0xdfff))
        return fail_here(c, "a string holds half of a surrogate pair.");
    return AMOS_OK;
}

/* Checks a string from its opening quote on and skips the closing one. */
static amos_status check_string(struct checker *c)
{
    c->at++;
    for (;;) {
        int b = next_byte(c);
        if (b < 0x20)
            return fail_here(c, "a string holds a control character; it must be escaped with a backslash.");
        c->at++;
        if (b == '"')
            return AMOS_OK;
        if (b != '\\')
            continue;
        b = next_byte(c);
        if (b == 'u') {
            amos_status status = check_unicode(c);
            if (status)
                return status;
        } else if (b > 0 && strchr("\"\\/bfnrt", b)) {
            c->at++;
        } else {
            return fail_here(c, "an unknown letter follows a backslash in a string.");
        }
    }
}

static amos_status check_number(struct checker *c)
{
    size_t start = c->at;
    bool integer = true;
    c->at += next_byte(c) == '-';
    if (!is_digit(next_byte(c)))
        return fail_here(c, "a digit must follow the minus sign.");
    if (next_byte(c) == '0')
        c->at++;
    else
        skip_digits(c);
    if (is_digit(next_byte(c)))
        return fail_here(c, "a number must not begin with a zero.");
    if (next_byte(c) == '.') {
        integer = false;
        c->at++;
        if (!is_digit(next_byte(c)))
            return fail_here(c, "a digit must follow the decimal point.");
        skip_digits(c);
    }
    if (next_byte(c) == 'e' || next_byte(c) == 'E') {
        integer = false;
        c->at++;
        c->at += next_byte(c) == '-' || next_byte(c) == '+';
        if (!is_digit(next_byte(c)))
            return fail_here(c, "the exponent must have a digit.");
        skip_digits(c);
    }
    size_t length = c->at - start;
    if (c->keep)
        return length > LONGEST_NUMBER ? fail_here(c, "the number is too long.") : AMOS_OK;
    if (!integer || length > LONGEST_INTEGER) {
        memset(c->text + start, ' ', length);
        memcpy(c->text + start, NO_INTEGER, sizeof NO_INTEGER - 1);
    }
    return AMOS_OK;
}

static amos_status check_word(struct checker *c)
{
    static const char *const words[] = {"true", "false", "null"};
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if (c->length - c->at >= length && memcmp(c->text + c->at, words[i], length) == 0) {
            c->at += length;
            return AMOS_OK;
        }
    }
    return fail_here(c, "a value is expected here: an object, a list, a string in double quotes or a number.");
}

static amos_status open_level(struct checker *c, bool object)
{
    if (c->depth == AMOSI_JSON_DEPTH)
        return amosi_fail_at(c->err, AMOS_E_LIMIT, c->path, (int64_t)c->at,
                             "lists and objects are nested more than %d levels deep.", AMOSI_JSON_DEPTH);
    uint64_t bit = (uint64_t)1 << c->depth;
    c->objects = object ? c->objects | bit : c->objects & ~bit;
    c->depth++;
    c->at++;
    c->next = object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
    return AMOS_OK;
}

static void end_value(struct checker *c)
{
    c->next = c->depth ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

static amos_status close_level(struct checker *c)
{
    c->depth--;
    c->at++;
    end_value(c);
    return AMOS_OK;
}

static bool in_object(const struct checker *c)
{
    return (c->objects >> (c->depth - 1)) & 1;
}

static amos_status check_value(struct checker *c)
{
    if (++c->values > c->max_values)
        return amosi_fail_at(c->err, AMOS_E_LIMIT, c->path, (int64_t)c->at, "the file has more than %llu values.",
                             (unsigned long long)c->max_values);
    int b = next_byte(c);
    if (b == '{' || b == '[')
        return open_level(c, b == '{');
    amos_status status;
    if (b == '"')
        status = check_string(c);
    else if (b == '-' || is_digit(b))
        status = check_number(c);
    else
        status = check_word(c);
    end_value(c);
    return status;
}

static amos_status check_key(struct checker *c)
{
    if (next_byte(c) != '"')
        return fail_here(c, "the name of a member, in double quotes, is expected here.");
    c->next = EXPECT_COLON;
    return check_string(c);
}

static amos_status check_comma(struct checker *c)
{
    bool object = in_object(c);
    if (next_byte(c) == (object ? '}' : ']'))
        return close_level(c);
    if (next_byte(c) != ',')
        return fail_here(c, object ? "\",\" or \"}\" is expected here." : "\",\" or \"]\" is expected here.");
    c->at++;
    c->next = object ? EXPECT_KEY : EXPECT_VALUE;
    return AMOS_OK;
}

static amos_status check_next(struct checker *c)
{
    switch (c->next) {
    case EXPECT_VALUE_OR_END:
        return next_byte(c) == ']' ? close_level(c) : check_value(c);
    case EXPECT_VALUE:
        return check_value(c);
    case EXPECT_KEY_OR_END:
        return next_byte(c) == '}' ? close_level(c) : check_key(c);
    case EXPECT_KEY:
        return check_key(c);
    case EXPECT_COMMA_OR_END:
        return check_comma(c);
    case EXPECT_COLON:
        if (next_byte(c) != ':')
            return fail_here(c, "\":\" is expected here.");
        c->at++;
        c->next = EXPECT_VALUE;
        return AMOS_OK;
    default:
        return fail_here(c, "text follows the end of the JSON value.");
    }
}

static bool looks_wide(const char *text, size_t length)
{
    if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return true;
    return memchr(text, '\0', length < 4 ? length : 4) != NULL;
}

static amos_status check_encoding(const struct checker *c)
{
    if (looks_wide(c->text, c->length))
        return fail_at(c, 0, "the file seems to be UTF-16 or UTF-32; save it as UTF-8.");
    size_t end = amosi_utf8_end(c->text, c->length);
    if (end < c->length)
        return fail_at(c, end, "this byte is not UTF-8; save the file as UTF-8.");
    return AMOS_OK;
}

static amos_status check_all(struct checker *c)
{
    amos_status status = check_encoding(c);
    if (status)
        return status;
    if (amosi_utf8_has_bom(c->text, c->length))
        c->at = 3;
    skip_spaces(c);
    if (c->at == c->length)
        return fail_at(c, c->at, "the file is empty; a JSON object is expected.");
    while (status == AMOS_OK && (c->at < c->length || c->next != EXPECT_NOTHING)) {
        status = check_next(c);
        skip_spaces(c);
    }
    return status;
}

amos_status amosi_json_check(char *text, size_t length, uint64_t max_values, const char *path, amos_error *err)
{
    struct checker c = {.text = text, .length = length, .max_values = max_values, .path = path, .err = err};
    return check_all(&c);
}

amos_status amosi_json_check_own(char *text, size_t length, uint64_t max_values, const char *path, amos_error *err)
{
    struct checker c = {
        .text = text, .length = length, .max_values = max_values, .keep = true, .path = path, .err = err};
    return check_all(&c);
}

/* ---- walking through a text that was checked ---- */

static size_t after_spaces(const char *text, size_t length, size_t at)
{
    while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
        at++;
    return at;
}

static size_t string_end(const char *text, size_t length, size_t at)
{
    for (at++; at < length && text[at] != '"'; at++)
        at += text[at] == '\\';
    return at < length ? at + 1 : length;
}

static size_t word_end(const char *text, size_t length, size_t at)
{
    while (at < length && !strchr(",]} \t\n\r", text[at]))
        at++;
    return at;
}

static size_t value_end(const char *text, size_t length, size_t at)
{
    size_t depth = 0;
    do {
        char c = at < length ? text[at] : '\0';
        if (c == '"') {
            at = string_end(text, length, at);
        } else if (depth == 0 && c != '{' && c != '[') {
            at = word_end(text, length, at);
        } else {
            depth += c == '{' || c == '[';
            depth -= c == '}' || c == ']';
            at++;
        }
    } while (depth && at < length);
    return at < length ? at : length;
}

bool amosi_json_next(const char *text, size_t length, size_t *at, struct amosi_json_part *part)
{
    size_t i = *at;
    if (i >= length || !strchr("{[,", text[i]))
        return false;
    i = after_spaces(text, length, i + 1);
    if (i >= length || text[i] == '}' || text[i] == ']')
        return false;
    size_t end = value_end(text, length, i), behind = after_spaces(text, length, end);
    *part = (struct amosi_json_part){0, 0, i, end};
    if (behind < length && text[behind] == ':') {
        size_t value = after_spaces(text, length, behind + 1);
        *part = (struct amosi_json_part){i, end, value, value_end(text, length, value)};
    }
    *at = after_spaces(text, length, part->value_end);
    return true;
}

size_t amosi_json_begin(const char *text, size_t length)
{
    return after_spaces(text, length, amosi_utf8_has_bom(text, length) ? 3 : 0);
}
