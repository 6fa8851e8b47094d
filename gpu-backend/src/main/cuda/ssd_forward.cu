/*
 * The SSD operator by chunks, on any GPU: step sizes and decays; what every chunk adds to the state; the states passed
 * from chunk to chunk; the outputs. All kernels take a range of chunks, so that a long problem can go in slabs.
 */
#include "ssd_common.cuh"

/* Step sizes and decays. A thread for every row of the range and head. */
template <typename T>
__device__ void steps(const SsdProblem &p, int first, int count) {
    long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    int last = first + count - 1;
    long long row = p.chunk_row[first] + index / p.heads;
    if (row >= p.chunk_row[last] + p.chunk_length[last]) return;
    int head = index % p.heads;
    Step step = step_of<T>(p, row, head);
    put<T>(p.step, row * p.heads + head, T(step.dt));
    put<T>(p.decay, row * p.heads + head, T(step.decay));
}

/* The decays' products in every chunk. A thread for every chunk of the range and head. */
template <typename T>
__device__ void decays(const SsdProblem &p, int first, int count) {
    constexpr int AHEAD = 8; /* loads under way at a time */
    long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= (long long)count * p.heads) return;
    Chunk<T> chunk(p, first + index / p.heads, index % p.heads);
    T product = 1;
    for (int t = 0; t < chunk.length; t += AHEAD) {
        T decay[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++) decay[i] = chunk.per_step(p, p.decay, t + i, 1);
#pragma unroll
        for (int i = 0; i < AHEAD; i++)
            if (t + i < chunk.length) {
                product *= decay[i];
                put<T>(p.from_start, chunk.offset(t + i, chunk.head, p.heads, 1), product);
            }
    }
    put<T>(p.through, (long long)chunk.number * p.heads + chunk.head, product);
    product = 1;
    for (int t = chunk.length - 1; t >= 0; t -= AHEAD) {
        T decay[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++) decay[i] = t - i >= 0 ? chunk.per_step(p, p.decay, t - i, 1) : T(1);
#pragma unroll
        for (int i = 0; i < AHEAD; i++)
            if (t - i >= 0) {
                put<T>(p.to_end, chunk.offset(t - i, chunk.head, p.heads, 1), product);
                product *= decay[i];
            }
    }
}

/*
 * What a chunk adds to the state: the sum over s of (a_{Q-1} ... a_{s+1}) dt_s x_s B_s^T. A block for every chunk of
 * the range, head, and tile of (head_dim, state_size).
 */
template <typename T, typename S>
__device__ void chunk_states(const SsdProblem &p, int first) {
    __shared__ Stage<T> stage;
    __shared__ T weight[TILE];
    int columns = (p.state_size + TILE - 1) / TILE, rows = (p.head_dim + TILE - 1) / TILE;
    int n0 = blockIdx.x % columns * TILE, p0 = blockIdx.x / columns % rows * TILE;
    int which = blockIdx.x / (columns * rows);
    Chunk<T> chunk(p, first + which / p.heads, which % p.heads);
    if (threadIdx.x < TILE) {
        int t = threadIdx.x;
        weight[t] = chunk.per_step(p, p.to_end, t, 0) * chunk.per_step(p, p.step, t, 0);
    }
    __syncthreads();
    auto x = chunk.template rows<S>(p.x, shared_by(chunk.head, p.heads, p.x_heads), p.x_heads, p.head_dim, weight);
    auto b = chunk.template rows<S>(p.B, shared_by(chunk.head, p.heads, p.b_groups), p.b_groups, p.state_size);

    Entries<T> entries;
    multiply_add<true, true, false, EXACT<T, S>>(entries, chunk.length, stage, x.from(p0), b.from(n0));
    entries.each([&](int i, int j, T entry) {
        int dim = p0 + i, n = n0 + j;
        if (dim < p.head_dim && n < p.state_size)
            put<T>(p.states, chunk.state(p) + (long long)dim * p.state_size + n, entry);
    });
}

/*
 * From what every chunk adds to what enters every chunk, and the final states. A thread for every V entries of the
 * states of every sequence. A range that starts inside a sequence goes on from its final state so far.
 */
template <typename T, int V>
__device__ void pass_states(const SsdProblem &p, int first, int count) {
    constexpr int AHEAD = 8; /* loads under way at a time */
    long long size = (long long)p.heads * p.head_dim * p.state_size;
    long long index = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * V;
    if (index >= p.sequences * size) return;
    int sequence = index / size;
    long long entry = index % size;
    int head = entry / ((long long)p.head_dim * p.state_size);
    int begin = p.first_chunk[sequence], end = p.first_chunk[sequence + 1];
    int from = max(begin, first), to = min(end, first + count);
    bool fresh = from == begin && (begin < end ? from < to : first == 0);
    if (!fresh && from >= to) return;

    typedef Pack<T, V> Entries;
    Entries state = {};
    const void *before = fresh ? p.initial_states : p.final_states;
    if (before) state = *reinterpret_cast<const Entries *>(static_cast<const T *>(before) + index);
    T *states = static_cast<T *>(p.states) + entry;
    for (int c = from; c < to; c += AHEAD) {
        Entries added[AHEAD];
        T through[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++)
            if (c + i < to) {
                added[i] = *reinterpret_cast<const Entries *>(states + (c + i) * size);
                through[i] = at<T, T>(p.through, (long long)(c + i) * p.heads + head);
            }
#pragma unroll
        for (int i = 0; i < AHEAD; i++)
            if (c + i < to) {
                *reinterpret_cast<Entries *>(states + (c + i) * size) = state;
#pragma unroll
                for (int v = 0; v < V; v++) state.v[v] = through[i] * state.v[v] + added[i].v[v];
            }
    }
    *reinterpret_cast<Entries *>(static_cast<T *>(p.final_states) + index) = state;
}

/*
 * y_t = (a_t ... a_0) C_t^T h + sum over s <= t of (a_t ... a_{s+1}) (C_t . B_s) dt_s x_s, then skip and gate. A block for
 * every chunk of the range and head.
 */
template <typename T, typename S>
__device__ void outputs(const SsdProblem &p, int first) {
    extern __shared__ __align__(16) char memory[];
    Stage<T> &stage = *reinterpret_cast<Stage<T> *>(memory);
    T(*w)[PITCH] = reinterpret_cast<T(*)[PITCH]>(memory + sizeof(Stage<T>));
    __shared__ Mask<T> mask;
    __shared__ T decay[TILE], from_start[TILE], dt[TILE];
    Chunk<T> chunk(p, first + blockIdx.x / p.heads, blockIdx.x % p.heads);
    if (threadIdx.x < TILE) {
        decay[threadIdx.x] = chunk.per_step(p, p.decay, threadIdx.x, 1);
        from_start[threadIdx.x] = chunk.per_step(p, p.from_start, threadIdx.x, 0);
        dt[threadIdx.x] = chunk.per_step(p, p.step, threadIdx.x, 0);
    }
    __syncthreads();
    mask.load(decay);
    auto x = chunk.template rows<S>(p.x, shared_by(chunk.head, p.heads, p.x_heads), p.x_heads, p.head_dim);
    auto scaled_x = x;
    scaled_x.scale = dt;
    auto b = chunk.template rows<S>(p.B, shared_by(chunk.head, p.heads, p.b_groups), p.b_groups, p.state_size);
    auto c = chunk.template rows<S>(p.C, shared_by(chunk.head, p.heads, p.c_groups), p.c_groups, p.state_size);

    Entries<T> gram;
    multiply_add<false, false, EXACT<T, S>, EXACT<T, S>>(gram, p.state_size, stage, c, b);
    gram.each([&](int t, int s, T entry) { w[t][s] = entry * mask.at(t, s); });
    __syncthreads();

    for (int p0 = 0; p0 < p.head_dim; p0 += TILE) {
        Entries<T> entries;
        multiply_add<false, false, EXACT<T, S>>(entries, p.state_size, stage, c, chunk.state(p, p.states, p0));
        entries.each([&](int t, int, T &entry) { entry *= from_start[t]; });
        multiply_add<false, true>(entries, chunk.length, stage, View<T, T>(w, 0, PITCH, TILE, TILE),
                                  scaled_x.from(p0));
        entries.each([&](int t, int j, T y) {
            int dim = p0 + j;
            if (t >= chunk.length || dim >= p.head_dim) return;
            long long target = chunk.offset(t, chunk.head, p.heads, p.head_dim) + dim;
            if (p.D)
                y += at<T, T>(p.D, p.d_per_channel ? chunk.head * p.head_dim + dim : chunk.head) * x.at(t, dim);
            if (p.z) y *= silu(at<T, S>(p.z, target));
            put<S>(p.y, target, y);
        });
    }
}

#define PARAMETERS(NAME, T)                                                                                       \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                         \
        ssd_steps_##NAME(const __grid_constant__ SsdProblem p, int first, int count) {                            \
        steps<T>(p, first, count);                                                                                \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                         \
        ssd_decays_##NAME(const __grid_constant__ SsdProblem p, int first, int count) {                           \
        decays<T>(p, first, count);                                                                               \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                         \
        ssd_pass_states_##NAME(const __grid_constant__ SsdProblem p, int first, int count) {                      \
        if (p.head_dim * p.state_size % 4 == 0)                                                                   \
            pass_states<T, 4>(p, first, count);                                                                   \
        else                                                                                                      \
            pass_states<T, 1>(p, first, count);                                                                   \
    }
#define ACTIVATIONS(NAME, T, S, BLOCKS)                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_chunk_states_##NAME(const __grid_constant__ SsdProblem p, int first, int) {                           \
        chunk_states<T, S>(p, first);                                                                             \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_outputs_##NAME(const __grid_constant__ SsdProblem p, int first, int) {                                \
        outputs<T, S>(p, first);                                                                                  \
    }

PARAMETERS(float64, double)
PARAMETERS(float32, float)
PARAMETERS(bfloat16, float)
/* With so many blocks on a multiprocessor no register spills. */
ACTIVATIONS(float64, double, double, 1)
ACTIVATIONS(float32, float, float, 2)
ACTIVATIONS(bfloat16, float, bf16, 2)
