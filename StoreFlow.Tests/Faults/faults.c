/*
 * Preloaded into the program: makes what it does with the database's files fail, or ends it there, as a disk or a
 * power cut would.
 *
 *   FAULTS_ORDERS    a file that is read at each call; each of its lines "sync 5", "write 28" or "open 30" makes
 *                    calls of that kind fail with that errno. No file, no fault.
 *   FAULTS_KILL_AT   the number of the call before which the process is killed, counted from 1.
 *   FAULTS_COUNT     a file that is told how many calls there were, at the program's own end.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long calls;

static int is_database(const char *path)
{
    return path && strstr(path, "storeflow.db");
}

static int is_database_file(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_database(path);
}

/* Counts the call; whether it has to fail, with errno set. */
static int fails(const char *kind)
{
    static long kill_at = -1;
    if (kill_at < 0)
        kill_at = getenv("FAULTS_KILL_AT") ? atol(getenv("FAULTS_KILL_AT")) : 0;
    if (atomic_fetch_add(&calls, 1) + 1 == kill_at)
        kill(getpid(), SIGKILL);

    const char *orders = getenv("FAULTS_ORDERS");
    int file = orders ? NEXT(open64)(orders, O_RDONLY) : -1;
    if (file < 0)
        return 0;
    char text[256] = "", name[16];
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    text[length < 0 ? 0 : length] = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        int error;
        if (sscanf(line, "%15s %d", name, &error) == 2 && strcmp(name, kind) == 0) {
            errno = error;
            return 1;
        }
    }
    return 0;
}

int fsync(int file)
{
    return is_database_file(file) && fails("sync") ? -1 : NEXT(fsync)(file);
}

int fdatasync(int file)
{
    return is_database_file(file) && fails("sync") ? -1 : NEXT(fdatasync)(file);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at)
{
    return is_database_file(file) && fails("write") ? -1 : NEXT(pwrite64)(file, bytes, count, at);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at)
{
    return is_database_file(file) && fails("write") ? -1 : NEXT(pwrite)(file, bytes, count, at);
}

int ftruncate64(int file, off64_t length)
{
    return is_database_file(file) && fails("write") ? -1 : NEXT(ftruncate64)(file, length);
}

int unlink(const char *path)
{
    return is_database(path) && fails("write") ? -1 : NEXT(unlink)(path);
}

int rename(const char *from, const char *to)
{
    return is_database(to) && fails("write") ? -1 : NEXT(rename)(from, to);
}

int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    return is_database(path) && (flags & (O_WRONLY | O_RDWR | O_CREAT)) && fails("open") ? -1 : NEXT(open64)(path, flags, mode);
}

__attribute__((destructor)) static void tell(void)
{
    const char *count = getenv("FAULTS_COUNT");
    FILE *file = count ? fopen(count, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%ld", (long)calls);
    fclose(file);
}
