// JSON escaping of ASCII text. Quotes come at every few bytes of a JSON line and cannot be predicted, so a branch at
// each would cost more than the copy: on x86-64 eight bytes are spread over sixteen by one shuffle from a table.
#include "CShim.h"
#include <string.h>

static size_t escape_scalar(uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
    uint8_t *o = out;
    size_t i = 0;
    for (; i < n; i++) {
        uint8_t c = in[i];
        if (c < 32 || c >= 128) break;
        if (c == '"' || c == '\\') *o++ = '\\';
        *o++ = c;
    }
    *written = (size_t)(o - out);
    return i;
}

#ifdef __x86_64__
#include <immintrin.h>

// For each mask of the bytes that need a backslash: where every output byte comes from, and the backslashes.
static uint8_t spread[256][16] __attribute__((aligned(16)));
static uint8_t slashes[256][16] __attribute__((aligned(16)));

static void fill_tables(void) {
    for (unsigned mask = 0; mask < 256; mask++) {
        unsigned at = 0;
        memset(spread[mask], 0x80, 16);
        memset(slashes[mask], 0, 16);
        for (uint8_t i = 0; i < 8; i++) {
            if (mask >> i & 1) slashes[mask][at++] = '\\';
            spread[mask][at++] = i;
        }
    }
}

__attribute__((target("ssse3,popcnt"))) static inline uint8_t *spread8(uint8_t *o, __m128i v, unsigned mask) {
    __m128i from = _mm_load_si128((const __m128i *)(const void *)spread[mask]);
    __m128i slash = _mm_load_si128((const __m128i *)(const void *)slashes[mask]);
    _mm_storeu_si128((__m128i *)(void *)o, _mm_or_si128(_mm_shuffle_epi8(v, from), slash));
    return o + 8 + __builtin_popcount(mask);
}

__attribute__((target("ssse3,popcnt"))) static size_t escape_ssse3(
    uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(32);
    uint8_t *o = out;
    size_t i = 0;
    while (i < n) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in + i));
        // As signed bytes, both control bytes and bytes outside ASCII are less than a space.
        unsigned stop = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(v, space));
        unsigned mask =
            (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
        size_t left = n - i;
        if (__builtin_expect(stop != 0 || left < 16, 0)) {
            unsigned take = stop ? (unsigned)__builtin_ctz(stop) : 16;
            if (take > left) take = (unsigned)left;
            mask &= (1u << take) - 1;
            uint8_t *end = o + take + __builtin_popcount(mask);
            uint8_t *half = spread8(o, v, mask & 255);
            spread8(half, _mm_srli_si128(v, 8), mask >> 8);
            *written = (size_t)(end - out);
            return i + take;
        }
        if (mask == 0) {
            _mm_storeu_si128((__m128i *)(void *)o, v);
            o += 16;
        } else {
            o = spread8(o, v, mask & 255);
            o = spread8(o, _mm_srli_si128(v, 8), mask >> 8);
        }
        i += 16;
    }
    *written = (size_t)(o - out);
    return n;
}

typedef size_t (*escape_function)(uint8_t *, const uint8_t *, size_t, size_t *);
static escape_function chosen = escape_scalar;

__attribute__((constructor)) static void choose(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt")) {
        fill_tables();
        chosen = escape_ssse3;
    }
}

size_t nt_json_escape_ascii(uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
    return chosen(out, in, n, written);
}
#else
size_t nt_json_escape_ascii(uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
    return escape_scalar(out, in, n, written);
}
#endif

// The table of RFC 3629, section 4.
size_t nt_utf8_wide_prefix(const uint8_t *p, size_t n) {
    size_t i = 0;
    while (i < n) {
        uint8_t c = p[i];
        size_t left = n - i;
        if (c < 0xc2) {
            break;
        } else if (c < 0xe0) {
            if (left < 2 || (p[i + 1] & 0xc0) != 0x80) break;
            i += 2;
        } else if (c < 0xf0) {
            if (left < 3 || (p[i + 1] & 0xc0) != 0x80 || (p[i + 2] & 0xc0) != 0x80) break;
            if ((c == 0xe0 && p[i + 1] < 0xa0) || (c == 0xed && p[i + 1] > 0x9f)) break;
            i += 3;
        } else if (c < 0xf5) {
            if (left < 4 || (p[i + 1] & 0xc0) != 0x80 || (p[i + 2] & 0xc0) != 0x80 || (p[i + 3] & 0xc0) != 0x80) break;
            if ((c == 0xf0 && p[i + 1] < 0x90) || (c == 0xf4 && p[i + 1] > 0x8f)) break;
            i += 4;
        } else {
            break;
        }
    }
    return i;
}
