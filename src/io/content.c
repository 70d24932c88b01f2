/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/content.h"

#include <stdbool.h>
#include <string.h>

#include "base/math/bytes.h"
#include "base/text/utf8.h"

/* ---- ways on that several kinds share ---- */

#define FETCH_AGAIN "the download or copy failed, so fetch the file again"
#define SENT_INSTEAD "a server sent it instead of the file; download the file again, signed in if that is needed"
#define GIT_LFS "run \"git lfs pull\" in its repository to fetch the file"
#define GIT_ANNEX "run \"git annex get\" or \"datalad get\" on it to fetch the file"
#define UNPACK "unpack it first"
#define TO_NIFTI "convert it to NIfTI, for example with SimpleITK or nibabel"
#define FROM_DICOM "convert the series to NIfTI, for example with dcm2niix"
#define FROM_NUMPY "write the array as NIfTI, for example with amos.write() of Python"
#define A_PICTURE "a volume is needed, not a picture"
#define A_TEXT "give the volume itself"

/* ---- how bytes are recognised ---- */

struct start {
    const unsigned char *bytes;
    size_t count;
};

struct kind;
typedef bool (*match_fn)(const struct kind *kind, const struct start *start);

/* The first kind that matches counts. */
struct kind {
    match_fn match;
    size_t at; /* of `magic` */
    const char *magic;
    size_t magic_bytes;
    struct amosi_content content;
};

/* The magic stands exactly there. */
static bool at_place(const struct kind *kind, const struct start *start)
{
    return start->count >= kind->at + kind->magic_bytes &&
           memcmp(start->bytes + kind->at, kind->magic, kind->magic_bytes) == 0;
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

/* Where the text begins: after a byte order mark and blanks. */
static size_t text_begin(const struct start *start)
{
    size_t at = amosi_utf8_has_bom((const char *)start->bytes, start->count) ? 3 : 0;
    while (at < start->count && is_blank(start->bytes[at]))
        at++;
    return at;
}

/* The text begins with the magic, in upper or lower case. */
static bool text_begins(const struct kind *kind, const struct start *start)
{
    size_t at = text_begin(start);
    if (start->count - at < kind->magic_bytes)
        return false;
    for (size_t i = 0; i < kind->magic_bytes; i++)
        if (lower(start->bytes[at + i]) != (unsigned char)kind->magic[i])
            return false;
    return true;
}

/* The text begins with a dot, and the magic stands anywhere in it. */
static bool dot_and_anywhere(const struct kind *kind, const struct start *start)
{
    for (size_t at = 0; at + kind->magic_bytes <= start->count && start->bytes[0] == '.'; at++)
        if (memcmp(start->bytes + at, kind->magic, kind->magic_bytes) == 0)
            return true;
    return false;
}

/* Behind the XML declaration. */
static bool is_gifti(const struct kind *kind, const struct start *start)
{
    for (size_t at = text_begin(start); at + kind->magic_bytes <= start->count; at++) {
        const struct start rest = {start->bytes + at, start->count - at};
        if (start->bytes[at] == '<' && text_begins(kind, &rest))
            return true;
    }
    return false;
}

static bool is_empty(const struct kind *kind, const struct start *start)
{
    (void)kind;
    return start->count == 0;
}

static bool is_zeros(const struct kind *kind, const struct start *start)
{
    (void)kind;
    for (size_t i = 0; i < start->count; i++)
        if (start->bytes[i])
            return false;
    return start->count >= 16;
}

/* A ZIP archive whose first member is named *.npy. */
static bool is_npz(const struct kind *kind, const struct start *start)
{
    if (!at_place(kind, start) || start->count < 30)
        return false;
    size_t end = 30 + (size_t)amosi_get16(start->bytes + 26, false);
    return end <= start->count && end >= 34 && memcmp(start->bytes + end - 4, ".npy", 4) == 0;
}

/* MGH: version 1, three dimensions and a number of frames below 2^16, big-endian. */
static bool is_mgh(const struct kind *kind, const struct start *start)
{
    if (start->count < 24)
        return false;
    for (size_t at = 4; at <= 16; at += 4)
        if (amosi_get32(start->bytes + at, true) == 0 || amosi_get32(start->bytes + at, true) > 0xffff)
            return false;
    return at_place(kind, start);
}

/* DICOM without its preamble begins with an element of group 8. */
static bool is_bare_dicom(const struct kind *kind, const struct start *start)
{
    static const unsigned char elements[] = {0x00, 0x05, 0x08, 0x12, 0x16, 0x18};
    return start->count >= 132 && at_place(kind, start) && start->bytes[3] == 0 &&
           memchr(elements, start->bytes[2], sizeof elements) != NULL;
}

/* The usual window of 32 KiB; the two bytes together are a multiple of 31. */
static bool is_zlib(const struct kind *kind, const struct start *start)
{
    return at_place(kind, start) && start->count >= 2 && amosi_get16(start->bytes, true) % 31 == 0;
}

/* UTF-8 without control characters. The last letter may be cut. */
static bool is_text(const struct kind *kind, const struct start *start)
{
    (void)kind;
    for (size_t i = 0; i < start->count; i++)
        if (start->bytes[i] < 0x20 && !is_blank(start->bytes[i]) && start->bytes[i] != '\f')
            return false;
    return start->count >= 4 && amosi_utf8_end((const char *)start->bytes, start->count) + 3 >= start->count;
}

/* ---- the table ---- */

#define MAGIC(text) (text), sizeof(text) - 1

static const struct kind kinds[] = {
    {is_empty, 0, MAGIC(""), {"an empty file", FETCH_AGAIN, true}},
    {is_zeros, 0, MAGIC(""), {"a file that begins with zero bytes only", FETCH_AGAIN, false}},
    {text_begins, 0, MAGIC("version https://git-lfs.github.com/spec/"), {"a Git LFS pointer", GIT_LFS, false}},
    {text_begins, 0, MAGIC("version https://hawser.github.com/spec/"), {"a Git LFS pointer", GIT_LFS, false}},
    {text_begins, 0, MAGIC("/annex/objects/"), {"a git-annex pointer", GIT_ANNEX, false}},
    {dot_and_anywhere, 0, MAGIC(".git/annex/objects/"), {"a git-annex link that was stored as text", GIT_ANNEX, false}},
    {text_begins, 0, MAGIC("<nifti_image"), {"an ASCII NIfTI file (.nia)", TO_NIFTI, false}},
    {text_begins, 0, MAGIC("<!doctype html"), {"an HTML page", SENT_INSTEAD, false}},
    {text_begins, 0, MAGIC("<html"), {"an HTML page", SENT_INSTEAD, false}},
    {text_begins, 0, MAGIC("<!--"), {"an HTML page", SENT_INSTEAD, false}},
    {is_gifti, 0, MAGIC("<gifti"), {"a GIFTI surface", "a volume is needed, not a surface", false}},
    {text_begins, 0, MAGIC("<?xml"), {"an XML page", SENT_INSTEAD, false}},
    {is_npz, 0, MAGIC("PK\3\4"), {"a NumPy .npz archive", FROM_NUMPY, false}},
    {at_place, 0, MAGIC("PK\3\4"), {"a ZIP archive", "unpack it, or name a volume in it as ARCHIVE/NAME", false}},
    {at_place, 0, MAGIC("PK\5\6"), {"an empty ZIP archive", FETCH_AGAIN, false}},
    {at_place, 257, MAGIC("ustar"), {"a tar archive", "unpack it first (tar xf)", false}},
    {at_place, 0, MAGIC("7z\xbc\xaf\x27\x1c"), {"a 7z archive", UNPACK, false}},
    {at_place, 0, MAGIC("Rar!"), {"a RAR archive", UNPACK, false}},
    {at_place, 0, MAGIC("\x1f\x8b"), {"gzip data", "unpack it once more (gunzip)", false}},
    {at_place, 0, MAGIC("BZh"), {"bzip2 data", "unpack it first (bunzip2)", false}},
    {at_place, 0, MAGIC("\xfd\x37zXZ"), {"xz data", "unpack it first (unxz)", false}},
    {at_place, 0, MAGIC("\x28\xb5\x2f\xfd"), {"zstd data", "unpack it first (unzstd)", false}},
    {at_place, 0, MAGIC("\x04\x22\x4d\x18"), {"LZ4 data", "unpack it first (unlz4)", false}},
    {at_place, 0, MAGIC("\x1f\x9d"), {"data of compress (.Z)", "unpack it first (uncompress)", false}},
    {at_place, 128, MAGIC("DICM"), {"a DICOM file", FROM_DICOM, false}},
    {is_bare_dicom, 0, MAGIC("\x08\0"), {"a DICOM file", FROM_DICOM, false}},
    {at_place, 0, MAGIC("NRRD000"), {"a NRRD file", TO_NIFTI, false}},
    {text_begins, 0, MAGIC("objecttype"), {"a MetaImage header", TO_NIFTI, false}},
    {text_begins, 0, MAGIC("ndims"), {"a MetaImage header", TO_NIFTI, false}},
    {is_mgh, 0, MAGIC("\0\0\0\1"), {"an MGH/MGZ volume of FreeSurfer", "convert it to NIfTI with mri_convert", false}},
    {at_place, 0, MAGIC("\x93NUMPY"), {"a NumPy .npy array", FROM_NUMPY, false}},
    {at_place, 0, MAGIC("\x89HDF\r\n\x1a\n"), {"an HDF5 file", TO_NIFTI, false}},
    {at_place, 0, MAGIC("CDF\1"), {"a NetCDF or MINC file", TO_NIFTI, false}},
    {at_place, 0, MAGIC("MATLAB 5.0 MAT-file"), {"a MATLAB file", TO_NIFTI, false}},
    {at_place, 0, MAGIC("\x89PNG\r\n"), {"a PNG picture", A_PICTURE, false}},
    {at_place, 0, MAGIC("\xff\xd8\xff"), {"a JPEG picture", A_PICTURE, false}},
    {at_place, 0, MAGIC("GIF8"), {"a GIF picture", A_PICTURE, false}},
    {at_place, 0, MAGIC("II*\0"), {"a TIFF picture", A_PICTURE, false}},
    {at_place, 0, MAGIC("MM\0*"), {"a TIFF picture", A_PICTURE, false}},
    {at_place, 0, MAGIC("%PDF-"), {"a PDF document", A_TEXT, false}},
    {at_place, 0, MAGIC("\0\5\x16\7"), {"a ._ file of macOS", "give the file without ._ before its name", false}},
    {text_begins, 0, MAGIC("{"), {"a JSON file", A_TEXT, true}},
    {text_begins, 0, MAGIC("[{"), {"a JSON file", A_TEXT, true}},
    {text_begins, 0, MAGIC("<"), {"an XML page", SENT_INSTEAD, false}},
    {is_text, 0, MAGIC(""), {"a text file", A_TEXT, true}},
    {is_zlib, 0, MAGIC("x"), {"zlib data without the gzip header", "compress the volume again with gzip", false}},
};

const struct amosi_content *amosi_content_of(const unsigned char *start, size_t bytes)
{
    const struct start looked_at = {start, bytes < AMOSI_CONTENT_BYTES ? bytes : AMOSI_CONTENT_BYTES};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].match(&kinds[i], &looked_at))
            return &kinds[i].content;
    return NULL;
}
