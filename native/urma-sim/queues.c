/* Completion queues, the event channel, and asynchronous events. */
#include "sim.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void append(struct sim_jfc *jfc, const urma_cr_t *record)
{
    if (jfc->count == jfc->depth) {
        /* Hardware loses it too; a program that sizes its queues never comes here. */
        sim_log(URMA_VLOG_LEVEL_ERR, "a completion queue of %u records has run over", jfc->depth);
        return;
    }

    jfc->records[(jfc->first + jfc->count++) % jfc->depth] = *record;
    if (jfc->is_armed && jfc->jfce != NULL) {
        jfc->is_armed = false;
        jfc->has_event = true;
        if (jfc->context->is_asleep) {
            sim_wake(jfc->context);
        }
    }
}

void sim_push_record(struct sim_jfc *jfc, const urma_cr_t *record)
{
    int late_ms = atomic_load(&sim_world.late_ms);
    struct sim_late_record *late = late_ms > 0 ? calloc(1, sizeof *late) : NULL;
    if (late == NULL) {
        append(jfc, record);
        return;
    }

    late->jfc = jfc;
    late->record = *record;
    late->due_ns = sim_now_ns() + late_ms * 1000000LL;
    struct sim_late_record **at = &jfc->context->late;
    while (*at != NULL) {
        at = &(*at)->next;
    }

    *at = late;
}

void sim_push_late_records(struct sim_context *context, int64_t now_ns)
{
    while (context->late != NULL && context->late->due_ns <= now_ns) {
        struct sim_late_record *late = context->late;
        context->late = late->next;
        append(late->jfc, &late->record);
        free(late);
    }
}

/* Under the world's lock, which also guards the events: a command may come from any thread. */
void sim_push_async(struct sim_context *context, urma_async_event_type_t type)
{
    uint64_t one = 1;
    if (context->async_count == SIM_ASYNC_EVENTS_MAX) {
        return;
    }

    urma_async_event_t *event =
        &context->async_events[(context->async_first + context->async_count++) % SIM_ASYNC_EVENTS_MAX];
    memset(event, 0, sizeof *event);
    event->urma_ctx = &context->public;
    event->event_type = type;
    if (write(context->public.async_fd, &one, sizeof one) < 0) {
        return; /* the counter is at its end, so it wakes anyway */
    }
}

urma_status_t urma_get_async_event(urma_context_t *ctx, urma_async_event_t *event)
{
    struct sim_context *context = (struct sim_context *)ctx;
    if (context == NULL || event == NULL) {
        return URMA_EINVAL;
    }

    while (true) {
        uint64_t count;
        struct pollfd wait = {.fd = ctx->async_fd, .events = POLLIN};
        pthread_mutex_lock(&sim_world.lock);
        if (context->async_count > 0) {
            *event = context->async_events[context->async_first];
            context->async_first = (context->async_first + 1) % SIM_ASYNC_EVENTS_MAX;
            context->async_unacked++;
            if (--context->async_count == 0 && read(ctx->async_fd, &count, sizeof count) < 0) {
                context->async_first = 0;
            }

            pthread_mutex_unlock(&sim_world.lock);
            return URMA_SUCCESS;
        }

        pthread_mutex_unlock(&sim_world.lock);
        if (poll(&wait, 1, -1) < 0) {
            return URMA_FAIL;
        }
    }
}

void urma_ack_async_event(urma_async_event_t *event)
{
    if (event != NULL && event->urma_ctx != NULL) {
        struct sim_context *context = (struct sim_context *)(uintptr_t)event->urma_ctx;
        pthread_mutex_lock(&sim_world.lock);
        context->async_unacked--;
        pthread_mutex_unlock(&sim_world.lock);
    }
}

urma_jfce_t *urma_create_jfce(urma_context_t *ctx)
{
    struct sim_context *context = (struct sim_context *)ctx;
    if (context == NULL) {
        errno = EINVAL;
        return NULL;
    }

    pthread_mutex_lock(&context->lock);
    struct sim_jfce *jfce = context->jfce == NULL ? calloc(1, sizeof *jfce) : NULL;
    if (jfce == NULL) {
        errno = ENOMEM; /* one channel for each context is what this stand-in has */
    } else {
        jfce->context = context;
        jfce->public.urma_ctx = ctx;
        jfce->public.fd = context->epoll;
        context->jfce = jfce;
        context->children++;
    }

    pthread_mutex_unlock(&context->lock);
    return jfce == NULL ? NULL : &jfce->public;
}

urma_status_t urma_delete_jfce(urma_jfce_t *public)
{
    struct sim_jfce *jfce = (struct sim_jfce *)public;
    if (jfce == NULL) {
        return URMA_EINVAL;
    }

    struct sim_context *context = jfce->context;
    pthread_mutex_lock(&context->lock);
    if (jfce->users > 0) {
        pthread_mutex_unlock(&context->lock);
        return URMA_FAIL;
    }

    context->jfce = NULL;
    context->children--;
    pthread_mutex_unlock(&context->lock);
    free(jfce);
    return URMA_SUCCESS;
}

urma_jfc_t *urma_create_jfc(urma_context_t *ctx, urma_jfc_cfg_t *cfg)
{
    struct sim_context *context = (struct sim_context *)ctx;
    struct sim_jfc *jfc = NULL;
    if (context == NULL || cfg == NULL || cfg->depth == 0 || cfg->depth > SIM_DEPTH_MAX ||
        (cfg->flag.value & URMA_JFC_FLAG_HAS_DRV_EXT) != 0 || (jfc = calloc(1, sizeof *jfc)) == NULL ||
        (jfc->records = calloc(cfg->depth, sizeof *jfc->records)) == NULL) {
        free(jfc);
        errno = EINVAL;
        return NULL;
    }

    pthread_mutex_lock(&context->lock);
    jfc->context = context;
    jfc->depth = cfg->depth;
    jfc->jfce = (struct sim_jfce *)cfg->jfce;
    jfc->public.urma_ctx = ctx;
    jfc->public.jfc_cfg = *cfg;
    jfc->public.jfc_id.eid = context->eid;
    jfc->next = context->jfcs;
    context->jfcs = jfc;
    context->children++;
    if (jfc->jfce != NULL) {
        jfc->jfce->users++;
    }

    pthread_mutex_unlock(&context->lock);
    return &jfc->public;
}

urma_status_t urma_delete_jfc(urma_jfc_t *public)
{
    struct sim_jfc *jfc = (struct sim_jfc *)public;
    if (jfc == NULL) {
        return URMA_EINVAL;
    }

    struct sim_context *context = jfc->context;
    pthread_mutex_lock(&context->lock);
    if (jfc->users > 0) {
        pthread_mutex_unlock(&context->lock);
        return URMA_EAGAIN;
    }

    /* As the real one: who has not acknowledged an event waits here for ever. */
    while (jfc->events_given != jfc->public.comp_events_acked) {
        if ((jfc->public.jfc_cfg.flag.value & URMA_JFC_FLAG_NON_BLOCKING) != 0) {
            pthread_mutex_unlock(&context->lock);
            return URMA_EAGAIN;
        }

        pthread_cond_wait(&context->acked, &context->lock);
    }

    for (struct sim_jfc **at = &context->jfcs; *at != NULL; at = &(*at)->next) {
        if (*at == jfc) {
            *at = jfc->next;
            break;
        }
    }

    for (struct sim_late_record **at = &context->late; *at != NULL;) {
        struct sim_late_record *late = *at;
        if (late->jfc == jfc) {
            *at = late->next;
            free(late);
        } else {
            at = &late->next;
        }
    }

    if (jfc->jfce != NULL) {
        jfc->jfce->users--;
    }

    context->children--;
    pthread_mutex_unlock(&context->lock);
    free(jfc->records);
    free(jfc);
    return URMA_SUCCESS;
}

int urma_poll_jfc(urma_jfc_t *public, int cr_cnt, urma_cr_t *cr)
{
    struct sim_jfc *jfc = (struct sim_jfc *)public;
    int taken = 0;
    if (jfc == NULL || cr == NULL || cr_cnt <= 0) {
        return -1;
    }

    pthread_mutex_lock(&jfc->context->lock);
    if (jfc->count == 0) {
        sim_work(jfc->context);
    }

    while (taken < cr_cnt && jfc->count > 0) {
        cr[taken++] = jfc->records[jfc->first];
        jfc->first = (jfc->first + 1) % jfc->depth;
        jfc->count--;
    }

    pthread_mutex_unlock(&jfc->context->lock);
    return taken;
}

urma_status_t urma_rearm_jfc(urma_jfc_t *public, bool solicited_only)
{
    struct sim_jfc *jfc = (struct sim_jfc *)public;
    (void)solicited_only;
    if (jfc == NULL || jfc->jfce == NULL) {
        return URMA_EINVAL;
    }

    pthread_mutex_lock(&jfc->context->lock);
    jfc->is_armed = true;
    pthread_mutex_unlock(&jfc->context->lock);
    return URMA_SUCCESS;
}

/* Fills the caller's array with the queues that have had an event, each event to be acknowledged once. */
static int take_events(struct sim_jfce *jfce, uint32_t count, urma_jfc_t **into)
{
    int taken = 0;
    for (struct sim_jfc *jfc = jfce->context->jfcs; jfc != NULL && taken < (int)count; jfc = jfc->next) {
        if (jfc->jfce != jfce) {
            continue;
        }

        bool is_spurious = !jfc->has_event && atomic_load(&sim_world.spurious_wakes) > 0 &&
                           atomic_fetch_sub(&sim_world.spurious_wakes, 1) > 0;
        if (jfc->has_event || is_spurious) {
            jfc->has_event = false;
            jfc->events_given++;
            into[taken++] = &jfc->public;
        }
    }

    return taken;
}

int urma_wait_jfc(urma_jfce_t *public, uint32_t jfc_cnt, int time_out, urma_jfc_t *jfc[])
{
    struct sim_jfce *jfce = (struct sim_jfce *)public;
    if (jfce == NULL || jfc == NULL || jfc_cnt == 0) {
        return -1;
    }

    struct sim_context *context = jfce->context;
    int64_t ends_ns = time_out < 0 ? INT64_MAX : sim_now_ns() + time_out * 1000000LL;
    int taken;
    pthread_mutex_lock(&context->lock);
    bool has_looked = false; /* also who does not want to wait works once */
    while ((taken = take_events(jfce, jfc_cnt, jfc)) == 0) {
        sim_acknowledge(context);
        int64_t now_ns = sim_now_ns();
        if (now_ns >= ends_ns && has_looked) {
            break;
        }

        has_looked = true;
        int64_t due_ns = sim_next_deadline(context);
        due_ns = due_ns < ends_ns ? due_ns : ends_ns;
        int64_t wait_ms = due_ns <= now_ns ? 0 : (due_ns - now_ns + 999999) / 1000000;
        struct pollfd wait = {.fd = context->epoll, .events = POLLIN};
        context->is_asleep = true;
        pthread_mutex_unlock(&context->lock);
        int ready = poll(&wait, 1, due_ns == INT64_MAX ? -1 : wait_ms > 3600000 ? 3600000 : (int)wait_ms);
        int error = errno;
        pthread_mutex_lock(&context->lock);
        context->is_asleep = false;
        if (ready < 0) {
            errno = error;
            taken = error == EINTR ? 0 : -1;
            break;
        }

        sim_work(context);
    }

    pthread_mutex_unlock(&context->lock);
    return taken;
}

void urma_ack_jfc(urma_jfc_t *jfc[], uint32_t nevents[], uint32_t jfc_cnt)
{
    for (uint32_t at = 0; jfc != NULL && nevents != NULL && at < jfc_cnt; at++) {
        struct sim_jfc *one = (struct sim_jfc *)jfc[at];
        pthread_mutex_lock(&one->context->lock);
        one->public.comp_events_acked += nevents[at];
        pthread_cond_broadcast(&one->context->acked);
        pthread_mutex_unlock(&one->context->lock);
    }
}
