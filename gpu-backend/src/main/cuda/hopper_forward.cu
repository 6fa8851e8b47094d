// The block form of SSD on Hopper: one warp group walks the chunks of one head with its state in registers.
//
// A chunk has Q = 64 steps; C, B are (Q, N), X is (Q, P), S the state (P, N) before it. With l_t the sum of
// log2-decays up to t inside the chunk, d_t the step size and W_ts = (C Bᵀ)_ts 2^(l_t - l_s) d_s for s ≤ t,
//
//     Yᵀ = (S Cᵀ) diag(2^l_t) + Xᵀ Wᵀ
//     S  ← 2^l_Q S + (Xᵀ diag(2^(l_Q - l_s) d_s)) B
//
// Shared memory is the narrow place: a product of 64 rows reads as much of it as the tensor cores can follow when
// both operands lie there. So S and Xᵀ are operands in registers, and only W, which is computed once for several
// heads' worth of C Bᵀ by a warp group of its own, passes through shared memory.
#include "hopper_states.cuh"

using namespace hopper;

// Decay factors of one chunk and head; those by s in the order of a lane.
struct Decays {
    float2 row[Q];             // by t: log2-decay from the start of its block up to and including t, and 2^that
    float sum[Q];              // row[s].x
    float step[Q];             // d_s
    float start[Q];            // 2^(log2-decay from the start of the chunk up to and including t)
    float column[BLOCKS][Q];   // [v][s]: d_s 2^(log2-decay after s up to the end of block v)
    float whole;               // 2^(log2-decay of the chunk)
    float pad[3];
};

template <int NT, int HEADS, bool GATED>
struct Shape {
    static constexpr int X = 2 * NT * TILE_BYTES;  // offset of X in a stage; B first, then C
    static constexpr int Z = X + HEADS * TILE_BYTES;
    static constexpr int STAGE = Z + (GATED ? HEADS * TILE_BYTES : 0);
    static constexpr int STAGES = GATED ? 2 : 3;
    static constexpr int WEIGHTS = STAGES * STAGE;  // two tiles a head, used in turn
    static constexpr int OUTPUTS = WEIGHTS + 2 * HEADS * TILE_BYTES;  // likewise
    static constexpr int DECAYS = OUTPUTS + 2 * HEADS * TILE_BYTES;
    static constexpr int BARRIERS = DECAYS + STAGES * HEADS * int(sizeof(Decays));
    static constexpr int BYTES = BARRIERS + (2 * STAGES + 4 * HEADS) * 8 + 1024;
    static constexpr int THREADS = (HEADS + 2) * 128;
};

// Fills in the decays of a chunk; a warp, two steps a lane.
__device__ __forceinline__ void write_decays(Decays& out, int lane, float2 step, float2 log) {
    BlockSums sums(log, lane);
    int block = lane >> 3;
    float blocks_before = 0.f, total = 0.f;
#pragma unroll
    for (int v = 0; v < BLOCKS; v++) {
        if (v < block) blocks_before += sums.whole[v];
        total += sums.whole[v];
    }
    reinterpret_cast<float4*>(out.row)[lane] = {sums.before.x, exp2_fast(sums.before.x), sums.before.y, exp2_fast(sums.before.y)};
    put_of_lane(out.start, lane, exp2_fast(blocks_before + sums.before.x), exp2_fast(blocks_before + sums.before.y));
    put_of_lane(out.sum, lane, sums.before.x, sums.before.y);
    put_of_lane(out.step, lane, step.x, step.y);
    float2 reach = sums.after;
#pragma unroll
    for (int v = 0; v < BLOCKS; v++) {
        if (v > block) reach = {reach.x + sums.whole[v], reach.y + sums.whole[v]};
        put_of_lane(out.column[v], lane, exp2_fast(reach.x) * step.x, exp2_fast(reach.y) * step.y);
    }
    if (lane == 0) out.whole = exp2_fast(total);
}

// The threads: a warp group for each of HEADS head tiles that share B and C (it holds the state), one that weighs
// C Bᵀ for all of them, one that loads (a warp copies tiles, one a head computes decays).
template <int NT, int HEADS, bool GATED>
struct Walk {
    using L = Shape<NT, HEADS, GATED>;
    const HopperProblem& p;
    uint8_t* generic;
    uint32_t base;
    int warp, lane, tiles, groups, items;
    Ring<L::STAGES> ring;

    __device__ __forceinline__ Walk(const HopperProblem& parameters, uint8_t* raw) : p(parameters) {
        base = (shared_address(raw) + 1023) & ~1023u;
        generic = raw + (base - shared_address(raw));
        warp = __shfl_sync(~0u, threadIdx.x >> 5, 0);
        lane = threadIdx.x & 31;
        tiles = p.heads * p.head_tiles;
        groups = (tiles + HEADS - 1) / HEADS;
        items = p.segment_count * groups;
    }

    __device__ __forceinline__ Decays& decays(int stage, int i) const {
        return reinterpret_cast<Decays*>(generic + L::DECAYS)[stage * HEADS + i];
    }
    __device__ __forceinline__ uint32_t barrier(int i) const { return base + L::BARRIERS + 8 * i; }
    __device__ __forceinline__ uint32_t full(int stage) const { return barrier(stage); }
    __device__ __forceinline__ uint32_t empty(int stage) const { return barrier(L::STAGES + stage); }
    // By head and by the last bit of the number of the chunk:
    __device__ __forceinline__ uint32_t weighed(int i, int turn) const { return barrier(2 * L::STAGES + 2 * i + turn); }
    __device__ __forceinline__ uint32_t multiplied(int i, int turn) const {
        return barrier(2 * L::STAGES + 2 * HEADS + 2 * i + turn);
    }
    __device__ __forceinline__ uint32_t weights(int i, int turn) const { return base + L::WEIGHTS + (2 * i + turn) * TILE_BYTES; }
    __device__ __forceinline__ uint32_t output(int i, int turn) const { return base + L::OUTPUTS + (2 * i + turn) * TILE_BYTES; }

    __device__ __forceinline__ void run() {
        for (int i = threadIdx.x; i < 2 * HEADS * TILE_BYTES / 16; i += L::THREADS)  // above the diagonal they stay zero
            reinterpret_cast<uint4*>(generic + L::WEIGHTS)[i] = {0, 0, 0, 0};
        // Every lane arrives, not one for its warp: it costs nothing, and racecheck can follow.
        if (threadIdx.x == 0) {
            for (int i = 0; i < L::STAGES; i++) {
                barrier_init(full(i), 1 + 32 * HEADS);
                barrier_init(empty(i), 128 * (HEADS + 1));
            }
            for (int i = 0; i < HEADS; i++) {
                for (int turn = 0; turn < 2; turn++) {
                    barrier_init(weighed(i, turn), 128);
                    barrier_init(multiplied(i, turn), 128);
                }
            }
            barriers_ready();
        }
        fence_async_proxy();
        __syncthreads();
        int group = warp >> 2;
        if (group == HEADS + 1) {
            shrink_registers<64>();
            int role = warp & 3;
            if (role == 0 && lane == 0) load();
            if (role > 0 && role <= HEADS) decay(role - 1);
        } else if (group == HEADS) {
            shrink_registers<96>();
            weigh();
        } else {
            grow_registers<HEADS == 1 ? 224 : 176>();
            multiply_head(group);
        }
    }

    __device__ __forceinline__ void load() {
        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            const HopperSegment segment = p.segments[item / groups];
            int first = item % groups * HEADS, head = first / p.head_tiles;
            for (int t = segment.from; t < segment.from + segment.length; t += Q) {
                uint32_t to = base + ring.stage * L::STAGE, arrived = full(ring.stage);
                barrier_wait(empty(ring.stage), ring.phase ^ 1);
                barrier_expect(arrived, L::STAGE);
#pragma unroll
                for (int n = 0; n < NT; n++) {
                    load_tile(to + n * TILE_BYTES, &p.B_map, arrived, n * 64, head / p.b_share, t, segment.batch);
                    load_tile(to + (NT + n) * TILE_BYTES, &p.C_map, arrived, n * 64, head / p.c_share, t, segment.batch);
                }
#pragma unroll
                for (int i = 0; i < HEADS; i++) {
                    int h = (first + i) / p.head_tiles, column = (first + i) % p.head_tiles * 64;
                    load_tile(to + L::X + i * TILE_BYTES, &p.x_map, arrived, column, h / p.x_share, t, segment.batch);
                    if (GATED) load_tile(to + L::Z + i * TILE_BYTES, &p.z_map, arrived, column, h, t, segment.batch);
                }
                ring.advance();
            }
        }
    }

    __device__ __forceinline__ void decay(int i) {
        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            const HopperSegment segment = p.segments[item / groups];
            Steps<Q> steps(p, segment, min(item % groups * HEADS + i, tiles - 1) / p.head_tiles, 2 * lane);
            for (int t = 0; t < segment.length; t += Q * steps.AHEAD)
#pragma unroll
                for (int turn = 0; turn < steps.AHEAD; turn++)
                    if (t + turn * Q < segment.length) {
                        float2 step, log;
                        steps.next(turn, step, log);
                        barrier_wait(empty(ring.stage), ring.phase ^ 1);
                        write_decays(decays(ring.stage, i), lane, step, log);
                        barrier_arrive(full(ring.stage));
                        ring.advance();
                    }
        }
    }

    // W for every head. Left of the diagonal block 2^(l_t - l_s) is row times column, both at most 1; in the block it is
    // computed entry by entry.
    __device__ __forceinline__ void weigh() {
        int w = warp & 3, row = lane >> 2, pair = 2 * (lane & 3);
        uint32_t round = 0;
        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            int length = p.segments[item / groups].length;
            for (int t = 0; t < length; t += Q, round++) {
                uint32_t b = base + ring.stage * L::STAGE, turn = round & 1;
                barrier_wait(full(ring.stage), ring.phase);
                float g[32];
                Operand left = Operand::along_k(b + NT * TILE_BYTES), right = Operand::along_k(b);
                matrix_fence();
                multiply<true>(g, left.at(0), right.at(0));
#pragma unroll
                for (int k = 1; k < 4 * NT; k++)
                    multiply<false>(g, left.at(k / 4 * TILE_BYTES + k % 4 * 32), right.at(k / 4 * TILE_BYTES + k % 4 * 32));
                matrix_commit();
                float2 by_row[HEADS][2];
                float4 factor[HEADS][BLOCKS - 1];
                float diagonal[HEADS][8];
#pragma unroll
                for (int i = 0; i < HEADS; i++) {
                    const Decays& d = decays(ring.stage, i);
                    by_row[i][0] = d.row[16 * w + row];
                    by_row[i][1] = d.row[16 * w + row + 8];
                    float4 sum = of_lane(d.sum, w, lane), step = of_lane(d.step, w, lane);
#pragma unroll
                    for (int v = 0; v < BLOCKS - 1; v++)
                        if (v < w) factor[i][v] = of_lane(d.column[w - 1], v, lane);
#pragma unroll
                    for (int k = 0; k < 4; k++) {  // rows by k & 1, columns by k >> 1
                        int distance = row + 8 * (k & 1) - (8 * (k >> 1) + pair);
                        float m0 = exp2_fast(fminf(by_row[i][k & 1].x - (k >> 1 ? sum.z : sum.x), 0.f));
                        float m1 = exp2_fast(fminf(by_row[i][k & 1].x - (k >> 1 ? sum.w : sum.y), 0.f));
                        diagonal[i][2 * k] = distance >= 0 ? m0 * (k >> 1 ? step.z : step.x) : 0.f;
                        diagonal[i][2 * k + 1] = distance >= 1 ? m1 * (k >> 1 ? step.w : step.y) : 0.f;
                    }
                }
                matrix_wait<0>();
                settle(g);
                barrier_arrive(empty(ring.stage));
#pragma unroll
                for (int i = 0; i < HEADS; i++) {
                    float r0 = by_row[i][0].y, r1 = by_row[i][1].y;
                    barrier_wait(multiplied(i, turn), (round >> 1 & 1) ^ 1);
#pragma unroll
                    for (int v = 0; v < BLOCKS; v++) {
                        if (v > w) continue;
                        const float* e = g + 8 * v;
                        uint32_t packed[4];
                        if (v < w && v < BLOCKS - 1) {
                            float4 f = factor[i][v < BLOCKS - 1 ? v : 0];
                            packed[0] = pack(e[0] * f.x * r0, e[1] * f.y * r0);
                            packed[1] = pack(e[2] * f.x * r1, e[3] * f.y * r1);
                            packed[2] = pack(e[4] * f.z * r0, e[5] * f.w * r0);
                            packed[3] = pack(e[6] * f.z * r1, e[7] * f.w * r1);
                        } else {
#pragma unroll
                            for (int k = 0; k < 4; k++)
                                packed[k] = pack(e[2 * k] * diagonal[i][2 * k], e[2 * k + 1] * diagonal[i][2 * k + 1]);
                        }
                        store_rows(weights(i, turn) + tile_offset(16 * w + (lane & 15), 2 * v + (lane >> 4)), packed[0],
                                packed[1], packed[2], packed[3]);
                    }
                    fence_async_proxy();
                    barrier_arrive(weighed(i, turn));
                }
                ring.advance();
            }
        }
    }

    __device__ __forceinline__ void multiply_head(int i) {
        int w = warp & 3;  // the warp in its group: rows 16 w and after of every product
        bool leader = (threadIdx.x & 127) == 0;
        uint32_t round = 0;
        float s[32 * NT];  // the state, rows 16 w + row (+ 8), columns 8 j + pair (+ 1)
        // Where this lane's row of four 8×8 matrices lies, transposed, in a tile: 16 steps from 16 k by the warp's rows.
        auto place = [&](int k) { return tile_offset(16 * k + 8 * (lane >> 4) + (lane & 7), 2 * w + (lane >> 3 & 1)); };

        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            int index = item / groups;
            const HopperSegment segment = p.segments[index];
            int tile = item % groups * HEADS + i;
            EndStates<NT> ends(p, segment, tiles, index, tile, w, lane);
            bool real = ends.real;  // else a partner for the last tile, without effect
            int head = ends.head, column = ends.column, rows = ends.rows;
            int chunks = (segment.length + Q - 1) / Q;
            ends.load(s, 1 + i);

            for (int chunk = 0; chunk < chunks; chunk++, round++) {
                uint32_t b = base + ring.stage * L::STAGE, c = b + NT * TILE_BYTES;
                uint32_t x = b + L::X + i * TILE_BYTES, z = b + L::Z + i * TILE_BYTES;
                const Decays& d = decays(ring.stage, i);
                int t = segment.from + chunk * Q, valid = segment.length - chunk * Q, turn = round & 1;
                barrier_wait(full(ring.stage), ring.phase);

                uint32_t rounded[4 * NT][4];
                float whole = d.whole;
#pragma unroll
                for (int k = 0; k < 16 * NT; k++) {
                    rounded[k >> 2][k & 3] = pack(s[2 * k], s[2 * k + 1]);
                    s[2 * k] *= whole;
                    s[2 * k + 1] *= whole;
                }
                float y[32];  // Yᵀ: rows as in s, columns are steps
                Operand along = Operand::along_k(c);
                matrix_fence();
                multiply<true>(y, rounded[0], along.at(0));
#pragma unroll
                for (int k = 1; k < 4 * NT; k++) multiply<false>(y, rounded[k], along.at(k / 4 * TILE_BYTES + k % 4 * 32));
                matrix_commit();
                float4 start[4];
#pragma unroll
                for (int k = 0; k < 4; k++) start[k] = of_lane(d.start, k, lane);
                matrix_wait<0>();
                settle(y);
                settle(rounded);
                uint32_t xt[4][4];
#pragma unroll
                for (int k = 0; k < 4; k++) load_transposed(xt[k], x + place(k));
#pragma unroll
                for (int k = 0; k < 4; k++)
#pragma unroll
                    for (int j = 0; j < 2; j++) {
                        y[8 * k + 2 * j] *= start[k].x;
                        y[8 * k + 2 * j + 1] *= start[k].y;
                        y[8 * k + 2 * j + 4] *= start[k].z;
                        y[8 * k + 2 * j + 5] *= start[k].w;
                    }
                Operand weights_along = Operand::along_k(weights(i, turn)), across = Operand::across_k(b);
                barrier_wait(weighed(i, turn), round >> 1 & 1);
                matrix_fence();
#pragma unroll
                for (int k = 0; k < 4; k++) multiply<false>(y, xt[k], weights_along.at(k * 32));
                matrix_commit();
                uint32_t xw[4][4];
#pragma unroll
                for (int k = 0; k < 4; k++) {
                    float4 f = of_lane(d.column[BLOCKS - 1], k, lane);
#pragma unroll
                    for (int j = 0; j < 4; j++)
                        xw[k][j] = pack(low(xt[k][j]) * (j >> 1 ? f.z : f.x), high(xt[k][j]) * (j >> 1 ? f.w : f.y));
                }
                matrix_fence();
#pragma unroll
                for (int k = 0; k < 4; k++) multiply_across(s, xw[k], across.at(k * 16 * 128));
                matrix_commit();

                matrix_wait<1>();
                settle(y);
                barrier_arrive(multiplied(i, turn));
                if (p.D && real) {
                    float skip[2];
#pragma unroll
                    for (int j = 0; j < 2; j++)
                        skip[j] = !p.d_per_channel ? p.D[head]
                                : 8 * j < rows ? p.D[head * p.head_dim + column + ends.first + 8 * j] : 0.f;
#pragma unroll
                    for (int k = 0; k < 16; k++) {
                        y[2 * k] += skip[k & 1] * low(xt[k >> 2][k & 3]);
                        y[2 * k + 1] += skip[k & 1] * high(xt[k >> 2][k & 3]);
                    }
                }
#pragma unroll
                for (int k = 0; k < 4; k++) {
                    float* e = y + 8 * k;
                    if constexpr (GATED) {
                        uint32_t gate[4];
                        load_transposed(gate, z + place(k));
#pragma unroll
                        for (int j = 0; j < 4; j++) {
                            float z0 = low(gate[j]), z1 = high(gate[j]);
                            e[2 * j] *= z0 / (1.f + exp2_fast(-LOG2E * z0));
                            e[2 * j + 1] *= z1 / (1.f + exp2_fast(-LOG2E * z1));
                        }
                    }
                    store_transposed(output(i, turn) + place(k), pack(e[0], e[1]), pack(e[2], e[3]), pack(e[4], e[5]),
                            pack(e[6], e[7]));
                }
                if (leader) store_wait_read();  // so that after the barrier the other tile may be written
                fence_async_proxy();
                group_sync(1 + i);
                if (valid >= Q || !p.packed) {
                    if (leader) {
                        store_tile(&p.y_map, output(i, turn), column, head, t, segment.batch);
                        store_commit();
                    }
                } else if (real) {  // the next rows belong to another sequence
                    for (int k = threadIdx.x & 127; k < valid * 8; k += 128) {
                        int r = k >> 3, piece = k & 7;
                        if (column + piece * 8 < p.head_dim) {
                            int64_t to = ((int64_t(segment.batch) * p.time + t + r) * p.heads + head) * p.head_dim
                                    + column + piece * 8;
                            *reinterpret_cast<uint4*>(static_cast<__nv_bfloat16*>(p.y) + to) =
                                    *reinterpret_cast<const uint4*>(generic + (output(i, turn) - base) + tile_offset(r, piece));
                        }
                    }
                }
                // Registers of an accumulator may change only while no product is under way.
                matrix_wait<0>();
                settle(s);
                settle(xw);
                barrier_arrive(empty(ring.stage));
                ring.advance();
            }

            ends.store(s, 1 + i);
        }
        if (leader) store_wait();
    }
};

// The change of state over pieces of segments, from the end of a piece to its start: then every chunk's weights hold
// the decay up to the end, and the sum never needs to be scaled. GROUPS warp groups, PER head tiles each.
template <int NT, int GROUPS, int PER>
struct States {
    static constexpr int HEADS = GROUPS * PER;
    static constexpr int X = NT * TILE_BYTES;
    static constexpr int STAGE = X + HEADS * TILE_BYTES;
    static constexpr int STAGES = 4;
    static constexpr int FACTORS = STAGES * STAGE;
    static constexpr int BARRIERS = FACTORS + STAGES * HEADS * Q * 4;
    static constexpr int BYTES = BARRIERS + 2 * STAGES * 8 + 1024;
    static constexpr int THREADS = (GROUPS + 1) * 128;
    const HopperProblem& p;
    uint8_t* generic;
    uint32_t base;
    int warp, lane, tiles, groups, items;
    Ring<STAGES> ring;

    __device__ __forceinline__ States(const HopperProblem& parameters, uint8_t* raw) : p(parameters) {
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
    __device__ __forceinline__ uint32_t full(int stage) const { return base + BARRIERS + 8 * stage; }
    __device__ __forceinline__ uint32_t empty(int stage) const { return base + BARRIERS + 8 * (STAGES + stage); }

    __device__ __forceinline__ void run() {
        allow_later_launch();
        if (threadIdx.x == 0) {
            for (int i = 0; i < STAGES; i++) {
                barrier_init(full(i), 1 + 32 * GROUPS);
                barrier_init(empty(i), 128 * GROUPS);
            }
            barriers_ready();
        }
        __syncthreads();
        int group = warp >> 2;
        if (group == GROUPS) {
            if constexpr (GROUPS > 1) shrink_registers<88>();
            int role = warp & 3;
            if (role == 0 && lane == 0) load();
            if (role > 0 && role <= GROUPS) decay(role - 1);
        } else {
            if constexpr (GROUPS > 1) grow_registers<208>();
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
#pragma unroll
                for (int n = 0; n < NT; n++)
                    load_tile(to + n * TILE_BYTES, &p.B_map, arrived, n * 64, head / p.b_share, t, piece.batch);
#pragma unroll
                for (int i = 0; i < HEADS; i++)
                    load_tile(to + X + i * TILE_BYTES, &p.x_map, arrived, (first + i) % p.head_tiles * 64,
                            (first + i) / p.head_tiles / p.x_share, t, piece.batch);
                ring.advance();
            }
        }
    }

    __device__ __forceinline__ void decay(int group) {
        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            int index = item / groups;
            const HopperSegment piece = p.pieces[index];
            int first = item % groups * HEADS + group * PER, chunks = (piece.length + Q - 1) / Q;
            Steps<-Q> steps[PER];
#pragma unroll
            for (int i = 0; i < PER; i++)
                steps[i] = Steps<-Q>(p, piece, min(first + i, tiles - 1) / p.head_tiles, (chunks - 1) * Q + 2 * lane);
            float later[PER] = {};  // log2-decay from the end of the chunk to the end of the piece
            for (int chunk = 0; chunk < chunks; chunk += Steps<-Q>::AHEAD)
#pragma unroll
                for (int turn = 0; turn < Steps<-Q>::AHEAD; turn++) {
                    if (chunk + turn >= chunks) continue;
                    float2 values[PER];
#pragma unroll
                    for (int i = 0; i < PER; i++) {
                        float2 step, log;
                        steps[i].next(turn, step, log);
                        BlockSums sums(log, lane);
                        float2 reach = {later[i] + sums.after.x, later[i] + sums.after.y};
#pragma unroll
                        for (int v = 0; v < BLOCKS; v++) {
                            if (v > lane >> 3) reach = {reach.x + sums.whole[v], reach.y + sums.whole[v]};
                            later[i] += sums.whole[v];
                        }
                        values[i] = {exp2_fast(reach.x) * step.x, exp2_fast(reach.y) * step.y};
                    }
                    barrier_wait(empty(ring.stage), ring.phase ^ 1);
#pragma unroll
                    for (int i = 0; i < PER; i++)
                        put_of_lane(factors(ring.stage, group * PER + i), lane, values[i].x, values[i].y);
                    barrier_arrive(full(ring.stage));
                    ring.advance();
                }
#pragma unroll
            for (int i = 0; i < PER; i++)
                if (lane == 0 && first + i < tiles) p.piece_decays[int64_t(index) * tiles + first + i] = exp2_fast(later[i]);
        }
    }

    __device__ __forceinline__ void sum(int group) {
        int w = warp & 3, row = lane >> 2, pair = 2 * (lane & 3);
        for (int item = blockIdx.x; item < items; item += gridDim.x) {
            int index = item / groups;
            const HopperSegment piece = p.pieces[index];
            float s[PER][32 * NT];
#pragma unroll
            for (int k = 0; k < PER * 32 * NT; k++) s[k / (32 * NT)][k % (32 * NT)] = 0.f;
            for (int t = 0; t < piece.length; t += Q) {
                uint32_t b = base + ring.stage * STAGE;
                Operand across = Operand::across_k(b);
                barrier_wait(full(ring.stage), ring.phase);
#pragma unroll
                for (int i = 0; i < PER; i++) {
                    uint32_t x = b + X + (group * PER + i) * TILE_BYTES, xw[4][4];
#pragma unroll
                    for (int k = 0; k < 4; k++) {
                        load_transposed(xw[k], x + tile_offset(16 * k + 8 * (lane >> 4) + (lane & 7), 2 * w + (lane >> 3 & 1)));
                        float4 f = of_lane(factors(ring.stage, group * PER + i), k, lane);
#pragma unroll
                        for (int j = 0; j < 4; j++)
                            xw[k][j] = pack(low(xw[k][j]) * (j >> 1 ? f.z : f.x), high(xw[k][j]) * (j >> 1 ? f.w : f.y));
                    }
                    matrix_fence();
#pragma unroll
                    for (int k = 0; k < 4; k++) multiply_across(s[i], xw[k], across.at(k * 16 * 128));
                    matrix_commit();
                }
                matrix_wait<0>();
#pragma unroll
                for (int i = 0; i < PER; i++) settle(s[i]);
                barrier_arrive(empty(ring.stage));
                ring.advance();
            }
#pragma unroll
            for (int i = 0; i < PER; i++) {
                int tile = item % groups * HEADS + group * PER + i;
                if (tile >= tiles) continue;
                float* to = p.piece_states + (int64_t(index) * tiles + tile) * (64 * 64 * NT) + (16 * w + row) * 64 * NT + pair;
#pragma unroll
                for (int k = 0; k < 16 * NT; k++)
                    __stcg(reinterpret_cast<float2*>(to + (k & 1) * 8 * 64 * NT + (k >> 1) * 8),
                            float2{s[i][2 * k], s[i][2 * k + 1]});
            }
        }
    }
};

// From the changes over pieces to the states before segments: state ← decay state + change.
template <int NT>
__device__ __forceinline__ void scan(const HopperProblem& p) {
    allow_later_launch();
    int tiles = p.heads * p.head_tiles;
    int tile = blockIdx.x % tiles, sequence = blockIdx.x / tiles;
    int element = (blockIdx.y * blockDim.x + threadIdx.x) * 4;
    int r = tile % p.head_tiles * 64 + element / (64 * NT), c = element % (64 * NT);
    int piece = p.first_pieces[sequence], end = p.first_pieces[sequence + 1], last = p.last_segments[sequence];
    if (last < 0) return;
    int first = piece < end ? p.pieces[piece].previous : last;
    const float* given = p.segments[first].previous == HOPPER_CONTINUES ? p.final_states : p.initial_states;
    float4 state = {0.f, 0.f, 0.f, 0.f};
    if (given && r < p.head_dim) {
        const float* from = given
                + ((int64_t(sequence) * p.heads + tile / p.head_tiles) * p.head_dim + r) * p.state_size;
        if (c < p.state_size) state.x = from[c];
        if (c + 1 < p.state_size) state.y = from[c + 1];
        if (c + 2 < p.state_size) state.z = from[c + 2];
        if (c + 3 < p.state_size) state.w = from[c + 3];
    }
    auto at = [&](float* states, int i) {
        return reinterpret_cast<float4*>(states + (int64_t(i) * tiles + tile) * (64 * 64 * NT) + element);
    };
    depend_on_earlier_launch();
    constexpr int AHEAD = 8;
    for (; piece < end; piece += AHEAD) {
        float4 change[AHEAD];
        float decay[AHEAD];
        int before[AHEAD];
#pragma unroll
        for (int j = 0; j < AHEAD; j++)
            if (piece + j < end) {
                change[j] = __ldcg(at(p.piece_states, piece + j));
                decay[j] = __ldcg(p.piece_decays + int64_t(piece + j) * tiles + tile);
                before[j] = p.pieces[piece + j].previous;
            }
#pragma unroll
        for (int j = 0; j < AHEAD; j++)
            if (piece + j < end) {
                if (before[j] >= 0) __stcg(at(p.segment_states, before[j]), state);
                float d = decay[j];
                float4 c = change[j];
                state = {d * state.x + c.x, d * state.y + c.y, d * state.z + c.z, d * state.w + c.w};
            }
    }
    __stcg(at(p.segment_states, last), state);
}

#define DUALITY_FORWARD(name, NT, HEADS, GATED)                                                      \
    extern "C" __global__ void __launch_bounds__((HEADS + 2) * 128, 1)                               \
            hopper_forward_##name(const __grid_constant__ HopperProblem p) {                         \
        static_assert(Shape<NT, HEADS, GATED>::BYTES <= SHARED_BYTES);                               \
        extern __shared__ uint8_t raw[];                                                             \
        Walk<NT, HEADS, GATED>(p, raw).run();                                                        \
    }
#define DUALITY_STATES(name, NT, GROUPS, PER)                                                        \
    extern "C" __global__ void __launch_bounds__((GROUPS + 1) * 128, 1)                              \
            hopper_states_##name(const __grid_constant__ HopperProblem p) {                          \
        static_assert(States<NT, GROUPS, PER>::BYTES <= SHARED_BYTES);                               \
        extern __shared__ uint8_t raw[];                                                             \
        States<NT, GROUPS, PER>(p, raw).run();                                                       \
    }
#define DUALITY_SCAN(name, NT)                                                                       \
    extern "C" __global__ void scan_states_##name(const __grid_constant__ HopperProblem p) { scan<NT>(p); }

// Named by the number of heads that share a block, the width of the state and the gate.
DUALITY_FORWARD(1_n64, 1, 1, false)
DUALITY_FORWARD(1_n128, 2, 1, false)
DUALITY_FORWARD(1_n64_gated, 1, 1, true)
DUALITY_FORWARD(1_n128_gated, 2, 1, true)
DUALITY_FORWARD(2_n64, 1, 2, false)
DUALITY_FORWARD(2_n128, 2, 2, false)
DUALITY_FORWARD(2_n64_gated, 1, 2, true)
DUALITY_FORWARD(2_n128_gated, 2, 2, true)
DUALITY_STATES(1_n64, 1, 1, 1)
DUALITY_STATES(1_n128, 2, 1, 1)
DUALITY_STATES(2_n64, 1, 2, 1)
DUALITY_STATES(2_n128, 2, 2, 1)
DUALITY_STATES(4_n64, 1, 2, 2)
DUALITY_STATES(4_n128, 2, 2, 2)
DUALITY_SCAN(n64, 1)
DUALITY_SCAN(n128, 2)
