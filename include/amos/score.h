/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: how well a segmentation agrees with a reference, for each organ.
 *
 * One call computes every measure of every organ. Distances are exact Euclidean distances in millimetres, in double:
 * sqrt((dx*sx)^2 + (dy*sy)^2 + (dz*sz)^2), summed from left to right, with the spacing of the reference's affine. The
 * result is the same, bit for bit, with any number of threads.
 *
 * Published tools differ in what a surface is and in how its distances become one number. A convention names the rules:
 *
 * AMOS_CONVENTION_DEEPMIND, google-deepmind/surface-distance 0.1 (commit 1f805ce of 2025-02-19):
 *   surface        the points where eight voxels meet if some, but not all, of the eight belong to the organ. Outside
 *                  the volume no voxel belongs to it. The weight of a point is the area in mm2 of the marching-cubes
 *                  triangles in the cube between the eight voxel centres
 *   hd_percentile  for each direction, the smallest distance within which at least the given share of the area lies;
 *                  then the larger of the two
 *   nsd            the area with a distance <= tolerance, of both surfaces, divided by the area of both
 *   mean_...       means weighted by area; assd: the same mean over both surfaces together
 * AMOS_CONVENTION_MEDPY, medpy.metric.binary (hd, hd95, asd, assd) of MedPy 0.5.2 (2024-07-23):
 *   surface        the voxels of the organ with a face neighbour outside the organ. Outside the volume no voxel belongs
 *                  to it
 *   hd_percentile  the percentile (linear interpolation, as numpy has it) of the distances of both directions together
 *   mean_...       unweighted means; assd: the mean over both directions together
 *   nsd            as in AMOS_CONVENTION_MONAI; MedPy itself has no NSD
 * AMOS_CONVENTION_MEDPY_0_4, the same module of MedPy 0.4.0 (2018-11-23) and before:
 *   as AMOS_CONVENTION_MEDPY, but assd is the mean of the two directed means. (In 0.5.0 and 0.5.1 assd fails unless both
 *   surfaces have equally many voxels; then all versions agree.)
 * AMOS_CONVENTION_MONAI, monai.metrics (SurfaceDiceMetric, HausdorffDistanceMetric, SurfaceDistanceMetric) of MONAI
 * 1.5.0 (2025-06-13):
 *   surface        as in AMOS_CONVENTION_MEDPY
 *   hd_percentile  the percentile (linear interpolation) of each direction; then the larger of the two
 *   nsd            the surface voxels with a distance <= tolerance, of both surfaces, divided by the voxels of both
 *   mean_...       unweighted means; assd: the mean over both directions together
 * In all of them hd is the largest distance of both directions. amos_convention_source() names the sources.
 *
 * For an organ that only one of the maps has, the tools differ: surface-distance gives infinite distances, MedPy raises
 * an error, and MONAI gives infinite distances but NaN for a percentile. Here it is infinite in all conventions, because
 * NaN would look like an organ that is absent in both; means leave out both, so they are not changed by that. MONAI
 * computes in float32, and takes percentile 0 for none given: it returns the largest distance, and this library the
 * smallest.
 *
 * Structs that a function lends (amos_score_info, amos_organ_score, amos_measure_info) belong to the library. Later
 * versions may add members at their end. */
#ifndef AMOS_SCORE_H
#define AMOS_SCORE_H

#include <amos/labelmap.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The measures of all organs of one prediction. Immutable; any thread may use it. */
typedef struct amos_score amos_score;

/* Whose definitions of surface and distance are used; see the top of this file. */
typedef enum amos_convention {
    AMOS_CONVENTION_DEEPMIND = 0,
    AMOS_CONVENTION_MEDPY = 1,
    AMOS_CONVENTION_MONAI = 2,
    AMOS_CONVENTION_MEDPY_0_4 = 3
} amos_convention;

/* How many conventions there are. */
#define AMOS_CONVENTION_COUNT 4

/* How an organ counts that is absent in both label maps:
 *   AMOS_ABSENT_NAN  not at all: its measures are NaN and means leave it out. In AMOS_CONVENTION_DEEPMIND hd and
 *                    hd_percentile are infinite, as in surface-distance; means leave them out too
 *   AMOS_ABSENT_ONE  as a success: ratios are 1, differences and distances 0, and means include it
 * An organ that is absent in only one map is a failure under both rules: dice, jaccard and nsd are 0; hd,
 * hd_percentile, assd and the mean distance from the map that has it are infinite; the mean distance from the map that
 * lacks it is NaN, and so is sensitivity or precision if its divisor is 0. */
typedef enum amos_absent { AMOS_ABSENT_NAN = 0, AMOS_ABSENT_ONE = 1 } amos_absent;

/* What is measured and how. Start from AMOS_SCORE_OPTIONS_INIT. */
typedef struct amos_score_options {
    size_t size; /* sizeof(amos_score_options) */
    amos_convention convention;
    amos_absent absent;
    const double *tolerances;  /* of nsd, in mm, 0 or more; copied. NULL: 1 and 2 */
    size_t tolerance_count;    /* at most 64 */
    const double *percentiles; /* of hd_percentile, 0 to 100; copied. NULL: 95 */
    size_t percentile_count;   /* at most 64 */
    const amos_accept *accept; /* NULL: the defaults; copied. Organs are 1..max_label; a voxel with a larger label is an
                                * error. 0: the larger max_label of the two maps; for files 15 */
    const amos_accept *accept_prediction; /* NULL: the same; copied. Else how the voxels of a predicted file are read,
                                           * such as by a table of their own; max_label and tolerances are those of
                                           * accept */
    int threads;                          /* 0: all that this process may use; 1: the caller's alone, as in calls from
                                * amos_workers_run() */
    amos_progress progress;               /* units are organs */
    amos_buffer_pool *pool; /* memory for the label maps that are loaded for the score; NULL: the system's */
} amos_score_options;

/* The defaults, which NULL stands for too: amos_score_options o = AMOS_SCORE_OPTIONS_INIT; */
#define AMOS_SCORE_OPTIONS_INIT \
    { \
        sizeof(amos_score_options), AMOS_CONVENTION_DEEPMIND, AMOS_ABSENT_NAN, NULL, 0, NULL, 0, NULL, NULL, 0, \
            {NULL, NULL}, NULL \
    }

/* What a score was made with, and what was found about the two maps. */
typedef struct amos_score_info {
    amos_convention convention;
    amos_absent absent;
    int max_label;            /* organs are 1..max_label */
    const double *tolerances; /* of nsd, in mm */
    size_t tolerance_count;
    const double *percentiles; /* of hd_percentile */
    size_t percentile_count;
    double spacing[3];       /* of the reference: mm along x, y, z */
    double displacement;     /* how far apart reference and prediction lie, in mm, after turning and by the reading that
                             * fits; 0 if it is not known */
    amos_warnings warnings;  /* AMOS_W_NOORIENT, AMOS_W_TURNED, AMOS_W_READING, and the warnings of both maps */
    amos_accepted reference; /* what was accepted in the voxels of the reference */
    amos_accepted prediction; /* and of the prediction */
    uint64_t left_out;        /* voxels that are in no measure, because the reference has an ignored value there */
    char turned_from[4];      /* AMOS_W_TURNED: the prediction's stored orientation, which differs from the reference's;
                               * else "" */
    uint64_t voxels;          /* of the volume, without those that are left out */
} amos_score_info;

/* The measures of one organ. */

typedef struct amos_organ_score {
    int label;
    uint64_t voxels_reference;
    uint64_t voxels_prediction;
    uint64_t voxels_both;
    double millilitres_reference;
    double millilitres_prediction;
    double dice;              /* 2 both / (reference + prediction) */
    double jaccard;           /* both / (reference + prediction - both) */
    double volume_difference; /* (prediction - reference) / reference; infinite if only the reference lacks the organ */
    double sensitivity;       /* both / reference */
    double precision;         /* both / prediction */
    double surface_reference; /* mm2 in AMOS_CONVENTION_DEEPMIND; surface voxels in the others */
    double surface_prediction;
    double hd; /* mm, like all below but nsd */
    double assd;
    double mean_reference_to_prediction; /* mean distance from the reference's surface to the prediction's */
    double mean_prediction_to_reference;
    const double *nsd;           /* one for each tolerance */
    const double *hd_percentile; /* one for each percentile */
} amos_organ_score;

/* A mean over organs, with the number of organs that it leaves out. */
typedef struct amos_score_mean {
    size_t size;     /* sizeof(amos_score_mean), set by the caller */
    double mean;     /* of the finite values; NaN if there are none */
    size_t counted;  /* organs in the mean */
    size_t absent;   /* organs left out because they are absent in both maps (AMOS_ABSENT_NAN) */
    size_t infinite; /* organs left out because they have no finite value, being absent in one map. Always 0 for Dice,
                      * Jaccard and NSD */
} amos_score_mean;

/* Sets the size: amos_score_mean mean = AMOS_SCORE_MEAN_INIT; */
#define AMOS_SCORE_MEAN_INIT \
    { \
        sizeof(amos_score_mean), 0, 0, 0, 0 \
    }

/* The numbers in amos_organ_score. */
typedef enum amos_measure {
    AMOS_MEASURE_DICE = 0,
    AMOS_MEASURE_NSD = 1,
    AMOS_MEASURE_HD_PERCENTILE = 2,
    AMOS_MEASURE_ASSD = 3,
    AMOS_MEASURE_MILLILITRES_REFERENCE = 4,
    AMOS_MEASURE_MILLILITRES_PREDICTION = 5,
    AMOS_MEASURE_JACCARD = 6,
    AMOS_MEASURE_VOLUME_DIFFERENCE = 7,
    AMOS_MEASURE_SENSITIVITY = 8,
    AMOS_MEASURE_PRECISION = 9,
    AMOS_MEASURE_HD = 10,
    AMOS_MEASURE_SURFACE_REFERENCE = 11,
    AMOS_MEASURE_SURFACE_PREDICTION = 12,
    AMOS_MEASURE_MEAN_REFERENCE_TO_PREDICTION = 13,
    AMOS_MEASURE_MEAN_PREDICTION_TO_REFERENCE = 14
} amos_measure;

/* How many measures there are. */
#define AMOS_MEASURE_COUNT 15

/* What a measure has more than one value for. */
typedef enum amos_level {
    AMOS_LEVEL_NONE = 0,      /* one value */
    AMOS_LEVEL_TOLERANCE = 1, /* one for each of amos_score_options.tolerances */
    AMOS_LEVEL_PERCENTILE = 2 /* one for each of amos_score_options.percentiles */
} amos_level;

/* "none", "tolerance", "percentile". As amos_enum_name(). */
static inline const char *amos_level_name(amos_level level)
{
    return amos_enum_name(AMOS_ENUM_LEVEL, (int)level);
}

/* How a measure is named and printed. Borrowed from the library's table; static storage. */
typedef struct amos_measure_info {
    amos_measure measure;
    const char *name;   /* the member of amos_organ_score, also used in options: "nsd" */
    const char *column; /* in JSON and CSV, # standing for the level: "nsd_#mm", "hd#", "dice" */
    const char *title;  /* for people, with the unit: "NSD # mm", "HD# mm", "Dice" */
    const char *unit;   /* "mm", "ml", "mm2" (surface voxels outside AMOS_CONVENTION_DEEPMIND); "" for a ratio */
    int better;         /* 1: a larger value is better; -1: a smaller value is better, and it may be infinite; 0:
                         * neither */
    amos_level level;
    int in_summary; /* 1: summaries show it; 0: they do not */
} amos_measure_info;

/* Scores a prediction. Both maps must have voxels at the same positions, within the tolerance: as stored, or after a
 * permutation and flips of the prediction's axes (AMOS_W_TURNED). A qform of nearly a half turn counts by either of its
 * readings, as in amos_pair_open_case(). If one of them has no known orientation, only the shapes are compared
 * (AMOS_W_NOORIENT). options may be NULL. On success the caller
 * owns *out and releases it with amos_score_free(); the maps are not needed any more.
 * Returns AMOS_OK, AMOS_E_ARG, AMOS_E_NOMEM, AMOS_E_PAIR_SHAPE, AMOS_E_PAIR_GEOM (with the displacement in mm),
 * AMOS_E_GEOM (no usable geometry, so no spacing), AMOS_E_LABEL (a voxel above max_label), AMOS_E_UNSUPPORTED (an axis
 * of nearly 2^31 voxels), AMOS_E_CANCEL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_score_make(const amos_labelmap *reference, const amos_labelmap *prediction,
                                                     const amos_score_options *options, amos_score **out,
                                                     amos_error *err);

/* The same for open volumes, which are read as labels up to max_label. The geometry is checked before voxels are read.
 * Returns what amos_score_make() or amos_labelmap_load() returns. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_score_load(const amos_volume *reference, const amos_volume *prediction,
                                                     const amos_score_options *options, amos_score **out,
                                                     amos_error *err);

/* The same for files. volume_options apply to both and may be NULL.
 * Returns what amos_score_load() or amos_volume_open() returns. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_score_open(const char *reference, const char *prediction,
                                                     const amos_volume_options *volume_options,
                                                     const amos_score_options *options, amos_score **out,
                                                     amos_error *err);

/* Releases a score; NULL does nothing. No other thread may be using it. */
AMOS_API void amos_score_free(amos_score *score);

/* What the score was made with. Borrowed from the score; NULL for NULL. Any thread. */
AMOS_API const amos_score_info *amos_score_get_info(const amos_score *score);

/* The measures of an organ, 1..max_label; `label` may be an amos_organ. Borrowed from the score; NULL for another
 * label. Any thread. */
AMOS_API const amos_organ_score *amos_score_get_organ(const amos_score *score, int label);

/* The name, unit and direction of measure i. NULL unless i is 0..AMOS_MEASURE_COUNT-1. Static storage; any thread. */
AMOS_API const amos_measure_info *amos_measure_get(int i);

/* Finds a measure by its name (amos_measure_info.name). Case, spaces, '_', '-', '/' and '.' do not matter.
 * Returns AMOS_OK, or AMOS_E_ARG with a message that lists the names, and then *out is AMOS_MEASURE_DICE. Any
 * thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_measure_parse(const char *name, amos_measure *out, amos_error *err);

/* One number of amos_score_get_organ(), chosen by its measure. `index` chooses the tolerance or percentile; it is 0 for
 * other measures. Returns NaN if there is no such organ, measure or index. Any thread. */
AMOS_API double amos_score_value(const amos_score *score, int label, amos_measure measure, size_t index);

/* The mean of a measure over organs 1..max_label. `index` chooses the tolerance or percentile; it is 0 for other
 * measures. out->size must be set (AMOS_SCORE_MEAN_INIT). After an error out->mean is NaN and the counts are 0.
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_score_get_mean(const amos_score *score, amos_measure measure, size_t index,
                                                         amos_score_mean *out, amos_error *err);

/* The release whose rules a convention has: "MedPy 0.5.2 (2024-07-23)". "?" for another number. Static storage; any
 * thread. */
AMOS_API const char *amos_convention_source(amos_convention convention);

/* "deepmind", "medpy", "monai", "medpy-0.4". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_convention_name(amos_convention convention)
{
    return amos_enum_name(AMOS_ENUM_CONVENTION, (int)convention);
}

static inline AMOS_MUST_CHECK amos_status amos_convention_parse(const char *name, amos_convention *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_CONVENTION, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_convention)value;
    return status;
}

/* "nan", "one". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_absent_name(amos_absent absent)
{
    return amos_enum_name(AMOS_ENUM_ABSENT, (int)absent);
}

static inline AMOS_MUST_CHECK amos_status amos_absent_parse(const char *name, amos_absent *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_ABSENT, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_absent)value;
    return status;
}

#ifdef __cplusplus
}
#endif

#endif
