// Calls over UVB windows, as a program would make them. A kernel driver that offers these, or a library over it, can
// take this one's place. Today there is none: what is behind them here are windows in shared memory, on one machine
// (docs/uvb.md).
//
// All functions answer 0, a count or a negative errno, and none touches errno. A handle may be used by several threads
// at once; only close wants to be alone.
#ifndef CRAS_UVB_H
#define CRAS_UVB_H

#include <stdint.h>

#ifndef CRAS_UVB_VERSION
#define CRAS_UVB_VERSION 0x00010000u
#endif

// A user id is a type in the top byte and an index below. Sentry's kernel drivers call from the one to the other.
#define CRAS_UVB_SENDER 0x20000000u
#define CRAS_UVB_RECEIVER 0x10000000u
#define CRAS_UVB_CNA_MAX 0xfffffeu

// "No output is wanted", where a size is said.
#define CRAS_UVB_NO_OUTPUT 0xffffffffu

// How long a call waits where the caller has no wish of his own; the limit of the kernel's.
#define CRAS_UVB_CALL_MS 1200u

#define CRAS_UVB_API __attribute__((visibility("default")))

struct cras_uvb;

// major * 65536 + minor. Callers refuse another major.
CRAS_UVB_API uint32_t cras_uvb_version(void);

// Opens this node's windows under its own CNA; only one handle has them at a time.
// path: "shm:FOLDER", a folder that all nodes of one fabric share (made if missing); "/dev/..." would be a driver's; ""
// is what
//   CRAS_UVB_PATH says in the environment, or /dev/cras_uvb.
// -2 nothing there, -13 not allowed, -16 another handle has this CNA, -22 no such CNA or path, -95 no driver is known.
CRAS_UVB_API int cras_uvb_open(const char *path, uint32_t cna, struct cras_uvb **handle);

// What waits in this handle ends with -125, and so does what comes later. For a program that cannot be sure that nobody
// waits.
CRAS_UVB_API void cras_uvb_stop(struct cras_uvb *handle);

// Gives all of it back, and answers those who wait for this CNA with -95. Nobody may be in a function of this handle,
// nor come.
CRAS_UVB_API void cras_uvb_close(struct cras_uvb *handle);

// Calls one peer and waits for its answer, but no longer than timeout_ms. There is no call to all.
// receiver_id: CRAS_UVB_RECEIVER + the peer's CNA. call_id: the top two bits are set.
// output: null, or room for *output_size bytes, which then says how many came.
// Result: what the peer's handler said (0 or a negative errno), else -16 no window became free, -22 wrong ids or a
// wrong sum,
//   -75 input or answer too large for a window, -95 nobody has this CNA, -110 no answer in time, -125 stopped.
CRAS_UVB_API int cras_uvb_call(struct cras_uvb *handle, uint32_t call_id, uint32_t receiver_id, const void *input,
                               uint32_t size, void *output, uint32_t *output_size, uint32_t timeout_ms);

// Waits for a call with this id; one thread at a time. Calls with other ids are answered with -95, damaged ones with
// -22. buffer: room for a whole window, and *size says so before; after it, how much came. sender_id: who called, by
// his window. 1: one came, and *ticket is its name for the answer. 0: none did in this time. -22, -125.
CRAS_UVB_API int cras_uvb_receive(struct cras_uvb *handle, uint32_t call_id, uint32_t timeout_ms, uint64_t *ticket,
                                  uint32_t *sender_id, void *buffer, uint32_t *size);

// Answers a call, once. status: 0 or a negative errno. output: null, or size bytes.
// -22 no such ticket, -75 more than the caller has room for (it is told so), -110 he waits no more.
CRAS_UVB_API int cras_uvb_reply(struct cras_uvb *handle, uint64_t ticket, int32_t status, const void *output,
                                uint32_t size);

// Bytes of a window's buffer: input and answer of one call together, the answer at a multiple of 8.
CRAS_UVB_API uint32_t cras_uvb_window_size(struct cras_uvb *handle);

#endif
