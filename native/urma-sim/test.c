/* What the simulated liburma promises, shown against itself in one process. Exit code 0: all of it holds. */
#include "ends.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int urma_sim_command(const char *text);

static int failed, passed;
static const char *running;

#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            printf("FAILED %s: line %d: %s\n", running, __LINE__, #what);                                              \
            failed++;                                                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

static void a_message_arrives_and_is_acknowledged(void)
{
    struct end a, b;
    urma_cr_t record;
    open_end(&a, EID_A, EID_B);
    open_end(&b, EID_B, EID_A);
    CHECK(a.jetty != NULL && b.jetty != NULL && a.peer != NULL);
    CHECK(post_receive(&b, 3, SLOT_BYTES));
    strcpy(a.memory + SLOT_BYTES, "last words");
    CHECK(post_send(&a, 1, 11) == URMA_SUCCESS);
    CHECK(next_record(&b, &a, b.receive_jfc, &record));
    CHECK(record.status == URMA_CR_SUCCESS && record.user_ctx == 3 && record.completion_len == 11);
    CHECK(record.flag.value == (URMA_CR_FLAG_S_R | URMA_CR_FLAG_JETTY));
    urma_eid_t from = eid_of(EID_A);
    CHECK(memcmp(&record.remote_id.eid, &from, sizeof from) == 0 && record.remote_id.id == JETTY);
    CHECK(strcmp(b.memory + 3 * SLOT_BYTES, "last words") == 0);
    CHECK(next_record(&a, &b, a.send_jfc, &record));
    CHECK(record.status == URMA_CR_SUCCESS && record.user_ctx == 1);
    CHECK(close_end(&a) && close_end(&b));
    passed++;
}

static void who_is_absent_shows_in_the_record(void)
{
    struct end a;
    urma_cr_t record;
    open_end(&a, EID_A, EID_B);
    CHECK(post_send(&a, 0, 40) == URMA_SUCCESS);
    CHECK(next_record(&a, &a, a.send_jfc, &record) && record.status == URMA_CR_ACK_TIMEOUT_ERR);
    CHECK(close_end(&a));
    passed++;
}

static void a_receiver_without_buffers_is_waited_for_and_then_given_up(void)
{
    struct end a, b;
    urma_cr_t record;
    open_end(&a, EID_A, EID_B);
    open_end(&b, EID_B, EID_A);
    CHECK(post_send(&a, 0, 40) == URMA_SUCCESS);
    CHECK(next_record(&a, &b, a.send_jfc, &record) && record.status == URMA_CR_RNR_RETRY_CNT_EXC_ERR);
    CHECK(post_send(&a, 0, 41) == URMA_SUCCESS);
    CHECK(post_receive(&b, 0, SLOT_BYTES));
    CHECK(next_record(&b, &a, b.receive_jfc, &record));
    CHECK(close_end(&a) && close_end(&b));
    passed++;
}

static void what_does_not_fit_is_an_error_at_both_ends(void)
{
    struct end a, b;
    urma_cr_t record;
    open_end(&a, EID_A, EID_B);
    open_end(&b, EID_B, EID_A);
    CHECK(post_receive(&b, 0, 100) && post_send(&a, 0, 101) == URMA_SUCCESS);
    CHECK(next_record(&b, &a, b.receive_jfc, &record) && record.status == URMA_CR_LOC_LEN_ERR);
    CHECK(next_record(&a, &b, a.send_jfc, &record) && record.status == URMA_CR_REM_RESP_LEN_ERR);
    CHECK(close_end(&a) && close_end(&b));
    passed++;
}

static void a_thousand_messages_arrive_in_order(void)
{
    struct end a, b;
    urma_cr_t record;
    open_end(&a, EID_A, EID_B);
    open_end(&b, EID_B, EID_A);
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        CHECK(post_receive(&b, slot, SLOT_BYTES));
    }

    for (int number = 0; number < 1000; number++) {
        memcpy(a.memory, &number, sizeof number);
        CHECK(post_send(&a, 0, SLOT_BYTES) == URMA_SUCCESS);
        CHECK(next_record(&b, &a, b.receive_jfc, &record) && record.status == URMA_CR_SUCCESS);
        CHECK(memcmp(b.memory + record.user_ctx * SLOT_BYTES, &number, sizeof number) == 0);
        CHECK(post_receive(&b, (uint32_t)record.user_ctx, SLOT_BYTES));
        CHECK(next_record(&a, &b, a.send_jfc, &record) && record.status == URMA_CR_SUCCESS);
    }

    CHECK(close_end(&a) && close_end(&b));
    passed++;
}

static void events_come_once_armed_and_must_be_acknowledged(void)
{
    struct end a;
    urma_jfc_t *ready[2];
    uint32_t one = 1;
    urma_cr_t record;
    open_end(&a, EID_A, EID_B);
    CHECK(post_send(&a, 0, 1) == URMA_SUCCESS && urma_wait_jfc(a.jfce, 2, 0, ready) == 0);
    CHECK(urma_poll_jfc(a.send_jfc, 1, &record) == 1);
    CHECK(urma_rearm_jfc(a.send_jfc, false) == URMA_SUCCESS);
    CHECK(post_send(&a, 0, 1) == URMA_SUCCESS && urma_wait_jfc(a.jfce, 2, WAIT_MS, ready) == 1);
    CHECK(ready[0] == a.send_jfc);
    urma_ack_jfc(ready, &one, 1);
    CHECK(urma_sim_command("spurious 1") == 0 && urma_wait_jfc(a.jfce, 1, WAIT_MS, ready) == 1);
    CHECK(urma_poll_jfc(a.receive_jfc, 1, &record) == 0);
    urma_ack_jfc(ready, &one, 1);
    CHECK(urma_sim_command("spurious 0") == 0);
    CHECK(close_end(&a));
    passed++;
}

static void things_in_use_are_not_deleted(void)
{
    struct end a, taken;
    open_end(&a, EID_A, EID_B);
    CHECK(urma_delete_context(a.context) == URMA_EAGAIN);
    CHECK(urma_delete_jfce(a.jfce) == URMA_FAIL);
    open_end(&taken, EID_A, EID_B);
    CHECK(taken.jetty == NULL && taken.context != NULL);
    CHECK(close_end(&taken) && close_end(&a));
    passed++;
}

static void settings_are_written_into(void)
{
    struct end a;
    open_end(&a, EID_A, EID_B);
    urma_jfr_cfg_t jfr = {.depth = 1, .trans_mode = URMA_TM_RM, .max_sge = 1, .jfc = a.receive_jfc};
    urma_jfr_t *made = urma_create_jfr(a.context, &jfr);
    CHECK(made != NULL && (jfr.flag.value & URMA_JFR_FLAG_ORDER_TYPE) == URMA_OI << 5);
    CHECK(urma_delete_jfr(made) == URMA_SUCCESS);
    CHECK(close_end(&a));
    passed++;
}

static void a_cut_breaks_and_heals(void)
{
    struct end a, b;
    urma_cr_t record;
    char command[120];
    open_end(&a, EID_A, EID_B);
    open_end(&b, EID_B, EID_A);
    CHECK(post_receive(&b, 0, SLOT_BYTES) && post_receive(&b, 1, SLOT_BYTES));
    snprintf(command, sizeof command, "cut %s %s", EID_B, EID_A);
    CHECK(urma_sim_command(command) == 0);
    CHECK(post_send(&a, 0, 1) == URMA_SUCCESS);
    CHECK(next_record(&a, &b, a.send_jfc, &record) && record.status == URMA_CR_ACK_TIMEOUT_ERR);
    snprintf(command, sizeof command, "heal %s %s", EID_B, EID_A);
    CHECK(urma_sim_command(command) == 0);
    CHECK(post_send(&a, 0, 1) == URMA_SUCCESS);
    CHECK(next_record(&a, &b, a.send_jfc, &record) && record.status == URMA_CR_SUCCESS);
    CHECK(close_end(&a) && close_end(&b));
    passed++;
}

static void eids_come_reversed_on_demand(void)
{
    urma_device_t *device = urma_get_device_by_eid(eid_of(EID_A), URMA_TRANSPORT_UB);
    uint32_t count = 0;
    CHECK(urma_sim_command("reversed-eids on") == 0);
    urma_eid_info_t *list = urma_get_eid_list(device, &count);
    CHECK(list != NULL && count == 1 && list[0].eid.raw[0] == 0x0a && list[0].eid.raw[15] == 0xfd);
    urma_free_eid_list(list);
    CHECK(urma_sim_command("reversed-eids off") == 0);
    passed++;
}

static void a_dead_device_says_so_and_takes_nothing(void)
{
    struct end a, b;
    urma_async_event_t event;
    urma_cr_t record;
    open_end(&a, EID_A, EID_B);
    CHECK(urma_sim_command("kill simA") == 0);
    CHECK(urma_get_async_event(a.context, &event) == URMA_SUCCESS && event.event_type == URMA_EVENT_DEV_FATAL);
    CHECK(urma_delete_context(a.context) == URMA_EAGAIN);
    urma_ack_async_event(&event);
    urma_poll_jfc(a.send_jfc, 1, &record);
    CHECK(post_send(&a, 0, 1) == URMA_FAIL);
    open_end(&b, EID_A, EID_B);
    CHECK(b.context == NULL);
    CHECK(close_end(&a));
    CHECK(urma_sim_command("revive simA") == 0);
    open_end(&a, EID_A, EID_B);
    CHECK(a.jetty != NULL && close_end(&a));
    passed++;
}

static void a_jetty_in_error_gives_its_buffers_back(void)
{
    struct end a;
    urma_cr_t records[2];
    urma_jfc_t *ready[2];
    uint32_t one = 1;
    urma_jetty_attr_t error = {.mask = JETTY_STATE, .state = URMA_JETTY_STATE_ERROR};
    open_end(&a, EID_A, EID_B);
    CHECK(post_receive(&a, 5, SLOT_BYTES) && urma_rearm_jfc(a.receive_jfc, false) == URMA_SUCCESS);
    CHECK(urma_modify_jetty(a.jetty, &error) == URMA_SUCCESS);
    CHECK(urma_wait_jfc(a.jfce, 2, WAIT_MS, ready) == 1);
    urma_ack_jfc(ready, &one, 1);
    CHECK(urma_poll_jfc(a.receive_jfc, 2, records) == 1 && records[0].user_ctx == 5);
    CHECK(records[0].status == URMA_CR_WR_FLUSH_ERR && close_end(&a));
    passed++;
}

static void a_killed_process_leaves_nothing_in_the_way(void)
{
    struct end a, b;
    urma_cr_t record;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        open_end(&b, EID_B, EID_A);
        post_receive(&b, 0, SLOT_BYTES);
        kill(getpid(), 9);
    }

    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    open_end(&a, EID_A, EID_B);
    CHECK(post_send(&a, 0, 1) == URMA_SUCCESS);
    CHECK(next_record(&a, &a, a.send_jfc, &record) && record.status == URMA_CR_ACK_TIMEOUT_ERR);
    open_end(&b, EID_B, EID_A);
    CHECK(b.jetty != NULL && post_receive(&b, 0, SLOT_BYTES) && post_send(&a, 0, 1) == URMA_SUCCESS);
    CHECK(next_record(&b, &a, b.receive_jfc, &record) && record.status == URMA_CR_SUCCESS);
    CHECK(close_end(&a) && close_end(&b));
    passed++;
}

static void commands_come_over_a_socket_too(const char *folder)
{
    struct end a;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char command[120];
    urma_jfc_t *ready[2];
    snprintf(command, sizeof command, "control %s/control", folder);
    CHECK(urma_sim_command(command) == 0);
    open_end(&a, EID_A, EID_B);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/control", folder);
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK(sendto(sender, "spurious 1\n", 11, 0, (struct sockaddr *)&address, sizeof address) == 11);
    close(sender);
    CHECK(urma_wait_jfc(a.jfce, 2, WAIT_MS, ready) == 1);
    uint32_t one = 1;
    urma_ack_jfc(ready, &one, 1);
    CHECK(close_end(&a));
    unlink(address.sun_path);
    passed++;
}

static void nonsense_is_refused(void)
{
    urma_eid_t eid;
    CHECK(urma_sim_command("cut a b") == -EINVAL && urma_sim_command("late-ms -1") == -EINVAL);
    CHECK(urma_str_to_eid("zz", &eid) == -EINVAL);
    CHECK(urma_str_to_eid("10.1.2.3", &eid) == 0 && eid.raw[10] == 0xff && eid.raw[12] == 10 && eid.raw[15] == 3);
    CHECK(urma_create_context(NULL, 0) == NULL && urma_poll_jfc(NULL, 1, NULL) == -1);
    CHECK(urma_delete_context(NULL) == URMA_EINVAL);
    passed++;
}

#define RUN(test, ...)                                                                                                 \
    do {                                                                                                               \
        running = #test;                                                                                               \
        test(__VA_ARGS__);                                                                                             \
    } while (0)

int main(void)
{
    char folder[] = "/tmp/urma-sim.XXXXXX", command[128];
    int count = 0;
    if (urma_init(NULL) != URMA_FAIL || mkdtemp(folder) == NULL) {
        printf("FAILED: an init without a fabric must fail\n");
        return 1;
    }

    snprintf(command, sizeof command, "fabric %s", folder);
    urma_sim_command(command);
    if (urma_init(NULL) != URMA_SUCCESS || urma_init(NULL) != URMA_EEXIST ||
        urma_get_device_list(&count) != NULL || count != 0 || errno != ENODEV) {
        printf("FAILED: one init, and no devices yet\n");
        return 1;
    }

    snprintf(command, sizeof command, "device simA %s", EID_A);
    urma_sim_command(command);
    snprintf(command, sizeof command, "device simB %s", EID_B);
    urma_sim_command(command);
    RUN(a_message_arrives_and_is_acknowledged);
    RUN(who_is_absent_shows_in_the_record);
    RUN(a_receiver_without_buffers_is_waited_for_and_then_given_up);
    RUN(what_does_not_fit_is_an_error_at_both_ends);
    RUN(a_thousand_messages_arrive_in_order);
    RUN(events_come_once_armed_and_must_be_acknowledged);
    RUN(things_in_use_are_not_deleted);
    RUN(settings_are_written_into);
    RUN(a_cut_breaks_and_heals);
    RUN(eids_come_reversed_on_demand);
    RUN(a_dead_device_says_so_and_takes_nothing);
    RUN(a_jetty_in_error_gives_its_buffers_back);
    RUN(a_killed_process_leaves_nothing_in_the_way);
    RUN(commands_come_over_a_socket_too, folder);
    RUN(nonsense_is_refused);
    urma_uninit();
    rmdir(folder);
    printf("%d passed, %d failed, 0 skipped\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
