/* A simulated liburma: the minimal set of its functions over local sockets, with faults on demand.
 *
 * It is a test double and says so: its own soname, devices that somebody has to name, and every line that it logs
 * begins with "simulated". The layouts come from urma-abi.json, by way of a header whose compiler proves them.
 *
 * There is no thread here. Like a library that drives an adapter, it works whenever it is called; who wants to receive
 * while idle waits in urma_wait_jfc. A stopped process therefore acknowledges nothing, where hardware would go on. */
#pragma once
/* The boundary is what others see; all else stays inside. */
#pragma GCC visibility push(default)
#include "urma-abi.h"
#pragma GCC visibility pop
#include <errno.h>
#include <stdatomic.h>
#include <sys/uio.h>

enum {
    SIM_EIDS_MAX = 64,
    SIM_DEPTH_MAX = 2048,
    SIM_MESSAGE_BYTES_MAX = 65536,
    SIM_ASYNC_EVENTS_MAX = 16,
    SIM_PRIORITY_WITH_CTP = 3,
    SIM_FOLDER_MAX = 60,
};

struct sim_device {
    urma_device_t public;
    urma_eid_t eids[SIM_EIDS_MAX];
    uint32_t eid_count;
    bool is_dead;    /* fatal error: what is open is lost, nothing new can be opened */
    bool is_removed; /* no longer listed */
    struct sim_device *next;
};

struct sim_jfce {
    urma_jfce_t public;
    struct sim_context *context;
    unsigned users;
};

struct sim_jfc {
    urma_jfc_t public;
    struct sim_context *context;
    struct sim_jfce *jfce;
    struct sim_jfc *next;
    urma_cr_t *records;
    uint32_t depth, first, count, users;
    bool is_armed, has_event;
    uint32_t events_given;
};

struct sim_receive {
    uint64_t user_ctx;
    void *address;
    uint32_t length;
};

struct sim_jfr {
    urma_jfr_t public;
    struct sim_context *context;
    struct sim_jfc *jfc;
    struct sim_receive *posted;
    uint32_t depth, first, count, users;
};

struct sim_send {
    uint64_t user_ctx;
    const void *address;
    uint32_t length;
    bool wants_record;
    int64_t give_up_ns;
    struct sim_send *next;
};

struct sim_jetty {
    urma_jetty_t public;
    struct sim_context *context;
    struct sim_jetty *next;
    struct sim_jfr *jfr;
    struct sim_jfc *send_jfc, *receive_jfc;
    struct sim_send *sends, *free_sends;
    int listener;
    bool is_error;
    char path[108];
    urma_cr_t *flushed;
    uint32_t flushed_count;
};

/* One direction: the side that connects sends messages, the other side answers with acknowledgements. */
struct sim_connection {
    struct sim_context *context;
    struct sim_connection *next;
    struct sim_jetty *jetty;
    urma_jetty_id_t peer;
    int socket;
    bool is_outbound;
    /* outbound: what waits to be written begins at unsent, what waits for its acknowledgement at first */
    struct sim_send *first, *last, *unsent;
    bool peer_is_not_ready;
    /* inbound */
    uint32_t unacknowledged;
    bool is_stalled;
};

struct sim_late_record {
    struct sim_late_record *next;
    struct sim_jfc *jfc;
    int64_t due_ns;
    urma_cr_t record;
};

struct sim_segment {
    urma_target_seg_t public;
    struct sim_segment *next;
    struct sim_context *context;
    uint64_t begin, end;
};

struct sim_context {
    urma_context_t public;
    struct sim_device *device;
    urma_eid_t eid;
    pthread_mutex_t lock;
    pthread_cond_t acked;
    int epoll, wake;
    unsigned children;
    struct sim_jfce *jfce;
    struct sim_jfc *jfcs;
    struct sim_jetty *jetties;
    struct sim_connection *connections;
    struct sim_segment *segments;
    struct sim_late_record *late;
    urma_async_event_t async_events[SIM_ASYNC_EVENTS_MAX];
    uint32_t async_first, async_count, async_unacked;
    atomic_bool must_look; /* faults have changed */
    bool is_asleep;        /* somebody waits; who is awake looks again before he sleeps */
    bool is_dead;
    struct sim_context *next;
};

/* What commands set; see control.c. The lock is taken after a context's, never before. */
struct sim_world {
    pthread_mutex_t lock;
    bool is_initialised;
    char folder[SIM_FOLDER_MAX + 1];
    struct sim_device *devices;
    struct sim_context *contexts;
    struct sim_cut *cuts;
    int control;
    atomic_int cut_count;
    atomic_int init_status;
    atomic_int import_errno;
    atomic_int late_ms;
    atomic_int spurious_wakes;
    atomic_bool is_not_ready;
    atomic_bool eids_reversed;
    atomic_int log_level;
    urma_log_cb_t log;
};
extern struct sim_world sim_world;

/* control.c */
void sim_log(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_run_environment(void);
void sim_read_control(void);
bool sim_is_cut(const urma_eid_t *one, const urma_eid_t *other);

/* queues.c */
void sim_push_record(struct sim_jfc *jfc, const urma_cr_t *record);
void sim_push_async(struct sim_context *context, urma_async_event_type_t type);
void sim_push_late_records(struct sim_context *context, int64_t now_ns);

/* wire.c; all with the context's lock held */
bool sim_listen(struct sim_jetty *jetty);
void sim_stop_listening(struct sim_jetty *jetty);
void sim_send(struct sim_jetty *jetty, const urma_jetty_id_t *peer, struct sim_send *send);
void sim_close_connections(struct sim_jetty *jetty, int status);
void sim_wake_stalled(struct sim_context *context);
void sim_work(struct sim_context *context);
void sim_acknowledge(struct sim_context *context);
int64_t sim_next_deadline(const struct sim_context *context);
void sim_give_back(struct sim_connection *connection, urma_cr_status_t status);
int64_t sim_now_ns(void);
void sim_wake(struct sim_context *context);
