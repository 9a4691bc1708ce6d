// The validator itself, compiled once per instruction set. The file that includes it defines NAME(x), TARGET, and
// NAME(plain) and NAME(digits), which move on over bytes of a kind and stop at the latest some 32 bytes behind `end`.
//
// Bytes behind the line may be anything. The checks against `end` are few: behind a number, and where a string or
// blanks go on. All else stops at the first byte that does not fit, and the object's last brace must lie in the line.

#define FAIL(reason) do { status = (reason); goto failed; } while (0)

// Moves `p` over an escape; `*lone` is set for half a surrogate pair. Returns NULL when it is none.
TARGET static const uint8_t *NAME(escape)(const uint8_t *p, const uint8_t *end, bool *lone) {
    if (end - p < 2) return NULL;
    switch (p[1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': return p + 2;
    case 'u': break;
    default: return NULL;
    }
    int unit = hex4(p + 2, end);
    if (unit < 0) return NULL;
    if (unit < 0xd800 || unit > 0xdfff) return p + 6;
    if (unit < 0xdc00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
        int second = hex4(p + 8, end);
        if (second >= 0xdc00 && second <= 0xdfff) return p + 12;
    }
    *lone = true;
    return p + 6;
}

// Notes a marked key, and answers what to do about its value. One more than there is room for is left to the slow way.
TARGET static inline int NAME(mark)(struct nt_json_members *members, int kind, uint32_t at, bool *merge) {
    if (members == NULL) return KEY_PLAIN;
    if (members->count == NT_JSON_MARKED) {
        *merge = true;
        return KEY_PLAIN;
    }
    members->list[members->count] = (struct nt_json_member){.key = at, .mark = (uint32_t)(kind - KEY_MARKED)};
    return kind;
}

TARGET static void NAME(examine)(
    const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result,
    struct nt_json_members *members) {
    const uint8_t *p = in, *const end = in + n;
    struct seen_keys seen;
    uint64_t nest[NT_JSON_DEPTH / 64] = {0};
    unsigned depth = 1;
    bool in_object = true, lone = false, merge = false, is_key = true;
    // The kind of the top-level key whose value is being looked at, if it is to be shown.
    int watching = KEY_PLAIN;
    uint32_t status;

    memcpy(seen.set, keys->set, sizeof seen.set);
    seen.used = 0;
    memset(seen.entries, 0, sizeof seen.entries);
    *result = (struct nt_json_result){0};
    if (members != NULL) members->count = 0;
    while (p < end && is_blank(*p)) p++;
    if (p >= end || *p != '{') FAIL(NT_JSON_NO_OBJECT);
    result->start = (uint32_t)(p + 1 - in);

object:
    p++;
    while (p < end && is_blank(*p)) p++;
    if (*p == '}') {
        // Blanks alone are no members: a comma in front of them would be wrong.
        if (depth == 1) result->start = (uint32_t)(p - in);
        goto close;
    }
key:
    if (__builtin_expect(*p != '"', 0)) FAIL(NT_JSON_EXPECTED_KEY);
    is_key = true;
string:
    {
        const uint8_t *start = ++p;
        bool escaped = false;
        for (;;) {
            p = NAME(plain)(p, end);
            if (__builtin_expect(p >= end, 0)) FAIL(NT_JSON_END);
            uint8_t c = *p;
            if (__builtin_expect(c == '"', 1)) break;
            if (c == '\\') {
                const uint8_t *next = NAME(escape)(p, end, &lone);
                if (next == NULL) FAIL(NT_JSON_ESCAPE);
                p = next;
                escaped = true;
            } else if (c < 32) {
                FAIL(NT_JSON_CONTROL);
            } else {
                size_t wide = nt_utf8_wide_prefix(p, (size_t)(end - p));
                if (wide == 0) FAIL(NT_JSON_UTF8);
                p += wide;
            }
        }
        if (is_key) {
            size_t count = (size_t)(p - start);
            if (depth == 1) {
                int kind = key_seen(keys, &seen, in, start, count);
                if (__builtin_expect(escaped | kind, 0)) {
                    uint32_t at = (uint32_t)(start - 1 - in);
                    merge |= escaped | (kind == KEY_MERGE);
                    if (kind > KEY_MERGE) watching = kind;
                    if (kind == KEY_CUT) result->cut_key = at;
                    if (kind >= KEY_MARKED) watching = NAME(mark)(members, kind, at, &merge);
                }
            }
            if (__builtin_expect(keys->no_dots, 0)) merge |= escaped || memchr(start, '.', count) != NULL;
            p++;
            while (__builtin_expect(*p <= ' ', 0) && p < end && is_blank(*p)) p++;
            if (__builtin_expect(*p != ':', 0)) FAIL(NT_JSON_EXPECTED_COLON);
            p++;
            while (__builtin_expect(*p <= ' ', 0) && p < end && is_blank(*p)) p++;
            if (__builtin_expect(watching != KEY_PLAIN, 0)) {
                // Only a key at the top level sets it, and its value ends before the next key there.
                uint32_t at = (uint32_t)(p - in);
                if (depth > 1) goto value;
                if (watching >= KEY_MARKED) members->list[members->count].start = at;
                else if (watching == KEY_CUT) result->cut_start = at;
                else result->watched_start = at;
            }
            goto value;
        }
        p++;
        goto after;
    }
value:
    switch (*p) {
    case '"':
        is_key = false;
        goto string;
    case '{':
    case '[':
        in_object = *p == '{';
        if (depth == NT_JSON_DEPTH) FAIL(NT_JSON_DEEP);
        nest[depth >> 6] = (nest[depth >> 6] & ~(1ull << (depth & 63))) | (uint64_t)in_object << (depth & 63);
        depth++;
        if (in_object) goto object;
        p++;
        while (p < end && is_blank(*p)) p++;
        if (*p == ']') goto close;
        goto value;
    case 't':
        if (end - p < 4 || memcmp(p, "true", 4) != 0) FAIL(NT_JSON_EXPECTED_VALUE);
        p += 4;
        break;
    case 'n':
        if (end - p < 4 || memcmp(p, "null", 4) != 0) FAIL(NT_JSON_EXPECTED_VALUE);
        p += 4;
        break;
    case 'f':
        if (end - p < 5 || memcmp(p, "false", 5) != 0) FAIL(NT_JSON_EXPECTED_VALUE);
        p += 5;
        break;
    case '-':
        p++;
        if (!is_digit(*p)) FAIL(NT_JSON_NUMBER);
        // fall through
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        if (*p == '0') {
            p++;
            if (is_digit(*p)) FAIL(NT_JSON_NUMBER);
        } else {
            p = NAME(digits)(p, end);
            if (p >= end) FAIL(NT_JSON_END);
        }
        if (*p == '.') {
            const uint8_t *start = ++p;
            p = NAME(digits)(p, end);
            if (p == start) FAIL(NT_JSON_NUMBER);
            if (p >= end) FAIL(NT_JSON_END);
        }
        if ((*p | 32) == 'e') {
            p++;
            if (*p == '+' || *p == '-') p++;
            const uint8_t *start = p;
            p = NAME(digits)(p, end);
            if (p == start) FAIL(NT_JSON_NUMBER);
        }
        break;
    default:
        FAIL(NT_JSON_EXPECTED_VALUE);
    }
after:
    if (__builtin_expect(watching != KEY_PLAIN, 0) && depth == 1) {
        uint32_t at = (uint32_t)(p - in);
        if (watching >= KEY_MARKED) members->list[members->count++].end = at;
        else if (watching == KEY_CUT) result->cut_end = at;
        else result->watched_end = at;
        watching = KEY_PLAIN;
    }
    while (__builtin_expect(*p <= ' ', 0) && p < end && is_blank(*p)) p++;
    if (__builtin_expect(p >= end, 0)) FAIL(NT_JSON_END);
    if (*p == ',') {
        p++;
        while (__builtin_expect(*p <= ' ', 0) && p < end && is_blank(*p)) p++;
        if (in_object) goto key;
        goto value;
    }
    if (*p != (in_object ? '}' : ']')) FAIL(NT_JSON_EXPECTED_COMMA);
close:
    if (__builtin_expect(p >= end, 0)) FAIL(NT_JSON_END);
    p++;
    if (--depth > 0) {
        in_object = depth == 1 || (nest[(depth - 1) >> 6] >> ((depth - 1) & 63) & 1);
        goto after;
    }
    result->end = (uint32_t)(p - 1 - in);
    while (p < end && is_blank(*p)) p++;
    if (p < end) FAIL(NT_JSON_TRAILING);
    result->status = (merge | lone) ? NT_JSON_MERGE : NT_JSON_PLAIN;
    return;

failed:
    result->at = (uint32_t)(p - in);
    if (p >= end) {
        result->at = (uint32_t)n;
        if (status != NT_JSON_NO_OBJECT) status = NT_JSON_END;
    }
    result->status = status;
}

#undef FAIL
#undef NAME
#undef TARGET
