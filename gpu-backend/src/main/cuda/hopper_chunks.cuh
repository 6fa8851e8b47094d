// What the SSD kernels for Hopper share beside the machinery: chunks, step sizes and decays.
#pragma once
#include "hopper.cuh"
#include "hopper_problem.h"

namespace hopper {

constexpr int SHARED_BYTES = 227 * 1024;

constexpr int Q = 64;
constexpr int BLOCK = 16;             // decays inside a block by differences of its own sums, else by products
constexpr int BLOCKS = Q / BLOCK;
constexpr float LOG2E = 1.4426950408889634f;
constexpr float FORGET = -200.f;      // 2^-200 is 0 in float32: a step of log-decay below it is a reset

// Factors by step that stand in the order in which a lane of a matrix product wants them: its four columns of a block of
// 16 side by side.
__device__ __forceinline__ float4 of_lane(const float* factors, int block, int lane) {
    return reinterpret_cast<const float4*>(factors)[4 * block + (lane & 3)];
}

__device__ __forceinline__ void put_of_lane(float* factors, int lane, float x, float y) {
    reinterpret_cast<float2*>(factors)[8 * (lane >> 3) + 2 * (lane & 3) + (lane >> 2 & 1)] = {x, y};
}

// How one head's step sizes and log2-decays come from the raw numbers of dt.
struct StepSizes {
    float rate, bias, least, greatest;
    bool softplus;

    StepSizes() = default;

    template <typename Problem>
    __device__ __forceinline__ StepSizes(const Problem& p, int head)
            : rate(p.A[head] * LOG2E), bias(p.dt_bias ? p.dt_bias[head] : 0.f), least(p.dt_min), greatest(p.dt_max),
              softplus(p.dt_softplus) {}

    __device__ __forceinline__ float size(float raw) const {
        float slope;
        return size(raw, slope);
    }

    // With the derivative, which is 0 where the size is limited.
    __device__ __forceinline__ float size(float raw, float& slope) const {
        float value = raw + bias;
        slope = 1.f;
        if (softplus && value <= 20.f) {
            float e = expf(value);
            value = log1pf(e);
            slope = __fdividef(e, 1.f + e);
        }
        if (value < least || value > greatest) slope = 0.f;
        return fminf(fmaxf(value, least), greatest);
    }

    __device__ __forceinline__ float log(float step) const {
        return step == 0.f ? 0.f : fmaxf(step * rate, FORGET);
    }
};

// The step sizes and log2-decays of one head along a segment, two steps a lane of a warp, chunk after chunk forwards
// (STRIDE = Q) or backwards (-Q). Raw values are fetched AHEAD chunks before they are used, to hide the way to memory.
template <int STRIDE>
struct Steps {
    static constexpr int AHEAD = 4;
    const float* dt;
    StepSizes sizes;
    int heads, length, t;
    float2 fetched[AHEAD];

    Steps() = default;

    template <typename Problem>
    __device__ __forceinline__ Steps(const Problem& p, const HopperSegment& segment, int head, int first)
            : dt(p.dt + (int64_t(segment.batch) * p.time + segment.from) * p.heads + head), sizes(p, head),
              heads(p.heads), length(segment.length), t(first) {
#pragma unroll
        for (int i = 0; i < AHEAD; i++) fetched[i] = {raw(t + i * STRIDE), raw(t + i * STRIDE + 1)};
    }

    __device__ __forceinline__ float raw(int at) const {
        return at >= 0 && at < length ? __ldg(dt + int64_t(at) * heads) : 0.f;
    }

    // The next chunk's, which is number `turn` modulo AHEAD: a constant where the loop over chunks is unrolled, so that
    // no register waits for a value before it is used.
    __device__ __forceinline__ void next(int turn, float2& steps, float2& logs) {
        steps = {t < length ? sizes.size(fetched[turn].x) : 0.f, t + 1 < length ? sizes.size(fetched[turn].y) : 0.f};
        logs = {sizes.log(steps.x), sizes.log(steps.y)};
        fetched[turn] = {raw(t + AHEAD * STRIDE), raw(t + AHEAD * STRIDE + 1)};
        t += STRIDE;
    }
};

// Sums of log2-decays of a lane's two steps over its block of 16: up to and including each, and after each; and
// over each whole block.
struct BlockSums {
    float2 before, after;
    float whole[BLOCKS];

    __device__ __forceinline__ BlockSums(float2 log, int lane) {
        int place = lane & 7;
        float left = log.x + log.y, right = left;
#pragma unroll
        for (int shift = 1; shift < 8; shift <<= 1) {
            float from_left = __shfl_up_sync(~0u, left, shift, 8);
            float from_right = __shfl_down_sync(~0u, right, shift, 8);
            if (place >= shift) left += from_left;
            if (place + shift < 8) right += from_right;
        }
#pragma unroll
        for (int v = 0; v < BLOCKS; v++) whole[v] = __shfl_sync(~0u, left, 8 * v + 7);
        float before_this = __shfl_up_sync(~0u, left, 1, 8), after_this = __shfl_down_sync(~0u, right, 1, 8);
        if (place == 0) before_this = 0.f;
        if (place == 7) after_this = 0.f;
        before = {before_this + log.x, before_this + log.x + log.y};
        after = {log.y + after_this, after_this};
    }
};

// A stage of a ring of buffers and the parity of its round.
template <int STAGES>
struct Ring {
    int stage = 0;
    uint32_t phase = 0;

    __device__ __forceinline__ void advance() {
        if (++stage == STAGES) {
            stage = 0;
            phase ^= 1;
        }
    }
};

}  // namespace hopper
