/* SPDX-License-Identifier: BSD-3-Clause */
/* amos fetch, from the tests' own server on loopback. Nothing reaches the real site. */
#define _GNU_SOURCE /* unshare() */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <amos/amos.h>

#include "base/math/digest.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/gzip.h"
#include "support/make/nifti.h"
#include "support/make/zip.h"
#include "support/serve.h"
#include "support/tmp.h"

#define CASES 12

static const char *md5_of(const void *data, size_t bytes, bool sha256)
{
    static char text[65];
    struct amosi_digest digest;
    if (sha256)
        amosi_sha256_begin(&digest);
    else
        amosi_md5_begin(&digest);
    for (size_t at = 0, n; at < bytes; at += n) { /* in pieces of all sizes */
        n = 1 + at % 97 < bytes - at ? 1 + at % 97 : bytes - at;
        amosi_digest_take(&digest, (const char *)data + at, n);
    }
    amosi_digest_text(digest, text);
    return text;
}

/* RFC 1321, A.5, and FIPS 180-4. */
START_TEST(digests_of_the_standards)
{
    static const char letters[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    static const char digits[] = "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
    ck_assert_str_eq(md5_of("", 0, false), "d41d8cd98f00b204e9800998ecf8427e");
    ck_assert_str_eq(md5_of("abc", 3, false), "900150983cd24fb0d6963f7d28e17f72");
    ck_assert_str_eq(md5_of(digits, 80, false), "57edf4a22be3c955ac49da2e2107b67a");
    ck_assert_str_eq(md5_of("", 0, true), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ck_assert_str_eq(md5_of("abc", 3, true), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_str_eq(md5_of(letters, 56, true), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *many = must_alloc(1000000);
    memset(many, 'a', 1000000);
    ck_assert_str_eq(md5_of(many, 1000000, false), "7707d6ae4e027c70eea2a935c2296f21");
    ck_assert_str_eq(md5_of(many, 1000000, true), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(many);
}
END_TEST

#ifdef AMOS_HAVE_CURL

static struct bytes archive; /* 12 training cases of 1.3 MB each, in order */
static struct bytes images[CASES];

static void make_archive(void)
{
    static char names[CASES][40], json[4096] =
                                      "{\"labels\": {\"0\": \"background\", \"1\": \"spleen\"}, \"numTraining\": 12, "
                                      "\"training\": [";
    struct zip_member members[CASES + 2] = {{.name = NULL}};
    for (int i = 0; i < CASES; i++) {
        const struct nifti_spec spec = {
            .ndim = 3, .dim = {100, 90, 70}, .type = AMOS_TYPE_INT16, .seed = (uint64_t)i + 1};
        struct nifti_file file = nifti_make(&spec);
        images[i] = gzip_of(&file.bytes);
        nifti_free(&file);
        snprintf(names[i], sizeof names[i], "amos22/imagesTr/amos_%04d.nii.gz", i + 1);
        members[i + 1] = (struct zip_member){.name = names[i], .data = images[i].data, .size = images[i].size};
        snprintf(json + strlen(json), 200, "%s{\"image\": \"./%s\", \"label\": \"./labelsTr/amos_%04d.nii.gz\"}",
                 i ? ", " : "", names[i] + 7, i + 1);
    }
    strcat(json, "]}");
    members[0] = (struct zip_member){.name = "amos22/dataset.json", .data = json, .size = strlen(json), .deflated = 1};
    members[CASES + 1] = (struct zip_member){.name = "__MACOSX/._x", .data = "x", .size = 1};
    archive = zip_make(members, CASES + 2, NULL);
    free(tmp_write_bytes("amos22.zip", &archive));
    free(tmp_write("labeled_data_meta_0000_0599.csv", "amos_id\n", 8));
    serve_begin();
}

static void free_archive(void)
{
    serve_end();
    bytes_free(&archive);
    for (int i = 0; i < CASES; i++)
        bytes_free(&images[i]);
}

static void assert_file_is(const char *path, const struct bytes *expected)
{
    struct bytes found = read_file(path);
    ck_assert_uint_eq(found.size, expected->size);
    ck_assert_int_eq(memcmp(found.data, expected->data, found.size), 0);
    bytes_free(&found);
}

static char *below(const char *folder, const char *name)
{
    char *path = must_alloc(strlen(folder) + strlen(name) + 2);
    sprintf(path, "%s/%s", folder, name);
    return path;
}

static bool exists(const char *folder, const char *name)
{
    char *path = below(folder, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void assert_case(const char *folder, int number)
{
    char name[60];
    snprintf(name, sizeof name, "amos22/imagesTr/amos_%04d.nii.gz", number);
    char *path = below(folder, name);
    assert_file_is(path, &images[number - 1]);
    free(path);
}

/* ---- the whole ---- */

START_TEST(the_data_set_is_fetched_and_unpacked)
{
    char *mirror = serve_url("plain", ""), *folder = tmp_path("whole");
    for (int round = 0; round < 2; round++) {
        (void)serve_requests();
        struct outcome o = run_amos("fetch -o %s --mirror %s", folder, mirror);
        assert_exit(&o, 0);
        outcome_free(&o);
        /* the record, the table, the archive; then the record alone */
        ck_assert_int_eq(serve_requests(), round == 0 ? 3 : 1);
        for (int i = 1; i <= CASES; i++)
            assert_case(folder, i);
        ck_assert_int_eq(
            exists(folder, "amos22.zip") || exists(folder, "__MACOSX") || exists(folder, "amos22.zip.part"), 0);
        ck_assert_int_eq(exists(folder, "labeled_data_meta_0000_0599.csv"), 1);
    }
    struct outcome o = run_amos("list %s", folder);
    assert_exit(&o, 0);
    outcome_free(&o);
    free(folder);
    free(mirror);
}
END_TEST

START_TEST(what_there_is_and_what_would_be_fetched)
{
    char *mirror = serve_url("plain", ""), *folder = tmp_path("none");
    struct outcome o = run_amos("fetch --list --json --mirror %s", mirror);
    assert_exit(&o, 0);
    cJSON *list = parse_json(o.out);
    ck_assert_str_eq(member_text(cJSON_GetArrayItem(list, 0), "name"), "amos22.zip");
    cJSON_Delete(list);
    outcome_free(&o);
    (void)serve_requests();
    o = run_amos("fetch --dry-run -o %s --mirror %s --cases 1,3-4", folder, mirror);
    assert_exit(&o, 0);
    ck_assert_str_eq(o.out, "3 files in 2 requests, 3.8 MB\n");
    ck_assert_int_eq(exists(folder, "."), 0);
    outcome_free(&o);
    free(folder);
    free(mirror);
}
END_TEST

/* ---- interruptions ---- */

static void wait_for_bytes(const char *path, off_t bytes)
{
    struct stat about;
    for (int i = 0; i < 5000; i++) {
        if (stat(path, &about) == 0 && about.st_size >= bytes)
            return;
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    ck_abort_msg("%s does not get %ld bytes", path, (long)bytes);
}

/* Harms what a killed process has left; a power loss may do any of this. */
static void harm(const char *part, const char *state, int64_t kind, uint64_t *random)
{
    struct bytes b = read_file(part), s = read_file(state);
    if (kind == 1 && b.size)
        b.data[random_below(random, (int64_t)b.size)] ^= 1;
    if (kind == 2)
        b.size = (size_t)random_below(random, (int64_t)b.size + 1);
    if (kind == 3)
        bytes_add_fill(&b, 0, 5000);
    if (kind == 4 && s.size)
        s.size = (size_t)random_below(random, (int64_t)s.size);
    if (kind == 5 && s.size)
        s.data[random_below(random, (int64_t)s.size)] ^= 4;
    FILE *file = fopen(part, "wb");
    ck_assert(b.size == 0 || fwrite(b.data, 1, b.size, file) == b.size);
    fclose(file);
    file = fopen(state, "wb");
    ck_assert(s.size == 0 || fwrite(s.data, 1, s.size, file) == s.size);
    fclose(file);
    bytes_free(&b);
    bytes_free(&s);
}

static void interrupt_and_resume(int number)
{
    uint64_t random = (uint64_t)number + 1;
    char mode[40], *folder = tmp_path("killed"), *part = below(folder, "amos22.zip.part"), *md5 = must_alloc(65);
    char *state = below(folder, "amos22.zip.part.state"), *path = below(folder, "amos22.zip");
    strcpy(md5, md5_of(archive.data, archive.size, false));
    off_t has = 0;
    for (int64_t kills = 1 + random_below(&random, 2); kills > 0; kills--) {
        int64_t more = random_below(&random, (int64_t)archive.size / 2);
        snprintf(mode, sizeof mode, "hang-%ld", (long)more);
        char *url = serve_url(mode, "amos22.zip");
        pid_t child = start_amos("fetch -o %s --zip-only --url %s --checksum %s", folder, url, md5);
        if (has == 0)
            wait_for_bytes(part, more);
        else
            nanosleep(&(struct timespec){0, 30000000}, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        has += more;
        harm(part, state, random_below(&random, 8), &random);
        ck_assert_int_eq(access(path, F_OK), -1); /* nothing half-written has the name */
        free(url);
    }
    char *url = serve_url("plain", "amos22.zip");
    struct outcome o = run_amos("fetch -o %s --zip-only --url %s --checksum %s", folder, url, md5);
    ck_assert_msg(o.code == 0, "%d: %s", number, o.err);
    outcome_free(&o);
    assert_file_is(path, &archive);
    ck_assert_int_eq(access(part, F_OK) == 0 || access(state, F_OK) == 0, 0);
    unlink(path);
    free(url);
    free(md5);
    free(path);
    free(state);
    free(part);
    free(folder);
}

START_TEST(killed_at_random_bytes)
{
    for (int i = 0; i < 10; i++)
        interrupt_and_resume(10 * _i + i);
}
END_TEST

/* What was verified is not fetched again. */
START_TEST(a_resumed_download_asks_for_the_rest)
{
    char *folder = tmp_path("rest"), *part = below(folder, "amos22.zip.part");
    char *url = serve_url("hang-8000000", "amos22.zip"), *again = serve_url("plain", "amos22.zip");
    pid_t child = start_amos("fetch -o %s --zip-only --url %s", folder, url);
    wait_for_bytes(part, 8000000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    (void)serve_requests();
    struct outcome o = run_amos("fetch -o %s --zip-only --url %s", folder, again);
    assert_exit(&o, 0);
    outcome_free(&o);
    cJSON *count = serve_count();
    ck_assert_int_eq((int)member_number(count, "requests"), 1);
    ck_assert_double_lt(member_number(count, "bytes"), (double)archive.size - 7000000);
    cJSON_Delete(count);
    free(again);
    free(url);
    free(part);
    free(folder);
}
END_TEST

/* The connection is lost again and again; one command goes on by itself. */
START_TEST(connections_that_end_early)
{
    char *folder = tmp_path("early"), *url = serve_url("early", "amos22.zip"), *path = below(folder, "amos22.zip");
    struct outcome o = run_amos("fetch -o %s --zip-only --url %s --checksum %s", folder, url,
                                md5_of(archive.data, archive.size, true));
    assert_exit(&o, 0);
    assert_file_is(path, &archive);
    outcome_free(&o);
    free(path);
    free(url);
    free(folder);
}
END_TEST

START_TEST(the_file_has_changed_meanwhile)
{
    char *folder = tmp_path("changed"), *part = below(folder, "amos22.zip.part");
    char *url = serve_url("hang-3000000", "amos22.zip"), *other = serve_url("changing-0", "amos22.zip");
    char *path = below(folder, "amos22.zip");
    pid_t child = start_amos("fetch -o %s --zip-only --url %s", folder, url);
    wait_for_bytes(part, 3000000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    struct outcome o = run_amos("fetch -o %s --zip-only --url %s", folder, other);
    ck_assert_int_eq(o.code, 0);
    ck_assert_ptr_nonnull(strstr(o.err, "has changed; it is downloaded anew"));
    assert_file_is(path, &archive);
    outcome_free(&o);
    free(path);
    free(other);
    free(url);
    free(part);
    free(folder);
}
END_TEST

/* ---- single cases ---- */

static void assert_cost(const char *cases, int first, int step, int most_requests, double most_bytes)
{
    char *mirror = serve_url("plain", ""), name[40];
    snprintf(name, sizeof name, "cases-%d-%d", first, step);
    char *folder = tmp_path(name);
    (void)serve_requests();
    struct outcome o = run_amos("fetch -o %s --mirror %s --cases %s", folder, mirror, cases);
    assert_exit(&o, 0);
    outcome_free(&o);
    cJSON *count = serve_count();
    ck_assert_int_le((int)member_number(count, "requests"), most_requests);
    ck_assert_double_lt(member_number(count, "bytes"), most_bytes);
    cJSON_Delete(count);
    for (int i = 1; i <= CASES; i++) {
        snprintf(name, sizeof name, "amos22/imagesTr/amos_%04d.nii.gz", i);
        bool wanted = i >= first && (step == 0 ? i == first : (i - first) % step == 0);
        ck_assert_int_eq(exists(folder, name), wanted);
        if (wanted)
            assert_case(folder, i);
    }
    amos_dataset *dataset;
    amos_error err;
    assert_ok(amos_dataset_open(folder, NULL, &dataset, &err), &err);
    ck_assert_uint_eq(amos_dataset_get_info(dataset)->count, step == 0 ? 1 : (size_t)((CASES - first) / step + 1));
    amos_dataset_free(dataset);
    free(folder);
    free(mirror);
}

START_TEST(what_one_some_and_all_cases_cost)
{
    double each = (double)images[0].size + 2000;
    assert_cost("5", 5, 0, 5, each + 200000);                    /* its ends twice, the case */
    assert_cost("1,3,5,7,9,11", 1, 2, 9, 6 * each + 200000);     /* a request each */
    assert_cost("1-12", 1, 1, 3, (double)archive.size + 200000); /* all in one */
}
END_TEST

START_TEST(more_cases_come_to_those_that_are_there)
{
    char *mirror = serve_url("plain", ""), *folder = tmp_path("more");
    static const char *const cases[] = {"2", "2-3", "2-3"};
    for (int i = 0; i < 3; i++) {
        struct outcome o = run_amos("fetch -o %s --mirror %s --cases %s", folder, mirror, cases[i]);
        assert_exit(&o, 0);
        ck_assert_ptr_nonnull(strstr(o.out, i < 2 ? ": 1 files fetched" : ": 0 files fetched"));
        outcome_free(&o);
    }
    assert_case(folder, 2);
    assert_case(folder, 3);
    free(folder);
    free(mirror);
}
END_TEST

/* Two cases of 2 x 2 x 2 voxels with labels, below small/. */
static char *write_labelled_archive(const char *name)
{
    static const char json[] =
        "{\"labels\": {\"0\": \"background\", \"1\": \"spleen\"}, \"numTraining\": 2, \"training\": ["
        "{\"image\": \"./imagesTr/amos_0001.nii\", \"label\": \"./labelsTr/amos_0001.nii\"},"
        "{\"image\": \"./imagesTr/amos_0002.nii\", \"label\": \"./labelsTr/amos_0002.nii\"}]}";
    static const unsigned char voxels[8] = {0, 1, 1};
    const struct nifti_spec spec = {.ndim = 3, .dim = {2, 2, 2}, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    const struct bytes *b = &file.bytes;
    const struct zip_member members[] = {{.name = "small/dataset.json", .data = json, .size = sizeof json - 1},
                                         {.name = "small/imagesTr/amos_0001.nii", .data = b->data, .size = b->size},
                                         {.name = "small/imagesTr/amos_0002.nii", .data = b->data, .size = b->size},
                                         {.name = "small/labelsTr/amos_0001.nii", .data = b->data, .size = b->size},
                                         {.name = "small/labelsTr/amos_0002.nii", .data = b->data, .size = b->size}};
    struct bytes zip = zip_make(members, 5, NULL);
    char *path = tmp_write_bytes(name, &zip);
    bytes_free(&zip);
    nifti_free(&file);
    return path;
}

/* The labels are a data set that can be checked and counted; the images may come later. */
START_TEST(labels_alone)
{
    char *zip = write_labelled_archive("small.zip"), *url = serve_url("plain", "small.zip");
    char *folder = tmp_path("labels_alone"), *set = below(folder, "small");
    static const struct {
        const char *words, *found;
        int code;
    } calls[] = {{"check --labels %s", "2 files checked: 2 good, 0 bad\n1 data set checked: 0 faults", 0},
                 {"check %s", "none of the 2 cases has its image; --labels checks the labels alone", 1},
                 {"stats %s", "amos_0002", 0}};
    struct outcome o = run_amos("fetch -o %s --url %s --labels-only", folder, url);
    assert_exit(&o, 0);
    outcome_free(&o);
    for (int i = 0; i < 3; i++) {
        o = run_amos(calls[i].words, set);
        ck_assert_msg(o.code == calls[i].code && strstr(o.out, calls[i].found), "%s%s", o.out, o.err);
        outcome_free(&o);
    }
    o = run_amos("fetch -o %s --url %s --cases 1", folder, url);
    assert_exit(&o, 0);
    outcome_free(&o);
    o = run_amos("check --labels %s", set); /* one image is there now, and the other is missing */
    ck_assert_int_eq(o.code, 1);
    ck_assert_ptr_nonnull(strstr(o.out, "amos_0002.nii: the image file cannot be opened"));
    outcome_free(&o);
    free(set);
    free(folder);
    free(url);
    free(zip);
}
END_TEST

/* ---- what goes wrong ---- */

static void assert_fails(int code, const char *words, const char *options, const char *folder, const char *mode)
{
    char *mirror = serve_url(mode, ""), text[300];
    snprintf(text, sizeof text, "fetch -o %%s --mirror %%s %s", options);
    struct outcome o = run_amos(text, folder, mirror);
    ck_assert_msg(o.code == code && strstr(o.err, words), "%d: %s", o.code, o.err);
    outcome_free(&o);
    free(mirror);
}

START_TEST(U13_what_cannot_be_fetched)
{
    char *folder = tmp_path("wrong"), *file = tmp_write("a-file", "x", 1), *inside = below(file, "x");
    assert_fails(1, "no such file of case 99", "--cases 99", folder, "plain");
    assert_fails(2, "hexadecimal digits", "--checksum 0x", folder, "plain");
    assert_fails(2, "ranges of cases", "--cases 4-2", folder, "plain");
    assert_fails(1, "no such file of that kind", "--split test", folder, "plain");
    assert_fails(1, "no file \"b.zip\"", "b.zip", folder, "plain");
    assert_fails(1, "cannot be made", "amos22.zip", inside, "plain");
    assert_fails(1, "whole files only", "--cases 1", folder, "whole");
    assert_fails(1, "no record of files", "", folder, "bare");
    assert_fails(1, "answered 451", "", folder, "refuse-451");
    ck_assert_int_eq(exists(folder, "amos22"), 0);
    free(inside);
    free(file);
    free(folder);
}
END_TEST

START_TEST(U13_a_wrong_checksum)
{
    char *folder = tmp_path("sum");
    assert_fails(1, "its MD5 is", "--zip-only --checksum 00000000000000000000000000000000 amos22.zip", folder, "plain");
    assert_fails(1, "its SHA-256 is",
                 "--zip-only --checksum 0000000000000000000000000000000000000000000000000000000000000000 amos22.zip",
                 folder, "plain");
    ck_assert_int_eq(exists(folder, "amos22.zip") || exists(folder, "amos22.zip.part"), 0);
    free(folder);
}
END_TEST

START_TEST(U14_files_that_are_there_already)
{
    char *folder = tmp_path("there");
    free(tmp_write("there/amos22.zip", "other", 5));
    assert_fails(1, "is not the file that would be fetched", "--zip-only amos22.zip", folder, "plain");
    free(tmp_write("there/amos22/imagesTr/amos_0002.nii.gz", "other", 5));
    assert_fails(1, "another file than the archive has", "--cases 1-2", folder, "plain");
    ck_assert_int_eq(exists(folder, "amos22/imagesTr/amos_0001.nii.gz"), 0);
    free(tmp_write_bytes("there/amos22.zip", &archive));
    char *mirror = serve_url("plain", "");
    struct outcome o = run_amos("fetch -o %s --mirror %s --zip-only amos22.zip", folder, mirror);
    assert_exit(&o, 0);
    ck_assert_ptr_nonnull(strstr(o.out, "is there already, and right"));
    outcome_free(&o);
    free(mirror);
    free(folder);
}
END_TEST

/* A file that cannot grow stands for a full disk. */
START_TEST(U15_no_room)
{
    char *folder = tmp_path("full");
    const struct rlimit limit = {3000000, 3000000};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_fails(1, "writing failed", "--zip-only amos22.zip", folder, "plain");
    ck_assert_int_eq(exists(folder, "amos22.zip"), 0);
    ck_assert_int_eq(exists(folder, "amos22.zip.part"), 1);
    free(folder);
}
END_TEST

/* A disk of that size, which only this process and its children see. False where that is not allowed. */
static bool mount_disk(const char *folder, int megabytes)
{
    char size[40];
    snprintf(size, sizeof size, "size=%dm", megabytes);
    ck_assert(mkdir(folder, 0777) == 0 || errno == EEXIST);
    if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("tmpfs", folder, "tmpfs", 0, size) == 0)
        return true;
    printf("Skipped: a disk that is full, as this user may not mount one\n");
    return false;
}

/* Takes all that is left of the disk as soon as the file has some bytes. */
static void fill_disk_beside(const char *path, const char *filler)
{
    static char block[1 << 16];
    wait_for_bytes(path, 1000000);
    int fd = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    while (write(fd, block, sizeof block) > 0) {
    }
    _exit(close(fd));
}

START_TEST(U15_a_full_disk)
{
    char *folder = tmp_path("disk"), *part = below(folder, "amos22.zip.part"), *filler = below(folder, "filler");
    char *path = below(folder, "amos22.zip"), *mirror = serve_url("plain", "");
    int state;
    if (mount_disk(folder, 20)) {
        assert_fails(1, "are needed, but the disk has", "", folder, "plain"); /* the archive, and as much unpacked */
        ck_assert_int_eq(exists(folder, "amos22.zip.part"), 0);
        pid_t filling = fork();
        if (filling == 0)
            fill_disk_beside(part, filler);
        struct outcome o = run_amos("fetch -o %s --mirror %s --zip-only --limit-rate 10M amos22.zip", folder, mirror);
        ck_assert_msg(o.code == 1 &&
                          strstr(o.err, "writing failed: No space left on device; what is there is kept, so make room"),
                      "%s", o.err);
        outcome_free(&o);
        ck_assert_int_eq(waitpid(filling, &state, 0), filling);
        ck_assert_int_eq(state, 0);
        ck_assert_int_eq(exists(folder, "amos22.zip"), 0);
        ck_assert_int_eq(unlink(filler), 0);
        o = run_amos("fetch -o %s --mirror %s --zip-only amos22.zip", folder, mirror);
        assert_exit(&o, 0);
        outcome_free(&o);
        assert_file_is(path, &archive);
        ck_assert_int_eq(umount(folder), 0);
    }
    free(mirror);
    free(path);
    free(filler);
    free(part);
    free(folder);
}
END_TEST

static void add_cases(Suite *suite)
{
    TCase *good = add_case(suite, "fetch", 60), *bad = add_case(suite, "refused", 20);
    TCase *killed = add_thorough_case(suite, "killed", 60);
    TCase *const cases[] = {good, bad, killed};
    for (int i = 0; i < 3; i++)
        tcase_add_unchecked_fixture(cases[i], make_archive, free_archive);
    tcase_add_test(good, the_data_set_is_fetched_and_unpacked);
    tcase_add_test(good, what_there_is_and_what_would_be_fetched);
    tcase_add_loop_test(good, killed_at_random_bytes, 0, 1);
    tcase_add_loop_test(killed, killed_at_random_bytes, 1, 20);
    tcase_add_test(good, a_resumed_download_asks_for_the_rest);
    tcase_add_test(good, connections_that_end_early);
    tcase_add_test(good, the_file_has_changed_meanwhile);
    tcase_add_test(good, what_one_some_and_all_cases_cost);
    tcase_add_test(good, more_cases_come_to_those_that_are_there);
    tcase_add_test(good, labels_alone);
    tcase_add_test(bad, U13_what_cannot_be_fetched);
    tcase_add_test(bad, U13_a_wrong_checksum);
    tcase_add_test(bad, U14_files_that_are_there_already);
    tcase_add_test(bad, U15_no_room);
    tcase_add_test(bad, U15_a_full_disk);
}

#endif

int main(void)
{
    Suite *suite = suite_create("fetch");
    TCase *digests = add_case(suite, "digests", 5);
    tcase_add_test(digests, digests_of_the_standards);
    serve_add(add_cases, suite);
    return run_suite(suite);
}
