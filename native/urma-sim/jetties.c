/* Jetties, their receive queues and segments, and the two ways to post. */
#include "sim.h"
#include <stdlib.h>
#include <string.h>

enum { ORDER_BY_INITIATOR = URMA_OI };

/* The real one writes into the caller's settings, so this one does: who shares them shall notice here. */
static uint32_t with_order(uint32_t flag, uint32_t mask)
{
    uint32_t lowest = mask & (~mask + 1);
    return (flag & mask) == 0 ? flag | (ORDER_BY_INITIATOR * lowest) : flag;
}

urma_jfr_t *urma_create_jfr(urma_context_t *ctx, urma_jfr_cfg_t *cfg)
{
    struct sim_context *context = (struct sim_context *)ctx;
    struct sim_jfr *jfr = NULL;
    if (context == NULL || cfg == NULL || cfg->jfc == NULL || cfg->depth == 0 || cfg->depth > SIM_DEPTH_MAX ||
        cfg->max_sge != 1 || cfg->trans_mode != URMA_TM_RM || (cfg->flag.value & URMA_JFR_FLAG_HAS_DRV_EXT) != 0 ||
        (jfr = calloc(1, sizeof *jfr)) == NULL || (jfr->posted = calloc(cfg->depth, sizeof *jfr->posted)) == NULL) {
        free(jfr);
        errno = EINVAL;
        return NULL;
    }

    cfg->flag.value = with_order(cfg->flag.value, URMA_JFR_FLAG_ORDER_TYPE);
    pthread_mutex_lock(&context->lock);
    jfr->context = context;
    jfr->jfc = (struct sim_jfc *)cfg->jfc;
    jfr->jfc->users++;
    jfr->depth = cfg->depth;
    jfr->public.urma_ctx = ctx;
    jfr->public.jfr_cfg = *cfg;
    jfr->public.jfr_id.eid = context->eid;
    context->children++;
    pthread_mutex_unlock(&context->lock);
    return &jfr->public;
}

urma_status_t urma_delete_jfr(urma_jfr_t *public)
{
    struct sim_jfr *jfr = (struct sim_jfr *)public;
    if (jfr == NULL) {
        return URMA_EINVAL;
    }

    struct sim_context *context = jfr->context;
    pthread_mutex_lock(&context->lock);
    if (jfr->users > 0) {
        pthread_mutex_unlock(&context->lock);
        return URMA_EAGAIN;
    }

    jfr->jfc->users--;
    context->children--;
    pthread_mutex_unlock(&context->lock);
    free(jfr->posted);
    free(jfr);
    return URMA_SUCCESS;
}

static bool is_sound(const struct sim_context *context, const urma_jetty_cfg_t *cfg)
{
    return context != NULL && cfg != NULL && cfg->flag.value == URMA_JETTY_FLAG_SHARE_JFR && cfg->shared.jfr != NULL &&
           cfg->jfs_cfg.jfc != NULL && cfg->jfs_cfg.trans_mode == URMA_TM_RM && cfg->jfs_cfg.depth > 0 &&
           cfg->jfs_cfg.depth <= SIM_DEPTH_MAX && cfg->jfs_cfg.max_sge == 1 && cfg->jetty_grp == NULL &&
           cfg->id <= UBCORE_RESERVED_JETTY_ID_MAX && (cfg->jfs_cfg.flag.value & URMA_JFS_FLAG_HAS_DRV_EXT) == 0;
}

urma_jetty_t *urma_create_jetty(urma_context_t *ctx, urma_jetty_cfg_t *cfg)
{
    struct sim_context *context = (struct sim_context *)ctx;
    if (!is_sound(context, cfg)) {
        errno = EINVAL;
        return NULL;
    }

    struct sim_jetty *jetty = calloc(1, sizeof *jetty);
    if (jetty == NULL || (jetty->sends = calloc(cfg->jfs_cfg.depth, sizeof *jetty->sends)) == NULL ||
        (jetty->flushed = calloc(cfg->jfs_cfg.depth, sizeof *jetty->flushed)) == NULL) {
        goto failed;
    }

    cfg->jfs_cfg.flag.value = with_order(cfg->jfs_cfg.flag.value, URMA_JFS_FLAG_ORDER_TYPE);
    for (uint32_t at = 0; at < cfg->jfs_cfg.depth; at++) {
        jetty->sends[at].next = jetty->free_sends;
        jetty->free_sends = &jetty->sends[at];
    }

    jetty->context = context;
    jetty->jfr = (struct sim_jfr *)cfg->shared.jfr;
    jetty->send_jfc = (struct sim_jfc *)cfg->jfs_cfg.jfc;
    jetty->receive_jfc = cfg->shared.jfc != NULL ? (struct sim_jfc *)cfg->shared.jfc : jetty->jfr->jfc;
    jetty->public.urma_ctx = ctx;
    jetty->public.jetty_cfg = *cfg;
    jetty->public.jetty_id.eid = context->eid;
    jetty->public.jetty_id.id = cfg->id;
    jetty->listener = -1;
    pthread_mutex_lock(&context->lock);
    if (!sim_listen(jetty)) {
        pthread_mutex_unlock(&context->lock);
        goto failed;
    }

    jetty->jfr->users++;
    jetty->send_jfc->users++;
    jetty->receive_jfc->users++;
    jetty->next = context->jetties;
    context->jetties = jetty;
    context->children++;
    pthread_mutex_unlock(&context->lock);
    return &jetty->public;

failed:
    if (jetty != NULL) {
        free(jetty->sends);
        free(jetty->flushed);
        free(jetty);
    }

    return NULL;
}

/* Buffers of a jetty in error come back as flushed, and who waits for them wakes. */
static void flush_receives(struct sim_jetty *jetty)
{
    struct sim_jfr *jfr = jetty->jfr;
    for (; jfr->count > 0; jfr->count--, jfr->first = (jfr->first + 1) % jfr->depth) {
        urma_cr_t record = {0};
        record.status = URMA_CR_WR_FLUSH_ERR;
        record.user_ctx = jfr->posted[jfr->first].user_ctx;
        record.flag.value = URMA_CR_FLAG_S_R | URMA_CR_FLAG_JETTY;
        record.local_id = jetty->public.jetty_id.id;
        sim_push_record(jetty->receive_jfc, &record);
    }
}

urma_status_t urma_modify_jetty(urma_jetty_t *public, urma_jetty_attr_t *attr)
{
    struct sim_jetty *jetty = (struct sim_jetty *)public;
    if (jetty == NULL || attr == NULL || (attr->mask & JETTY_STATE) == 0) {
        return URMA_EINVAL;
    }

    pthread_mutex_lock(&jetty->context->lock);
    jetty->is_error = attr->state == URMA_JETTY_STATE_ERROR;
    if (jetty->is_error) {
        sim_close_connections(jetty, -1);
        flush_receives(jetty);
    }

    pthread_mutex_unlock(&jetty->context->lock);
    return URMA_SUCCESS;
}

int urma_flush_jetty(urma_jetty_t *public, int cr_cnt, urma_cr_t *cr)
{
    struct sim_jetty *jetty = (struct sim_jetty *)public;
    if (jetty == NULL || cr == NULL || cr_cnt <= 0) {
        return -1;
    }

    int taken = 0;
    pthread_mutex_lock(&jetty->context->lock);
    while (taken < cr_cnt && jetty->flushed_count > 0) {
        cr[taken++] = jetty->flushed[--jetty->flushed_count];
    }

    pthread_mutex_unlock(&jetty->context->lock);
    return taken;
}

urma_status_t urma_delete_jetty(urma_jetty_t *public)
{
    struct sim_jetty *jetty = (struct sim_jetty *)public;
    if (jetty == NULL) {
        return URMA_EINVAL;
    }

    struct sim_context *context = jetty->context;
    pthread_mutex_lock(&context->lock);
    sim_close_connections(jetty, -1);
    sim_stop_listening(jetty);
    for (struct sim_jetty **at = &context->jetties; *at != NULL; at = &(*at)->next) {
        if (*at == jetty) {
            *at = jetty->next;
            break;
        }
    }

    jetty->jfr->users--;
    jetty->send_jfc->users--;
    jetty->receive_jfc->users--;
    context->children--;
    pthread_mutex_unlock(&context->lock);
    free(jetty->sends);
    free(jetty->flushed);
    free(jetty);
    return URMA_SUCCESS;
}

urma_target_seg_t *urma_register_seg(urma_context_t *ctx, urma_seg_cfg_t *cfg)
{
    struct sim_context *context = (struct sim_context *)ctx;
    struct sim_segment *segment = NULL;
    if (context == NULL || cfg == NULL || cfg->va == 0 || cfg->len == 0 ||
        (cfg->flag.value & URMA_REG_SEG_FLAG_ACCESS) == 0 || (segment = calloc(1, sizeof *segment)) == NULL) {
        errno = EINVAL;
        return NULL;
    }

    pthread_mutex_lock(&context->lock);
    segment->context = context;
    segment->begin = cfg->va;
    segment->end = cfg->va + cfg->len;
    segment->public.urma_ctx = ctx;
    segment->public.seg.len = cfg->len;
    segment->public.user_ctx = cfg->user_ctx;
    segment->next = context->segments;
    context->segments = segment;
    context->children++;
    pthread_mutex_unlock(&context->lock);
    return &segment->public;
}

urma_status_t urma_unregister_seg(urma_target_seg_t *public)
{
    struct sim_segment *segment = (struct sim_segment *)public;
    if (segment == NULL) {
        return URMA_EINVAL;
    }

    struct sim_context *context = segment->context;
    pthread_mutex_lock(&context->lock);
    for (struct sim_segment **at = &context->segments; *at != NULL; at = &(*at)->next) {
        if (*at == segment) {
            *at = segment->next;
            break;
        }
    }

    context->children--;
    pthread_mutex_unlock(&context->lock);
    free(segment);
    return URMA_SUCCESS;
}

/* Making the path is left to the first message: who is not there shows in its completion. */
urma_target_jetty_t *urma_import_jetty(urma_context_t *ctx, urma_rjetty_t *rjetty, urma_token_t *token_value)
{
    struct sim_context *context = (struct sim_context *)ctx;
    urma_target_jetty_t *target = NULL;
    int forced = atomic_load(&sim_world.import_errno);
    if (forced != 0) {
        errno = forced;
        return NULL;
    }

    if (context == NULL || rjetty == NULL || token_value == NULL || rjetty->trans_mode != URMA_TM_RM ||
        rjetty->type != URMA_JETTY ||
        (rjetty->flag.value & (URMA_IMPORT_JETTY_FLAG_SHARE_TP | URMA_IMPORT_JETTY_FLAG_HAS_DRV_EXT)) != 0 ||
        (target = calloc(1, sizeof *target)) == NULL) {
        errno = EINVAL;
        return NULL;
    }

    rjetty->flag.value = with_order(rjetty->flag.value, URMA_IMPORT_JETTY_FLAG_ORDER_TYPE);
    target->urma_ctx = ctx;
    target->id = rjetty->jetty_id;
    target->trans_mode = rjetty->trans_mode;
    target->type = rjetty->type;
    target->flag = rjetty->flag;
    target->tp_type = rjetty->tp_type;
    pthread_mutex_lock(&context->lock);
    context->children++;
    pthread_mutex_unlock(&context->lock);
    return target;
}

urma_status_t urma_unimport_jetty(urma_target_jetty_t *tjetty)
{
    if (tjetty == NULL) {
        return URMA_EINVAL;
    }

    struct sim_context *context = (struct sim_context *)tjetty->urma_ctx;
    pthread_mutex_lock(&context->lock);
    context->children--;
    pthread_mutex_unlock(&context->lock);
    free(tjetty);
    return URMA_SUCCESS;
}

static bool is_registered(const struct sim_context *context, const urma_sge_t *sge)
{
    for (const struct sim_segment *segment = context->segments; segment != NULL; segment = segment->next) {
        if (sge->tseg == &segment->public) {
            return sge->addr >= segment->begin && sge->addr + sge->len <= segment->end;
        }
    }

    return false;
}

urma_status_t urma_post_jetty_recv_wr(urma_jetty_t *public, urma_jfr_wr_t *wr, urma_jfr_wr_t **bad_wr)
{
    struct sim_jetty *jetty = (struct sim_jetty *)public;
    urma_status_t status = jetty == NULL || wr == NULL || bad_wr == NULL ? URMA_EINVAL : URMA_SUCCESS;
    if (status != URMA_SUCCESS) {
        return status;
    }

    pthread_mutex_lock(&jetty->context->lock);
    for (; wr != NULL; wr = wr->next) {
        struct sim_jfr *jfr = jetty->jfr;
        if (wr->src.num_sge != 1 || wr->src.sge == NULL || !is_registered(jetty->context, wr->src.sge)) {
            status = URMA_EINVAL;
        } else if (jfr->count == jfr->depth) {
            status = URMA_ENOMEM;
        }

        if (status != URMA_SUCCESS) {
            *bad_wr = wr;
            break;
        }

        struct sim_receive *slot = &jfr->posted[(jfr->first + jfr->count++) % jfr->depth];
        slot->user_ctx = wr->user_ctx;
        slot->address = (void *)(uintptr_t)wr->src.sge->addr;
        slot->length = wr->src.sge->len;
    }

    sim_wake_stalled(jetty->context);
    pthread_mutex_unlock(&jetty->context->lock);
    return status;
}

urma_status_t urma_post_jetty_send_wr(urma_jetty_t *public, urma_jfs_wr_t *wr, urma_jfs_wr_t **bad_wr)
{
    struct sim_jetty *jetty = (struct sim_jetty *)public;
    urma_status_t status = jetty == NULL || wr == NULL || bad_wr == NULL ? URMA_EINVAL : URMA_SUCCESS;
    if (status != URMA_SUCCESS) {
        return status;
    }

    pthread_mutex_lock(&jetty->context->lock);
    for (; wr != NULL; wr = wr->next) {
        const urma_sge_t *sge = wr->send.src.sge;
        if (jetty->context->is_dead) {
            status = URMA_FAIL;
        } else if (wr->opcode != URMA_OPC_SEND || wr->tjetty == NULL || wr->send.src.num_sge != 1 || sge == NULL ||
                   sge->user_tseg != NULL || sge->len > SIM_MESSAGE_BYTES_MAX || !is_registered(jetty->context, sge) ||
                   (wr->flag.value & URMA_JFS_WR_FLAG_HAS_DRV_EXT) != 0) {
            status = URMA_EINVAL;
        } else if (jetty->free_sends == NULL) {
            status = URMA_ENOMEM;
        }

        if (status != URMA_SUCCESS) {
            *bad_wr = wr;
            break;
        }

        struct sim_send *send = jetty->free_sends;
        jetty->free_sends = send->next;
        send->next = NULL;
        send->user_ctx = wr->user_ctx;
        send->address = (const void *)(uintptr_t)sge->addr;
        send->length = sge->len;
        send->wants_record = (wr->flag.value & URMA_JFS_WR_FLAG_COMPLETE_ENABLE) != 0;
        sim_send(jetty, &wr->tjetty->id, send);
    }

    pthread_mutex_unlock(&jetty->context->lock);
    return status;
}
