/* The adapter's part: messages over local sockets of whole packets, and their acknowledgements.
 *
 * A jetty listens at a path made of its eid and id. Who sends to it connects, once, and sends a header with each
 * message; the listening side reads straight into a posted buffer and answers with counts of what it has placed. A
 * receiver without posted buffers stops reading and says so: the sender waits as an adapter would that retries. */
#include "sim.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ACCEPT_BACKLOG = 256, PACKETS_A_TURN = 64, EVENTS_A_TURN = 32, TRIES = 4, ACKNOWLEDGE_AT = 32 };
enum packet_kind { PACKET_MESSAGE = 1, PACKET_PLACED, PACKET_REFUSED, PACKET_NOT_READY };

struct packet {
    uint32_t kind;
    uint32_t count; /* placed: how many; refused: the completion status of the next one */
    urma_jetty_id_t from;
};

static const uintptr_t LISTENER_BIT = 1;

int64_t sim_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

void sim_wake(struct sim_context *context)
{
    uint64_t one = 1;
    if (write(context->wake, &one, sizeof one) < 0) {
        return; /* the counter is at its end: it wakes anyway */
    }
}

static bool path_of(const urma_jetty_id_t *id, struct sockaddr_un *address)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    int length = snprintf(address->sun_path, sizeof address->sun_path, "%s/", sim_world.folder);
    for (size_t at = 0; at < sizeof id->eid.raw; at++) {
        length += snprintf(address->sun_path + length, sizeof address->sun_path - (size_t)length, "%02x", id->eid.raw[at]);
    }

    length += snprintf(address->sun_path + length, sizeof address->sun_path - (size_t)length, ".%u", id->id);
    return length < (int)sizeof address->sun_path;
}

static int new_socket(void) { return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

/* A path that nobody listens on is what a killed process has left. */
static bool is_left_over(const struct sockaddr_un *address)
{
    int probe = new_socket();
    bool is_refused = connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 && errno == ECONNREFUSED;
    close(probe);
    return is_refused;
}

bool sim_listen(struct sim_jetty *jetty)
{
    struct sockaddr_un address;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = (void *)((uintptr_t)jetty | LISTENER_BIT)};
    urma_jetty_id_t *id = &jetty->public.jetty_id;
    uint32_t next = UBCORE_RESERVED_JETTY_ID_MAX + 1;
    bool is_any = id->id == 0;
    int listener = new_socket();
    if (listener < 0) {
        return false;
    }

    while (true) {
        id->id = is_any ? next++ : id->id;
        if (!path_of(id, &address)) {
            errno = ENAMETOOLONG;
            break;
        }

        bool is_bound = bind(listener, (struct sockaddr *)&address, sizeof address) == 0;
        if (!is_bound && errno == EADDRINUSE && is_left_over(&address)) {
            unlink(address.sun_path);
            is_bound = bind(listener, (struct sockaddr *)&address, sizeof address) == 0;
        }

        if (is_bound) {
            if (listen(listener, ACCEPT_BACKLOG) == 0 &&
                epoll_ctl(jetty->context->epoll, EPOLL_CTL_ADD, listener, &event) == 0) {
                jetty->listener = listener;
                strcpy(jetty->path, address.sun_path);
                return true;
            }

            unlink(address.sun_path);
            break;
        }

        if (errno != EADDRINUSE) {
            break;
        }

        if (!is_any) {
            errno = EEXIST;
            break;
        }
    }

    int error = errno;
    close(listener);
    errno = error;
    return false;
}

void sim_stop_listening(struct sim_jetty *jetty)
{
    if (jetty->listener >= 0) {
        close(jetty->listener);
        unlink(jetty->path);
        jetty->listener = -1;
    }
}

static struct sim_connection *add_connection(struct sim_jetty *jetty, int socket, bool is_outbound)
{
    struct sim_connection *connection = calloc(1, sizeof *connection);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (connection == NULL || epoll_ctl(jetty->context->epoll, EPOLL_CTL_ADD, socket, &event) != 0) {
        free(connection);
        close(socket);
        return NULL;
    }

    connection->context = jetty->context;
    connection->jetty = jetty;
    connection->socket = socket;
    connection->is_outbound = is_outbound;
    connection->next = jetty->context->connections;
    jetty->context->connections = connection;
    return connection;
}

/* The first send of a connection is done, one way or the other. */
static void finish(struct sim_jetty *jetty, const urma_jetty_id_t *peer, struct sim_send *send, int status)
{
    urma_cr_t record = {0};
    record.status = status < 0 ? URMA_CR_WR_FLUSH_ERR : (urma_cr_status_t)status;
    record.user_ctx = send->user_ctx;
    record.opcode = URMA_CR_OPC_SEND;
    record.flag.value = URMA_CR_FLAG_JETTY;
    record.completion_len = send->length;
    record.local_id = jetty->public.jetty_id.id;
    record.remote_id = *peer;
    if (status < 0) {
        jetty->flushed[jetty->flushed_count++] = record;
    } else if (status != URMA_CR_SUCCESS || send->wants_record) {
        sim_push_record(jetty->send_jfc, &record);
    }

    send->next = jetty->free_sends;
    jetty->free_sends = send;
}

/* The connection's end; all that waits on it ends with this status (below zero: as flushed). */
static void drop(struct sim_connection *connection, int status)
{
    struct sim_connection **at = &connection->context->connections;
    while (*at != connection) {
        at = &(*at)->next;
    }

    *at = connection->next;
    close(connection->socket);
    while (connection->first != NULL) {
        struct sim_send *send = connection->first;
        connection->first = send->next;
        finish(connection->jetty, &connection->peer, send, status);
    }

    free(connection);
}

void sim_close_connections(struct sim_jetty *jetty, int status)
{
    for (struct sim_connection *connection = jetty->context->connections; connection != NULL;) {
        struct sim_connection *next = connection->next;
        if (connection->jetty == jetty) {
            drop(connection, status);
        }

        connection = next;
    }
}

static void want(struct sim_connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(connection->context->epoll, EPOLL_CTL_MOD, connection->socket, &event);
}

/* Writes what the socket takes. False: the connection is gone. */
static bool write_out(struct sim_connection *connection)
{
    while (connection->unsent != NULL) {
        struct packet packet = {.kind = PACKET_MESSAGE, .from = connection->jetty->public.jetty_id};
        struct iovec parts[] = {
            {.iov_base = &packet, .iov_len = sizeof packet},
            {.iov_base = (void *)(uintptr_t)connection->unsent->address, .iov_len = connection->unsent->length},
        };
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        if (sendmsg(connection->socket, &message, MSG_NOSIGNAL) < 0) {
            if (errno == EAGAIN || errno == EINTR) {
                want(connection, EPOLLIN | EPOLLOUT);
                return true;
            }

            drop(connection, URMA_CR_ACK_TIMEOUT_ERR);
            return false;
        }

        connection->unsent = connection->unsent->next;
    }

    return true;
}

static struct sim_connection *connect_to(struct sim_jetty *jetty, const urma_jetty_id_t *peer)
{
    struct sockaddr_un address;
    int made = -1;
    for (struct sim_connection *one = jetty->context->connections; one != NULL; one = one->next) {
        if (one->is_outbound && one->jetty == jetty && memcmp(&one->peer, peer, sizeof *peer) == 0) {
            return one;
        }
    }

    if (!path_of(peer, &address) || (made = new_socket()) < 0 ||
        connect(made, (struct sockaddr *)&address, sizeof address) != 0) {
        if (made >= 0) {
            close(made);
        }

        return NULL;
    }

    struct sim_connection *connection = add_connection(jetty, made, true);
    if (connection != NULL) {
        connection->peer = *peer;
    }

    return connection;
}

void sim_send(struct sim_jetty *jetty, const urma_jetty_id_t *peer, struct sim_send *send)
{
    if (jetty->is_error) {
        finish(jetty, peer, send, URMA_CR_WR_FLUSH_ERR);
        return;
    }

    struct sim_connection *connection =
        sim_is_cut(&jetty->public.jetty_id.eid, &peer->eid) ? NULL : connect_to(jetty, peer);
    if (connection == NULL) {
        finish(jetty, peer, send, URMA_CR_ACK_TIMEOUT_ERR);
        return;
    }

    send->give_up_ns = sim_now_ns() + TRIES * (4096LL << jetty->public.jetty_cfg.jfs_cfg.err_timeout);
    if (connection->first == NULL) {
        connection->first = send;
    } else {
        connection->last->next = send;
    }

    connection->last = send;
    if (connection->unsent == NULL) {
        connection->unsent = send;
        write_out(connection);
    }
}

/* The receiving side tells what it has placed: at once when much has come, else when there is nothing else to do.
 * False: the sender has not read the earlier answers yet, or is gone, which its end of the socket says. */
static bool tell(struct sim_connection *connection, enum packet_kind kind, uint32_t count)
{
    struct packet packet = {.kind = kind, .count = count, .from = connection->jetty->public.jetty_id};
    return send(connection->socket, &packet, sizeof packet, MSG_NOSIGNAL) == (ssize_t)sizeof packet;
}

static void acknowledge(struct sim_connection *connection)
{
    if (connection->unacknowledged > 0 && tell(connection, PACKET_PLACED, connection->unacknowledged)) {
        connection->unacknowledged = 0;
    }
}

void sim_acknowledge(struct sim_context *context)
{
    for (struct sim_connection *one = context->connections; one != NULL; one = one->next) {
        acknowledge(one);
    }
}

void sim_wake_stalled(struct sim_context *context)
{
    for (struct sim_connection *one = context->connections; one != NULL; one = one->next) {
        if (one->is_stalled && one->jetty->jfr->count > 0 && !atomic_load(&sim_world.is_not_ready)) {
            one->is_stalled = false;
            want(one, EPOLLIN);
        }
    }
}

static void stall(struct sim_connection *connection)
{
    acknowledge(connection);
    connection->is_stalled = true;
    tell(connection, PACKET_NOT_READY, 0);
    want(connection, 0);
}

static void place(struct sim_connection *connection, const struct packet *packet, ssize_t length, bool is_cut_short)
{
    struct sim_jfr *jfr = connection->jetty->jfr;
    struct sim_receive *slot = &jfr->posted[jfr->first];
    urma_cr_t record = {0};
    jfr->first = (jfr->first + 1) % jfr->depth;
    jfr->count--;
    connection->peer = packet->from;
    record.status = is_cut_short ? URMA_CR_LOC_LEN_ERR : URMA_CR_SUCCESS;
    record.user_ctx = slot->user_ctx;
    record.opcode = URMA_CR_OPC_SEND;
    record.flag.value = URMA_CR_FLAG_S_R | URMA_CR_FLAG_JETTY;
    record.completion_len = (uint32_t)length;
    record.local_id = connection->jetty->public.jetty_id.id;
    record.remote_id = packet->from;
    sim_push_record(connection->jetty->receive_jfc, &record);
    if (is_cut_short) {
        acknowledge(connection);
        tell(connection, PACKET_REFUSED, URMA_CR_REM_RESP_LEN_ERR);
    } else if (++connection->unacknowledged >= ACKNOWLEDGE_AT) {
        acknowledge(connection);
    }
}

/* Reads messages into posted buffers. */
static void read_messages(struct sim_connection *connection)
{
    struct sim_jetty *jetty = connection->jetty;
    for (int turn = 0; turn < PACKETS_A_TURN; turn++) {
        if (jetty->jfr->count == 0 || atomic_load(&sim_world.is_not_ready)) {
            char peek;
            if (recv(connection->socket, &peek, sizeof peek, MSG_PEEK) > 0) {
                stall(connection);
                return;
            }
        }

        struct packet packet;
        struct sim_receive nowhere = {0};
        struct sim_receive *slot = jetty->jfr->count > 0 ? &jetty->jfr->posted[jetty->jfr->first] : &nowhere;
        struct iovec parts[] = {
            {.iov_base = &packet, .iov_len = sizeof packet},
            {.iov_base = slot->address, .iov_len = slot->length},
        };
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t length = recvmsg(connection->socket, &message, 0);
        if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }

        if (length < (ssize_t)sizeof packet || packet.kind != PACKET_MESSAGE ||
            sim_is_cut(&packet.from.eid, &jetty->public.jetty_id.eid)) {
            drop(connection, URMA_CR_ACK_TIMEOUT_ERR);
            return;
        }

        place(connection, &packet, length - (ssize_t)sizeof packet, (message.msg_flags & MSG_TRUNC) != 0);
    }
}

void sim_give_back(struct sim_connection *connection, urma_cr_status_t status)
{
    struct sim_send *send = connection->first;
    if (send != NULL && send != connection->unsent) {
        connection->first = send->next;
        finish(connection->jetty, &connection->peer, send, status);
    }
}

/* Reads what the receiving side has placed. */
static void read_answers(struct sim_connection *connection)
{
    for (int turn = 0; turn < PACKETS_A_TURN; turn++) {
        struct packet packet;
        ssize_t length = recv(connection->socket, &packet, sizeof packet, 0);
        if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }

        if (length != (ssize_t)sizeof packet) {
            drop(connection, URMA_CR_ACK_TIMEOUT_ERR);
            return;
        }

        connection->peer_is_not_ready = packet.kind == PACKET_NOT_READY;
        for (uint32_t count = packet.kind == PACKET_PLACED ? packet.count : 0; count > 0; count--) {
            sim_give_back(connection, URMA_CR_SUCCESS);
        }

        if (packet.kind == PACKET_REFUSED) {
            sim_give_back(connection, (urma_cr_status_t)packet.count);
        }
    }
}

static void accept_all(struct sim_jetty *jetty)
{
    while (true) {
        int taken = accept4(jetty->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (taken < 0) {
            return;
        }

        struct sim_connection *connection = add_connection(jetty, taken, false);
        if (connection != NULL) {
            read_messages(connection);
        }
    }
}

static int64_t give_up_at(const struct sim_connection *connection)
{
    const urma_jetty_cfg_t *cfg = &connection->jetty->public.jetty_cfg;
    int64_t due_ns = connection->first->give_up_ns;
    if (connection->peer_is_not_ready) {
        due_ns += cfg->jfs_cfg.rnr_retry * (4096LL << connection->jetty->jfr->public.jfr_cfg.min_rnr_timer);
    }

    return due_ns;
}

int64_t sim_next_deadline(const struct sim_context *context)
{
    int64_t due_ns = context->late != NULL ? context->late->due_ns : INT64_MAX;
    for (const struct sim_connection *one = context->connections; one != NULL; one = one->next) {
        if (one->first != NULL && give_up_at(one) < due_ns) {
            due_ns = give_up_at(one);
        }
    }

    return due_ns;
}

/* Faults may have come or gone: cut what is cut, and see whether the device still lives. */
static void look_at_faults(struct sim_context *context)
{
    pthread_mutex_lock(&sim_world.lock);
    bool is_dead = context->device->is_dead;
    pthread_mutex_unlock(&sim_world.lock);
    if (is_dead && !context->is_dead) {
        context->is_dead = true;
        for (struct sim_jetty *jetty = context->jetties; jetty != NULL; jetty = jetty->next) {
            sim_stop_listening(jetty);
            sim_close_connections(jetty, URMA_CR_WR_FLUSH_ERR);
        }
    }

    for (struct sim_connection *one = context->connections; one != NULL;) {
        struct sim_connection *next = one->next;
        if (sim_is_cut(&one->peer.eid, &one->jetty->public.jetty_id.eid)) {
            drop(one, URMA_CR_ACK_TIMEOUT_ERR);
        }

        one = next;
    }

    sim_wake_stalled(context);
}

static void give_up_late_sends(struct sim_context *context, int64_t now_ns)
{
    for (struct sim_connection *one = context->connections; one != NULL;) {
        struct sim_connection *next = one->next;
        if (one->first != NULL && give_up_at(one) <= now_ns) {
            drop(one, one->peer_is_not_ready ? URMA_CR_RNR_RETRY_CNT_EXC_ERR : URMA_CR_ACK_TIMEOUT_ERR);
        }

        one = next;
    }
}

static bool is_open(const struct sim_context *context, const struct sim_connection *connection)
{
    const struct sim_connection *one = context->connections;
    while (one != NULL && one != connection) {
        one = one->next;
    }

    return one != NULL;
}

void sim_work(struct sim_context *context)
{
    struct epoll_event events[EVENTS_A_TURN];
    int count = epoll_wait(context->epoll, events, EVENTS_A_TURN, 0);
    for (int at = 0; at < count; at++) {
        void *what = events[at].data.ptr;
        if (what == NULL) {
            uint64_t ignored;
            if (read(context->wake, &ignored, sizeof ignored) < 0) {
                continue;
            }
        } else if (what == &sim_world) {
            sim_read_control();
        } else if (((uintptr_t)what & LISTENER_BIT) != 0) {
            accept_all((struct sim_jetty *)((uintptr_t)what & ~LISTENER_BIT));
        } else if (is_open(context, what)) {
            /* Another one of this turn may have ended it. */
            struct sim_connection *connection = what;
            if ((events[at].events & EPOLLOUT) != 0) {
                want(connection, EPOLLIN);
                if (!write_out(connection)) {
                    continue;
                }
            }

            if (!connection->is_outbound && connection->is_stalled && (events[at].events & (EPOLLHUP | EPOLLERR)) != 0) {
                drop(connection, URMA_CR_ACK_TIMEOUT_ERR);
            } else if ((events[at].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
                (connection->is_outbound ? read_answers : read_messages)(connection);
            }
        }
    }

    if (atomic_exchange(&context->must_look, false)) {
        look_at_faults(context);
    }

    int64_t now_ns = sim_now_ns();
    sim_push_late_records(context, now_ns);
    give_up_late_sends(context, now_ns);
}
