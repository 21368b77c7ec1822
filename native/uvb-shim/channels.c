// Which file is whose: opening, mapping, and giving back.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "window.h"

#define PATH_DEFAULT "/dev/cras_uvb"
#define SHM "shm:"
#define DELAY_US 1u

uint32_t cras_uvb_version(void)
{
    return CRAS_UVB_VERSION;
}

uint32_t cras_uvb_window_size(struct cras_uvb *handle)
{
    (void)handle;
    return BUFFER_BYTES;
}

uint64_t cras_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void cras_nap_us(uint32_t us)
{
    struct timespec time = {.tv_sec = us / 1000000u, .tv_nsec = (long)(us % 1000000u) * 1000};
    nanosleep(&time, NULL);
}

uint32_t cras_sum(const void *bytes, uint32_t size)
{
    const uint8_t *at = bytes;
    uint32_t sum = 0;
    for (; size >= 4; at += 4, size -= 4) {
        sum += (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    }
    for (uint32_t rest = 0; rest < size; rest++) {
        sum += (uint32_t)at[rest] << (8 * rest);
    }
    return sum;
}

static int name_of(char **name, const char *folder, uint32_t cna)
{
    return asprintf(name, "%s/cna-%u", folder, cna) < 0 ? -ENOMEM : 0;
}

static struct channel *map(int descriptor)
{
    void *at = mmap(NULL, sizeof(struct channel), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return at == MAP_FAILED ? NULL : at;
}

// Who has this CNA has just begun and so holds no window: what bears his name was held by a life before.
static void free_ours(struct channel *channel, uint32_t cna)
{
    for (uint32_t at = 0; at < WINDOWS; at++) {
        struct place *place = &channel->places[at];
        if (LOAD(place->grab) == (CRAS_UVB_SENDER | cna)) {
            memset(&place->window, 0, sizeof place->window);
            STORE(place->grab, 0);
        }
    }
}

static int open_own(struct cras_uvb *handle)
{
    char *name;
    struct stat status;
    int failed = name_of(&name, handle->folder, handle->cna);
    if (failed) {
        return failed;
    }
    handle->descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    failed = handle->descriptor < 0 ? -errno : 0;
    free(name);
    if (failed) {
        return failed;
    }
    // Of this descriptor, so it ends with its process, and another handle of the same process does not have it.
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(handle->descriptor, F_OFD_SETLK, &lock)) {
        return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
    }
    if (fstat(handle->descriptor, &status)) {
        return -errno;
    }
    if (status.st_size != sizeof(struct channel) &&
        (ftruncate(handle->descriptor, 0) || ftruncate(handle->descriptor, sizeof(struct channel)))) {
        return -errno;
    }

    handle->own = map(handle->descriptor);
    if (!handle->own) {
        return -errno;
    }
    handle->own->version = 1;
    handle->own->windows = WINDOWS;
    handle->own->window_bytes = BUFFER_BYTES;
    handle->own->delay_us = DELAY_US;
    STORE(handle->own->magic, MAGIC);
    free_ours(handle->own, handle->cna);
    STORE(handle->own->registered, CRAS_UVB_RECEIVER | handle->cna);
    return 0;
}

static int open_shared(const char *folder, uint32_t cna, struct cras_uvb **handle)
{
    if (mkdir(folder, 0700) && errno != EEXIST) {
        return -errno;
    }
    struct cras_uvb *made = calloc(1, sizeof *made);
    if (!made) {
        return -ENOMEM;
    }
    made->descriptor = -1;
    made->cna = cna;
    pthread_mutex_init(&made->gate, NULL);
    made->folder = strdup(folder);
    int failed = made->folder ? open_own(made) : -ENOMEM;
    if (failed) {
        cras_uvb_close(made);
        return failed;
    }

    *handle = made;
    return 0;
}

int cras_uvb_open(const char *path, uint32_t cna, struct cras_uvb **handle)
{
    if (!path || !handle || cna > CRAS_UVB_CNA_MAX) {
        return -EINVAL;
    }
    if (!*path) {
        path = getenv("CRAS_UVB_PATH");
    }
    if (!path || !*path) {
        path = PATH_DEFAULT;
    }
    if (!strncmp(path, SHM, strlen(SHM))) {
        return open_shared(path + strlen(SHM), cna, handle);
    }
    if (path[0] != '/') {
        return -EINVAL;
    }
    // A driver's. There is none to speak with, so whatever is there is not one.
    return access(path, F_OK) ? -errno : -EOPNOTSUPP;
}

void cras_uvb_stop(struct cras_uvb *handle)
{
    STORE(handle->stopped, 1);
}

void cras_uvb_close(struct cras_uvb *handle)
{
    while (handle->peers) {
        struct peer *gone = handle->peers;
        handle->peers = gone->next;
        munmap(gone->channel, sizeof *gone->channel);
        free(gone);
    }
    if (handle->own) {
        STORE(handle->own->registered, 0);
        cras_refuse_all(handle);
        munmap(handle->own, sizeof *handle->own);
    }
    if (handle->descriptor >= 0) {
        close(handle->descriptor);
    }
    pthread_mutex_destroy(&handle->gate);
    free(handle->folder);
    free(handle);
}

static struct channel *open_peer(struct cras_uvb *handle, uint32_t cna)
{
    char *name;
    struct stat status;
    if (name_of(&name, handle->folder, cna)) {
        return NULL;
    }
    int descriptor = open(name, O_RDWR | O_CLOEXEC);
    free(name);
    if (descriptor < 0) {
        return NULL;
    }
    struct channel *channel = NULL;
    if (!fstat(descriptor, &status) && status.st_size == sizeof(struct channel)) {
        channel = map(descriptor);
    }
    close(descriptor);
    if (channel && (LOAD(channel->magic) != MAGIC || channel->version != 1)) {
        munmap(channel, sizeof *channel);
        return NULL;
    }
    return channel;
}

struct channel *cras_channel_of(struct cras_uvb *handle, uint32_t cna)
{
    if (cna == handle->cna) {
        return handle->own;
    }
    struct channel *found = NULL;
    pthread_mutex_lock(&handle->gate);
    for (struct peer *peer = handle->peers; peer; peer = peer->next) {
        if (peer->cna == cna) {
            found = peer->channel;
        }
    }
    if (!found && (found = open_peer(handle, cna))) {
        struct peer *made = malloc(sizeof *made);
        if (made) {
            free_ours(found, handle->cna);
            *made = (struct peer){.next = handle->peers, .cna = cna, .channel = found};
            handle->peers = made;
        } else {
            munmap(found, sizeof *found);
            found = NULL;
        }
    }
    pthread_mutex_unlock(&handle->gate);
    return found;
}

bool cras_is_cut(const struct cras_uvb *handle, uint32_t cna)
{
    char name[512];
    uint32_t lower = cna < handle->cna ? cna : handle->cna, higher = cna < handle->cna ? handle->cna : cna;
    int length = snprintf(name, sizeof name, "%s/cut-%u-%u", handle->folder, lower, higher);
    return length > 0 && (size_t)length < sizeof name && !access(name, F_OK);
}
