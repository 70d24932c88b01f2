/* The patient of a phantom: what is at which place, in a reference frame of millimetres, RAS+, whose origin lies in
 * the middle of the small pelvis. An average adult; the raster scales and warps the frame, so that patients differ. */
#ifndef PHANTOM_BODY_H
#define PHANTOM_BODY_H

#include <amos/amos.h>

#include "phantom/shape.h"

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
    PHANTOM_COUCH,
    PHANTOM_TISSUES
};

/* What a tissue looks like in a scan: HU in CT, arbitrary units in MRI; `mottle` is how much it varies in space. */
struct phantom_look {
    double value, mottle;
};

void phantom_looks(const struct phantom_patient *patient, struct phantom_look looks[PHANTOM_TISSUES]);

#define PHANTOM_MAX_SHAPES 2048
#define PHANTOM_MAX_PARTS 320
#define PHANTOM_TORSO_LOW (-160)
#define PHANTOM_TORSO_STEPS 640

/* The outline of the trunk at one height: 1 / mm from the axis x = 0, y = PHANTOM_TORSO_Y. */
struct phantom_outline {
    double side, front, back;
};
#define PHANTOM_TORSO_Y 5.0

struct phantom_body {
    struct phantom_patient patient;
    struct phantom_look looks[PHANTOM_TISSUES];
    struct phantom_outline torso[PHANTOM_TORSO_STEPS]; /* one per mm from PHANTOM_TORSO_LOW */
    struct phantom_shape shapes[PHANTOM_MAX_SHAPES];
    struct phantom_part parts[PHANTOM_MAX_PARTS]; /* in painting order */
    size_t shape_count, part_count;
    double pivot[3], shift[3], size; /* how the organ that is being added differs from the average */
};

void phantom_body_make(struct phantom_body *body, const struct phantom_patient *patient);

/* For the files that add parts. A part ends where the next begins. */
struct phantom_point {
    double x, y, z, r;
};
void phantom_begin_organ(struct phantom_body *body, int organ, double x, double y, double z);
void phantom_end_organ(struct phantom_body *body);
struct phantom_part *phantom_add_part(struct phantom_body *body, int label, enum phantom_tissue tissue);
/* A part within the last one: its shapes, `shrink` mm deeper and within its label, with another tissue. Shapes that are
 * added limit it further. */
void phantom_add_inside(struct phantom_body *body, enum phantom_tissue tissue, double shrink);
void phantom_add_ball(struct phantom_body *body, enum phantom_operation operation, double blend, const double center[3],
                      const double axis_a[3], const double axis_b[3], const double radii[3]);
/* An ellipsoid whose axes are x, y and z. */
void phantom_add_egg(struct phantom_body *body, enum phantom_operation operation, double blend, double x, double y,
                     double z, double rx, double ry, double rz);
void phantom_add_drum(struct phantom_body *body, double x, double y, double z, double rx, double ry, double rz);
/* Capsules from point to point; `side` -1 mirrors x. */
void phantom_add_tube(struct phantom_body *body, double blend, double side, const struct phantom_point *points,
                      size_t count);
void phantom_add_halfspace(struct phantom_body *body, enum phantom_operation operation, double nx, double ny, double nz,
                           double offset);
void phantom_add_cavity(struct phantom_body *body, double margin);

#define PHANTOM_COUNT(array) (sizeof(array) / sizeof *(array))

/* Height of the middle of a vertebral body, and where its centre lies: 0 is L5, 5 is T12. */
#define PHANTOM_VERTEBRAE 11
extern const struct phantom_point phantom_spine[PHANTOM_VERTEBRAE];

void phantom_add_skeleton(struct phantom_body *body);     /* phantom_skeleton.c */
void phantom_add_surroundings(struct phantom_body *body); /* phantom_surroundings.c: muscles, lungs, heart, bowel */
void phantom_add_organs(struct phantom_body *body);       /* phantom_organs.c: the 15 organs and their vessels */

#endif
