/* SPDX-License-Identifier: BSD-3-Clause */
/* The gzip section of the catalogue of odd input: rows G01 to G45. */
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/malformed.h"

#define HEADER_AND_SOME 1000 /* plain bytes: the NIfTI header and some voxels */

static const unsigned char *plain(const struct odd_input *in)
{
    return in->nifti.bytes.data;
}

static size_t plain_size(const struct odd_input *in)
{
    return in->nifti.bytes.size;
}

static void pack(struct odd_input *in, const struct gzip_member *member)
{
    gzip_add(&in->file, plain(in), plain_size(in), member);
}

static void pack_then(struct odd_input *in, const void *tail, size_t size)
{
    pack(in, NULL);
    bytes_add(&in->file, tail, size);
}

static void of_shape(struct odd_input *in, int64_t x, int64_t y, int64_t z, amos_type type)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {x, y, z}, .type = type, .seed = 77};
    odd_remake(in, &spec);
}

/* ---- too short ---- */

static void empty(struct odd_input *in, int v)
{
    (void)v;
    in->suffix = ".nii.gz";
}

static void in_fixed_header(struct odd_input *in, int v)
{
    pack(in, NULL);
    bytes_cut(&in->file, (size_t)v + 1);
}

static void in_header_fields(struct odd_input *in, int v)
{
    struct gzip_member member = {.flags = GZIP_FEXTRA | GZIP_FNAME | GZIP_FCOMMENT | GZIP_FHCRC,
                                 .extra_bytes = 8,
                                 .name = "a.nii",
                                 .comment = "c"};
    gzip_add_header(&in->file, &member);
    bytes_cut(&in->file, (size_t)v + 10);
}

static void in_body(struct odd_input *in, int v)
{
    pack(in, NULL);
    size_t body = in->file.size - 18;
    bytes_cut(&in->file, 10 + body * (size_t)v / 12);
}

static void in_trailer(struct odd_input *in, int v)
{
    pack(in, NULL);
    bytes_cut_tail(&in->file, (size_t)v + 1);
}

/* ---- checksum and size ---- */

static void crc_wrong(struct odd_input *in, int v)
{
    struct gzip_member member = {.crc_xor = v ? 0x80000000u : 1u};
    pack(in, &member);
}

static void crc_wrong_at_8k(struct odd_input *in, int v)
{
    struct gzip_member member = {.crc_xor = 1, .form = GZIP_BODY_STORED};
    if (v == 0)
        of_shape(in, 313, 25, 1, AMOS_TYPE_UINT8); /* 10 + 5 + 352 + 7825 = 8192 compressed bytes before the trailer */
    else
        of_shape(in, 80, 98, 1, AMOS_TYPE_UINT8); /* 352 + 7840 = 8192 plain bytes */
    pack(in, &member);
}

static void size_wrong(struct odd_input *in, int v)
{
    static const uint32_t add[] = {1, UINT32_MAX, 0x80000000u, 0x01000000u};
    struct gzip_member member = {.size_add = add[v]};
    pack(in, &member);
}

/* ---- members ---- */

static void two_members(struct odd_input *in, int v)
{
    static const size_t split[] = {0, 1, 4, 100, 347, 348, 349, 352, 353, 1000, 2751, 2752};
    gzip_add(&in->file, plain(in), split[v], NULL);
    gzip_add(&in->file, plain(in) + split[v], plain_size(in) - split[v], NULL);
}

static void member_and_empty(struct odd_input *in, int v)
{
    struct gzip_member stored = {.form = GZIP_BODY_STORED};
    pack(in, NULL);
    gzip_add(&in->file, "", 0, v ? &stored : NULL);
}

static void empty_members(struct odd_input *in, size_t count)
{
    struct bytes one = {0};
    gzip_add(&one, "", 0, NULL);
    for (size_t i = 0; i < count; i++)
        bytes_add(&in->file, one.data, one.size);
    bytes_free(&one);
}

static void hundred_thousand_members(struct odd_input *in, int v)
{
    if (v == 0)
        pack(in, NULL);
    empty_members(in, 100000);
    if (v == 1)
        pack(in, NULL);
}

static void members_at_the_limit(struct odd_input *in, int v)
{
    in->limits.max_members = 5;
    pack(in, NULL);
    empty_members(in, (size_t)(v ? 3 : 4));
}

static void members_over_the_limit(struct odd_input *in, int v)
{
    in->limits.max_members = 5;
    pack(in, NULL);
    empty_members(in, (size_t)(v ? 20 : 5));
}

static void second_crc_wrong(struct odd_input *in, int v)
{
    struct gzip_member wrong = {.crc_xor = 7};
    if (v == 0) {
        gzip_add(&in->file, plain(in), HEADER_AND_SOME, NULL);
        gzip_add(&in->file, plain(in) + HEADER_AND_SOME, plain_size(in) - HEADER_AND_SOME, &wrong);
    } else { /* an empty member after all voxels is checked, too */
        pack(in, NULL);
        gzip_add(&in->file, "", 0, &wrong);
    }
}

/* The second member's header begins a few bytes before a typical refill boundary of readers. */
static void header_across_a_boundary(struct odd_input *in, int v)
{
    static const size_t boundaries[] = {4096, 8192, 32768, 65536, 131072, 262144};
    static const size_t before[] = {1, 3, 9, 11, 15, 17};
    struct gzip_member first = {.form = GZIP_BODY_STORED};
    struct gzip_member second = {.flags = GZIP_FNAME | GZIP_FHCRC, .name = "abcdef"};
    size_t target = boundaries[v / 6] - before[v % 6];
    size_t size = target - 18;
    while (size > 0 && 18 + size + 5 * ((size + 65534) / 65535) > target)
        size--;
    of_shape(in, 300, 250, 4, AMOS_TYPE_UINT8);
    gzip_add(&in->file, plain(in), size, &first);
    ck_assert_uint_eq(in->file.size, target);
    gzip_add(&in->file, plain(in) + size, plain_size(in) - size, &second);
}

/* ---- data after the members ---- */

static void zero_padding(struct odd_input *in, int v)
{
    static const size_t count[] = {1, 2, 17, 512, 10240, 300000};
    pack(in, NULL);
    bytes_add_fill(&in->file, 0, count[v]);
}

static void zero_padding_strict(struct odd_input *in, int v)
{
    in->options.flags = AMOS_OPEN_STRICT;
    zero_padding(in, v);
}

static void garbage(struct odd_input *in, int v)
{
    static const char *const tails[] = {"garbage!", "g", "\x1f", "\x1fgarbage", "\x8b\x1f", "PK\3\4", "\n"};
    pack_then(in, tails[v], strlen(tails[v]));
}

static void garbage_strict(struct odd_input *in, int v)
{
    in->options.flags = AMOS_OPEN_STRICT;
    garbage(in, v);
}

static void partial_member(struct odd_input *in, int v)
{
    static const size_t sizes[] = {4, 2, 3, 9, 10, 12};
    pack_then(in, "\x1f\x8b\x08\x00\0\0\0\0\0\x03\x03\x00", sizes[v]);
}

/* ---- header fields ---- */

static void extra_field(struct odd_input *in, int v)
{
    static const size_t sizes[] = {0, 8, 65535};
    struct gzip_member member = {.flags = GZIP_FEXTRA, .extra_bytes = sizes[v]};
    pack(in, &member);
}

static void extra_beyond_the_end(struct odd_input *in, int v)
{
    static const unsigned char head[12] = {0x1f, 0x8b, 8, GZIP_FEXTRA, 0, 0, 0, 0, 0, 3, 0xff, 0xff};
    bytes_add(&in->file, head, sizeof head);
    bytes_add_fill(&in->file, 'x', v ? 65534 : 500);
}

static void file_name(struct odd_input *in, int v)
{
    static const char *const names[] = {"amos_0001.nii", "../../../etc/passwd", "", "\xff\xfe\n\t"};
    struct gzip_member member = {.flags = GZIP_FNAME, .name = names[v]};
    pack(in, &member);
}

static void text_without_end(struct odd_input *in, int v)
{
    static const unsigned flags[] = {GZIP_FNAME, GZIP_FCOMMENT, GZIP_FNAME | GZIP_FCOMMENT};
    unsigned char head[10] = {0x1f, 0x8b, 8, (unsigned char)flags[v % 3], 0, 0, 0, 0, 0, 3};
    bytes_add(&in->file, head, sizeof head);
    bytes_add_fill(&in->file, 'x', v / 3 ? 100000 : 600);
}

static char *long_text(size_t length)
{
    char *text = must_alloc(length + 1);
    memset(text, 'c', length);
    text[length] = '\0';
    return text;
}

static void comment_of(struct odd_input *in, size_t length, unsigned flag)
{
    char *text = long_text(length);
    struct gzip_member member = {.flags = flag, .comment = text, .name = text};
    pack(in, &member);
    free(text);
}

static void long_comment(struct odd_input *in, int v)
{
    comment_of(in, 70000, v ? GZIP_FNAME : GZIP_FCOMMENT);
}

static void too_long_comment(struct odd_input *in, int v)
{
    comment_of(in, 2 * 1024 * 1024, v ? GZIP_FNAME : GZIP_FCOMMENT);
}

static void header_over_the_limit(struct odd_input *in, int v)
{
    in->limits.max_gzip_header = 100;
    comment_of(in, v ? 100 : 1000, GZIP_FCOMMENT);
}

static void header_crc(struct odd_input *in, int v)
{
    struct gzip_member member = {.flags = v ? 31 : GZIP_FHCRC, .extra_bytes = 20, .name = "n", .comment = "c"};
    pack(in, &member);
}

static void header_crc_wrong(struct odd_input *in, int v)
{
    struct gzip_member member = {
        .flags = v ? 31 : GZIP_FHCRC, .extra_bytes = 20, .name = "n", .comment = "c", .wrong_hcrc = 1};
    pack(in, &member);
}

static void reserved_flags(struct odd_input *in, int v)
{
    struct gzip_member member = {.flags = 0x20u << v};
    pack(in, &member);
}

static void other_method(struct odd_input *in, int v)
{
    static const unsigned methods[] = {1, 7, 9, 255};
    struct gzip_member member = {.method = methods[v]};
    pack(in, &member);
}

static void odd_times(struct odd_input *in, int v)
{
    struct gzip_member member = {.mtime = v ? 0xffffffffu : 1u, .xfl = v ? 255 : 2, .os = v ? 255 : 7};
    pack(in, &member);
}

/* ---- content and name ---- */

static void plain_named_gz(struct odd_input *in, int v)
{
    (void)v;
    bytes_add(&in->file, plain(in), plain_size(in));
    in->suffix = ".nii.gz";
}

static void gz_named_nii(struct odd_input *in, int v)
{
    (void)v;
    pack(in, NULL);
    in->suffix = ".nii";
}

static void zlib_or_raw(struct odd_input *in, int v)
{
    if (v == 0)
        bytes_add(&in->file, "\x78\x9c", 2);
    gzip_add_body(&in->file, plain(in), plain_size(in), NULL);
    bytes_add_u32le(&in->file, 0);
}

static void gzip_in_gzip(struct odd_input *in, int v)
{
    struct bytes inner = {0};
    struct gzip_member member = {.form = v ? GZIP_BODY_STORED : GZIP_BODY_DYNAMIC};
    gzip_add(&inner, plain(in), plain_size(in), &member);
    gzip_add(&in->file, inner.data, inner.size, NULL);
    bytes_free(&inner);
}

static void other_compressor(struct odd_input *in, int v)
{
    static const char *const magics[] = {"BZh91AY&SY", "\x28\xb5\x2f\xfd", "\xfd\x37zXZ", "PK\x03\x04"};
    bytes_add(&in->file, magics[v], strlen(magics[v]) + (v == 2));
    bytes_add_fill(&in->file, 0x5a, 3000);
}

/* ---- broken deflate ---- */

/* Starts a body. If v % 2, a good block with the NIfTI header and some voxels comes first. */
static void begin_body(struct odd_input *in, struct bit_writer *w, int v)
{
    gzip_add_header(&in->file, NULL);
    if (v % 2) {
        bytes_add(&w->out, "\0", 1);
        bytes_add_u16le(&w->out, HEADER_AND_SOME);
        bytes_add_u16le(&w->out, (uint16_t)~HEADER_AND_SOME);
        bytes_add(&w->out, plain(in), HEADER_AND_SOME);
    }
}

/* Enough bytes follow, so that the stream is not merely truncated. */
static void end_body(struct odd_input *in, struct bit_writer *w)
{
    bits_flush(w);
    bytes_add(&in->file, w->out.data, w->out.size);
    bytes_add_fill(&in->file, 0, 400);
    bytes_free(&w->out);
}

static void block_type_3(struct odd_input *in, int v)
{
    struct bit_writer w = {0};
    begin_body(in, &w, v);
    bits_add(&w, 1, 1);
    bits_add(&w, 3, 2);
    end_body(in, &w);
}

static void stored_lengths_differ(struct odd_input *in, int v)
{
    struct bit_writer w = {0};
    begin_body(in, &w, v);
    bytes_add(&w.out, "\1", 1);
    bytes_add_u16le(&w.out, 100);
    bytes_add_u16le(&w.out, (uint16_t)~101);
    bytes_add(&w.out, plain(in), 200);
    end_body(in, &w);
}

/* The code of the code lengths: 19 symbols of length 1, although two are already complete. */
static void oversubscribed(struct odd_input *in, int v)
{
    struct bit_writer w = {0};
    begin_body(in, &w, v);
    bits_add(&w, 1, 1);
    bits_add(&w, 2, 2);
    bits_add(&w, 0, 5);
    bits_add(&w, 0, 5);
    bits_add(&w, 15, 4);
    for (int i = 0; i < 19; i++)
        bits_add(&w, 1, 3);
    end_body(in, &w);
}

static void distance_too_far(struct odd_input *in, int v)
{
    struct bit_writer w = {0};
    begin_body(in, &w, v);
    bits_add(&w, 1, 1);
    bits_add(&w, 1, 2);
    bits_add_fixed_literal(&w, 'x');
    bits_add_fixed_literal(&w, 257); /* length 3 */
    bits_add_code(&w, 29, 5);        /* distance 24577 + 13 bits */
    bits_add(&w, 0, 13);
    bits_add_fixed_literal(&w, 256);
    end_body(in, &w);
}

/* A dynamic block whose code has no symbol 256: literals 0 and 1 of one bit each, one distance code. */
static void no_end_of_block(struct odd_input *in, int v)
{
    static const int order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    struct bit_writer w = {0};
    begin_body(in, &w, v);
    bits_add(&w, 1, 1);
    bits_add(&w, 2, 2);
    bits_add(&w, 0, 5);  /* 257 literal codes */
    bits_add(&w, 0, 5);  /* 1 distance code */
    bits_add(&w, 14, 4); /* 18 code length codes: all except 15 */
    for (int i = 0; i < 18; i++)
        bits_add(&w, order[i] == 1 || order[i] == 18 ? 1 : 0, 3); /* lengths 1 ("0") and 18 ("1") */
    bits_add_code(&w, 0, 1);
    bits_add_code(&w, 0, 1); /* literals 0 and 1 have length 1 */
    bits_add_code(&w, 1, 1);
    bits_add(&w, 138 - 11, 7);
    bits_add_code(&w, 1, 1);
    bits_add(&w, 117 - 11, 7); /* literals 2 to 256 have none */
    bits_add_code(&w, 0, 1);   /* the distance code has length 1 */
    for (int i = 0; i < 2000; i++)
        bits_add(&w, (uint32_t)i & 1, 1);
    end_body(in, &w);
}

static void literal_286(struct odd_input *in, int v)
{
    struct bit_writer w = {0};
    begin_body(in, &w, v);
    bits_add(&w, 1, 1);
    bits_add(&w, 1, 2);
    bits_add_fixed_literal(&w, 'x');
    bits_add_code(&w, 0xc6, 8); /* 286 in the fixed code: reserved */
    bits_add_fixed_literal(&w, 256);
    end_body(in, &w);
}

static void turned_bit(struct odd_input *in, int v)
{
    struct gzip_member member = {.form = GZIP_BODY_STORED};
    pack(in, &member);
    in->file.data[v ? in->file.size - 9 : 15 + 400] ^= 4;
}

/* ---- too much and too little data ---- */

static void bomb(struct odd_input *in, int v)
{
    struct bytes all = {0};
    of_shape(in, 64, 32, 16, AMOS_TYPE_INT16); /* 64 KiB */
    bytes_add(&all, plain(in), plain_size(in));
    bytes_add_fill(&all, 0, v ? 2u << 20 : 64u << 20);
    gzip_add(&in->file, all.data, all.size, NULL);
    bytes_free(&all);
}

static void claims_70_terabytes(struct odd_input *in, int v)
{
    for (int i = 1; i <= 3; i++)
        nifti_poke(&in->nifti, "dim", i, 32767);
    if (v)
        in->limits.max_uncompressed = UINT64_MAX;
    pack(in, NULL);
}

static void fits_the_limit(struct odd_input *in, int v)
{
    in->limits.max_uncompressed = 2400 + (uint64_t)v;
    pack(in, NULL);
}

static void beyond_the_limit(struct odd_input *in, int v)
{
    in->limits.max_uncompressed = v ? 1 : 2399;
    pack(in, NULL);
}

/* Empty stored blocks: input that never gives output. */
static void empty_blocks(struct odd_input *in, int v)
{
    struct bytes body = {0};
    size_t at = v == 0 ? 0 : v == 1 ? HEADER_AND_SOME : plain_size(in);
    gzip_add_header(&in->file, NULL);
    for (int part = 0; part < 2; part++) {
        size_t from = part ? at : 0, size = part ? plain_size(in) - at : at;
        if (size) {
            bytes_add(&body, "\0", 1);
            bytes_add_u16le(&body, (uint16_t)size);
            bytes_add_u16le(&body, (uint16_t)~size);
            bytes_add(&body, plain(in) + from, size);
        }
        for (int i = 0; part == 0 && i < 600000; i++)
            bytes_add(&body, "\0\0\0\xff\xff", 5);
    }
    bytes_add(&body, "\1\0\0\xff\xff", 5);
    bytes_add(&in->file, body.data, body.size);
    gzip_add_trailer(&in->file, plain(in), plain_size(in), NULL);
    bytes_free(&body);
}

static void a_few_empty_blocks(struct odd_input *in, int v)
{
    struct gzip_member member = {.form = GZIP_BODY_STORED, .block = (size_t)v + 1};
    pack(in, &member);
}

static void ends_too_early(struct odd_input *in, int v)
{
    static const size_t missing[] = {1, 2, 1000, 2400};
    bytes_cut_tail(&in->nifti.bytes, missing[v]);
    pack(in, NULL);
}

static void more_follows(struct odd_input *in, int v)
{
    static const size_t more[] = {1, 7, 1000, 1 << 20};
    bytes_add_fill(&in->nifti.bytes, (unsigned char)v, more[v]);
    pack(in, NULL);
}

static void more_follows_in_a_member(struct odd_input *in, int v)
{
    pack(in, NULL);
    gzip_add(&in->file, "0123456789", (size_t)v + 1, NULL);
}

static void more_than_the_slack(struct odd_input *in, int v)
{
    in->limits.max_extra = 100;
    bytes_add_fill(&in->nifti.bytes, 0, v ? 100000 : 101);
    pack(in, NULL);
}

static void as_much_as_the_slack(struct odd_input *in, int v)
{
    in->limits.max_extra = 100;
    bytes_add_fill(&in->nifti.bytes, 0, v ? 100 : 99);
    pack(in, NULL);
}

static void more_follows_and_crc_wrong(struct odd_input *in, int v)
{
    struct gzip_member wrong = {.crc_xor = 1};
    bytes_add_fill(&in->nifti.bytes, 0, v ? 500000 : 10);
    pack(in, &wrong);
}

/* ---- real writers ---- */

static void header_late(struct odd_input *in, int v)
{
    char *text = long_text(1000);
    struct gzip_member named = {.flags = GZIP_FNAME, .name = text};
    struct gzip_member tiny = {.form = GZIP_BODY_STORED, .block = 1};
    if (v)
        pack(in, &named);
    else
        pack(in, &tiny);
    free(text);
}

static void blocked(struct odd_input *in, int v)
{
    struct gzip_member extra = {.flags = GZIP_FEXTRA, .extra_bytes = 8};
    of_shape(in, 200, 150, 4, AMOS_TYPE_INT16);
    in->file =
        v == 0 ? gzip_bgzf(&in->nifti.bytes) : gzip_in_members(&in->nifti.bytes, v == 1 ? 131072 : 10000, &extra);
}

static const struct odd_row rows[] = {
    {"G01", "empty file", empty, 0, AMOS_E_GZ_TRUNC, 0, "fetch the file again"},
    {"G02", "cut in the fixed header", in_fixed_header, 9, AMOS_E_GZ_TRUNC, 0, "copy or download"},
    {"G03", "cut in a header field", in_header_fields, 20, AMOS_E_GZ_TRUNC, 0, "copy or download"},
    {"G04", "cut in the body", in_body, 12, AMOS_E_GZ_TRUNC, 0, "copy or download"},
    {"G05-G06", "cut in or before the trailer", in_trailer, 8, AMOS_E_GZ_TRUNC, 0, "copy or download"},
    {"G07", "CRC wrong", crc_wrong, 2, AMOS_E_GZ_CRC, 0, "copy or download"},
    {"G08", "CRC wrong at an 8 KiB boundary", crc_wrong_at_8k, 2, AMOS_E_GZ_CRC, 0, "copy or download"},
    {"G09", "ISIZE wrong", size_wrong, 4, AMOS_E_GZ_SIZE, 0, "copy or download"},
    {"G11", "two members", two_members, 12, AMOS_OK, 0, NULL},
    {"G12", "member and empty member", member_and_empty, 2, AMOS_OK, 0, NULL},
    {"G13", "100,000 members", hundred_thousand_members, 2, AMOS_E_LIMIT, 0, NULL},
    {"G13-at", "as many members as allowed", members_at_the_limit, 2, AMOS_OK, 0, NULL},
    {"G13-over", "one member more than allowed", members_over_the_limit, 2, AMOS_E_LIMIT, 0, NULL},
    {"G14", "second member's CRC wrong", second_crc_wrong, 2, AMOS_E_GZ_CRC, 0, "copy or download"},
    {"G15", "header across a boundary", header_across_a_boundary, 36, AMOS_OK, 0, NULL},
    {"G16", "zero padding", zero_padding, 6, AMOS_OK, AMOS_W_PADDING, NULL},
    {"G16-strict", "zero padding, read strictly", zero_padding_strict, 6, AMOS_OK, AMOS_W_PADDING, NULL},
    {"G17-G18", "garbage follows", garbage, 7, AMOS_OK, AMOS_W_TRAILING, NULL},
    {"G17-strict", "garbage follows, read strictly", garbage_strict, 7, AMOS_E_GZ_TRAIL, 0, NULL},
    {"G19", "part of a member follows", partial_member, 6, AMOS_E_GZ_TRUNC, 0, "copy or download"},
    {"G20", "FEXTRA", extra_field, 3, AMOS_OK, 0, NULL},
    {"G21", "XLEN beyond the end", extra_beyond_the_end, 2, AMOS_E_GZ_TRUNC, 0, "copy or download"},
    {"G22", "FNAME", file_name, 4, AMOS_OK, 0, NULL},
    {"G23", "FNAME or FCOMMENT without end", text_without_end, 6, AMOS_E_GZ_TRUNC, 0, "copy or download"},
    {"G24", "long FCOMMENT", long_comment, 2, AMOS_OK, 0, NULL},
    {"G24-over", "FCOMMENT over 1 MiB", too_long_comment, 2, AMOS_E_LIMIT, 0, NULL},
    {"G24-limit", "header over a set limit", header_over_the_limit, 2, AMOS_E_LIMIT, 0, NULL},
    {"G25", "FHCRC right", header_crc, 2, AMOS_OK, 0, NULL},
    {"G26", "FHCRC wrong", header_crc_wrong, 2, AMOS_E_GZ_HEADER, 0, NULL},
    {"G27", "reserved flags", reserved_flags, 3, AMOS_E_GZ_HEADER, 0, NULL},
    {"G28", "method is not deflate", other_method, 4, AMOS_E_GZ_HEADER, 0, NULL},
    {"G29", "plain NIfTI named .nii.gz", plain_named_gz, 0, AMOS_OK, AMOS_W_SUFFIX, NULL},
    {"G30", "gzip named .nii", gz_named_nii, 0, AMOS_OK, AMOS_W_SUFFIX, NULL},
    {"G31", "zlib or raw deflate", zlib_or_raw, 2, AMOS_E_GZ_HEADER, 0, NULL},
    {"G32", "gzip in gzip", gzip_in_gzip, 2, AMOS_E_HDR_MAGIC, 0, "gzip"},
    {"G33", "another compressor", other_compressor, 4, AMOS_E_GZ_HEADER, 0, NULL},
    {"G34-type", "block type 3", block_type_3, 2, AMOS_E_GZ_DATA, 0, NULL},
    {"G34-stored", "LEN and NLEN differ", stored_lengths_differ, 2, AMOS_E_GZ_DATA, 0, NULL},
    {"G34-code", "over-subscribed code", oversubscribed, 2, AMOS_E_GZ_DATA, 0, NULL},
    {"G34-distance", "distance too far back", distance_too_far, 2, AMOS_E_GZ_DATA, 0, NULL},
    {"G34-end", "no end-of-block code", no_end_of_block, 2, AMOS_E_GZ_DATA, 0, NULL},
    {"G34-length", "reserved length code", literal_286, 2, AMOS_E_GZ_DATA, 0, NULL},
    {"G35", "a bit of a stored block turned", turned_bit, 2, AMOS_E_GZ_CRC, 0, "copy or download"},
    {"G36", "64 KiB of voxels, then zeros without end", bomb, 2, AMOS_E_DATA_LONG, 0, NULL},
    {"G37", "claims 70 TB", claims_70_terabytes, 2, AMOS_E_DATA_SHORT, 0, "copy or download"},
    {"G38", "within the limit", fits_the_limit, 2, AMOS_OK, 0, NULL},
    {"G38-over", "beyond the limit", beyond_the_limit, 2, AMOS_E_LIMIT, 0, NULL},
    {"G39", "input without output", empty_blocks, 3, AMOS_E_LIMIT, 0, NULL},
    {"G39-few", "small stored blocks", a_few_empty_blocks, 3, AMOS_OK, 0, NULL},
    {"G40", "stream too short for the voxels", ends_too_early, 4, AMOS_E_DATA_SHORT, 0, "copy or download"},
    {"G41", "bytes follow the voxels", more_follows, 4, AMOS_OK, AMOS_W_EXTRA, NULL},
    {"G41-member", "bytes follow in a member", more_follows_in_a_member, 10, AMOS_OK, AMOS_W_EXTRA, NULL},
    {"G41-over", "more than the slack follows", more_than_the_slack, 2, AMOS_E_DATA_LONG, 0, NULL},
    {"G41-at", "as much as the slack follows", as_much_as_the_slack, 2, AMOS_OK, AMOS_W_EXTRA, NULL},
    {"G41-crc", "bytes follow and the CRC is wrong", more_follows_and_crc_wrong, 2, AMOS_E_GZ_CRC, 0, NULL},
    {"G43", "the header ends late in the file", header_late, 2, AMOS_OK, 0, NULL},
    {"G44", "BGZF and its like", blocked, 3, AMOS_OK, 0, NULL},
    {"G45", "MTIME, XFL, OS", odd_times, 2, AMOS_OK, 0, NULL},
};

int main(void)
{
    Suite *suite = suite_create("malformed gzip");
    add_odd_rows(suite, rows, (int)(sizeof rows / sizeof rows[0]));
    return run_suite(suite);
}
