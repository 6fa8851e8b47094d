/* A stand-in for the CUDA driver. INIT is what cuInit returns, DEVICES the number of devices. */
#include <stddef.h>
#include <stdio.h>

#ifndef INIT
#define INIT 0
#endif
#ifndef DEVICES
#define DEVICES 2
#endif
#ifndef NAME_RESULT
#define NAME_RESULT 0
#endif

int cuInit(unsigned flags) { return flags == 0 ? INIT : 1; }
int cuDriverGetVersion(int *version) { *version = 13020; return 0; }
int cuDeviceGetCount(int *count) { *count = DEVICES; return 0; }
/* Handles differ from ordinals, so that a mix-up shows. */
int cuDeviceGet(int *device, int ordinal) { *device = 40 + ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) {
    snprintf(name, length, "Stand-in %d", device);
    return NAME_RESULT;
}
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = ((size_t)device << 32) + 1; return 0; }
#ifndef OLD
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    *value = attribute == 75 ? 9 : attribute == 76 ? device - 40 : -1;
    return 0;
}
#endif
int cuGetErrorName(int code, const char **name) {
    *name = code == 100 ? "CUDA_ERROR_NO_DEVICE" : code == 999 ? "CUDA_ERROR_UNKNOWN" : NULL;
    return *name ? 0 : 1;
}
int cuGetErrorString(int code, const char **text) {
    *text = code == 100 ? "no CUDA-capable device is detected" : code == 999 ? "unknown error" : NULL;
    return *text ? 0 : 1;
}
