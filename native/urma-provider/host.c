/* NOT liburma, and no part of it: a host of our own that behaves towards a provider as liburma was seen and read to do,
 * so that the provider can be tried where liburma is not. For tests only; it proves nothing about the library itself.
 * Of the library's checks it has those that a driver relies on; callers that pass null are on their own. */
#include "urma-abi.h"
#include "urma-provider.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROVIDERS_MAX = 8, DEVICES_MAX = 64, PATH_BYTES = 512, LINE_BYTES = 64, MADE_BY_DRIVER = 1 };

int urma_get_rjetty(void);

static struct urma_provider_ops *providers[PROVIDERS_MAX];
static void *files[PROVIDERS_MAX];
static struct urma_sysfs_dev *devices[DEVICES_MAX];
static int provider_count, file_count, device_count;
static bool is_initialised;

/* Callers tell lines of the library apart by this name. */
int urma_get_rjetty(void) { return URMA_FAIL; }

int urma_register_provider_ops(struct urma_provider_ops *one)
{
    if (one == NULL || one->name == NULL || provider_count == PROVIDERS_MAX) {
        return -1;
    }

    providers[provider_count++] = one;
    return 0;
}

static void forget(int at)
{
    provider_count--;
    memmove(&providers[at], &providers[at + 1], (size_t)(provider_count - at) * sizeof providers[0]);
}

int urma_unregister_provider_ops(struct urma_provider_ops *one)
{
    for (int at = 0; at < provider_count; at++) {
        if (providers[at] == one) {
            forget(at);
            break;
        }
    }

    return 0;
}

int urma_register_sysfs_dev(struct urma_sysfs_dev *record)
{
    struct urma_provider_ops *driver = NULL;
    for (int at = 0; at < provider_count; at++) {
        driver = strcmp(providers[at]->name, record->driver_name) == 0 ? providers[at] : driver;
    }

    for (int at = 0; at < device_count; at++) {
        driver = strcmp(devices[at]->dev_name, record->dev_name) == 0 ? NULL : driver;
    }

    /* Without the flag it would be taken for the kernel's, and be dropped at the next look. */
    if (driver == NULL || device_count == DEVICES_MAX || record->flag != MADE_BY_DRIVER) {
        return -1;
    }

    record->urma_device->ops = driver;
    devices[device_count++] = record;
    return 0;
}

/* All that begins with "liburma" and may be executed, in the folder "urma" beside this file. */
static void open_providers(void)
{
    Dl_info own;
    char folder[PATH_BYTES], path[2 * PATH_BYTES];
    char *slash = NULL;
    if (dladdr((void *)(uintptr_t)&urma_get_rjetty, &own) != 0 && strlen(own.dli_fname) < sizeof folder - sizeof "/urma") {
        strcpy(folder, own.dli_fname);
        slash = strrchr(folder, '/');
    }

    if (slash == NULL) {
        return;
    }

    strcpy(slash, "/urma");
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strncmp(entry->d_name, "liburma", strlen("liburma")) == 0 && file_count < PROVIDERS_MAX &&
            access(path, R_OK | X_OK) == 0) {
            files[file_count] = dlopen(path, RTLD_NOW);
            if (files[file_count] == NULL) {
                fprintf(stderr, "host: %s\n", dlerror());
            }

            file_count += files[file_count] == NULL ? 0 : 1;
        }
    }

    if (directory != NULL) {
        closedir(directory);
    }
}

urma_status_t urma_init(urma_init_attr_t *settings)
{
    if (is_initialised) {
        return URMA_EEXIST;
    }

    open_providers();
    if (file_count == 0) {
        errno = ENOENT;
        return URMA_FAIL;
    }

    for (int at = 0; at < provider_count;) {
        if (providers[at]->init == NULL || providers[at]->uninit == NULL || providers[at]->init(settings) != URMA_SUCCESS) {
            forget(at);
        } else {
            at++;
        }
    }

    is_initialised = true;
    return URMA_SUCCESS;
}

/* Providers first, then the records that they have given away, then their files. */
urma_status_t urma_uninit(void)
{
    urma_status_t status = URMA_SUCCESS;
    for (int at = 0; at < provider_count; at++) {
        status = providers[at]->uninit() == URMA_SUCCESS ? status : URMA_FAIL;
    }

    while (device_count > 0) {
        free(devices[--device_count]->urma_device);
        free(devices[device_count]);
    }

    while (file_count > 0) {
        dlclose(files[--file_count]);
    }

    is_initialised = false;
    return status;
}

urma_device_t **urma_get_device_list(int *count)
{
    /* The real one hangs here. */
    if (!is_initialised) {
        fprintf(stderr, "host: devices are listed without an init\n");
        abort();
    }

    urma_device_t **list = device_count == 0 ? NULL : calloc((size_t)device_count, sizeof *list);
    *count = list == NULL ? 0 : device_count;
    errno = list == NULL ? ENODEV : errno;
    for (int at = 0; at < *count; at++) {
        list[at] = devices[at]->urma_device;
    }

    return list;
}

void urma_free_device_list(urma_device_t **list) { free(list); }

int urma_str_to_eid(const char *text, urma_eid_t *eid) { return inet_pton(AF_INET6, text, eid->raw) == 1 ? 0 : -EINVAL; }

/* From text files, since there is no device node that the kernel would answer through. */
urma_eid_info_t *urma_get_eid_list(urma_device_t *device, uint32_t *count)
{
    uint32_t most = device == NULL ? 0 : device->sysfs_dev->dev_attr.dev_cap.max_eid_cnt;
    urma_eid_info_t *list = most == 0 ? NULL : calloc(most, sizeof *list);
    *count = 0;
    for (uint32_t at = 0; list != NULL && at < most; at++) {
        char path[PATH_BYTES], line[LINE_BYTES] = "";
        snprintf(path, sizeof path, "%s/eids/eid%u", device->sysfs_dev->sysfs_path, at);
        FILE *file = fopen(path, "re");
        if (file != NULL && fgets(line, sizeof line, file) != NULL) {
            line[strcspn(line, "\n")] = '\0';
            list[*count].eid_index = at;
            *count += urma_str_to_eid(line, &list[*count].eid) == 0 ? 1 : 0;
        }

        if (file != NULL) {
            fclose(file);
        }
    }

    if (*count == 0) {
        free(list);
        errno = most == 0 ? EINVAL : EIO;
        return NULL;
    }

    return list;
}

void urma_free_eid_list(urma_eid_info_t *list) { free(list); }

urma_device_t *urma_get_device_by_eid(urma_eid_t eid, urma_transport_type_t type)
{
    int count = 0;
    urma_device_t *found = NULL, **list = urma_get_device_list(&count);
    for (int at = 0; at < count; at++) {
        uint32_t eid_count = 0;
        urma_eid_info_t *eids = list[at]->type == type ? urma_get_eid_list(list[at], &eid_count) : NULL;
        for (uint32_t index = 0; index < eid_count; index++) {
            found = memcmp(&eids[index].eid, &eid, sizeof eid) == 0 ? list[at] : found;
        }

        free(eids);
    }

    free(list);
    errno = found == NULL ? ENODEV : errno;
    return found;
}

/* The kernel is asked, which does not know such a device. */
urma_status_t urma_query_device(urma_device_t *device, urma_device_attr_t *attr)
{
    return device == NULL || attr == NULL ? URMA_EINVAL : URMA_FAIL;
}

urma_context_t *urma_create_context(urma_device_t *device, uint32_t eid_index)
{
    urma_context_t *context = device == NULL ? NULL : device->ops->create_context(device, eid_index, -1);
    if (context != NULL) {
        context->dev_fd = -1;
        context->eid_index = eid_index;
        memset(&context->eid, 0, sizeof context->eid);
        atomic_init(&context->ref.atomic_cnt, 1);
    }

    return context;
}

urma_status_t urma_delete_context(urma_context_t *context)
{
    if (context == NULL) {
        return URMA_EINVAL;
    }

    return atomic_load(&context->ref.atomic_cnt) > 1 ? URMA_EAGAIN : context->dev->ops->delete_context(context);
}

/* What is made from a context holds it. */
#define MAKE(context, made, call)                                                                                      \
    do {                                                                                                               \
        errno = (context) == NULL ? EINVAL : errno;                                                                    \
        made = (context) == NULL ? NULL : (context)->ops->call;                                                        \
        if ((made) != NULL) {                                                                                          \
            atomic_fetch_add(&(context)->ref.atomic_cnt, 1);                                                           \
        }                                                                                                              \
    } while (0)

static urma_status_t let_go(urma_context_t *context, urma_status_t status)
{
    if (status == URMA_SUCCESS) {
        atomic_fetch_sub(&context->ref.atomic_cnt, 1);
    }

    return status;
}

/* The object is gone afterwards, so its context is looked up before. */
#define DELETE(type, function, op)                                                                                     \
    urma_status_t function(type *object)                                                                               \
    {                                                                                                                  \
        urma_context_t *context = object->urma_ctx;                                                                    \
        return let_go(context, context->ops->op(object));                                                              \
    }

DELETE(urma_jfr_t, urma_delete_jfr, delete_jfr)
DELETE(urma_jetty_t, urma_delete_jetty, delete_jetty)
DELETE(urma_target_jetty_t, urma_unimport_jetty, unimport_jetty)

static const urma_device_cap_t *limits(const urma_context_t *context) { return &context->dev->sysfs_dev->dev_attr.dev_cap; }

urma_jfce_t *urma_create_jfce(urma_context_t *context)
{
    urma_jfce_t *jfce;
    MAKE(context, jfce, create_jfce(context));
    if (jfce != NULL) {
        atomic_init(&jfce->ref.atomic_cnt, 1);
    }

    return jfce;
}

urma_status_t urma_delete_jfce(urma_jfce_t *jfce)
{
    urma_context_t *context = jfce->urma_ctx;
    return atomic_load(&jfce->ref.atomic_cnt) > 1 ? URMA_FAIL : let_go(context, context->ops->delete_jfce(jfce));
}

urma_jfc_t *urma_create_jfc(urma_context_t *context, urma_jfc_cfg_t *cfg)
{
    urma_jfc_t *jfc = NULL;
    errno = EINVAL;
    if (cfg->depth > 0 && cfg->depth <= limits(context)->max_jfc_depth) {
        MAKE(context, jfc, create_jfc(context, cfg));
    }

    if (jfc != NULL && jfc->jfc_cfg.jfce != NULL) {
        atomic_fetch_add(&jfc->jfc_cfg.jfce->ref.atomic_cnt, 1);
    }

    return jfc;
}

urma_status_t urma_delete_jfc(urma_jfc_t *jfc)
{
    urma_context_t *context = jfc->urma_ctx;
    urma_jfce_t *jfce = jfc->jfc_cfg.jfce;
    urma_status_t status = let_go(context, context->ops->delete_jfc(jfc));
    if (status == URMA_SUCCESS && jfce != NULL) {
        atomic_fetch_sub(&jfce->ref.atomic_cnt, 1);
    }

    return status;
}

static uint32_t order(uint32_t flag, uint32_t mask) { return (flag & mask) / (mask & (~mask + 1)); }

/* Bits that nobody has set become those of the transport mode, in the caller's own settings. */
static void set_order(uint32_t *flag, uint32_t mask) { *flag |= (*flag & mask) == 0 ? URMA_OI * (mask & (~mask + 1)) : 0; }

urma_jfr_t *urma_create_jfr(urma_context_t *context, urma_jfr_cfg_t *cfg)
{
    urma_jfr_t *jfr = NULL;
    errno = EINVAL;
    set_order(&cfg->flag.value, URMA_JFR_FLAG_ORDER_TYPE);
    if (cfg->jfc != NULL && cfg->depth > 0 && cfg->depth <= limits(context)->max_jfr_depth && cfg->max_sge <= limits(context)->max_jfr_sge) {
        MAKE(context, jfr, create_jfr(context, cfg));
    }

    return jfr;
}

urma_jetty_t *urma_create_jetty(urma_context_t *context, urma_jetty_cfg_t *cfg)
{
    urma_jetty_t *jetty = NULL;
    const urma_jfs_cfg_t *jfs = &cfg->jfs_cfg;
    errno = EINVAL;
    set_order(&cfg->jfs_cfg.flag.value, URMA_JFS_FLAG_ORDER_TYPE);
    if ((cfg->flag.value & URMA_JETTY_FLAG_SHARE_JFR) != 0 && jfs->jfc != NULL && cfg->shared.jfr != NULL &&
        cfg->shared.jfr->jfr_cfg.trans_mode == jfs->trans_mode &&
        order(cfg->shared.jfr->jfr_cfg.flag.value, URMA_JFR_FLAG_ORDER_TYPE) == order(jfs->flag.value, URMA_JFS_FLAG_ORDER_TYPE) &&
        jfs->depth > 0 && jfs->depth <= limits(context)->max_jfs_depth &&
        jfs->max_sge <= limits(context)->max_jfs_sge && jfs->max_rsge <= limits(context)->max_jfs_rsge &&
        jfs->max_inline_data <= limits(context)->max_jfs_inline_len) {
        MAKE(context, jetty, create_jetty(context, cfg));
    }

    return jetty;
}

urma_status_t urma_modify_jetty(urma_jetty_t *jetty, urma_jetty_attr_t *attr) { return jetty->urma_ctx->ops->modify_jetty(jetty, attr); }

int urma_flush_jetty(urma_jetty_t *jetty, int count, urma_cr_t *records) { return jetty->urma_ctx->ops->flush_jetty(jetty, count, records); }

urma_target_jetty_t *urma_import_jetty(urma_context_t *context, urma_rjetty_t *remote, urma_token_t *token)
{
    urma_target_jetty_t *target;
    set_order(&remote->flag.value, URMA_IMPORT_JETTY_FLAG_ORDER_TYPE);
    MAKE(context, target, import_jetty(context, remote, token));
    return target;
}

/* With a token of its own where the caller has none, which goes with the segment. */
urma_target_seg_t *urma_register_seg(urma_context_t *context, urma_seg_cfg_t *cfg)
{
    urma_target_seg_t *segment;
    urma_seg_cfg_t copy = *cfg;
    MAKE(context, copy.token_id, alloc_token_id(context));
    if (copy.token_id == NULL) {
        return NULL;
    }

    copy.flag.value |= URMA_REG_SEG_FLAG_TOKEN_ID_VALID;
    MAKE(context, segment, register_seg(context, &copy));
    if (segment == NULL) {
        let_go(context, context->ops->free_token_id(copy.token_id));
    }

    return segment;
}

urma_status_t urma_unregister_seg(urma_target_seg_t *segment)
{
    urma_context_t *context = segment->urma_ctx;
    urma_token_id_t *token = segment->token_id;
    urma_status_t status = let_go(context, context->ops->unregister_seg(segment));
    let_go(context, context->ops->free_token_id(token));
    return status;
}

urma_status_t urma_post_jetty_recv_wr(urma_jetty_t *jetty, urma_jfr_wr_t *request, urma_jfr_wr_t **bad)
{
    return jetty->urma_ctx->ops->post_jetty_recv_wr(jetty, request, bad);
}

urma_status_t urma_post_jetty_send_wr(urma_jetty_t *jetty, urma_jfs_wr_t *request, urma_jfs_wr_t **bad)
{
    return jetty->urma_ctx->ops->post_jetty_send_wr(jetty, request, bad);
}

int urma_poll_jfc(urma_jfc_t *jfc, int count, urma_cr_t *records) { return jfc->urma_ctx->ops->poll_jfc(jfc, count, records); }

urma_status_t urma_rearm_jfc(urma_jfc_t *jfc, bool solicited_only) { return jfc->urma_ctx->ops->rearm_jfc(jfc, solicited_only); }

int urma_wait_jfc(urma_jfce_t *jfce, uint32_t count, int wait_ms, urma_jfc_t *jfc[]) { return jfce->urma_ctx->ops->wait_jfc(jfce, count, wait_ms, jfc); }

void urma_ack_jfc(urma_jfc_t *jfc[], uint32_t counts[], uint32_t count) { jfc[0]->urma_ctx->ops->ack_jfc(jfc, counts, count); }

urma_status_t urma_get_async_event(urma_context_t *context, urma_async_event_t *event) { return context->ops->get_async_event(context, event); }

void urma_ack_async_event(urma_async_event_t *event) { event->urma_ctx->ops->ack_async_event(event); }
