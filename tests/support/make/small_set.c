/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "support/make/small_set.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/tmp.h"

/* Images and labels have the same geometry. */
static struct nifti_file volume_of(amos_type type, const void *voxels)
{
    struct nifti_spec spec = {.dim = {6, 5, 4}, .type = type, .voxels = voxels};
    nifti_set_sform(&spec, "LAS", (double[3]){2, 2, 5}, (double[3]){-50, 20, 300});
    return nifti_make(&spec);
}

static const char description[] =
    "{\"name\": \"AMOS\", \"labels\": {\"0\": \"background\", \"1\": \"spleen\", \"2\": \"right kidney\",\n"
    "\"3\": \"left kidney\", \"4\": \"gall bladder\", \"5\": \"esophagus\", \"6\": \"liver\", \"7\": \"stomach\",\n"
    "\"8\": \"arota\", \"9\": \"postcava\", \"10\": \"pancreas\", \"11\": \"right adrenal gland\",\n"
    "\"12\": \"left adrenal gland\", \"13\": \"duodenum\", \"14\": \"bladder\", \"15\": \"prostate/uterus\"},\n"
    "\"numTraining\": 2, \"numValidation\": 1, \"numTest\": 0, \"training\": [\n"
    "{\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": \"./labelsTr/amos_0001.nii.gz\"},\n"
    "{\"image\": \"./imagesTr/amos_0002.nii.gz\", \"label\": \"./labelsTr/amos_0002.nii.gz\"}],\n"
    "\"validation\": [{\"image\": \"./imagesVa/amos_0501.nii.gz\", \"label\": \"./labelsVa/amos_0501.nii.gz\"}],\n"
    "\"test\": []}\n";

char *small_set_path(const char *root, const char *name)
{
    size_t size = strlen(root) + strlen(name) + 2;
    char *path = must_alloc(size);
    snprintf(path, size, "%s/%s", root, name);
    return path;
}

static void write_gzipped(const char *name, struct nifti_file file)
{
    struct bytes packed = gzip_of(&file.bytes);
    free(tmp_write_bytes(name, &packed));
    bytes_free(&packed);
    nifti_free(&file);
}

static struct nifti_file image_of(int number)
{
    int16_t voxels[SMALL_SET_VOXELS];
    for (int n = 0; n < SMALL_SET_VOXELS; n++)
        voxels[n] = (int16_t)(10 * number + n);
    return volume_of(AMOS_TYPE_INT16, voxels);
}

/* `spleen` voxels of organ 1 from the first on, then `liver` voxels of organ 6. */
static struct nifti_file label_of(int spleen, int liver)
{
    uint8_t voxels[SMALL_SET_VOXELS] = {0};
    memset(voxels, 1, (size_t)spleen);
    memset(voxels + spleen, 6, (size_t)liver);
    return volume_of(AMOS_TYPE_UINT8, voxels);
}

static void write_case(const char *tree, const char *split, int number, int spleen, int liver)
{
    char name[256];
    snprintf(name, sizeof name, "%s/images%s/amos_%04d.nii.gz", tree, split, number);
    write_gzipped(name, image_of(number));
    snprintf(name, sizeof name, "%s/labels%s/amos_%04d.nii.gz", tree, split, number);
    write_gzipped(name, label_of(spleen, liver));
}

char *small_set_make(const char *name)
{
    char *json = small_set_path(name, "dataset.json");
    free(tmp_write(json, description, strlen(description)));
    free(json);
    write_case(name, "Tr", 1, 6, 24);
    write_case(name, "Tr", 2, 0, 12);
    write_case(name, "Va", 501, 2, 0);
    return tmp_path(name);
}

void small_set_truncate(const char *path, long count)
{
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_eq(truncate(path, about.st_size - count), 0);
}

void small_set_write_voxels(const char *path, const unsigned char voxels[SMALL_SET_VOXELS])
{
    struct nifti_file file = volume_of(AMOS_TYPE_UINT8, voxels);
    struct bytes packed = gzip_of(&file.bytes);
    FILE *stream = fopen(path, "wb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(packed.data, 1, packed.size, stream), packed.size);
    ck_assert_int_eq(fclose(stream), 0);
    bytes_free(&packed);
    nifti_free(&file);
}

void small_set_write_label(const char *path, unsigned char value)
{
    uint8_t voxels[SMALL_SET_VOXELS] = {0};
    voxels[7] = value;
    small_set_write_voxels(path, voxels);
}
