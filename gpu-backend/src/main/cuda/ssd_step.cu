/* One step of decoding: h <- a h + dt x B^T, y = h C, then skip and gate, for a batch of sequences. */
#include "ssd_common.cuh"

constexpr int WARPS = 4;
/* The channels of a warp, whose loads are under way together: the state's bytes bound the time. */
constexpr int CHANNELS = 4;

/*
 * A warp for every sequence, head and CHANNELS channels; its lanes share the state's entries, V neighbouring ones at a
 * time. The states may be updated in place.
 */
template <typename T, typename S, int V>
__device__ void decode(const SsdProblem &p) {
    typedef Pack<T, V> Entries;
    int lane = threadIdx.x % 32;
    int tiles = (p.head_dim + CHANNELS - 1) / CHANNELS;
    long long warp = (long long)blockIdx.x * WARPS + threadIdx.x / 32;
    if (warp >= (long long)p.sequences * p.heads * tiles) return;
    int first = warp % tiles * CHANNELS, head = warp / tiles % p.heads;
    long long sequence = warp / tiles / p.heads;
    int hx = shared_by(head, p.heads, p.x_heads);
    long long b = (sequence * p.b_groups + shared_by(head, p.heads, p.b_groups)) * p.state_size;
    long long c = (sequence * p.c_groups + shared_by(head, p.heads, p.c_groups)) * p.state_size;

    Step step = step_of<T>(p, sequence, head);
    T decay = T(step.decay);
    T x[CHANNELS], y[CHANNELS];
    long long state[CHANNELS];
#pragma unroll
    for (int i = 0; i < CHANNELS; i++) {
        bool inside = first + i < p.head_dim;
        x[i] = inside ? at<T, S>(p.x, (sequence * p.x_heads + hx) * p.head_dim + first + i) : T(0);
        y[i] = 0;
        state[i] = inside ? ((sequence * p.heads + head) * p.head_dim + first + i) * p.state_size : -1;
    }
    for (int n = lane * V; n < p.state_size; n += 32 * V) {
        Entries h[CHANNELS];
#pragma unroll
        for (int i = 0; i < CHANNELS; i++)
            if (p.initial_states && state[i] >= 0)
                h[i] = *reinterpret_cast<const Entries *>(static_cast<const T *>(p.initial_states) + state[i] + n);
            else
#pragma unroll
                for (int v = 0; v < V; v++) h[i].v[v] = 0;
        T input[V], output[V];
#pragma unroll
        for (int v = 0; v < V; v++) {
            input[v] = at<T, S>(p.B, b + n + v);
            output[v] = at<T, S>(p.C, c + n + v);
        }
#pragma unroll
        for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
            for (int v = 0; v < V; v++) {
                h[i].v[v] = decay * h[i].v[v] + input[v] * (T(step.dt) * x[i]);
                y[i] += output[v] * h[i].v[v];
            }
            if (state[i] >= 0)
                *reinterpret_cast<Entries *>(static_cast<T *>(p.final_states) + state[i] + n) = h[i];
        }
    }
#pragma unroll
    for (int i = 0; i < CHANNELS; i++)
#pragma unroll
        for (int apart = 16; apart > 0; apart /= 2) y[i] += __shfl_xor_sync(0xffffffffu, y[i], apart);
#pragma unroll
    for (int i = 0; i < CHANNELS; i++)
        if (lane == i && state[i] >= 0) {
            int dim = first + i;
            long long target = (sequence * p.heads + head) * p.head_dim + dim;
            if (p.D) y[i] += at<T, T>(p.D, p.d_per_channel ? head * p.head_dim + dim : head) * x[i];
            if (p.z) y[i] *= silu(at<T, S>(p.z, target));
            put<S>(p.y, target, y[i]);
        }
}

#define KERNEL(NAME, T, S)                                                                                        \
    extern "C" __global__ void __launch_bounds__(32 * WARPS)                                                      \
        ssd_decode_##NAME(const __grid_constant__ SsdProblem p) {                                                 \
        if (p.state_size % 4 == 0)                                                                                \
            decode<T, S, 4>(p);                                                                                   \
        else                                                                                                      \
            decode<T, S, 1>(p);                                                                                   \
    }

KERNEL(float64, double, double)
KERNEL(float32, float, float)
KERNEL(bfloat16, float, bf16)
