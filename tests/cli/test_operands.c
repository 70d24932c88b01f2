/* SPDX-License-Identifier: BSD-3-Clause */
/* What operands mean is the same for every command: files, cases, data sets, folders of volumes, ZIP archives. The
 * layouts in which predictions lie are found, and no output replaces an input. */
#define _XOPEN_SOURCE 700
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/make/zip.h"
#include "support/tmp.h"

static const char *const ids[] = {"amos_0001", "amos_0002", "amos_0501"};

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

/* Runs and releases; the exit code, and a part of what it says on either stream. */
static void assert_says(struct outcome outcome, int code, const char *part)
{
    ck_assert_msg(outcome.code == code, "exit code %d, not %d: %s%s", outcome.code, code, outcome.out, outcome.err);
    assert_has(outcome.code ? outcome.err : outcome.out, part);
    outcome_free(&outcome);
}

/* ---- the world of each test ---- */

struct places {
    char *set;     /* the small data set */
    char *labels;  /* its labelsTr, a folder of volumes */
    char *flat;    /* all three labels in a folder */
    char *nnunet;  /* the same, with nnU-Net's dataset.json */
    char *results; /* they lie in results/ below */
    char *monai;   /* each lies in a folder of its own */
    char *archive; /* a ZIP archive with results/ */
    char *member;  /* a label in it */
    char *file;    /* a label */
};

static struct bytes label_of(const char *set, const char *id)
{
    char name[64];
    snprintf(name, sizeof name, "labels%s/%s.nii.gz", strcmp(id, "amos_0501") ? "Tr" : "Va", id);
    char *path = small_set_path(set, name);
    struct bytes label = read_file(path);
    free(path);
    return label;
}

static char *put(const char *folder, const char *name, const struct bytes *content)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return tmp_write_bytes(path, content);
}

static void put_label(const char *folder, const char *format, const char *id, const struct bytes *label)
{
    char name[128];
    /* The format names the id once or twice. */
    /* cppcheck-suppress wrongPrintfScanfArgNum */
    snprintf(name, sizeof name, format, id, id);
    free(put(folder, name, label));
}

static struct places places;

static void make_places(void)
{
    static const char json[] = "{\"channel_names\": {\"0\": \"CT\"}, \"labels\": {\"background\": 0, \"liver\": 6}, "
                               "\"numTraining\": 3, \"file_ending\": \".nii.gz\"}";
    struct zip_member members[4] = {{.name = "__MACOSX/results/._amos_0001.nii.gz", .data = "x", .size = 1}};
    char names[3][64];
    struct bytes labels[3];
    places.set = small_set_make("places");
    for (int i = 0; i < 3; i++) {
        labels[i] = label_of(places.set, ids[i]);
        put_label("flat", "%s.nii.gz", ids[i], &labels[i]);
        put_label("nnunet", "%s.nii.gz", ids[i], &labels[i]);
        put_label("up", "results/%s.nii.gz", ids[i], &labels[i]);
        put_label("monai", "%s/%s_trans.nii.gz", ids[i], &labels[i]);
        snprintf(names[i], sizeof names[i], "results/%s.nii.gz", ids[i]);
        members[i + 1] =
            (struct zip_member){.name = names[i], .data = labels[i].data, .size = labels[i].size, .deflated = i};
    }
    free(tmp_write("nnunet/dataset.json", json, sizeof json - 1));
    free(tmp_write("up/log.txt", "x", 1));
    struct bytes archive = zip_make(members, 4, NULL);
    places.archive = tmp_write_bytes("results.zip", &archive);
    bytes_free(&archive);
    for (int i = 0; i < 3; i++)
        bytes_free(&labels[i]);
    places.labels = small_set_path(places.set, "labelsTr");
    places.file = small_set_path(places.set, "labelsTr/amos_0001.nii.gz");
    places.flat = tmp_path("flat");
    places.nnunet = tmp_path("nnunet");
    places.results = tmp_path("up");
    places.monai = tmp_path("monai");
    places.member = tmp_path("results.zip/results/amos_0501.nii.gz");
}

static void free_places(void)
{
    char *all[] = {places.set,   places.labels,  places.flat,   places.nnunet, places.results,
                   places.monai, places.archive, places.member, places.file};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
}

/* ---- operands ---- */

/* Commands that take every operand, and what they say of n files. */
static const char *const commands[] = {"info --json %s%s", "stats --json %s%s", "check --json %s%s",
                                       "index --json %s%s"};

/* The number of files that a command says it has looked at. */
static int files_in(const char *text)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, "\"path\":")) != NULL; at++)
        count++;
    return count;
}

START_TEST(operands_mean_the_same_everywhere)
{
    const struct {
        const char *path, *more;
        int files;
    } operands[] = {
        {places.file, "", 1},           {places.set, "", 6},
        {places.set, " 1", 2},          {places.set, "/amos_0501", 2},
        {places.labels, "", 2},         {places.flat, "", 3},
        {places.nnunet, "", 3},         {places.results, "", 3},
        {places.monai, "", 3},          {places.archive, "", 3},
        {places.member, "", 1},         {places.flat, "/", 3},
        {places.flat, " 1", 1},         {places.flat, " amos_0002 501", 2},
        {places.flat, "/amos_0501", 1}, {places.monai, "/2", 1},
        {places.archive, " 501", 1},    {places.archive, "/amos_0501", 1},
    };
    setenv("XDG_CACHE_HOME", tmp_dir(), 1);
    for (size_t i = 0; i < sizeof operands / sizeof operands[0]; i++) {
        char words[64];
        snprintf(words, sizeof words, commands[_i], "%s", operands[i].more);
        struct outcome outcome = run_amos(words, operands[i].path);
        ck_assert_msg(outcome.code == 0, "%s %s%s: %s%s", commands[_i], operands[i].path, operands[i].more, outcome.out,
                      outcome.err);
        ck_assert_msg(files_in(outcome.out) == operands[i].files, "%s %s%s: %d files, not %d: %s", commands[_i],
                      operands[i].path, operands[i].more, files_in(outcome.out), operands[i].files, outcome.out);
        outcome_free(&outcome);
    }
}
END_TEST

START_TEST(a_folder_of_labels_has_a_table)
{
    struct outcome outcome = run_amos("stats %s", places.labels);
    assert_exit(&outcome, 0);
    assert_has(outcome.out, "file              organs        ml\n");
    assert_has(outcome.out, "\namos_0001.nii.gz    2/15       0.6\n");
    assert_has(outcome.out, "Millilitres over the files that have the organ:\n");
    outcome_free(&outcome);
}
END_TEST

START_TEST(one_volume_is_wanted)
{
    char *out = tmp_path("one.raw"), *same = tmp_path("same.raw"),
         *image = small_set_path(places.set, "imagesTr/amos_0001.nii.gz");
    assert_says(run_amos("dump %s 1 -o %s", places.set, out), 0, "6 x 5 x 4 int16");
    assert_says(run_amos("dump %s -o %s", image, same), 0, "6 x 5 x 4 int16");
    struct bytes a = read_file(out), b = read_file(same);
    ck_assert(a.size == b.size && memcmp(a.data, b.data, a.size) == 0);
    assert_says(run_amos("dump %s/amos_0001 --label -o %s", places.set, out), 0, "6 x 5 x 4 uint8");
    assert_says(run_amos("dump %s -o %s", places.set, out), 2, "is a whole data set; name one of its cases, as in ");
    assert_says(run_amos("dump %s -o %s", places.flat, out), 2, "has 3 volumes; name one of them, as in ");
    assert_says(run_amos("dump %s 7 -o %s", places.flat, out), 1,
                "There is no volume \"7\" in this folder; it has 3, such as ");
    assert_says(run_amos("dump %s/2 -o %s", places.flat, out), 0, "6 x 5 x 4 uint8");
    assert_says(run_amos("dump %s %s -o %s", image, image, out), 2,
                "2 operands were given; one FILE or CASE was expected");
    assert_says(run_amos("dump %s --label -o %s", image, out), 2, "--label is for a CASE");
    bytes_free(&a);
    bytes_free(&b);
    free(image);
    free(same);
    free(out);
}
END_TEST

/* No command says that such a place is empty, or an AMOS data set. */
static const char *const readers[] = {"check %s",        "stats %s",         "info %s",        "index %s",
                                      "list %s",         "dump %s -o x.raw", "cache build %s",
#ifdef AMOS_HAVE_LIBPNG
                                      "view %s -o x.png"
#endif
};

START_TEST(N13_what_is_no_folder_of_volumes)
{
    static const struct zip_member members[] = {{.name = "amos22/imagesTr/a.nii.gz", .data = "x", .size = 1},
                                                {.name = "amos22/dataset.json", .data = "x", .size = 1}};
    struct bytes content = zip_make(members, 2, NULL);
    char *archive = tmp_write_bytes("amos22.zip", &content), *nowhere = tmp_path("nowhere"), *empty = tmp_path("empty");
    (void)!mkdir(empty, 0777);
    struct outcome outcome = run_amos(readers[_i], archive);
    ck_assert_int_ne(outcome.code, 0);
    assert_has(_i ? outcome.err : outcome.out, "amos22.zip/amos22/dataset.json: ");
    outcome_free(&outcome);
    outcome = run_amos(readers[_i], empty);
    assert_has(_i ? outcome.err : outcome.out, "the folder is empty; volumes or a data set were expected.");
    outcome_free(&outcome);
    outcome = run_amos(readers[_i], nowhere);
    assert_has(_i ? outcome.err : outcome.out,
               "(AMOS is at https://zenodo.org/records/7262581): No such file or directory.");
    outcome_free(&outcome);
    bytes_free(&content);
    free(empty);
    free(nowhere);
    free(archive);
}
END_TEST

/* A line stays a line, whatever bytes are in a name. */
START_TEST(odd_bytes_in_names_do_not_make_rows)
{
    struct bytes label = label_of(places.set, "amos_0001");
    free(put("odd", "a\x02\n\x1f\x7f z.nii.gz", &label));
    char *folder = tmp_path("odd");
    static const char *const all[] = {"check %s", "stats %s", "info %s"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct outcome outcome = run_amos(all[i], folder);
        assert_exit(&outcome, 0);
        for (const char *c = outcome.out; i > 0 && *c; c++)
            ck_assert_msg(*c == '\n' || ((unsigned char)*c >= 0x20 && *c != 0x7f), "%s has byte %d", all[i], *c);
        if (i > 0)
            assert_has(outcome.out, "a\\x02\\x0a\\x1f\\x7f z.nii.gz");
        outcome_free(&outcome);
    }
    bytes_free(&label);
    free(folder);
}
END_TEST

/* ---- predictions ---- */

static void assert_scored(const char *reference, const char *prediction, int cases, const char *layout)
{
    struct outcome outcome = run_amos("score -r %s -p %s --json", reference, prediction);
    ck_assert_msg(outcome.code == 0, "%s: %s", prediction, outcome.err);
    cJSON *json = parse_json(outcome.out);
    const cJSON *found = member(json, "prediction_layout");
    ck_assert_int_eq((int)member_number(member(json, "counts"), "scored"), cases);
    ck_assert_msg(layout ? cJSON_IsString(found) && strcmp(found->valuestring, layout) == 0 : cJSON_IsNull(found),
                  "%s: %s", prediction, found->valuestring);
    const cJSON *dice = member(member(cJSON_GetArrayItem(member(json, "summary"), 0), "mean_of_organs"), "dice");
    ck_assert(member_number(dice, "mean") == 1);
    cJSON_Delete(json);
    outcome_free(&outcome);
}

START_TEST(every_layout_of_predictions_is_scored)
{
    assert_scored(places.set, places.set, 3, NULL);
    assert_scored(places.set, places.flat, 3, "flat");
    assert_scored(places.set, places.nnunet, 3, "flat");
    assert_scored(places.set, places.results, 3, "subfolders");
    assert_scored(places.set, places.monai, 3, "subfolders");
    assert_scored(places.set, places.archive, 3, "archive");
    assert_scored(places.archive, places.monai, 3, "subfolders");
    assert_scored(places.file, places.file, 1, NULL);
    assert_says(run_amos("score -r %s -p %s", places.set, places.results), 0, "(volumes one level down)\n");
    assert_says(run_amos("score -r %s -p %s", places.set, places.archive), 0, "results.zip (a ZIP archive)\n");
    assert_says(run_amos("score -r %s -p %s", places.file, places.archive), 2,
                "two folders or two files were expected");
}
END_TEST

/* The folder's name is the id of files that are not AMOS's. */
START_TEST(MONAIs_folders_of_other_names)
{
    struct bytes label = label_of(places.set, "amos_0001");
    free(put("others", "word_7.nii.gz", &label));
    free(put("others", "x.nii.gz", &label));
    free(put("trans", "word_7/word_7_trans.nii.gz", &label));
    free(put("trans", "x/x.nii.gz", &label));
    char *reference = tmp_path("others"), *prediction = tmp_path("trans");
    assert_scored(reference, prediction, 2, "subfolders");
    free(put("trans", "x/x_again.nii.gz", &label));
    assert_says(run_amos("score -r %s -p %s", reference, prediction), 1, "Two files belong to the case x,");
    bytes_free(&label);
    free(prediction);
    free(reference);
}
END_TEST

START_TEST(what_lies_beside_a_missing_prediction_is_named)
{
    struct bytes label = label_of(places.set, "amos_0001");
    free(put("nearly", "amos_0001.nii.gz", &label));
    free(put("nearly", "amos_0002 (1).nii.gz", &label));
    free(put("nearly", "amos_0501.nii.gz.part", &label));
    char *folder = tmp_path("nearly");
    struct outcome outcome = run_amos("score -r %s -p %s", places.set, folder);
    assert_exit(&outcome, 1);
    ck_assert_str_eq(outcome.out, "");
    assert_has(outcome.err, "amos_0002 has no prediction here; amos_0002 (1).nii.gz lies there, a copy of it.");
    assert_has(outcome.err,
               "amos_0501 has no prediction here; amos_0501.nii.gz.part lies there, an unfinished download of it.");
    outcome_free(&outcome);
    assert_says(run_amos("score -r %s -p %s --missing skip", places.set, folder), 0,
                "1 without a reference, ignored: amos_0002 (1)\n");
    bytes_free(&label);
    free(folder);
}
END_TEST

START_TEST(predictions_of_other_cases)
{
    struct bytes label = label_of(places.set, "amos_0001");
    free(put("word", "word_0001.nii.gz", &label));
    char *folder = tmp_path("word");
    assert_says(
        run_amos("score -r %s -p %s", places.set, folder), 1,
        "None of the 3 cases has a prediction here; files such as amos_0001.nii.gz were expected, but those here are "
        "of other cases, such as word_0001.");
    bytes_free(&label);
    free(folder);
}
END_TEST

START_TEST(a_damaged_archive_is_said_once)
{
    struct bytes archive = read_file(places.archive);
    bytes_cut_tail(&archive, 5);
    char *path = tmp_write_bytes("cut.zip", &archive);
    struct outcome outcome = run_amos("score -r %s -p %s", places.set, path);
    assert_exit(&outcome, 1);
    ck_assert_ptr_eq(strchr(outcome.err, '\n'), outcome.err + strlen(outcome.err) - 1);
    assert_has(outcome.err, "it is cut off; copy or download it again.");
    outcome_free(&outcome);
    assert_says(run_amos("stats %s", path), 1, "it is cut off; copy or download it again.");
    bytes_free(&archive);
    free(path);
}
END_TEST

/* ---- outputs ---- */

/* `output` is refused by each command, and the scan behind it stays. */
static void assert_spared(const char *file, const char *output)
{
    static const char *const all[] = {"dump %s -o %s --force", "view %s -o %s --force", "view --label %s -o %s --force",
                                      "score -r %s -p %s -o %s --force"};
    struct bytes before = read_file(file);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct outcome outcome = i < 3 ? run_amos(all[i], file, output) : run_amos(all[i], file, places.member, output);
        if (strstr(outcome.err, "has no libpng")) {
            outcome_free(&outcome);
            continue;
        }
        ck_assert_msg(outcome.code == 2, "%s: %s", all[i], outcome.err);
        assert_has(outcome.err, "is an input of this command");
        ck_assert_str_eq(outcome.out, "");
        outcome_free(&outcome);
        struct bytes after = read_file(file);
        ck_assert(after.size == before.size && memcmp(after.data, before.data, after.size) == 0);
        bytes_free(&after);
    }
    bytes_free(&before);
}

START_TEST(N17_no_output_replaces_an_input)
{
    char *hard = tmp_path("hard.txt"), *symbolic = tmp_path("symbolic"),
         *spelled = tmp_path("places/../places/labelsTr/amos_0001.nii.gz");
    char *json = small_set_path(places.set, "dataset.json");
    ck_assert_int_eq(link(places.file, hard), 0);
    ck_assert_int_eq(symlink(places.file, symbolic), 0);
    assert_spared(places.file, places.file);
    assert_spared(places.file, spelled);
    assert_spared(places.file, hard);
    assert_spared(places.file, symbolic);
    assert_spared(hard, places.file);
    if (access(json, F_OK) == 0)
        assert_says(run_amos("score -r %s -p %s --json -o %s", places.set, places.flat, json), 2,
                    "is an input of this command");
    assert_says(run_amos("score -r %s -p %s --force -o %s", places.set, places.archive, places.archive), 2,
                "is an input");
    free(json);
    free(spelled);
    free(symbolic);
    free(hard);
}
END_TEST

/* The words end with an output that is `file` by another name. */
static void assert_input_stays(const char *words, const char *a, const char *b, const char *file)
{
    struct bytes before = read_file(file);
    struct outcome outcome = run_amos(words, a, b);
    if (!strstr(outcome.err, "has no libpng")) {
        ck_assert_msg(outcome.code == 2, "%s: %s", words, outcome.err);
        assert_has(outcome.err, "is an input of this command");
        ck_assert_str_eq(outcome.out, "");
    }
    outcome_free(&outcome);
    struct bytes after = read_file(file);
    ck_assert(after.size == before.size && memcmp(after.data, before.data, after.size) == 0);
    bytes_free(&after);
    bytes_free(&before);
}

/* Pictures of a folder and sheets are compared with all inputs, not only with their own; so are tables of labels. */
START_TEST(N17_no_picture_of_many_replaces_an_input)
{
    char *first = tmp_path("flat/amos_0001.nii.gz"), *other = tmp_path("flat/amos_0501.nii.gz");
    char *pictures = tmp_path("pictures"), *picture = tmp_path("pictures/amos_0001.png"), *sheet = tmp_path("sheet");
    char *table = tmp_write("table.csv", "from,to\n255,0\n", 14);
    free(tmp_write("pictures/x", "x", 1));
    ck_assert_int_eq(link(other, picture), 0);
    ck_assert_int_eq(symlink(other, sheet), 0);
    assert_input_stays("view %s -o %s", places.flat, pictures, other);
    assert_input_stays("view %s --sheet %s --force", places.flat, sheet, other);
    char words[400];
    snprintf(words, sizeof words, "view %%s --force --relabel %s -o %%s", table);
    assert_input_stays(words, first, table, table);
    snprintf(words, sizeof words, "score -r %s -p %%s --csv --relabel-prediction %s -o %%s", places.flat, table);
    assert_input_stays(words, places.nnunet, table, table);
    free(table);
    free(sheet);
    free(picture);
    free(pictures);
    free(other);
    free(first);
}
END_TEST

/* The metadata and a table of modalities are read too. */
START_TEST(N17_no_output_replaces_a_table_of_the_data_set)
{
    static const char modalities[] = "id,modality\namos_0001,ct\n", header[] = "amos_id,Patient's Sex\n";
    char *table = tmp_write("modalities.csv", modalities, sizeof modalities - 1);
    char *inside = small_set_path(places.set, "labeled_data_meta_0000_0599.csv");
    char *beside = tmp_path("labeled_data_meta_0000_0599.csv");
    static const char *const all[] = {"dump %s amos_0001 --force -o %s", "view %s amos_0001 --force -o %s",
                                      "view %s --force --sheet %s"};
    const char *const metadata[] = {inside, beside};
    for (size_t i = 0; i < sizeof metadata / sizeof metadata[0]; i++) {
        FILE *file = fopen(metadata[i], "w");
        ck_assert_ptr_nonnull(file);
        ck_assert_int_ge(fputs(header, file), 0);
        ck_assert_int_eq(fclose(file), 0);
        char words[500];
        snprintf(words, sizeof words, "score -r %%s -p %s --csv --force -o %%s", places.flat);
        assert_input_stays(words, places.set, metadata[i], metadata[i]);
        for (size_t n = 0; n < sizeof all / sizeof all[0]; n++)
            assert_input_stays(all[n], places.set, metadata[i], metadata[i]);
    }
    char words[500];
    snprintf(words, sizeof words, "score -r %%s -p %s --modality-table %s --csv -o %%s", places.flat, table);
    assert_input_stays(words, places.set, table, table);
    snprintf(words, sizeof words, "view %%s amos_0001 --modality-table %s --force -o %%s", table);
    assert_input_stays(words, places.set, table, table);
    snprintf(words, sizeof words, "dump %%s amos_0001 --modality-table %s --force -o %%s", table);
    assert_input_stays(words, places.set, table, table);
    free(beside);
    free(inside);
    free(table);
}
END_TEST

/* A sheet promises as a picture does; the name of a folder promises nothing. */
START_TEST(a_sheet_is_a_picture)
{
    char *sheet = tmp_path("a.jpg"), *folder = tmp_path("folder.json/");
    struct outcome refused = run_amos("view %s --sheet %s", places.flat, sheet);
    if (!strstr(refused.err, "has no libpng")) {
        ck_assert_int_eq(refused.code, 2);
        assert_has(refused.err, "promises a JPEG picture, but a PNG picture is written");
        assert_says(run_amos("view %s -o %s", places.archive, folder), 0, "3 pictures");
        assert_says(run_amos("view %s -o %s", places.monai, sheet), 2, "promises a JPEG picture");
        assert_says(run_amos("view %s -o %s --force", places.monai, sheet), 2, "has 3 volumes; give a folder");
    }
    outcome_free(&refused);
    free(folder);
    free(sheet);
}
END_TEST

START_TEST(a_name_that_promises_another_format_is_refused)
{
    static const struct {
        const char *words, *name, *part;
    } rows[] = {
        {"dump %s -o %s", "a.nii.gz",
         "promises a compressed NIfTI file, but raw voxels without a header are written; name it .raw"},
        {"dump %s -o %s", "a.NII", "promises a NIfTI file"},
        {"dump %s -o %s", "a.npy", "promises a NumPy array"},
        {"dump %s -o %s", "a.json", "promises JSON"},
        {"view %s -o %s", "a.jpg",
         "promises a JPEG picture, but a PNG picture is written; name it .png, or give --force."},
        {"view %s -o %s", "a.nii.gz", "promises a compressed NIfTI file"},
        {"score -r %s -p %s -o %s", "a.json", "promises JSON, but a table for people is written; add --json"},
        {"score -r %s -p %s --json -o %s", "a.csv", "promises CSV, but JSON is written; name it .json"},
        {"score -r %s -p %s --csv -o %s", "a.json", "promises JSON, but CSV is written; name it .csv"},
        {"score -r %s -p %s --csv -o %s", "a.nii", "promises a NIfTI file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *out = tmp_path(rows[i].name), forced[64];
        bool two = rows[i].words[0] == 's';
        struct outcome outcome =
            two ? run_amos(rows[i].words, places.file, places.file, out) : run_amos(rows[i].words, places.file, out);
        if (!strstr(outcome.err, "has no libpng")) {
            ck_assert_msg(outcome.code == 2 && strstr(outcome.err, rows[i].part), "%s %s: %s", rows[i].words,
                          rows[i].name, outcome.err);
            ck_assert_int_ne(access(out, F_OK), 0);
            snprintf(forced, sizeof forced, "%s --force", rows[i].words);
            outcome_free(&outcome);
            outcome = two ? run_amos(forced, places.file, places.file, out) : run_amos(forced, places.file, out);
            assert_exit(&outcome, 0);
            ck_assert_int_eq(unlink(out), 0);
        }
        outcome_free(&outcome);
        free(out);
    }
}
END_TEST

START_TEST(a_name_that_promises_nothing_is_fine)
{
    static const struct {
        const char *words, *name;
    } rows[] = {
        {"dump %s -o %s", "a.raw"}, {"dump %s -o %s", "a.img"}, {"dump %s -o %s", "a"}, {"dump %s -o %s", "a.bin"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *out = tmp_path(rows[i].name);
        struct outcome outcome = run_amos(rows[i].words, places.file, out);
        assert_exit(&outcome, 0);
        outcome_free(&outcome);
        free(out);
    }
    char *out = tmp_path("a.txt");
    struct outcome outcome = run_amos("score -r %s -p %s -o %s", places.file, places.file, out);
    assert_exit(&outcome, 0);
    outcome_free(&outcome);
    free(out);
}
END_TEST

/* "all.zip/inner" could be a case "inner" of all.zip, which is looked at first. */
START_TEST(a_data_set_in_a_folder_of_an_archive)
{
    static const char *const names[] = {"dataset.json",
                                        "imagesTr/amos_0001.nii.gz",
                                        "labelsTr/amos_0001.nii.gz",
                                        "imagesTr/amos_0002.nii.gz",
                                        "labelsTr/amos_0002.nii.gz",
                                        "imagesVa/amos_0501.nii.gz",
                                        "labelsVa/amos_0501.nii.gz"};
    enum { COUNT = sizeof names / sizeof names[0] };
    struct zip_member members[COUNT];
    struct bytes files[COUNT];
    char inner[COUNT][64];
    for (int i = 0; i < COUNT; i++) {
        char *path = small_set_path(places.set, names[i]);
        files[i] = read_file(path);
        snprintf(inner[i], sizeof inner[i], "inner/%s", names[i]);
        members[i] = (struct zip_member){.name = inner[i], .data = files[i].data, .size = files[i].size};
        free(path);
    }
    struct bytes archive = zip_make(members, COUNT, NULL);
    char *zip = tmp_write_bytes("all.zip", &archive), *set = tmp_path("all.zip/inner");
    assert_says(run_amos("stats %s", set), 0, "amos_0501");
    assert_says(run_amos("stats %s %s", set, set), 0, "amos_0501");
    char *out = tmp_path("converted"), *json = tmp_path("converted/dataset.json");
    assert_says(run_amos("convert %s -o %s", set, out), 0, "6 files converted"); /* dataset.json comes along */
    struct bytes copy = read_file(json);
    ck_assert(copy.size == files[0].size && memcmp(copy.data, files[0].data, copy.size) == 0);
    bytes_free(&copy);
    free(json);
    free(out);
    for (int i = 0; i < COUNT; i++)
        bytes_free(&files[i]);
    bytes_free(&archive);
    free(set);
    free(zip);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("operands");
    TCase *operands = add_case(suite, "operands", 30), *scoring = add_case(suite, "predictions", 30);
    TCase *outputs = add_case(suite, "outputs", 30);
    tcase_add_checked_fixture(operands, make_places, free_places);
    tcase_add_checked_fixture(scoring, make_places, free_places);
    tcase_add_checked_fixture(outputs, make_places, free_places);
    tcase_add_loop_test(operands, operands_mean_the_same_everywhere, 0, (int)(sizeof commands / sizeof commands[0]));
    tcase_add_test(operands, a_folder_of_labels_has_a_table);
    tcase_add_test(operands, one_volume_is_wanted);
    tcase_add_loop_test(operands, N13_what_is_no_folder_of_volumes, 0, (int)(sizeof readers / sizeof readers[0]));
    tcase_add_test(operands, odd_bytes_in_names_do_not_make_rows);
    tcase_add_test(operands, a_data_set_in_a_folder_of_an_archive);
    tcase_add_test(scoring, every_layout_of_predictions_is_scored);
    tcase_add_test(scoring, MONAIs_folders_of_other_names);
    tcase_add_test(scoring, what_lies_beside_a_missing_prediction_is_named);
    tcase_add_test(scoring, predictions_of_other_cases);
    tcase_add_test(scoring, a_damaged_archive_is_said_once);
    tcase_add_test(outputs, N17_no_output_replaces_an_input);
    tcase_add_test(outputs, N17_no_picture_of_many_replaces_an_input);
    tcase_add_test(outputs, N17_no_output_replaces_a_table_of_the_data_set);
    tcase_add_test(outputs, a_sheet_is_a_picture);
    tcase_add_test(outputs, a_name_that_promises_another_format_is_refused);
    tcase_add_test(outputs, a_name_that_promises_nothing_is_fine);
    return run_suite(suite);
}
