/* The engine as a provider, under host.c, which is not liburma: nothing here says how the library itself takes it. */
#include "ends.h"
#include "urma-provider.h"
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed, passed;
static const char *running;
static char folder[] = "/tmp/urma-provider.XXXXXX";

#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            printf("FAILED %s: line %d: %s\n", running, __LINE__, #what);                                              \
            failed++;                                                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

static int count_devices(void)
{
    int count = 0;
    urma_free_device_list(urma_get_device_list(&count));
    return count;
}

static void without_a_fabric_the_driver_is_dropped_and_nothing_else(void)
{
    int count = -1;
    unsetenv("URMA_SIM_COMMANDS");
    CHECK(urma_init(NULL) == URMA_SUCCESS && urma_init(NULL) == URMA_EEXIST);
    CHECK(urma_get_device_list(&count) == NULL && count == 0 && errno == ENODEV);
    CHECK(urma_uninit() == URMA_SUCCESS);
    passed++;
}

/* Two devices: one with two addresses, so that the second one's index is needed. */
static void use_both_devices(void)
{
    char commands[256];
    snprintf(commands, sizeof commands, "fabric %s;device simA %s;device simB fd00::1 %s", folder, EID_A, EID_B);
    setenv("URMA_SIM_COMMANDS", commands, 1);
}

static void devices_say_that_they_are_simulated(void)
{
    CHECK(urma_init(NULL) == URMA_SUCCESS && count_devices() == 2);
    urma_device_t *device = urma_get_device_by_eid(eid_of(EID_A), URMA_TRANSPORT_UB);
    CHECK(device != NULL && strcmp(device->name, "simA") == 0 && strcmp(device->path, "/simulated/simA") == 0);
    CHECK(strcmp(device->ops->name, "cras_simulated") == 0 && strcmp(device->sysfs_dev->driver_name, device->ops->name) == 0);
    CHECK(urma_uninit() == URMA_SUCCESS);
    passed++;
}

static void eids_are_files_that_go_with_the_driver(void)
{
    char own[256];
    uint32_t count = 0;
    CHECK(urma_init(NULL) == URMA_SUCCESS);
    urma_device_t *device = urma_get_device_by_eid(eid_of(EID_B), URMA_TRANSPORT_UB);
    CHECK(device != NULL && strcmp(device->name, "simB") == 0);
    urma_eid_info_t *list = urma_get_eid_list(device, &count);
    urma_eid_t second = eid_of(EID_B);
    CHECK(count == 2 && list[1].eid_index == 1 && memcmp(&list[1].eid, &second, sizeof second) == 0);
    urma_free_eid_list(list);
    strcpy(own, device->sysfs_dev->sysfs_path);
    CHECK(access(own, F_OK) == 0 && urma_uninit() == URMA_SUCCESS && access(own, F_OK) != 0);
    passed++;
}

static void the_address_stays_though_the_context_has_none(void)
{
    struct end a;
    urma_eid_t none = {0}, own = eid_of(EID_A);
    CHECK(urma_init(NULL) == URMA_SUCCESS);
    open_end(&a, EID_A, EID_B);
    CHECK(a.jetty != NULL && a.peer != NULL && a.segment != NULL);
    CHECK(memcmp(&a.context->eid, &none, sizeof none) == 0 && memcmp(&a.jetty->jetty_id.eid, &own, sizeof own) == 0);
    CHECK(a.jetty->jetty_id.id == JETTY && a.segment->token_id != NULL && a.context->dev_fd == -1);
    CHECK(close_end(&a) && urma_uninit() == URMA_SUCCESS);
    passed++;
}

static void what_is_in_use_is_not_deleted(void)
{
    struct end a, taken;
    CHECK(urma_init(NULL) == URMA_SUCCESS);
    open_end(&a, EID_A, EID_B);
    CHECK(urma_delete_context(a.context) == URMA_EAGAIN && urma_delete_jfce(a.jfce) == URMA_FAIL);
    open_end(&taken, EID_A, EID_B);
    CHECK(taken.context != NULL && taken.jetty == NULL);
    CHECK(close_end(&taken) && close_end(&a) && urma_uninit() == URMA_SUCCESS);
    passed++;
}

static void depths_beyond_the_device_never_come_to_the_driver(void)
{
    struct end a;
    CHECK(urma_init(NULL) == URMA_SUCCESS);
    open_end(&a, EID_A, EID_B);
    const urma_device_cap_t *most = &a.context->dev->sysfs_dev->dev_attr.dev_cap;
    urma_jfc_cfg_t cfg = {.depth = most->max_jfc_depth + 1, .jfce = a.jfce};
    CHECK(most->max_jfc_depth > 0 && urma_create_jfc(a.context, &cfg) == NULL && errno == EINVAL);
    CHECK(close_end(&a) && urma_uninit() == URMA_SUCCESS);
    passed++;
}

static void who_is_absent_shows_in_the_record(void)
{
    struct end a;
    urma_cr_t record;
    CHECK(urma_init(NULL) == URMA_SUCCESS);
    open_end(&a, EID_A, EID_B);
    CHECK(post_send(&a, 0, 40) == URMA_SUCCESS);
    CHECK(next_record(&a, &a, a.send_jfc, &record) && record.status == URMA_CR_ACK_TIMEOUT_ERR);
    CHECK(close_end(&a) && urma_uninit() == URMA_SUCCESS);
    passed++;
}

/* Without waiting for events, which belong to the other queue here. */
static bool poll_record(urma_jfc_t *jfc, urma_cr_t *record)
{
    for (int turn = 0; turn < WAIT_MS; turn++) {
        memset(record, 0, sizeof *record);
        if (urma_poll_jfc(jfc, 1, record) == 1) {
            return record->status == URMA_CR_SUCCESS;
        }

        usleep(1000);
    }

    return false;
}

/* Waits, acknowledges, polls and arms again, in the order that adapters need; true: one record came, and it is good. */
static bool take_one(struct end *end, urma_jfc_t *jfc, urma_cr_t *record)
{
    uint32_t one = 1;
    urma_jfc_t *ready[1];
    if (urma_wait_jfc(end->jfce, 1, WAIT_MS, ready) != 1 || ready[0] != jfc) {
        return false;
    }

    memset(record, 0, sizeof *record);
    bool is_good = urma_poll_jfc(jfc, 1, record) == 1 && record->status == URMA_CR_SUCCESS;
    urma_ack_jfc(ready, &one, 1);
    return urma_rearm_jfc(jfc, false) == URMA_SUCCESS && is_good;
}

/* The other process: says by its exit code how far it came. */
static int answer_the_other(int started)
{
    struct end b;
    urma_cr_t record;
    urma_eid_t from = eid_of(EID_A);
    if (urma_init(NULL) != URMA_SUCCESS) {
        return 1;
    }

    /* At index 1 of its device, as no test in one process has it. */
    open_end_at(&b, EID_B, 1, EID_A);
    if (b.jetty == NULL || !post_receive(&b, 3, SLOT_BYTES) || urma_rearm_jfc(b.receive_jfc, false) != URMA_SUCCESS ||
        write(started, "x", 1) != 1) {
        return 2;
    }

    if (!take_one(&b, b.receive_jfc, &record) || record.user_ctx != 3 || record.completion_len != 11 ||
        memcmp(&record.remote_id.eid, &from, sizeof from) != 0 || record.remote_id.id != JETTY ||
        strcmp(b.memory + 3 * SLOT_BYTES, "last words") != 0) {
        return 3;
    }

    strcpy(b.memory, "heard");
    if (post_send(&b, 0, 6) != URMA_SUCCESS || !next_record(&b, &b, b.send_jfc, &record) || record.status != URMA_CR_SUCCESS) {
        return 4;
    }

    return close_end(&b) && urma_uninit() == URMA_SUCCESS ? 0 : 5;
}

/* The child comes before any init: it is a process of its own, with a library and a driver of its own. */
static void two_processes_talk(void)
{
    struct end a;
    urma_cr_t record;
    urma_jfc_t *ready[1];
    int status = -1, started[2];
    char byte;
    CHECK(pipe(started) == 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        exit(answer_the_other(started[1]));
    }

    close(started[1]);
    CHECK(child > 0 && read(started[0], &byte, 1) == 1);
    close(started[0]);
    CHECK(urma_init(NULL) == URMA_SUCCESS);
    open_end(&a, EID_A, EID_B);
    CHECK(a.jetty != NULL && post_receive(&a, 5, SLOT_BYTES) && urma_rearm_jfc(a.receive_jfc, false) == URMA_SUCCESS);
    strcpy(a.memory, "last words");
    CHECK(post_send(&a, 0, 11) == URMA_SUCCESS);
    CHECK(poll_record(a.send_jfc, &record));
    CHECK(take_one(&a, a.receive_jfc, &record) && record.user_ctx == 5 && strcmp(a.memory + 5 * SLOT_BYTES, "heard") == 0);
    /* Who waits once more acknowledges what he has taken; nothing in the engine would do it for him. */
    CHECK(urma_wait_jfc(a.jfce, 1, 1, ready) == 0);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(close_end(&a) && urma_uninit() == URMA_SUCCESS);
    passed++;
}

static void who_ends_without_an_uninit_takes_his_files_along(void)
{
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        exit(urma_init(NULL) == URMA_SUCCESS && count_devices() == 2 ? 0 : 1);
    }

    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    passed++;
}

#define RUN(test)                                                                                                      \
    do {                                                                                                               \
        running = #test;                                                                                               \
        test();                                                                                                        \
    } while (0)

int main(void)
{
    if (mkdtemp(folder) == NULL || setenv("TMPDIR", folder, 1) != 0) {
        printf("FAILED: no folder\n");
        return 1;
    }

    RUN(without_a_fabric_the_driver_is_dropped_and_nothing_else);
    use_both_devices();
    RUN(two_processes_talk);
    RUN(devices_say_that_they_are_simulated);
    RUN(eids_are_files_that_go_with_the_driver);
    RUN(the_address_stays_though_the_context_has_none);
    RUN(what_is_in_use_is_not_deleted);
    RUN(depths_beyond_the_device_never_come_to_the_driver);
    RUN(who_is_absent_shows_in_the_record);
    RUN(two_processes_talk);
    RUN(who_ends_without_an_uninit_takes_his_files_along);
    running = "nothing is left behind";
    if (rmdir(folder) != 0) {
        printf("FAILED %s: %s has files\n", running, folder);
        failed++;
    } else {
        passed++;
    }

    printf("%d passed, %d failed, 0 skipped\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
