#define _GNU_SOURCE
#include "CShim.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

static int64_t nanoseconds(struct statx_timestamp t) { return t.tv_sec * 1000000000LL + t.tv_nsec; }

static int stat_at(int dirfd, const char *path, int flags, struct nt_stat *out) {
    struct statx s;
    unsigned want = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_INO | STATX_SIZE | STATX_MTIME | STATX_BTIME;
    while (statx(dirfd, path, flags | AT_NO_AUTOMOUNT, want, &s) != 0)
        if (errno != EINTR) return errno;
    out->device = makedev(s.stx_dev_major, s.stx_dev_minor);
    out->inode = s.stx_ino;
    out->size = s.stx_size;
    out->modified = nanoseconds(s.stx_mtime);
    out->birth = s.stx_mask & STATX_BTIME ? nanoseconds(s.stx_btime) : 0;
    out->mode = s.stx_mode;
    out->links = s.stx_nlink;
    return 0;
}

int nt_stat_at(int dirfd, const char *path, int follow, struct nt_stat *out) {
    return stat_at(dirfd, path, follow ? 0 : AT_SYMLINK_NOFOLLOW, out);
}

int nt_stat_fd(int fd, struct nt_stat *out) { return stat_at(fd, "", AT_EMPTY_PATH, out); }

uint64_t nt_filesystem_magic(const char *path) {
    struct statfs s;
    return statfs(path, &s) == 0 ? (uint64_t)s.f_type : 0;
}

int nt_send_queue(int fd) {
    int bytes = 0;
    return ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}

int nt_unacknowledged(int fd) {
    int bytes = nt_send_queue(fd);
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    if (bytes < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    return info.tcpi_state == TCP_CLOSE ? -1 : bytes;
}

void nt_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

#ifdef __linux__
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

// Parts that cannot be written to hold what the file holds: a page that is let go comes back from the page cache.
static int release_image(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    uintptr_t page = *(const uintptr_t *)data;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || part->p_flags & PF_W) continue;
        uintptr_t start = (info->dlpi_addr + part->p_vaddr) & ~(page - 1);
        uintptr_t end = (info->dlpi_addr + part->p_vaddr + part->p_memsz + page - 1) & ~(page - 1);
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void nt_release_memory(void) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    malloc_trim(0);
    dl_iterate_phdr(release_image, &page);
}
#endif
