/*
 * A stand-in for the CUDA driver: device memory is host memory, everything runs at once, and of errors there are those
 * that the macros ask for. INIT is what cuInit returns, DEVICES the number of devices, NAME_RESULT, ALLOC_RESULT and
 * SYNC_RESULT what the functions of these names return. With DENSE the kernels are those of dense products.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef INIT
#define INIT 0
#endif
#ifndef DEVICES
#define DEVICES 2
#endif
#ifndef NAME_RESULT
#define NAME_RESULT 0
#endif
#ifndef ALLOC_RESULT
#define ALLOC_RESULT 0
#endif
#ifdef DENSE
#define SHARED_BYTES (227 << 10)
#else
#define SHARED_BYTES (99 << 10)
#endif
#ifndef SYNC_RESULT
#define SYNC_RESULT 0
#endif

/* The handles are small numbers, each kind in its own range, so that a mix-up shows. */
enum { CONTEXT = 1000, STREAM = 2000, EVENT = 3000, MODULE = 4000, GRAPH = 5000, EXECUTABLE = 6000, POOL = 7000 };
enum { OUT_OF_MEMORY = 2, INVALID_VALUE = 1, INVALID_CONTEXT = 201, INVALID_HANDLE = 400, NOT_FOUND = 500 };

static _Thread_local uintptr_t current;
static uintptr_t next = 1;
static int retained;
static int live; /* objects that were created and not destroyed */

static int create(uintptr_t *out, uintptr_t kind) {
    if (current != CONTEXT) return INVALID_CONTEXT;
    *out = kind + next++ % 900;
    live++;
    return 0;
}
static int destroy(uintptr_t handle, uintptr_t kind) {
    if (current != CONTEXT) return INVALID_CONTEXT;
    if (handle < kind || handle >= kind + 1000) return INVALID_HANDLE;
    live--;
    return 0;
}
static int is(uintptr_t handle, uintptr_t kind) {
    return current != CONTEXT ? INVALID_CONTEXT : handle < kind || handle >= kind + 1000 ? INVALID_HANDLE : 0;
}
int standInLive(void) { return live; }
int standInRetained(void) { return retained; }

int cuInit(unsigned flags) { return flags == 0 ? INIT : 1; }
int cuDriverGetVersion(int *version) { *version = 13020; return 0; }
int cuDeviceGetCount(int *count) { *count = DEVICES; return 0; }
/* Handles differ from ordinals, so that a mix-up shows. */
int cuDeviceGet(int *device, int ordinal) { *device = 40 + ordinal; return ordinal < DEVICES ? 0 : 101; }
int cuDeviceGetName(char *name, int length, int device) {
    snprintf(name, length, "Stand-in %d", device);
    return NAME_RESULT;
}
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = ((size_t)device << 32) + 1; return 0; }
#ifndef OLD
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    *value = attribute == 75   ? 9
             : attribute == 76 ? device - 40
             : attribute == 16 ? 7
             : attribute == 97 ? SHARED_BYTES
                               : -1;
    return 0;
}
#endif
int cuGetErrorName(int code, const char **name) {
    *name = code == 100   ? "CUDA_ERROR_NO_DEVICE"
            : code == 999 ? "CUDA_ERROR_UNKNOWN"
            : code == 2   ? "CUDA_ERROR_OUT_OF_MEMORY"
            : code == 500 ? "CUDA_ERROR_NOT_FOUND"
            : code == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS"
                          : NULL;
    return *name ? 0 : 1;
}
int cuGetErrorString(int code, const char **text) {
    *text = code == 100   ? "no CUDA-capable device is detected"
            : code == 999 ? "unknown error"
            : code == 2   ? "out of memory"
            : code == 500 ? "named symbol not found"
            : code == 700 ? "an illegal memory access was encountered"
                          : NULL;
    return *text ? 0 : 1;
}

int cuDevicePrimaryCtxRetain(uintptr_t *context, int device) {
    *context = CONTEXT;
    retained++;
    return device >= 40 ? 0 : 101;
}
int cuDevicePrimaryCtxRelease_v2(int device) { retained--; return device >= 40 ? 0 : 101; }
int cuCtxSetCurrent(uintptr_t context) { current = context; return context == CONTEXT ? 0 : INVALID_CONTEXT; }
int cuCtxSynchronize(void) { return current == CONTEXT ? SYNC_RESULT : INVALID_CONTEXT; }

int cuStreamCreate(uintptr_t *stream, unsigned flags) { return flags == 1 ? create(stream, STREAM) : INVALID_VALUE; }
int cuStreamDestroy_v2(uintptr_t stream) { return destroy(stream, STREAM); }
int cuStreamSynchronize(uintptr_t stream) { int bad = is(stream, STREAM); return bad ? bad : SYNC_RESULT; }
int cuStreamWaitEvent(uintptr_t stream, uintptr_t event, unsigned flags) {
    return flags ? INVALID_VALUE : is(stream, STREAM) ? INVALID_HANDLE : is(event, EVENT);
}
int cuEventCreate(uintptr_t *event, unsigned flags) { return flags == 0 ? create(event, EVENT) : INVALID_VALUE; }
int cuEventDestroy_v2(uintptr_t event) { return destroy(event, EVENT); }
int cuEventRecord(uintptr_t event, uintptr_t stream) { return is(event, EVENT) ? INVALID_HANDLE : is(stream, STREAM); }
int cuEventSynchronize(uintptr_t event) { return is(event, EVENT); }
int cuEventElapsedTime(float *time, uintptr_t start, uintptr_t end) {
    *time = (float)end - (float)start;
    return is(start, EVENT) ? INVALID_HANDLE : is(end, EVENT);
}

int cuDeviceGetDefaultMemPool(uintptr_t *pool, int device) { *pool = POOL; return device >= 40 ? 0 : 101; }
int cuMemPoolSetAttribute(uintptr_t pool, int attribute, void *value) {
    return pool == POOL && attribute == 4 && *(uint64_t *)value == UINT64_MAX ? 0 : INVALID_VALUE;
}
int cuMemAllocAsync(void **memory, size_t bytes, uintptr_t stream) {
    int bad = is(stream, STREAM);
    if (bad || ALLOC_RESULT) return bad ? bad : ALLOC_RESULT;
    *memory = malloc(bytes);
    live++;
    return 0;
}
int cuMemFreeAsync(void *memory, uintptr_t stream) { live--; free(memory); return is(stream, STREAM); }
int cuMemHostAlloc(void **memory, size_t bytes, unsigned flags) {
    if (current != CONTEXT) return INVALID_CONTEXT;
    *memory = malloc(bytes);
    live++;
    return flags == 1 ? 0 : INVALID_VALUE;
}
int cuMemFreeHost(void *memory) { live--; free(memory); return 0; }
int cuMemcpyHtoDAsync_v2(void *to, const void *from, size_t bytes, uintptr_t stream) {
    memcpy(to, from, bytes);
    return is(stream, STREAM);
}
int cuMemcpyDtoHAsync_v2(void *to, const void *from, size_t bytes, uintptr_t stream) {
    memcpy(to, from, bytes);
    return is(stream, STREAM);
}
int cuMemcpyDtoDAsync_v2(void *to, const void *from, size_t bytes, uintptr_t stream) {
    memcpy(to, from, bytes);
    return is(stream, STREAM);
}
int cuMemsetD8Async(void *memory, unsigned char value, size_t bytes, uintptr_t stream) {
    memset(memory, value, bytes);
    return is(stream, STREAM);
}

#ifdef DENSE
#include "dense_stand_in.h"
#endif

/* Modules are text: the names of the kernels. */
static char image[64];
int cuModuleLoadData(uintptr_t *module, const void *data) {
    strncpy(image, data, sizeof image - 1);
    return create(module, MODULE);
}
int cuModuleUnload(uintptr_t module) { return destroy(module, MODULE); }
int cuModuleGetFunction(const char **function, uintptr_t module, const char *name) {
#ifdef DENSE
    return *function = denseKernel(name), is(module, MODULE);
#endif
    *function = strstr(image, name);
    return is(module, MODULE) ? INVALID_HANDLE : *function ? 0 : NOT_FOUND;
}
static int allowedBytes = 48 << 10;
int cuFuncGetAttribute(int *value, int attribute, const char *function) {
    *value = attribute == 3 ? 16 : attribute == 4 ? 255 : -1;
    return function >= image && function < image + sizeof image ? 0 : INVALID_HANDLE;
}
int cuFuncSetAttribute(const char *function, int attribute, int value) {
    if (attribute == 8) allowedBytes = value;
#ifdef DENSE
    function = image;
#endif
    return attribute == 8 && value > SHARED_BYTES ? INVALID_VALUE : function >= image ? 0 : INVALID_HANDLE;
}
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, const char *function, int threads, size_t shared) {
    *blocks = 2048 / threads - (int)(shared >> 20);
    return function >= image ? 0 : INVALID_HANDLE;
}

typedef struct {
    int id;
    char pad[8 - sizeof(int)];
    union {
        char room[64];
        unsigned cluster[3];
    } value;
} Attribute;
typedef struct {
    unsigned grid[3], block[3], sharedBytes;
    void *stream;
    Attribute *attributes;
    unsigned count;
} Config;

static int capturing;
static struct { uint64_t *target; int n; } captured;
static void addOne(uint64_t *target, int n) {
    for (int i = 0; i < n; i++) target[i]++;
}
/* "describe(target)" writes down how it was launched; "addOne(target, n)" adds one to n numbers. */
int cuLaunchKernelEx(const Config *config, const char *function, void **parameters, void **extra) {
    if (extra || is((uintptr_t)config->stream, STREAM)) return INVALID_HANDLE;
    if ((int)config->sharedBytes > allowedBytes) return INVALID_VALUE;
#ifdef DENSE
    return runDense(function, parameters);
#endif
    uint64_t *target = *(uint64_t **)parameters[0];
    if (strncmp(function, "describe", 8) == 0) {
        for (int i = 0; i < 3; i++) target[i] = config->grid[i], target[3 + i] = config->block[i];
        target[6] = config->sharedBytes;
        target[7] = config->count;
        for (unsigned a = 0; a < config->count; a++) {
            target[8 + 4 * a] = config->attributes[a].id;
            for (int i = 0; i < 3; i++) target[9 + 4 * a + i] = config->attributes[a].value.cluster[i];
        }
    } else if (capturing) {
        captured.target = target;
        captured.n = *(int *)parameters[1];
    } else {
        addOne(target, *(int *)parameters[1]);
    }
    return 0;
}
int cuStreamBeginCapture_v2(uintptr_t stream, int mode) { capturing = mode == 1; return is(stream, STREAM); }
int cuStreamEndCapture(uintptr_t stream, uintptr_t *graph) {
    capturing = 0;
    int bad = is(stream, STREAM);
    return bad ? bad : create(graph, GRAPH);
}
int cuGraphInstantiateWithFlags(uintptr_t *executable, uintptr_t graph, uint64_t flags) {
    return flags ? INVALID_VALUE : is(graph, GRAPH) ? INVALID_HANDLE : create(executable, EXECUTABLE);
}
int cuGraphDestroy(uintptr_t graph) { return destroy(graph, GRAPH); }
int cuGraphLaunch(uintptr_t executable, uintptr_t stream) {
    if (is(executable, EXECUTABLE) || is(stream, STREAM)) return INVALID_HANDLE;
    addOne(captured.target, captured.n);
    return 0;
}
int cuGraphExecDestroy(uintptr_t executable) { return destroy(executable, EXECUTABLE); }

/* Writes its arguments into the map, in order, as 64-bit numbers. */
int cuTensorMapEncodeTiled(uint64_t *map, int type, unsigned rank, void *address, const uint64_t *lengths,
                           const uint64_t *strides, const unsigned *box, const unsigned *steps, int interleave,
                           int swizzle, int promotion, int fill) {
    if ((uintptr_t)map % 64 || interleave || fill) return INVALID_VALUE;
#ifdef DENSE
    return describeMap(map, type, rank, address, lengths, strides, box, swizzle);
#endif
    uint64_t said[16] = {type,   rank,   (uintptr_t)address, lengths[0], lengths[1], strides[0],
                         box[0], box[1], steps[0],           steps[1],   swizzle,    promotion};
    memcpy(map, said, sizeof said);
    return 0;
}
