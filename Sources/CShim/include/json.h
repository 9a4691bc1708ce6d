// Validation of one JSON object a line, without building anything.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What the line is.
enum nt_json_status {
    /// An object whose members can be copied as they are.
    NT_JSON_PLAIN = 0,
    /// An object that must be taken apart: a watched-for key, a key twice or with escapes, half a surrogate pair.
    NT_JSON_MERGE,
    /// No JSON object; all that follow are reasons.
    NT_JSON_NO_OBJECT,
    NT_JSON_END,
    NT_JSON_EXPECTED_KEY,
    NT_JSON_EXPECTED_COLON,
    NT_JSON_EXPECTED_VALUE,
    NT_JSON_EXPECTED_COMMA,
    NT_JSON_CONTROL,
    NT_JSON_UTF8,
    NT_JSON_ESCAPE,
    NT_JSON_NUMBER,
    NT_JSON_DEEP,
    NT_JSON_TRAILING,
};

/// Most objects and arrays inside each other, the line's own object included.
#define NT_JSON_DEPTH 128

/// Byte positions count from the start of the line.
struct nt_json_result {
    uint32_t status;
    /// Where the line is wrong.
    uint32_t at;
    /// The inside of the object.
    uint32_t start, end;
    /// The value of the watched key, 0 and 0 when it is not there.
    uint32_t watched_start, watched_end;
    /// The member that can be cut out: its key with the quotes, and its value; all 0 when it is not there.
    uint32_t cut_key, cut_start, cut_end;
};

/// A top-level member whose key was marked: the key's quote, the value, and the mark.
struct nt_json_member {
    uint32_t key, start, end, mark;
};

/// Most marked members of a line; one with more is to be merged.
#define NT_JSON_MARKED 32

/// The marked members of a line in their order.
struct nt_json_members {
    struct nt_json_member *list;
    uint32_t count;
};

/// The keys that a line is looked through for. Made once per input, then read-only.
struct nt_json_keys;

struct nt_json_keys *nt_json_keys_new(void);
void nt_json_keys_free(struct nt_json_keys *keys);
/// A top-level key with this name makes the line one to be merged.
void nt_json_keys_reserve(struct nt_json_keys *keys, const uint8_t *name, size_t count);
/// The value of the top-level key with this name is shown in the result. One key at most.
void nt_json_keys_watch(struct nt_json_keys *keys, const uint8_t *name, size_t count);
/// The top-level member with this name is shown in the result, to be left out of the copy. One key at most.
void nt_json_keys_cut(struct nt_json_keys *keys, const uint8_t *name, size_t count);
/// The top-level member with this name is told by `nt_json_examine_members`, with a number of the caller's below 2^15.
/// At most 500 keys, each once.
void nt_json_keys_mark(struct nt_json_keys *keys, const uint8_t *name, size_t count, uint16_t mark);
/// A key with a dot in it, at any depth, makes the line one to be merged.
void nt_json_keys_no_dots(struct nt_json_keys *keys);

/// Checks that `in` is one JSON object as RFC 8259 has it, in valid UTF-8, with blanks around it or not, and at most
/// NT_JSON_DEPTH deep. Needs 64 readable bytes behind `in + n`; `n` is below 2^32 - 64.
void nt_json_examine(
    const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result);

/// The same, telling of the marked members too: `members->list` has room for NT_JSON_MARKED.
void nt_json_examine_members(
    const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result,
    struct nt_json_members *members);

/// The same with at most the vector instructions of a level, to compare them: 0 none, 1 SSE2, 2 AVX2. Returns the level
/// that was used.
int nt_json_examine_level(
    int level, const uint8_t *in, size_t n, const struct nt_json_keys *keys, struct nt_json_result *result,
    struct nt_json_members *members);
