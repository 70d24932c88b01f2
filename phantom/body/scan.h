/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is scanned, and where the voxels of the scan lie. */
#ifndef PHANTOM_BODY_SCAN_H
#define PHANTOM_BODY_SCAN_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stdint.h>

enum phantom_phase { PHANTOM_PLAIN, PHANTOM_ARTERIAL, PHANTOM_PORTAL, PHANTOM_DELAYED };

/* What makes one patient and scan different from another. */
struct phantom_patient {
    uint64_t seed; /* of everything random in this case */
    bool female;
    amos_modality modality;
    enum phantom_phase phase; /* of the contrast medium; CT only */
    uint32_t missing;         /* bit n: organ n was removed */
    double fat;               /* thickness of the fat below the skin in mm */
    double scale[3];          /* of the reference frame */
    double noise;             /* standard deviation of the image */
};

struct phantom_grid {
    int64_t shape[3];
    double affine[3][4]; /* voxel index -> mm, RAS+ */
    double origin[3];    /* where, in those mm, the body's reference frame has its origin */
};

#endif
