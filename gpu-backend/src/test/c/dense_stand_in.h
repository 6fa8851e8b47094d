/* The kernels of dense products by plain loops, which read what the kernels read: arguments, strides and tensor maps. */
#include "../../main/cuda/dense_problem.h"

/* What a map of dense products says, in the place of the driver's bits. */
typedef struct {
    const uint16_t *address;
    uint64_t lengths[4], strides[3];
} Map;

static int describeMap(void *map, int type, unsigned rank, void *address, const uint64_t *lengths,
                       const uint64_t *strides, const unsigned *box, int swizzle) {
    if (type != 9 || rank != 4 || swizzle != 3 || (uintptr_t)address % 16) return INVALID_VALUE;
    Map *said = map;
    said->address = address;
    for (int i = 0; i < 4; i++) {
        if (lengths[i] == 0 || lengths[i] > 1ull << 32 || box[i] != (i < 2 ? 64 : 1)) return INVALID_VALUE;
        said->lengths[i] = lengths[i];
    }
    for (int i = 0; i < 3; i++) {
        if (strides[i] % 16 || strides[i] >= 1ull << 40) return INVALID_VALUE;
        said->strides[i] = strides[i];
    }
    return 0;
}

static float ofBfloat16(uint16_t bits) {
    uint32_t wide = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &wide, 4);
    return value;
}
static uint16_t toBfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

/* The sum of an entry's parts; outside the lengths it is zero. */
static double mapped(const CUtensorMap *map, uint64_t column, uint64_t row, uint64_t batch) {
    const Map *m = (const Map *)map;
    double sum = 0;
    if (column >= m->lengths[0] || row >= m->lengths[1] || batch >= m->lengths[2]) return 0;
    for (uint64_t part = 0; part < m->lengths[3]; part++)
        sum += ofBfloat16(*(const uint16_t *)((const char *)m->address + column * 2 + row * m->strides[0] +
                                              batch * m->strides[1] + part * m->strides[2]));
    return sum;
}

typedef enum { BFLOAT16, FLOAT32, FLOAT64 } Type;
static double get(const void *array, Type type, long long at) {
    return type == FLOAT64   ? ((const double *)array)[at]
           : type == FLOAT32 ? ((const float *)array)[at]
                             : ofBfloat16(((const uint16_t *)array)[at]);
}
static void put(void *array, Type type, long long at, double value) {
    if (type == FLOAT64)
        ((double *)array)[at] = value;
    else if (type == FLOAT32)
        ((float *)array)[at] = (float)value;
    else
        ((uint16_t *)array)[at] = toBfloat16((float)value);
}

static void multiplyDense(const DenseProblem *p, Type type, Type result, int hopper, int aTransposed, int bTransposed) {
    for (int batch = 0; batch < p->batch; batch++)
        for (int i = 0; i < p->m; i++)
            for (int j = 0; j < p->n; j++) {
                double sum = 0;
                for (int k = 0; k < p->k; k++) {
                    int ar = aTransposed ? k : i, ac = aTransposed ? i : k;
                    int br = bTransposed ? j : k, bc = bTransposed ? k : j;
                    sum += hopper ? mapped(&p->a_map, ac, ar, p->a_shared ? 0 : batch) *
                                        mapped(&p->b_map, bc, br, p->b_shared ? 0 : batch)
                                  : get(p->a, type, p->a_at + batch * p->a_batch + ar * p->a_row + ac) *
                                        get(p->b, type, p->b_at + batch * p->b_batch + br * p->b_row + bc);
                }
                long long at = p->c_at + batch * p->c_batch + i * p->c_row + j;
                put(p->c, result, at, p->add ? get(p->c, result, at) + sum : sum);
            }
}

static void split(void **parameters) {
    const float *source = *(const float **)parameters[0];
    long long at = *(long long *)parameters[1], row = *(long long *)parameters[2], batch = *(long long *)parameters[3];
    uint16_t *target = *(uint16_t **)parameters[4];
    int rows = *(int *)parameters[5], columns = *(int *)parameters[6], pitch = *(int *)parameters[7];
    long long size = (long long)*(int *)parameters[8] * rows * pitch;
    for (long long i = 0; i < size; i++) {
        long long line = i / pitch;
        float value = i % pitch < columns ? source[at + line / rows * batch + line % rows * row + i % pitch] : 0;
        for (int part = 0; part < 3; part++) {
            target[part * size + i] = toBfloat16(value);
            value -= ofBfloat16(target[part * size + i]);
        }
    }
}

/* A kernel's handle is its name, which is never forgotten. */
static char names[64][40];
static const char *denseKernel(const char *name) {
    for (int i = 0; i < 64; i++) {
        if (!names[i][0]) strncpy(names[i], name, sizeof names[i] - 1);
        if (strcmp(names[i], name) == 0) return names[i];
    }
    return NULL;
}

/* [hopper_]dense_TYPE[_RESULT or _COLUMNS]_LAYOUT, or dense_split */
static int runDense(const char *name, void **parameters) {
    if (strcmp(name, "dense_split") == 0) return split(parameters), 0;
    const DenseProblem *p = parameters[0];
    int hopper = strncmp(name, "hopper_", 7) == 0;
    const char *layout = name + strlen(name) - 2;
    Type type = strstr(name, "dense_float64") ? FLOAT64 : strstr(name, "dense_float32") ? FLOAT32 : BFLOAT16;
    Type result = hopper && type == BFLOAT16             ? p->c_bfloat16 ? BFLOAT16 : FLOAT32
                  : strstr(name, "bfloat16_float32") ? FLOAT32
                                                         : type;
    multiplyDense(p, type, result, hopper, layout[0] == 't', layout[1] == 't');
    return 0;
}
