/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: how well a segmentation agrees with a reference, organ by organ.
 *
 * One call gives every measure of every organ. Distances are exact Euclidean distances in millimetres, in double,
 * as sqrt((dx*sx)^2 + (dy*sy)^2 + (dz*sz)^2) with the sums from left to right and the spacing of the reference's affine;
 * the result is the same, bit for bit, with any number of threads.
 *
 * What a surface is and how its distances become one number differs between published tools. A convention names it:
 *
 * AMOS_CONVENTION_DEEPMIND, google-deepmind/surface-distance:
 *   surface        the points where eight voxels meet, of which some but not all belong to the organ (outside the volume
 *                  nothing does); the weight of a point is the area in mm2 of the marching-cubes triangles in the cube
 *                  between the eight voxel centres
 *   hd_percentile  for each direction the smallest distance up to which the given share of the area lies; the larger one
 *   nsd            area with a distance <= tolerance, both surfaces, over the area of both
 *   mean_...       mean weighted by area; assd: the same mean over both surfaces together
 * AMOS_CONVENTION_MEDPY, medpy.metric.binary (hd, hd95, asd, assd):
 *   surface        voxels of the organ that have a face neighbour which is not of it (outside the volume nothing is)
 *   hd_percentile  the percentile (numpy's, linear interpolation) of the distances of both directions together
 *   mean_...       plain means; assd: the mean of the two directed means
 *   nsd            (MedPy has none:) as in AMOS_CONVENTION_MONAI
 * AMOS_CONVENTION_MONAI, monai.metrics (SurfaceDiceMetric, HausdorffDistanceMetric, SurfaceDistanceMetric):
 *   surface        as in AMOS_CONVENTION_MEDPY
 *   hd_percentile  the percentile (linear interpolation) of each direction; the larger one
 *   nsd            surface voxels with a distance <= tolerance, both surfaces, over the voxels of both surfaces
 *   mean_...       plain means; assd: the mean over both directions together
 * In all of them hd is the largest distance of both directions. */
#ifndef AMOS_SCORE_H
#define AMOS_SCORE_H

#include <amos/labelmap.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable; any thread may use it. */
typedef struct amos_score amos_score;

typedef enum amos_convention {
    AMOS_CONVENTION_DEEPMIND = 0,
    AMOS_CONVENTION_MEDPY = 1,
    AMOS_CONVENTION_MONAI = 2
} amos_convention;

/* What an organ counts that is absent in both label maps:
 *   AMOS_ABSENT_NAN  nothing: its measures are NaN and means leave it out (in AMOS_CONVENTION_DEEPMIND hd and
 *                    hd_percentile are infinite, as surface-distance has them; means leave them out all the same)
 *   AMOS_ABSENT_ONE  a success: ratios are 1, differences and distances 0, and means include it
 * An organ that is absent in one map only is a failure under either rule: dice, jaccard and nsd are 0, hd, hd_percentile,
 * assd and the mean distance from the map that has it are infinite; the mean distance from the map that lacks it is
 * NaN, and so is the ratio of sensitivity and precision whose divisor is 0. */
typedef enum amos_absent { AMOS_ABSENT_NAN = 0, AMOS_ABSENT_ONE = 1 } amos_absent;

typedef struct amos_score_options {
    size_t size;               /* sizeof(amos_score_options) */
    amos_convention convention;
    amos_absent absent;
    const double *tolerances;  /* of nsd, in mm, 0 or more; copied. NULL: 1 and 2 */
    size_t tolerance_count;    /* at most 64 */
    const double *percentiles; /* of hd_percentile, 0 to 100; copied. NULL: 95 */
    size_t percentile_count;   /* at most 64 */
    int max_label;             /* organs are 1..max_label, a voxel above is an error. 0: the larger one of both maps,
                                * for files 15. At most 255 */
    double geometry_tolerance; /* largest displacement allowed, in units of the smallest spacing; 0: 0.01 */
    int threads;               /* 0: all that this process may use; 1: the caller's, for calls within amos_workers_run() */
    amos_progress progress; /* units are organs */
    amos_buffer_pool *pool;           /* where the memory of label maps that are loaded for the score comes from and goes back
                                * to; NULL: the system */
} amos_score_options;

typedef struct amos_organ_score {
    int label;
    uint64_t voxels_reference;
    uint64_t voxels_prediction;
    uint64_t voxels_both;
    double millilitres_reference;
    double millilitres_prediction;
    double dice;              /* 2 both / (reference + prediction) */
    double jaccard;           /* both / (reference + prediction - both) */
    double volume_difference; /* (prediction - reference) / reference; infinite where only the reference lacks it */
    double sensitivity;       /* both / reference */
    double precision;         /* both / prediction */
    double surface_reference; /* mm2 in AMOS_CONVENTION_DEEPMIND, else surface voxels */
    double surface_prediction;
    double hd;                           /* mm, like all below but nsd */
    double assd;
    double mean_reference_to_prediction; /* mean distance of the reference's surface from that of the prediction */
    double mean_prediction_to_reference;
    const double *nsd;                   /* one for each tolerance; borrowed from the score */
    const double *hd_percentile;         /* one for each percentile; borrowed from the score */
} amos_organ_score;

/* A mean over organs that does not hide what it leaves out. */
typedef struct amos_score_mean {
    double mean;      /* of the finite values; NaN where there is none */
    size_t counted;   /* organs in the mean */
    size_t absent;    /* organs left out because they are absent in both maps (AMOS_ABSENT_NAN) */
    size_t infinite;  /* organs left out because they have no finite value: absent in one map; never so for Dice, Jaccard
                       * and NSD */
} amos_score_mean;

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

#define AMOS_MEASURE_COUNT 15

/* What a measure has several values for. */
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

/* How a measure is named and printed. */
typedef struct amos_measure_info {
    amos_measure measure;
    const char *name;   /* of the field of amos_organ_score, and in options: "nsd" */
    const char *column; /* of JSON and CSV, a # standing for the level: "nsd_#mm", "hd#", "dice" */
    const char *title;  /* for people, with its unit: "NSD # mm", "HD# mm", "Dice" */
    const char *unit;   /* "mm", "ml", "mm2" (in AMOS_CONVENTION_DEEPMIND, else surface voxels); "" of a ratio */
    int better;         /* 1: a larger value is better; -1: a smaller one, and it may be infinite; 0: neither */
    amos_level level;
    int in_summary;     /* 1: one of the few that a summary shows */
} amos_measure_info;

/* Scores a prediction. Both maps must have voxels, one shape and, within the tolerance, one geometry; where one of them
 * has no known orientation only the shapes count (AMOS_W_NOORIENT). options may be NULL. On success *out is the
 * caller's, to be released by amos_score_free(); it needs neither map any more.
 * Returns AMOS_OK, AMOS_E_ARG, AMOS_E_NOMEM, AMOS_E_PAIR_SHAPE, AMOS_E_PAIR_GEOM (with the displacement in mm),
 * AMOS_E_GEOM (no usable geometry, thus no spacing), AMOS_E_LABEL (a voxel above max_label), AMOS_E_CANCEL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_score_make(const amos_labelmap *reference,
                                                          const amos_labelmap *prediction,
                                                          const amos_score_options *options, amos_score **out,
                                                          amos_error *err);

/* The same for opened volumes, which are read as labels up to max_label. Geometry is checked before voxels are read.
 * Returns as above or as amos_labelmap_load(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_score_load(const amos_volume *reference, const amos_volume *prediction,
                                                        const amos_score_options *options, amos_score **out,
                                                        amos_error *err);

/* The same for files; volume_options (for both) may be NULL.
 * Returns as above or as amos_volume_open(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_score_open(const char *reference, const char *prediction,
                                                      const amos_volume_options *volume_options,
                                                      const amos_score_options *options, amos_score **out,
                                                      amos_error *err);

/* Releases it; NULL is fine. */
AMOS_API void amos_score_free(amos_score *score);

/* The measures of an organ, 1..max_label; `label` may be an amos_organ. Borrowed; NULL for any other label. */
AMOS_API const amos_organ_score *amos_score_get_organ(const amos_score *score, int label);

/* What is known of measure number i; NULL if it is not 0..AMOS_MEASURE_COUNT-1. Static storage; any thread. */
AMOS_API const amos_measure_info *amos_measure_get(int i);

/* The measure of a name (amos_measure_info.name); case, spaces, '_', '-', '/' and '.' do not matter.
 * Returns AMOS_OK, or AMOS_E_ARG with a message that lists the names, and then *out is AMOS_MEASURE_DICE. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_measure_parse(const char *name, amos_measure *out, amos_error *err);

/* One of the numbers of amos_score_get_organ(), chosen by its measure. `index` chooses the tolerance or percentile and is 0
 * otherwise. NaN if there is no such organ, measure or index. Any thread. */
AMOS_API double amos_score_value(const amos_score *score, int label, amos_measure measure, size_t index);

/* The mean of a measure over organs 1..max_label. `index` chooses the tolerance or percentile and is 0 otherwise.
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_score_get_mean(const amos_score *score, amos_measure measure, size_t index,
                                                         amos_score_mean *out, amos_error *err);

/* What the score was made with. For NULL: the enums' first value, 0, NULL. Arrays are borrowed. */
AMOS_API amos_convention amos_score_convention(const amos_score *score);
AMOS_API amos_absent amos_score_absent(const amos_score *score);
AMOS_API int amos_score_max_label(const amos_score *score);
AMOS_API const double *amos_score_tolerances(const amos_score *score, size_t *count);
AMOS_API const double *amos_score_percentiles(const amos_score *score, size_t *count);

/* The spacing in mm along x, y and z; NULL for NULL. Borrowed. */
AMOS_API const double *amos_score_spacing(const amos_score *score);

/* How far apart reference and prediction lie, in mm; 0 where it is unknown. */
AMOS_API double amos_score_displacement(const amos_score *score);

/* AMOS_W_NOORIENT, and the warnings of both maps. */
AMOS_API amos_warnings amos_score_warnings(const amos_score *score);

/* "deepmind", "medpy", "monai". As amos_enum_name() and amos_enum_parse(). */
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
