// The inside of JSON strings, for the search of an event's fields. Neither kernel reads behind what it is given.
#include "fields.h"
#include <stdbool.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

// The first quote or backslash, or `end`.
static inline const uint8_t *special(const uint8_t *p, const uint8_t *end) {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        unsigned mask =
            (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
        if (mask != 0) return p + __builtin_ctz(mask);
        p += 16;
    }
#endif
    while (p < end && *p != '"' && *p != '\\') p++;
    return p;
}

size_t nt_json_string_end(const uint8_t *in, size_t n, int *escaped) {
    const uint8_t *p = in, *end = in + n;
    *escaped = 0;
    while ((p = special(p, end)) < end) {
        if (*p == '"') return (size_t)(p - in);
        *escaped = 1;
        if (end - p < 2) return n;
        p += 2;
    }
    return n;
}

static int hex4(const uint8_t *p, const uint8_t *end) {
    if (end - p < 4) return -1;
    int value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = p[i], lower = c | 32;
        if ((uint8_t)(c - '0') < 10) value = value << 4 | (c - '0');
        else if (lower >= 'a' && lower <= 'f') value = value << 4 | (lower - 'a' + 10);
        else return -1;
    }
    return value;
}

static uint8_t *put_utf8(uint8_t *out, uint32_t c) {
    if (c < 0x80) {
        *out++ = (uint8_t)c;
    } else if (c < 0x800) {
        *out++ = (uint8_t)(0xc0 | c >> 6);
        *out++ = (uint8_t)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *out++ = (uint8_t)(0xe0 | c >> 12);
        *out++ = (uint8_t)(0x80 | (c >> 6 & 63));
        *out++ = (uint8_t)(0x80 | (c & 63));
    } else {
        *out++ = (uint8_t)(0xf0 | c >> 18);
        *out++ = (uint8_t)(0x80 | (c >> 12 & 63));
        *out++ = (uint8_t)(0x80 | (c >> 6 & 63));
        *out++ = (uint8_t)(0x80 | (c & 63));
    }
    return out;
}

// Takes what follows `\u` at `*in`, the second half of a pair too.
static uint8_t *put_unicode(uint8_t *out, const uint8_t **in, const uint8_t *end) {
    int first = hex4(*in, end);
    if (first < 0) {
        *out++ = 'u';
        return out;
    }
    *in += 4;
    if (first < 0xd800 || first > 0xdfff) return put_utf8(out, (uint32_t)first);
    if (first < 0xdc00 && end - *in >= 6 && (*in)[0] == '\\' && (*in)[1] == 'u') {
        int second = hex4(*in + 2, end);
        if (second >= 0xdc00 && second <= 0xdfff) {
            *in += 6;
            return put_utf8(out, 0x10000 + ((uint32_t)(first - 0xd800) << 10) + (uint32_t)(second - 0xdc00));
        }
    }
    return put_utf8(out, 0xfffd);
}

size_t nt_json_unescape(uint8_t *out, const uint8_t *in, size_t n) {
    uint8_t *start = out;
    const uint8_t *p = in, *end = in + n;
    while (p < end) {
#ifdef __SSE2__
        while (end - p >= 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
            unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
            _mm_storeu_si128((__m128i *)(void *)out, v);
            int run = mask != 0 ? __builtin_ctz(mask) : 16;
            out += run;
            p += run;
            if (mask != 0) break;
        }
#endif
        while (p < end && *p != '\\') *out++ = *p++;
        if (end - p < 2) break;
        uint8_t escape = p[1];
        p += 2;
        switch (escape) {
        case 'b': *out++ = '\b'; break;
        case 'f': *out++ = '\f'; break;
        case 'n': *out++ = '\n'; break;
        case 'r': *out++ = '\r'; break;
        case 't': *out++ = '\t'; break;
        case 'u': out = put_unicode(out, &p, end); break;
        case '"': case '\\': case '/': *out++ = escape; break;
        // No escape of JSON: `\xff` stands for a byte that was no UTF-8, and stays as it is.
        default:
            *out++ = '\\';
            *out++ = escape;
        }
    }
    return (size_t)(out - start);
}
