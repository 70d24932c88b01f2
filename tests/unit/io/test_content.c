/* SPDX-License-Identifier: BSD-3-Clause */
/* What a refused file really is: rows N01 to N09 of the catalogue of odd input. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/make/gzip.h"
#include "support/make/tree.h"
#include "support/tmp.h"

#define BYTES(text) (text), sizeof(text) - 1
#define LFS "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 132735\n"

/* `start` stands at byte `at` of a file of `size` bytes; the others are `fill`. */
static const struct content_row {
    const char *id;
    const char *start;
    size_t start_bytes, at, size;
    unsigned char fill;
    const char *what, *way; /* parts of the message */
    bool json_too;          /* a dataset.json of this content is explained too */
} rows[] = {
    {"N01 a Git LFS pointer", BYTES(LFS), 0, 0, 0, "a Git LFS pointer", "run \"git lfs pull\"", true},
    {"N01 of old", BYTES("version https://hawser.github.com/spec/v1\n"), 0, 0, 0, "a Git LFS pointer", "git lfs", true},
    {"N02 an annex pointer", BYTES("/annex/objects/SHA256E-s9--ab.nii.gz\n"), 0, 0, 0, "a git-annex pointer",
     "git annex get", true},
    {"N02 a link as text", BYTES("../.git/annex/objects/Gx/9f/SHA256E-s9--ab.nii.gz/SHA256E-s9--ab.nii.gz"), 0, 0, 0,
     "a git-annex link", "git annex get", true},
    {"N03 HTML", BYTES("\xef\xbb\xbf\r\n<!DOCTYPE html><html>"), 0, 0, ' ', "an HTML page", "a server sent it", true},
    {"N03 old HTML", BYTES("<HTML><head>"), 0, 0, 0, "an HTML page", "a server sent it", true},
    {"N03 XML", BYTES("<?xml version='1.0'?><Error><Code>AccessDenied"), 0, 0, 0, "an XML page", "a server sent it",
     true},
    {"N03 a surface", BYTES("<?xml version='1.0'?>\n<GIFTI Version='1.0'>"), 0, 0, 0, "a GIFTI surface", "volume",
     true},
    {"N04 ZIP", BYTES("PK\3\4\24\0\0\0"), 0, 100, 1, "a ZIP archive", "unpack it", true},
    {"N04 npz", BYTES("PK\3\4\24\0\0\0\10\0abcdefghijklmnop\5\0\0\0a.npy"), 0, 200, 1, "a NumPy .npz archive",
     "amos.write()", true},
    {"N04 tar", BYTES("ustar"), 257, 1024, 'x', "a tar archive", "tar xf", true},
    {"N04 7z", BYTES("7z\xbc\xaf\x27\x1c"), 0, 100, 1, "a 7z archive", "unpack it", true},
    {"N04 RAR", BYTES("Rar!\x1a\7"), 0, 100, 1, "a RAR archive", "unpack it", true},
    {"N05 DICOM", BYTES("DICM\2\0\0\0"), 128, 1000, 0, "a DICOM file", "dcm2niix", true},
    {"N05 bare DICOM", BYTES("\x08\0\x05\0\x0a\0\0\0ISO_IR 100"), 0, 1000, 1, "a DICOM file", "dcm2niix", true},
    {"N06 NRRD", BYTES("NRRD0004\ntype: short\n"), 0, 400, ' ', "a NRRD file", "convert it to NIfTI", true},
    {"N06 MetaImage", BYTES("ObjectType = Image\nNDims = 3\n"), 0, 0, 0, "a MetaImage header", "convert", true},
    {"N06 MGH", BYTES("\0\0\0\1\0\0\1\0\0\0\1\0\0\0\1\0\0\0\0\1\0\0\0\3"), 0, 600, 2, "FreeSurfer", "mri_convert",
     true},
    {"N06 NumPy", BYTES("\x93NUMPY\1\0v\0{'descr'"), 0, 200, 1, "a NumPy .npy array", "amos.write()", true},
    {"N06 HDF5", BYTES("\x89HDF\r\n\x1a\n"), 0, 600, 1, "an HDF5 file", "convert", true},
    {"N06 MINC", BYTES("CDF\1\0\0"), 0, 600, 1, "a NetCDF or MINC file", "convert", true},
    {"N06 MATLAB", BYTES("MATLAB 5.0 MAT-file, Platform: GLNXA64"), 0, 600, 1, "a MATLAB file", "convert", true},
    {"N06 PNG", BYTES("\x89PNG\r\n\x1a\n"), 0, 600, 1, "a PNG picture", "not a picture", true},
    {"N06 JPEG", BYTES("\xff\xd8\xff\xe0"), 0, 600, 1, "a JPEG picture", "not a picture", true},
    {"N06 TIFF", BYTES("II*\0\x08\0"), 0, 600, 1, "a TIFF picture", "not a picture", true},
    {"N06 PDF", BYTES("%PDF-1.7\n"), 0, 600, 1, "a PDF document", "the volume", true},
    {"N06 AppleDouble", BYTES("\0\5\x16\7\0\2\0\0Mac OS X"), 0, 600, 1, "a ._ file of macOS", "without ._", true},
    {"N07 empty", BYTES(""), 0, 0, 0, "an empty file", "fetch the file again", false},
    {"N07 zeros", BYTES(""), 0, 4096, 0, "zero bytes only", "fetch the file again", true},
    {"N07 text", BYTES("hello, \xc3\xa4 text\n"), 0, 0, 0, "a text file", "the volume itself", false},
    {"N07 JSON", BYTES("\n {\"training\": [}"), 0, 0, 0, "a JSON file", "the volume itself", false},
    {"G33 bzip2", BYTES("BZh91AY&SY"), 0, 100, 1, "bzip2 data", "bunzip2", true},
    {"G33 xz", BYTES("\xfd\x37zXZ\0"), 0, 100, 1, "xz data", "unxz", true},
    {"G33 zstd", BYTES("\x28\xb5\x2f\xfd"), 0, 100, 1, "zstd data", "unzstd", true},
    {"G33 LZ4", BYTES("\x04\x22\x4d\x18"), 0, 100, 1, "LZ4 data", "unlz4", true},
    {"G33 compress", BYTES("\x1f\x9d\x90"), 0, 100, 1, "compress (.Z)", "uncompress", true},
    {"G31 zlib", BYTES("\x78\x9c"), 0, 100, 1, "zlib data", "gzip", true},
};
#define ROWS ((int)(sizeof rows / sizeof rows[0]))

static struct bytes content_of(const struct content_row *row)
{
    struct bytes content = {0};
    size_t size = row->size > row->at + row->start_bytes ? row->size : row->at + row->start_bytes;
    bytes_add_fill(&content, row->fill, size);
    if (row->start_bytes)
        memcpy(content.data + row->at, row->start, row->start_bytes);
    return content;
}

static void assert_has(const char *message, const char *part, const char *id)
{
    ck_assert_msg(strstr(message, part) != NULL, "%s: \"%s\" is not in: %s", id, part, message);
}

/* The file is refused with the message of its row. */
static void refuse(const struct content_row *row, const char *name, const struct bytes *content, const char *begin)
{
    amos_error err;
    amos_volume *volume;
    char *path = tmp_write_bytes(name, content);
    amos_status status = amos_volume_open(path, NULL, &volume, &err);
    ck_assert_msg(status == AMOS_E_GZ_HEADER || status == AMOS_E_GZ_TRUNC || status == AMOS_E_HDR_SHORT ||
                      status == AMOS_E_HDR_MAGIC,
                  "%s: %s", row->id, amos_status_name(status));
    ck_assert_int_eq(err.status, status);
    ck_assert_int_eq(strncmp(err.message, path, strlen(path)), 0);
    assert_has(err.message, begin, row->id);
    assert_has(err.message, row->what, row->id);
    assert_has(err.message, row->way, row->id);
    ck_assert_int_eq(err.message[strlen(err.message) - 1], '.');
    free(path);
}

START_TEST(N01_to_N07_a_file_is_named_by_its_content)
{
    const struct content_row *row = &rows[_i];
    struct bytes content = content_of(row);
    refuse(row, "x.nii", &content, ": this is ");
    refuse(row, "x.nii.gz", &content, ": this is ");
    refuse(row, "x", &content, ": this is ");
    bytes_free(&content);
}
END_TEST

START_TEST(N08_and_so_is_what_gzip_data_holds)
{
    const struct content_row *row = &rows[_i];
    struct bytes content = content_of(row), packed = gzip_of(&content);
    refuse(row, "x.nii.gz", &packed, ": its gzip data holds ");
    bytes_free(&packed);
    bytes_free(&content);
}
END_TEST

START_TEST(N09_a_dataset_json_is_named_by_its_content)
{
    const struct content_row *row = &rows[_i];
    struct bytes content = content_of(row);
    amos_error err;
    char name[32], json[64];
    snprintf(name, sizeof name, "json%d", _i);
    snprintf(json, sizeof json, "%s/dataset.json", name);
    tree_begin(name);
    free(tmp_write_bytes(json, &content));
    tree_refuse(NULL, AMOS_E_JSON_SYNTAX, row->json_too ? row->what : "dataset.json", &err);
    ck_assert_msg((strstr(err.message, "not JSON;") != NULL) == row->json_too, "%s: %s", row->id, err.message);
    bytes_free(&content);
}
END_TEST

/* The data was never fetched, so the link of git-annex leads nowhere. */
START_TEST(N02_a_dangling_link_of_annex_is_named)
{
    amos_error err;
    amos_volume *volume;
    char *path = tmp_path("annexed.nii.gz");
    ck_assert_int_eq(symlink(_i ? "gone.nii.gz" : "../.git/annex/objects/Gx/9f/k/k", path), 0);
    assert_status(amos_volume_open(path, NULL, &volume, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    assert_has(err.message, _i ? "a symbolic link to gone.nii.gz, which is not there" : "\"git annex get\"", "N02");
    unlink(path);
    free(path);
}
END_TEST

/* A gzip file with a damaged header is one all the same. */
START_TEST(damaged_gzip_is_not_called_something_else)
{
    amos_error err;
    amos_volume *volume;
    static const unsigned char damaged[] = {0x1f, 0x8b, 8, 0xff, 0, 0, 0, 0, 0, 0, 1, 2, 3};
    assert_status(amos_volume_open_memory(damaged, sizeof damaged, NULL, &volume, &err), AMOS_E_GZ_HEADER, &err);
    assert_has(err.message, "reserved flags", "header");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("content");
    TCase *content = add_case(suite, "content", 10);
    tcase_add_loop_test(content, N01_to_N07_a_file_is_named_by_its_content, 0, ROWS);
    tcase_add_loop_test(content, N08_and_so_is_what_gzip_data_holds, 0, ROWS);
    tcase_add_loop_test(content, N09_a_dataset_json_is_named_by_its_content, 0, ROWS);
    tcase_add_loop_test(content, N02_a_dangling_link_of_annex_is_named, 0, 2);
    tcase_add_test(content, damaged_gzip_is_not_called_something_else);
    return run_suite(suite);
}
