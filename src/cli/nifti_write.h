/* Writes NIfTI-1 volumes, .nii or .nii.gz by the name, little-endian on every machine: single files that are there
 * whole or not at all. Voxels are handed over in pieces, so no volume need be in memory. */
#ifndef CLI_NIFTI_WRITE_H
#define CLI_NIFTI_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nifti_type { NIFTI_UINT8 = 2, NIFTI_INT16 = 4, NIFTI_UINT16 = 512 };

/* What the header says (nifti1.h). */
struct nifti_form {
    int64_t shape[3]; /* each 1..32767 */
    enum nifti_type type;
    float spacing[3];
    float slope, inter;
    int qform_code, sform_code;
    float qfac;       /* 1 or -1 */
    float quatern[3]; /* b, c, d */
    float offset[3];
    float srow[3][4];        /* all zero where sform_code is 0 */
    const char *description; /* at most 79 letters */
};

/* The affine that a reader gets: the sform if sform_code > 0, else the qform. */
void nifti_form_affine(const struct nifti_form *form, double affine[3][4]);

struct nifti_output;

/* `level` is zlib's, 1..9. NULL after a failure. Failures of all three are reported on stderr. */
struct nifti_output *nifti_create(const char *path, const struct nifti_form *form, int level);

/* More voxel bytes, already little-endian. */
bool nifti_append(struct nifti_output *file, const void *bytes, size_t count);

/* With `keep` completes the file and gives it its name, otherwise removes it; NULL is fine, and false. */
bool nifti_finish(struct nifti_output *file, bool keep);

#endif
