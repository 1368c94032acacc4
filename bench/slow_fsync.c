/* Preloaded into the server: every sync takes as much longer as a disk without a write cache would take. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_the_disk(void)
{
    const char *text = getenv("SLOW_FSYNC_MICROSECONDS");
    long microseconds = text ? atol(text) : 0;
    struct timespec wait = { microseconds / 1000000, microseconds % 1000000 * 1000 };
    while (nanosleep(&wait, &wait) != 0)
        ;
}

int fsync(int file)
{
    wait_for_the_disk();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file)
{
    wait_for_the_disk();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
