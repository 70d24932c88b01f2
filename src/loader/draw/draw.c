/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/draw/draw.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/math/exact.h"
#include "tiling/tiling.h"

/* With these limits the number of a draw fits the index of random numbers, and the number of a batch fits 64 bits. */
#define MOST_DRAWS ((uint64_t)1 << 47)
#define MOST_STEPS ((uint64_t)1 << 31)

static uint64_t divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

/* ---- the length of an epoch ---- */

amos_status amosi_order_make(struct amosi_order *order, const struct amosi_loader_settings *s,
                             const struct amosi_loader_cases *cases, int ranks, amos_error *err)
{
    uint64_t batch = (uint64_t)s->o.batch_size, world = (uint64_t)ranks, each = (uint64_t)s->o.patches_per_case;
    order->world = world;
    order->rank = (uint32_t)s->o.rank;
    if (s->o.draw == AMOS_SAMPLING_TILES)
        order->steps = divide_up(divide_up((uint64_t)cases->tiles, world), batch);
    else
        order->steps = divide_up(divide_up(cases->count, world) * each, batch);
    if (s->o.steps)
        order->steps = (uint64_t)s->o.steps;
    order->draws = order->steps * batch;
    order->visits = divide_up(order->draws, each);
    if (order->steps >= MOST_STEPS || order->draws > MOST_DRAWS / world)
        return amosi_fail(err, AMOS_E_ARG, NULL, "an epoch of %llu batches is too long.",
                          (unsigned long long)order->steps);
    return AMOS_OK;
}

/* ---- the case ---- */

/* Item `n` of an endless series of shuffles of 0..count-1. `what` (0..255) selects the series. */
static uint32_t shuffled(const struct amosi_pick *pick, enum amosi_purpose purpose, uint32_t what, uint64_t n,
                         uint32_t count)
{
    struct amosi_source_of_chance chance = pick->chance;
    chance.index = n / count << 8 | what;
    return amosi_permute(&chance, purpose, count, (uint32_t)(n % count));
}

/* Visits cycle through all cases. Balanced visits cycle through all organs, and for each organ through its cases. */
static void choose_case(struct amosi_pick *pick, const struct amosi_loader_cases *cases, bool balanced, uint64_t visit)
{
    if (!balanced) {
        pick->which = shuffled(pick, AMOSI_RANDOM_CASES, 0, visit, cases->count);
        return;
    }
    const struct amosi_organ_cases *list =
        &cases->organs[shuffled(pick, AMOSI_RANDOM_ORGANS, 0, visit, cases->organ_count)];
    pick->organ = list->organ;
    pick->which = list->cases[shuffled(pick, AMOSI_RANDOM_ORGAN_CASES, (uint32_t)list->organ,
                                       visit / cases->organ_count, list->count)];
}

/* Mixes the draws of `interleave` successive visits: the draws of such a group have a random order. */
static uint64_t mix(const struct amosi_pick *pick, const struct amosi_order *order,
                    const struct amosi_loader_settings *s, uint64_t n)
{
    uint64_t most = (uint64_t)s->o.interleave * (uint64_t)s->o.patches_per_case, group = n / most;
    uint64_t left = order->draws - group * most;
    struct amosi_source_of_chance chance = pick->chance;
    chance.index = group * order->world + order->rank;
    return group * most + amosi_permute(&chance, AMOSI_RANDOM_GROUP, (uint32_t)(left < most ? left : most),
                                        (uint32_t)(n - group * most));
}

static void pick_patch(struct amosi_pick *pick, const struct amosi_order *order, const struct amosi_loader_settings *s,
                       const struct amosi_loader_cases *cases, uint64_t n)
{
    uint64_t each = (uint64_t)s->o.patches_per_case, mixed = mix(pick, order, s, n);
    uint64_t visit = mixed / each * order->world + order->rank;
    choose_case(pick, cases, s->o.balanced, visit);
    pick->chance.index = visit * each + mixed % each;
}

static void pick_whole(struct amosi_pick *pick, const struct amosi_order *order, const struct amosi_loader_cases *cases,
                       uint64_t n)
{
    uint64_t visit = n * order->world + order->rank;
    pick->none = visit >= cases->count;
    pick->chance.index = visit;
    if (!pick->none)
        choose_case(pick, cases, false, visit);
}

/* Each rank gets consecutive tiles, so that it reads few cases. A binary search finds the case of a tile. */
static void pick_tile(struct amosi_pick *pick, const struct amosi_order *order, const struct amosi_loader_cases *cases,
                      uint64_t n)
{
    uint64_t all = order->rank * order->draws + n;
    pick->none = all >= (uint64_t)cases->tiles;
    pick->chance.index = all;
    uint32_t low = 0, high = cases->count;
    while (high - low > 1 && !pick->none) {
        uint32_t middle = low + (high - low) / 2;
        if ((uint64_t)cases->all[middle].first_tile <= all)
            low = middle;
        else
            high = middle;
    }
    pick->which = low;
    pick->tile = pick->none ? 0 : (int64_t)all - cases->all[low].first_tile;
}

struct amosi_pick amosi_draw_pick(const struct amosi_order *order, const struct amosi_loader_settings *s,
                                  const struct amosi_loader_cases *cases, uint32_t epoch, uint64_t n)
{
    struct amosi_pick pick = {.chance = {s->o.seed, epoch, 0}};
    if (s->o.draw == AMOS_SAMPLING_PATCHES)
        pick_patch(&pick, order, s, cases, n);
    else if (s->o.draw == AMOS_SAMPLING_WHOLE)
        pick_whole(&pick, order, cases, n);
    else
        pick_tile(&pick, order, cases, n);
    return pick;
}

static const struct amosi_organ_cases *find_organ(const struct amosi_loader_cases *cases, int organ)
{
    for (uint32_t i = 0; i < cases->organ_count; i++)
        if (cases->organs[i].organ == organ)
            return &cases->organs[i];
    return NULL;
}

/* Tries all cases in turn from a random start: first those with the organ, then all. */
bool amosi_draw_stand_in(const struct amosi_loader_cases *cases, struct amosi_pick *pick, uint32_t attempt)
{
    const struct amosi_organ_cases *list = pick->organ ? find_organ(cases, pick->organ) : NULL;
    struct amosi_random r = amosi_random(&pick->chance, AMOSI_RANDOM_STAND_IN, 0);
    if (list && attempt <= list->count) {
        pick->which = list->cases[(amosi_below(r.word[0], list->count) + attempt) % list->count];
        return true;
    }
    attempt -= list ? list->count : 0;
    pick->which = (amosi_below(r.word[1], cases->count) + attempt % cases->count) % cases->count;
    return attempt <= cases->count;
}

/* ---- the place ---- */

/* The allowed starts of a patch along an axis: the patch extends at most `border` voxels beyond the volume. If the
 * patch is longer than side + 2 * border, it contains the volume, with at least `border` voxels on both sides. */
static void allowed(int64_t side, int64_t patch, int64_t border, int64_t *low, int64_t *high)
{
    int64_t a = -border, b = side - patch + border;
    *low = a < b ? a : b;
    *high = a < b ? b : a;
}

/* A random foreground organ that is present in the case; 0 if none is. */
static int choose_organ(const struct amosi_loader_settings *s, const struct amosi_organ_places *places, uint32_t word)
{
    int present[256];
    uint32_t n = 0;
    size_t count;
    for (int organ = 1; organ <= amosi_settings_max_label(s); organ++)
        if (amosi_bit(s->foreground, organ) && places->get(places->user, organ, &count))
            present[n++] = organ;
    return n ? present[amosi_below(word, n)] : 0;
}

/* Centres the patch at a random voxel of the organ, then clamps its start to low..high. False if it has no voxel. */
static bool place_at_organ(const struct amosi_loader_settings *s, const struct amosi_pick *pick,
                           const struct amosi_organ_places *places, const struct amosi_random *r, const int64_t low[3],
                           const int64_t high[3], struct amosi_place *place)
{
    size_t count = 0;
    int organ = pick->organ ? pick->organ : choose_organ(s, places, r->word[2]);
    const int32_t(*at)[3] = organ ? places->get(places->user, organ, &count) : NULL;
    if (!at)
        return false;
    const int32_t *voxel = at[amosi_below(r->word[3], (uint32_t)count)];
    for (int i = 0; i < 3; i++) {
        int64_t start = voxel[i] - place->size[i] / 2;
        place->start[i] = start < low[i] ? low[i] : start > high[i] ? high[i] : start;
    }
    place->organ = organ;
    return true;
}

static void place_patch(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                        const struct amosi_pick *pick, const struct amosi_organ_places *places,
                        struct amosi_place *place)
{
    int64_t low[3], high[3];
    struct amosi_random r = amosi_random(&pick->chance, AMOSI_RANDOM_PLACE, 0);
    for (int i = 0; i < 3; i++) {
        place->size[i] = s->o.patch[i];
        allowed(c->geometry.shape[i], s->o.patch[i], s->o.border[i], &low[i], &high[i]);
    }
    if (amosi_even(&r, 0) < s->o.foreground && places && place_at_organ(s, pick, places, &r, low, high, place))
        return;
    r = amosi_random(&pick->chance, AMOSI_RANDOM_PLACE, 1);
    for (int i = 0; i < 3; i++)
        place->start[i] = low[i] + (int64_t)amosi_below(r.word[i], (uint32_t)(high[i] - low[i] + 1));
}

static void place_tile(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                       const struct amosi_pick *pick, struct amosi_place *place)
{
    int64_t rest = pick->tile;
    for (int i = 0; i < 3; i++) {
        struct amosi_tile_line line = amosi_tile_line_make(c->geometry.shape[i], s->o.patch[i], s->o.overlap);
        place->size[i] = s->o.patch[i];
        place->start[i] = amosi_tile_start(&line, rest % line.count);
        rest /= line.count;
    }
}

struct amosi_place amosi_draw_place(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                                    const struct amosi_pick *pick, const struct amosi_organ_places *places)
{
    struct amosi_place place = {.organ = 0};
    if (s->o.draw == AMOS_SAMPLING_PATCHES)
        place_patch(s, c, pick, places, &place);
    else if (s->o.draw == AMOS_SAMPLING_TILES)
        place_tile(s, c, pick, &place);
    else
        memcpy(place.size, c->geometry.shape, sizeof place.size);
    return place;
}

/* ---- the augmentation ---- */

static double between(double u, double low, double high)
{
    return low + u * (high - low);
}

/* Log-uniform. */
static double between_logs(double u, double low, double high)
{
    return low == high ? low : amosi_exp2(between(u, amosi_log2(low), amosi_log2(high)));
}

static void choose_turn(const amos_augment *a, const struct amosi_place *place, const struct amosi_random *r,
                        struct amosi_change *change)
{
    change->flips = r->word[0] >> 29 & a->flips;
    if (a->quarter_turns)
        change->quarter_turns =
            place->size[0] == place->size[1] ? (int)(r->word[1] >> 30) : (int)(r->word[1] >> 31) * 2;
}

static void choose_affine(const amos_augment *a, const struct amosi_pick *pick, struct amosi_change *change)
{
    struct amosi_random yes = amosi_random(&pick->chance, AMOSI_RANDOM_AFFINE, 0);
    struct amosi_random angles = amosi_random(&pick->chance, AMOSI_RANDOM_AFFINE, 1);
    struct amosi_random last = amosi_random(&pick->chance, AMOSI_RANDOM_AFFINE, 2);
    double u[3] = {amosi_even(&angles, 0), amosi_even(&angles, 1), amosi_even(&last, 0)};
    change->affine = amosi_even(&yes, 0) < a->affine_share;
    for (int i = 0; i < 3; i++)
        change->degrees[i] = between(u[i], -a->rotate_degrees[i], a->rotate_degrees[i]);
    change->zoom = between_logs(amosi_even(&last, 1), a->zoom_low, a->zoom_high);
}

/* One number decides whether the change applies, the other (*u) how strong it is. */
static bool choose_tone(const struct amosi_pick *pick, uint32_t n, double share, double *u)
{
    struct amosi_random r = amosi_random(&pick->chance, AMOSI_RANDOM_TONE, n);
    *u = amosi_even(&r, 1);
    return amosi_even(&r, 0) < share;
}

struct amosi_change amosi_draw_change(const struct amosi_loader_settings *s, const struct amosi_pick *pick,
                                      const struct amosi_place *place)
{
    const amos_augment *a = &s->augment;
    struct amosi_change change = {.zoom = 1.0, .gamma = 1.0, .contrast = 1.0};
    struct amosi_random turn = amosi_random(&pick->chance, AMOSI_RANDOM_TURN, 0);
    double u;
    choose_turn(a, place, &turn, &change);
    if (a->affine_share > 0.0)
        choose_affine(a, pick, &change);
    if (choose_tone(pick, 0, a->gamma_share, &u))
        change.gamma = between_logs(u, a->gamma_low, a->gamma_high);
    if (choose_tone(pick, 1, a->contrast_share, &u))
        change.contrast = between(u, a->contrast_low, a->contrast_high);
    if (choose_tone(pick, 2, a->brightness_share, &u))
        change.brightness = between(u, a->brightness_low, a->brightness_high);
    if (choose_tone(pick, 3, a->noise_share, &u))
        change.noise = between(u, a->noise_low, a->noise_high);
    return change;
}
