// The inside of JSON strings, for the search of an event's fields.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Index of the quote that ends the string whose inside begins at `in`, or `n` when there is none.
/// `*escaped` says whether the inside holds a backslash.
size_t nt_json_string_end(const uint8_t *in, size_t n, int *escaped);

/// Writes what the inside of a JSON string says; half a surrogate pair becomes U+FFFD.
/// `out` has room for n + 16 bytes and does not overlap `in`. Returns the bytes written, at most n.
size_t nt_json_unescape(uint8_t *out, const uint8_t *in, size_t n);
