#include "score/far.h"

bool amosi_far_solve(struct amosi_far_point *points, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps)
{
    for (size_t i = 0; i < count; i++)
        for (int64_t z = to->start[2]; z < to->stop[2]; z++)
            for (int64_t y = to->start[1]; y < to->stop[1]; y++) {
                const struct amosi_row *row = amosi_surface_row(to, y, z);
                for (uint32_t k = 0; k < row->count; k++)
                    for (uint64_t bits = to->words[row->first + k]; bits; bits &= bits - 1) {
                        int64_t x = 64 * (int64_t)(row->begin + k) + __builtin_ctzll(bits);
                        double square = amosi_steps_square(steps, x - points[i].at[0], y - points[i].at[1], z - points[i].at[2]);
                        points[i].square = square < points[i].square ? square : points[i].square;
                    }
            }
    return true;
}
