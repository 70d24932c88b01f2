/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "support/make/tree.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/main.h"
#include "support/tmp.h"

#define LABELS \
    "'labels': {'0': 'background', '1': 'spleen', '10': 'pancreas', '11': 'right adrenal gland', " \
    "'12': 'left adrenal gland', '13': 'duodenum', '14': 'bladder', '15': 'prostate/uterus', '2': 'right kidney', " \
    "'3': 'left kidney', '4': 'gall bladder', '5': 'esophagus', '6': 'liver', '7': 'stomach', '8': 'arota', " \
    "'9': 'postcava'}"

static char tree_name[128];
static char root[PATH_MAX];

void tree_begin(const char *name)
{
    snprintf(tree_name, sizeof tree_name, "%s", name);
    char *path = tmp_path(name);
    ck_assert_msg(mkdir(path, 0777) == 0, "mkdir %s: %s", path, strerror(errno));
    ck_assert_ptr_nonnull(realpath(path, root));
    free(path);
}

const char *tree_root(void)
{
    return root;
}

const char *tree_path(const char *name)
{
    static char paths[4][2 * PATH_MAX];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

void tree_put(const char *name, const char *text)
{
    char full[2 * PATH_MAX];
    snprintf(full, sizeof full, "%s/%s", tree_name, name);
    free(tmp_write(full, text, strlen(text)));
}

void tree_volumes(const char *first, ...)
{
    va_list names;
    va_start(names, first);
    for (const char *name = first; name; name = va_arg(names, const char *))
        tree_put(name, "no volume at all");
    va_end(names);
}

void tree_json(const char *text)
{
    char *copy = strdup(text);
    ck_assert_ptr_nonnull(copy);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    tree_put("dataset.json", copy);
    free(copy);
}

void tree_lists(const char *lists)
{
    size_t bytes = strlen(lists) + sizeof LABELS + 32;
    char *text = malloc(bytes);
    ck_assert_ptr_nonnull(text);
    snprintf(text, bytes, "{'name': 'AMOS', " LABELS ", %s}", lists);
    tree_json(text);
    free(text);
}

amos_dataset *tree_open(void)
{
    return tree_open_with(NULL);
}

amos_dataset *tree_open_with(const amos_dataset_options *options)
{
    amos_dataset *dataset = NULL;
    amos_error err;
    assert_ok(amos_dataset_open(root, options, &dataset, &err), &err);
    ck_assert_ptr_nonnull(dataset);
    return dataset;
}

void tree_refuse(const amos_dataset_options *options, amos_status status, const char *words, amos_error *err)
{
    amos_dataset *dataset = (amos_dataset *)err;
    assert_status(amos_dataset_open(root, options, &dataset, err), status, err);
    ck_assert_ptr_null(dataset);
    assert_sentence(err, status, words);
    ck_assert_msg(strstr(err->message, words) != NULL, "no \"%s\" in: %s", words, err->message);
}

struct text {
    char *data;
    size_t size;
};

static const char *flaw_of(const amos_finding *finding)
{
    return finding->status ? amos_status_name(finding->status) : amos_warning_name(finding->warnings);
}

static void add_finding(void *user, const amos_finding *finding)
{
    struct text *all = user;
    size_t length = strlen(finding->message);
    const char *path = finding->path;
    ck_assert_msg(length > 10 && finding->message[length - 1] == '.', "no sentence: %s", finding->message);
    ck_assert_msg(strncmp(finding->message, path, strlen(path)) == 0, "no path first: %s", finding->message);
    ck_assert_ptr_nonnull(flaw_of(finding));
    if (strncmp(path, root, strlen(root)) == 0)
        path += strlen(root) + (path[strlen(root)] == '/');
    char line[2 * PATH_MAX];
    int used = snprintf(line, sizeof line, "%s %s %s\n", flaw_of(finding), path, finding->case_id);
    all->data = realloc(all->data, all->size + (size_t)used + 1);
    ck_assert_ptr_nonnull(all->data);
    memcpy(all->data + all->size, line, (size_t)used + 1);
    all->size += (size_t)used;
}

char *tree_findings(const amos_dataset *dataset)
{
    struct text all = {calloc(1, 1), 0};
    amos_error err;
    assert_ok(amos_dataset_validate(dataset, add_finding, &all, &err), &err);
    return all.data;
}
