/* What the portable kernels share: reading and writing numbers, step sizes, and products of tiles. */
#pragma once

#include <cuda_bf16.h>

#include "ssd_problem.h"

typedef __nv_bfloat16 bf16;

/* The longest chunk, and the side of the tiles. */
constexpr int TILE = 64;
/* The steps of the summed index that are in shared memory at a time. */
constexpr int DEPTH = 16;
/* A block: 16 x 16 threads, each with 4 x 4 entries of a tile. */
constexpr int THREADS = 256;
/* Keeps rows on 16 bytes and columns in different banks. */
constexpr int PITCH = TILE + 4;

__device__ inline double widen(double v, double) { return v; }
__device__ inline float widen(float v, float) { return v; }
__device__ inline float widen(bf16 v, float) { return __bfloat162float(v); }
__device__ inline void store(double *p, double v) { *p = v; }
__device__ inline void store(float *p, float v) { *p = v; }
__device__ inline void store(bf16 *p, float v) { *p = __float2bfloat16_rn(v); }

/* Element i of an array that holds numbers of type S, as a T. */
template <typename T, typename S>
__device__ inline T at(const void *array, long long i) {
    return widen(static_cast<const S *>(array)[i], T());
}
template <typename S, typename T>
__device__ inline void put(void *array, long long i, T value) {
    store(static_cast<S *>(array) + i, value);
}

/* Which of `count` shared heads or groups a head reads: neighbours share. */
__device__ inline int shared_by(int head, int heads, int count) { return head / (heads / count); }

template <typename T>
__device__ inline T sigmoid(T v) {
    T e = exp(-fabs(v));
    return (v >= 0 ? T(1) : e) / (1 + e);
}
template <typename T>
__device__ inline T silu(T z) {
    return z * sigmoid(z);
}
template <typename T>
__device__ inline T silu_slope(T z) {
    T s = sigmoid(z);
    return s * (1 + z * (1 - s));
}

/* A step size after bias, softplus and limit, its derivative (0 where it was clamped), and the decay. In float64 always:
   there are few of them, and the exponential multiplies the relative error of its argument by its size. */
struct Step {
    double dt, slope, decay;
};
template <typename T>
__device__ inline Step step_of(const SsdProblem &p, long long row, int head) {
    double raw = static_cast<const T *>(p.dt)[row * p.heads + head];
    if (p.dt_bias) raw += static_cast<const T *>(p.dt_bias)[head];
    double positive = p.dt_softplus ? fmax(raw, 0.0) + log1p(exp(-fabs(raw))) : raw;
    double dt = fmin(fmax(positive, p.dt_min), p.dt_max);
    double slope = dt != positive ? 0 : p.dt_softplus ? sigmoid(raw) : 1;
    /* A step of length zero does not decay, even at the rate -inf. */
    double rate = static_cast<const T *>(p.A)[head];
    return {dt, slope, dt == 0 ? 1 : exp(dt * rate)};
}

template <typename T>
struct alignas(16) Quad {
    T v[4];
};

/* Where the operands of a product of tiles pass through shared memory. */
template <typename T>
struct Stage {
    T left[DEPTH][PITCH], right[DEPTH][PITCH];
};

/* The 4 x 4 entries of a tile that belong to this thread: rows row().. and columns column().. */
__device__ inline int row() { return threadIdx.x / 16 * 4; }
__device__ inline int column() { return threadIdx.x % 16 * 4; }

/*
 * entries(i, j) += sum over k < depth of left(i, k) * right(k, j), for i, j < TILE. The operands are functions that give
 * zero outside their arrays. `Along` says whether neighbouring k are neighbours in memory; otherwise i or j are. All
 * threads of the block must call it.
 */
template <bool LeftAlong, bool RightAlong, typename T, typename Left, typename Right>
__device__ inline void multiply_add(T (&entries)[4][4], int depth, Stage<T> &stage, Left left, Right right) {
    for (int from = 0; from < depth; from += DEPTH) {
#pragma unroll
        for (int e = threadIdx.x; e < TILE * DEPTH; e += THREADS) {
            int k = LeftAlong ? e % DEPTH : e / TILE, i = LeftAlong ? e / DEPTH : e % TILE;
            stage.left[k][i] = from + k < depth ? left(i, from + k) : T(0);
        }
#pragma unroll
        for (int e = threadIdx.x; e < TILE * DEPTH; e += THREADS) {
            int k = RightAlong ? e % DEPTH : e / TILE, j = RightAlong ? e / DEPTH : e % TILE;
            stage.right[k][j] = from + k < depth ? right(from + k, j) : T(0);
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < DEPTH; k++) {
            Quad<T> a = *reinterpret_cast<Quad<T> *>(&stage.left[k][row()]);
            Quad<T> b = *reinterpret_cast<Quad<T> *>(&stage.right[k][column()]);
#pragma unroll
            for (int i = 0; i < 4; i++)
#pragma unroll
                for (int j = 0; j < 4; j++) entries[i][j] += a.v[i] * b.v[j];
        }
        __syncthreads();
    }
}

template <typename T>
__device__ inline void clear(T (&entries)[4][4]) {
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) entries[i][j] = 0;
}

/* One head of one chunk. */
template <typename T>
struct Chunk {
    int number, head, length;
    long long first_row;

    __device__ Chunk(const SsdProblem &p, int number, int head)
        : number(number), head(head), length(p.chunk_length[number]), first_row(p.chunk_row[number]) {}

    /* Where step t starts in an array (rows, count, width) that has this head as number `index` of `count`. */
    __device__ long long offset(int t, int index, int count, int width) const {
        return ((first_row + t) * count + index) * width;
    }
    /* Where this head's state starts in an array (chunks, heads, head_dim, state_size). */
    __device__ long long state(const SsdProblem &p) const {
        return ((long long)number * p.heads + head) * p.head_dim * p.state_size;
    }
    /* A value of an array (rows, heads), `beyond` after the chunk's end. */
    __device__ T per_step(const SsdProblem &p, const void *array, int t, T beyond) const {
        return t < length ? static_cast<const T *>(array)[(first_row + t) * p.heads + head] : beyond;
    }
};

/* The decays of a chunk: of every step, and of every four steps together. */
template <typename T>
struct Decays {
    T step[TILE];
    T four[TILE / 4];

    /* All threads must call it; it ends with a barrier. */
    __device__ void load(const SsdProblem &p, const Chunk<T> &chunk) {
        int t = threadIdx.x;
        if (t < TILE) step[t] = chunk.per_step(p, p.decay, t, T(1));
        __syncthreads();
        if (t < TILE / 4) four[t] = step[4 * t] * step[4 * t + 1] * step[4 * t + 2] * step[4 * t + 3];
        __syncthreads();
    }

    /*
     * Multiplies this thread's entries (t, s) by the mask L: a_t ... a_{s+1} for t >= s, zero above the diagonal. Every
     * decay is a product of factors, so a reset is exact and nothing is subtracted.
     */
    __device__ void mask(T (&entries)[4][4]) const {
        int t0 = row(), s0 = column();
        if (t0 < s0) {
            clear(entries);
        } else if (t0 == s0) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                T product = 1;
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    if (i > j) product *= step[t0 + i];
                    entries[i][j] = i < j ? T(0) : entries[i][j] * product;
                }
            }
        } else {
            T between = 1;
            for (int b = s0 / 4 + 1; b < t0 / 4; b++) between *= four[b];
            T before[4];
            before[3] = between;
#pragma unroll
            for (int j = 2; j >= 0; j--) before[j] = before[j + 1] * step[s0 + j + 1];
#pragma unroll
            for (int i = 0; i < 4; i++) {
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    before[j] *= step[t0 + i];
                    entries[i][j] *= before[j];
                }
            }
        }
    }
};

/* A sum over the 16 threads that have the same rows, in a fixed order; all of them get it. */
template <typename T>
__device__ inline T sum_of_row(T value) {
#pragma unroll
    for (int lane = 8; lane > 0; lane /= 2) value += __shfl_xor_sync(0xffffffffu, value, lane);
    return value;
}
