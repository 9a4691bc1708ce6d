// System calls and vector kernels that the Glibc module does not show to Swift.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <iconv.h>
#include "fields.h"
#include "json.h"

/// What the agent wants to know of a file, from one statx(2). Times in ns since 1970; birth is 0 where the
/// file system does not keep it.
struct nt_stat {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t modified;
    int64_t birth;
    uint32_t mode;
    uint32_t links;
};

/// statx(2) of `path` below the directory descriptor `dirfd` (AT_FDCWD for the working directory).
/// Returns 0, or the errno.
int nt_stat_at(int dirfd, const char *path, int follow, struct nt_stat *out);

/// statx(2) of an open descriptor. Returns 0, or the errno.
int nt_stat_fd(int fd, struct nt_stat *out);

/// Magic number of the file system that holds `path` (statfs(2)), or 0 when it cannot be told.
uint64_t nt_filesystem_magic(const char *path);

/// Bytes of a TCP socket's send queue that the peer's kernel has not acknowledged (SIOCOUTQ), or -1.
int nt_send_queue(int fd);

/// The same for a connection that must still be up: -1 once it was reset or closed, since the kernel then throws the
/// queue away and its length says nothing about what had arrived.
int nt_unacknowledged(int fd);

/// Gives free heap back to the kernel, and lets go of the pages of code and constants: those of the start are mapped
/// 64 KiB around each that was touched, and most are never needed again. Whatever is comes back from the page cache.
void nt_release_memory(void);

/// A program that is spawned has standard input, output and error alone.
/// `actions` is a `posix_spawn_file_actions_t`.
int nt_spawn_close_others(void *actions);

/// Names the calling thread (15 characters at most).
void nt_name_thread(const char *name);

/// Copies `in` to `out` as the inside of a JSON string, and stops at the first byte that is no UTF-8.
/// Needs 16 readable bytes behind `in + n`, and room for 6n + 32 bytes in `out`.
/// Returns the bytes taken from `in`; `*written` gets the bytes put into `out`.
size_t nt_json_escape(uint8_t *out, const uint8_t *in, size_t n, size_t *written);

/// Length of the longest prefix of `in` that is made of valid UTF-8 sequences outside ASCII (RFC 3629).
size_t nt_utf8_wide_prefix(const uint8_t *in, size_t n);
