/* SPDX-License-Identifier: BSD-3-Clause */
#include <amos/error.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/text/words.h"

static const struct {
    const char *name;
    const char *text;
} statuses[] = {
    [AMOS_OK] = {"OK", "all good"},
    [AMOS_E_ARG] = {"E_ARG", "wrong use of a function"},
    [AMOS_E_NOMEM] = {"E_NOMEM", "not enough memory"},
    [AMOS_E_OPEN] = {"E_OPEN", "the file cannot be opened"},
    [AMOS_E_NOTREG] = {"E_NOTREG", "not a regular file"},
    [AMOS_E_IO] = {"E_IO", "reading or writing failed"},
    [AMOS_E_CHANGED] = {"E_CHANGED", "the file was changed while it was open"},
    [AMOS_E_PATH] = {"E_PATH", "a path that is not allowed"},
    [AMOS_E_GZ_HEADER] = {"E_GZ_HEADER", "not a valid gzip header"},
    [AMOS_E_GZ_DATA] = {"E_GZ_DATA", "the compressed data is damaged"},
    [AMOS_E_GZ_TRUNC] = {"E_GZ_TRUNC", "the compressed file ends too early"},
    [AMOS_E_GZ_CRC] = {"E_GZ_CRC", "the data does not match its checksum"},
    [AMOS_E_GZ_SIZE] = {"E_GZ_SIZE", "the data does not match its stored length"},
    [AMOS_E_GZ_TRAIL] = {"E_GZ_TRAIL", "foreign bytes follow the compressed data"},
    [AMOS_E_HDR_SHORT] = {"E_HDR_SHORT", "too few bytes for a NIfTI header"},
    [AMOS_E_HDR_MAGIC] = {"E_HDR_MAGIC", "not a NIfTI header"},
    [AMOS_E_HDR_ENDIAN] = {"E_HDR_ENDIAN", "the header's byte order is contradictory"},
    [AMOS_E_HDR_DIM] = {"E_HDR_DIM", "impossible dimensions"},
    [AMOS_E_HDR_DTYPE] = {"E_HDR_DTYPE", "unknown voxel type"},
    [AMOS_E_HDR_OFFSET] = {"E_HDR_OFFSET", "impossible voxel offset"},
    [AMOS_E_HDR_SCALE] = {"E_HDR_SCALE", "scaling that gives no number"},
    [AMOS_E_GEOM] = {"E_GEOM", "no usable geometry"},
    [AMOS_E_UNSUPPORTED] = {"E_UNSUPPORTED", "not supported"},
    [AMOS_E_LIMIT] = {"E_LIMIT", "a limit was passed"},
    [AMOS_E_DATA_SHORT] = {"E_DATA_SHORT", "fewer voxels than the header says"},
    [AMOS_E_DATA_LONG] = {"E_DATA_LONG", "more data than the header says"},
    [AMOS_E_PAIR_SHAPE] = {"E_PAIR_SHAPE", "image and label differ in shape"},
    [AMOS_E_PAIR_GEOM] = {"E_PAIR_GEOM", "image and label lie at different places"},
    [AMOS_E_LABEL] = {"E_LABEL", "a voxel is not a label"},
    [AMOS_E_JSON_SYNTAX] = {"E_JSON_SYNTAX", "not valid JSON"},
    [AMOS_E_JSON_SCHEMA] = {"E_JSON_SCHEMA", "the JSON does not describe a data set"},
    [AMOS_E_DUP] = {"E_DUP", "one file has two roles that must differ"},
    [AMOS_E_INDEX] = {"E_INDEX", "a cache or index file is unusable"},
    [AMOS_E_FORK] = {"E_FORK", "not usable in a forked child"},
    [AMOS_E_CANCEL] = {"E_CANCEL", "stopped on request"},
    [AMOS_E_RANGE] = {"E_RANGE", "a value that the requested type cannot hold"},
};

static const struct {
    const char *name;
    const char *text;
} warnings[] = {
    {"W_PADDING", "zero bytes follow the compressed data"},
    {"W_TRAILING", "foreign bytes follow the compressed data"},
    {"W_SUFFIX", "the file's name and its content disagree on compression or kind"},
    {"W_EXTRA", "bytes follow the last voxel"},
    {"W_BITPIX", "bitpix disagrees with datatype"},
    {"W_PRECISION", "large 64-bit integers lost precision in a floating type"},
    {"W_OFFSET", "vox_offset is zero or too large to be exact"},
    {"W_ALIGN", "vox_offset is not a multiple of 16"},
    {"W_EXT", "the header extensions are damaged and were skipped"},
    {"W_SCALE", "scl_slope is not a number and was ignored"},
    {"W_SHEAR", "the axes of the affine are not at right angles"},
    {"W_FORMS", "sform and qform disagree"},
    {"W_CODE", "an unknown qform or sform code was ignored"},
    {"W_QFAC", "pixdim[0] is neither -1 nor 1"},
    {"W_PIXDIM", "a negative spacing was made positive"},
    {"W_UNITS", "unknown units; millimetres are assumed"},
    {"W_NOORIENT", "position and orientation are unknown, so voxels are taken as stored, flipped or not"},
    {"W_GEOM", "image and label lie at different places"},
    {"W_EMPTY", "the label has no organ"},
    {"W_LEAK", "one case is in two splits"},
    {"W_COUNT", "the stated number of cases is wrong"},
    {"W_LABELS", "the label table is missing or odd"},
    {"W_UNLISTED", "dataset.json does not name this file, or it is a copy or an unfinished download"},
    {"W_METADATA", "the metadata table is unusable or does not fit"},
    {"W_ROUNDED", "values of the label were rounded to integers"},
    {"W_IGNORED", "values of the label were ignored"},
    {"W_RELABELLED", "values of the label were given other labels"},
    {"W_TURNED", "the same place, but stored in another orientation; the axes were turned"},
    {"W_READING", "the same place only by the other reading of a qform that is nearly a half turn"},
    {"W_QUATERN", "the quaternion is longer than 1 and was normalised"},
    {"W_SPACING", "pixdim and sform give different spacings; the sform was used"},
    {"W_MODALITY", "nothing says whether some cases are CT or MRI, or what says it names cases that are not there"},
    {"W_RENAMED", "a file or folder is used that is named otherwise than expected"},
    {"W_UNUSED", "a file that seems to belong to the data set is not used"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *amos_status_name(amos_status status)
{
    return (size_t)status < COUNT(statuses) ? statuses[status].name : "E_?";
}

const char *amos_status_text(amos_status status)
{
    return (size_t)status < COUNT(statuses) ? statuses[status].text : "unknown status";
}

static const char *status_at(const void *table, size_t i)
{
    (void)table;
    return statuses[i].name;
}

amos_status amos_status_parse(const char *name, amos_status *out, amos_error *err)
{
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_status_parse() needs a place for its result.");
    *out = AMOS_OK;
    for (size_t i = 0; name && i < COUNT(statuses); i++)
        if (amosi_words_equal(statuses[i].name, name)) {
            *out = (amos_status)i;
            return AMOS_OK;
        }
    return amosi_name_refuse("status", name, status_at, NULL, COUNT(statuses), err);
}

static int warning_index(amos_warnings bit)
{
    for (size_t i = 0; i < COUNT(warnings); i++)
        if (bit == (amos_warnings)1 << i)
            return (int)i;
    return -1;
}

const char *amos_warning_name(amos_warnings bit)
{
    int i = warning_index(bit);
    return i < 0 ? NULL : warnings[i].name;
}

const char *amos_warning_text(amos_warnings bit)
{
    int i = warning_index(bit);
    return i < 0 ? NULL : warnings[i].text;
}
