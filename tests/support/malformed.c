/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "support/malformed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"
#include "volume/volume.h"

static const amos_inflate backends[] = {AMOS_INFLATE_AUTO, AMOS_INFLATE_ZLIB, AMOS_INFLATE_OWN};

/* ---- stdout and stderr, to which the library must not write ---- */

struct silence {
    int saved[2];
    int file;
};

static struct silence silence_begin(void)
{
    struct silence s;
    char *path = tmp_write("said", "", 0);
    fflush(stdout);
    fflush(stderr);
    s.saved[0] = dup(1);
    s.saved[1] = dup(2);
    s.file = open(path, O_RDWR | O_TRUNC | O_CREAT, 0600);
    ck_assert(s.saved[0] >= 0 && s.saved[1] >= 0 && s.file >= 0);
    dup2(s.file, 1);
    dup2(s.file, 2);
    free(path);
    return s;
}

/* The number of bytes printed meanwhile. */
static long silence_end(struct silence *s)
{
    fflush(stdout);
    fflush(stderr);
    long said = (long)lseek(s->file, 0, SEEK_END);
    for (int i = 0; i < 2; i++) {
        dup2(s->saved[i], i + 1);
        close(s->saved[i]);
    }
    close(s->file);
    return said;
}

/* ---- sources ---- */

struct pieces {
    const struct bytes *bytes;
    size_t most;
};

static int64_t read_piece(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    const struct pieces *p = user;
    if (offset >= p->bytes->size)
        return 0;
    size_t n = p->bytes->size - (size_t)offset;
    n = n < bytes ? n : bytes;
    n = n < p->most ? n : p->most;
    memcpy(buffer, p->bytes->data + offset, n);
    return (int64_t)n;
}

/* ---- one input ---- */

struct outcome {
    amos_status open, read, again, verify;
    amos_warnings warnings;
    amos_error err;
    unsigned char *voxels;
    size_t bytes;
};

static void read_it(const amos_volume *volume, struct outcome *o)
{
    amos_read_options all = {.size = sizeof all, .frame = AMOS_FRAME_ALL};
    amos_layout layout;
    o->read = amos_volume_get_layout(volume, &all, &layout, &o->err);
    if (o->read)
        return;
    o->bytes = layout.bytes;
    o->voxels = must_alloc(o->bytes);
    o->read = amos_volume_read(volume, &all, o->voxels, o->bytes, &o->err);
    o->again = amos_volume_read(volume, &all, o->voxels, o->bytes, NULL);
    o->verify = amos_volume_verify(volume, NULL, NULL, NULL);
    o->warnings = amos_volume_warnings(volume);
}

static void assert_outcome(const struct odd_row *row, const struct odd_input *in, const struct outcome *o,
                           const char *what)
{
    amos_status got = o->open ? o->open : o->read;
    ck_assert_msg(got == row->expected, "%s: %s, expected %s (%s)", what, amos_status_name(got),
                  amos_status_name(row->expected), got ? o->err.message : "");
    if (!o->open) {
        ck_assert_msg(o->again == got, "%s: %s when read again", what, amos_status_name(o->again));
        ck_assert_msg(o->verify == got, "%s: %s when verified", what, amos_status_name(o->verify));
    }
    if (got) {
        assert_sentence(&o->err, got, what);
        if (row->says)
            ck_assert_msg(strstr(o->err.message, row->says) != NULL, "%s: \"%s\" is not in: %s", what, row->says,
                          o->err.message);
        return;
    }
    assert_warnings_at(__FILE__, __LINE__, what, o->warnings, row->warnings);
    size_t bytes;
    unsigned char *expected = nifti_host_voxels(&in->nifti, &bytes);
    ck_assert_msg(o->bytes == bytes && memcmp(o->voxels, expected, bytes) == 0, "%s: wrong voxels", what);
    free(expected);
}

/* window: bytes of compressed data that are read at a time (G42); 0: as usual. */
static struct outcome open_and_read(const char *path, const amos_byte_source *source,
                                    const amos_volume_options *options, size_t window)
{
    struct outcome o;
    memset(&o, 0, sizeof o);
    amos_volume *volume = NULL;
    if (source)
        o.open = amos_volume_open_source(source, options, &volume, &o.err);
    else
        o.open = amos_volume_open(path, options, &volume, &o.err);
    if (!o.open && window)
        amosi_volume_set_window(volume, window);
    if (!o.open)
        read_it(volume, &o);
    amos_volume_free(volume);
    return o;
}

static void check_backend(const struct odd_row *row, struct odd_input *in, int variant, const char *path,
                          size_t file_bytes)
{
    static const size_t windows[] = {0, 1, 3, 64, 4096};
    char what[256];
    for (size_t w = 0; w < sizeof windows / sizeof windows[0]; w++) {
        if (windows[w] && file_bytes / windows[w] > 10000)
            continue; /* that many steps take too long, and test nothing new */
        struct outcome o = open_and_read(path, NULL, &in->options, windows[w]);
        snprintf(what, sizeof what, "%s %s, variant %d, inflate %d, window %zu", row->id, row->what, variant,
                 (int)in->options.inflate, windows[w]);
        assert_outcome(row, in, &o, what);
        free(o.voxels);
    }
}

static void check_input(const struct odd_row *row, struct odd_input *in, int variant, const char *path,
                        const struct bytes *file)
{
    static const size_t most[] = {1, 7, 1000};
    char what[256];
    in->options.limits = &in->limits;
    for (size_t b = 0; b < sizeof backends / sizeof backends[0]; b++) {
        in->options.inflate = backends[b];
        check_backend(row, in, variant, path, file->size);
    }
    in->options.inflate = AMOS_INFLATE_AUTO;
    for (size_t p = file->size > 300000 ? 2 : 0; p < sizeof most / sizeof most[0]; p++) {
        struct pieces pieces = {file, most[p]};
        amos_byte_source source = {
            .size = sizeof source, .name = path, .bytes = file->size, .read_at = read_piece, .user = &pieces};
        struct outcome o = open_and_read(NULL, &source, &in->options, 0);
        snprintf(what, sizeof what, "%s %s, variant %d, pieces of %zu", row->id, row->what, variant, most[p]);
        assert_outcome(row, in, &o, what);
        free(o.voxels);
    }
}

void odd_remake(struct odd_input *in, const struct nifti_spec *spec)
{
    nifti_free(&in->nifti);
    in->nifti = nifti_make(spec);
}

static void run_row(const struct odd_row *row, int variant)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {20, 10, 6}, .type = AMOS_TYPE_INT16, .seed = 1234};
    struct odd_input in = {
        .nifti = nifti_make(&spec), .limits = {.size = sizeof in.limits}, .options = {.size = sizeof in.options}};
    row->make(&in, variant);
    int made = in.file.data != NULL || in.suffix != NULL;
    const struct bytes *file = made ? &in.file : &in.nifti.bytes;
    char name[64];
    snprintf(name, sizeof name, "%s-%d%s", row->id, variant, in.suffix ? in.suffix : made ? ".nii.gz" : ".nii");
    char *path = tmp_write_bytes(name, file);
    struct silence silence = silence_begin();
    check_input(row, &in, variant, path, file);
    long said = silence_end(&silence);
    ck_assert_msg(said == 0, "%s: the library printed %ld bytes", row->id, said);
    free(path);
    bytes_free(&in.file);
    nifti_free(&in.nifti);
}

/* ---- the table as a suite ---- */

static const struct odd_row *table;

/* The loop index counts the variants of all rows before. */
START_TEST(row)
{
    int n = _i;
    const struct odd_row *r = table;
    while (n >= (r->variants ? r->variants : 1)) {
        n -= r->variants ? r->variants : 1;
        r++;
    }
    run_row(r, n);
}
END_TEST

void add_odd_rows(Suite *suite, const struct odd_row *rows, int count)
{
    table = rows;
    int from = 0;
    for (int i = 0; i < count; i++) {
        int to = from + (rows[i].variants ? rows[i].variants : 1);
        tcase_add_loop_test(add_case(suite, rows[i].id, 30), row, from, to);
        from = to;
    }
}
