#include "loader/frame.h"

#include <math.h>
#include <string.h>

#include "loader/exact.h"
#include "nifti/convert.h"
#include "nifti/kernels.h"

/* ---- how the element lies in the patch ---- */

/* Element axes after quarter turns in the x-y plane, then flips. One turn shows the patch's x along the element's y. */
static void turn(struct amosi_frame *f, const struct amosi_change *change)
{
    bool odd = change->quarter_turns & 1;
    f->axis[0] = odd ? 1 : 0;
    f->axis[1] = odd ? 0 : 1;
    f->axis[2] = 2;
    f->reversed[0] = change->quarter_turns == 2 || change->quarter_turns == 3;
    f->reversed[1] = change->quarter_turns == 1 || change->quarter_turns == 2;
    f->reversed[2] = false;
    for (int i = 0; i < 3; i++)
        if (change->flips >> i & 1)
            f->reversed[i] = !f->reversed[i];
}

/* rotation[i][j] of the patient, x first, then y, then z. */
static void rotate(const double degrees[3], double rotation[3][3])
{
    double c[3], s[3];
    for (int i = 0; i < 3; i++) {
        c[i] = amosi_cos_degrees(degrees[i]);
        s[i] = amosi_sin_degrees(degrees[i]);
    }
    const double r[3][3] = {
        {c[2] * c[1], c[2] * s[1] * s[0] - s[2] * c[0], c[2] * s[1] * c[0] + s[2] * s[0]},
        {s[2] * c[1], s[2] * s[1] * s[0] + c[2] * c[0], s[2] * s[1] * c[0] - c[2] * s[0]},
        {-s[1], c[1] * s[0], c[1] * c[0]},
    };
    memcpy(rotation, r, sizeof r);
}

/* What turns the patch's voxels about its centre: the element shows at q what lies at the inverse rotation of q, shrunk by
 * the zoom. The inverse of a rotation is its transpose. */
static void make_linear(const struct amosi_change *change, const double spacing[3], double linear[3][3])
{
    double rotation[3][3];
    rotate(change->degrees, rotation);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            linear[i][j] = rotation[j][i] * spacing[j] / spacing[i] / change->zoom;
}

static void set_matrix(struct amosi_frame *f, const struct amosi_place *place, double linear[3][3])
{
    double centre[3];
    for (int i = 0; i < 3; i++)
        centre[i] = (double)(place->size[i] - 1) / 2.0;
    for (int i = 0; i < 3; i++) {
        f->to_volume[i][3] = (double)place->start[i] + centre[i];
        for (int j = 0; j < 3; j++) {
            /* element axis j runs along patch axis `along`: from -centre up, or from +centre down */
            int along = f->axis[j];
            double way = f->reversed[j] ? -1.0 : 1.0;
            f->to_volume[i][j] = linear[i][along] * way;
            f->to_volume[i][3] -= linear[i][along] * way * centre[along];
        }
    }
}

/* ---- what it needs of the volume ---- */

/* The same in all rows. */
static void find_span(struct amosi_frame *f)
{
    int a = f->axis[0];
    int64_t first = f->reversed[0] ? f->start[a] + f->size[0] - f->shape[a] : -f->start[a];
    int64_t last = first + f->shape[a];
    f->low = first < 0 ? 0 : first;
    f->high = last > f->size[0] ? f->size[0] : last;
}

static void clip_source(struct amosi_frame *f, int64_t low[3], int64_t high[3])
{
    for (int i = 0; i < 3; i++) {
        f->source.start[i] = low[i] < 0 ? 0 : low[i];
        f->source.stop[i] = high[i] > f->shape[i] ? f->shape[i] : high[i];
    }
    for (int i = 0; i < 3; i++)
        if (f->source.start[i] >= f->source.stop[i]) {
            memset(&f->source, 0, sizeof f->source);
            return;
        }
}

static void find_source(struct amosi_frame *f, const struct amosi_place *place)
{
    int64_t low[3], high[3];
    for (int i = 0; i < 3; i++) {
        low[i] = place->start[i];
        high[i] = place->start[i] + place->size[i];
    }
    for (int i = 0; i < 3 && f->affine; i++) {
        double least = f->to_volume[i][3], most = least;
        for (int j = 0; j < 3; j++) {
            double way = f->to_volume[i][j] * (double)(f->size[j] - 1);
            least += way < 0.0 ? way : 0.0;
            most += way > 0.0 ? way : 0.0;
        }
        low[i] = (int64_t)floor(least) - 1;
        high[i] = (int64_t)floor(most) + 3;
    }
    clip_source(f, low, high);
}

void amosi_frame_make(struct amosi_frame *frame, const struct amosi_loader_case *c, const struct amosi_place *place,
                      const struct amosi_change *change, double pad)
{
    double linear[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
    turn(frame, change);
    for (int i = 0; i < 3; i++) {
        frame->size[i] = place->size[frame->axis[i]];
        frame->start[i] = place->start[i];
        frame->shape[i] = c->geometry.shape[i];
    }
    frame->affine = change->affine;
    if (frame->affine)
        make_linear(change, c->geometry.spacing, linear);
    set_matrix(frame, place, linear);
    find_span(frame);
    find_source(frame, place);
    frame->pad = (float)pad;
}

void amosi_frame_largest(const struct amosi_loader_case *c, const struct amosi_loader_settings *s, int64_t size[3])
{
    const int64_t *shape = c->geometry.shape;
    const double *spacing = c->geometry.spacing;
    const int64_t *patch = s->o.draw == AMOS_DRAW_WHOLE ? shape : s->o.patch;
    bool rotates = s->augment.rotate_degrees[0] + s->augment.rotate_degrees[1] + s->augment.rotate_degrees[2] > 0.0;
    double side[3];
    for (int i = 0; i < 3; i++) {
        side[i] = (double)patch[i];
        if (s->augment.affine_share > 0.0) {
            for (int j = 0; j < 3; j++)
                side[i] += j != i && rotates ? (double)patch[j] * spacing[j] / spacing[i] : 0.0;
            side[i] = side[i] / s->augment.zoom_low + 4.0;
        }
        size[i] = side[i] < (double)shape[i] ? (int64_t)side[i] : shape[i];
    }
}

/* ---- rows without rotation ---- */

/* The offset, in voxels of the view, of the first voxel of a row that lies in the volume; false where none does. */
static bool find_row(const struct amosi_frame *f, const struct amosi_view *v, int64_t y, int64_t z, int64_t *offset)
{
    const int64_t element[3] = {f->low, y, z};
    int64_t sum = 0;
    for (int i = 0; i < 3; i++) {
        int a = f->axis[i];
        int64_t at = f->start[a] + (f->reversed[i] ? f->size[i] - 1 - element[i] : element[i]);
        if (at < 0 || at >= f->shape[a])
            return false;
        sum += (at - v->start[a]) * v->step[a];
    }
    *offset = sum;
    return f->low < f->high;
}

static void fill(float *row, int64_t n, float value)
{
    for (int64_t i = 0; i < n; i++)
        row[i] = value;
}

/* n voxels that follow each other in memory, as scaled values. What float32 cannot hold becomes its largest. */
static void to_float(const struct amosi_view *v, float *to, const void *from, size_t n)
{
    const struct amosi_convert convert = {v->type,  AMOS_TYPE_FLOAT32, v->slope != 1.0 || v->inter != 0.0,
                                          v->slope, v->inter,          true};
    struct amosi_convert_notes notes = {0};
    (void)amosi_convert_run(&convert, to, from, n, &notes);
}

#define PULL(NAME, T) \
    static void pull_##NAME(void *to, const void *from, int64_t step, size_t n) \
    { \
        for (size_t i = 0; i < n; i++) \
            ((T *)to)[i] = ((const T *)from)[(int64_t)i * step]; \
    }
PULL(1, uint8_t)
PULL(2, uint16_t)
PULL(4, uint32_t)
PULL(8, uint64_t)

/* Voxels that lie `step` apart, one after the other. */
static void pull(void *to, const void *from, int64_t step, size_t voxel_bytes, size_t n)
{
    switch (voxel_bytes) {
    case 1:
        pull_1(to, from, step, n);
        break;
    case 2:
        pull_2(to, from, step, n);
        break;
    case 4:
        pull_4(to, from, step, n);
        break;
    default:
        pull_8(to, from, step, n);
    }
}

void amosi_frame_image_row(const struct amosi_frame *f, const struct amosi_view *view, int64_t y, int64_t z, float *row,
                           void *spare)
{
    int64_t offset, step = f->reversed[0] ? -view->step[f->axis[0]] : view->step[f->axis[0]];
    if (!find_row(f, view, y, z, &offset)) {
        fill(row, f->size[0], f->pad);
        return;
    }
    size_t n = (size_t)(f->high - f->low), bytes = amos_type_bytes(view->type);
    const unsigned char *from = (const unsigned char *)view->image + offset * (int64_t)bytes;
    if (step == 1) {
        to_float(view, row + f->low, from, n);
    } else if (step == -1) {
        to_float(view, spare, from - (n - 1) * bytes, n);
        amosi_kernels()->reverse4(row + f->low, spare, n);
    } else {
        pull(spare, from, step, bytes, n);
        to_float(view, row + f->low, spare, n);
    }
    fill(row, f->low, f->pad);
    fill(row + f->high, f->size[0] - f->high, f->pad);
}

void amosi_frame_label_row(const struct amosi_frame *f, const struct amosi_view *view, int64_t y, int64_t z, uint8_t *row)
{
    int64_t offset, step = f->reversed[0] ? -view->step[f->axis[0]] : view->step[f->axis[0]];
    if (!find_row(f, view, y, z, &offset)) {
        memset(row, 0, (size_t)f->size[0]);
        return;
    }
    size_t n = (size_t)(f->high - f->low);
    const uint8_t *from = view->label + offset;
    if (step == 1)
        memcpy(row + f->low, from, n);
    else if (step == -1)
        amosi_kernels()->reverse1(row + f->low, from - (n - 1), n);
    else
        pull(row + f->low, from, step, 1, n);
    memset(row, 0, (size_t)f->low);
    memset(row + f->high, 0, (size_t)(f->size[0] - f->high));
}
