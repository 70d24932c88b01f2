/* SPDX-License-Identifier: BSD-3-Clause */
/* Display colours of labels. */
#include <amos/organ.h>

#include <math.h>

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

/* The golden angle never comes back to a hue, and keeps neighbours in number far apart. After 144 numbers it comes close,
 * with the same step of lightness, so steps move down a little every 48 numbers. */
static void generate(int label, uint8_t rgb[3])
{
    static const double lightness[3] = {72, 56, 82}, chroma = 48, golden = 137.50776405003785;
    static const double degree = 0.017453292519943295;
    unsigned number = (unsigned)label % 65536;
    double hue = golden * number * degree;
    const lab color = {lightness[number % 3] - number / 48 % 5 * 1.5, chroma * cos(hue), chroma * sin(hue)};
    to_srgb(&color, rgb);
}

void amos_organ_color(int label, uint8_t rgb[3])
{
    const amos_organ_info *info = amos_organ_get(label);
    if (!rgb)
        return;
    if (!info) {
        generate(label, rgb);
        return;
    }
    for (int i = 0; i < 3; i++)
        rgb[i] = info->rgb[i];
}
