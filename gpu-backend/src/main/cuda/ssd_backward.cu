/*
 * The gradient of the SSD operator by chunks, on any GPU. After the steps and states of ssd_forward.cu: the gradient of
 * what the gate multiplies; what every chunk adds to the gradient of the state that enters it; those gradients passed
 * from chunk to chunk, backwards; then everything else inside the chunks. With S the state that enters a chunk, G the
 * gradient of the state that leaves it, l, w and a the decays from its start, to its end and through it:
 *
 *   U   = (L o C B^T)^T dY + w o (B G)      the gradient of dt x
 *   dCB = L o (dY X^T)
 *   dB  = dCB^T C + w o (X G^T)
 *   dC  = dCB B + l o (dY S^T)
 *
 * What heads or chunks share is summed in a fixed order, so two runs give the same bits.
 */
#include "ssd_common.cuh"

/* The gradient of what the gate multiplies, dy silu(z). A thread for every entry. */
template <typename T, typename S, typename G>
__device__ void gate(const SsdProblem &p) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.rows * p.heads * p.head_dim) return;
    T dy = at<T, G>(p.dy, i);
    put<T>(p.gated_dy, i, p.z ? dy * silu(at<T, S>(p.z, i)) : dy);
}

/* The gradient of the gate. A thread for every entry. */
template <typename T, typename S, typename G>
__device__ void gate_gradient(const SsdProblem &p) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.rows * p.heads * p.head_dim) return;
    put<S>(p.grad_z, i, at<T, G>(p.dy, i) * silu_slope(at<T, S>(p.z, i)) * at<T, T>(p.ungated_y, i));
}

/*
 * What a chunk adds to the gradient of the state that enters it: the sum over t of (a_t ... a_0) dy_t C_t^T. A block for
 * every chunk, head, and tile of (head_dim, state_size).
 */
template <typename T, typename S>
__device__ void chunk_state_gradients(const SsdProblem &p) {
    __shared__ Stage<T> stage;
    __shared__ T from_start[TILE];
    int columns = (p.state_size + TILE - 1) / TILE, rows = (p.head_dim + TILE - 1) / TILE;
    int n0 = blockIdx.x % columns * TILE, p0 = blockIdx.x / columns % rows * TILE;
    int which = blockIdx.x / (columns * rows);
    Chunk<T> chunk(p, which / p.heads, which % p.heads);
    int gc = shared_by(chunk.head, p.heads, p.c_groups);
    if (threadIdx.x < TILE) from_start[threadIdx.x] = chunk.per_step(p, p.from_start, threadIdx.x, 0);
    __syncthreads();

    T entries[4][4];
    clear(entries);
    multiply_add<false, false>(
        entries, chunk.length, stage,
        [&](int i, int t) {
            return p0 + i < p.head_dim
                       ? at<T, T>(p.gated_dy, chunk.offset(t, chunk.head, p.heads, p.head_dim) + p0 + i) *
                             from_start[t]
                       : T(0);
        },
        [&](int t, int j) {
            return n0 + j < p.state_size ? at<T, S>(p.C, chunk.offset(t, gc, p.c_groups, p.state_size) + n0 + j)
                                         : T(0);
        });
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            int dim = p0 + row() + i, n = n0 + column() + j;
            if (dim < p.head_dim && n < p.state_size)
                put<T>(p.state_gradients, chunk.state(p) + (long long)dim * p.state_size + n, entries[i][j]);
        }
}

/*
 * From what every chunk adds to the gradient of the state that leaves every chunk, and those of the initial states. A
 * thread for every entry of the states of every sequence.
 */
template <typename T>
__device__ void pass_state_gradients(const SsdProblem &p) {
    constexpr int AHEAD = 8; /* loads under way at a time */
    long long size = (long long)p.heads * p.head_dim * p.state_size;
    long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= p.sequences * size) return;
    int sequence = index / size;
    long long entry = index % size;
    int head = entry / ((long long)p.head_dim * p.state_size);
    int begin = p.first_chunk[sequence], end = p.first_chunk[sequence + 1];
    T gradient = p.dfinal_states ? at<T, T>(p.dfinal_states, index) : T(0);
    T *gradients = static_cast<T *>(p.state_gradients);
    for (int c = end - 1; c >= begin; c -= AHEAD) {
        T added[AHEAD], through[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            added[i] = c - i >= begin ? gradients[(c - i) * size + entry] : T(0);
            through[i] = c - i >= begin ? at<T, T>(p.through, (long long)(c - i) * p.heads + head) : T(0);
        }
#pragma unroll
        for (int i = 0; i < AHEAD; i++)
            if (c - i >= begin) {
                gradients[(c - i) * size + entry] = gradient;
                gradient = through[i] * gradient + added[i];
            }
    }
    put<T>(p.grad_initial_states, index, gradient);
}

/* A sum over the block in a fixed order; thread 0 gets it. */
template <typename T>
__device__ T sum_of_block(T value) {
    __shared__ T warps[THREADS / 32];
#pragma unroll
    for (int lane = 16; lane > 0; lane /= 2) value += __shfl_xor_sync(0xffffffffu, value, lane);
    __syncthreads();
    if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
    __syncthreads();
    T sum = 0;
    for (int i = 0; i < THREADS / 32; i++) sum += warps[i];
    return sum;
}

/*
 * The gradients that a head has for itself: of x (if no heads share it, else a part), dt, and parts of those of A, D and
 * dt_bias; for a gate, what it multiplies. A block for every chunk and head.
 *
 * The gradient of a decay's logarithm is summed over the paths that cross its step k. By where a path starts and ends,
 * with M = L o C B^T o dY X^T:
 *
 *   state to output   the sum over t >= k of dy_t . (l_t S C_t)
 *   state to state    a <S, G>
 *   input to state    the sum over s < k of x_s . (w_s G B_s)
 *   input to output   the sum over t >= k and s < k of M_ts
 */
template <typename T, typename S>
__device__ void input_gradients(const SsdProblem &p) {
    extern __shared__ __align__(16) char memory[];
    Stage<T> &stage = *reinterpret_cast<Stage<T> *>(memory);
    T(*w)[TILE + 1] = reinterpret_cast<T(*)[TILE + 1]>(memory + sizeof(Stage<T>));
    __shared__ Decays<T> decays;
    __shared__ T from_start[TILE], to_end[TILE], dt[TILE];
    __shared__ T state_to_output[TILE], input_to_state[TILE], dx_x[TILE];
    Chunk<T> chunk(p, blockIdx.x / p.heads, blockIdx.x % p.heads);
    int hx = shared_by(chunk.head, p.heads, p.x_heads);
    int gb = shared_by(chunk.head, p.heads, p.b_groups), gc = shared_by(chunk.head, p.heads, p.c_groups);
    if (threadIdx.x < TILE) {
        int t = threadIdx.x;
        from_start[t] = chunk.per_step(p, p.from_start, t, 0);
        to_end[t] = chunk.per_step(p, p.to_end, t, 0);
        dt[t] = chunk.per_step(p, p.step, t, 0);
        state_to_output[t] = input_to_state[t] = dx_x[t] = 0;
    }
    decays.load(p, chunk);

    auto b_of = [&](int s, int n) {
        return s < chunk.length ? at<T, S>(p.B, chunk.offset(s, gb, p.b_groups, p.state_size) + n) : T(0);
    };
    auto c_of = [&](int t, int n) {
        return t < chunk.length ? at<T, S>(p.C, chunk.offset(t, gc, p.c_groups, p.state_size) + n) : T(0);
    };
    auto x_of = [&](int s, int i) {
        return s < chunk.length && i < p.head_dim ? at<T, S>(p.x, chunk.offset(s, hx, p.x_heads, p.head_dim) + i)
                                                  : T(0);
    };
    auto dy_of = [&](int t, int i) {
        return t < chunk.length && i < p.head_dim
                   ? at<T, T>(p.gated_dy, chunk.offset(t, chunk.head, p.heads, p.head_dim) + i)
                   : T(0);
    };
    const T *state = static_cast<const T *>(p.states) + chunk.state(p);
    const T *state_gradient = static_cast<const T *>(p.state_gradients) + chunk.state(p);

    T entries[4][4];
    clear(entries);
    multiply_add<true, true>(entries, p.state_size, stage, c_of, [&](int n, int s) { return b_of(s, n); });
    decays.mask(entries);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) w[row() + i][column() + j] = entries[i][j];
    __syncthreads();

    for (int p0 = 0; p0 < p.head_dim; p0 += TILE) {
        /* what the state contributes to the outputs */
        clear(entries);
        multiply_add<true, true>(entries, p.state_size, stage, c_of, [&](int n, int j) {
            return p0 + j < p.head_dim ? state[(long long)(p0 + j) * p.state_size + n] : T(0);
        });
        for (int i = 0; i < 4; i++) {
            int t = row() + i;
            T sum = 0;
            for (int j = 0; j < 4; j++) {
                entries[i][j] *= from_start[t];
                sum += dy_of(t, p0 + column() + j) * entries[i][j];
            }
            sum = sum_of_row(sum);
            if (threadIdx.x % 16 == 0) state_to_output[t] += sum;
        }
        if (p.z) {
            multiply_add<true, false>(
                entries, chunk.length, stage, [&](int t, int s) { return w[t][s]; },
                [&](int s, int j) { return x_of(s, p0 + j) * dt[s]; });
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++) {
                    int t = row() + i, dim = p0 + column() + j;
                    if (t >= chunk.length || dim >= p.head_dim) continue;
                    T y = entries[i][j];
                    if (p.D)
                        y += at<T, T>(p.D, p.d_per_channel ? chunk.head * p.head_dim + dim : chunk.head) *
                             x_of(t, dim);
                    put<T>(p.ungated_y, chunk.offset(t, chunk.head, p.heads, p.head_dim) + dim, y);
                }
        }

        /* U */
        clear(entries);
        multiply_add<true, true>(entries, p.state_size, stage, b_of, [&](int n, int j) {
            return p0 + j < p.head_dim ? state_gradient[(long long)(p0 + j) * p.state_size + n] : T(0);
        });
        for (int i = 0; i < 4; i++) {
            int s = row() + i;
            T sum = 0;
            for (int j = 0; j < 4; j++) {
                entries[i][j] *= to_end[s];
                sum += x_of(s, p0 + column() + j) * dt[s] * entries[i][j];
            }
            sum = sum_of_row(sum);
            if (threadIdx.x % 16 == 0) input_to_state[s] += sum;
        }
        multiply_add<false, false>(
            entries, chunk.length, stage, [&](int s, int t) { return w[t][s]; },
            [&](int t, int j) { return dy_of(t, p0 + j); });
        T of_skip[4] = {0, 0, 0, 0};
        for (int i = 0; i < 4; i++) {
            int s = row() + i;
            T sum = 0;
            for (int j = 0; j < 4; j++) {
                int dim = p0 + column() + j;
                T x = x_of(s, dim), dy = dy_of(s, dim);
                sum += x * entries[i][j];
                of_skip[j] += x * dy;
                if (s >= chunk.length || dim >= p.head_dim) continue;
                T dx = dt[s] * entries[i][j];
                if (p.D)
                    dx += at<T, T>(p.D, p.d_per_channel ? chunk.head * p.head_dim + dim : chunk.head) * dy;
                long long target = chunk.offset(s, chunk.head, p.heads, p.head_dim) + dim;
                if (p.part_x)
                    put<T>(p.part_x, target, dx);
                else
                    put<S>(p.grad_x, target, dx);
            }
            sum = sum_of_row(sum);
            if (threadIdx.x % 16 == 0) dx_x[s] += sum;
        }
        if (p.D) {
            for (int j = 0; j < 4; j++) stage.left[row() / 4][column() + j] = of_skip[j];
            __syncthreads();
            int dim = p0 + threadIdx.x;
            if (threadIdx.x < TILE && dim < p.head_dim) {
                T sum = 0;
                for (int i = 0; i < 16; i++) sum += stage.left[i][threadIdx.x];
                put<T>(p.part_D, ((long long)chunk.number * p.heads + chunk.head) * p.head_dim + dim, sum);
            }
            __syncthreads();
        }
    }

    /* M, in the place of W */
    clear(entries);
    multiply_add<true, true>(entries, p.head_dim, stage, dy_of, [&](int i, int s) { return x_of(s, i) * dt[s]; });
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) w[row() + i][column() + j] *= entries[i][j];
    T inner = 0;
    for (int i = threadIdx.x; i < p.head_dim * p.state_size; i += THREADS) inner += state[i] * state_gradient[i];
    inner = sum_of_block(inner); /* has barriers, so W is M now */
    __shared__ T state_to_state;
    if (threadIdx.x == 0)
        state_to_state = at<T, T>(p.through, (long long)chunk.number * p.heads + chunk.head) * inner;

    /* the sums over s < k, in place: W_tk for k <= t */
    if (threadIdx.x < TILE) {
        int t = threadIdx.x;
        T sum = 0;
        for (int s = 0; s <= t; s++) {
            T entry = w[t][s];
            w[t][s] = sum;
            sum += entry;
        }
    }
    __syncthreads();

    T of_dt = 0, of_rate = 0;
    int k = threadIdx.x;
    if (k < chunk.length) {
        T log_decay = state_to_state;
        for (int t = k; t < chunk.length; t++) log_decay += state_to_output[t] + w[t][k];
        for (int s = 0; s < k; s++) log_decay += input_to_state[s];
        of_dt = dx_x[k];
        if (log_decay != 0) { /* a reset's gradient is zero even at the rate -inf */
            of_rate = log_decay * dt[k];
            of_dt += log_decay * at<T, T>(p.A, chunk.head);
        }
        of_dt *= T(step_of<T>(p, chunk.first_row + k, chunk.head).slope);
        put<T>(p.grad_dt, chunk.offset(k, chunk.head, p.heads, 1), of_dt);
    }
    T rate = sum_of_block(of_rate);
    T bias = sum_of_block(of_dt);
    if (threadIdx.x == 0) {
        put<T>(p.part_A, (long long)chunk.number * p.heads + chunk.head, rate);
        if (p.dt_bias) put<T>(p.part_dt_bias, (long long)chunk.number * p.heads + chunk.head, bias);
    }
}

/*
 * The gradients of B or of C, summed over the heads of a part. A block for every chunk, part and tile of state_size.
 *
 *   dB_s = sum over t of dCB_ts C_t + w_s G^T x_s,   dC_t = sum over s of dCB_ts B_s + l_t S^T dy_t
 */
template <typename T, typename S, bool OfB>
__device__ void group_gradients(const SsdProblem &p) {
    extern __shared__ __align__(16) char memory[];
    Stage<T> &stage = *reinterpret_cast<Stage<T> *>(memory);
    T(*w)[TILE + 1] = reinterpret_cast<T(*)[TILE + 1]>(memory + sizeof(Stage<T>));
    __shared__ Decays<T> decays;
    __shared__ T edge[TILE], dt[TILE];
    int parts = OfB ? p.b_parts : p.c_parts, heads = p.heads / parts;
    int columns = (p.state_size + TILE - 1) / TILE;
    int n0 = blockIdx.x % columns * TILE, part = blockIdx.x / columns % parts;
    int number = blockIdx.x / (columns * parts);

    T sum[4][4];
    clear(sum);
    for (int head = part * heads; head < (part + 1) * heads; head++) {
        Chunk<T> chunk(p, number, head);
        int hx = shared_by(head, p.heads, p.x_heads);
        int gb = shared_by(head, p.heads, p.b_groups), gc = shared_by(head, p.heads, p.c_groups);
        __syncthreads();
        if (threadIdx.x < TILE) {
            edge[threadIdx.x] = chunk.per_step(p, OfB ? p.to_end : p.from_start, threadIdx.x, 0);
            dt[threadIdx.x] = chunk.per_step(p, p.step, threadIdx.x, 0);
        }
        decays.load(p, chunk);
        auto x_of = [&](int s, int i) {
            return s < chunk.length
                       ? at<T, S>(p.x, chunk.offset(s, hx, p.x_heads, p.head_dim) + i) * dt[s]
                       : T(0);
        };
        auto dy_of = [&](int t, int i) {
            return t < chunk.length ? at<T, T>(p.gated_dy, chunk.offset(t, head, p.heads, p.head_dim) + i) : T(0);
        };

        T entries[4][4];
        clear(entries);
        multiply_add<true, true>(entries, p.head_dim, stage, dy_of, [&](int i, int s) { return x_of(s, i); });
        decays.mask(entries);
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) w[row() + i][column() + j] = entries[i][j];
        __syncthreads();

        const T *state = static_cast<const T *>(OfB ? p.state_gradients : p.states) + chunk.state(p);
        auto state_of = [&](int i, int j) {
            return n0 + j < p.state_size ? state[(long long)i * p.state_size + n0 + j] : T(0);
        };
        if constexpr (OfB) {
            multiply_add<false, false>(
                sum, chunk.length, stage, [&](int s, int t) { return w[t][s]; },
                [&](int t, int j) {
                    return n0 + j < p.state_size
                               ? at<T, S>(p.C, chunk.offset(t, gc, p.c_groups, p.state_size) + n0 + j)
                               : T(0);
                });
            multiply_add<true, false>(
                sum, p.head_dim, stage, [&](int s, int i) { return x_of(s, i) * edge[s]; }, state_of);
        } else {
            multiply_add<true, false>(
                sum, chunk.length, stage, [&](int t, int s) { return w[t][s]; },
                [&](int s, int j) {
                    return n0 + j < p.state_size
                               ? at<T, S>(p.B, chunk.offset(s, gb, p.b_groups, p.state_size) + n0 + j)
                               : T(0);
                });
            multiply_add<true, false>(
                sum, p.head_dim, stage, [&](int t, int i) { return dy_of(t, i) * edge[t]; }, state_of);
        }
    }
    Chunk<T> chunk(p, number, 0);
    void *scratch = OfB ? p.part_B : p.part_C, *direct = OfB ? p.grad_B : p.grad_C;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            int t = row() + i, n = n0 + column() + j;
            if (t >= chunk.length || n >= p.state_size) continue;
            long long target = chunk.offset(t, part, parts, p.state_size) + n;
            if (scratch)
                put<T>(scratch, target, sum[i][j]);
            else
                put<S>(direct, target, sum[i][j]);
        }
}

/*
 * target (outer, width) <- the sums over `parts` neighbours of source (outer, parts, width), in order. A thread for every
 * entry of the target.
 */
template <typename T, typename S>
__device__ void sum_parts(const void *source, void *target, long long outer, int parts, int width) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= outer * width) return;
    long long from = i / width * parts * width + i % width;
    T sum = 0;
    for (int part = 0; part < parts; part++) sum += at<T, T>(source, from + (long long)part * width);
    put<S>(target, i, sum);
}

/*
 * target (width) <- the sums over the first and last axis of source (outer, width, inner), in an order that depends on
 * the sizes alone. A block for every entry of the target.
 */
template <typename T>
__device__ void sum_chunks(const void *source, void *target, long long outer, int width, int inner) {
    T sum = 0;
    for (long long i = threadIdx.x; i < outer * inner; i += THREADS)
        sum += at<T, T>(source, (i / inner * width + blockIdx.x) * inner + i % inner);
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) put<T>(target, blockIdx.x, sum);
}

#define GATES(NAME, T, S, G)                                                                                      \
    extern "C" __global__ void __launch_bounds__(THREADS) ssd_gate_##NAME(const __grid_constant__ SsdProblem p) { \
        gate<T, S, G>(p);                                                                                         \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                         \
        ssd_gate_gradient_##NAME(const __grid_constant__ SsdProblem p) {                                          \
        gate_gradient<T, S, G>(p);                                                                                \
    }
#define GRADIENTS(NAME, T, S, BLOCKS)                                                                                  \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_chunk_state_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                  \
        chunk_state_gradients<T, S>(p);                                                                           \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_pass_state_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                   \
        pass_state_gradients<T>(p);                                                                               \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_input_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                        \
        input_gradients<T, S>(p);                                                                                 \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_b_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                            \
        group_gradients<T, S, true>(p);                                                                           \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_c_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                            \
        group_gradients<T, S, false>(p);                                                                          \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) ssd_sum_parts_##NAME(                                   \
        const void *source, void *target, long long outer, int parts, int width) {                                \
        sum_parts<T, S>(source, target, outer, parts, width);                                                     \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) ssd_sum_chunks_##NAME(                                  \
        const void *source, void *target, long long outer, int width, int inner) {                                \
        sum_chunks<T>(source, target, outer, width, inner);                                                       \
    }

GATES(float64, double, double, double)
GATES(float32, float, float, float)
GATES(bfloat16, float, bf16, bf16)
GATES(bfloat16_of_float32, float, bf16, float)
/* With so many blocks on a multiprocessor no register spills. */
GRADIENTS(float64, double, double, 1)
GRADIENTS(float32, float, float, 2)
GRADIENTS(bfloat16, float, bf16, 2)
