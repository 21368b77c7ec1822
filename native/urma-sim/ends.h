/* One end of a conversation for tests: a context with all that is made from it, and a way to one peer. */
#pragma once
#include "urma-abi.h"
#include <stdlib.h>
#include <string.h>

enum { SLOT_BYTES = 4096, SLOTS = 8, JETTY = 20, QUICK_TIMER = 13, WAIT_MS = 5000 };

static const char *const EID_A = "fd00:0000:0000:0000:0000:0000:0000:000a";
static const char *const EID_B = "fd00:0000:0000:0000:0000:0000:0000:000b";

struct end {
    urma_context_t *context;
    urma_jfce_t *jfce;
    urma_jfc_t *send_jfc, *receive_jfc;
    urma_jfr_t *jfr;
    urma_jetty_t *jetty;
    urma_target_seg_t *segment;
    urma_target_jetty_t *peer;
    char *memory;
};

static inline urma_eid_t eid_of(const char *text)
{
    urma_eid_t eid;
    memset(&eid, 0, sizeof eid);
    urma_str_to_eid(text, &eid);
    return eid;
}

static inline bool post_receive(struct end *end, uint32_t slot, uint32_t length)
{
    urma_sge_t sge = {.addr = (uintptr_t)end->memory + slot * SLOT_BYTES, .len = length, .tseg = end->segment};
    urma_jfr_wr_t request = {.src = {.sge = &sge, .num_sge = 1}, .user_ctx = slot};
    urma_jfr_wr_t *bad = NULL;
    return urma_post_jetty_recv_wr(end->jetty, &request, &bad) == URMA_SUCCESS;
}

static inline urma_status_t post_send(struct end *end, uint32_t slot, uint32_t length)
{
    urma_sge_t sge = {.addr = (uintptr_t)end->memory + slot * SLOT_BYTES, .len = length, .tseg = end->segment};
    urma_jfs_wr_t request = {.opcode = URMA_OPC_SEND, .tjetty = end->peer, .user_ctx = slot};
    request.flag.value = URMA_JFS_WR_FLAG_COMPLETE_ENABLE;
    request.send.src.sge = &sge;
    request.send.src.num_sge = 1;
    urma_jfs_wr_t *bad = NULL;
    return urma_post_jetty_send_wr(end->jetty, &request, &bad);
}

static inline void open_end_at(struct end *end, const char *eid, uint32_t index, const char *peer)
{
    memset(end, 0, sizeof *end);
    urma_device_t *device = urma_get_device_by_eid(eid_of(eid), URMA_TRANSPORT_UB);
    end->context = device == NULL ? NULL : urma_create_context(device, index);
    if (end->context == NULL) {
        return;
    }

    end->jfce = urma_create_jfce(end->context);
    urma_jfc_cfg_t jfc = {.depth = 64, .jfce = end->jfce};
    end->send_jfc = urma_create_jfc(end->context, &jfc);
    end->receive_jfc = urma_create_jfc(end->context, &jfc);
    urma_jfr_cfg_t jfr = {.depth = 64,
                          .trans_mode = URMA_TM_RM,
                          .max_sge = 1,
                          .min_rnr_timer = QUICK_TIMER,
                          .jfc = end->receive_jfc};
    end->jfr = urma_create_jfr(end->context, &jfr);
    urma_jetty_cfg_t jetty = {.id = JETTY};
    jetty.flag.value = URMA_JETTY_FLAG_SHARE_JFR;
    jetty.jfs_cfg.depth = 64;
    jetty.jfs_cfg.trans_mode = URMA_TM_RM;
    jetty.jfs_cfg.max_sge = jetty.jfs_cfg.max_rsge = 1;
    jetty.jfs_cfg.rnr_retry = URMA_TYPICAL_RNR_RETRY;
    jetty.jfs_cfg.err_timeout = QUICK_TIMER;
    jetty.jfs_cfg.jfc = end->send_jfc;
    jetty.shared.jfr = end->jfr;
    jetty.shared.jfc = end->receive_jfc;
    end->jetty = urma_create_jetty(end->context, &jetty);
    end->memory = aligned_alloc(SLOT_BYTES, SLOTS * SLOT_BYTES);
    memset(end->memory, 0, SLOTS * SLOT_BYTES);
    urma_seg_cfg_t segment = {.va = (uintptr_t)end->memory, .len = SLOTS * SLOT_BYTES};
    segment.flag.value = URMA_ACCESS_LOCAL_ONLY << 5;
    end->segment = urma_register_seg(end->context, &segment);
    urma_rjetty_t remote = {.trans_mode = URMA_TM_RM, .type = URMA_JETTY, .tp_type = URMA_CTP};
    remote.jetty_id.eid = eid_of(peer);
    remote.jetty_id.id = JETTY;
    urma_token_t token = {0};
    end->peer = urma_import_jetty(end->context, &remote, &token);
}

static inline void open_end(struct end *end, const char *eid, const char *peer) { open_end_at(end, eid, 0, peer); }

/* True: everything went in the right order. */
static inline bool close_end(struct end *end)
{
    bool is_clean = (end->peer == NULL || urma_unimport_jetty(end->peer) == URMA_SUCCESS) &&
                    (end->jetty == NULL || urma_delete_jetty(end->jetty) == URMA_SUCCESS) &&
                    (end->segment == NULL || urma_unregister_seg(end->segment) == URMA_SUCCESS) &&
                    (end->jfr == NULL || urma_delete_jfr(end->jfr) == URMA_SUCCESS) &&
                    (end->send_jfc == NULL || urma_delete_jfc(end->send_jfc) == URMA_SUCCESS) &&
                    (end->receive_jfc == NULL || urma_delete_jfc(end->receive_jfc) == URMA_SUCCESS) &&
                    (end->jfce == NULL || urma_delete_jfce(end->jfce) == URMA_SUCCESS) &&
                    (end->context == NULL || urma_delete_context(end->context) == URMA_SUCCESS);
    free(end->memory);
    return is_clean;
}

/* Works on both ends until this queue has a record. */
static inline bool next_record(struct end *one, struct end *other, urma_jfc_t *jfc, urma_cr_t *record)
{
    for (int turn = 0; turn < WAIT_MS; turn++) {
        urma_jfc_t *ready[2];
        memset(record, 0, sizeof *record);
        if (urma_poll_jfc(jfc, 1, record) == 1) {
            return true;
        }

        urma_wait_jfc(other->jfce, 2, 0, ready);
        urma_wait_jfc(one->jfce, 2, 1, ready);
    }

    return false;
}
