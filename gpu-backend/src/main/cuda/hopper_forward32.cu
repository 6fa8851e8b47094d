// The block form of SSD on Hopper in float32, as hopper_forward.cu describes it, with products of split numbers: B and C
// come split from memory, where a launch before this one leaves them, X, S and W are split in registers.
//
// Scales. Every row of B and C is scaled by a power of two, and so are, in a chunk, the rows of Xᵀ (a channel each) and of
// W; the rows of S keep theirs until the numbers grow. With β_s, γ_t, ξ_p, ρ_t, σ_p for these, and ω such that
// d_s ω / β_s is at most 1 in the chunk, the products are
//
//     (C γ)(B β)ᵀ, weighted by ρ_t 2^(l_t - l_s) d_s ω / β_s:  W γ_t ρ_t ω
//     (S σ)(C γ)ᵀ and (Xᵀ ξ)(W γ ρ ω)ᵀ:                        parts of Yᵀ, σ_p γ_t and ξ_p γ_t ρ_t ω
//     (Xᵀ ξ, weighted by 2^(l_Q - l_s) d_s ω / β_s)(B β):      the change of S, ξ_p ω
//
// Decays. Differences of sums of log2-decays must be as exact behind a reset as before it. So a log2-decay is the sum of a
// multiple of 2^-6, of which sums are exact, and of less than that, of which sums are small.
#include "hopper_states.cuh"
#include "hopper_split.cuh"

using namespace hopper;

// Products of C and B scaled to below 2^15 are below 2^37 with 128 states; this brings weights below 2^15.
constexpr int WEIGHT_EXPONENT = -22;
// What the rows of W are scaled by at most, 2^this.
constexpr int SMALLEST = 100;

// A log2-decay, or a sum of them.
struct Log {
    float coarse, fine;

    __device__ __forceinline__ static Log of(float log) {
        float coarse = rintf(log * 64.f) * (1.f / 64.f);
        return {coarse, log - coarse};
    }
    __device__ __forceinline__ Log operator+(Log other) const { return {coarse + other.coarse, fine + other.fine}; }
    __device__ __forceinline__ Log operator-(Log other) const { return {coarse - other.coarse, fine - other.fine}; }
    __device__ __forceinline__ Log if_(bool condition) const { return {condition ? coarse : 0.f, condition ? fine : 0.f}; }
    __device__ __forceinline__ float sum() const { return coarse + fine; }
    __device__ __forceinline__ float decay() const { return exp2_fast(sum()); }
};

__device__ __forceinline__ Log shuffle(Log log, int lane, int width = 32) {
    return {__shfl_sync(~0u, log.coarse, lane, width), __shfl_sync(~0u, log.fine, lane, width)};
}

// As Decays of hopper_forward.cu, with d_s ω / β_s for d_s.
struct ScaledDecays {
    float4 row[Q];            // by t: log2-decay from the start of its block up to and including t, 2^that ρ_t, ρ_t
    float coarse[Q], fine[Q]; // row[s].x and .y, in the order of a lane as all that follow
    float step[Q];
    float start[Q];           // 2^(log2-decay from the start of the chunk up to and including t) / γ_t
    float column[BLOCKS][Q];
    float unscale[Q];         // 1 / (γ_t ρ_t)
    float whole;
    int exponent;             // of ω
    float pad[2];
};

// Of the warp groups' threads.
constexpr int CARRY_REGISTERS = 208, OUTPUT_REGISTERS = 120, WEIGH_REGISTERS = 80, LOAD_REGISTERS = 104;

// The same number, but what was computed from it must be computed again, so that it takes no registers in between.
__device__ __forceinline__ int forget(int number) {
    asm volatile("" : "+r"(number));
    return number;
}

constexpr int HEAD_BYTES = 2 * TILE_BYTES;  // 64 steps of 64 channels: two boxes, rows of 32 float32

template <int NT, bool GATED>
struct Shape32 {
    static constexpr int LOW = NT * TILE_BYTES;  // from high parts to low ones
    static constexpr int C = 2 * LOW;            // offset of C in a stage; B first
    static constexpr int STAGE = 2 * C;
    static constexpr int STAGES = NT == 1 ? 3 : 2;
    static constexpr int Z = HEAD_BYTES;  // offset of Z in a head's stage; X first
    static constexpr int HEAD_STAGE = Z + (GATED ? HEAD_BYTES : 0);
    static constexpr int HEAD_STAGES = GATED && NT == 2 ? 1 : 2;
    static constexpr int HEAD = STAGES * STAGE;
    static constexpr int WEIGHTS = HEAD + HEAD_STAGES * HEAD_STAGE;
    static constexpr int EARLIER = WEIGHTS + 2 * TILE_BYTES;
    static constexpr int DECAYS = EARLIER + HEAD_BYTES;
    static constexpr int BARRIERS = DECAYS + STAGES * int(sizeof(ScaledDecays));
    static constexpr int BYTES = BARRIERS + 2 * (STAGES + HEAD_STAGES + 2) * 8 + 1024;
};

// The scales' inverses 1 / β or 1 / γ of a lane's two steps, chunk after chunk as Steps has the step sizes.
template <int STRIDE>
struct Scales {
    static constexpr int AHEAD = 2;
    const float* scales;
    int groups, length, t;
    float2 fetched[AHEAD];

    Scales() = default;

    __device__ __forceinline__ Scales(
            const HopperProblem& p, const HopperSegment& segment, const float* all, int head, int share, int first)
            : scales(all + (int64_t(segment.batch) * p.time + segment.from) * (p.heads / share) + head / share),
              groups(p.heads / share), length(segment.length), t(first) {
#pragma unroll
        for (int i = 0; i < AHEAD; i++) fetched[i] = {at(t + i * STRIDE), at(t + i * STRIDE + 1)};
    }

    __device__ __forceinline__ float at(int step) const {
        return step >= 0 && step < length ? __ldg(scales + int64_t(step) * groups) : 0.f;
    }

    __device__ __forceinline__ float2 next(int turn) {
        float2 now = fetched[turn % AHEAD];
        fetched[turn % AHEAD] = {at(t + AHEAD * STRIDE), at(t + AHEAD * STRIDE + 1)};
        t += STRIDE;
        return now;
    }
};

// Weights of a chunk's steps before they are decayed: d_s / β_s becomes d_s ω / β_s. Returns the exponent of ω.
__device__ __forceinline__ int scale_steps(float2& step, float2 scale) {
    step = {step.x * scale.x, step.y * scale.y};
    float most = __uint_as_float(__reduce_max_sync(~0u, __float_as_uint(fmaxf(step.x, step.y))));
    int exponent = most == 0.f ? 0 : -above(most);
    step = {step.x * power(exponent), step.y * power(exponent)};
    return exponent;
}

// Sums of log2-decays of a lane's two steps, as BlockSums.
struct LogSums {
    Log before[2], after[2];
    Log whole[BLOCKS];

    __device__ __forceinline__ LogSums(float2 log, int lane) {
        int place = lane & 7;
        Log x = Log::of(log.x), y = Log::of(log.y), left = x + y, right = left;
#pragma unroll
        for (int shift = 1; shift < 8; shift <<= 1) {
            Log from_left = shuffle(left, place - shift, 8), from_right = shuffle(right, place + shift, 8);
            left = left + from_left.if_(place >= shift);
            right = right + from_right.if_(place + shift < 8);
        }
#pragma unroll
        for (int v = 0; v < BLOCKS; v++) whole[v] = shuffle(left, 8 * v + 7);
        Log before_this = left - (x + y), after_this = right - (x + y);
        before[0] = before_this + x;
        before[1] = before_this + x + y;
        after[0] = after_this + y;
        after[1] = after_this;
    }
};

// Fills in the decays of a chunk; a warp, two steps a lane.
__device__ __forceinline__ void write_decays(ScaledDecays& out, int lane, float2 step, float2 log, float2 unscale, int exponent) {
    LogSums sums(log, lane);
    int block = lane >> 3;
    Log start[2], total = {0.f, 0.f};
#pragma unroll
    for (int v = 0; v < BLOCKS; v++) {
        if (v == block) start[0] = total + sums.before[0], start[1] = total + sums.before[1];
        total = total + sums.whole[v];
    }
    // ρ_t: the inverse of the largest weight in row t.
    float since[2] = {start[0].sum(), start[1].sum()}, most[2];
    most[0] = step.x > 0.f ? above(step.x) - since[0] : -0x1p30f;
    most[1] = fmaxf(most[0], step.y > 0.f ? above(step.y) - since[1] : -0x1p30f);
    float before_this = most[1];
#pragma unroll
    for (int shift = 1; shift < 32; shift <<= 1) {
        float from_left = __shfl_up_sync(~0u, before_this, shift);
        if (lane >= shift) before_this = fmaxf(before_this, from_left);
    }
    before_this = __shfl_up_sync(~0u, before_this, 1);
    if (lane == 0) before_this = -0x1p30f;
    int rho[2];
#pragma unroll
    for (int e = 0; e < 2; e++) {
        float largest = fmaxf(before_this, most[e]) + since[e];
        rho[e] = largest > -0x1p20f ? min(max(int(ceilf(-largest)) , 0), SMALLEST) : 0;
    }
    float2 scale = {power(rho[0]), power(rho[1])}, back = {power(-rho[0]), power(-rho[1])};
    out.row[2 * lane] = {sums.before[0].coarse, sums.before[0].fine, sums.before[0].decay() * scale.x, scale.x};
    out.row[2 * lane + 1] = {sums.before[1].coarse, sums.before[1].fine, sums.before[1].decay() * scale.y, scale.y};
    put_of_lane(out.coarse, lane, sums.before[0].coarse, sums.before[1].coarse);
    put_of_lane(out.fine, lane, sums.before[0].fine, sums.before[1].fine);
    put_of_lane(out.start, lane, start[0].decay() * unscale.x, start[1].decay() * unscale.y);
    put_of_lane(out.step, lane, step.x, step.y);
    put_of_lane(out.unscale, lane, unscale.x * back.x, unscale.y * back.y);
    Log reach[2] = {sums.after[0], sums.after[1]};
#pragma unroll
    for (int v = 0; v < BLOCKS; v++) {
        if (v > block) reach[0] = reach[0] + sums.whole[v], reach[1] = reach[1] + sums.whole[v];
        put_of_lane(out.column[v], lane, reach[0].decay() * step.x, reach[1].decay() * step.y);
    }
    if (lane == 0) {
        out.whole = total.decay();
        out.exponent = exponent;
    }
}

// A lane's entries of a tile of float32, transposed: those of the rows (channels) and columns (steps) that it has in an
// accumulator.
struct Transposed {
    int offset;  // of row 16 w + lane / 4 and column 2 (lane % 4)

    __device__ __forceinline__ Transposed(int w, int lane)
            : offset((w >> 1) * TILE_BYTES + tile_offset(2 * (lane & 3), 4 * (w & 1) + (lane >> 4)) + (lane >> 2 & 3) * 4) {}

    // Entry i of an accumulator: 8 rows further is another piece of 16 bytes, and so is the next column, of the next row.
    __device__ __forceinline__ float& at(uint8_t* tile, int i) const {
        return *reinterpret_cast<float*>(tile + (offset ^ (i >> 1 & 1) * 32 ^ (i & 1) * (128 + 16)) + (i >> 2) * 8 * 128);
    }

    __device__ __forceinline__ void load(float (&numbers)[32], uint8_t* tile) const {
#pragma unroll
        for (int i = 0; i < 32; i++) numbers[i] = at(tile, i);
    }
};

// The largest absolute values in a lane's two rows of an accumulator, over all its columns.
template <int COUNT>
__device__ __forceinline__ void row_maxima(float (&most)[2], const float (&numbers)[COUNT]) {
    most[0] = most[1] = 0.f;
#pragma unroll
    for (int i = 0; i < COUNT; i++) most[i >> 1 & 1] = fmaxf(most[i >> 1 & 1], fabsf(numbers[i]));
#pragma unroll
    for (int j = 0; j < 2; j++) {
        most[j] = fmaxf(most[j], __shfl_xor_sync(~0u, most[j], 1));
        most[j] = fmaxf(most[j], __shfl_xor_sync(~0u, most[j], 2));
    }
}

// Of the scale for a row of Xᵀ whose largest number is given, where the weights are scaled too.
__device__ __forceinline__ int exponent_of(float most, int of_steps) {
    return min(LARGEST - above(most), 120 - of_steps);
}

// Multiplies a lane's two rows.
template <int COUNT>
__device__ __forceinline__ void scale_rows(float (&numbers)[COUNT], float first, float second) {
#pragma unroll
    for (int i = 0; i < COUNT; i++) numbers[i] *= i >> 1 & 1 ? second : first;
}

// Multiplies columns by factors of steps, which are in the order of a lane, and rows too.
__device__ __forceinline__ void scale_columns(float (&numbers)[32], const float* factors, int lane, float first, float second) {
#pragma unroll
    for (int k = 0; k < 4; k++) {
        float4 f = of_lane(factors, k, lane);
#pragma unroll
        for (int j = 0; j < 2; j++) {
            float row = j ? second : first;
            numbers[8 * k + 2 * j] *= f.x * row;
            numbers[8 * k + 2 * j + 1] *= f.y * row;
            numbers[8 * k + 2 * j + 4] *= f.z * row;
            numbers[8 * k + 2 * j + 5] *= f.w * row;
        }
    }
}

// Steps from `valid` on are not there, whatever was loaded: another sequence may follow.
__device__ __forceinline__ void cut_off(float (&x)[32], int valid, int pair) {
    if (valid < Q)
#pragma unroll
        for (int i = 0; i < 32; i++)
            if ((i >> 2) * 8 + (i & 1) >= valid - pair) x[i] = 0.f;
}

// Loads the tiles of B's or C's parts: high, then low.
template <int NT>
__device__ __forceinline__ void load_parts(uint32_t to, const CUtensorMap* map, uint32_t arrived, int group, int t, int batch) {
#pragma unroll
    for (int i = 0; i < 2 * NT; i++)
        load_tile(to + i * TILE_BYTES, map, arrived, i % NT * 64, 2 * group + i / NT, t, batch);
}

__device__ __forceinline__ void load_head(uint32_t to, const CUtensorMap* map, uint32_t arrived, int column, int head, int t, int batch) {
    load_tile(to, map, arrived, column, head, t, batch);
    load_tile(to + TILE_BYTES, map, arrived, column + 32, head, t, batch);
}

// The threads: a warp group that carries the state and computes what outputs owe to it, one that adds what they owe to the
// chunk itself, one that weighs C Bᵀ for that one, and one that loads (a warp copies tiles, one computes decays).
// A warp group's products start one by one and in order, and its other work waits with them; so there are several.
template <int NT, bool GATED>
struct Walk32 {
    using L = Shape32<NT, GATED>;
    const HopperProblem& p;
    uint8_t* generic;
    uint32_t base;
    int warp, lane;
    Ring<L::STAGES> ring;            // of B, C and the decays
    Ring<L::HEAD_STAGES> head_ring;  // of X and Z, and of Y in place of X

    __device__ __forceinline__ Walk32(const HopperProblem& parameters, uint8_t* raw) : p(parameters) {
        base = (shared_address(raw) + 1023) & ~1023u;
        generic = raw + (base - shared_address(raw));
        warp = __shfl_sync(~0u, threadIdx.x >> 5, 0);
        lane = threadIdx.x & 31;
    }

    __device__ __forceinline__ int tiles() const { return forget(p.heads) * p.head_tiles; }
    __device__ __forceinline__ bool more(int item) const { return item < p.segment_count * tiles(); }

    __device__ __forceinline__ ScaledDecays& decays() const {
        return reinterpret_cast<ScaledDecays*>(generic + L::DECAYS)[ring.stage];
    }
    // What outputs owe to the state before the chunk: four numbers of every thread side by side.
    __device__ __forceinline__ float4& earlier(int quad) const {
        return reinterpret_cast<float4*>(generic + L::EARLIER)[quad * 128 + (threadIdx.x & 127)];
    }
    __device__ __forceinline__ int head_tile() const { return L::HEAD + head_ring.stage * L::HEAD_STAGE; }
    __device__ __forceinline__ uint32_t weights() const { return base + L::WEIGHTS; }
    __device__ __forceinline__ uint32_t barrier(int i) const { return base + L::BARRIERS + 8 * i; }
    __device__ __forceinline__ uint32_t weighed() const { return barrier(0); }
    __device__ __forceinline__ uint32_t multiplied() const { return barrier(1); }
    __device__ __forceinline__ uint32_t carried() const { return barrier(2); }
    __device__ __forceinline__ uint32_t added() const { return barrier(3); }
    __device__ __forceinline__ uint32_t full() const { return barrier(4 + ring.stage); }
    __device__ __forceinline__ uint32_t empty() const { return barrier(4 + L::STAGES + ring.stage); }
    __device__ __forceinline__ uint32_t head_full() const { return barrier(4 + 2 * L::STAGES + head_ring.stage); }
    __device__ __forceinline__ uint32_t head_empty() const {
        return barrier(4 + 2 * L::STAGES + L::HEAD_STAGES + head_ring.stage);
    }

    __device__ __forceinline__ void run() {
        for (int i = threadIdx.x; i < 2 * TILE_BYTES / 16; i += 512)  // above the diagonal they stay zero
            reinterpret_cast<uint4*>(generic + L::WEIGHTS)[i] = {0, 0, 0, 0};
        if (threadIdx.x == 0) {
            for (int i = 0; i < 4; i++) barrier_init(barrier(i), 128);
            for (int i = 0; i < L::STAGES; i++) {
                barrier_init(barrier(4 + i), 1 + 32);
                barrier_init(barrier(4 + L::STAGES + i), 3 * 128);
            }
            for (int i = 0; i < L::HEAD_STAGES; i++) {
                barrier_init(barrier(4 + 2 * L::STAGES + i), 1);
                barrier_init(barrier(4 + 2 * L::STAGES + L::HEAD_STAGES + i), 128);
            }
            barriers_ready();
        }
        fence_async_proxy();
        __syncthreads();
        int group = warp >> 2;
        if (group == 0) {
            grow_registers<CARRY_REGISTERS>();
            carry();
        } else if (group == 1) {
            shrink_registers<OUTPUT_REGISTERS>();
            output();
        } else if (group == 2) {
            shrink_registers<WEIGH_REGISTERS>();
            weigh();
        } else {
            shrink_registers<LOAD_REGISTERS>();
            int role = warp & 3;
            if (role == 0 && lane == 0) load();
            if (role == 1) decay();
        }
    }

    __device__ __forceinline__ void load() {
        for (int item = blockIdx.x; more(item); item += gridDim.x) {
            const HopperSegment segment = p.segments[item / tiles()];
            int tile = item % tiles(), head = tile / p.head_tiles, column = tile % p.head_tiles * 64;
            for (int t = segment.from; t < segment.from + segment.length; t += Q) {
                uint32_t to = base + ring.stage * L::STAGE, x = base + head_tile();
                barrier_wait(empty(), ring.phase ^ 1);
                barrier_expect(full(), L::STAGE);
                load_parts<NT>(to, &p.B_map, full(), head / p.b_share, t, segment.batch);
                load_parts<NT>(to + L::C, &p.C_map, full(), head / p.c_share, t, segment.batch);
                ring.advance();
                barrier_wait(head_empty(), head_ring.phase ^ 1);
                barrier_expect(head_full(), L::HEAD_STAGE);
                load_head(x, &p.x_map, head_full(), column, head / p.x_share, t, segment.batch);
                if (GATED) load_head(x + L::Z, &p.z_map, head_full(), column, head, t, segment.batch);
                head_ring.advance();
            }
        }
    }

    __device__ __forceinline__ void decay() {
        for (int item = blockIdx.x; more(item); item += gridDim.x) {
            const HopperSegment segment = p.segments[item / tiles()];
            int head = item % tiles() / p.head_tiles;
            Steps<Q> steps(p, segment, head, 2 * lane);
            Scales<Q> of_b(p, segment, p.B_scales, head, p.b_share, 2 * lane);
            Scales<Q> of_c(p, segment, p.C_scales, head, p.c_share, 2 * lane);
            for (int t = 0; t < segment.length; t += Q * steps.AHEAD)
#pragma unroll
                for (int turn = 0; turn < steps.AHEAD; turn++)
                    if (t + turn * Q < segment.length) {
                        float2 step, log;
                        steps.next(turn, step, log);
                        int exponent = scale_steps(step, of_b.next(turn));
                        float2 unscale = of_c.next(turn);
                        barrier_wait(empty(), ring.phase ^ 1);
                        write_decays(decays(), lane, step, log, unscale, exponent);
                        barrier_arrive(full());
                        ring.advance();
                    }
        }
    }

    __device__ __forceinline__ void weigh() {
        int w = warp & 3, row = lane >> 2, pair = 2 * (lane & 3);
        constexpr float UNIT = 1.f / (1 << -WEIGHT_EXPONENT);
        uint32_t round = 0;
        for (int item = blockIdx.x; more(item); item += gridDim.x) {
            int length = p.segments[item / tiles()].length;
            for (int t = 0; t < length; t += Q, round++) {
                uint32_t b = base + ring.stage * L::STAGE;
                barrier_wait(full(), ring.phase);
                float g[32];
                Operand left = Operand::along_k(b + L::C), right = Operand::along_k(b);
                matrix_fence();
#pragma unroll
                for (int part = 0; part < 3; part++)  // low · high, high · low, high · high
#pragma unroll
                    for (int k = 0; k < 4 * NT; k++) {
                        int at = k / 4 * TILE_BYTES + k % 4 * 32;
                        uint64_t c = left.at(at + (part == 0 ? L::LOW : 0)), d = right.at(at + (part == 1 ? L::LOW : 0));
                        if (part == 0 && k == 0)
                            multiply_half<true>(g, c, d);
                        else
                            multiply_half<false>(g, c, d);
                    }
                matrix_commit();
                matrix_wait<0>();
                settle(g);
                const ScaledDecays& d = decays();
                float4 by_row[2] = {d.row[16 * w + row], d.row[16 * w + row + 8]};
                float4 coarse = of_lane(d.coarse, w, lane), fine = of_lane(d.fine, w, lane), step = of_lane(d.step, w, lane);
                float diagonal[8];
#pragma unroll
                for (int k = 0; k < 4; k++) {  // rows by k & 1, columns by k >> 1
                    int distance = row + 8 * (k & 1) - (8 * (k >> 1) + pair);
                    Log to = {by_row[k & 1].x, by_row[k & 1].y};
                    Log from0 = k >> 1 ? Log{coarse.z, fine.z} : Log{coarse.x, fine.x};
                    Log from1 = k >> 1 ? Log{coarse.w, fine.w} : Log{coarse.y, fine.y};
                    float scale = UNIT * by_row[k & 1].w;
                    float m0 = exp2_fast(fminf((to - from0).sum(), 0.f)) * scale * (k >> 1 ? step.z : step.x);
                    float m1 = exp2_fast(fminf((to - from1).sum(), 0.f)) * scale * (k >> 1 ? step.w : step.y);
                    diagonal[2 * k] = distance >= 0 ? m0 : 0.f;
                    diagonal[2 * k + 1] = distance >= 1 ? m1 : 0.f;
                }
                float r0 = UNIT * by_row[0].z, r1 = UNIT * by_row[1].z;
                barrier_wait(multiplied(), (round & 1) ^ 1);
#pragma unroll
                for (int v = 0; v < BLOCKS; v++) {
                    if (v > w) continue;
                    const float* e = g + 8 * v;
                    uint32_t high[4], low[4];
                    if (v < w && v < BLOCKS - 1) {
                        float4 f = of_lane(d.column[w - 1], v, lane);
                        split(e[0] * f.x * r0, e[1] * f.y * r0, high[0], low[0]);
                        split(e[2] * f.x * r1, e[3] * f.y * r1, high[1], low[1]);
                        split(e[4] * f.z * r0, e[5] * f.w * r0, high[2], low[2]);
                        split(e[6] * f.z * r1, e[7] * f.w * r1, high[3], low[3]);
                    } else {
#pragma unroll
                        for (int k = 0; k < 4; k++)
                            split(e[2 * k] * diagonal[2 * k], e[2 * k + 1] * diagonal[2 * k + 1], high[k], low[k]);
                    }
                    uint32_t to = weights() + tile_offset(16 * w + (lane & 15), 2 * v + (lane >> 4));
                    store_rows(to, high[0], high[1], high[2], high[3]);
                    store_rows(to + TILE_BYTES, low[0], low[1], low[2], low[3]);
                }
                fence_async_proxy();
                barrier_arrive(weighed());
                barrier_arrive(empty());
                ring.advance();
            }
        }
    }

    __device__ __forceinline__ EndStates<NT> ends(int item) const {
        int count = tiles(), index = item / count;
        return EndStates<NT>(p, p.segments[index], count, index, item % count, forget(warp), forget(lane));
    }

    __device__ __forceinline__ void carry() {
        int w = warp & 3;  // the warp in its group: rows 16 w and after of every product
        uint32_t round = 0;
        Transposed transposed(w, lane);
        float s[32 * NT];  // the state by its scales

        for (int item = blockIdx.x; more(item); item += gridDim.x) {
            int length = p.segments[item / tiles()].length;
            ends(item).load(s, 1);
            float bound[2];   // on the rows of s; below 2^15
            int exponent[2];  // of their scales
            row_maxima(bound, s);
#pragma unroll
            for (int j = 0; j < 2; j++) {
                exponent[j] = min(LARGEST - above(bound[j]), 100);
                bound[j] *= power(exponent[j]);
            }
            scale_rows(s, power(exponent[0]), power(exponent[1]));

            for (int valid = length; valid > 0; valid -= Q, round++) {
                uint32_t b = base + ring.stage * L::STAGE;
                const ScaledDecays& d = decays();
                float y[32];  // Yᵀ: rows as in s, columns are steps
                SplitRows<4> state[NT];
                Operand along = Operand::along_k(b + L::C), across = Operand::across_k(b);
                barrier_wait(full(), ring.phase);
#pragma unroll
                for (int n = 0; n < NT; n++) {
                    state[n].set(s + 32 * n);
                    matrix_fence();
                    multiply_split<false>(y, state[n], along, n * TILE_BYTES, L::LOW, n == 0);
                    matrix_commit();
                }
                if constexpr (NT == 2) {
                    matrix_wait<1>();
                    state[0].settle();
                }
                barrier_wait(head_full(), head_ring.phase);
                float x[32], most[2], keep[2], gain[2];
                transposed.load(x, generic + head_tile());
                cut_off(x, valid, 2 * (lane & 3));
                row_maxima(most, x);
                float whole = d.whole, back[2] = {power(-exponent[0]), power(-exponent[1])};
#pragma unroll
                for (int j = 0; j < 2; j++) {
                    int of_x = exponent_of(most[j], d.exponent), of_change = of_x + d.exponent;
                    most[j] = power(of_x);
                    // A change of S, so scaled, is the sum of 64 products below 2^30.
                    float through = whole * bound[j];
                    int next = min(of_change + LARGEST - 1 - 36, exponent[j] + LARGEST - 1 - above(through));
                    next = max(min(min(next, exponent[j] + 120), 100), -126);
                    gain[j] = power(next - of_change);
                    keep[j] = power(next - exponent[j]);
                    bound[j] = through * keep[j] + 0x1p36f * gain[j];
                    keep[j] *= whole;
                    exponent[j] = next;
                }
                SplitRows<4> xw;
                scale_columns(x, d.column[BLOCKS - 1], lane, most[0], most[1]);
                xw.set(x);
                matrix_wait<0>();
                settle(y);
                state[NT - 1].settle();
                scale_columns(y, d.start, lane, back[0], back[1]);
                barrier_wait(added(), (round & 1) ^ 1);
#pragma unroll
                for (int k = 0; k < 8; k++) earlier(k) = {y[4 * k], y[4 * k + 1], y[4 * k + 2], y[4 * k + 3]};
                barrier_arrive(carried());
                float change[NT][32];
                matrix_fence();
#pragma unroll
                for (int n = 0; n < NT; n++) {
                    multiply_split<true>(change[n], xw, across, n * TILE_BYTES, L::LOW, true);
                    matrix_commit();
                }
                scale_rows(s, keep[0], keep[1]);
                matrix_wait<NT - 1>();
                settle(change[0]);
#pragma unroll
                for (int k = 0; k < 32; k++) s[k] += change[0][k] * gain[k >> 1 & 1];
                if constexpr (NT == 2) {
                    matrix_wait<0>();
                    settle(change[1]);
#pragma unroll
                    for (int k = 0; k < 32; k++) s[32 + k] += change[1][k] * gain[k >> 1 & 1];
                }
                xw.settle();
                barrier_arrive(empty());
                ring.advance();
                head_ring.advance();
            }
            scale_rows(s, power(-exponent[0]), power(-exponent[1]));
            ends(forget(item)).store(s, 1);
        }
    }

    __device__ __forceinline__ void output() {
        int w = warp & 3, row = 16 * w + (lane >> 2);
        bool leader = (threadIdx.x & 127) == 0;
        uint32_t round = 0;
        Transposed transposed(w, lane);
        for (int item = blockIdx.x; more(item); item += gridDim.x) {
            const HopperSegment segment = p.segments[item / tiles()];
            int tile = item % tiles(), head = tile / p.head_tiles, column = tile % p.head_tiles * 64;
            for (int t = segment.from, valid = segment.length; valid > 0; t += Q, valid -= Q, round++) {
                uint8_t* x_tile = generic + head_tile();
                const ScaledDecays& d = decays();
                float x[32], most[2], unit[2];
                barrier_wait(head_full(), head_ring.phase);
                transposed.load(x, x_tile);
                cut_off(x, valid, 2 * (lane & 3));
                row_maxima(most, x);
                barrier_wait(full(), ring.phase);
#pragma unroll
                for (int j = 0; j < 2; j++) {
                    int of_x = exponent_of(most[j], d.exponent);
                    most[j] = power(of_x);
                    unit[j] = power(-(of_x + d.exponent + WEIGHT_EXPONENT));
                }
                scale_rows(x, most[0], most[1]);
                SplitRows<4> xt;
                xt.set(x);
                float y[32];
                barrier_wait(weighed(), round & 1);
                matrix_fence();
                multiply_split<false>(y, xt, Operand::along_k(weights()), 0, TILE_BYTES, true);
                matrix_commit();
                matrix_wait<0>();
                settle(y);
                xt.settle();
                barrier_arrive(multiplied());
                scale_columns(y, d.unscale, lane, 1.f, 1.f);
                barrier_arrive(empty());
                ring.advance();
                barrier_wait(carried(), round & 1);
#pragma unroll
                for (int k = 0; k < 8; k++) {
                    float4 e = earlier(k);
                    y[4 * k] = y[4 * k] * unit[0] + e.x;
                    y[4 * k + 1] = y[4 * k + 1] * unit[0] + e.y;
                    y[4 * k + 2] = y[4 * k + 2] * unit[1] + e.z;
                    y[4 * k + 3] = y[4 * k + 3] * unit[1] + e.w;
                }
                barrier_arrive(added());
                if (p.D) {
                    float skip[2];
#pragma unroll
                    for (int j = 0; j < 2; j++)
                        skip[j] = !p.d_per_channel ? p.D[head]
                                : column + row + 8 * j < p.head_dim ? p.D[head * p.head_dim + column + row + 8 * j] : 0.f;
#pragma unroll
                    for (int k = 0; k < 32; k++) y[k] += skip[k >> 1 & 1] * transposed.at(x_tile, k);
                }
                if constexpr (GATED) {
#pragma unroll
                    for (int k = 0; k < 32; k++) {
                        float z = transposed.at(x_tile + L::Z, k);
                        y[k] *= __fdividef(z, 1.f + expf(-z));
                    }
                }
#pragma unroll
                for (int k = 0; k < 32; k++) transposed.at(x_tile, k) = y[k];  // where this lane, alone, read
                fence_async_proxy();
                group_sync(2);
                if (valid >= Q || !p.packed) {
                    if (leader) {
                        uint32_t from = base + head_tile();
                        store_tile(&p.y_map, from, column, head, t, segment.batch);
                        store_tile(&p.y_map, from + TILE_BYTES, column + 32, head, t, segment.batch);
                        store_commit();
                    }
                } else {  // the next rows belong to another sequence
                    for (int k = threadIdx.x & 127; k < valid * 16; k += 128) {
                        int r = k >> 4, piece = k & 15;
                        if (column + piece * 4 < p.head_dim) {
                            int64_t to = ((int64_t(segment.batch) * p.time + t + r) * p.heads + head) * p.head_dim
                                    + column + piece * 4;
                            *reinterpret_cast<float4*>(static_cast<float*>(p.y) + to) =
                                    *reinterpret_cast<const float4*>(x_tile + (piece >> 3) * TILE_BYTES + tile_offset(r, piece & 7));
                        }
                    }
                }
                if (leader) store_wait_read();
                barrier_arrive(head_empty());
                head_ring.advance();
            }
        }
        if (leader) store_wait();
    }
};

// The change of state over pieces of segments, from the end of a piece to its start, as in hopper_forward.cu.
template <int NT, int HEADS>
struct States32 {
    static constexpr int LOW = NT * TILE_BYTES;
    static constexpr int X = 2 * LOW;
    static constexpr int STAGE = X + HEADS * HEAD_BYTES;
    static constexpr int STAGES = 3;
    static constexpr int FACTORS = STAGES * STAGE;
    static constexpr int EXPONENTS = FACTORS + STAGES * HEADS * Q * 4;
    static constexpr int BARRIERS = EXPONENTS + (STAGES * HEADS + 1) / 2 * 8;
    static constexpr int BYTES = BARRIERS + 2 * STAGES * 8 + 1024;
    const HopperProblem& p;
    uint8_t* generic;
    uint32_t base;
    int warp, lane, tiles, groups, items;
    Ring<STAGES> ring;

    __device__ __forceinline__ States32(const HopperProblem& parameters, uint8_t* raw) : p(parameters) {
        base = (shared_address(raw) + 1023) & ~1023u;
        generic = raw + (base - shared_address(raw));
        warp = __shfl_sync(~0u, threadIdx.x >> 5, 0);
        lane = threadIdx.x & 31;
        tiles = p.heads * p.head_tiles;
        groups = (tiles + HEADS - 1) / HEADS;
        items = p.piece_count * groups;
    }

    __device__ __forceinline__ float* factors(int stage, int i) const {
        return reinterpret_cast<float*>(generic + FACTORS) + (stage * HEADS + i) * Q;
    }
    __device__ __forceinline__ int& exponent(int stage, int i) const {
        return reinterpret_cast<int*>(generic + EXPONENTS)[stage * HEADS + i];
    }
    __device__ __forceinline__ uint32_t full(int stage) const { return base + BARRIERS + 8 * stage; }
    __device__ __forceinline__ uint32_t empty(int stage) const { return base + BARRIERS + 8 * (STAGES + stage); }

    __device__ __forceinline__ void run() {
        allow_later_launch();
        if (threadIdx.x == 0) {
            for (int i = 0; i < STAGES; i++) {
                barrier_init(full(i), 1 + 32 * HEADS);
                barrier_init(empty(i), 128 * HEADS);
            }
            barriers_ready();
        }
        __syncthreads();
        int group = warp >> 2;
        if (group == HEADS) {
            if constexpr (HEADS > 1) shrink_registers<88>();
            int role = warp & 3;
            if (role == 0 && lane == 0) load();
            if (role > 0 && role <= HEADS) decay(role - 1);
        } else {
            if constexpr (HEADS > 1) grow_registers<208>();
            sum(group);
        }
    }

    __device__ __forceinline__ void load() {
        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            const HopperSegment piece = p.pieces[item / groups];
            int first = item % groups * HEADS, head = first / p.head_tiles;
            for (int chunk = (piece.length + Q - 1) / Q - 1; chunk >= 0; chunk--) {
                int t = piece.from + chunk * Q;
                uint32_t to = base + ring.stage * STAGE, arrived = full(ring.stage);
                barrier_wait(empty(ring.stage), ring.phase ^ 1);
                barrier_expect(arrived, STAGE);
                load_parts<NT>(to, &p.B_map, arrived, head / p.b_share, t, piece.batch);
#pragma unroll
                for (int i = 0; i < HEADS; i++)
                    load_head(to + X + i * HEAD_BYTES, &p.x_map, arrived, (first + i) % p.head_tiles * 64,
                            (first + i) / p.head_tiles / p.x_share, t, piece.batch);
                ring.advance();
            }
        }
    }

    __device__ __forceinline__ void decay(int i) {
        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            int index = item / groups;
            const HopperSegment piece = p.pieces[index];
            int tile = item % groups * HEADS + i, chunks = (piece.length + Q - 1) / Q, last = (chunks - 1) * Q + 2 * lane;
            int head = min(tile, tiles - 1) / p.head_tiles;
            Steps<-Q> steps(p, piece, head, last);
            Scales<-Q> of_b(p, piece, p.B_scales, head, p.b_share, last);
            Log later = {0.f, 0.f};  // log2-decay from the end of the chunk to the end of the piece
            for (int chunk = 0; chunk < chunks; chunk += Steps<-Q>::AHEAD)
#pragma unroll
                for (int turn = 0; turn < Steps<-Q>::AHEAD; turn++) {
                    if (chunk + turn >= chunks) continue;
                    float2 step, log;
                    steps.next(turn, step, log);
                    int of_steps = scale_steps(step, of_b.next(turn));
                    LogSums sums(log, lane);
                    Log reach[2] = {later + sums.after[0], later + sums.after[1]};
#pragma unroll
                    for (int v = 0; v < BLOCKS; v++) {
                        if (v > lane >> 3) reach[0] = reach[0] + sums.whole[v], reach[1] = reach[1] + sums.whole[v];
                        later = later + sums.whole[v];
                    }
                    barrier_wait(empty(ring.stage), ring.phase ^ 1);
                    put_of_lane(factors(ring.stage, i), lane, reach[0].decay() * step.x, reach[1].decay() * step.y);
                    if (lane == 0) exponent(ring.stage, i) = of_steps;
                    barrier_arrive(full(ring.stage));
                    ring.advance();
                }
            if (lane == 0 && tile < tiles) p.piece_decays[int64_t(index) * tiles + tile] = later.decay();
        }
    }

    __device__ __forceinline__ void sum(int i) {
        int w = warp & 3, row = lane >> 2, pair = 2 * (lane & 3);
        Transposed transposed(w, lane);
        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            int index = item / groups, tile = item % groups * HEADS + i;
            const HopperSegment piece = p.pieces[index];
            float s[32 * NT];
#pragma unroll
            for (int k = 0; k < 32 * NT; k++) s[k] = 0.f;
            for (int chunk = (piece.length + Q - 1) / Q - 1; chunk >= 0; chunk--) {
                uint32_t b = base + ring.stage * STAGE;
                Operand across = Operand::across_k(b);
                barrier_wait(full(ring.stage), ring.phase);
                float x[32], most[2], back[2];
                transposed.load(x, generic + ring.stage * STAGE + X + i * HEAD_BYTES);
                cut_off(x, piece.length - chunk * Q, pair);
                row_maxima(most, x);
                int of_steps = exponent(ring.stage, i);
#pragma unroll
                for (int j = 0; j < 2; j++) {
                    int of_x = exponent_of(most[j], of_steps);
                    most[j] = power(of_x);
                    back[j] = power(-of_x - of_steps);
                }
                scale_columns(x, factors(ring.stage, i), lane, most[0], most[1]);
                SplitRows<4> xw;
                xw.set(x);
                float change[NT][32];
                matrix_fence();
#pragma unroll
                for (int n = 0; n < NT; n++) multiply_split<true>(change[n], xw, across, n * TILE_BYTES, LOW, true);
                matrix_commit();
                matrix_wait<0>();
#pragma unroll
                for (int n = 0; n < NT; n++) {
                    settle(change[n]);
                    scale_rows(change[n], back[0], back[1]);
#pragma unroll
                    for (int k = 0; k < 32; k++) s[32 * n + k] += change[n][k];
                }
                xw.settle();
                barrier_arrive(empty(ring.stage));
                ring.advance();
            }
            if (tile >= tiles) continue;
            float* to = p.piece_states + (int64_t(index) * tiles + tile) * (64 * 64 * NT) + (16 * w + row) * 64 * NT + pair;
#pragma unroll
            for (int k = 0; k < 16 * NT; k++)
                __stcg(reinterpret_cast<float2*>(to + (k & 1) * 8 * 64 * NT + (k >> 1) * 8), float2{s[2 * k], s[2 * k + 1]});
        }
    }
};

// Rows of B or C to their parts, high then low, scaled to below 2^15, and the inverses of their scales. A warp takes
// four rows of up to 128 numbers, a multiple of 8.
extern "C" __global__ void __launch_bounds__(256) split_rows(
        const float* __restrict__ from, uint2* __restrict__ to, float* __restrict__ scales, long long rows, int width) {
    constexpr int EACH = 4;
    int lane = threadIdx.x & 31, quads = width / 4;
    long long first = (blockIdx.x * 8ll + (threadIdx.x >> 5)) * EACH;
    float4 numbers[EACH];
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        numbers[i] = {0.f, 0.f, 0.f, 0.f};
        if (first + i < rows && lane < quads)
            numbers[i] = __ldg(reinterpret_cast<const float4*>(from) + (first + i) * quads + lane);
    }
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        float4 v = numbers[i];
        float most = fmaxf(fmaxf(fabsf(v.x), fabsf(v.y)), fmaxf(fabsf(v.z), fabsf(v.w)));
        int exponent = min(LARGEST - above(__uint_as_float(__reduce_max_sync(~0u, __float_as_uint(most)))), 126);
        float scale = power(exponent);
        uint2 high, low;
        split(v.x * scale, v.y * scale, high.x, low.x);
        split(v.z * scale, v.w * scale, high.y, low.y);
        if (first + i < rows) {
            if (lane < quads) {
                to[(first + i) * 2 * quads + lane] = high;
                to[((first + i) * 2 + 1) * quads + lane] = low;
            }
            if (lane == 0) scales[first + i] = power(-exponent);
        }
    }
}

#define DUALITY_FORWARD(name, NT, GATED)                                                             \
    extern "C" __global__ void __launch_bounds__(512, 1)                                             \
            hopper_forward32_##name(const __grid_constant__ HopperProblem p) {                       \
        static_assert(Shape32<NT, GATED>::BYTES <= SHARED_BYTES);                                    \
        extern __shared__ uint8_t raw[];                                                             \
        Walk32<NT, GATED>(p, raw).run();                                                             \
    }
#define DUALITY_STATES(name, NT, HEADS)                                                              \
    extern "C" __global__ void __launch_bounds__((HEADS + 1) * 128, 1)                               \
            hopper_states32_##name(const __grid_constant__ HopperProblem p) {                        \
        static_assert(States32<NT, HEADS>::BYTES <= SHARED_BYTES);                                   \
        extern __shared__ uint8_t raw[];                                                             \
        States32<NT, HEADS>(p, raw).run();                                                           \
    }

// Named by the width of the state and the gate, or by the number of heads that share a block and the width.
DUALITY_FORWARD(n64, 1, false)
DUALITY_FORWARD(n128, 2, false)
DUALITY_FORWARD(n64_gated, 1, true)
DUALITY_FORWARD(n128_gated, 2, true)
DUALITY_STATES(1_n64, 1, 1)
DUALITY_STATES(1_n128, 2, 1)
DUALITY_STATES(2_n64, 1, 2)
DUALITY_STATES(2_n128, 2, 2)
