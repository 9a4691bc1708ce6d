// Validation of JSON lines. Strings are most of a line, and most of them are shorter than a vector: one load and one
// compare find the end of each, so that their lengths cost no mispredicted branch. A plain loop does the rest.
#include "json_keys.h"
#include <stdlib.h>

struct nt_json_keys *nt_json_keys_new(void) { return calloc(1, sizeof(struct nt_json_keys)); }

void nt_json_keys_free(struct nt_json_keys *keys) {
    for (size_t i = 0; i < keys->count; i++) free((void *)keys->entries[i].name);
    free(keys->entries);
    free(keys);
}

static void add_key(struct nt_json_keys *keys, const uint8_t *name, size_t count, int kind) {
    // Half of the slots stay free, so that a search ends soon.
    if (keys->count == 1 << (SLOT_BITS - 1)) abort();
    // Eight bytes more, since a hash reads that many.
    uint8_t *copy = calloc(1, count + 8);
    struct key_entry *entries = realloc(keys->entries, (keys->count + 1) * sizeof *entries);
    if (copy == NULL || entries == NULL) abort();
    memcpy(copy, name, count);
    keys->entries = entries;
    uint32_t hash = key_hash(copy, count);
    entries[keys->count++] = (struct key_entry){.hash = hash, .count = (uint32_t)count, .name = copy, .kind = kind};
    set_take(keys->set, hash);
    uint32_t slot = slot_of(hash);
    while (keys->slots[slot] != 0) slot = next_slot(slot);
    keys->slots[slot] = (uint16_t)keys->count;
}

void nt_json_keys_reserve(struct nt_json_keys *keys, const uint8_t *name, size_t count) {
    add_key(keys, name, count, KEY_MERGE);
}

void nt_json_keys_watch(struct nt_json_keys *keys, const uint8_t *name, size_t count) {
    add_key(keys, name, count, KEY_WATCHED);
}

void nt_json_keys_cut(struct nt_json_keys *keys, const uint8_t *name, size_t count) {
    add_key(keys, name, count, KEY_CUT);
}

void nt_json_keys_mark(struct nt_json_keys *keys, const uint8_t *name, size_t count, uint16_t mark) {
    add_key(keys, name, count, KEY_MARKED + mark);
}

void nt_json_keys_no_dots(struct nt_json_keys *keys) { keys->no_dots = true; }

static inline bool is_blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static inline bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

// The number that four hexadecimal digits stand for, or -1.
static int hex4(const uint8_t *p, const uint8_t *end) {
    if (end - p < 4) return -1;
    int value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = p[i], lower = c | 32;
        if (is_digit(c)) value = value << 4 | (c - '0');
        else if (lower >= 'a' && lower <= 'f') value = value << 4 | (lower - 'a' + 10);
        else return -1;
    }
    return value;
}

#define NAME(x) x##_scalar
#define TARGET

// The first byte that may not simply be copied: a quote, a backslash, a control byte, or one outside ASCII.
static inline const uint8_t *plain_scalar(const uint8_t *p, const uint8_t *end) {
    while (p < end && *p >= 32 && *p < 128 && *p != '"' && *p != '\\') p++;
    return p;
}

static inline const uint8_t *digits_scalar(const uint8_t *p, const uint8_t *end) {
    while (p < end && is_digit(*p)) p++;
    return p;
}

#include "json_examine.h"

#ifdef __x86_64__
#include <immintrin.h>

#define NAME(x) x##_sse2
#define TARGET

static inline const uint8_t *plain_sse2(const uint8_t *p, const uint8_t *end) {
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(32);
    do {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        // As signed bytes, both control bytes and bytes outside ASCII are less than a space.
        __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(stop, _mm_cmplt_epi8(v, space)));
        if (__builtin_expect(mask != 0, 1)) return p + __builtin_ctz(mask);
        p += 16;
    } while (p < end);
    return p;
}

static inline const uint8_t *digits_sse2(const uint8_t *p, const uint8_t *end) {
    const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
    do {
        __m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), zero);
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, nine), v)) ^ 0xffffu;
        if (__builtin_expect(mask != 0, 1)) return p + __builtin_ctz(mask);
        p += 16;
    } while (p < end);
    return p;
}

#include "json_examine.h"

#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,bmi,bmi2")))

TARGET static inline const uint8_t *plain_avx2(const uint8_t *p, const uint8_t *end) {
    const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\'), space = _mm256_set1_epi8(32);
    do {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
        __m256i stop = _mm256_or_si256(_mm256_cmpeq_epi8(v, quote), _mm256_cmpeq_epi8(v, slash));
        unsigned mask = (unsigned)_mm256_movemask_epi8(_mm256_or_si256(stop, _mm256_cmpgt_epi8(space, v)));
        if (__builtin_expect(mask != 0, 1)) return p + __builtin_ctz(mask);
        p += 32;
    } while (p < end);
    return p;
}

TARGET static inline const uint8_t *digits_avx2(const uint8_t *p, const uint8_t *end) {
    return digits_sse2(p, end);
}

#include "json_examine.h"

typedef void (*examine_function)(
    const uint8_t *, size_t, const struct nt_json_keys *, struct nt_json_result *, struct nt_json_members *);
static examine_function chosen = examine_sse2;

__attribute__((constructor)) static void choose(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
        chosen = examine_avx2;
}

void nt_json_examine(
    const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result) {
    chosen(in, n, keys, result, NULL);
}

void nt_json_examine_members(
    const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result,
    struct nt_json_members *members) {
    chosen(in, n, keys, result, members);
}

int nt_json_examine_level(
    int level, const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result,
    struct nt_json_members *members) {
    if (level == 2 && chosen == examine_avx2) {
        examine_avx2(in, n, keys, result, members);
        return 2;
    }
    if (level >= 1) {
        examine_sse2(in, n, keys, result, members);
        return 1;
    }
    examine_scalar(in, n, keys, result, members);
    return 0;
}
#else
void nt_json_examine(
    const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result) {
    examine_scalar(in, n, keys, result, NULL);
}

void nt_json_examine_members(
    const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result,
    struct nt_json_members *members) {
    examine_scalar(in, n, keys, result, members);
}

int nt_json_examine_level(
    int level, const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result,
    struct nt_json_members *members) {
    (void)level;
    examine_scalar(in, n, keys, result, members);
    return 0;
}
#endif
