// How windows lie in the file of a CNA, FOLDER/cna-NUMBER: a head, then window after window, each with its grab word
// and buffer.
#ifndef CRAS_UVB_WINDOW_H
#define CRAS_UVB_WINDOW_H

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cras_uvb.h"

#define WINDOWS 16u
#define BUFFER_BYTES 4096u
#define MAGIC 0x42565543u // "CUVB"

// As the kernel's, which has it at a physical address that its firmware names.
struct window {
    uint8_t version;
    uint8_t reserved1[3];
    uint32_t message_id; // the call id; its bitwise NOT when the call is done
    uint32_t sender_id;
    uint32_t receiver_id;   // written last; zero once the call is taken
    uint64_t input_address; // here: where in the file
    uint32_t input_size;
    uint32_t input_sum;
    uint64_t output_address;
    uint32_t output_size;
    uint32_t output_sum;
    int32_t status;
    uint32_t reserved2[2];
    uint32_t forwarder_id;
};

static_assert(sizeof(struct window) == 64, "a window has 64 bytes");
static_assert(offsetof(struct window, message_id) == 4, "message id");
static_assert(offsetof(struct window, sender_id) == 8, "sender id");
static_assert(offsetof(struct window, receiver_id) == 12, "receiver id");
static_assert(offsetof(struct window, input_address) == 16, "input address");
static_assert(offsetof(struct window, input_size) == 24, "input size");
static_assert(offsetof(struct window, input_sum) == 28, "input sum");
static_assert(offsetof(struct window, output_address) == 32, "output address");
static_assert(offsetof(struct window, output_size) == 40, "output size");
static_assert(offsetof(struct window, output_sum) == 44, "output sum");
static_assert(offsetof(struct window, status) == 48, "status");
static_assert(offsetof(struct window, forwarder_id) == 60, "forwarder id");

struct place {
    struct window window;
    uint32_t grab;      // zero, or the sender id of who has the window
    uint32_t answering; // ours: the receiver is writing an answer, so who gives up waits for him
    uint8_t reserved[56];
    uint8_t buffer[BUFFER_BYTES];
};

static_assert(offsetof(struct place, grab) == 64, "grab word");
static_assert(offsetof(struct place, buffer) == 128, "buffer");

struct channel {
    uint32_t magic;
    uint32_t version;
    uint32_t windows;
    uint32_t window_bytes;
    uint32_t registered; // the receiver id of who listens; zero: nobody
    uint32_t delay_us;   // from the grab to the look whether it held
    uint8_t reserved[40];
    struct place places[WINDOWS];
};

static_assert(offsetof(struct channel, places) == 64, "windows begin");

struct peer {
    struct peer *next;
    uint32_t cna;
    struct channel *channel;
};

struct taken {
    uint64_t ticket; // zero: none
    uint32_t call_id;
    uint32_t sender_id;
};

struct cras_uvb {
    char *folder;
    uint32_t cna;
    int descriptor; // holds the lock on this CNA
    struct channel *own;
    uint32_t stopped;
    pthread_mutex_t gate; // of what is below
    struct peer *peers;
    struct taken taken[WINDOWS];
    uint64_t tickets;
    uint32_t next; // where the next round begins
};

// Finds the windows of a peer, and maps them at the first call. Null: nobody has ever had this CNA, or memory is short.
struct channel *cras_channel_of(struct cras_uvb *handle, uint32_t cna);

// Answers all that waits in our own windows with -95: nobody will.
void cras_refuse_all(struct cras_uvb *handle);

// True: the folder has a file cut-LOWER-HIGHER of these two, so nothing goes between them.
bool cras_is_cut(const struct cras_uvb *handle, uint32_t cna);

// The sum of 32-bit little-endian words, the last one filled up with zeros.
uint32_t cras_sum(const void *bytes, uint32_t size);

uint64_t cras_now_us(void);
void cras_nap_us(uint32_t us);

static inline uint32_t round_up_8(uint32_t size)
{
    return (size + 7u) & ~7u;
}

#define LOAD(word) __atomic_load_n(&(word), __ATOMIC_SEQ_CST)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_SEQ_CST)

static inline bool swap(uint32_t *word, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(word, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

#endif
