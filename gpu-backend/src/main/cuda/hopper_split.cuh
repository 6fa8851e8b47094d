// Products of float32 matrices on Hopper's tensor cores. A number is scaled by a power of two and split into two
// float16, high + low, which hold 22 bits of it, and low · high + high · low + high · high are added in float32: what is
// missing is 2^-22 of a product. Powers of two are chosen by row, so that the largest number of a row is just below
// 2^15; then 2^-40 of the largest is what the smallest lose at most, whatever the range of the float32 was.
//
// The tensor cores cut off when they add, so long sums are not theirs: products start from zero, and the small ones
// come first.
#pragma once
#include <cuda_fp16.h>

#include "hopper.cuh"

namespace hopper {

// ---- powers of two -------------------------------------------------------------------------------------

// 2^e, but 0 where that is subnormal.
__device__ __forceinline__ float power(int e) {
    return e < -126 ? 0.f : __int_as_float((min(e, 127) + 127) << 23);
}

// An e for which v < 2^e, and 2^(e - 1) ≤ v unless v is subnormal.
__device__ __forceinline__ int above(float v) {
    return (__float_as_int(v) >> 23) - 126;
}

// The exponent that scales what is at most v to below 2^15.
constexpr int LARGEST = 15;

// ---- splitting -----------------------------------------------------------------------------------------

__device__ __forceinline__ uint32_t pack_half(float low, float high) {
    uint32_t pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

// Splits two numbers into a pair of high parts and a pair of low ones.
__device__ __forceinline__ void split(float a, float b, uint32_t& high, uint32_t& low) {
    high = pack_half(a, b);
    float2 rounded = __half22float2(*reinterpret_cast<const __half2*>(&high));
    low = pack_half(a - rounded.x, b - rounded.y);
}

// An operand in registers: 64 rows, 16 columns a step.
template <int STEPS>
struct SplitRows {
    uint32_t high[STEPS][4], low[STEPS][4];

    // From numbers that lie as those of an accumulator do.
    __device__ __forceinline__ void set(int k, const float* numbers) {
#pragma unroll
        for (int j = 0; j < 4; j++) split(numbers[2 * j], numbers[2 * j + 1], high[k][j], low[k][j]);
    }

    __device__ __forceinline__ void set(const float* numbers) {
#pragma unroll
        for (int k = 0; k < STEPS; k++) set(k, numbers + 8 * k);
    }

    __device__ __forceinline__ void settle() {
        hopper::settle(high);
        hopper::settle(low);
    }
};

// ---- products ------------------------------------------------------------------------------------------

#define DUALITY_HALF "wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 "

// d (64×64) ← a·b (FIRST) or d + a·b; both operands in shared memory, K along their rows.
template <bool FIRST>
__device__ __forceinline__ void multiply_half(float (&d)[32], uint64_t a, uint64_t b) {
    if constexpr (FIRST)
        asm volatile(DUALITY_HALF DUALITY_L32 ", %32, %33, 0, 1, 1, 0, 0;"
            : DUALITY_32("=f", d, 0) : "l"(a), "l"(b));
    else
        asm volatile(DUALITY_HALF DUALITY_L32 ", %32, %33, 1, 1, 1, 0, 0;"
            : DUALITY_32("+f", d, 0) : "l"(a), "l"(b));
}

// d (64×64) ← a·b (FIRST) or d + a·b; a in registers, K along the rows of b, or ACROSS them.
template <bool FIRST, bool ACROSS>
__device__ __forceinline__ void multiply_half(float (&d)[32], const uint32_t (&a)[4], uint64_t b) {
    if constexpr (FIRST)
        asm volatile(DUALITY_HALF DUALITY_L32 ", {%32, %33, %34, %35}, %36, 0, 1, 1, %37;"
            : DUALITY_32("=f", d, 0) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "n"(int(ACROSS)));
    else
        asm volatile(DUALITY_HALF DUALITY_L32 ", {%32, %33, %34, %35}, %36, 1, 1, 1, %37;"
            : DUALITY_32("+f", d, 0) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "n"(int(ACROSS)));
}

// d (64×64) ← a·b (first) or d + a·b in split numbers, 64 of K, along the rows of b's tiles or ACROSS them. The low parts
// of b are `low` bytes behind the high ones. Whether it is the first is known where this is compiled.
template <bool ACROSS>
__device__ __forceinline__ void multiply_split(
        float (&d)[32], const SplitRows<4>& a, Operand b, int from, int low, bool first) {
    constexpr int STEP = ACROSS ? 16 * 128 : 32;
#pragma unroll
    for (int k = 0; k < 4; k++)
        if (first && k == 0)
            multiply_half<true, ACROSS>(d, a.low[0], b.at(from));
        else
            multiply_half<false, ACROSS>(d, a.low[k], b.at(from + k * STEP));
#pragma unroll
    for (int k = 0; k < 4; k++) multiply_half<false, ACROSS>(d, a.high[k], b.at(from + low + k * STEP));
#pragma unroll
    for (int k = 0; k < 4; k++) multiply_half<false, ACROSS>(d, a.high[k], b.at(from + k * STEP));
}

}  // namespace hopper
