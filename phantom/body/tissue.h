/* SPDX-License-Identifier: BSD-3-Clause */
/* The tissues of a phantom, and their image values. */
#ifndef PHANTOM_BODY_TISSUE_H
#define PHANTOM_BODY_TISSUE_H

#include "phantom/body/scan.h"

enum phantom_tissue {
    PHANTOM_AIR,
    PHANTOM_GAS,
    PHANTOM_LUNG,
    PHANTOM_LUNG_VESSEL,
    PHANTOM_FAT,
    PHANTOM_SKIN,
    PHANTOM_MUSCLE,
    PHANTOM_CORTICAL,
    PHANTOM_SPONGY,
    PHANTOM_DISC,
    PHANTOM_CARTILAGE,
    PHANTOM_CANAL,
    PHANTOM_CORD,
    PHANTOM_HEART,
    PHANTOM_BOWEL_WALL,
    PHANTOM_CHYME,
    PHANTOM_FECES,
    PHANTOM_ARTERY,
    PHANTOM_VEIN,
    PHANTOM_PORTAL_VEIN,
    PHANTOM_SPLEEN,
    PHANTOM_CORTEX,
    PHANTOM_MEDULLA,
    PHANTOM_PELVIS,
    PHANTOM_BILE,
    PHANTOM_ESOPHAGUS,
    PHANTOM_LIVER,
    PHANTOM_STOMACH_WALL,
    PHANTOM_STOMACH_FLUID,
    PHANTOM_AORTA,
    PHANTOM_POSTCAVA,
    PHANTOM_PANCREAS,
    PHANTOM_ADRENAL,
    PHANTOM_BLADDER_WALL,
    PHANTOM_URINE,
    PHANTOM_PROSTATE,
    PHANTOM_UTERUS,
    PHANTOM_UTERUS_CAVITY,
    PHANTOM_CALCIUM,
    PHANTOM_LESION,
    PHANTOM_COUCH,
    PHANTOM_TISSUES
};

/* The image values of a tissue: HU in CT, arbitrary units in MRI. `mottle` is its variation in space. */
struct phantom_look {
    double value, mottle;
};

void phantom_looks(const struct phantom_patient *patient, struct phantom_look looks[PHANTOM_TISSUES]);

#endif
