/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening and validating a data set takes steps in proportion to its input, whatever is in it: twice the input takes at
 * most 2.5 times the steps (sorting takes a little more than twice). Steps are counted, see support/count.h. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/make/tree.h"

uint64_t count_steps;

/* Called by each basic block of the code under test. */
void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
    count_steps++;
}

#define CSV "labeled_data_meta_0000_0599.csv"
#define NNUNET "\"channel_names\": {\"0\": \"CT\"}, \"labels\": {\"background\": 0}"

/* ---- texts that grow ---- */

static char *text;
static size_t text_bytes, text_room;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...)
{
    va_list values;
    if (text_room - text_bytes < 4096) {
        text_room = text_room ? 2 * text_room : 1 << 20;
        char *grown = realloc(text, text_room);
        ck_assert_ptr_nonnull(grown);
        text = grown;
    }
    va_start(values, format);
    text_bytes += (size_t)vsnprintf(text + text_bytes, 4096, format, values);
    va_end(values);
}

static void finish(const char *name)
{
    add("%s", ""); /* there is room for the NUL */
    text[text_bytes] = '\0';
    tree_put(name, text);
    text_bytes = 0;
}

/* `before`, then `item` for the numbers 0 to n - 1 with `between` in between, then `after`. The number may be used twice. */
#define ADD_ALL(n, before, item, between, after) \
    do { \
        add("%s", before); \
        for (int i_ = 0; i_ < (n); i_++) { \
            add("%s", i_ ? (between) : ""); \
            add(item, i_, i_); \
        } \
        add("%s", after); \
    } while (0)

/* ---- inputs of n items ---- */

static void training_list(int n)
{
    ADD_ALL(n, "{\"training\": [", "{\"image\": \"imagesTr/amos_%d.nii.gz\", \"label\": \"labelsTr/amos_%d.nii.gz\"}",
            ",", "]}");
    finish("dataset.json");
}

static void reversed_list(int n)
{
    ADD_ALL(n, "{\"training\": [], \"test\": [", "\"%d/x%d.nii.gz\"", ",", "]}");
    finish("dataset.json");
}

static void two_splits(int n)
{
    ADD_ALL(n, "{\"training\": [], \"test\": [", "\"a/amos_%d_%04d.nii.gz\"", ",", "],");
    ADD_ALL(n, "\"validation\": [", "{\"image\": \"a/amos_%d_%04d.nii.gz\"}", ",", "]}");
    finish("dataset.json");
}

static void one_label_of_all(int n)
{
    ADD_ALL(n, "{\"training\": [", "{\"image\": \"a/%d_%d.nii.gz\", \"label\": \"a/l.nii.gz\"}", ",", "]}");
    finish("dataset.json");
}

static void keys_of_the_file(int n)
{
    ADD_ALL(n, "{\"training\": [],", "\"key%d\": %d", ",", "}");
    finish("dataset.json");
}

static void keys_of_an_entry(int n)
{
    ADD_ALL(n, "{\"training\": [{\"image\": \"a\", \"label\": \"b\",", "\"key%d\": %d", ",", "}]}");
    finish("dataset.json");
}

static void labels(int n)
{
    ADD_ALL(n, "{\"training\": [], \"labels\": {", "\"%d\": \"organ %d\"", ",", "}}");
    finish("dataset.json");
}

static void modalities_of_channels(int n)
{
    ADD_ALL(n, "{\"training\": [], \"modality\": {", "\"%d%d\": \"CT\"", ",", "}}");
    finish("dataset.json");
}

static void cases_of_nnunet(int n)
{
    ADD_ALL(n, "{" NNUNET ", \"dataset\": {", "\"case%d\": {\"images\": [\"a/i%d.nii.gz\"]}", ",", "}}");
    finish("dataset.json");
}

static void images_of_a_case(int n)
{
    ADD_ALL(n, "{" NNUNET ", \"dataset\": {\"x\": {\"images\": [", "\"a/%d_%d.nii.gz\"", ",", "]}}}");
    finish("dataset.json");
}

static void windows_paths(int n)
{
    ADD_ALL(n, "{\"training\": [], \"test\": [", "\".\\\\imagesTs\\\\amos_%04d_%04d.nii.gz\"", ",", "]}");
    finish("dataset.json");
}

static void folders_of_files(int n)
{
    ADD_ALL(n, "{\"training\": [], \"test\": [", "\"folder%d/amos_%d.nii.gz\"", ",", "]}");
    finish("dataset.json");
}

static void spaces_before_an_error(int n)
{
    ADD_ALL(n, "{\"training\":", "\n%.0d%.0d ", "", "nonsense");
    finish("dataset.json");
}

static void long_texts(int n)
{
    ADD_ALL(n, "{\"training\": [], \"name\": \"", "%d\\n\\u00e4%d", "", "\"}");
    finish("dataset.json");
}

/* n ids that differ and share the number of an AMOS case. */
static void one_number(int n)
{
    ADD_ALL(n, "{\"training\": [], \"test\": [", "\"a/amos_7_%04d_%04d.nii.gz\"", ",", "]}");
    finish("dataset.json");
}

static void metadata(int n)
{
    training_list(n);
    ADD_ALL(n, "amos_id,Site\n", "%d,site %d\n", "", "");
    finish(CSV);
}

static void metadata_of_one_number(int n)
{
    one_number(n);
    ADD_ALL(n, "amos_id,Site\n", "7,site%.0d%.0d\n", "", "");
    finish(CSV);
}

static void metadata_of_nobody(int n)
{
    one_number(n);
    ADD_ALL(n, "amos_id,Site\n", "amos_0007_%d,%d\n", "", "");
    finish(CSV);
}

static void a_long_field(int n)
{
    training_list(1);
    ADD_ALL(n, "amos_id,Site\n0,\"", "\"\"%d\n,%d", "", "\"\n");
    finish(CSV);
}

static void an_open_quote(int n)
{
    training_list(1);
    ADD_ALL(n, "amos_id,Site\n", "%d,%d\n\"\"\n", "", "\"");
    finish(CSV);
}

static void table_of_one_number(int n)
{
    one_number(n);
    ADD_ALL(n, "", "7,ct%.0d%.0d\n", "", "");
    finish("table");
}

static void table_of_ids(int n)
{
    one_number(n);
    ADD_ALL(n, "{", "\"amos_7_%04d_%04d\": \"mri\"", ",", "}");
    finish("table");
}

/* Writes files named by the numbers 0 to n - 1, with this many digits at least. */
static void files(const char *before, int digits, const char *after, int n)
{
    for (int i = 0; i < n; i++) {
        char name[256];
        snprintf(name, sizeof name, "%s%0*d%s", before, digits, i, after);
        tree_volumes(name, NULL);
    }
}

static void volumes(int n)
{
    files("imagesTr/amos_", 1, ".nii.gz", n / 2);
    files("labelsTr/amos_", 1, ".nii.gz", n / 2);
}

static void channels_of_one(int n)
{
    files("imagesTr/x_", 4, ".nii.gz", n);
    tree_volumes("labelsTr/x.nii.gz", NULL);
}

static void two_names_each(int n)
{
    files("imagesTr/amos_", 4, ".nii.gz", n / 2);
    files("imagesTr/amos_", 4, "_0000.nii.gz", n / 2);
}

/* Two images for each label, and labels for two images. */
static void words_in_names(int n)
{
    files("images/img", 4, ".nii", n / 4);
    files("images/scan", 4, ".nii", n / 4);
    files("labels/label", 4, ".nii", n / 4);
    files("labels/seg", 5, ".nii", n / 4);
}

static void subjects(int n)
{
    files("s", 4, "/ct.nii", n);
    files("s", 4, "/segmentations/liver.nii", n);
}

static void near_names(int n)
{
    files("imagesTr/amos_", 1, ".nii", n / 2);
    training_list(n);
}

/* All files are near to one name, and all entries too. */
static void near_each_other(int n)
{
    add("{\"training\": [], \"test\": [");
    for (int i = 0; i < n; i++) {
        char name[64] = "imagesTs/";
        for (int bit = 0; bit < 16; bit++)
            strcat(name, i >> bit & 1 ? "a" : "A");
        strcat(name, ".nii");
        tree_volumes(name, NULL);
        add("%s\"%s.gz\"", i ? "," : "", name);
    }
    add("]}");
    finish("dataset.json");
}

static void unlisted(int n)
{
    files("imagesTr/amos_", 1, ".nii.gz", n);
    training_list(1);
}

static const struct input {
    const char *name;
    void (*make)(int n);
    int n;
} inputs[] = {
#define INPUT(make, n) \
    { \
#make, make, n \
    }
    INPUT(training_list, 2000),
    INPUT(reversed_list, 2000),
    INPUT(two_splits, 1000),
    INPUT(one_label_of_all, 2000),
    INPUT(keys_of_the_file, 2000),
    INPUT(keys_of_an_entry, 2000),
    INPUT(labels, 120),
    INPUT(modalities_of_channels, 2000),
    INPUT(cases_of_nnunet, 2000),
    INPUT(images_of_a_case, 2000),
    INPUT(windows_paths, 1000),
    INPUT(folders_of_files, 500),
    INPUT(spaces_before_an_error, 4000),
    INPUT(long_texts, 2000),
    INPUT(one_number, 1000),
    INPUT(metadata, 1000),
    INPUT(metadata_of_one_number, 1000),
    INPUT(metadata_of_nobody, 1000),
    INPUT(a_long_field, 2000),
    INPUT(an_open_quote, 2000),
    INPUT(table_of_one_number, 1000),
    INPUT(table_of_ids, 1000),
    INPUT(volumes, 400),
    INPUT(channels_of_one, 400),
    INPUT(two_names_each, 400),
    INPUT(words_in_names, 400),
    INPUT(subjects, 200),
    INPUT(near_names, 400),
    INPUT(near_each_other, 400),
    INPUT(unlisted, 400),
#undef INPUT
};

/* ---- counting ---- */

static void look(void *user, const amos_finding *finding)
{
    (void)user;
    (void)finding;
}

/* Opens (which may be refused), finds every case by its id and by its number, and validates. */
static uint64_t steps_of(const struct input *input, int n)
{
    char name[64];
    amos_dataset *ds = NULL;
    amos_error err;
    snprintf(name, sizeof name, "steps_%s_%d", input->name, n);
    tree_begin(name);
    input->make(n);
    amos_dataset_options options = {.size = sizeof options};
    if (strncmp(input->name, "table", 5) == 0)
        options.modality_table = tree_path("table");
    count_steps = 0;
    if (amos_dataset_open(tree_root(), &options, &ds, &err) == AMOS_OK) {
        for (size_t i = 0; i < amos_dataset_get_info(ds)->count; i++) {
            ck_assert_ptr_nonnull(amos_dataset_find(ds, amos_case_get_info(amos_dataset_get(ds, i))->id));
            (void)amos_dataset_find(ds, "7");
        }
        assert_ok(amos_dataset_validate(ds, look, NULL, &err), &err);
    }
    amos_dataset_free(ds);
    return count_steps;
}

START_TEST(twice_the_input_takes_twice_the_steps)
{
    const struct input *input = &inputs[_i];
    uint64_t once = steps_of(input, input->n), twice = steps_of(input, 2 * input->n);
    ck_assert_msg(once > (uint64_t)input->n, "%s: only %" PRIu64 " steps", input->name, once);
    ck_assert_msg(2 * twice <= 5 * once, "%s: %" PRIu64 " steps for %d, %" PRIu64 " for %d", input->name, once,
                  input->n, twice, 2 * input->n);
}
END_TEST

/* The caller's overrides may all mean all cases. */
START_TEST(overrides_too)
{
    uint64_t steps[2];
    for (int k = 0; k < 2; k++) {
        size_t n = k ? 2000 : 1000;
        char name[32];
        amos_modality_override *overrides = calloc(n, sizeof *overrides);
        ck_assert_ptr_nonnull(overrides);
        for (size_t i = 0; i < n; i++)
            overrides[i] = (amos_modality_override){"7", AMOS_MODALITY_MRI};
        snprintf(name, sizeof name, "steps_overrides_%d", k);
        tree_begin(name);
        one_number((int)n);
        const amos_dataset_options options = {.size = sizeof options, .modality = overrides, .modality_count = n};
        count_steps = 0;
        amos_dataset_free(tree_open_with(&options));
        steps[k] = count_steps;
        free(overrides);
    }
    ck_assert_msg(2 * steps[1] <= 5 * steps[0], "%" PRIu64 ", %" PRIu64, steps[0], steps[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("steps");
    TCase *steps = add_case(suite, "steps", 120);
    tcase_add_loop_test(steps, twice_the_input_takes_twice_the_steps, 0, (int)(sizeof inputs / sizeof inputs[0]));
    tcase_add_test(steps, overrides_too);
    return run_suite(suite);
}
