/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/math/digest.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/math/bytes.h"

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

/* ---- MD5 ---- */

/* floor(2^32 * |sin(i + 1)|) */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static void md5_run(uint32_t state[8], const unsigned char block[64])
{
    static const int shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned i = 0; i < 64; i++) {
        uint32_t f;
        unsigned at;
        if (i < 16)
            f = (b & c) | (~b & d), at = i;
        else if (i < 32)
            f = (d & b) | (~d & c), at = (5 * i + 1) % 16;
        else if (i < 48)
            f = b ^ c ^ d, at = (3 * i + 5) % 16;
        else
            f = c ^ (b | ~d), at = 7 * i % 16;
        f += a + sines[i] + amosi_get32(block + 4 * at, false);
        a = d, d = c, c = b;
        b += rotate(f, shifts[i / 16][i % 4]);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}

void amosi_md5_begin(struct amosi_digest *digest)
{
    *digest = (struct amosi_digest){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, .run = md5_run};
}

/* ---- SHA-256 ---- */

/* The fractions of the cube roots of the first 64 primes. */
static const uint32_t roots[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static void sha256_words(uint32_t w[64], const unsigned char block[64])
{
    for (int i = 0; i < 16; i++)
        w[i] = amosi_get32(block + 4 * i, true);
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        uint32_t s0 = rotate(x, 25) ^ rotate(x, 14) ^ x >> 3, s1 = rotate(y, 15) ^ rotate(y, 13) ^ y >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
}

static void sha256_run(uint32_t state[8], const unsigned char block[64])
{
    uint32_t w[64], s[8];
    sha256_words(w, block);
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t t1 =
            s[7] + (rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7)) + ((e & s[5]) ^ (~e & s[6])) + roots[i] + w[i];
        uint32_t t2 = (rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

void amosi_sha256_begin(struct amosi_digest *digest)
{
    *digest = (struct amosi_digest){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
        .run = sha256_run};
}

/* ---- both ---- */

void amosi_digest_take(struct amosi_digest *digest, const void *data, size_t bytes)
{
    const unsigned char *from = data;
    while (bytes) {
        size_t at = (size_t)(digest->bytes % 64), n = 64 - at < bytes ? 64 - at : bytes;
        memcpy(digest->block + at, from, n);
        if (at + n == 64)
            digest->run(digest->state, digest->block);
        digest->bytes += n;
        from += n;
        bytes -= n;
    }
}

void amosi_digest_text(struct amosi_digest digest, char text[65])
{
    static const unsigned char padding[64] = {0x80};
    bool md5 = digest.run == md5_run;
    uint64_t bits = digest.bytes * 8;
    unsigned char length[8];
    amosi_digest_take(&digest, padding, 1 + (size_t)((119 - digest.bytes % 64) % 64));
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> 8 * (md5 ? i : 7 - i));
    amosi_digest_take(&digest, length, sizeof length);
    for (int i = 0; i < (md5 ? 4 : 8); i++) {
        uint32_t word = digest.state[i];
        if (md5)
            word = word >> 24 | (word >> 8 & 0xff00) | (word << 8 & 0xff0000) | word << 24;
        snprintf(text + 8 * i, 9, "%08x", (unsigned)word);
    }
}
