// The gradient of SSD on Hopper, in two launches.
//
// The first walks every head forwards and backwards for the state S before and its gradient G after every chunk. In the
// second a block takes a chunk and goes from head to head, so that what heads share is summed in registers and reaches
// memory once. With l, w the decays of a chunk from its start and to its end, d the step sizes, L_ts the decay from s to t,
//
//     K  = L ∘ C Bᵀ,  V = dY Xᵀ
//     U  = Kᵀ dY + diag(w) B Gᵀ,    dX = diag(d) U
//     dC = (Σ L ∘ V diag(d)) B + Σ diag(l) dY S,    dB = (Σ L ∘ V diag(d))ᵀ C + Σ diag(w d) X G    over heads
//
// The gradient of a decay's logarithm is the sum over the paths that cross its step k, by where they start and end:
//
//     state to output   Σ_{t≥k} α_t,   α_t = l_t C_t·(dY S)_t
//     state to state    a ⟨S, G⟩
//     input to state    Σ_{s<k} d_s β_s,   β_s = w_s B_s·(X G)_s
//     input to output   Σ_{s<k≤t} (K ∘ V)_ts d_s, the difference of row and column sums of K ∘ V diag(d) from k on
//
// By bytes, a chunk of a head moves 40 KB in the first launch and 56 KB in the second, 5200 clocks of a multiprocessor's
// share of the memory; its products take 1540 clocks of the tensor cores.
#include "hopper_chunks.cuh"
#include "hopper_gradients.h"

using namespace hopper;

// Where a lane's row of four 8×8 matrices lies in a tile at `tile`: rows from 16 w, columns from 16 v, as in an accumulator.
// Tiles are aligned, so that the exchange of 16 bytes is one exclusive or.
__device__ __forceinline__ uint32_t straight(uint32_t tile, int w, int v, int lane) {
    return (tile + tile_offset(16 * w + (lane & 15), lane >> 4)) ^ (v << 5);
}

// The same of the transpose.
__device__ __forceinline__ uint32_t transposed(uint32_t tile, int w, int v, int lane) {
    return tile + tile_offset(8 * (lane >> 4) + (lane & 7), 2 * w + (lane >> 3 & 1)) + v * 16 * 128;
}

// A pair as bfloat16, and what that leaves.
__device__ __forceinline__ void split(float x, float y, uint32_t& rounded, uint32_t& rest) {
    rounded = pack(x, y);
    rest = pack(x - low(rounded), y - high(rounded));
}

// Four 8×8 matrices with factors for their columns, a lane's four side by side, as sums of two numbers.
__device__ __forceinline__ void scale_columns(
        const uint32_t (&fragment)[4], float4 by_column, uint32_t (&rounded)[4], uint32_t (&rest)[4]) {
#pragma unroll
    for (int i = 0; i < 4; i++)
        split(low(fragment[i]) * (i >> 1 ? by_column.z : by_column.x),
                high(fragment[i]) * (i >> 1 ? by_column.w : by_column.y), rounded[i], rest[i]);
}

// ---- states ------------------------------------------------------------------------------------------------

// Walks tiles of a sequence, each in a warp group. Forwards: S ← a S + (X diag(w d))ᵀ B from the initial state. Backwards:
// G ← a G + (dY diag(l))ᵀ C from the gradient of the final state. Each is written before it is updated.
template <int NT, int HEADS, bool BACKWARDS>
struct StateWalk {
    static constexpr int X = NT * TILE_BYTES;
    static constexpr int STAGE = X + HEADS * TILE_BYTES;
    static constexpr int STAGES = 4;
    static constexpr int OUTPUTS = STAGES * STAGE;  // two a head, used in turn
    static constexpr int FACTORS = OUTPUTS + 2 * HEADS * NT * TILE_BYTES;
    static constexpr int FACTOR_COUNT = Q + 4;
    static constexpr int BARRIERS = FACTORS + STAGES * HEADS * FACTOR_COUNT * 4;
    static constexpr int BYTES = BARRIERS + 2 * STAGES * 8 + 1024;
    static constexpr int DECAYS = 2;  // warps for a head's decays, which take turns
    static constexpr int THREADS = HEADS * 128 + 32 * (1 + DECAYS * HEADS);
    const HopperGradients& p;
    uint8_t* generic;
    uint32_t base;
    int warp, lane, tiles, first_tile, chunks;
    HopperSegment sequence;
    Ring<STAGES> ring;

    __device__ __forceinline__ StateWalk(const HopperGradients& parameters, uint8_t* raw, int item) : p(parameters) {
        base = (shared_address(raw) + 1023) & ~1023u;
        generic = raw + (base - shared_address(raw));
        warp = __shfl_sync(~0u, threadIdx.x >> 5, 0);
        lane = threadIdx.x & 31;
        tiles = p.heads * p.head_tiles;
        int groups = (tiles + HEADS - 1) / HEADS;
        first_tile = item % groups * HEADS;
        sequence = p.sequences[item / groups];
        chunks = (sequence.length + Q - 1) / Q;
    }

    // Of a head: factors by step in the order of a lane, then the decay of the chunk.
    __device__ __forceinline__ float* factors(int stage, int i) const {
        return reinterpret_cast<float*>(generic + FACTORS) + (stage * HEADS + i) * FACTOR_COUNT;
    }
    __device__ __forceinline__ uint32_t full(int stage) const { return base + BARRIERS + 8 * stage; }
    __device__ __forceinline__ uint32_t empty(int stage) const { return base + BARRIERS + 8 * (STAGES + stage); }
    __device__ __forceinline__ int chunk(int i) const { return BACKWARDS ? chunks - 1 - i : i; }

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
        if (warp < 4 * HEADS)
            sum(warp >> 2);
        else if (warp > 4 * HEADS)
            decay((warp - 4 * HEADS - 1) % HEADS, (warp - 4 * HEADS - 1) / HEADS);
        else if (lane == 0)
            load();
    }

    __device__ __forceinline__ void load() {
        int head = first_tile / p.head_tiles;
        for (int i = 0; i < chunks; i++) {
            int t = sequence.from + chunk(i) * Q;
            uint32_t to = base + ring.stage * STAGE, arrived = full(ring.stage);
            barrier_wait(empty(ring.stage), ring.phase ^ 1);
            barrier_expect(arrived, STAGE);
#pragma unroll
            for (int n = 0; n < NT; n++)
                load_tile(to + n * TILE_BYTES, BACKWARDS ? &p.C_map : &p.B_map, arrived, n * 64,
                        head / (BACKWARDS ? p.c_share : p.b_share), t, sequence.batch);
#pragma unroll
            for (int j = 0; j < HEADS; j++)  // zeros beyond the last tile
                load_tile(to + X + j * TILE_BYTES, BACKWARDS ? &p.dy_map : &p.x_map, arrived,
                        (first_tile + j) % p.head_tiles * 64, (first_tile + j) / p.head_tiles, t, sequence.batch);
            ring.advance();
        }
    }

    __device__ __forceinline__ void decay(int j, int first) {
        Steps<DECAYS * (BACKWARDS ? -Q : Q)> steps(
                p, sequence, min(first_tile + j, tiles - 1) / p.head_tiles, chunk(first) * Q + 2 * lane);
        for (int i = 0; i < first; i++) ring.advance();
        for (int i = first; i < chunks; i += DECAYS * steps.AHEAD)
#pragma unroll
            for (int turn = 0; turn < steps.AHEAD; turn++) {
                if (i + DECAYS * turn >= chunks) continue;
                int t = chunk(i + DECAYS * turn) * Q + 2 * lane;
                float2 step, log, factor;
                steps.next(turn, step, log);
                BlockSums sums(log, lane);
                float other = 0.f, total = 0.f;  // the blocks between this one and the start or the end
#pragma unroll
                for (int v = 0; v < BLOCKS; v++) {
                    if (BACKWARDS ? v < lane >> 3 : v > lane >> 3) other += sums.whole[v];
                    total += sums.whole[v];
                }
                if (BACKWARDS)
                    factor = {t < sequence.length ? exp2_fast(other + sums.before.x) : 0.f,
                            t + 1 < sequence.length ? exp2_fast(other + sums.before.y) : 0.f};
                else
                    factor = {exp2_fast(other + sums.after.x) * step.x, exp2_fast(other + sums.after.y) * step.y};
                barrier_wait(empty(ring.stage), ring.phase ^ 1);
                put_of_lane(factors(ring.stage, j), lane, factor.x, factor.y);
                if (lane == 0) factors(ring.stage, j)[Q] = exp2_fast(total);
                barrier_arrive(full(ring.stage));
                for (int i = 0; i < DECAYS; i++) ring.advance();
            }
    }

    __device__ __forceinline__ void sum(int j) {
        int w = warp & 3, row = lane >> 2, pair = 2 * (lane & 3);
        int tile = first_tile + j, head = tile / p.head_tiles, column = tile % p.head_tiles * 64;
        bool leader = (threadIdx.x & 127) == 0, real = tile < tiles;  // else a partner for the last tile, without effect
        int rows = real ? p.head_dim - (column + 16 * w + row) : 0, columns = p.state_size - pair;
        int64_t outer = ((int64_t(sequence.sequence) * p.heads + head) * p.head_dim + column + 16 * w + row) * p.state_size
                + pair;
        // Whether entries 2 k and 2 k + 1 exist outside; k & 1 is 8 rows, k >> 1 is 8 columns further.
        auto exists = [&](int k) { return (k & 1) * 8 < rows && (k >> 1) * 8 < columns; };
        auto place = [&](int k) { return outer + (k & 1) * 8 * p.state_size + (k >> 1) * 8; };
        float s[32 * NT];
        const float* given = BACKWARDS ? p.dfinal_states : p.initial_states;
#pragma unroll
        for (int k = 0; k < 16 * NT; k++) {
            float2 value = given && exists(k) ? *reinterpret_cast<const float2*>(given + place(k)) : float2{0.f, 0.f};
            s[2 * k] = value.x;
            s[2 * k + 1] = value.y;
        }
        uint8_t* to = static_cast<uint8_t*>(BACKWARDS ? p.state_gradients : p.states);
        for (int i = 0; i < chunks; i++) {
            uint32_t b = base + ring.stage * STAGE, x = b + X + j * TILE_BYTES;
            uint32_t output = base + OUTPUTS + (2 * j + (i & 1)) * NT * TILE_BYTES;
            const float* f = factors(ring.stage, j);
#pragma unroll
            for (int v = 0; v < 4 * NT; v++) {
                const float* e = s + 8 * v;
                store_rows(straight(output + v / 4 * TILE_BYTES, w, v % 4, lane), pack(e[0], e[1]), pack(e[2], e[3]),
                        pack(e[4], e[5]), pack(e[6], e[7]));
            }
            barrier_wait(full(ring.stage), ring.phase);
            float whole = f[Q];
#pragma unroll
            for (int k = 0; k < 32 * NT; k++) s[k] *= whole;
            uint32_t xw[4][4], rest[4][4];
#pragma unroll
            for (int k = 0; k < 4; k++) {
                uint32_t xt[4];
                load_transposed(xt, transposed(x, w, k, lane));
                scale_columns(xt, of_lane(f, k, lane), xw[k], rest[k]);
            }
            Operand across = Operand::across_k(b);
            matrix_fence();
#pragma unroll
            for (int k = 0; k < 4; k++) {
                multiply_across(s, xw[k], across.at(k * 16 * 128));
                multiply_across(s, rest[k], across.at(k * 16 * 128));
            }
            matrix_commit();

            if (leader) store_wait_read();  // so that after the barrier the other output may be written
            fence_async_proxy();
            group_sync(1 + j);
            if (leader && real) {
                store_bytes(to + (int64_t(sequence.previous + chunk(i)) * tiles + tile) * (NT * TILE_BYTES), output,
                        NT * TILE_BYTES);
                store_commit();
            }
            matrix_wait<0>();
            settle(s);
            settle(xw);
            settle(rest);
            barrier_arrive(empty(ring.stage));
            ring.advance();
        }
        if (BACKWARDS) {
#pragma unroll
            for (int k = 0; k < 16 * NT; k++)
                if (exists(k)) *reinterpret_cast<float2*>(p.grad_initial_states + place(k)) = {s[2 * k], s[2 * k + 1]};
        }
        if (leader) store_wait();
    }
};

// ---- everything inside the chunks --------------------------------------------------------------------------

// Of one chunk and head. Beyond the end of the sequence the factors by t are 0.
struct Factors {
    float start_of_block[Q];  // by t in the order of a lane: decay from the start of its block up to and including t
    float sum[Q];             // by t in the order of a lane: its binary logarithm
    float log[Q];             // by s: the same
    float reach[BLOCKS][Q];   // [v][s]: decay after s up to the end of block v
    float start[Q];           // by t: decay from the start of the chunk up to and including t
    float step[Q], slope[Q];  // the step size and its derivative by the raw one
    float skip[Q];            // by channel in the order of a lane: D
    float whole;              // decay of the chunk
    float rate;               // A
    float pad[2];
};

// What the warp groups find out for one chunk and tile, for the gradients of the decays.
struct Sums {
    float alpha[Q];       // by t
    float beta[Q];        // by s
    float outputs[4][Q];  // by t, from the warps' rows s < t: Σ K_ts V_ts d_s
    float inputs[Q];      // by s: Σ K_ts V_ts over t > s
    float own[Q];         // K_ss V_ss
    float skip[Q];        // V_ss
    float inner[4];       // ⟨S, G⟩ by warps
};

// A warp group for the chunk's pairs of steps (V and K), one for what inputs do (U and X G), one for what outputs do
// (dY S), and one of single warps: loads, decays, and the gradients of the decays.
template <int NT>
struct ChunkGradients {
    static constexpr int C = NT * TILE_BYTES;  // B first
    static constexpr int STAGED = 2 * C;
    static constexpr int DY = TILE_BYTES;  // offsets in a stage; X first
    static constexpr int S = 2 * TILE_BYTES;
    static constexpr int G = S + NT * TILE_BYTES;
    static constexpr int STAGE = G + NT * TILE_BYTES;
    static constexpr int STAGES = 3;
    static constexpr int WEIGHTS = STAGED + STAGES * STAGE;  // two tiles Kᵀ, used in turn; zero below their diagonals
    static constexpr int OUTPUTS = WEIGHTS + 2 * TILE_BYTES;  // two tiles dX, likewise
    static constexpr int FACTORS = OUTPUTS + 2 * TILE_BYTES;
    static constexpr int SUMS = FACTORS + STAGES * int(sizeof(Factors));
    static constexpr int BARRIERS = SUMS + 2 * int(sizeof(Sums));
    static constexpr int BYTES = BARRIERS + (2 * STAGES + 10) * 8 + 1024;
    static constexpr int THREADS = 512;
    const HopperGradients& p;
    uint8_t* generic;
    uint32_t base;
    int warp, lane, tiles, first_tile, end_tile, part, number;
    HopperSegment chunk;
    Ring<STAGES> ring;
    Ring<2> turn;

    __device__ __forceinline__ ChunkGradients(const HopperGradients& parameters, uint8_t* raw) : p(parameters) {
        base = (shared_address(raw) + 1023) & ~1023u;
        generic = raw + (base - shared_address(raw));
        warp = __shfl_sync(~0u, threadIdx.x >> 5, 0);
        lane = threadIdx.x & 31;
        tiles = p.heads * p.head_tiles;
        int parts = p.heads / p.part_heads;
        number = blockIdx.x / parts;
        part = blockIdx.x % parts;
        first_tile = part * p.part_heads * p.head_tiles;
        end_tile = first_tile + p.part_heads * p.head_tiles;
        chunk = p.chunks[number];
    }

    __device__ __forceinline__ Factors& factors(int stage) const {
        return reinterpret_cast<Factors*>(generic + FACTORS)[stage];
    }
    __device__ __forceinline__ Sums& sums() const { return reinterpret_cast<Sums*>(generic + SUMS)[turn.stage]; }
    __device__ __forceinline__ uint32_t barrier(int i) const { return base + BARRIERS + 8 * i; }
    __device__ __forceinline__ uint32_t full() const { return barrier(ring.stage); }
    __device__ __forceinline__ uint32_t empty() const { return barrier(STAGES + ring.stage); }
    __device__ __forceinline__ uint32_t weighed() const { return barrier(2 * STAGES + turn.stage); }
    __device__ __forceinline__ uint32_t multiplied() const { return barrier(2 * STAGES + 2 + turn.stage); }
    __device__ __forceinline__ uint32_t summed() const { return barrier(2 * STAGES + 4 + turn.stage); }
    __device__ __forceinline__ uint32_t taken() const { return barrier(2 * STAGES + 6 + turn.stage); }
    __device__ __forceinline__ uint32_t shared_loaded() const { return barrier(2 * STAGES + 8); }  // B and C
    __device__ __forceinline__ uint32_t gathered() const { return barrier(2 * STAGES + 9); }  // the sum of L ∘ V diag(d)
    __device__ __forceinline__ uint32_t stage() const { return base + STAGED + ring.stage * STAGE; }
    __device__ __forceinline__ uint32_t weights(int turn) const { return base + WEIGHTS + turn * TILE_BYTES; }
    // Tiles for the sum of (L ∘ V diag(d))ᵀ, as two numbers each, and for its transpose: in a stage that is free by then.
    __device__ __forceinline__ uint32_t gather(int i) const { return base + STAGED + i * TILE_BYTES; }
    __device__ __forceinline__ uint32_t output() const { return base + OUTPUTS + turn.stage * TILE_BYTES; }
    __device__ __forceinline__ void advance() {
        ring.advance();
        turn.advance();
    }

    __device__ __forceinline__ void run() {
        for (int i = threadIdx.x; i < 2 * TILE_BYTES / 16; i += THREADS)
            reinterpret_cast<uint4*>(generic + WEIGHTS)[i] = {0, 0, 0, 0};
        // Every lane arrives, not one for its warp: it costs nothing, and racecheck can follow.
        if (threadIdx.x == 0) {
            for (turn.stage = 0; turn.stage < 2; turn.stage++) {
                barrier_init(weighed(), 128);
                barrier_init(multiplied(), 128);
                barrier_init(summed(), 3 * 128);
                barrier_init(taken(), 32);
            }
            turn.stage = 0;
            for (; ring.stage < STAGES; ring.stage++) {
                barrier_init(full(), 1 + 32);
                barrier_init(empty(), 3 * 128 + 32);
            }
            ring.stage = 0;
            barrier_init(shared_loaded(), 1);
            barrier_init(gathered(), 128);
            barriers_ready();
        }
        fence_async_proxy();
        __syncthreads();
        int group = warp >> 2;
        if (group == 3) {
            shrink_registers<48>();
            int role = warp & 3;
            if (role == 0 && lane == 0) load();
            if (role == 1 || role == 2) decay(role - 1);
            if (role == 3) finish();
        } else if (group == 0) {
            grow_registers<128>();
            pairs_of_steps();
        } else if (group == 1) {
            grow_registers<NT == 2 ? 168 : 152>();
            of_inputs();
        } else {
            grow_registers<NT == 2 ? 168 : 152>();
            of_outputs();
        }
    }

    __device__ __forceinline__ void load() {
        int head = part * p.part_heads, t = chunk.from, batch = chunk.batch;
        barrier_expect(shared_loaded(), 2 * C);
#pragma unroll
        for (int n = 0; n < NT; n++) {
            load_tile(base + n * TILE_BYTES, &p.B_map, shared_loaded(), n * 64, head / p.b_share, t, batch);
            load_tile(base + C + n * TILE_BYTES, &p.C_map, shared_loaded(), n * 64, head / p.c_share, t, batch);
        }
        for (int tile = first_tile; tile < end_tile; tile++) {
            uint32_t to = stage();
            int column = tile % p.head_tiles * 64;
            int64_t at = (int64_t(number) * tiles + tile) * (NT * TILE_BYTES);
            barrier_wait(empty(), ring.phase ^ 1);
            barrier_expect(full(), STAGE);
            load_tile(to, &p.x_map, full(), column, tile / p.head_tiles, t, batch);
            load_tile(to + DY, &p.dy_map, full(), column, tile / p.head_tiles, t, batch);
            if (tile == first_tile) depend_on_earlier_launch();
            load_bytes(to + S, static_cast<const uint8_t*>(p.states) + at, NT * TILE_BYTES, full());
            load_bytes(to + G, static_cast<const uint8_t*>(p.state_gradients) + at, NT * TILE_BYTES, full());
            ring.advance();
        }
    }

    // Every other tile.
    __device__ __forceinline__ void decay(int turn) {
        int t = 2 * lane;
        bool valid[2] = {t < chunk.length, t + 1 < chunk.length};
        const float* dt = p.dt + (int64_t(chunk.batch) * p.time + chunk.from + t) * p.heads;
        auto fetch = [&](int tile) {
            int head = min(tile, end_tile - 1) / p.head_tiles;
            return float2{valid[0] ? __ldg(dt + head) : 0.f, valid[1] ? __ldg(dt + p.heads + head) : 0.f};
        };
        float2 next = fetch(first_tile + turn);
        if (turn) ring.advance();
        for (int tile = first_tile + turn; tile < end_tile; tile += 2) {
            float2 raw = next;
            next = fetch(tile + 2);
            int head = tile / p.head_tiles;
            StepSizes sizes(p, head);
            float2 slope, step = {valid[0] ? sizes.size(raw.x, slope.x) : 0.f, valid[1] ? sizes.size(raw.y, slope.y) : 0.f};
            BlockSums of({sizes.log(step.x), sizes.log(step.y)}, lane);
            int block = lane >> 3;
            float blocks_before = 0.f, total = 0.f;
#pragma unroll
            for (int v = 0; v < BLOCKS; v++) {
                if (v < block) blocks_before += of.whole[v];
                total += of.whole[v];
            }
            Factors& f = factors(ring.stage);
            auto put = [&](float* by_step, float x, float y) { reinterpret_cast<float2*>(by_step)[lane] = {x, y}; };
            barrier_wait(empty(), ring.phase ^ 1);
            put_of_lane(f.start_of_block, lane, valid[0] ? exp2_fast(of.before.x) : 0.f,
                    valid[1] ? exp2_fast(of.before.y) : 0.f);
            put_of_lane(f.sum, lane, valid[0] ? of.before.x : -INFINITY, valid[1] ? of.before.y : -INFINITY);
            put(f.log, of.before.x, of.before.y);
            float2 reach = of.after;
#pragma unroll
            for (int v = 0; v < BLOCKS; v++) {
                if (v > block) reach = {reach.x + of.whole[v], reach.y + of.whole[v]};
                put(f.reach[v], exp2_fast(reach.x), exp2_fast(reach.y));
            }
            put(f.start, valid[0] ? exp2_fast(blocks_before + of.before.x) : 0.f,
                    valid[1] ? exp2_fast(blocks_before + of.before.y) : 0.f);
            put(f.step, step.x, step.y);
            put(f.slope, valid[0] ? slope.x : 0.f, valid[1] ? slope.y : 0.f);
            if (p.D) {
                int channel = tile % p.head_tiles * 64 + 2 * lane;  // their number is even
                const float* skip = p.d_per_channel ? p.D + head * p.head_dim + min(channel, p.head_dim - 2) : p.D + head;
                put_of_lane(f.skip, lane, skip[0], skip[p.d_per_channel]);
            }
            if (lane == 0) {
                f.whole = exp2_fast(total);
                f.rate = p.A[head];
            }
            barrier_arrive(full());
            ring.advance();
            ring.advance();
        }
    }

    // The sum over the four lanes that share the rows of an accumulator.
    __device__ __forceinline__ static void sum_rows(float (&of_row)[2]) {
#pragma unroll
        for (int half = 0; half < 2; half++)
#pragma unroll
            for (int lanes = 1; lanes < 4; lanes *= 2) of_row[half] += __shfl_xor_sync(~0u, of_row[half], lanes);
    }

    // The products' rows are s and their columns t.
    __device__ __forceinline__ void pairs_of_steps() {
        int w = warp & 3, row = lane >> 2, pair = 2 * (lane & 3), s = 16 * w + row;
        float bc[32], pairs[32];  // B Cᵀ; Σ (L ∘ V diag(d))ᵀ over heads
        barrier_wait(shared_loaded(), 0);
        multiply_shared(bc, base, base + C);
#pragma unroll
        for (int k = 0; k < 32; k++) pairs[k] = 0.f;
        matrix_wait<0>();
        settle(bc);

        for (int tile = first_tile; tile < end_tile; tile++) {
            const Factors& f = factors(ring.stage);
            Operand x = Operand::along_k(stage()), dy = Operand::along_k(stage() + DY);
            float v[32];
            barrier_wait(full(), ring.phase);
            matrix_fence();
            multiply<true>(v, x.at(0), dy.at(0));
#pragma unroll
            for (int k = 1; k < 4; k++) multiply<false>(v, x.at(k * 32), dy.at(k * 32));
            matrix_commit();
            float step[2] = {f.step[s], f.step[s + 8]}, log[2] = {f.log[s], f.log[s + 8]};
            float input[2] = {}, own[2] = {}, skip[2] = {}, output_sums[16] = {};
            // An entry of K and what it is for; a step and itself are no pair.
            auto weigh = [&](int at, int half, float mask, bool same, float& output) {
                float kept = mask * bc[at], both = kept * v[at];
                pairs[at] += step[half] * (mask * v[at]);
                if (same) {
                    own[half] = both;
                    skip[half] = v[at];
                }
                both = same ? 0.f : both;
                input[half] += both;
                output += step[half] * both;
                return kept;
            };
            barrier_wait(multiplied(), turn.phase ^ 1);
            matrix_wait<0>();
            settle(v);
#pragma unroll
            for (int block = 0; block < BLOCKS; block++) {
                if (block < w) continue;
                float* output = output_sums + 4 * block;
                float k[8];  // eights of columns, rows and eight rows further, pairs
                if (block == w) {
                    float4 sum = of_lane(f.sum, block, lane);
#pragma unroll
                    for (int eight = 0; eight < 2; eight++) {  // on the diagonal
                        int at = 6 * eight, distance = pair - row;
                        float m0 = exp2_fast(fminf((eight ? sum.z : sum.x) - log[eight], 0.f));
                        float m1 = exp2_fast(fminf((eight ? sum.w : sum.y) - log[eight], 0.f));
                        k[at] = weigh(8 * block + at, eight, distance >= 0 ? m0 : 0.f, distance == 0, output[2 * eight]);
                        k[at + 1] = weigh(8 * block + at + 1, eight, distance >= -1 ? m1 : 0.f, distance == -1,
                                output[2 * eight + 1]);
                    }
                    k[2] = k[3] = 0.f;
                    k[4] = weigh(8 * block + 4, 0, exp2_fast(fminf(sum.z - log[0], 0.f)), false, output[2]);
                    k[5] = weigh(8 * block + 5, 0, exp2_fast(fminf(sum.w - log[0], 0.f)), false, output[3]);
                } else if (block > 0) {
                    float4 by_t = of_lane(f.start_of_block, block, lane);
#pragma unroll
                    for (int half = 0; half < 2; half++) {
                        float reach = f.reach[block - 1][s + 8 * half];
                        int at = 2 * half;
                        k[at] = weigh(8 * block + at, half, reach * by_t.x, false, output[0]);
                        k[at + 1] = weigh(8 * block + at + 1, half, reach * by_t.y, false, output[1]);
                        k[at + 4] = weigh(8 * block + at + 4, half, reach * by_t.z, false, output[2]);
                        k[at + 5] = weigh(8 * block + at + 5, half, reach * by_t.w, false, output[3]);
                    }
                }
                store_rows(straight(weights(turn.stage), w, block, lane), pack(k[0], k[1]), pack(k[2], k[3]),
                        pack(k[4], k[5]), pack(k[6], k[7]));
            }
            fence_async_proxy();
            barrier_arrive(weighed());
            barrier_arrive(empty());

            sum_rows(input);
            sum_rows(own);
            sum_rows(skip);
            // Over the eight rows of lanes; each keeps half of its columns every time.
#pragma unroll
            for (int count = 8; count >= 2; count /= 2) {
                bool upper = lane & 2 * count;
#pragma unroll
                for (int i = 0; i < 8; i++)
                    if (i < count) {
                        float mine = upper ? output_sums[i + count] : output_sums[i];
                        float others = upper ? output_sums[i] : output_sums[i + count];
                        output_sums[i] = mine + __shfl_xor_sync(~0u, others, 2 * count);
                    }
            }
            Sums& to = sums();
            barrier_wait(taken(), turn.phase ^ 1);
            *reinterpret_cast<float2*>(&to.outputs[w][8 * row + pair]) = {output_sums[0], output_sums[1]};
            if ((lane & 3) == 0) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    to.inputs[s + 8 * half] = input[half];
                    to.own[s + 8 * half] = own[half];
                    to.skip[s + 8 * half] = skip[half];
                }
            }
            barrier_arrive(summed());
            advance();
        }

        // All have done with the first stages when the heads are: the last to leave one is waited for.
        for (int i = 0; i < STAGES; i++, ring.advance()) barrier_wait(empty(), ring.phase ^ 1);
#pragma unroll
        for (int v = 0; v < 4; v++) {
            const float* e = pairs + 8 * v;
            uint32_t rounded[4], rest[4];
#pragma unroll
            for (int i = 0; i < 4; i++) split(e[2 * i], e[2 * i + 1], rounded[i], rest[i]);
            store_rows(straight(gather(0), w, v, lane), rounded[0], rounded[1], rounded[2], rounded[3]);
            store_rows(straight(gather(1), w, v, lane), rest[0], rest[1], rest[2], rest[3]);
            store_transposed(transposed(gather(2), w, v, lane), rounded[0], rounded[1], rounded[2], rounded[3]);
            store_transposed(transposed(gather(3), w, v, lane), rest[0], rest[1], rest[2], rest[3]);
        }
        barrier_arrive(gathered());
    }

    // product ← left rightᵀ, two matrices with the columns of the states.
    __device__ __forceinline__ static void multiply_shared(float (&product)[32], uint32_t left, uint32_t right) {
        Operand a = Operand::along_k(left), b = Operand::along_k(right);
        matrix_fence();
        multiply<true>(product, a.at(0), b.at(0));
#pragma unroll
        for (int k = 1; k < 4 * NT; k++)
            multiply<false>(product, a.at(k / 4 * TILE_BYTES + k % 4 * 32), b.at(k / 4 * TILE_BYTES + k % 4 * 32));
        matrix_commit();
    }

    // sum ← sum + diag(scale) left right, where left is X or dY and right a state.
    __device__ __forceinline__ static void add_product(
            float (&sum)[32 * NT], const float (&scale)[2], uint32_t left, uint32_t right) {
        Operand a = Operand::along_k(left), b = Operand::across_k(right);
#pragma unroll
        for (int half = 0; half < NT; half++) {
            float product[32];
            matrix_fence();
            multiply_across<true>(product, a.at(0), b.at(half * TILE_BYTES));
#pragma unroll
            for (int k = 1; k < 4; k++) multiply_across<false>(product, a.at(k * 32), b.at(half * TILE_BYTES + k * 16 * 128));
            matrix_commit();
            matrix_wait<0>();
            settle(product);
#pragma unroll
            for (int k = 0; k < 32; k++) sum[32 * half + k] += scale[k >> 1 & 1] * product[k];
            settle(sum);
        }
    }

    // U, and from it dX and β; X G for B's gradient.
    __device__ __forceinline__ void of_inputs() {
        int w = warp & 3, s = 16 * w + (lane >> 2);
        bool leader = (threadIdx.x & 127) == 0;
        float db[32 * NT];
#pragma unroll
        for (int k = 0; k < 32 * NT; k++) db[k] = 0.f;
        barrier_wait(shared_loaded(), 0);

        for (int tile = first_tile; tile < end_tile; tile++) {
            const Factors& f = factors(ring.stage);
            uint32_t x = stage(), dy = x + DY, g = x + G;
            Operand k_along = Operand::along_k(weights(turn.stage)), dy_across = Operand::across_k(dy);
            float u[32];
            barrier_wait(full(), ring.phase);
            float end[2] = {f.reach[BLOCKS - 1][s], f.reach[BLOCKS - 1][s + 8]}, step[2] = {f.step[s], f.step[s + 8]};
            float weight[2] = {end[0] * step[0], end[1] * step[1]}, beta[2] = {};
            multiply_shared(u, base, g);
            matrix_wait<0>();
            settle(u);
#pragma unroll
            for (int k = 0; k < 4; k++) {
                uint32_t rows[4];
                load_rows(rows, straight(x, w, k, lane));
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    float* e = u + 8 * k + 2 * i;
                    e[0] *= end[i & 1];
                    e[1] *= end[i & 1];
                    beta[i & 1] += e[0] * low(rows[i]) + e[1] * high(rows[i]);
                }
            }
            add_product(db, weight, x, g);
            barrier_wait(weighed(), turn.phase);
            matrix_fence();
#pragma unroll
            for (int k = 0; k < 4; k++) multiply_across<false>(u, k_along.at(k * 32), dy_across.at(k * 16 * 128));
            matrix_commit();
            sum_rows(beta);
            barrier_wait(taken(), turn.phase ^ 1);
            if ((lane & 3) == 0) {
                sums().beta[s] = beta[0];
                sums().beta[s + 8] = beta[1];
            }
            barrier_arrive(summed());
            matrix_wait<0>();
            settle(u);
            barrier_arrive(multiplied());
#pragma unroll
            for (int k = 0; k < 32; k++) u[k] *= step[k >> 1 & 1];
            if (p.D) add_skip(u, f.skip, dy);
#pragma unroll
            for (int v = 0; v < 4; v++) {
                const float* e = u + 8 * v;
                store_rows(straight(output(), w, v, lane), pack(e[0], e[1]), pack(e[2], e[3]), pack(e[4], e[5]),
                        pack(e[6], e[7]));
            }
            barrier_arrive(empty());
            if (leader) store_wait_read();  // so that after the barrier the other tile may be written
            fence_async_proxy();
            group_sync(1);
            write_x(tile, leader);
            advance();
        }
        write_shared(db, gather(0), base + C, p.grad_B, p.part_B, p.b_share);
        if (leader) store_wait();
    }

    // dX += D dY.
    __device__ __forceinline__ void add_skip(float (&x)[32], const float* skip, uint32_t dy) const {
#pragma unroll
        for (int v = 0; v < 4; v++) {
            uint32_t direct[4];
            load_rows(direct, straight(dy, warp & 3, v, lane));
            float4 through = of_lane(skip, v, lane);
#pragma unroll
            for (int i = 0; i < 4; i++) {
                x[8 * v + 2 * i] += (i >> 1 ? through.z : through.x) * low(direct[i]);
                x[8 * v + 2 * i + 1] += (i >> 1 ? through.w : through.y) * high(direct[i]);
            }
        }
    }

    __device__ __forceinline__ void write_x(int tile, bool leader) {
        int head = tile / p.head_tiles, column = tile % p.head_tiles * 64;
        if (chunk.length == Q || !p.packed) {
            if (leader) {
                store_tile(&p.grad_x_map, output(), column, head, chunk.from, chunk.batch);
                store_commit();
            }
            return;
        }
        for (int k = threadIdx.x & 127; k < chunk.length * 8; k += 128) {  // the next rows belong to another sequence
            int r = k >> 3, piece = k & 7;
            if (column + piece * 8 < p.head_dim) {
                int64_t to = ((int64_t(chunk.batch) * p.time + chunk.from + r) * p.heads + head) * p.head_dim + column
                        + piece * 8;
                *reinterpret_cast<uint4*>(static_cast<__nv_bfloat16*>(p.grad_x) + to) =
                        *reinterpret_cast<const uint4*>(generic + (output() - base) + tile_offset(r, piece));
            }
        }
    }

    // dY S for C's gradient, α, and ⟨S, G⟩.
    __device__ __forceinline__ void of_outputs() {
        int w = warp & 3, t = 16 * w + (lane >> 2);
        float dc[32 * NT];
#pragma unroll
        for (int k = 0; k < 32 * NT; k++) dc[k] = 0.f;
        barrier_wait(shared_loaded(), 0);

        for (int tile = first_tile; tile < end_tile; tile++) {
            const Factors& f = factors(ring.stage);
            float y[32];  // C Sᵀ
            barrier_wait(full(), ring.phase);
            multiply_shared(y, base + C, stage() + S);
            float start[2] = {f.start[t], f.start[t + 8]}, alpha[2] = {};
            float inner = inner_product();
            matrix_wait<0>();
            settle(y);
#pragma unroll
            for (int k = 0; k < 4; k++) {
                uint32_t rows[4];
                load_rows(rows, straight(stage() + DY, w, k, lane));
#pragma unroll
                for (int i = 0; i < 4; i++)
                    alpha[i & 1] += y[8 * k + 2 * i] * low(rows[i]) + y[8 * k + 2 * i + 1] * high(rows[i]);
            }
            sum_rows(alpha);
            barrier_wait(taken(), turn.phase ^ 1);
            if ((lane & 3) == 0) {
                sums().alpha[t] = start[0] * alpha[0];
                sums().alpha[t + 8] = start[1] * alpha[1];
            }
            if (lane == 0) sums().inner[w] = inner;
            barrier_arrive(summed());
            add_product(dc, start, stage() + DY, stage() + S);
            barrier_arrive(empty());
            advance();
        }
        write_shared(dc, gather(2), base, p.grad_C, p.part_C, p.c_share);
    }

    // A warp's part of ⟨S, G⟩; both are exchanged within rows in the same way.
    __device__ __forceinline__ float inner_product() const {
        const uint4* s = reinterpret_cast<const uint4*>(generic + (stage() - base) + S) + (threadIdx.x & 127);
        const uint4* g = reinterpret_cast<const uint4*>(generic + (stage() - base) + G) + (threadIdx.x & 127);
        float sum = 0.f;
#pragma unroll 2
        for (int i = 0; i < NT * TILE_BYTES / 16; i += 128) {
            uint4 a = s[i], b = g[i];
            sum += (low(a.x) * low(b.x) + high(a.x) * high(b.x)) + (low(a.y) * low(b.y) + high(a.y) * high(b.y))
                    + ((low(a.z) * low(b.z) + high(a.z) * high(b.z)) + (low(a.w) * low(b.w) + high(a.w) * high(b.w)));
        }
#pragma unroll
        for (int lanes = 1; lanes < 32; lanes *= 2) sum += __shfl_xor_sync(~0u, sum, lanes);
        return sum;
    }

    // A gradient of B or C: what the heads' states gave, and the sum over heads of the pairs of steps times C or B.
    __device__ __forceinline__ void write_shared(
            float (&sum)[32 * NT], uint32_t pairs, uint32_t other, void* direct, float* parts, int share) {
        int w = warp & 3;
        Operand across = Operand::across_k(other);
        barrier_wait(gathered(), 0);
#pragma unroll
        for (int rest = 0; rest < 2; rest++) {
            uint32_t left[4][4];
#pragma unroll
            for (int k = 0; k < 4; k++) load_rows(left[k], straight(pairs + rest * TILE_BYTES, w, k, lane));
            matrix_fence();
#pragma unroll
            for (int k = 0; k < 4; k++) multiply_across(sum, left[k], across.at(k * 16 * 128));
            matrix_commit();
            matrix_wait<0>();
            settle(sum);
        }
        int count = parts ? p.heads / p.part_heads : p.heads / share, index = parts ? part : part * p.part_heads / share;
#pragma unroll
        for (int k = 0; k < 16 * NT; k++) {
            int r = 16 * w + (lane >> 2) + 8 * (k & 1), n = (k >> 1) * 8 + 2 * (lane & 3);
            if (r >= chunk.length || n >= p.state_size) continue;
            int64_t at = ((int64_t(chunk.batch) * p.time + chunk.from + r) * count + index) * p.state_size + n;
            if (parts)
                *reinterpret_cast<float2*>(parts + at) = {sum[2 * k], sum[2 * k + 1]};
            else
                *reinterpret_cast<uint32_t*>(static_cast<__nv_bfloat16*>(direct) + at) = pack(sum[2 * k], sum[2 * k + 1]);
        }
    }

    // The gradients of the decays and of what makes them, two steps a lane.
    __device__ __forceinline__ void finish() {
        int t = 2 * lane;
        auto both = [&](const float* by_step) { return reinterpret_cast<const float2*>(by_step)[lane]; };
        float2 paths = {}, leaving = {}, direct = {};
        float through = 0.f, skip = 0.f;
        for (int tile = first_tile; tile < end_tile; tile++) {
            const Factors& f = factors(ring.stage);
            barrier_wait(full(), ring.phase);
            float2 step = both(f.step), slope = both(f.slope);
            float whole = f.whole, rate = f.rate;
            barrier_arrive(empty());
            const Sums& of = sums();
            barrier_wait(summed(), turn.phase);
            float2 alpha = both(of.alpha), beta = both(of.beta), input = both(of.inputs), own = both(of.own);
            float2 diagonal = both(of.skip);
            paths = {paths.x + alpha.x, paths.y + alpha.y};
#pragma unroll
            for (int w = 0; w < 4; w++) {
                float2 output = both(of.outputs[w]);
                paths = {paths.x + output.x, paths.y + output.y};
            }
            through += whole * ((of.inner[0] + of.inner[1]) + (of.inner[2] + of.inner[3]));
            barrier_arrive(taken());
            paths = {paths.x - step.x * input.x, paths.y - step.y * input.y};
            leaving = {leaving.x + step.x * beta.x, leaving.y + step.y * beta.y};
            direct = {direct.x + input.x + own.x + beta.x, direct.y + input.y + own.y + beta.y};
            skip += (t < chunk.length ? diagonal.x : 0.f) + (t + 1 < chunk.length ? diagonal.y : 0.f);
            advance();
            if ((tile + 1) % p.head_tiles != 0) continue;

            float from_here = paths.x + paths.y, before = leaving.x + leaving.y;
#pragma unroll
            for (int shift = 1; shift < 32; shift *= 2) {
                float right = __shfl_down_sync(~0u, from_here, shift), left = __shfl_up_sync(~0u, before, shift);
                if (lane + shift < 32) from_here += right;
                if (lane >= shift) before += left;
            }
            float after = __shfl_down_sync(~0u, from_here, 1), earlier = __shfl_up_sync(~0u, before, 1);
            if (lane == 31) after = 0.f;
            if (lane == 0) earlier = 0.f;
            int head = tile / p.head_tiles;
            auto log_decay = [&](float crossing, float d) {  // nothing crosses a reset
                return d != 0.f && d * rate * LOG2E <= FORGET ? 0.f : crossing;
            };
            float2 log = {log_decay(after + paths.y + paths.x + through + earlier, step.x),
                    log_decay(after + paths.y + through + earlier + leaving.x, step.y)};
            auto of_dt = [&](float log, float direct, float slope, bool valid) {
                return valid ? (direct + (log == 0.f ? 0.f : log * rate)) * slope : 0.f;
            };
            float2 raw = {of_dt(log.x, direct.x, slope.x, t < chunk.length), of_dt(log.y, direct.y, slope.y, t + 1 < chunk.length)};
            float* to = p.grad_dt + (int64_t(chunk.batch) * p.time + chunk.from + t) * p.heads + head;
            if (t < chunk.length) to[0] = raw.x;
            if (t + 1 < chunk.length) to[p.heads] = raw.y;
            float of_rate = (t < chunk.length ? log.x * step.x : 0.f) + (t + 1 < chunk.length ? log.y * step.y : 0.f);
            float of_bias = raw.x + raw.y;
#pragma unroll
            for (int lanes = 1; lanes < 32; lanes *= 2) {
                of_rate += __shfl_xor_sync(~0u, of_rate, lanes);
                of_bias += __shfl_xor_sync(~0u, of_bias, lanes);
                skip += __shfl_xor_sync(~0u, skip, lanes);
            }
            if (lane == 0) {
                int64_t at = int64_t(number) * p.heads + head;
                p.part_A[at] = of_rate;
                if (p.dt_bias) p.part_dt_bias[at] = of_bias;
                if (p.D && !p.d_per_channel) p.part_D[at] = skip;
            }
            paths = leaving = direct = {};
            through = skip = 0.f;
        }
    }
};

// ---- beside the scan ---------------------------------------------------------------------------------------

// Of a gate: the gradient of what it multiplies, dy silu(z), and its own, dy y silu'(z) with y what it multiplies. A thread
// for every eight entries.
__device__ __forceinline__ void pass_gate(uint32_t dy, uint32_t z, uint32_t y, uint32_t& gated, uint32_t& grad_z) {
    float to_y[2], to_z[2];
#pragma unroll
    for (int i = 0; i < 2; i++) {
        float gradient = i ? high(dy) : low(dy), gate = i ? high(z) : low(z);
        float open = 1.f / (1.f + exp2_fast(-LOG2E * gate));
        to_y[i] = gradient * gate * open;
        to_z[i] = gradient * (i ? high(y) : low(y)) * open * (1.f + gate * (1.f - open));
    }
    gated = pack(to_y[0], to_y[1]);
    grad_z = pack(to_z[0], to_z[1]);
}

extern "C" __global__ void gate_gradients(
        const uint4* dy, const uint4* z, const uint4* y, uint4* gated, uint4* grad_z, long long count) {
    long long i = (long long)(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= count) return;
    uint4 a = dy[i], b = z[i], c = y[i], to_y, to_z;
    pass_gate(a.x, b.x, c.x, to_y.x, to_z.x);
    pass_gate(a.y, b.y, c.y, to_y.y, to_z.y);
    pass_gate(a.z, b.z, c.z, to_y.z, to_z.z);
    pass_gate(a.w, b.w, c.w, to_y.w, to_z.w);
    gated[i] = to_y;
    grad_z[i] = to_z;
}

// Of a skip for every channel: part (chunks, heads, head_dim) ← Σ x dy over the steps of a chunk. A block for every chunk
// and 512 channels, of which a thread takes two.
extern "C" __global__ void skip_gradients(
        const uint32_t* x, const uint32_t* dy, const HopperSegment* chunks, float2* part, int time, int pairs) {
    HopperSegment chunk = chunks[blockIdx.x];
    int i = blockIdx.y * blockDim.x + threadIdx.x;
    if (i >= pairs) return;
    int64_t first = (int64_t(chunk.batch) * time + chunk.from) * pairs + i;
    float2 sum = {};
#pragma unroll 8
    for (int t = 0; t < chunk.length; t++) {
        uint32_t a = x[first + int64_t(t) * pairs], b = dy[first + int64_t(t) * pairs];
        sum = {sum.x + low(a) * low(b), sum.y + high(a) * high(b)};
    }
    part[int64_t(blockIdx.x) * pairs + i] = sum;
}

#define DUALITY_STATE_WALK(name, NT, HEADS)                                                               \
    extern "C" __global__ void __launch_bounds__(StateWalk<NT, HEADS, false>::THREADS, 1)                 \
            hopper_state_walk_##name(const __grid_constant__ HopperGradients p) {                         \
        static_assert(StateWalk<NT, HEADS, false>::BYTES <= SHARED_BYTES);                                \
        extern __shared__ uint8_t raw[];                                                                  \
        if (blockIdx.x & 1)                                                                               \
            StateWalk<NT, HEADS, true>(p, raw, blockIdx.x >> 1).run();                                    \
        else                                                                                              \
            StateWalk<NT, HEADS, false>(p, raw, blockIdx.x >> 1).run();                                   \
    }
#define DUALITY_GRADIENTS(name, NT)                                                                       \
    extern "C" __global__ void __launch_bounds__(ChunkGradients<NT>::THREADS, 1)                          \
            hopper_gradients_##name(const __grid_constant__ HopperGradients p) {                          \
        static_assert(ChunkGradients<NT>::BYTES <= SHARED_BYTES);                                         \
        extern __shared__ uint8_t raw[];                                                                  \
        ChunkGradients<NT>(p, raw).run();                                                                 \
    }

// Named by the number of heads that share a block and the width of the state.
DUALITY_STATE_WALK(1_n64, 1, 1)
DUALITY_STATE_WALK(1_n128, 2, 1)
DUALITY_STATE_WALK(2_n64, 1, 2)
DUALITY_STATE_WALK(2_n128, 2, 2)
DUALITY_GRADIENTS(n64, 1)
DUALITY_GRADIENTS(n128, 2)
