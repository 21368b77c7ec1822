// What the stand-in for UVB promises, against itself and against windows written and read by hand. Exit code 0: all of
// it holds.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "window.h"

static int failed, passed;
static const char *running;
static char folder[64], path[80];

#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            printf("FAILED %s: line %d: %s\n", running, __LINE__, #what);                                              \
            failed++;                                                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

#define RUN(test)                                                                                                      \
    do {                                                                                                               \
        int before = failed;                                                                                           \
        running = #test;                                                                                               \
        test();                                                                                                        \
        passed += failed == before;                                                                                    \
    } while (0)

enum { CALL = (int)0xC0000001u, OTHER_CALL = (int)0xC0000002u, WAIT_MS = 30000 };

#define TO(cna) (CRAS_UVB_RECEIVER | (cna))
#define FROM(cna) (CRAS_UVB_SENDER | (cna))

// A call made by a thread of its own.
struct calling {
    struct cras_uvb *handle;
    uint32_t to, timeout_ms, output_size;
    const char *input;
    char output[BUFFER_BYTES];
    int result;
    pthread_t thread;
};

static void *call(void *of)
{
    struct calling *calling = of;
    calling->result =
        cras_uvb_call(calling->handle, CALL, calling->to, calling->input, (uint32_t)strlen(calling->input),
                      calling->output, &calling->output_size, calling->timeout_ms);
    return NULL;
}

static void begin(struct calling *calling)
{
    pthread_create(&calling->thread, NULL, call, calling);
}

static int end(struct calling *calling)
{
    pthread_join(calling->thread, NULL);
    return calling->result;
}

static struct channel *map_raw(uint32_t cna)
{
    char name[128];
    snprintf(name, sizeof name, "%s/cna-%u", folder, cna);
    int descriptor = open(name, O_RDWR);
    void *at = mmap(NULL, sizeof(struct channel), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    return at;
}

static void await(uint32_t *word, uint32_t value)
{
    for (int ms = 0; LOAD(*word) != value && ms < WAIT_MS; ms++) {
        cras_nap_us(1000);
    }
}

static void open_two(struct cras_uvb **a, struct cras_uvb **b)
{
    *a = *b = NULL;
    cras_uvb_open(path, 1, a);
    cras_uvb_open(path, 2, b);
}

static void close_two(struct cras_uvb *a, struct cras_uvb *b)
{
    cras_uvb_close(a);
    cras_uvb_close(b);
}

static void a_call_is_taken_and_answered(void)
{
    struct cras_uvb *a, *b;
    char buffer[BUFFER_BYTES];
    uint32_t size = sizeof buffer, sender = 0;
    uint64_t ticket = 0;
    open_two(&a, &b);
    struct calling calling = {
        .handle = a, .to = TO(2), .timeout_ms = WAIT_MS, .output_size = 16, .input = "last words"};
    begin(&calling);
    CHECK(cras_uvb_receive(b, CALL, WAIT_MS, &ticket, &sender, buffer, &size) == 1);
    CHECK(sender == FROM(1) && size == 10 && !memcmp(buffer, "last words", 10));
    CHECK(cras_uvb_reply(b, ticket, 0, "heard", 5) == 0);
    CHECK(end(&calling) == 0 && calling.output_size == 5 && !memcmp(calling.output, "heard", 5));
    CHECK(cras_uvb_reply(b, ticket, 0, NULL, 0) == -EINVAL);
    close_two(a, b);
}

static void a_window_is_filled_as_the_kernel_fills_it(void)
{
    struct cras_uvb *a, *b;
    open_two(&a, &b);
    struct channel *raw = map_raw(2);
    struct window *window = &raw->places[0].window;
    struct calling calling = {.handle = a, .to = TO(2), .timeout_ms = WAIT_MS, .output_size = 8, .input = "abcde"};
    begin(&calling);
    await(&window->receiver_id, TO(2));
    CHECK(LOAD(raw->places[0].grab) == FROM(1) && window->sender_id == FROM(1) && window->message_id == (uint32_t)CALL);
    CHECK(window->version == 1 && window->forwarder_id == TO(2) && window->status == 0);
    CHECK(window->input_size == 5 && window->input_sum == 0x64636261u + 0x65u);
    CHECK(window->input_address == 64 + 128 && window->output_address == 64 + 128 + 8 && window->output_size == 8);

    // Taken and answered by hand.
    STORE(window->receiver_id, 0);
    memcpy(raw->places[0].buffer + 8, "ok", 2);
    window->output_size = 2;
    window->output_sum = 0x6b6fu;
    STORE(window->message_id, ~(uint32_t)CALL);
    CHECK(end(&calling) == 0 && calling.output_size == 2 && !memcmp(calling.output, "ok", 2));
    CHECK(raw->places[0].grab == 0 && window->message_id == 0 && window->sender_id == 0 && window->input_sum == 0);
    munmap(raw, sizeof *raw);
    close_two(a, b);
}

static void a_wrong_sum_is_refused_at_both_ends(void)
{
    struct cras_uvb *a, *b;
    char buffer[BUFFER_BYTES];
    uint32_t size = sizeof buffer, sender;
    uint64_t ticket;
    open_two(&a, &b);
    struct channel *raw = map_raw(2);
    struct place *place = &raw->places[3];
    // A request by hand, whose sum is one too large.
    place->grab = FROM(1);
    memcpy(place->buffer, "abcd", 4);
    place->window = (struct window){.version = 1,
                                    .message_id = (uint32_t)CALL,
                                    .sender_id = FROM(1),
                                    .input_size = 4,
                                    .input_address = (uint64_t)(place->buffer - (uint8_t *)raw),
                                    .input_sum = 0x64636262u,
                                    .output_size = CRAS_UVB_NO_OUTPUT};
    STORE(place->window.receiver_id, TO(2));
    CHECK(cras_uvb_receive(b, CALL, 0, &ticket, &sender, buffer, &size) == 0);
    CHECK(LOAD(place->window.receiver_id) == 0 && place->window.message_id == ~(uint32_t)CALL &&
          place->window.status == -EINVAL);
    memset(place, 0, sizeof *place);

    // An answer by hand, whose sum is wrong.
    struct calling calling = {.handle = a, .to = TO(2), .timeout_ms = WAIT_MS, .output_size = 8, .input = "x"};
    begin(&calling);
    struct window *window = &raw->places[0].window;
    await(&window->receiver_id, TO(2));
    STORE(window->receiver_id, 0);
    window->output_size = 4;
    window->output_sum = 7;
    STORE(window->message_id, ~(uint32_t)CALL);
    CHECK(end(&calling) == -EINVAL && calling.output_size == 0);
    munmap(raw, sizeof *raw);
    close_two(a, b);
}

static void nobody_answers_and_the_window_is_free_again(void)
{
    struct cras_uvb *a, *b;
    char buffer[BUFFER_BYTES];
    uint32_t size = sizeof buffer, sender;
    uint64_t ticket;
    open_two(&a, &b);
    struct channel *raw = map_raw(2);
    uint64_t begun = cras_now_us();
    CHECK(cras_uvb_call(a, CALL, TO(2), "x", 1, NULL, NULL, CRAS_UVB_CALL_MS) == -ETIMEDOUT);
    CHECK(cras_now_us() - begun >= 1200000);
    CHECK(raw->places[0].grab == 0 && raw->places[0].window.receiver_id == 0);

    // Taken, and answered too late.
    struct calling calling = {.handle = a, .to = TO(2), .timeout_ms = 300, .output_size = 8, .input = "x"};
    begin(&calling);
    CHECK(cras_uvb_receive(b, CALL, WAIT_MS, &ticket, &sender, buffer, &size) == 1);
    CHECK(end(&calling) == -ETIMEDOUT);
    CHECK(cras_uvb_reply(b, ticket, 0, "late", 4) == -ETIMEDOUT);
    CHECK(raw->places[0].window.message_id == 0 && raw->places[0].grab == 0);
    munmap(raw, sizeof *raw);
    close_two(a, b);
}

static void what_is_wrong_is_said(void)
{
    struct cras_uvb *a, *b, *again;
    char bytes[BUFFER_BYTES + 1] = {0};
    uint32_t room = 8;
    open_two(&a, &b);
    CHECK(cras_uvb_version() >> 16 == 1 && cras_uvb_window_size(a) == BUFFER_BYTES);
    CHECK(cras_uvb_open(path, 1, &again) == -EBUSY && cras_uvb_open(path, 0xffffff, &again) == -EINVAL);
    CHECK(cras_uvb_open("/dev/null", 3, &again) == -EOPNOTSUPP && cras_uvb_open("/dev/no-uvb", 3, &again) == -ENOENT);
    CHECK(cras_uvb_call(a, 1, TO(2), "x", 1, NULL, NULL, 10) == -EINVAL);
    CHECK(cras_uvb_call(a, CALL, FROM(2), "x", 1, NULL, NULL, 10) == -EINVAL);
    CHECK(cras_uvb_call(a, CALL, TO(0xffffff), "x", 1, NULL, NULL, 10) == -EINVAL);
    CHECK(cras_uvb_call(a, CALL, TO(9), "x", 1, NULL, NULL, 10) == -EOPNOTSUPP);
    CHECK(cras_uvb_call(a, CALL, TO(2), bytes, sizeof bytes, NULL, NULL, 10) == -EOVERFLOW);
    CHECK(cras_uvb_call(a, CALL, TO(2), bytes, BUFFER_BYTES - 7, bytes, &room, 10) == -EOVERFLOW);
    cras_uvb_close(b);
    CHECK(cras_uvb_call(a, CALL, TO(2), "x", 1, NULL, NULL, 10) == -EOPNOTSUPP);
    cras_uvb_close(a);
}

static void a_call_that_nobody_handles_is_told_so(void)
{
    struct cras_uvb *a, *b;
    char buffer[BUFFER_BYTES];
    uint32_t size = sizeof buffer, sender;
    uint64_t ticket;
    open_two(&a, &b);
    struct calling calling = {.handle = a, .to = TO(2), .timeout_ms = WAIT_MS, .output_size = 8, .input = "x"};
    begin(&calling);
    struct channel *raw = map_raw(2);
    await(&raw->places[0].window.receiver_id, TO(2));
    CHECK(cras_uvb_receive(b, OTHER_CALL, 0, &ticket, &sender, buffer, &size) == 0);
    CHECK(end(&calling) == -EOPNOTSUPP);
    munmap(raw, sizeof *raw);
    close_two(a, b);
}

static void an_answer_that_does_not_fit_is_told_to_both(void)
{
    struct cras_uvb *a, *b;
    char buffer[BUFFER_BYTES];
    uint32_t size = sizeof buffer, sender;
    uint64_t ticket;
    open_two(&a, &b);
    struct calling calling = {.handle = a, .to = TO(2), .timeout_ms = WAIT_MS, .output_size = 4, .input = "x"};
    begin(&calling);
    CHECK(cras_uvb_receive(b, CALL, WAIT_MS, &ticket, &sender, buffer, &size) == 1);
    CHECK(cras_uvb_reply(b, ticket, 0, "much more", 9) == -EOVERFLOW);
    CHECK(end(&calling) == -EOVERFLOW);
    close_two(a, b);
}

static void full_windows_are_waited_for_and_then_given_up(void)
{
    struct cras_uvb *a, *b;
    open_two(&a, &b);
    struct channel *raw = map_raw(2);
    for (uint32_t at = 0; at < WINDOWS; at++) {
        STORE(raw->places[at].grab, FROM(7));
    }
    CHECK(cras_uvb_call(a, CALL, TO(2), "x", 1, NULL, NULL, WAIT_MS) == -EBUSY);

    // Who comes back with the CNA of who held them holds none.
    struct cras_uvb *seven;
    CHECK(cras_uvb_open(path, 7, &seven) == 0);
    CHECK(cras_uvb_call(seven, CALL, TO(2), "x", 1, NULL, NULL, 1) == -ETIMEDOUT);
    for (uint32_t at = 0; at < WINDOWS; at++) {
        CHECK(raw->places[at].grab == 0);
    }
    cras_uvb_close(seven);
    munmap(raw, sizeof *raw);
    close_two(a, b);
}

static void a_cut_is_silence(void)
{
    struct cras_uvb *a, *b;
    char name[128];
    open_two(&a, &b);
    snprintf(name, sizeof name, "%s/cut-1-2", folder);
    close(open(name, O_CREAT | O_WRONLY, 0600));
    CHECK(cras_uvb_call(b, CALL, TO(1), "x", 1, NULL, NULL, 20) == -ETIMEDOUT);
    CHECK(cras_uvb_call(a, CALL, TO(2), "x", 1, NULL, NULL, 20) == -ETIMEDOUT);
    unlink(name);
    close_two(a, b);
}

static void stop_wakes_who_waits(void)
{
    struct cras_uvb *a, *b;
    char buffer[BUFFER_BYTES];
    uint32_t size = sizeof buffer, sender;
    uint64_t ticket;
    open_two(&a, &b);
    struct calling calling = {.handle = a, .to = TO(2), .timeout_ms = 10 * WAIT_MS, .output_size = 4, .input = "x"};
    begin(&calling);
    cras_uvb_stop(a);
    CHECK(end(&calling) == -ECANCELED);
    CHECK(cras_uvb_receive(a, CALL, WAIT_MS, &ticket, &sender, buffer, &size) == -ECANCELED);
    close_two(a, b);
}

static void a_closing_end_tells_who_waits(void)
{
    struct cras_uvb *a, *b;
    open_two(&a, &b);
    struct calling calling = {.handle = a, .to = TO(2), .timeout_ms = WAIT_MS, .output_size = 4, .input = "x"};
    struct channel *raw = map_raw(2);
    begin(&calling);
    await(&raw->places[0].window.receiver_id, TO(2));
    cras_uvb_close(b);
    CHECK(end(&calling) == -EOPNOTSUPP);
    munmap(raw, sizeof *raw);
    cras_uvb_close(a);
}

struct echoing {
    struct cras_uvb *handle;
    uint32_t count;
};

static void *echo(void *of)
{
    struct echoing *echoing = of;
    char buffer[BUFFER_BYTES];
    uint32_t size = sizeof buffer, sender;
    uint64_t ticket;
    while (cras_uvb_receive(echoing->handle, CALL, WAIT_MS, &ticket, &sender, buffer, &size) == 1) {
        cras_uvb_reply(echoing->handle, ticket, 0, buffer, size);
        echoing->count++;
        size = sizeof buffer;
    }
    return NULL;
}

struct asking {
    pthread_t thread;
    uint32_t cna, wrong;
};

static void *ask(void *of)
{
    struct asking *asking = of;
    struct cras_uvb *handle;
    char text[32], answer[32];
    if (cras_uvb_open(path, asking->cna, &handle)) {
        asking->wrong = 1000;
        return NULL;
    }
    for (uint32_t number = 0; number < 100; number++) {
        int length = snprintf(text, sizeof text, "%u of %u", number, asking->cna);
        uint32_t room = sizeof answer;
        int result = -EBUSY;
        for (int times = 0; result == -EBUSY && times < 1000; times++) {
            room = sizeof answer;
            result = cras_uvb_call(handle, CALL, TO(2), text, (uint32_t)length, answer, &room, WAIT_MS);
        }
        if (result || room != (uint32_t)length || memcmp(answer, text, room)) {
            asking->wrong++;
        }
    }
    cras_uvb_close(handle);
    return NULL;
}

// More callers than windows, each with answers of its own.
static void callers_never_get_the_answers_of_others(void)
{
    enum { CALLERS = 24 };
    struct cras_uvb *b;
    struct asking asking[CALLERS];
    CHECK(cras_uvb_open(path, 2, &b) == 0);
    struct echoing echoing = {.handle = b};
    pthread_t thread;
    pthread_create(&thread, NULL, echo, &echoing);
    for (uint32_t at = 0; at < CALLERS; at++) {
        asking[at] = (struct asking){.cna = 100 + at};
        pthread_create(&asking[at].thread, NULL, ask, &asking[at]);
    }
    for (uint32_t at = 0; at < CALLERS; at++) {
        pthread_join(asking[at].thread, NULL);
    }
    cras_uvb_stop(b);
    pthread_join(thread, NULL);
    cras_uvb_close(b);
    for (uint32_t at = 0; at < CALLERS; at++) {
        CHECK(asking[at].wrong == 0);
    }
    CHECK(echoing.count == CALLERS * 100);
}

static void a_killed_process_leaves_its_cna_free(void)
{
    struct cras_uvb *a, *b;
    CHECK(cras_uvb_open(path, 1, &a) == 0);
    pid_t child = fork();
    if (child == 0) {
        char buffer[BUFFER_BYTES];
        uint32_t size = sizeof buffer, sender;
        uint64_t ticket;
        if (cras_uvb_open(path, 2, &b)) {
            _exit(1);
        }
        // Takes the call, and dies of it.
        cras_uvb_receive(b, CALL, WAIT_MS, &ticket, &sender, buffer, &size);
        raise(SIGKILL);
        _exit(1);
    }
    int result = -EOPNOTSUPP;
    for (int ms = 0; result == -EOPNOTSUPP && ms < WAIT_MS; ms++) {
        result = cras_uvb_call(a, CALL, TO(2), "x", 1, NULL, NULL, 1000);
        if (result == -EOPNOTSUPP) {
            cras_nap_us(1000);
        }
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    CHECK(result == -ETIMEDOUT);
    CHECK(cras_uvb_open(path, 2, &b) == 0);
    close_two(a, b);
}

int main(void)
{
    strcpy(folder, "/tmp/uvb-shim.XXXXXX");
    if (!mkdtemp(folder)) {
        return 2;
    }
    snprintf(path, sizeof path, "shm:%s", folder);
    RUN(a_call_is_taken_and_answered);
    RUN(a_window_is_filled_as_the_kernel_fills_it);
    RUN(a_wrong_sum_is_refused_at_both_ends);
    RUN(nobody_answers_and_the_window_is_free_again);
    RUN(what_is_wrong_is_said);
    RUN(a_call_that_nobody_handles_is_told_so);
    RUN(an_answer_that_does_not_fit_is_told_to_both);
    RUN(full_windows_are_waited_for_and_then_given_up);
    RUN(a_cut_is_silence);
    RUN(stop_wakes_who_waits);
    RUN(a_closing_end_tells_who_waits);
    RUN(callers_never_get_the_answers_of_others);
    RUN(a_killed_process_leaves_its_cna_free);
    char command[96];
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command)) {
        printf("%s is left\n", folder);
    }
    printf("%d passed, %d failed, 0 skipped\n", passed, failed);
    return failed ? 1 : 0;
}
