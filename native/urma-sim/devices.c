/* The library itself, its devices and contexts. */
#include "sim.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Which line of the library this build stands for: callers tell by what is exported, since the version macro does not say. */
#ifndef URMA_SIM_GENERATION
#define URMA_SIM_GENERATION 2606
#endif

/* Behind the interface for drivers the library is another one, which exports these itself. */
#ifndef URMA_SIM_IS_DRIVER
#pragma GCC visibility push(default)
#if URMA_SIM_GENERATION == 2606
int urma_get_rjetty(void);
int urma_get_rjetty(void) { return URMA_FAIL; }
#endif
#if URMA_SIM_GENERATION == 2606 || URMA_SIM_GENERATION == 251281
int urma_alloc_jetty(void);
int urma_alloc_jetty(void) { return URMA_FAIL; }
#endif
#if URMA_SIM_GENERATION != 2412
int urma_register_sysfs_dev(void);
int urma_register_sysfs_dev(void) { return URMA_FAIL; }
#endif
#pragma GCC visibility pop
#endif

enum { DEVICE_ATTR_BYTES = URMA_SIM_GENERATION == 2606 ? (int)sizeof(urma_device_attr_t) : 368 };

urma_status_t urma_init(urma_init_attr_t *conf)
{
    (void)conf;
    if (sim_world.is_initialised) {
        return URMA_EEXIST;
    }

    sim_run_environment();
    int forced = atomic_load(&sim_world.init_status);
    if (forced != 0) {
        return forced;
    }

    if (sim_world.folder[0] == '\0') {
        /* As the real one without a provider. */
        errno = ENOENT;
        return URMA_FAIL;
    }

    sim_world.is_initialised = true;
    return URMA_SUCCESS;
}

urma_status_t urma_uninit(void)
{
    pthread_mutex_lock(&sim_world.lock);
    while (sim_world.devices != NULL && sim_world.contexts == NULL) {
        struct sim_device *device = sim_world.devices;
        sim_world.devices = device->next;
        free(device);
    }

    sim_world.is_initialised = false;
    pthread_mutex_unlock(&sim_world.lock);
    return URMA_SUCCESS;
}

/* The real one spins here for ever. So does this: a caller who forgets it shall be caught by a time limit, not by luck. */
static void must_be_initialised(void)
{
    while (!sim_world.is_initialised) {
        usleep(1000);
    }
}

urma_device_t **urma_get_device_list(int *num_devices)
{
    int count = 0;
    must_be_initialised();
    pthread_mutex_lock(&sim_world.lock);
    for (struct sim_device *device = sim_world.devices; device != NULL; device = device->next) {
        count += device->is_removed ? 0 : 1;
    }

    urma_device_t **list = count == 0 ? NULL : calloc((size_t)count, sizeof *list);
    if (list != NULL) {
        int at = 0;
        for (struct sim_device *device = sim_world.devices; device != NULL; device = device->next) {
            if (!device->is_removed) {
                list[at++] = &device->public;
            }
        }
    }

    pthread_mutex_unlock(&sim_world.lock);
    *num_devices = list == NULL ? 0 : count;
    errno = list == NULL ? ENODEV : errno;
    return list;
}

void urma_free_device_list(urma_device_t **device_list) { free(device_list); }

urma_device_t *urma_get_device_by_name(char *dev_name)
{
    urma_device_t *found = NULL;
    must_be_initialised();
    pthread_mutex_lock(&sim_world.lock);
    for (struct sim_device *device = sim_world.devices; device != NULL && dev_name != NULL; device = device->next) {
        if (!device->is_removed && strcmp(device->public.name, dev_name) == 0) {
            found = &device->public;
        }
    }

    pthread_mutex_unlock(&sim_world.lock);
    errno = found == NULL ? ENODEV : errno;
    return found;
}

urma_device_t *urma_get_device_by_eid(urma_eid_t eid, urma_transport_type_t type)
{
    urma_device_t *found = NULL;
    must_be_initialised();
    pthread_mutex_lock(&sim_world.lock);
    for (struct sim_device *device = sim_world.devices; device != NULL; device = device->next) {
        for (uint32_t at = 0; at < device->eid_count; at++) {
            if (!device->is_removed && device->public.type == type && memcmp(&device->eids[at], &eid, sizeof eid) == 0) {
                found = &device->public;
            }
        }
    }

    pthread_mutex_unlock(&sim_world.lock);
    errno = found == NULL ? ENODEV : errno;
    return found;
}

urma_eid_info_t *urma_get_eid_list(urma_device_t *dev, uint32_t *cnt)
{
    struct sim_device *device = (struct sim_device *)dev;
    if (device == NULL || cnt == NULL) {
        errno = EINVAL;
        return NULL;
    }

    pthread_mutex_lock(&sim_world.lock);
    urma_eid_info_t *list = calloc(device->eid_count, sizeof *list);
    for (uint32_t at = 0; list != NULL && at < device->eid_count; at++) {
        list[at].eid_index = at;
        for (size_t byte = 0; byte < sizeof list->eid.raw; byte++) {
            size_t from = atomic_load(&sim_world.eids_reversed) ? sizeof list->eid.raw - 1 - byte : byte;
            list[at].eid.raw[byte] = device->eids[at].raw[from];
        }
    }

    *cnt = list == NULL ? 0 : device->eid_count;
    pthread_mutex_unlock(&sim_world.lock);
    errno = list == NULL ? EIO : errno;
    return list;
}

void urma_free_eid_list(urma_eid_info_t *eid_list) { free(eid_list); }

urma_status_t urma_query_device(urma_device_t *dev, urma_device_attr_t *dev_attr)
{
    struct sim_device *device = (struct sim_device *)dev;
    if (device == NULL || dev_attr == NULL) {
        return URMA_EINVAL;
    }

    if (device->is_dead) {
        return URMA_FAIL;
    }

    urma_device_attr_t told = {0};
    told.dev_cap.max_jfc = told.dev_cap.max_jfs = told.dev_cap.max_jfr = told.dev_cap.max_jetty = 64;
    told.dev_cap.max_jfc_depth = SIM_DEPTH_MAX;
    told.dev_cap.max_jfs_depth = told.dev_cap.max_jfr_depth = SIM_DEPTH_MAX / 2;
    told.dev_cap.max_jfs_sge = told.dev_cap.max_jfs_rsge = told.dev_cap.max_jfr_sge = 1;
    told.dev_cap.max_msg_size = SIM_MESSAGE_BYTES_MAX;
    told.dev_cap.trans_mode = URMA_TM_RM;
    told.dev_cap.max_eid_cnt = SIM_EIDS_MAX;
#if URMA_SIM_GENERATION == 2606
    told.dev_cap.priority_info[0].tp_type.value = 1u << URMA_RTP;
    told.dev_cap.priority_info[SIM_PRIORITY_WITH_CTP].tp_type.value = 1u << URMA_CTP;
    told.port_cnt = 1;
    told.reserved_jetty_id_min = UBCORE_RESERVED_JETTY_ID_MIN;
    told.reserved_jetty_id_max = UBCORE_RESERVED_JETTY_ID_MAX;
#endif
    memcpy(dev_attr, &told, DEVICE_ATTR_BYTES);
    return URMA_SUCCESS;
}

static bool open_descriptors(struct sim_context *context)
{
    context->epoll = epoll_create1(EPOLL_CLOEXEC);
    context->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    context->public.async_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event wake = {.events = EPOLLIN, .data.ptr = NULL};
    struct epoll_event control = {.events = EPOLLIN, .data.ptr = &sim_world};
    return context->epoll >= 0 && context->wake >= 0 && context->public.async_fd >= 0 &&
           epoll_ctl(context->epoll, EPOLL_CTL_ADD, context->wake, &wake) == 0 &&
           (sim_world.control < 0 || epoll_ctl(context->epoll, EPOLL_CTL_ADD, sim_world.control, &control) == 0);
}

static void close_descriptors(struct sim_context *context)
{
    close(context->epoll);
    close(context->wake);
    close(context->public.async_fd);
}

urma_context_t *urma_create_context(urma_device_t *dev, uint32_t eid_index)
{
    struct sim_device *device = (struct sim_device *)dev;
    if (device == NULL || eid_index >= device->eid_count) {
        errno = EINVAL;
        return NULL;
    }

    if (device->is_dead) {
        errno = ENODEV;
        return NULL;
    }

    struct sim_context *context = calloc(1, sizeof *context);
    if (context == NULL || !open_descriptors(context)) {
        if (context != NULL) {
            close_descriptors(context);
        }

        free(context);
        return NULL;
    }

    context->device = device;
    context->eid = device->eids[eid_index];
    context->public.dev = dev;
    context->public.dev_fd = -1;
    context->public.eid_index = eid_index;
    pthread_mutex_init(&context->lock, NULL);
    pthread_cond_init(&context->acked, NULL);
    pthread_mutex_lock(&sim_world.lock);
    context->next = sim_world.contexts;
    sim_world.contexts = context;
    pthread_mutex_unlock(&sim_world.lock);
    sim_log(URMA_VLOG_LEVEL_INFO, "device %s opened", device->public.name);
    return &context->public;
}

urma_status_t urma_delete_context(urma_context_t *ctx)
{
    struct sim_context *context = (struct sim_context *)ctx;
    if (context == NULL) {
        return URMA_EINVAL;
    }

    pthread_mutex_lock(&context->lock);
    unsigned children = context->children;
    pthread_mutex_unlock(&context->lock);
    pthread_mutex_lock(&sim_world.lock);
    if (children > 0 || context->async_unacked > 0) {
        pthread_mutex_unlock(&sim_world.lock);
        return URMA_EAGAIN;
    }

    for (struct sim_context **at = &sim_world.contexts; *at != NULL; at = &(*at)->next) {
        if (*at == context) {
            *at = context->next;
            break;
        }
    }

    pthread_mutex_unlock(&sim_world.lock);
    close_descriptors(context);
    pthread_mutex_destroy(&context->lock);
    pthread_cond_destroy(&context->acked);
    free(context);
    return URMA_SUCCESS;
}

urma_status_t urma_register_log_func(urma_log_cb_t func)
{
    if (func == NULL) {
        return URMA_EINVAL;
    }

    sim_world.log = func;
    return URMA_SUCCESS;
}

urma_status_t urma_unregister_log_func(void)
{
    sim_world.log = NULL;
    return URMA_SUCCESS;
}

void urma_log_set_level(urma_vlog_level_t level) { atomic_store(&sim_world.log_level, (int)level); }

int urma_str_to_eid(const char *buf, urma_eid_t *eid)
{
    struct in_addr dotted;
    char *end = NULL;
    if (buf == NULL || eid == NULL) {
        return -EINVAL;
    }

    if (inet_pton(AF_INET6, buf, eid->raw) == 1) {
        return 0;
    }

    if (inet_pton(AF_INET, buf, &dotted) == 1) {
        urma_u32_to_eid(ntohl(dotted.s_addr), eid);
        return 0;
    }

    unsigned long number = strtoul(buf, &end, 0);
    if (end == buf || *end != '\0' || number > UINT32_MAX) {
        return -EINVAL;
    }

    urma_u32_to_eid((uint32_t)number, eid);
    return 0;
}

void urma_u32_to_eid(uint32_t ipv4, urma_eid_t *eid)
{
    eid->in4.reserved = 0;
    eid->in4.prefix = htonl(0x0000ffff);
    eid->in4.addr = htonl(ipv4);
}
