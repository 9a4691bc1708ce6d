// The table of keys that a line is looked through for, and the set of those that were seen in it.
#pragma once
#include "CShim.h"
#include <stdbool.h>
#include <string.h>

#define SET_BITS 1024
#define SEEN_MAXIMUM 256

struct key_entry {
    uint32_t hash;
    uint32_t count;
    const uint8_t *name;
    // What `key_compare` says of it.
    int kind;
};

// Keys of the table by the upper bits of their hashes, with free slots between them.
#define SLOT_BITS 10

struct nt_json_keys {
    // One bit per hash of a key in the table.
    uint64_t set[SET_BITS / 64];
    struct key_entry *entries;
    // Number of the entry plus one; what is taken already goes to the next free slot.
    uint16_t slots[1 << SLOT_BITS];
    size_t count;
    bool no_dots;
};

// The keys of one line at the top level: a bit per hash, and where they are.
struct seen_keys {
    uint64_t set[SET_BITS / 64];
    uint32_t hash[SEEN_MAXIMUM];
    uint32_t start[SEEN_MAXIMUM];
    uint32_t count[SEEN_MAXIMUM];
    uint32_t used;
    // Those of the table, a bit each.
    uint64_t entries[1 << (SLOT_BITS - 1) >> 6];
};

static inline uint64_t load64(const uint8_t *p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

// First and last eight bytes and the length: enough to tell the keys of a log line apart; equal hashes are compared.
static inline uint32_t key_hash(const uint8_t *p, size_t n) {
    uint64_t low = n < 8 ? ~(~0ull << (8 * n)) : ~0ull;
    uint64_t first = load64(p) & low;
    uint64_t last = n > 8 ? load64(p + n - 8) : 0;
    uint64_t h = (first * 0x9e3779b97f4a7c15ull) ^ ((last + n) * 0xc2b2ae3d27d4eb4full);
    return (uint32_t)(h >> 32);
}

static inline bool set_take(uint64_t *set, uint32_t hash) {
    uint32_t bit = hash >> 22;
    uint64_t mask = 1ull << (bit & 63);
    bool was = set[bit >> 6] & mask;
    set[bit >> 6] |= mask;
    return was;
}

// What a key is: KEY_MERGE when the line has had it already.
// KEY_MARKED and above are marks: the number behind KEY_MARKED is the caller's.
enum { KEY_PLAIN = 0, KEY_MERGE, KEY_WATCHED, KEY_CUT, KEY_MARKED };

static inline uint32_t slot_of(uint32_t hash) { return hash >> (32 - SLOT_BITS); }
static inline uint32_t next_slot(uint32_t slot) { return (slot + 1) & ((1u << SLOT_BITS) - 1); }

// Whether two names of the same length are the same; both may be read eight bytes beyond their ends.
static inline bool same_name(const uint8_t *a, const uint8_t *b, size_t n) {
    if (n > 16) return memcmp(a, b, n) == 0;
    if (n >= 8) return load64(a) == load64(b) && load64(a + n - 8) == load64(b + n - 8);
    return ((load64(a) ^ load64(b)) & ~(~0ull << (8 * n))) == 0;
}

static int key_compare(
    const struct nt_json_keys *keys, struct seen_keys *seen, const uint8_t *line, const uint8_t *name, size_t n,
    uint32_t hash) {
    for (uint32_t slot = slot_of(hash); keys->slots[slot] != 0; slot = next_slot(slot)) {
        uint32_t number = keys->slots[slot] - 1u;
        const struct key_entry *entry = &keys->entries[number];
        if (entry->hash != hash || entry->count != n || !same_name(entry->name, name, n)) continue;
        uint64_t mask = 1ull << (number & 63);
        if (seen->entries[number >> 6] & mask) return KEY_MERGE;
        seen->entries[number >> 6] |= mask;
        return entry->kind;
    }
    for (uint32_t i = 0; i < seen->used; i++) {
        if (seen->hash[i] == hash && seen->count[i] == n && memcmp(line + seen->start[i], name, n) == 0)
            return KEY_MERGE;
    }
    return KEY_PLAIN;
}

static inline int key_seen(
    const struct nt_json_keys *keys, struct seen_keys *seen, const uint8_t *line, const uint8_t *name, size_t n) {
    uint32_t hash = key_hash(name, n);
    int kind = KEY_PLAIN;
    if (__builtin_expect(set_take(seen->set, hash), 0)) kind = key_compare(keys, seen, line, name, n, hash);
    if (__builtin_expect(seen->used == SEEN_MAXIMUM, 0)) return KEY_MERGE;
    seen->hash[seen->used] = hash;
    seen->start[seen->used] = (uint32_t)(name - line);
    seen->count[seen->used] = (uint32_t)n;
    seen->used++;
    return kind;
}
