/* The engine of the simulated liburma behind the interface that liburma has for its adapters' drivers, so that the
 * library itself can be the installed one. What it drives is simulated all the same, and says so: in its driver's name
 * and in the path of its devices.
 *
 * Built twice: against the installed headers, for the installed library; and without them, for host.c, against a
 * declaration made from urma-abi.json. The engine is compiled against that one always, which is why the first build
 * proves that the installed headers have the same layouts. The engine's functions, which have the library's names
 * elsewhere, are called engine_* in both. */
#ifdef PROVIDER_FOR_INSTALLED
#include <stddef.h>
#include <urma_provider.h>
#include "urma-abi-proof.h"
#else
#include "urma-abi.h"
#endif
#include "urma-provider.h"
#include <ftw.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MADE_BY_DRIVER = 1, OPEN_FOLDERS_MAX = 4 };

/* Matched by liburma between a device's record and its driver. */
static char driver_name[] = "cras_simulated";

/* Of this process: where liburma finds the addresses of devices that no kernel knows. */
static char folder[128];
static atomic_uint last_token;
static urma_ops_t operations;
static urma_provider_ops_t provider;

/* liburma zeroes the context's eid afterwards, for it asks the kernel for it; the engine has its own. */
static urma_context_t *create_context(urma_device_t *device, uint32_t eid_index, int dev_fd)
{
    (void)dev_fd;
    urma_device_t *simulated = engine_get_device_by_name(device->name);
    urma_context_t *context = simulated == NULL ? NULL : engine_create_context(simulated, eid_index);
    if (context != NULL) {
        context->dev = device;
        context->ops = &operations;
    }

    return context;
}

/* The engine protects nothing by tokens, but liburma wants one for each segment. */
static urma_token_id_t *alloc_token_id(urma_context_t *context)
{
    urma_token_id_t *token = calloc(1, sizeof *token);
    if (token != NULL) {
        token->urma_ctx = context;
        token->token_id = atomic_fetch_add(&last_token, 1) + 1;
    }

    return token;
}

static urma_status_t free_token_id(urma_token_id_t *token)
{
    free(token);
    return URMA_SUCCESS;
}

/* The token that liburma has made for a segment is looked for in it when the segment goes. */
static urma_target_seg_t *register_segment(urma_context_t *context, urma_seg_cfg_t *cfg)
{
    urma_target_seg_t *segment = engine_register_seg(context, cfg);
    if (segment != NULL && cfg->token_id != NULL) {
        segment->token_id = cfg->token_id;
        segment->seg.token_id = cfg->token_id->token_id;
    }

    return segment;
}

/* Whatever is not here fails in liburma, as with an adapter that cannot do it. */
static urma_ops_t operations = {
    .name = driver_name,
    .create_jfc = engine_create_jfc,
    .delete_jfc = engine_delete_jfc,
    .create_jfr = engine_create_jfr,
    .delete_jfr = engine_delete_jfr,
    .create_jetty = engine_create_jetty,
    .modify_jetty = engine_modify_jetty,
    .flush_jetty = engine_flush_jetty,
    .delete_jetty = engine_delete_jetty,
    .import_jetty = engine_import_jetty,
    .unimport_jetty = engine_unimport_jetty,
    .create_jfce = engine_create_jfce,
    .delete_jfce = engine_delete_jfce,
    .alloc_token_id = alloc_token_id,
    .free_token_id = free_token_id,
    .register_seg = register_segment,
    .unregister_seg = engine_unregister_seg,
    .get_async_event = engine_get_async_event,
    .ack_async_event = engine_ack_async_event,
    .post_jetty_send_wr = engine_post_jetty_send_wr,
    .post_jetty_recv_wr = engine_post_jetty_recv_wr,
    .poll_jfc = engine_poll_jfc,
    .rearm_jfc = engine_rearm_jfc,
    .wait_jfc = engine_wait_jfc,
    .ack_jfc = engine_ack_jfc,
};

/* One file for each address, as the kernel has them in its own file system. */
static bool write_eid(const char *device_folder, const urma_eid_info_t *info)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/eids/eid%u", device_folder, info->eid_index);
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        return false;
    }

    bool is_written = true;
    for (size_t at = 0; at < sizeof info->eid.raw; at += 2) {
        is_written &= fprintf(file, "%02x%02x%c", info->eid.raw[at], info->eid.raw[at + 1], at == 14 ? '\n' : ':') > 0;
    }

    return fclose(file) == 0 && is_written;
}

static bool write_eids(const char *device_folder, urma_device_t *simulated, uint32_t *count)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/eids", device_folder);
    urma_eid_info_t *list = engine_get_eid_list(simulated, count);
    bool is_written = list != NULL && mkdir(device_folder, 0755) == 0 && mkdir(path, 0755) == 0;
    for (uint32_t at = 0; is_written && at < *count; at++) {
        is_written = write_eid(device_folder, &list[at]);
    }

    engine_free_eid_list(list);
    return is_written;
}

static bool describe(struct urma_sysfs_dev *record, urma_device_t *device, urma_device_t *simulated)
{
    uint32_t eid_count = 0;
    int length = snprintf(record->sysfs_path, sizeof record->sysfs_path, "%s/%s", folder, simulated->name);
    if (length < 0 || (size_t)length >= sizeof record->sysfs_path ||
        engine_query_device(simulated, &record->dev_attr) != URMA_SUCCESS ||
        !write_eids(record->sysfs_path, simulated, &eid_count)) {
        return false;
    }

    strcpy(record->dev_name, simulated->name);
    strcpy(record->driver_name, driver_name);
    record->transport_type = simulated->type;
    record->urma_device = device;
    record->dev_attr.dev_cap.max_eid_cnt = eid_count;
    record->flag = MADE_BY_DRIVER;
    strcpy(device->name, simulated->name);
    strcpy(device->path, simulated->path);
    device->type = simulated->type;
    device->ops = &provider;
    device->sysfs_dev = record;
    return true;
}

/* Both records become liburma's, which frees them. */
static void offer(urma_device_t *simulated)
{
    struct urma_sysfs_dev *record = calloc(1, sizeof *record);
    urma_device_t *device = calloc(1, sizeof *device);
    if (record == NULL || device == NULL || !describe(record, device, simulated) || urma_register_sysfs_dev(record) != 0) {
        free(record);
        free(device);
    }
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

static void remove_folder(void)
{
    if (folder[0] != '\0') {
        nftw(folder, remove_one, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
        folder[0] = '\0';
    }
}

static urma_status_t end(void)
{
    remove_folder();
    return engine_uninit();
}

/* Without a fabric to meet at it fails, and liburma goes on without this driver. */
static urma_status_t begin(urma_init_attr_t *settings)
{
    int count = 0;
    const char *temporary = getenv("TMPDIR");
    urma_status_t status = engine_init(settings);
    if (status != URMA_SUCCESS) {
        return status;
    }

    int length = snprintf(folder, sizeof folder, "%s/cras-simulated.XXXXXX", temporary == NULL ? "/tmp" : temporary);
    if (length < 0 || (size_t)length >= sizeof folder || mkdtemp(folder) == NULL) {
        folder[0] = '\0';
        engine_uninit();
        return URMA_FAIL;
    }

    urma_device_t **devices = engine_get_device_list(&count);
    for (int at = 0; at < count; at++) {
        offer(devices[at]);
    }

    engine_free_device_list(devices);
    return URMA_SUCCESS;
}

static urma_provider_ops_t provider = {
    .name = driver_name,
    .attr = {.version = 1, .transport_type = URMA_TRANSPORT_UB},
    .init = begin,
    .uninit = end,
    .query_device = engine_query_device,
    .create_context = create_context,
    .delete_context = engine_delete_context,
};

static __attribute__((constructor)) void come(void) { urma_register_provider_ops(&provider); }

/* Many programs never call urma_uninit: their files go when they end. Only who is killed leaves his. */
static __attribute__((destructor)) void go(void)
{
    remove_folder();
    urma_unregister_provider_ops(&provider);
}
