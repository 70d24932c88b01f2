/* SPDX-License-Identifier: BSD-3-Clause */
/* The patients of a phantom data set.
 *
 * The spread of each organ is chosen such that volumes vary about as much as published ones do: by 20 to 30 % for liver
 * and kidneys, by half for spleen and stomach, by more for gall bladder and bladder, which fill and empty. Numbers use
 * + - * / alone, so they are the same on every machine. */
#include "phantom/patient.h"

#include <string.h>

#include "phantom/body/noise.h"

/* Organs removed by surgery, and contrast phases of CT; both repeat. */
static const int removed[12] = {
    0, AMOS_ORGAN_GALL_BLADDER, 0, AMOS_ORGAN_RIGHT_ADRENAL_GLAND, 0, 0,
    0, AMOS_ORGAN_LEFT_KIDNEY,  0, AMOS_ORGAN_GALL_BLADDER,        0, AMOS_ORGAN_PROSTATE_UTERUS};
static const enum phantom_phase phases[12] = {PHANTOM_PORTAL, PHANTOM_ARTERIAL, PHANTOM_PLAIN,    PHANTOM_PORTAL,
                                              PHANTOM_PLAIN,  PHANTOM_PLAIN,    PHANTOM_DELAYED,  PHANTOM_PORTAL,
                                              PHANTOM_PLAIN,  PHANTOM_PORTAL,   PHANTOM_ARTERIAL, PHANTOM_PLAIN};

/* How an organ varies. Standard deviations of the factors of phantom_variant, of which the body's own scale is no part;
 * what ten years beyond fifty add to them; and the shift of an organ that is larger than the average, in mm for a factor
 * of 2: it grows to where there is room. */
struct spread {
    double size, girth;
    double size_aged, girth_aged;
    double shift; /* mm, standard deviation along each axis */
    double grows[3];
};

static const struct spread spreads[AMOS_ORGAN_COUNT] = {
    [AMOS_ORGAN_SPLEEN] = {0.16, 0, 0, 0, 2, {0, 8, -26}},
    [AMOS_ORGAN_RIGHT_KIDNEY] = {0.07, 0, -0.015, 0, 3, {0, 0, 0}},
    [AMOS_ORGAN_LEFT_KIDNEY] = {0.07, 0, -0.015, 0, 3, {0, 0, 0}},
    [AMOS_ORGAN_GALL_BLADDER] = {0.12, 0.16, 0, 0, 2, {6, 8, -12}},
    [AMOS_ORGAN_ESOPHAGUS] = {0.02, 0.17, 0, 0, 1.5, {0, 0, 0}},
    [AMOS_ORGAN_LIVER] = {0.05, 0, -0.008, 0, 2, {-6, 0, -24}},
    [AMOS_ORGAN_STOMACH] = {0.07, 0.16, 0, 0, 2.5, {0, 6, -10}},
    [AMOS_ORGAN_AORTA] = {0.02, 0.12, 0, 0.045, 1.5, {0, 9, 0}},
    [AMOS_ORGAN_POSTCAVA] = {0.02, 0.15, 0, 0, 1, {0, 7, 0}},
    [AMOS_ORGAN_PANCREAS] = {0.04, 0.13, 0, -0.02, 2, {0, 0, 0}},
    [AMOS_ORGAN_RIGHT_ADRENAL_GLAND] = {0.11, 0, 0, 0, 1.5, {0, 0, 0}},
    [AMOS_ORGAN_LEFT_ADRENAL_GLAND] = {0.11, 0, 0, 0, 1.5, {0, 0, 0}},
    [AMOS_ORGAN_DUODENUM] = {0.04, 0.16, 0, 0, 2, {0, 0, 0}},
    [AMOS_ORGAN_BLADDER] = {0.17, 0, 0, 0, 2, {0, 8, 14}},
    [AMOS_ORGAN_PROSTATE_UTERUS] = {0.12, 0.08, 0, 0, 1.5, {0, 0, 6}},
};

/* A uterus shrinks after the menopause; a prostate grows. */
static const double prostate_aged = 0.045, uterus_aged = -0.07;

/* Nearly exp(sd * g) with a Gaussian g, which is cut off at 2.2 standard deviations. */
static double vary(uint64_t key, uint64_t counter, double sd)
{
    double g = phantom_gauss(key, counter);
    double half = 0.5 * sd * (g > 2.2 ? 2.2 : g < -2.2 ? -2.2 : g);
    return (1 + half) / (1 - half);
}

static void plan_organ(const struct phantom_patient *p, int organ, struct phantom_variant *out)
{
    const struct spread *s = &spreads[organ];
    uint64_t key = random_bits(p->seed, 0x6f7267616e00u + (uint64_t)organ);
    double decades = p->age > 50 ? (p->age - 50) / 10.0 : 0, aged = s->size_aged;
    if (organ == AMOS_ORGAN_PROSTATE_UTERUS)
        aged = p->female ? uterus_aged : prostate_aged;
    out->size = vary(key, 0, s->size) * (1 + decades * aged);
    out->girth = vary(key, 1, s->girth) * (1 + decades * s->girth_aged);
    double larger = out->size * out->girth - 1;
    for (int i = 0; i < 3; i++)
        out->shift[i] = s->shift * phantom_gauss(key, 2 + (uint64_t)i) + (larger > 0 ? larger * s->grows[i] : 0);
}

/* Both kidneys, and both adrenal glands, of a person resemble each other. */
static void match_sides(struct phantom_patient *p, int right, int left)
{
    double mean = 0.5 * (p->organs[right].size + p->organs[left].size);
    p->organs[right].size = 0.6 * mean + 0.4 * p->organs[right].size;
    p->organs[left].size = 0.6 * mean + 0.4 * p->organs[left].size;
}

/* Women are smaller and have more fat below the skin. */
static void plan_build(uint64_t key, struct phantom_patient *p)
{
    double build = (p->female ? 0.96 : 1.03) * vary(key, 10, 0.055);
    double fat = (p->female ? 19.0 : 16.0) * vary(key, 11, 0.42);
    p->fat = fat < 6 ? 6 : fat > 40 ? 40 : fat;
    for (uint64_t i = 0; i < 3; i++)
        p->scale[i] = build * vary(key, 12 + i, 0.025);
}

/* From 18 to 91 years, most of them around 55. */
static int plan_age(uint64_t key)
{
    double share = 0.25 * (phantom_even(key, 20) + phantom_even(key, 21)) + 0.5;
    return 18 + (int)(73.9 * share);
}

void phantom_plan_patient(uint64_t seed, int index, amos_modality modality, struct phantom_patient *out)
{
    uint64_t key = random_bits(seed, (uint64_t)index);
    memset(out, 0, sizeof *out);
    out->seed = random_bits(key, 0);
    out->female = index % 2 == 1;
    out->age = plan_age(key);
    out->modality = modality;
    out->phase = phases[index % 12];
    out->missing = removed[index % 12] ? 1u << removed[index % 12] : 0;
    plan_build(key, out);
    out->noise = modality == AMOS_MODALITY_CT ? 12.0 + 3.0 * phantom_even(key, 6) : 13.0;
    for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++)
        plan_organ(out, organ, &out->organs[organ]);
    match_sides(out, AMOS_ORGAN_RIGHT_KIDNEY, AMOS_ORGAN_LEFT_KIDNEY);
    match_sides(out, AMOS_ORGAN_RIGHT_ADRENAL_GLAND, AMOS_ORGAN_LEFT_ADRENAL_GLAND);
}
