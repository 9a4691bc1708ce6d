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

struct special {
    size_t taken, written;
};

// Writes what the fast way stopped at: a control byte, or all sequences outside ASCII that stand here. Takes nothing
// when they are no UTF-8.
static inline struct special escape_special(uint8_t *out, const uint8_t *in, size_t n) {
    if (*in < 32) {
        memcpy(out, controls[*in], 8);
        return (struct special){1, controls[*in][7]};
    }
    size_t wide = nt_utf8_wide_prefix(in, n);
    for (size_t i = 0; i < wide; i += 16) memcpy(out + i, in + i, 16);
    return (struct special){wide, wide};
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
            struct special special = escape_special(o, in + i, n - i);
            if (special.taken == 0) break;
            o += special.written;
            i += special.taken;
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
__attribute__((target("avx,popcnt"))) static inline uint8_t *spread8(uint8_t *o, __m128i v, unsigned mask) {
    __m128i from = _mm_load_si128((const __m128i *)(const void *)spread[mask]);
    _mm_storeu_si128((__m128i *)(void *)o, _mm_shuffle_epi8(v, from));
    return o + 8 + __builtin_popcount(mask);
}

// Sixteen bytes of a line: as they are written, which of them behind a backslash, and which not at all.
struct block {
    __m128i bytes;
    unsigned mask, stop;
};

__attribute__((target("avx,popcnt"))) static inline struct block look(const uint8_t *in) {
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(32);
    const __m128i tab = _mm_set1_epi8('\t'), tab_to_t = _mm_set1_epi8('t' - '\t');
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)in);
    // Tabs are as common as quotes, and as long when escaped.
    __m128i tabs = _mm_cmpeq_epi8(v, tab);
    __m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
    struct block block;
    block.mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, tabs));
    // As signed bytes, both control bytes and bytes outside ASCII are less than a space.
    block.stop = (unsigned)_mm_movemask_epi8(_mm_andnot_si128(tabs, _mm_cmplt_epi8(v, space)));
    block.bytes = _mm_add_epi8(v, _mm_and_si128(tabs, tab_to_t));
    return block;
}

__attribute__((target("avx,popcnt"))) static inline uint8_t *put(uint8_t *o, __m128i bytes, unsigned mask) {
    const __m128i slash = _mm_set1_epi8('\\');
    o = spread8(o, _mm_unpacklo_epi64(bytes, slash), mask & 255);
    return spread8(o, _mm_unpackhi_epi64(bytes, slash), mask >> 8);
}

__attribute__((target("avx,popcnt"))) static size_t escape_avx(
    uint8_t *out, const uint8_t *in, size_t n, size_t *written) {
    uint8_t *o = out;
    size_t i = 0;
    while (i < n) {
        struct block block = look(in + i);
        while (n - i >= 16 && __builtin_expect(block.stop == 0, 1)) {
            o = put(o, block.bytes, block.mask);
            i += 16;
            block = look(in + i);
        }
        size_t take = block.stop ? (size_t)__builtin_ctz(block.stop) : 16;
        if (take > n - i) take = n - i;
        unsigned mask = block.mask & ((1u << take) - 1);
        put(o, block.bytes, mask);
        o += take + (size_t)__builtin_popcount(mask);
        i += take;
        if (i == n) break;
        struct special special = escape_special(o, in + i, n - i);
        if (special.taken == 0) break;
        o += special.written;
        i += special.taken;
    }
    *written = (size_t)(o - out);
    return i;
}

typedef size_t (*escape_function)(uint8_t *, const uint8_t *, size_t, size_t *);
static escape_function chosen = escape_scalar;

__attribute__((constructor)) static void choose(void) {
    fill_controls();
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx") && __builtin_cpu_supports("popcnt")) {
        fill_spread();
        chosen = escape_avx;
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
