// Products of dense matrices on Hopper: bfloat16, and float32 as sums of three bfloat16.
//
// A block computes tiles of C one after another: a warp group loads, two multiply, 64 rows each. 128×256 is the largest
// tile whose sums fit the registers; it reads 10 KB of shared memory for every 128 clocks of the tensor cores.
#include "dense_problem.h"
#include "hopper.cuh"

using namespace hopper;

constexpr int SHARED_BYTES = 227 * 1024;
constexpr int ROWS = 128;       // of a tile
constexpr int DEPTH = 64;       // of a stage
constexpr int TOGETHER = 16;    // rows of tiles that are computed side by side, so that blocks share what the cache holds
constexpr int THREADS = 3 * 128;

// COLUMNS of a tile; SPLIT says that operands have three parts each.
template <int COLUMNS, bool SPLIT>
struct Shape {
    static constexpr int PARTS = SPLIT ? 3 : 1;
    static constexpr int A = ROWS / 64 * TILE_BYTES;  // bytes of a part in a stage
    static constexpr int B = COLUMNS / 64 * TILE_BYTES;
    static constexpr int STAGE = PARTS * (A + B);
    static constexpr int STAGES = 196608 / STAGE;
    static constexpr int BARRIERS = STAGES * STAGE;
    static constexpr int BYTES = BARRIERS + 16 * STAGES + 1024;
    static_assert(BYTES <= SHARED_BYTES, "shared memory");
};

#define DUALITY_L128 \
    "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
    "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
    "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
    "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, " \
    "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, " \
    "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, " \
    "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, " \
    "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}"

// d (64×128 or 64×256) ← a·b, or d + a·b if there is something to keep; both operands in shared memory.
template <bool A_ACROSS, bool B_ACROSS>
__device__ __forceinline__ void multiply_add(float (&d)[64], uint64_t a, uint64_t b, int keep) {
    asm volatile(
        "{\n.reg .pred keep;\nsetp.ne.b32 keep, %66, 0;\n"
        "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 " DUALITY_L64 ", %64, %65, keep, 1, 1, %67, %68;\n}"
        : DUALITY_32("+f", d, 0), DUALITY_32("+f", d, 32)
        : "l"(a), "l"(b), "r"(keep), "n"(int(A_ACROSS)), "n"(int(B_ACROSS)));
}

template <bool A_ACROSS, bool B_ACROSS>
__device__ __forceinline__ void multiply_add(float (&d)[128], uint64_t a, uint64_t b, int keep) {
    asm volatile(
        "{\n.reg .pred keep;\nsetp.ne.b32 keep, %130, 0;\n"
        "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 " DUALITY_L128 ", %128, %129, keep, 1, 1, %131, %132;\n}"
        : DUALITY_32("+f", d, 0), DUALITY_32("+f", d, 32), DUALITY_32("+f", d, 64), DUALITY_32("+f", d, 96)
        : "l"(a), "l"(b), "r"(keep), "n"(int(A_ACROSS)), "n"(int(B_ACROSS)));
}

// A_ACROSS: A is stored transposed, so m runs along its rows. B_ACROSS: B is not, so n does.
template <int COLUMNS, bool SPLIT, bool A_ACROSS, bool B_ACROSS>
struct Product {
    using L = Shape<COLUMNS, SPLIT>;
    static constexpr int SUMS = COLUMNS / 2;  // of a thread

    const DenseProblem& p;
    uint32_t base;
    int down, across, tiles, blocks;  // tiles of C, and blocks of k

    __device__ __forceinline__ explicit Product(const DenseProblem& p) : p(p) {
        extern __shared__ uint8_t memory[];
        base = (shared_address(memory) + 1023) & ~1023u;
        down = (p.m + ROWS - 1) / ROWS;
        across = (p.n + COLUMNS - 1) / COLUMNS;
        tiles = down * across * p.batch;
        blocks = (p.k + DEPTH - 1) / DEPTH;
    }

    __device__ __forceinline__ uint32_t full(int stage) const { return base + L::BARRIERS + 16 * stage; }
    __device__ __forceinline__ uint32_t empty(int stage) const { return full(stage) + 8; }

    struct Tile {
        int row, column, batch;
    };
    __device__ __forceinline__ Tile tile(int number) const {
        int batch = number / (down * across), inside = number % (down * across);
        int first = inside / (TOGETHER * across) * TOGETHER;
        int height = min(TOGETHER, down - first), rest = inside - first * across;
        return {(first + rest % height) * ROWS, rest / height * COLUMNS, batch};
    }

    struct Ring {
        int stage = 0, phase = 0;
        __device__ __forceinline__ void advance() {
            if (++stage == L::STAGES) stage = 0, phase ^= 1;
        }
    };

    __device__ __forceinline__ void run() {
        if (threadIdx.x == 0) {
            for (int i = 0; i < L::STAGES; i++) {
                barrier_init(full(i), 1);
                barrier_init(empty(i), 256);  // every lane arrives: it costs nothing, and racecheck can follow
            }
            barriers_ready();
        }
        fence_async_proxy();
        __syncthreads();
        if (threadIdx.x >= 256) {
            shrink_registers<24>();
            if (threadIdx.x == 256) load();
        } else {
            grow_registers<240>();
            multiply();
        }
    }

    __device__ __forceinline__ void load() {
        Ring ring;
        for (int number = blockIdx.x; number < tiles; number += gridDim.x) {
            Tile t = tile(number);
            int a_batch = p.a_shared ? 0 : t.batch, b_batch = p.b_shared ? 0 : t.batch;
            for (int k = 0; k < p.k; k += DEPTH) {
                uint32_t to = base + ring.stage * L::STAGE, arrived = full(ring.stage);
                barrier_wait(empty(ring.stage), ring.phase ^ 1);
                barrier_expect(arrived, L::STAGE);
#pragma unroll
                for (int part = 0; part < L::PARTS; part++) {
#pragma unroll
                    for (int i = 0; i < ROWS; i += 64, to += TILE_BYTES)
                        load_tile(to, &p.a_map, arrived, A_ACROSS ? t.row + i : k, A_ACROSS ? k : t.row + i, a_batch, part);
                }
#pragma unroll
                for (int part = 0; part < L::PARTS; part++) {
#pragma unroll
                    for (int i = 0; i < COLUMNS; i += 64, to += TILE_BYTES)
                        load_tile(to, &p.b_map, arrived, B_ACROSS ? t.column + i : k, B_ACROSS ? k : t.column + i,
                                  b_batch, part);
                }
                ring.advance();
            }
        }
    }

    // All products of a stage. Of parts, those whose product float32 can hold, the smallest first.
    __device__ __forceinline__ void multiply(float (&sums)[SUMS], uint32_t stage, int group, int keep) const {
#pragma unroll
        for (int both = L::PARTS - 1; both >= 0; both--) {
#pragma unroll
            for (int part = 0; part <= both; part++) {
                uint32_t a_at = stage + part * L::A + group * TILE_BYTES;
                uint32_t b_at = stage + L::PARTS * L::A + (both - part) * L::B;
                Operand a = A_ACROSS ? Operand::across_k(a_at) : Operand::along_k(a_at);
                Operand b = B_ACROSS ? Operand::across_k(b_at) : Operand::along_k(b_at);
#pragma unroll
                for (int step = 0; step < DEPTH / 16; step++) {
                    multiply_add<A_ACROSS, B_ACROSS>(sums, a.at(step * (A_ACROSS ? 2048 : 32)),
                                                     b.at(step * (B_ACROSS ? 2048 : 32)), keep);
                    keep = 1;
                }
            }
        }
    }

    __device__ __forceinline__ void multiply() {
        int group = threadIdx.x / 128;
        Ring ring;
        for (int number = blockIdx.x; number < tiles; number += gridDim.x) {
            float sums[SUMS];
            if constexpr (SPLIT)
                sum_by_stages(sums, ring, group);
            else
                sum_through(sums, ring, group);
            store(sums, tile(number), group);
        }
    }

    // A stage is free for the next load when the products of the one after it have been launched.
    __device__ __forceinline__ void sum_through(float (&sums)[SUMS], Ring& ring, int group) {
        Ring before = ring;
        for (int block = 0; block < blocks; block++) {
            barrier_wait(full(ring.stage), ring.phase);
            matrix_fence();
            multiply(sums, base + ring.stage * L::STAGE, group, block);
            matrix_commit();
            matrix_wait<1>();
            if (block > 0) {
                barrier_arrive(empty(before.stage));
                before.advance();
            }
            ring.advance();
        }
        matrix_wait<0>();
        settle(sums);
        barrier_arrive(empty(before.stage));
    }

    // The tensor cores cut sums off instead of rounding them, which over many products costs more than float32 has to
    // lose; so they sum a stage's only, and stages are summed by ordinary additions. Meanwhile the other group multiplies.
    __device__ __forceinline__ void sum_by_stages(float (&sums)[SUMS], Ring& ring, int group) {
#pragma unroll
        for (int i = 0; i < SUMS; i++) sums[i] = 0;
        for (int block = 0; block < blocks; block++) {
            float part[SUMS];
            barrier_wait(full(ring.stage), ring.phase);
            matrix_fence();
            multiply(part, base + ring.stage * L::STAGE, group, 0);
            matrix_commit();
            matrix_wait<0>();
            settle(part);
            barrier_arrive(empty(ring.stage));
            ring.advance();
#pragma unroll
            for (int i = 0; i < SUMS; i++) sums[i] += part[i];
        }
    }

    __device__ __forceinline__ void store(const float (&sums)[SUMS], Tile t, int group) const {
        if (p.c_bfloat16)
            store<__nv_bfloat16, __nv_bfloat162>(sums, t, group);
        else
            store<float, float2>(sums, t, group);
    }

    __device__ __forceinline__ static float2 widen(float2 pair) { return pair; }
    __device__ __forceinline__ static float2 widen(__nv_bfloat162 pair) { return __bfloat1622float2(pair); }
    __device__ __forceinline__ static void narrow(float2& pair, float2 value) { pair = value; }
    __device__ __forceinline__ static void narrow(__nv_bfloat162& pair, float2 value) {
        pair = __float22bfloat162_rn(value);
    }

    template <typename T, typename Pair>
    __device__ __forceinline__ void store(const float (&sums)[SUMS], Tile t, int group) const {
        int lane = threadIdx.x % 32, warp = threadIdx.x / 32 % 4;
        bool pairs = ((p.c_row | p.c_batch | p.c_at | p.n) & 1) == 0;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int row = t.row + group * 64 + warp * 16 + lane / 4 + half * 8;
            if (row >= p.m) continue;
            T* c = static_cast<T*>(p.c) + p.c_at + t.batch * p.c_batch + row * p.c_row;
#pragma unroll
            for (int j = 0; j < COLUMNS / 8; j++) {
                int column = t.column + j * 8 + lane % 4 * 2;
                float2 value = {sums[j * 4 + half * 2], sums[j * 4 + half * 2 + 1]};
                if (pairs) {
                    if (column < p.n) {
                        Pair& to = *reinterpret_cast<Pair*>(c + column);
                        if (p.add) {
                            float2 old = widen(to);
                            value = {old.x + value.x, old.y + value.y};
                        }
                        narrow(to, value);
                    }
                } else {
                    if (column < p.n) c[column] = T(p.add ? float(c[column]) + value.x : value.x);
                    if (column + 1 < p.n) c[column + 1] = T(p.add ? float(c[column + 1]) + value.y : value.y);
                }
            }
        }
    }
};

#define PRODUCT(NAME, COLUMNS, SPLIT, LAYOUT, A_ACROSS, B_ACROSS)                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS, 1) hopper_dense_##NAME##_##COLUMNS##_##LAYOUT(          \
            const __grid_constant__ DenseProblem p) {                                                             \
        Product<COLUMNS, SPLIT, A_ACROSS, B_ACROSS>(p).run();                                                     \
    }
// The second letters say whether A and B are stored transposed.
#define PRODUCTS(NAME, COLUMNS, SPLIT)                                                                            \
    PRODUCT(NAME, COLUMNS, SPLIT, nn, false, true)                                                                \
    PRODUCT(NAME, COLUMNS, SPLIT, nt, false, false)                                                               \
    PRODUCT(NAME, COLUMNS, SPLIT, tn, true, true)                                                                 \
    PRODUCT(NAME, COLUMNS, SPLIT, tt, true, false)

PRODUCTS(bfloat16, 256, false)
PRODUCTS(bfloat16, 128, false)
PRODUCTS(float32, 128, true)
