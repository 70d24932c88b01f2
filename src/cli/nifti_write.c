#include "nifti_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cli.h"
#include "outfile.h"

#define HEADER_BYTES 348
#define VOXEL_OFFSET 352
#define OUT_BYTES 262144u
#define PIECE_BYTES 1073741824u /* zlib counts in unsigned int */

struct nifti_output {
    struct outfile *out;
    bool compressed;
    z_stream stream;
    unsigned char buffer[OUT_BYTES];
};

static void put16(unsigned char *at, int64_t value)
{
    at[0] = (unsigned char)(value & 0xff);
    at[1] = (unsigned char)(value >> 8 & 0xff);
}

static void put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (8 * i) & 0xff);
}

static void put_floats(unsigned char *at, const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], 4);
        put32(at + 4 * i, bits);
    }
}

/* Field offsets are those of nifti1.h. */
static void make_header(const struct nifti_form *form, unsigned char header[VOXEL_OFFSET])
{
    const float voxel_offset = VOXEL_OFFSET;
    memset(header, 0, VOXEL_OFFSET);
    put32(header, HEADER_BYTES);
    header[38] = 'r'; /* regular, as ANALYZE readers expect */
    put16(header + 40, 3);
    for (int i = 0; i < 3; i++)
        put16(header + 42 + 2 * i, form->shape[i]);
    for (int i = 3; i < 7; i++)
        put16(header + 42 + 2 * i, 1);
    put16(header + 70, (int64_t)form->type);
    put16(header + 72, form->type == NIFTI_UINT8 ? 8 : 16);
    put_floats(header + 76, &form->qfac, 1);
    put_floats(header + 80, form->spacing, 3);
    put_floats(header + 108, &voxel_offset, 1);
    put_floats(header + 112, &form->slope, 1);
    put_floats(header + 116, &form->inter, 1);
    header[123] = 2; /* millimetres */
    strncpy((char *)header + 148, form->description, 79);
    put16(header + 252, form->qform_code);
    put16(header + 254, form->sform_code);
    put_floats(header + 256, form->quatern, 3);
    put_floats(header + 268, form->offset, 3);
    for (int i = 0; i < 3; i++)
        put_floats(header + 280 + 16 * i, form->srow[i], 4);
    memcpy(header + 344, "n+1", 4);
}

/* nifti1.h, "METHOD 2". */
static void qform_affine(const struct nifti_form *form, double affine[3][4])
{
    double b = form->quatern[0], c = form->quatern[1], d = form->quatern[2];
    double rest = 1.0 - (b * b + c * c + d * d);
    double a = rest > 0 ? sqrt(rest) : 0;
    const double rotation[3][3] = {
        {a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)},
        {2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)},
        {2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b},
    };
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            affine[i][j] = rotation[i][j] * (double)form->spacing[j] * (j == 2 ? (double)form->qfac : 1.0);
        affine[i][3] = form->offset[i];
    }
}

void nifti_form_affine(const struct nifti_form *form, double affine[3][4])
{
    qform_affine(form, affine);
    for (int i = 0; form->sform_code > 0 && i < 3; i++)
        for (int j = 0; j < 4; j++)
            affine[i][j] = form->srow[i][j];
}

static bool ends_with_gz(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

static bool start_deflate(struct nifti_output *file, int level)
{
    /* 16 asks zlib for a gzip member; its header then has no name and no time, as `gzip -n` writes it. */
    if (deflateInit2(&file->stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK)
        return true;
    cli_error("memory ran out.");
    return false;
}

struct nifti_output *nifti_create(const char *path, const struct nifti_form *form, int level)
{
    unsigned char header[VOXEL_OFFSET];
    struct nifti_output *file = calloc(1, sizeof *file);
    if (!file) {
        cli_error("memory ran out.");
        return NULL;
    }
    make_header(form, header);
    if (ends_with_gz(path) && !start_deflate(file, level)) {
        free(file);
        return NULL;
    }
    file->compressed = ends_with_gz(path);
    file->out = outfile_open(path);
    if (file->out && nifti_append(file, header, sizeof header))
        return file;
    nifti_finish(file, false);
    return NULL;
}

/* Feeds zlib and writes what comes out; with Z_FINISH until the end of the member. */
static bool deflate_all(struct nifti_output *file, int flush)
{
    int result;
    do {
        file->stream.next_out = file->buffer;
        file->stream.avail_out = OUT_BYTES;
        result = deflate(&file->stream, flush);
        if (!outfile_write(file->out, file->buffer, OUT_BYTES - file->stream.avail_out))
            return false;
    } while (file->stream.avail_out == 0 || (flush == Z_FINISH && result != Z_STREAM_END));
    return true;
}

bool nifti_append(struct nifti_output *file, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    if (!file->compressed)
        return outfile_write(file->out, bytes, count);
    while (count > 0) {
        size_t piece = count < PIECE_BYTES ? count : PIECE_BYTES;
        file->stream.next_in = (z_const Bytef *)(uintptr_t)at;
        file->stream.avail_in = (uInt)piece;
        if (!deflate_all(file, Z_NO_FLUSH))
            return false;
        at += piece;
        count -= piece;
    }
    return true;
}

bool nifti_finish(struct nifti_output *file, bool keep)
{
    if (!file)
        return false;
    if (keep && file->compressed)
        keep = deflate_all(file, Z_FINISH);
    if (file->compressed)
        deflateEnd(&file->stream);
    keep = outfile_finish(file->out, keep);
    free(file);
    return keep;
}
