/* Faults on demand: one command a line of text, from the environment, from the same process, or over a socket. */
#include "sim.h"
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct sim_cut {
    urma_eid_t one, other;
    struct sim_cut *next;
};

struct sim_world sim_world = {.lock = PTHREAD_MUTEX_INITIALIZER, .control = -1, .log_level = URMA_VLOG_LEVEL_INFO};

#pragma GCC visibility push(default)
/* Returns 0, or -22 for what is no command. Not of liburma: that is how a program can tell them apart. */
int urma_sim_command(const char *text);
#pragma GCC visibility pop

void sim_log(int level, const char *format, ...)
{
    char line[256];
    urma_log_cb_t log = sim_world.log;
    if (log == NULL || level > atomic_load(&sim_world.log_level)) {
        return;
    }

    int length = snprintf(line, sizeof line, "simulated: ");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
    va_end(arguments);
    log(level, line);
}

static bool same(const urma_eid_t *one, const urma_eid_t *other) { return memcmp(one, other, sizeof *one) == 0; }

bool sim_is_cut(const urma_eid_t *one, const urma_eid_t *other)
{
    bool found = false;
    if (atomic_load(&sim_world.cut_count) == 0) {
        return false;
    }

    pthread_mutex_lock(&sim_world.lock);
    for (struct sim_cut *cut = sim_world.cuts; cut != NULL && !found; cut = cut->next) {
        found = (same(&cut->one, one) && same(&cut->other, other)) || (same(&cut->one, other) && same(&cut->other, one));
    }

    pthread_mutex_unlock(&sim_world.lock);
    return found;
}

static bool read_eid(const char *text, urma_eid_t *eid) { return text != NULL && urma_str_to_eid(text, eid) == 0; }

static bool cut_or_heal(const char *one, const char *other, bool is_cut)
{
    struct sim_cut *made = calloc(1, sizeof *made);
    if (made == NULL || !read_eid(one, &made->one) || !read_eid(other, &made->other)) {
        free(made);
        return false;
    }

    for (struct sim_cut **at = &sim_world.cuts; *at != NULL;) {
        struct sim_cut *cut = *at;
        if (same(&cut->one, &made->one) && same(&cut->other, &made->other)) {
            *at = cut->next;
            free(cut);
            atomic_fetch_sub(&sim_world.cut_count, 1);
        } else {
            at = &cut->next;
        }
    }

    if (is_cut) {
        made->next = sim_world.cuts;
        sim_world.cuts = made;
        atomic_fetch_add(&sim_world.cut_count, 1);
    } else {
        free(made);
    }

    return true;
}

static struct sim_device *find(const char *name)
{
    struct sim_device *device = sim_world.devices;
    while (device != NULL && strcmp(device->public.name, name) != 0) {
        device = device->next;
    }

    return device;
}

static bool add_device(const char *name, char **rest)
{
    struct sim_device *device = find(name);
    if (device == NULL) {
        device = calloc(1, sizeof *device);
        if (device == NULL || strlen(name) >= sizeof device->public.name) {
            free(device);
            return false;
        }

        strcpy(device->public.name, name);
        snprintf(device->public.path, sizeof device->public.path, "/simulated/%s", name);
        device->public.type = URMA_TRANSPORT_UB;
        device->next = sim_world.devices;
        sim_world.devices = device;
    }

    device->is_removed = device->is_dead = false;
    device->eid_count = 0;
    for (char *text; (text = strtok_r(NULL, " ", rest)) != NULL;) {
        if (device->eid_count == SIM_EIDS_MAX || !read_eid(text, &device->eids[device->eid_count])) {
            return false;
        }

        device->eid_count++;
    }

    return device->eid_count > 0;
}

static bool open_control(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0 || strlen(path) >= sizeof address.sun_path) {
        return false;
    }

    strcpy(address.sun_path, path);
    unlink(path);
    if (bind(made, (struct sockaddr *)&address, sizeof address) != 0) {
        close(made);
        return false;
    }

    sim_world.control = made;
    return true;
}

static bool set_number(atomic_int *at, const char *text)
{
    char *end = NULL;
    long value = text == NULL ? 0 : strtol(text, &end, 10);
    if (end == NULL || end == text || *end != '\0' || value < 0 || value > 3600000) {
        return false;
    }

    atomic_store(at, (int)value);
    return true;
}

static bool set_flag(atomic_bool *at, const char *text)
{
    if (text == NULL || (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)) {
        return false;
    }

    atomic_store(at, strcmp(text, "on") == 0);
    return true;
}

static bool for_device(const char *name, bool is_dead, bool is_removed, urma_async_event_type_t event)
{
    struct sim_device *device = name == NULL ? NULL : find(name);
    if (device == NULL) {
        return false;
    }

    device->is_dead = is_dead;
    device->is_removed = is_removed;
    for (struct sim_context *context = sim_world.contexts; context != NULL; context = context->next) {
        if (context->device == device) {
            sim_push_async(context, event);
        }
    }

    return true;
}

/* With the world's lock held. */
static bool obey(char *text)
{
    char *rest = NULL;
    const char *verb = strtok_r(text, " ", &rest);
    if (verb == NULL) {
        return true;
    }

    const char *first = strtok_r(NULL, " ", &rest);
    if (strcmp(verb, "fabric") == 0 && first != NULL && strlen(first) <= SIM_FOLDER_MAX) {
        strcpy(sim_world.folder, first);
        return true;
    }

    if (strcmp(verb, "device") == 0 && first != NULL) {
        return add_device(first, &rest);
    }

    if (strcmp(verb, "cut") == 0 || strcmp(verb, "heal") == 0) {
        return cut_or_heal(first, strtok_r(NULL, " ", &rest), verb[0] == 'c');
    }

    if (strcmp(verb, "kill") == 0) {
        return for_device(first, true, false, URMA_EVENT_DEV_FATAL);
    }

    if (strcmp(verb, "remove") == 0) {
        return for_device(first, true, true, URMA_EVENT_DEV_FATAL);
    }

    if (strcmp(verb, "revive") == 0) {
        return for_device(first, false, false, URMA_EVENT_PORT_ACTIVE);
    }

    if (strcmp(verb, "port-down") == 0) {
        return for_device(first, false, false, URMA_EVENT_PORT_DOWN);
    }

    if (strcmp(verb, "port-up") == 0) {
        return for_device(first, false, false, URMA_EVENT_PORT_ACTIVE);
    }

    return (strcmp(verb, "control") == 0 && first != NULL && open_control(first)) ||
           (strcmp(verb, "init-status") == 0 && set_number(&sim_world.init_status, first)) ||
           (strcmp(verb, "import-errno") == 0 && set_number(&sim_world.import_errno, first)) ||
           (strcmp(verb, "late-ms") == 0 && set_number(&sim_world.late_ms, first)) ||
           (strcmp(verb, "spurious") == 0 && set_number(&sim_world.spurious_wakes, first)) ||
           (strcmp(verb, "not-ready") == 0 && set_flag(&sim_world.is_not_ready, first)) ||
           (strcmp(verb, "reversed-eids") == 0 && set_flag(&sim_world.eids_reversed, first));
}

int urma_sim_command(const char *text)
{
    char copy[SIM_EIDS_MAX * 48];
    if (text == NULL || strlen(text) >= sizeof copy) {
        return -EINVAL;
    }

    strcpy(copy, text);
    pthread_mutex_lock(&sim_world.lock);
    bool is_done = obey(copy);
    for (struct sim_context *context = sim_world.contexts; context != NULL; context = context->next) {
        atomic_store(&context->must_look, true);
        sim_wake(context);
    }

    pthread_mutex_unlock(&sim_world.lock);
    sim_log(URMA_VLOG_LEVEL_INFO, "%s: %s", is_done ? "done" : "no such command", text);
    return is_done ? 0 : -EINVAL;
}

void sim_run_environment(void)
{
    const char *commands = getenv("URMA_SIM_COMMANDS");
    char *copy = commands == NULL ? NULL : strdup(commands);
    char *rest = NULL;
    for (char *one = copy == NULL ? NULL : strtok_r(copy, ";", &rest); one != NULL; one = strtok_r(NULL, ";", &rest)) {
        urma_sim_command(one);
    }

    free(copy);
}

void sim_read_control(void)
{
    char text[SIM_EIDS_MAX * 48];
    ssize_t length = recv(sim_world.control, text, sizeof text - 1, 0);
    if (length > 0) {
        text[length] = '\0';
        text[strcspn(text, "\n")] = '\0';
        urma_sim_command(text);
    }
}
