// Products of dense matrices of every shape and stride, by the tiles of the portable kernels, and what prepares float32
// for Hopper's.
#include "dense_problem.h"
#include "ssd_common.cuh"

/*
 * A block for every tile of every product. The matrix instructions cut sums off instead of rounding them, which over
 * thousands of terms would add up; so only a panel's products are summed there, and panels by ordinary additions.
 */
template <typename T, typename S, typename O, bool TransposedA, bool TransposedB>
__device__ void product(const DenseProblem &p) {
    extern __shared__ __align__(16) char memory[];
    Stage<T> &stage = *reinterpret_cast<Stage<T> *>(memory);
    constexpr int DEPTH = Panel<T>::DEPTH;
    constexpr bool LEFT = TransposedA, RIGHT = !TransposedB; /* the right operand of the tiles is B with exchanged indices */
    int across = (p.n + TILE - 1) / TILE, down = (p.m + TILE - 1) / TILE;
    int row = blockIdx.x / across % down * TILE, column = blockIdx.x % across * TILE;
    long long batch = blockIdx.x / across / down;
    long long a_at = p.a_at + batch * p.a_batch + row * (LEFT ? 1 : p.a_row);
    long long b_at = p.b_at + batch * p.b_batch + column * (RIGHT ? 1 : p.b_row);
    int rows = p.m - row, columns = p.n - column;
    View<T, S> a(p.a, a_at, p.a_row, LEFT ? p.k : rows, LEFT ? rows : p.k);
    View<T, S> b(p.b, b_at, p.b_row, RIGHT ? p.k : columns, RIGHT ? columns : p.k);

    Entries<T> sums;
    typename Panel<T>::Share a_share, b_share;
    auto fetch = [&](int from) {
        Panel<T>::template fetch<LEFT>(a_share, a, from);
        Panel<T>::template fetch<RIGHT>(b_share, b, from);
    };
    fetch(0);
    for (int from = 0; from < p.k; from += DEPTH) {
        stage.left.template take<LEFT>(a_share);
        stage.right.template take<RIGHT>(b_share);
        __syncthreads();
        if (from + DEPTH < p.k) fetch(from + DEPTH);
        Entries<T> panel;
        multiply_staged<LEFT, RIGHT, EXACT<T, S>, EXACT<T, S>>(panel, stage.left, stage.right, p.k - from);
#pragma unroll
        for (int n = 0; n < 4; n++)
#pragma unroll
            for (int e = 0; e < 4; e++) sums.v[n][e] += panel.v[n][e];
        __syncthreads();
    }
    sums.each([&](int i, int j, T sum) {
        if (i >= rows || j >= columns) return;
        long long target = p.c_at + batch * p.c_batch + (row + i) * p.c_row + column + j;
        put<O>(p.c, target, p.add ? at<T, O>(p.c, target) + sum : sum);
    });
}

#define PRODUCT(NAME, LAYOUT, T, S, O, TA, TB)                                                                    \
    extern "C" __global__ void __launch_bounds__(THREADS, 2) dense_##NAME##_##LAYOUT(                             \
            const __grid_constant__ DenseProblem p) {                                                             \
        product<T, S, O, TA, TB>(p);                                                                              \
    }
#define PRODUCTS(NAME, T, S, O)                                                                                   \
    PRODUCT(NAME, nn, T, S, O, false, false)                                                                      \
    PRODUCT(NAME, nt, T, S, O, false, true)                                                                       \
    PRODUCT(NAME, tn, T, S, O, true, false)                                                                       \
    PRODUCT(NAME, tt, T, S, O, true, true)

/* The type of the factors, then C's where it is another. */
PRODUCTS(float64, double, double, double)
PRODUCTS(float32, float, float, float)
PRODUCTS(bfloat16, float, bf16, bf16)
PRODUCTS(bfloat16_float32, float, bf16, float)

/*
 * Writes a float32 matrix (batch, rows, columns) as the sum of three in bfloat16, (3, batch, rows, pitch): every number
 * rounded, what is left of it rounded, and what is left then. Where nothing underflows, no more than 2^-25 of it is lost.
 */
extern "C" __global__ void __launch_bounds__(THREADS)
    dense_split(const float *source, long long at, long long row_stride, long long batch_stride, bf16 *target, int rows,
                int columns, int pitch, int batch) {
    long long size = (long long)batch * rows * pitch;
    for (long long i = (long long)blockIdx.x * THREADS + threadIdx.x; i < size; i += (long long)gridDim.x * THREADS) {
        int column = i % pitch;
        long long line = i / pitch;
        float value = column < columns
                          ? source[at + line / rows * batch_stride + line % rows * row_stride + column]
                          : 0.f;
        /* Rounded up, the largest numbers would be infinite. */
        float high = __bfloat162float(__float2bfloat16_rn(value));
        if (isinf(high)) high = __uint_as_float(__float_as_uint(value) & 0xffff0000u);
        float middle = __bfloat162float(__float2bfloat16_rn(value - high));
        target[i] = __float2bfloat16_rn(high);
        target[size + i] = __float2bfloat16_rn(middle);
        target[2 * size + i] = __float2bfloat16_rn(value - high - middle);
    }
}
