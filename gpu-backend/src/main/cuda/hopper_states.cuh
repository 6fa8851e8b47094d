// What the forward passes on Hopper share: the states at the ends of a segment.
#pragma once
#include "hopper_chunks.cuh"

namespace hopper {

// A lane's entries of a tile's state where a segment begins and ends: rows 16 w + row (+ 8) of warp w, columns
// 8 j + pair (+ 1), as in an accumulator. A tile past the last one is a partner without effect.
template <int NT>
struct EndStates {
    const HopperProblem& p;
    const HopperSegment& segment;
    int tiles, index, tile, head, column, first, pair;
    bool real, leader;
    int rows, columns;  // entries 2 k and 2 k + 1 exist outside if 8 (k & 1) < rows and 8 (k >> 1) < columns

    __device__ __forceinline__ EndStates(
            const HopperProblem& p, const HopperSegment& segment, int tiles, int index, int tile, int warp, int lane)
            : p(p), segment(segment), tiles(tiles), index(index), tile(tile), head(tile / p.head_tiles),
              column(tile % p.head_tiles * 64), first(16 * warp + (lane >> 2)), pair(2 * (lane & 3)), real(tile < tiles),
              leader((threadIdx.x & 127) == 0), rows(real ? p.head_dim - (column + first) : 0),
              columns(p.state_size - pair) {}

    __device__ __forceinline__ float* slot(int at) const {
        return p.segment_states + (int64_t(at) * tiles + tile) * (64 * 64 * NT) + first * 64 * NT + pair;
    }
    template <typename States>
    __device__ __forceinline__ States outer(States states) const {
        return states + ((int64_t(segment.sequence) * p.heads + head) * p.head_dim + column + first) * p.state_size + pair;
    }

    // The state before the segment.
    __device__ __forceinline__ void load(float (&s)[32 * NT], int barrier) const {
        if (real && (p.chained ? segment.previous >= 0 : 1)) {
            if (p.chained) {
                if (leader) take_flag(p.flags + int64_t(segment.previous) * tiles + tile);
                group_sync(barrier);
            } else {
                depend_on_earlier_launch();
            }
            const float* from = slot(p.chained ? segment.previous : index);
#pragma unroll
            for (int k = 0; k < 16 * NT; k++) {
                float2 value = __ldcg(reinterpret_cast<const float2*>(from + (k & 1) * 8 * 64 * NT + (k >> 1) * 8));
                s[2 * k] = value.x;
                s[2 * k + 1] = value.y;
            }
        } else {
#pragma unroll
            for (int k = 0; k < 32 * NT; k++) s[k] = 0.f;
            const float* given = segment.previous == HOPPER_CONTINUES ? p.final_states : p.initial_states;
            if (given) {
                const float* from = outer(given);
#pragma unroll
                for (int k = 0; k < 16 * NT; k++)
                    if ((k & 1) * 8 < rows && (k >> 1) * 8 < columns) {  // the state size is a multiple of 8
                        float2 value = *reinterpret_cast<const float2*>(from + (k & 1) * 8 * p.state_size + (k >> 1) * 8);
                        s[2 * k] = value.x;
                        s[2 * k + 1] = value.y;
                    }
            }
        }
    }

    // Leaves the state after the segment to the next one, or among the final states.
    __device__ __forceinline__ void store(const float (&s)[32 * NT], int barrier) const {
        if (real && p.chained && !segment.last) {
            float* to = slot(index);
#pragma unroll
            for (int k = 0; k < 16 * NT; k++)
                __stcg(reinterpret_cast<float2*>(to + (k & 1) * 8 * 64 * NT + (k >> 1) * 8), float2{s[2 * k], s[2 * k + 1]});
            __threadfence();
            group_sync(barrier);
            if (leader) set_flag(p.flags + int64_t(index) * tiles + tile);
        } else if (real && segment.last && p.final_states) {
            float* to = outer(p.final_states);
#pragma unroll
            for (int k = 0; k < 16 * NT; k++)
                if ((k & 1) * 8 < rows && (k >> 1) * 8 < columns)
                    *reinterpret_cast<float2*>(to + (k & 1) * 8 * p.state_size + (k >> 1) * 8) = {s[2 * k], s[2 * k + 1]};
        }
    }
};

}  // namespace hopper
