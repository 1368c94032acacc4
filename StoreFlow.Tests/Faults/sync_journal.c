/*
 * Preloaded into the server: writes down, in order, what goes to the database file and its WAL, what is synced, and
 * what is sent to clients. One record: kind (1 byte), file (1 byte), offset and length (8 bytes each), then the data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER; /* what is recorded first happened first */
static int journal = -1;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void put(const void *data, size_t length)
{
    const char *at = data;
    while (length > 0) {
        long written = syscall(SYS_write, journal, at, length);
        if (written < 0)
            abort();
        at += written;
        length -= (size_t)written;
    }
}

static void record(char kind, char file, int64_t offset, int64_t length, const void *data)
{
    char head[18] = { kind, file };
    if (journal < 0) {
        const char *path = getenv("STOREFLOW_JOURNAL");
        journal = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
        if (journal < 0)
            abort();
    }
    memcpy(head + 2, &offset, 8);
    memcpy(head + 10, &length, 8);
    put(head, sizeof head);
    if (data)
        put(data, (size_t)length);
}

/* 'd' the database, 'w' its WAL, 0 anything else */
static char kind_of_path(const char *path, size_t length)
{
    if (length >= 12 && memcmp(path + length - 12, "storeflow.db", 12) == 0)
        return 'd';
    if (length >= 16 && memcmp(path + length - 16, "storeflow.db-wal", 16) == 0)
        return 'w';
    return 0;
}

static char kind_of(int file)
{
    char link[40], path[4096];
    ssize_t length;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path);
    return length > 0 ? kind_of_path(path, (size_t)length) : 0;
}

ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset)
{
    char kind = kind_of(file);
    ssize_t written;
    if (!kind)
        return NEXT(pwrite64)(file, data, length, offset);
    pthread_mutex_lock(&order);
    written = NEXT(pwrite64)(file, data, length, offset);
    if (written > 0)
        record('W', kind, offset, written, data);
    pthread_mutex_unlock(&order);
    return written;
}

int ftruncate64(int file, off64_t length)
{
    char kind = kind_of(file);
    int result;
    if (!kind)
        return NEXT(ftruncate64)(file, length);
    pthread_mutex_lock(&order);
    result = NEXT(ftruncate64)(file, length);
    if (result == 0)
        record('T', kind, length, 0, NULL);
    pthread_mutex_unlock(&order);
    return result;
}

static int synced(int (*sync)(int), int file)
{
    char kind = kind_of(file);
    int result;
    if (!kind)
        return sync(file);
    pthread_mutex_lock(&order);
    result = sync(file);
    if (result == 0)
        record('S', kind, 0, 0, NULL);
    pthread_mutex_unlock(&order);
    return result;
}

int fsync(int file)
{
    return synced(NEXT(fsync), file);
}

int fdatasync(int file)
{
    return synced(NEXT(fdatasync), file);
}

int unlink(const char *path)
{
    char kind = kind_of_path(path, strlen(path));
    int result;
    if (!kind)
        return NEXT(unlink)(path);
    pthread_mutex_lock(&order);
    result = NEXT(unlink)(path);
    if (result == 0)
        record('U', kind, 0, 0, NULL);
    pthread_mutex_unlock(&order);
    return result;
}

/*
 * An answer is recorded before it leaves: no client can have it earlier than the journal says. Its beginning will do.
 */
enum { BEGINNING = 2048 };

static size_t at_most(size_t length, size_t most)
{
    return length < most ? length : most;
}

ssize_t send(int socket, const void *data, size_t length, int flags)
{
    pthread_mutex_lock(&order);
    record('A', 0, socket, (int64_t)at_most(length, BEGINNING), data);
    pthread_mutex_unlock(&order);
    return NEXT(send)(socket, data, length, flags);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags)
{
    size_t left = 0, i;
    pthread_mutex_lock(&order);
    for (i = 0; i < message->msg_iovlen; i++)
        left += message->msg_iov[i].iov_len;
    left = at_most(left, BEGINNING);
    record('A', 0, socket, (int64_t)left, NULL);
    for (i = 0; left > 0; i++) {
        size_t part = at_most(message->msg_iov[i].iov_len, left);
        put(message->msg_iov[i].iov_base, part);
        left -= part;
    }
    pthread_mutex_unlock(&order);
    return NEXT(sendmsg)(socket, message, flags);
}
