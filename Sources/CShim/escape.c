// JSON escaping. Quotes come at every few bytes of a JSON line and cannot be predicted, so a branch at each would cost
// more than the copy: on x86-64 eight bytes are spread over sixteen by one shuffle from a table, whether there are quotes
// among them or not.
#include "CShim.h"
#include <string.h>

// What stands for a control byte (RFC 8259, section 7): its text, and in the last byte how long that is.
static uint8_t controls[32][8];

static void fill_controls(void) {
    static const char names[] = "\bb\tt\nn\ff\rr";
    for (uint8_t c = 0; c < 32; c++) {
        memcpy(controls[c], c < 16 ? "\\u000" : "\\u001", 5);
        controls[c][5] = (uint8_t)"0123456789abcdef"[c & 15];
        controls[c][7] = 6;
    }
    for (const char *name = names; *name; name += 2) {
        uint8_t *text = controls[(uint8_t)*name];
        text[1] = (uint8_t)name[1];
        text[7] = 2;
    }
}

// Writes what the fast way stopped at: a control byte, or all sequences outside ASCII that stand here.
// Returns the bytes taken, 0 when they are no UTF-8.
static inline size_t escape_special(uint8_t **out, const uint8_t *in, size_t n) {
    uint8_t *o = *out;
    if (*in < 32) {
        memcpy(o, controls[*in], 8);
        *out = o + controls[*in][7];
        return 1;
    }
    size_t wide = nt_utf8_wide_prefix(in, n);
    for (size_t i = 0; i < wide; i += 16) memcpy(o + i, in + i, 16);
    *out = o + wide;
    return wide;
}

static size_t escape_scalar(uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
    uint8_t *o = out;
    size_t i = 0;
    while (i < n) {
        uint8_t c = in[i];
        if (c >= 32 && c < 128) {
            if (c == '"' || c == '\\') *o++ = '\\';
            *o++ = c;
            i++;
        } else {
            size_t taken = escape_special(&o, in + i, n - i);
            if (taken == 0) break;
            i += taken;
        }
    }
    *written = (size_t)(o - out);
    return i;
}

#ifdef __x86_64__
#include <immintrin.h>

// For each mask of the bytes that need a backslash: where every output byte comes from. Byte 8 is a backslash.
static uint8_t spread[256][16] __attribute__((aligned(64)));

static void fill_spread(void) {
    for (unsigned mask = 0; mask < 256; mask++) {
        unsigned at = 0;
        memset(spread[mask], 0x80, 16);
        for (uint8_t i = 0; i < 8; i++) {
            if (mask >> i & 1) spread[mask][at++] = 8;
            spread[mask][at++] = i;
        }
    }
}

// The low eight bytes of `v`, with a backslash before those in the mask.
__attribute__((target("ssse3,popcnt"))) static inline uint8_t *spread8(uint8_t *o, __m128i v, unsigned mask) {
    __m128i from = _mm_load_si128((const __m128i *)(const void *)spread[mask]);
    _mm_storeu_si128((__m128i *)(void *)o, _mm_shuffle_epi8(v, from));
    return o + 8 + __builtin_popcount(mask);
}

__attribute__((target("ssse3,popcnt"))) static size_t escape_ssse3(
    uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(32);
    const __m128i tab = _mm_set1_epi8('\t'), tab_to_t = _mm_set1_epi8('t' - '\t');
    uint8_t *o = out;
    size_t i = 0;
    while (i < n) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in + i));
        // Tabs are as common as quotes, and as long when escaped.
        __m128i tabs = _mm_cmpeq_epi8(v, tab);
        __m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, tabs));
        // As signed bytes, both control bytes and bytes outside ASCII are less than a space.
        unsigned stop = (unsigned)_mm_movemask_epi8(_mm_andnot_si128(tabs, _mm_cmplt_epi8(v, space)));
        v = _mm_add_epi8(v, _mm_and_si128(tabs, tab_to_t));
        size_t left = n - i;
        if (__builtin_expect(stop == 0 && left >= 16, 1)) {
            o = spread8(o, _mm_unpacklo_epi64(v, slash), mask & 255);
            o = spread8(o, _mm_unpackhi_epi64(v, slash), mask >> 8);
            i += 16;
            continue;
        }
        unsigned take = stop ? (unsigned)__builtin_ctz(stop) : 16;
        if (take > left) take = (unsigned)left;
        mask &= (1u << take) - 1;
        uint8_t *end = o + take + __builtin_popcount(mask);
        o = spread8(o, _mm_unpacklo_epi64(v, slash), mask & 255);
        spread8(o, _mm_unpackhi_epi64(v, slash), mask >> 8);
        o = end;
        i += take;
        if (i == n) break;
        size_t taken = escape_special(&o, in + i, n - i);
        if (taken == 0) break;
        i += taken;
    }
    *written = (size_t)(o - out);
    return i;
}

typedef size_t (*escape_function)(uint8_t *, const uint8_t *, size_t, size_t *);
static escape_function chosen = escape_scalar;

__attribute__((constructor)) static void choose(void) {
    fill_controls();
    __builtin_cpu_init();
    if (__builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt")) {
        fill_spread();
        chosen = escape_ssse3;
    }
}

size_t nt_json_escape(uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
    return chosen(out, in, n, written);
}
#else
__attribute__((constructor)) static void fill(void) { fill_controls(); }

size_t nt_json_escape(uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
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
