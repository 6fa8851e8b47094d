/* What the portable kernels share: reading and writing numbers, step sizes, and products of tiles. */
#pragma once

#include <cuda_bf16.h>

#include "ssd_problem.h"

typedef __nv_bfloat16 bf16;

/* The longest chunk, and the side of the tiles. */
constexpr int TILE = 64;
/* A block: eight warps, each with 16 x 32 entries of a tile. */
constexpr int THREADS = 256;
/* The rows of a tile in shared memory stay on 16 bytes. */
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

/* V neighbouring numbers, read and written together. */
template <typename T, int V>
struct alignas(V * sizeof(T) < 16 ? V * sizeof(T) : 16) Pack {
    T v[V];
};

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
__device__ inline Quad<double> load(const double *p) { return *reinterpret_cast<const Quad<double> *>(p); }
__device__ inline Quad<float> load(const float *p) { return *reinterpret_cast<const Quad<float> *>(p); }
__device__ inline Quad<float> load(const bf16 *p) {
    uint2 bits = *reinterpret_cast<const uint2 *>(p);
    return {__uint_as_float(bits.x << 16), __uint_as_float(bits.x & 0xffff0000u), __uint_as_float(bits.y << 16),
            __uint_as_float(bits.y & 0xffff0000u)};
}

/* A matrix in memory, zero outside, whose rows may be scaled. */
template <typename T, typename S>
struct View {
    const S *data;
    long long stride;
    int rows, columns;
    const T *scale; /* a factor for every row, or NULL */
    bool quads;     /* whether every four columns from a multiple of four on are aligned, and all inside or all outside */

    __device__ View(const void *array, long long offset, long long stride, int rows, int columns,
                    const T *scale = nullptr)
        : data(static_cast<const S *>(array) + offset), stride(stride), rows(rows), columns(columns), scale(scale),
          quads(offset % 4 == 0 && stride % 4 == 0 && columns % 4 == 0) {}

    /* The same from a column on, a multiple of four. */
    __device__ View from(int column) const {
        View view = *this;
        view.data += column;
        view.columns -= column;
        return view;
    }
    __device__ T at(int row, int column) const {
        if (row >= rows || column >= columns) return 0;
        T value = widen(data[row * stride + column], T());
        return scale ? value * scale[row] : value;
    }
    /* Four neighbours in a row. */
    __device__ Quad<T> quad(int row, int column) const {
        Quad<T> four = {0, 0, 0, 0};
        if (row < rows && column < columns) {
            const S *first = data + row * stride + column;
            if (quads) {
                four = load(first);
            } else {
#pragma unroll
                for (int e = 0; e < 4; e++)
                    if (column + e < columns) four.v[e] = widen(first[e], T());
            }
            if (scale) {
                T factor = scale[row];
#pragma unroll
                for (int e = 0; e < 4; e++) four.v[e] *= factor;
            }
        }
        return four;
    }
};

/*
 * A thread's entries of a tile: as the matrix instructions give them, four pairs of neighbours in a row, and the same
 * eight rows below.
 */
template <typename T>
struct Entries {
    T v[4][4];

    __device__ Entries() {
#pragma unroll
        for (int n = 0; n < 4; n++)
#pragma unroll
            for (int e = 0; e < 4; e++) v[n][e] = 0;
    }
    static __device__ int first_row() { return threadIdx.x / 64 * 16 + threadIdx.x % 32 / 4; }
    static __device__ int first_column() { return threadIdx.x / 32 % 2 * 32 + threadIdx.x % 4 * 2; }
    /* The rows of the tile are shared by two warps, its columns by four. */
    static __device__ int row_share() { return threadIdx.x / 32 % 2; }
    static __device__ int column_share() { return threadIdx.x / 64; }

    /* Calls f(row, column, entry) for every entry. */
    template <typename F>
    __device__ void each(F f) {
#pragma unroll
        for (int n = 0; n < 4; n++)
#pragma unroll
            for (int e = 0; e < 4; e++) f(first_row() + e / 2 * 8, first_column() + n * 8 + e % 2, v[n][e]);
    }

    /* Adds the sums of f(row, column, entry) over the columns of a warp to sums[row_share()], in a fixed order. */
    template <typename F>
    __device__ void add_row_sums(T (*sums)[TILE], F f) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int row = first_row() + half * 8;
            T sum = 0;
#pragma unroll
            for (int n = 0; n < 4; n++)
#pragma unroll
                for (int e = 0; e < 2; e++) sum += f(row, first_column() + n * 8 + e, v[n][half * 2 + e]);
            sum += __shfl_xor_sync(0xffffffffu, sum, 1);
            sum += __shfl_xor_sync(0xffffffffu, sum, 2);
            if (threadIdx.x % 4 == 0) sums[row_share()][row] += sum;
        }
    }

    /* Sets sums[column_share()] to the sums of f(row, column) over the rows of a warp, in a fixed order. */
    template <typename F>
    static __device__ void set_column_sums(T (*sums)[TILE], F f) {
#pragma unroll
        for (int n = 0; n < 4; n++)
#pragma unroll
            for (int e = 0; e < 2; e++) {
                int column = first_column() + n * 8 + e;
                T sum = f(first_row(), column) + f(first_row() + 8, column);
#pragma unroll
                for (int lane = 4; lane < 32; lane *= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lane);
                if (threadIdx.x % 32 < 4) sums[column_share()][column] = sum;
            }
    }
};

/* An operand of a product as it passes through shared memory: DEPTH steps of the summed index at a time. */
template <typename T>
struct Panel {
    static constexpr int DEPTH = 128 / sizeof(T);
    static constexpr int ALONG = DEPTH + 4, ACROSS = TILE + (sizeof(T) == 4 ? 8 : 4); /* no two lanes in one bank */
    static constexpr int SIZE = TILE * ALONG > DEPTH * ACROSS ? TILE * ALONG : DEPTH * ACROSS;
    alignas(16) T v[SIZE];

    /* This thread's share of it, on its way from the device's memory. */
    struct Share {
        Quad<T> quads[TILE * DEPTH / 4 / THREADS];
    };

    /* Reads rows of the view as they are, or its columns if it is to be transposed. */
    template <bool Transposed, typename S>
    static __device__ void fetch(Share &share, const View<T, S> &view, int from) {
        constexpr int QUADS = (Transposed ? TILE : DEPTH) / 4;
#pragma unroll
        for (int i = 0; i < TILE * DEPTH / 4 / THREADS; i++) {
            int q = threadIdx.x + i * THREADS, row = q / QUADS, column = q % QUADS * 4;
            share.quads[i] = Transposed ? view.quad(from + row, column) : view.quad(row, from + column);
        }
    }
    template <bool Transposed>
    __device__ void take(const Share &share) {
        constexpr int QUADS = (Transposed ? TILE : DEPTH) / 4;
#pragma unroll
        for (int i = 0; i < TILE * DEPTH / 4 / THREADS; i++) {
            int q = threadIdx.x + i * THREADS, row = q / QUADS, column = q % QUADS * 4;
            *reinterpret_cast<Quad<T> *>(&v[row * (Transposed ? ACROSS : ALONG) + column]) = share.quads[i];
        }
    }
    template <bool Transposed>
    __device__ T at(int i, int k) const {
        return v[Transposed ? k * ACROSS + i : i * ALONG + k];
    }
};

/* Both operands. `Ahead` says whether the next panels are read while these are multiplied, which costs registers. */
template <typename T, bool Ahead = true>
struct Stage {
    Panel<T> left, right;
};

/*
 * A float as the sum of two numbers of 11 bits, which the matrix instructions multiply without rounding (the second
 * is cut off there). What is not represented is 2^-22 of it at most.
 */
struct Split {
    unsigned high, low;
    __device__ Split(float v) {
        high = (__float_as_uint(v) + 0x1000u) & 0xffffe000u;
        low = __float_as_uint(v - __uint_as_float(high));
    }
};
__device__ inline void multiply_add(float (&sum)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
__device__ inline void multiply_add(double &sum0, double &sum1, double a, double b) {
    asm("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};"
        : "+d"(sum0), "+d"(sum1)
        : "d"(a), "d"(b));
}

/* Adds the product of the staged operands over k < depth. Exact operands are floats of at most 11 bits. */
template <bool LeftT, bool RightT, bool LeftExact, bool RightExact>
__device__ inline void multiply_staged(Entries<float> &entries, const Panel<float> &left, const Panel<float> &right,
                                       int depth) {
    int i = Entries<float>::first_row(), j = threadIdx.x / 32 % 2 * 32 + threadIdx.x % 32 / 4;
#pragma unroll
    for (int from = 0; from < Panel<float>::DEPTH; from += 8) {
        if (from >= depth) break;
        int k = from + threadIdx.x % 4;
        unsigned high[4], low[4];
#pragma unroll
        for (int e = 0; e < 4; e++) {
            Split a(left.at<LeftT>(i + e % 2 * 8, k + e / 2 * 4));
            high[e] = a.high;
            low[e] = a.low;
        }
#pragma unroll
        for (int n = 0; n < 4; n++) {
            unsigned b_high[2], b_low[2];
#pragma unroll
            for (int e = 0; e < 2; e++) {
                Split b(right.at<RightT>(j + n * 8, k + e * 4));
                b_high[e] = b.high;
                b_low[e] = b.low;
            }
            if (!LeftExact) multiply_add(entries.v[n], low, b_high);
            if (!RightExact) multiply_add(entries.v[n], high, b_low);
            multiply_add(entries.v[n], high, b_high);
        }
    }
}
template <bool LeftT, bool RightT, bool, bool>
__device__ inline void multiply_staged(Entries<double> &entries, const Panel<double> &left,
                                       const Panel<double> &right, int depth) {
    int i = Entries<double>::first_row(), j = threadIdx.x / 32 % 2 * 32 + threadIdx.x % 32 / 4;
#pragma unroll
    for (int from = 0; from < Panel<double>::DEPTH; from += 4) {
        if (from >= depth) break;
        int k = from + threadIdx.x % 4;
        double above = left.at<LeftT>(i, k), below = left.at<LeftT>(i + 8, k);
#pragma unroll
        for (int n = 0; n < 4; n++) {
            double b = right.at<RightT>(j + n * 8, k);
            multiply_add(entries.v[n][0], entries.v[n][1], above, b);
            multiply_add(entries.v[n][2], entries.v[n][3], below, b);
        }
    }
}

/* Whether numbers of type S, unscaled, need no splitting. */
template <typename T, typename S>
constexpr bool EXACT = sizeof(S) < sizeof(T);
/*
 * entries(i, j) += sum over k < depth of left(i, k) right(j, k), where a transposed operand has its indices exchanged.
 * Float32 products are split into exact ones for the matrix instructions; `LeftExact` and `RightExact` say that an
 * operand needs no splitting. All threads of the block must call it; it ends with a barrier.
 */
template <bool LeftT, bool RightT, bool LeftExact = false, bool RightExact = false, typename T, bool Ahead, typename L,
          typename R>
__device__ inline void multiply_add(Entries<T> &entries, int depth, Stage<T, Ahead> &stage, const View<T, L> &left,
                                    const View<T, R> &right) {
    typename Panel<T>::Share left_share, right_share;
    auto fetch = [&](int from) {
        Panel<T>::template fetch<LeftT>(left_share, left, from);
        Panel<T>::template fetch<RightT>(right_share, right, from);
    };
    if (Ahead) fetch(0);
    for (int from = 0; from < depth; from += Panel<T>::DEPTH) {
        if (!Ahead) fetch(from);
        stage.left.template take<LeftT>(left_share);
        stage.right.template take<RightT>(right_share);
        __syncthreads();
        if (Ahead && from + Panel<T>::DEPTH < depth) fetch(from + Panel<T>::DEPTH);
        multiply_staged<LeftT, RightT, LeftExact, RightExact>(entries, stage.left, stage.right, depth - from);
        __syncthreads();
    }
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
    /* The rows of one head of an array (rows, count, width). */
    template <typename S>
    __device__ View<T, S> rows(const void *array, int index, int count, int width, const T *scale = nullptr) const {
        return View<T, S>(array, offset(0, index, count, width), (long long)count * width, length, width, scale);
    }
    /* This head's state in an array (chunks, heads, head_dim, state_size). */
    __device__ View<T, T> state(const SsdProblem &p, const void *array, int first_dim = 0) const {
        return View<T, T>(array, state(p) + (long long)first_dim * p.state_size, p.state_size, p.head_dim - first_dim,
                          p.state_size);
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

/*
 * The mask L of a chunk: a_t ... a_{s+1} for t >= s, zero above the diagonal. Every decay is a product of factors, so a
 * reset is exact and nothing is subtracted. The chunk is cut into eighths; a decay goes from a step to the end of its
 * eighth, through the eighths between, and from the start of an eighth to a step.
 */
template <typename T>
struct Mask {
    static constexpr int PART = 8, PARTS = TILE / PART;
    T from_start[TILE], to_end[TILE];
    T between[PARTS][PARTS]; /* after part i and before part j */
    T inside[TILE][PART];    /* from step s of the same part, by s % PART */

    /* All threads must call it; it ends with a barrier. `step` has the decays of the steps, in shared memory. */
    __device__ void load(const T *step) {
        int t = threadIdx.x % TILE, part = t / PART;
        if (threadIdx.x < TILE) {
            T product = 1;
            for (int s = t; s >= part * PART; s--) {
                inside[t][s % PART] = product;
                product *= step[s];
            }
            from_start[t] = product;
        } else if (threadIdx.x < 2 * TILE) {
            T product = 1;
            for (int s = part * PART + PART - 1; s > t; s--) product *= step[s];
            to_end[t] = product;
        } else if (threadIdx.x < 3 * TILE) {
            int i = t / PARTS, j = t % PARTS;
            T product = 1;
            for (int s = (i + 1) * PART; s < j * PART; s++) product *= step[s];
            between[i][j] = product;
        }
        __syncthreads();
    }
    __device__ T at(int t, int s) const {
        int i = s / PART, j = t / PART;
        return s > t ? T(0) : i == j ? inside[t][s % PART] : to_end[s] * between[i][j] * from_start[t];
    }
};
