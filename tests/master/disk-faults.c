/* Preloaded into a victim: makes calls on its ledger's files fail when a control file says so.
 * Control file: "CALL ERRNO SUFFIX", e.g. "fsync 5 .db-wal"; absent or empty: nothing fails.
 * CALL is fsync (and fdatasync) or write (pwrite64). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(const char *call, int fd)
{
    const char *control = getenv("LEDGER_FAULTS");
    char line[256], path[4096], link[64], wanted[16], suffix[64];
    int number = 0;
    ssize_t length;
    int file = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return 0;
    length = read(file, line, sizeof line - 1);
    close(file);
    if (length <= 0)
        return 0;
    line[length] = 0;
    if (sscanf(line, "%15s %d %63s", wanted, &number, suffix) != 3 || strcmp(wanted, call) != 0)
        return 0;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < (ssize_t)strlen(suffix))
        return 0;
    path[length] = 0;
    return strcmp(path + length - strlen(suffix), suffix) == 0 ? number : 0;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd)
{
    int number = fails("fsync", fd);
    if (number == 0)
        return NEXT(fsync)(fd);
    errno = number;
    return -1;
}

int fdatasync(int fd)
{
    int number = fails("fsync", fd);
    if (number == 0)
        return NEXT(fdatasync)(fd);
    errno = number;
    return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
    int number = fails("write", fd);
    if (number == 0)
        return NEXT(pwrite64)(fd, bytes, count, offset);
    errno = number;
    return -1;
}
