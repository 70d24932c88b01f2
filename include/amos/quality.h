/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: what looks wrong in the labels and images of a data set.
 *
 * Work is done in two stages. The first measures the facts of one case: amos_quality_open_case() or
 * amos_quality_measure(). The second compares the facts of all cases with limits and with each other:
 * amos_quality_judge(). It needs nothing but the facts, which go into JSON and come back exactly, so that the facts of
 * parts of a data set can be measured on several machines, and findings are the same, byte for byte, as those of one run.
 * docs/quality.md says what each kind of finding means, and where each limit comes from.
 *
 * Voxels are those of the image as stored, or of the label where there is no image. Positions in mm are RAS+. */
#ifndef AMOS_QUALITY_H
#define AMOS_QUALITY_H

#include <amos/components.h>
#include <amos/pair.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the facts of a case ---- */

/* The facts of one case. The caller owns them and releases them with amos_quality_free(). Immutable: any thread may use
 * them. They use neither files nor label maps after the call that made them. */
typedef struct amos_quality amos_quality;

#define AMOS_QUALITY_NO_IMAGE 1u /* measure the label alone, and do not open the image */

/* How to measure. Start from AMOS_QUALITY_OPTIONS_INIT. */
typedef struct amos_quality_options {
    size_t size;               /* sizeof(amos_quality_options) */
    uint32_t flags;            /* AMOS_QUALITY_... */
    int connectivity;          /* of components: 6, 18 or 26 neighbours; 0: 26 */
    int threads;               /* 0: one for each processor that this process may use; 1: the caller's thread alone */
    const char *case_id;       /* amos_quality_measure(): the name of the case in findings; NULL: "" */
    amos_modality modality;    /* amos_quality_measure(): ..._ANY (0) means unknown */
    const char *const *names;  /* names[v] is the name of label v, 0..name_count-1; NULL: those of the case's
                                        * data set, or of AMOS. What is known of an organ goes by its name */
    size_t name_count;         /* at most 256 */
    const amos_accept *accept; /* amos_quality_open_case(): what is accepted; NULL: the defaults */
    const amos_volume_options *volume; /* amos_quality_open_case(): for both files; NULL: the defaults */
    amos_buffer_pool *pool;            /* amos_quality_open_case(): memory of voxels; NULL: the system */
} amos_quality_options;

/* The defaults; NULL options mean the same: amos_quality_options o = AMOS_QUALITY_OPTIONS_INIT; */
#define AMOS_QUALITY_OPTIONS_INIT \
    { \
        sizeof(amos_quality_options), 0, 0, 0, NULL, AMOS_MODALITY_ANY, NULL, 0, NULL, NULL, NULL \
    }

/* Facts of the case as a whole. The library owns them. Later versions may add members at the end. */
typedef struct amos_quality_facts {
    const char *case_id;
    amos_split split;       /* ..._ANY: not known */
    amos_modality modality; /* never ..._ANY */
    char sex;               /* 'M', 'F', or '?' */
    int age_years;          /* -1: not known */
    amos_status status;     /* not AMOS_OK: the case could not be read, and the facts below are not known */
    const char *message;    /* the sentence of that failure, else "" */
    int connectivity;       /* 6, 18 or 26 */
    int has_label;          /* 1: there is a label, and the organs are known */
    int has_image;          /* 1: there is an image, and the facts of it are known */
    int64_t shape[3];
    int has_geometry; /* 0: positions in mm are not known, and sizes are counted in voxels of 1 mm */
    double spacing[3];
    double affine[12];     /* the first three rows, row-major */
    char orientation[4];   /* "LAS"; "" if the file does not say it: then sides and orders are not known */
    char label_digest[65]; /* equal for equal voxels of labels; "" without label */
    char image_digest[65]; /* equal for equal values of images, whatever their type; "" without image */
    double min, max, mean; /* of the finite voxels of the image; NaN without image */
    double p01, p50, p99;  /* percentiles of about 2^14 voxels on a regular lattice */
    uint64_t nonfinite;    /* voxels that are NaN or infinite, and where the first is */
    int64_t nonfinite_at[3];
    uint64_t constant;      /* slices along the last axis in which all voxels are equal */
    int64_t constant_first; /* the first of them; -1: none */
    uint64_t repeated;      /* slices that equal the slice before them and are not constant */
    int64_t repeated_first; /* the first of them; -1: none */
    uint64_t edge_faces;    /* voxel faces at the border of organs that were looked at in the image */
    double edge_here;       /* mean difference of the intensities on both sides of these faces */
    double edge_best;       /* the same with the label shifted by edge_shift, where it is largest */
    int64_t edge_shift[3];  /* in voxels; how the label would have to move */
} amos_quality_facts;

/* A connected component of a label. */
typedef struct amos_quality_part {
    uint64_t voxels;
    int64_t at[3];            /* one of its voxels: the middle of its longest run along x */
    double centroid_voxel[3]; /* mean voxel index; it may lie outside of the component */
    int border;               /* faces of the volume that it touches: bit 2*axis for the first plane, bit 2*axis+1 for
                                * the last one */
} amos_quality_part;

/* Facts of a label above 0. The library owns them. Later versions may add members at the end. */
typedef struct amos_quality_organ {
    int label;
    int organ;                /* the amos_organ that the name means; 0: none of them */
    const char *name;         /* that of the organ ("left_kidney"), else of the data set, else "label 17" */
    uint64_t voxels;          /* 0: absent; all below is then 0, but for NaN */
    double mm3;               /* voxels * |det(affine)| */
    int64_t low[3], high[3];  /* the bounding box; both inclusive */
    double centroid_voxel[3]; /* NaN if absent */
    int border;               /* as in amos_quality_part, of all voxels */
    uint64_t parts;           /* components, and the largest of them: at most AMOS_QUALITY_PARTS, the largest first */
    size_t part_count;
    const amos_quality_part *part;
    uint64_t holes;       /* holes, as amos_components_find() finds them */
    uint64_t hole_voxels; /* of all holes, and of the largest; where the largest begins */
    uint64_t hole_largest;
    int64_t hole_at[3];
    double mean, sd; /* of the finite voxels of the image in the organ; NaN without */
} amos_quality_organ;

#define AMOS_QUALITY_PARTS 32

/* Two labels that touch by faces of voxels. */
typedef struct amos_quality_contact {
    int label, other; /* label < other */
    uint64_t faces;   /* pairs of neighbouring voxels */
    double mm2;       /* the area of these faces */
    int64_t at[3];    /* the voxel of `label` at the first of them */
} amos_quality_contact;

/* Measures a case. Files are read as by amos_pair_load(), each once; a case without label is measured by its image. A
 * case that cannot be read has facts too: status, message and what is known of it without its files.
 *   amos_quality *quality;
 *   amos_status status = amos_quality_open_case(c, NULL, &quality, &err);
 * Needs 5 bytes for each voxel, and what amos_components_find() needs. On success the caller owns *out and releases it
 * with amos_quality_free(); the data set may be freed earlier.
 * Returns AMOS_OK, AMOS_E_ARG, AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_quality_open_case(const amos_case *c, const amos_quality_options *options,
                                                            amos_quality **out, amos_error *err);

/* Measures a label map with voxels, and an image in memory: float32, packed, in the shape of the map; NULL without.
 * Returns AMOS_OK, AMOS_E_ARG, AMOS_E_LIMIT or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_quality_measure(const amos_labelmap *map, const float *image,
                                                          const amos_quality_options *options, amos_quality **out,
                                                          amos_error *err);

/* Reads facts from JSON, which amos_quality_get_json() of this or of another process gave. `text` need not end in NUL; it
 * may be from anybody. A member that is not known is ignored; one that is missing is an error.
 * Returns AMOS_OK, AMOS_E_ARG, AMOS_E_JSON_SYNTAX, AMOS_E_JSON_SCHEMA, AMOS_E_LIMIT or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_quality_parse(const char *text, size_t bytes, amos_quality **out,
                                                        amos_error *err);

/* Releases facts. Does nothing for NULL. No other thread may be using them. */
AMOS_API void amos_quality_free(amos_quality *quality);

/* Borrowed from the facts; NULL for NULL. Any thread. */
AMOS_API const amos_quality_facts *amos_quality_get_facts(const amos_quality *quality);

/* The facts of label 1..count; NULL beyond, without label, and for NULL. Borrowed from the facts. Any thread. */
AMOS_API const amos_quality_organ *amos_quality_get_organ(const amos_quality *quality, int label);

/* Contact number `index`, by label and other; NULL beyond the last and for NULL. Borrowed from the facts. Any thread. */
AMOS_API const amos_quality_contact *amos_quality_get_contact(const amos_quality *quality, size_t index);

/* The facts as JSON on one line, without a newline; numbers are read back exactly. Borrowed from the facts; NULL for NULL.
 * The same facts give the same bytes on every machine. Any thread. */
AMOS_API const char *amos_quality_get_json(const amos_quality *quality);

/* ---- findings ---- */

/* What a finding is about; see docs/quality.md. The numbers never change their meaning. */
typedef enum amos_quality_kind {
    AMOS_QUALITY_UNREADABLE = 0,       /* the case could not be read */
    AMOS_QUALITY_EMPTY = 1,            /* a label without an organ */
    AMOS_QUALITY_SPECKS = 2,           /* small components of an organ */
    AMOS_QUALITY_PART = 3,             /* a component beside the largest that is no speck */
    AMOS_QUALITY_HOLE = 4,             /* an organ encloses background */
    AMOS_QUALITY_BORDER = 5,           /* an organ reaches the left, right, front or back border of the volume */
    AMOS_QUALITY_CONTACT = 6,          /* two organs touch that do not in a body */
    AMOS_QUALITY_SIDE = 7,             /* a right organ is not on the right of its left one */
    AMOS_QUALITY_ORDER = 8,            /* two organs are in the wrong order along the body, or from back to front */
    AMOS_QUALITY_MISSING = 9,          /* an organ is absent where the field of view should hold it */
    AMOS_QUALITY_SHIFT = 10,           /* the label fits its image better when it is shifted */
    AMOS_QUALITY_CONSTANT = 11,        /* slices in which all voxels are equal */
    AMOS_QUALITY_REPEATED = 12,        /* slices that equal the slice before */
    AMOS_QUALITY_NONFINITE = 13,       /* voxels that are NaN or infinite */
    AMOS_QUALITY_RANGE = 14,           /* a CT whose values are not HU: it has no air */
    AMOS_QUALITY_VOLUME = 15,          /* the volume of an organ is far from that of other cases */
    AMOS_QUALITY_INTENSITY = 16,       /* the intensity of an organ, or of the image, is far from that of other cases */
    AMOS_QUALITY_SPACING = 17,         /* the spacing is far from that of other cases */
    AMOS_QUALITY_SIZE = 18,            /* the size in mm is far from that of other cases */
    AMOS_QUALITY_DUPLICATE_IMAGE = 19, /* another case has the same image */
    AMOS_QUALITY_DUPLICATE_LABEL = 20  /* another case has the same label */
} amos_quality_kind;

/* "specks", "duplicate_image", ...; see amos_enum_name() and amos_enum_parse(). Any thread. */
static inline const char *amos_quality_kind_name(amos_quality_kind kind)
{
    return amos_enum_name(AMOS_ENUM_QUALITY_KIND, (int)kind);
}

static inline AMOS_MUST_CHECK amos_status amos_quality_kind_parse(const char *name, amos_quality_kind *out,
                                                                  amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_QUALITY_KIND, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_quality_kind)value;
    return status;
}

/* The limits beyond which a fact becomes a finding. Start from AMOS_QUALITY_LIMITS_INIT; docs/quality.md has the reasons.
 * amos_quality_limit_get() lists the fields. */
typedef struct amos_quality_limits {
    size_t size;            /* sizeof(amos_quality_limits) */
    double speck_mm3;       /* a component beside the largest that is smaller is a speck */
    double accessory_mm3;   /* a second component of the spleen up to this size is an accessory spleen, no finding */
    double hole_mm3;        /* holes that have this volume together are a finding */
    double contact_mm2;     /* area of contact of organs that do not touch in a body */
    double side_mm;         /* the right one of a pair must lie so far on the right of the left one */
    double order_mm;        /* organs may be so far beyond each other along the body */
    double shift_gain;      /* edges must be so many times as strong after a shift */
    double shift_mm;        /* and the shift so long */
    double constant_slices; /* so many constant slices are allowed */
    double repeated_slices; /* so many repeated slices are allowed */
    double air_hu;          /* a CT has values below this */
    double volume_z;        /* robust z of the volume of an organ */
    double intensity_z;     /* robust z of the mean intensity of an organ or an image */
    double spacing_z;       /* robust z of the spacing */
    double size_z;          /* robust z of the size in mm */
    double group_cases;     /* a distribution is known from so many cases on */
} amos_quality_limits;

#define AMOS_QUALITY_LIMITS_INIT \
    { \
        sizeof(amos_quality_limits), 100, 5000, 30, 25, 10, 10, 1.05, 2, 0, 0, -500, 5, 5, 5, 5, 10 \
    }

/* A field of amos_quality_limits. Static storage. */
typedef struct amos_quality_limit_info {
    const char *name;    /* "speck_mm3" */
    const char *unit;    /* "mm3"; "" for a number */
    const char *meaning; /* for help texts */
    double value;        /* the default */
    double low, high;    /* what is allowed; both inclusive */
    size_t offset;       /* of the double in amos_quality_limits */
} amos_quality_limit_info;

/* The fields in the order of the struct; NULL beyond the last. Static storage; any thread. */
AMOS_API const amos_quality_limit_info *amos_quality_limit_get(size_t index);

/* One thing that looks wrong. The findings own it. Later versions may add members at the end. */
typedef struct amos_quality_finding {
    amos_quality_kind kind;
    const char *case_id;
    size_t index;         /* of the case among those that were judged */
    int label;            /* 0: the finding concerns no organ */
    const char *organ;    /* name of the organ as in amos_quality_organ; "" for none */
    int has_place;        /* 0: there is no voxel to look at, as the case was not read */
    int64_t voxel[3];     /* where to look; the middle of the volume if no place is better */
    double mm[3];         /* the same in mm; NaN without geometry */
    double value;         /* what was found, in `unit` */
    double low, high;     /* what was expected: low <= value <= high; NaN: no such limit */
    const char *unit;     /* "mm3", "components", ...; "" for a ratio or a plain number */
    const char *expected; /* the same for people: "at most 30 mm3" */
    const char *text;     /* one sentence */
} amos_quality_finding;

/* Findings about cases. The caller owns them and releases them with amos_quality_findings_free(). Immutable: any thread may
 * use them. They do not use the facts that they were made from. */
typedef struct amos_quality_findings amos_quality_findings;

/* Judges the facts of `count` cases: each by itself, and compared with the others. Findings are in the order of the cases,
 * then of kinds and labels; they depend on nothing but the facts, their order and the limits. limits may be NULL.
 * Of equal images or labels, all cases but the first one are reported.
 * Returns AMOS_OK, AMOS_E_ARG (also for a limit out of its range) or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_quality_judge(const amos_quality *const *cases, size_t count,
                                                        const amos_quality_limits *limits, amos_quality_findings **out,
                                                        amos_error *err);

/* Releases findings. Does nothing for NULL. No other thread may be using them. */
AMOS_API void amos_quality_findings_free(amos_quality_findings *findings);

/* How many there are; 0 for NULL. Any thread. */
AMOS_API size_t amos_quality_findings_count(const amos_quality_findings *findings);

/* Finding number `index`; NULL beyond the last and for NULL. Borrowed from the findings. Any thread. */
AMOS_API const amos_quality_finding *amos_quality_findings_get(const amos_quality_findings *findings, size_t index);

#ifdef __cplusplus
}
#endif

#endif
