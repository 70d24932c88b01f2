/* SPDX-License-Identifier: BSD-3-Clause */
/* Display colours of labels. */
#include <amos/organ.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* A colour in CIELAB (D65) and in sRGB without its gamma. */
typedef struct lab {
    double l, a, b;
} lab;

static double uncompress(double f)
{
    return f > 6.0 / 29 ? f * f * f : 3 * (6.0 / 29) * (6.0 / 29) * (f - 4.0 / 29);
}

/* IEC 61966-2-1. */
static uint8_t to_byte(double linear)
{
    double v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
    return (uint8_t)(v < 0 ? 0 : v > 1 ? 255 : v * 255 + 0.5);
}

static void to_srgb(const lab *color, uint8_t rgb[3])
{
    double fy = (color->l + 16) / 116;
    double x = 0.95047 * uncompress(fy + color->a / 500), y = uncompress(fy);
    double z = 1.08883 * uncompress(fy - color->b / 200);
    rgb[0] = to_byte(3.2404542 * x - 1.5371385 * y - 0.4985314 * z);
    rgb[1] = to_byte(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z);
    rgb[2] = to_byte(0.0556434 * x - 0.2040259 * y + 1.0572252 * z);
}

/* The golden angle never comes back to a hue, and keeps neighbours in number far apart. Numbers 21 and 144 apart come
 * close to each other; lightness moves down a little every 48 numbers. */
static void generate(int label, uint8_t rgb[3])
{
    static const double lightness[3] = {72, 56, 82}, chroma = 48, golden = 137.50776405003785;
    static const double degree = 0.017453292519943295;
    unsigned number = (unsigned)label % 65536;
    double hue = golden * number * degree;
    const lab color = {lightness[number % 3] - number / 48 % 5 * 1.5, chroma * cos(hue), chroma * sin(hue)};
    to_srgb(&color, rgb);
}

/* The labels from AMOS_ORGAN_COUNT on that data sets have most. Each is the colour farthest from those of AMOS's organs and
 * from those before it: by CIEDE2000, twice that without red or green cones, and 2.4 times that without blue ones. */
static const uint8_t chosen[][3] = {
    {32, 139, 123},  {130, 164, 126}, {215, 240, 195}, {164, 143, 86},  {88, 153, 182},  {209, 173, 14},
    {150, 91, 168},  {29, 130, 71},   {137, 200, 179}, {195, 132, 212}, {162, 122, 156}, {167, 125, 97},
    {167, 246, 248}, {163, 172, 79},  {246, 182, 191}, {126, 198, 222}, {241, 148, 191}, {3, 131, 193},
    {199, 202, 154}, {206, 218, 105}, {40, 125, 134},  {180, 167, 241}, {74, 212, 125},  {158, 102, 32},
    {201, 104, 124}, {208, 112, 175}, {210, 49, 98},   {210, 123, 56},  {223, 129, 120}, {37, 229, 69},
    {156, 94, 134},  {95, 156, 136},
};

void amos_organ_color(int label, uint8_t rgb[3])
{
    const amos_organ_info *info = amos_organ_get(label);
    if (!rgb)
        return;
    const int64_t beyond = (int64_t)label - AMOS_ORGAN_COUNT;
    const bool has_own = beyond >= 0 && beyond < (int64_t)(sizeof chosen / sizeof chosen[0]);
    if (info)
        memcpy(rgb, info->rgb, 3);
    else if (has_own)
        memcpy(rgb, chosen[beyond], 3);
    else
        generate(label, rgb);
}
