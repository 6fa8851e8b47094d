// Hopper's asynchronous machinery in the few forms that the SSD kernels use: barriers in shared memory, bulk
// tensor copies, and warp-group matrix products (m64nNk16, bfloat16 in, float32 out).
#pragma once
#include <cuda.h>
#include <cuda_bf16.h>
#include <cstdint>

namespace hopper {

__device__ __forceinline__ uint32_t shared_address(const void* pointer) {
    return static_cast<uint32_t>(__cvta_generic_to_shared(pointer));
}

// ---- barriers ------------------------------------------------------------------------------------------

__device__ __forceinline__ void barrier_init(uint32_t barrier, int count) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(count));
}

__device__ __forceinline__ void barriers_ready() {
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

__device__ __forceinline__ void barrier_arrive(uint32_t barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}

__device__ __forceinline__ void barrier_expect(uint32_t barrier, int bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes) : "memory");
}

__device__ __forceinline__ void barrier_wait(uint32_t barrier, uint32_t parity) {
    asm volatile(
        "{\n"
        ".reg .pred done;\n"
        "again:\n"
        "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
        "@done bra finished;\n"
        "bra again;\n"
        "finished:\n"
        "}\n" ::"r"(barrier), "r"(parity) : "memory");
}

// A flag in global memory and what was written before it was set.
__device__ __forceinline__ void set_flag(int* flag) {
    asm volatile("st.release.gpu.global.b32 [%0], 1;" ::"l"(flag) : "memory");
}

__device__ __forceinline__ void take_flag(int* flag) {
    int set;
    do asm volatile("ld.acquire.gpu.global.b32 %0, [%1];" : "=r"(set) : "l"(flag) : "memory");
    while (set == 0);
    *flag = 0;
}

// Synchronises one warp group (128 threads) through a named barrier.
__device__ __forceinline__ void group_sync(int name) {
    asm volatile("bar.sync %0, 128;" ::"r"(name) : "memory");
}

// Makes ordinary writes to shared memory visible to the tensor cores and the copy engine.
__device__ __forceinline__ void fence_async_proxy() {
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

// A launch may start while the one before it in the stream still runs, where the host permits it. Before it reads what
// that one writes, it waits for its end.
__device__ __forceinline__ void depend_on_earlier_launch() {
    asm volatile("griddepcontrol.wait;" ::: "memory");
}

__device__ __forceinline__ void allow_later_launch() {
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
}

template <int REGISTERS>
__device__ __forceinline__ void grow_registers() {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(REGISTERS));
}

template <int REGISTERS>
__device__ __forceinline__ void shrink_registers() {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(REGISTERS));
}

// ---- bulk tensor copies --------------------------------------------------------------------------------

__device__ __forceinline__ void load_tile(
        uint32_t destination, const CUtensorMap* map, uint32_t barrier, int i0, int i1, int i2, int i3) {
    asm volatile(
        "cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4, %5, %6}], [%2];"
        ::"r"(destination), "l"(map), "r"(barrier), "r"(i0), "r"(i1), "r"(i2), "r"(i3) : "memory");
}

__device__ __forceinline__ void store_tile(const CUtensorMap* map, uint32_t source, int i0, int i1, int i2, int i3) {
    asm volatile(
        "cp.async.bulk.tensor.4d.global.shared::cta.bulk_group [%0, {%2, %3, %4, %5}], [%1];"
        ::"l"(map), "r"(source), "r"(i0), "r"(i1), "r"(i2), "r"(i3) : "memory");
}

// Copies of bytes in a row, whose number and addresses are multiples of 16.
__device__ __forceinline__ void load_bytes(uint32_t destination, const void* source, int bytes, uint32_t barrier) {
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
        ::"r"(destination), "l"(source), "r"(bytes), "r"(barrier) : "memory");
}

__device__ __forceinline__ void store_bytes(void* destination, uint32_t source, int bytes) {
    asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;"
        ::"l"(destination), "r"(source), "r"(bytes) : "memory");
}

__device__ __forceinline__ void store_commit() {
    asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}

// Waits until the sources of all committed stores have been read.
__device__ __forceinline__ void store_wait_read() {
    asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
}

__device__ __forceinline__ void store_wait() {
    asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
}

// ---- shared memory tiles: rows of 64 bfloat16 (128 bytes), 16-byte pieces exchanged by row (128-byte swizzle) --

constexpr int TILE_BYTES = 64 * 128;

// The offset of piece `piece` (8 numbers) of row `row`.
__device__ __forceinline__ uint32_t tile_offset(int row, int piece) {
    return row * 128 + ((piece ^ (row & 7)) << 4);
}

// A matrix operand in shared memory. Along K: its rows run along M or N and its columns along K, which advances
// by 32 bytes a step. Across K: its rows run along K, which advances by 2048 bytes (16 rows) a step, and its
// columns along M or N, a tile for every 64 of them.
struct Operand {
    uint32_t low;

    __device__ __forceinline__ static Operand along_k(uint32_t address) { return {(1u << 16) | (address >> 4)}; }

    __device__ __forceinline__ static Operand across_k(uint32_t address) {
        return {(uint32_t(TILE_BYTES >> 4) << 16) | (address >> 4)};
    }

    // The operand `bytes` further.
    __device__ __forceinline__ uint64_t at(int bytes) const {
        return (uint64_t((1u << 30) | (1024 >> 4)) << 32) | (low + (bytes >> 4));
    }
};

__device__ __forceinline__ void load_rows(uint32_t (&fragment)[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(fragment[0]), "=r"(fragment[1]), "=r"(fragment[2]), "=r"(fragment[3]) : "r"(address) : "memory");
}

__device__ __forceinline__ void load_transposed(uint32_t (&fragment)[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(fragment[0]), "=r"(fragment[1]), "=r"(fragment[2]), "=r"(fragment[3]) : "r"(address) : "memory");
}

__device__ __forceinline__ void store_transposed(uint32_t address, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};"
        ::"r"(address), "r"(a), "r"(b), "r"(c), "r"(d) : "memory");
}

__device__ __forceinline__ void store_rows(uint32_t address, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};"
        ::"r"(address), "r"(a), "r"(b), "r"(c), "r"(d) : "memory");
}

// Two float32 as a pair of bfloat16, the first in the low half.
__device__ __forceinline__ uint32_t pack(float low, float high) {
    uint32_t pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

__device__ __forceinline__ float low(uint32_t pair) {
    return __uint_as_float(pair << 16);
}

__device__ __forceinline__ float high(uint32_t pair) {
    return __uint_as_float(pair & 0xFFFF0000u);
}

__device__ __forceinline__ float exp2_fast(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// ---- warp-group matrix products ------------------------------------------------------------------------

__device__ __forceinline__ void matrix_fence() {
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

__device__ __forceinline__ void matrix_commit() {
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

// Waits until at most PENDING groups of products are under way.
template <int PENDING>
__device__ __forceinline__ void matrix_wait() {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(PENDING) : "memory");
}

// Keeps the compiler from reading or reusing the registers of a product before the wait that precedes this.
template <int COUNT>
__device__ __forceinline__ void settle(float (&registers)[COUNT]) {
#pragma unroll
    for (int i = 0; i < COUNT; i++) asm volatile("" : "+f"(registers[i])::"memory");
}

template <int COUNT>
__device__ __forceinline__ void settle(uint32_t (&registers)[COUNT][4]) {
#pragma unroll
    for (int i = 0; i < COUNT * 4; i++) asm volatile("" : "+r"(registers[i / 4][i % 4])::"memory");
}

#define DUALITY_4(how, d, i) how(d[i]), how(d[i + 1]), how(d[i + 2]), how(d[i + 3])
#define DUALITY_16(how, d, i) \
    DUALITY_4(how, d, i), DUALITY_4(how, d, i + 4), DUALITY_4(how, d, i + 8), DUALITY_4(how, d, i + 12)
#define DUALITY_32(how, d, i) DUALITY_16(how, d, i), DUALITY_16(how, d, i + 16)

#define DUALITY_L32 \
    "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
    "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}"
#define DUALITY_L64 \
    "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
    "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
    "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
    "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}"

// d (64×64) ← a·b (FIRST) or d + a·b; both operands in shared memory, K along their rows.
template <bool FIRST>
__device__ __forceinline__ void multiply(float (&d)[32], uint64_t a, uint64_t b) {
    if constexpr (FIRST)
        asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " DUALITY_L32 ", %32, %33, 0, 1, 1, 0, 0;"
            : DUALITY_32("=f", d, 0) : "l"(a), "l"(b));
    else
        asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " DUALITY_L32 ", %32, %33, 1, 1, 1, 0, 0;"
            : DUALITY_32("+f", d, 0) : "l"(a), "l"(b));
}

// d (64×64) ← a·b (FIRST) or d + a·b; a in registers, b with K along its rows.
template <bool FIRST>
__device__ __forceinline__ void multiply(float (&d)[32], const uint32_t (&a)[4], uint64_t b) {
    if constexpr (FIRST)
        asm volatile(
            "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " DUALITY_L32 ", {%32, %33, %34, %35}, %36, 0, 1, 1, 0;"
            : DUALITY_32("=f", d, 0) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
    else
        asm volatile(
            "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " DUALITY_L32 ", {%32, %33, %34, %35}, %36, 1, 1, 1, 0;"
            : DUALITY_32("+f", d, 0) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}

// d (64×64 or 64×128) ← a·b (FIRST) or d + a·b; both operands in shared memory, K along the rows of a and across those
// of b.
template <bool FIRST>
__device__ __forceinline__ void multiply_across(float (&d)[32], uint64_t a, uint64_t b) {
    if constexpr (FIRST)
        asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " DUALITY_L32 ", %32, %33, 0, 1, 1, 0, 1;"
            : DUALITY_32("=f", d, 0) : "l"(a), "l"(b));
    else
        asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " DUALITY_L32 ", %32, %33, 1, 1, 1, 0, 1;"
            : DUALITY_32("+f", d, 0) : "l"(a), "l"(b));
}

template <bool FIRST>
__device__ __forceinline__ void multiply_across(float (&d)[64], uint64_t a, uint64_t b) {
    if constexpr (FIRST)
        asm volatile("wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 " DUALITY_L64 ", %64, %65, 0, 1, 1, 0, 1;"
            : DUALITY_32("=f", d, 0), DUALITY_32("=f", d, 32) : "l"(a), "l"(b));
    else
        asm volatile("wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 " DUALITY_L64 ", %64, %65, 1, 1, 1, 0, 1;"
            : DUALITY_32("+f", d, 0), DUALITY_32("+f", d, 32) : "l"(a), "l"(b));
}

// d (64×64 or 64×128) ← d + a·b; a in registers, K across the rows of b.
__device__ __forceinline__ void multiply_across(float (&d)[32], const uint32_t (&a)[4], uint64_t b) {
    asm volatile(
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " DUALITY_L32 ", {%32, %33, %34, %35}, %36, 1, 1, 1, 1;"
        : DUALITY_32("+f", d, 0) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}

__device__ __forceinline__ void multiply_across(float (&d)[64], const uint32_t (&a)[4], uint64_t b) {
    asm volatile(
        "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 " DUALITY_L64 ", {%64, %65, %66, %67}, %68, 1, 1, 1, 1;"
        : DUALITY_32("+f", d, 0), DUALITY_32("+f", d, 32)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}

}  // namespace hopper
