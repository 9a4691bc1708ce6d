#define _GNU_SOURCE
#include "CShim.h"
#include <spawn.h>

int nt_spawn_close_others(void *actions) {
    return posix_spawn_file_actions_addclosefrom_np((posix_spawn_file_actions_t *)actions, 3);
}
