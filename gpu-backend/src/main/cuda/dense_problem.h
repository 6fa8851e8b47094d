/*
 * One product of dense matrices as the kernels see it: C (m, n) <- A (m, k) B (k, n), or C + A B, `batch` times. Offsets
 * and strides are in elements; a batch stride of 0 uses one factor for all products. A stored transposed is (k, m) in
 * memory, B stored transposed (n, k); C is not. Mirrored by duality.gpu.dense.DenseLayout.
 */
#ifndef DENSE_PROBLEM_H
#define DENSE_PROBLEM_H

#ifdef __CUDACC__
#include <cuda.h>
#elif !defined(HOPPER_PROBLEM_H)
typedef struct {
    _Alignas(64) char bytes[128];
} CUtensorMap;
#endif

typedef struct {
    CUtensorMap a_map, b_map; /* Hopper's: (part, batch, row, column) as stored, in boxes of 64 by 64 */
    const void *a, *b;
    void *c;
    long long a_at, a_row, a_batch;
    long long b_at, b_row, b_batch;
    long long c_at, c_row, c_batch;
    int m, n, k, batch;
    int a_shared, b_shared; /* whether the batch stride is 0 */
    int add;                /* whether C is added to, or overwritten */
    int c_bfloat16;         /* Hopper's: whether C is bfloat16, or float32 */
} DenseProblem;

#endif
