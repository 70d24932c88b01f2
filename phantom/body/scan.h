/* SPDX-License-Identifier: BSD-3-Clause */
/* The patient of a scan, and the grid of its voxels. */
#ifndef PHANTOM_BODY_SCAN_H
#define PHANTOM_BODY_SCAN_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stdint.h>

enum phantom_phase { PHANTOM_PLAIN, PHANTOM_ARTERIAL, PHANTOM_PORTAL, PHANTOM_DELAYED };

/* How an organ of a patient differs from the average one. */
struct phantom_variant {
    double size;     /* factor of its extent */
    double girth;    /* factor of its thickness, on top of size; of organs made of tubes */
    double shift[3]; /* mm */
};

/* The properties in which patients and scans differ. */
struct phantom_patient {
    uint64_t seed; /* seed of all random numbers of this case */
    bool female;
    int age; /* years */
    struct phantom_variant organs[AMOS_ORGAN_COUNT];
    amos_modality modality;
    enum phantom_phase phase; /* of the contrast medium; CT only */
    uint32_t missing;         /* bit n: organ n was removed */
    double fat;               /* thickness of the fat below the skin, mm */
    double scale[3];          /* of the reference frame */
    double noise;             /* standard deviation of the image */
};

struct phantom_grid {
    int64_t shape[3];
    double affine[3][4]; /* voxel index -> mm, RAS+ */
    double origin[3];    /* origin of the body's reference frame, in those mm */
};

#endif
