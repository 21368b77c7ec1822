// The two ends of a call: who grabs a window and waits, and who takes the call and answers.
#include <errno.h>
#include <string.h>

#include "window.h"

#define GRAB_US 10000u
#define SOON_US 2000u
#define SOON_STEP_US 50u
#define STEP_US 1000u
#define ROUND_US 1000u
#define ANSWERING_US 100000u

static bool is_call_id(uint32_t id)
{
    return id >> 30 == 3;
}

// As the kernel's, but for the grab itself: between the look and the write a program may be stopped for longer than the
// delay, a kernel is not. So here one instruction does both.
static struct place *grab(struct channel *channel, uint32_t sender_id)
{
    uint64_t until = cras_now_us() + GRAB_US;
    for (uint32_t round = 0;; round++) {
        for (uint32_t at = 0; at < WINDOWS; at++) {
            struct place *place = &channel->places[at];
            if (!swap(&place->grab, 0, sender_id)) {
                continue;
            }
            for (uint64_t begun = cras_now_us(); cras_now_us() - begun < channel->delay_us;) {
            }
            if (LOAD(place->grab) == sender_id) {
                return place;
            }
        }
        if (round > 0 && cras_now_us() >= until) {
            return NULL;
        }
        cras_nap_us(SOON_STEP_US);
    }
}

static void let_go(struct place *place)
{
    memset(&place->window, 0, sizeof place->window);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    STORE(place->grab, 0);
}

static int take_answer(struct place *place, void *output, uint32_t *output_size)
{
    struct window *window = &place->window;
    uint32_t size = window->output_size;
    int status = window->status;
    if (output_size) {
        uint32_t room = *output_size;
        *output_size = 0;
        if (status) {
            return status;
        }
        uint64_t offset = round_up_8(window->input_size);
        if (size > room || offset + size > BUFFER_BYTES) {
            return -EINVAL;
        }
        if (cras_sum(place->buffer + offset, size) != window->output_sum) {
            return -EINVAL;
        }
        memcpy(output, place->buffer + offset, size);
        *output_size = size;
    }
    return status;
}

// Sleeps where the kernel spins: nobody shall lose a core to a stand-in.
static int await_answer(struct cras_uvb *handle, struct place *place, uint32_t call_id, uint64_t begun, uint64_t until)
{
    uint32_t *message_id = &place->window.message_id;
    for (;;) {
        if (LOAD(*message_id) == ~call_id) {
            return 0;
        }
        uint64_t now = cras_now_us();
        int failed = LOAD(handle->stopped) ? -ECANCELED : now >= until ? -ETIMEDOUT : 0;
        if (failed) {
            // Whoever is writing an answer now is let finish, so that he writes into nobody else's call; a dead one is
            // not waited for.
            if (!swap(message_id, call_id, 0) && LOAD(*message_id) == ~call_id) {
                return 0;
            }
            for (uint64_t last = now + ANSWERING_US; LOAD(place->answering) && cras_now_us() < last;) {
                cras_nap_us(SOON_STEP_US);
            }
            STORE(place->answering, 0);
            return failed;
        }
        cras_nap_us(now - begun < SOON_US ? SOON_STEP_US : STEP_US);
    }
}

int cras_uvb_call(struct cras_uvb *handle, uint32_t call_id, uint32_t receiver_id, const void *input, uint32_t size,
                  void *output, uint32_t *output_size, uint32_t timeout_ms)
{
    uint32_t cna = receiver_id & 0xffffffu;
    uint64_t begun = cras_now_us(), until = begun + (uint64_t)timeout_ms * 1000u;
    bool wants = output && output_size;
    if (!is_call_id(call_id) || receiver_id >> 24 != CRAS_UVB_RECEIVER >> 24 || cna > CRAS_UVB_CNA_MAX ||
        (size && !input) || !output != !output_size) {
        return -EINVAL;
    }
    if (size > BUFFER_BYTES || (wants && *output_size > BUFFER_BYTES - round_up_8(size))) {
        return -EOVERFLOW;
    }
    struct channel *channel = cras_channel_of(handle, cna);
    if (!channel || LOAD(channel->registered) != receiver_id) {
        return -EOPNOTSUPP;
    }
    if (cras_is_cut(handle, cna)) {
        while (!LOAD(handle->stopped) && cras_now_us() < until) {
            cras_nap_us(STEP_US);
        }
        return LOAD(handle->stopped) ? -ECANCELED : -ETIMEDOUT;
    }

    struct place *place = grab(channel, CRAS_UVB_SENDER | handle->cna);
    if (!place) {
        return -EBUSY;
    }
    struct window *window = &place->window;
    uint64_t buffer = (uint64_t)(place->buffer - (uint8_t *)channel);
    if (size) {
        memcpy(place->buffer, input, size);
    }
    window->version = 1;
    window->sender_id = CRAS_UVB_SENDER | handle->cna;
    window->input_address = buffer;
    window->input_size = size;
    window->input_sum = cras_sum(place->buffer, size);
    window->output_address = wants ? buffer + round_up_8(size) : 0;
    window->output_size = wants ? *output_size : CRAS_UVB_NO_OUTPUT;
    window->output_sum = 0;
    window->status = 0;
    STORE(window->message_id, call_id);
    window->forwarder_id = receiver_id;
    STORE(window->receiver_id, receiver_id);

    int result = await_answer(handle, place, call_id, begun, until);
    if (!result) {
        result = take_answer(place, output, output_size);
    } else if (wants) {
        *output_size = 0;
    }
    let_go(place);
    return result;
}

static void finish(struct place *place, uint32_t call_id, int32_t status)
{
    place->window.status = status;
    swap(&place->window.message_id, call_id, ~call_id);
}

// Only what its place in the file says itself is believed.
static int check(const struct channel *channel, const struct place *place, uint32_t wanted)
{
    const struct window *window = &place->window;
    if (window->message_id != wanted) {
        return -EOPNOTSUPP;
    }
    uint64_t buffer = (uint64_t)(place->buffer - (const uint8_t *)channel);
    if (window->input_size > BUFFER_BYTES || window->input_address != buffer) {
        return -EINVAL;
    }
    if (window->sender_id != place->grab || window->sender_id >> 24 != CRAS_UVB_SENDER >> 24) {
        return -EINVAL;
    }
    return 0;
}

static bool take(struct cras_uvb *handle, uint32_t at, uint32_t wanted, uint64_t *ticket, uint32_t *sender_id,
                 void *buffer, uint32_t *size)
{
    struct place *place = &handle->own->places[at];
    struct window *window = &place->window;
    if (!swap(&window->receiver_id, CRAS_UVB_RECEIVER | handle->cna, 0)) {
        return false;
    }
    uint32_t call_id = LOAD(window->message_id), bytes = window->input_size;
    int wrong = check(handle->own, place, wanted);
    if (!wrong) {
        // What is summed is what is handed up, whatever is written there meanwhile.
        memcpy(buffer, place->buffer, bytes);
        wrong = cras_sum(buffer, bytes) == window->input_sum ? 0 : -EINVAL;
    }
    if (wrong) {
        STORE(place->answering, 1);
        finish(place, call_id, wrong);
        STORE(place->answering, 0);
        return false;
    }

    pthread_mutex_lock(&handle->gate);
    *ticket = ++handle->tickets << 8 | at;
    handle->taken[at] = (struct taken){.ticket = *ticket, .call_id = call_id, .sender_id = window->sender_id};
    *sender_id = window->sender_id;
    *size = bytes;
    pthread_mutex_unlock(&handle->gate);
    return true;
}

int cras_uvb_receive(struct cras_uvb *handle, uint32_t call_id, uint32_t timeout_ms, uint64_t *ticket,
                     uint32_t *sender_id, void *buffer, uint32_t *size)
{
    if (!is_call_id(call_id) || !ticket || !sender_id || !buffer || !size || *size < BUFFER_BYTES) {
        return -EINVAL;
    }
    for (uint64_t until = cras_now_us() + (uint64_t)timeout_ms * 1000u;;) {
        for (uint32_t count = 0; count < WINDOWS; count++) {
            uint32_t at = handle->next;
            handle->next = (at + 1) % WINDOWS;
            if (LOAD(handle->stopped)) {
                return -ECANCELED;
            }
            if (take(handle, at, call_id, ticket, sender_id, buffer, size)) {
                return 1;
            }
        }
        if (cras_now_us() >= until) {
            return 0;
        }
        cras_nap_us(ROUND_US);
    }
}

static int answer(struct place *place, const struct taken *taken, int32_t status, const void *output, uint32_t size)
{
    struct window *window = &place->window;
    if (LOAD(window->message_id) != taken->call_id || LOAD(window->receiver_id) ||
        window->sender_id != taken->sender_id) {
        return -ETIMEDOUT;
    }

    int result = 0;
    if (window->output_size == CRAS_UVB_NO_OUTPUT) {
        // Whoever wants none gets none.
    } else if (size > window->output_size || round_up_8(window->input_size) + (uint64_t)size > BUFFER_BYTES) {
        result = status = -EOVERFLOW;
        window->output_size = 0;
    } else {
        uint8_t *to = place->buffer + round_up_8(window->input_size);
        if (size) {
            memcpy(to, output, size);
        }
        window->output_size = size;
        window->output_sum = cras_sum(to, size);
    }
    window->status = status;
    return swap(&window->message_id, taken->call_id, ~taken->call_id) ? result : -ETIMEDOUT;
}

int cras_uvb_reply(struct cras_uvb *handle, uint64_t ticket, int32_t status, const void *output, uint32_t size)
{
    uint32_t at = (uint32_t)(ticket & 0xff);
    if (at >= WINDOWS || !ticket || status > 0 || (size && !output)) {
        return -EINVAL;
    }
    pthread_mutex_lock(&handle->gate);
    struct taken taken = handle->taken[at];
    if (taken.ticket == ticket) {
        handle->taken[at].ticket = 0;
    }
    pthread_mutex_unlock(&handle->gate);
    if (taken.ticket != ticket) {
        return -EINVAL;
    }
    struct place *place = &handle->own->places[at];
    STORE(place->answering, 1);
    int result = answer(place, &taken, status, output, size);
    STORE(place->answering, 0);
    return result;
}

void cras_refuse_all(struct cras_uvb *handle)
{
    for (uint32_t at = 0; at < WINDOWS; at++) {
        struct place *place = &handle->own->places[at];
        if (handle->taken[at].ticket) {
            cras_uvb_reply(handle, handle->taken[at].ticket, -EOPNOTSUPP, NULL, 0);
        }
        if (!swap(&place->window.receiver_id, CRAS_UVB_RECEIVER | handle->cna, 0)) {
            continue;
        }
        STORE(place->answering, 1);
        finish(place, LOAD(place->window.message_id), -EOPNOTSUPP);
        STORE(place->answering, 0);
    }
}
