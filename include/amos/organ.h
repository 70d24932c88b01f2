/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the 15 organs of AMOS. */
#ifndef AMOS_ORGAN_H
#define AMOS_ORGAN_H

#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The value of a voxel in a label map. */
typedef enum amos_organ {
    AMOS_ORGAN_BACKGROUND = 0,
    AMOS_ORGAN_SPLEEN = 1,
    AMOS_ORGAN_RIGHT_KIDNEY = 2,
    AMOS_ORGAN_LEFT_KIDNEY = 3,
    AMOS_ORGAN_GALL_BLADDER = 4,
    AMOS_ORGAN_ESOPHAGUS = 5,
    AMOS_ORGAN_LIVER = 6,
    AMOS_ORGAN_STOMACH = 7,
    AMOS_ORGAN_AORTA = 8,
    AMOS_ORGAN_POSTCAVA = 9,
    AMOS_ORGAN_PANCREAS = 10,
    AMOS_ORGAN_RIGHT_ADRENAL_GLAND = 11,
    AMOS_ORGAN_LEFT_ADRENAL_GLAND = 12,
    AMOS_ORGAN_DUODENUM = 13,
    AMOS_ORGAN_BLADDER = 14,
    AMOS_ORGAN_PROSTATE_UTERUS = 15
} amos_organ;

#define AMOS_ORGAN_COUNT 16 /* background and 15 organs */

typedef struct amos_organ_info {
    amos_organ organ;
    const char *dataset_name;   /* as dataset.json spells it: "right kidney", "arota" */
    const char *name;           /* short, for programs: "right_kidney", "aorta" */
    const char *title;          /* for people: "Right kidney", "Aorta" */
    const char *const *aliases; /* other accepted names, ended by NULL */
    uint8_t rgb[3];             /* display colour */
} amos_organ_info;

/* What is known of an organ; NULL where `organ` is not 0..15. Static storage; any thread. */
AMOS_API const amos_organ_info *amos_organ_get(int organ);

/* The organ of a name: its number "6", any of its names or aliases; case, spaces, '_', '-', '/' and '.' do not matter.
 * Returns AMOS_OK, or AMOS_E_ARG (NULL or no such organ; the message lists the names, and suggests one that is nearly the
 * same), and then *out is AMOS_ORGAN_BACKGROUND. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_organ_parse(const char *name, amos_organ *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
