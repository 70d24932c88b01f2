/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/body/tissue.h"

#include "phantom/body/noise.h"

struct tissue {
    double ct[4];  /* HU without contrast medium, and in the arterial, portal and delayed phase */
    double mottle; /* HU */
    double mr;     /* T1-weighted, arbitrary units */
};

static const struct tissue tissues[PHANTOM_TISSUES] = {
    [PHANTOM_AIR] = {{-1000, -1000, -1000, -1000}, 0, 6},
    [PHANTOM_GAS] = {{-940, -940, -940, -940}, 10, 14},
    [PHANTOM_LUNG] = {{-860, -850, -850, -855}, 25, 28},
    [PHANTOM_LUNG_VESSEL] = {{-80, 60, 20, 0}, 20, 60},
    [PHANTOM_FAT] = {{-105, -105, -104, -105}, 7, 900},
    [PHANTOM_SKIN] = {{10, 15, 20, 20}, 5, 420},
    [PHANTOM_MUSCLE] = {{50, 54, 60, 58}, 8, 300},
    [PHANTOM_CORTICAL] = {{620, 620, 620, 620}, 90, 70},
    [PHANTOM_SPONGY] = {{145, 145, 150, 145}, 50, 540},
    [PHANTOM_DISC] = {{85, 85, 85, 85}, 8, 230},
    [PHANTOM_CARTILAGE] = {{115, 115, 115, 115}, 25, 260},
    [PHANTOM_CANAL] = {{15, 15, 15, 15}, 5, 130},
    [PHANTOM_CORD] = {{38, 40, 40, 40}, 4, 330},
    [PHANTOM_HEART] = {{40, 150, 120, 95}, 18, 330},
    [PHANTOM_BOWEL_WALL] = {{38, 70, 85, 70}, 8, 330},
    [PHANTOM_CHYME] = {{18, 18, 20, 22}, 14, 240},
    [PHANTOM_FECES] = {{5, 5, 5, 5}, 110, 280},
    [PHANTOM_ARTERY] = {{42, 235, 145, 95}, 4, 120},
    [PHANTOM_VEIN] = {{40, 75, 135, 98}, 8, 170},
    [PHANTOM_PORTAL_VEIN] = {{40, 95, 165, 105}, 5, 190},
    [PHANTOM_SPLEEN] = {{50, 112, 118, 92}, 5, 310},
    [PHANTOM_CORTEX] = {{33, 178, 185, 150}, 6, 430},
    [PHANTOM_MEDULLA] = {{31, 62, 172, 162}, 6, 300},
    [PHANTOM_PELVIS] = {{6, 6, 12, 60}, 5, 160},
    [PHANTOM_BILE] = {{8, 8, 9, 10}, 3, 620},
    [PHANTOM_ESOPHAGUS] = {{36, 55, 62, 55}, 8, 330},
    [PHANTOM_LIVER] = {{60, 72, 108, 88}, 5, 500},
    [PHANTOM_STOMACH_WALL] = {{40, 78, 84, 66}, 6, 330},
    [PHANTOM_STOMACH_FLUID] = {{14, 14, 16, 18}, 12, 210},
    [PHANTOM_AORTA] = {{42, 245, 148, 96}, 3, 110},
    [PHANTOM_POSTCAVA] = {{40, 72, 132, 98}, 8, 160},
    [PHANTOM_PANCREAS] = {{42, 104, 94, 74}, 12, 560},
    [PHANTOM_ADRENAL] = {{26, 66, 72, 56}, 5, 360},
    [PHANTOM_BLADDER_WALL] = {{38, 52, 60, 52}, 4, 310},
    [PHANTOM_URINE] = {{4, 5, 6, 14}, 2, 140},
    [PHANTOM_PROSTATE] = {{42, 58, 74, 68}, 9, 330},
    [PHANTOM_UTERUS] = {{46, 78, 108, 98}, 9, 350},
    [PHANTOM_UTERUS_CAVITY] = {{28, 34, 46, 44}, 6, 460},
    [PHANTOM_CALCIUM] = {{760, 780, 770, 765}, 60, 60},
    [PHANTOM_LESION] = {{34, 52, 62, 66}, 10, 400},
    [PHANTOM_COUCH] = {{-60, -60, -60, -60}, 0, 6},
};

/* Contrast and calibration differ a little from scan to scan: by up to 8 % of the distance from water. */
void phantom_looks(const struct phantom_patient *patient, struct phantom_look looks[PHANTOM_TISSUES])
{
    bool mri = patient->modality == AMOS_MODALITY_MRI;
    for (int i = 0; i < PHANTOM_TISSUES; i++) {
        const struct tissue *t = &tissues[i];
        double spread = 1.0 + 0.08 * phantom_even(patient->seed ^ 0x71557565, (uint64_t)i);
        double ct = t->ct[patient->phase];
        looks[i].value = mri ? t->mr * spread : ct < -90 ? ct : ct * spread;
        looks[i].mottle = mri ? t->mr * 0.02 + t->mottle : t->mottle;
    }
}
