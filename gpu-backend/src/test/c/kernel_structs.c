/* Prints the size of every structure that kernels take, then its fields and their offsets. */
#include <stddef.h>
#include <stdio.h>

#include "../../main/cuda/hopper_gradients.h"
#include "../../main/cuda/hopper_problem.h"
#include "../../main/cuda/dense_problem.h"
#include "../../main/cuda/ssd_problem.h"

#define FIELD(name) printf("%s %zu\n", #name, offsetof(STRUCT, name));

int main(void) {
#define STRUCT SsdProblem
#define FIELDS(F)                                                                                                 \
    F(x) F(dt) F(A) F(B) F(C) F(D) F(z) F(dt_bias) F(initial_states) F(dy) F(dfinal_states)                       \
    F(y) F(final_states) F(grad_x) F(grad_dt) F(grad_A) F(grad_B) F(grad_C) F(grad_D) F(grad_z) F(grad_dt_bias)   \
    F(grad_initial_states) F(chunk_row) F(chunk_length) F(first_chunk)                                            \
    F(step) F(decay) F(from_start) F(to_end) F(through) F(states) F(state_gradients) F(gated_dy) F(ungated_y)     \
    F(part_x) F(part_B) F(part_C) F(part_A) F(part_dt_bias) F(part_D)                                             \
    F(dt_min) F(dt_max) F(rows) F(sequences) F(chunks) F(heads) F(x_heads) F(b_groups) F(c_groups)                \
    F(head_dim) F(state_size) F(b_parts) F(c_parts) F(d_per_channel) F(dt_softplus)
    printf("%zu\n", sizeof(STRUCT));
    FIELDS(FIELD)
#undef STRUCT
#undef FIELDS
#define STRUCT HopperProblem
#define FIELDS(F)                                                                                                 \
    F(x_map) F(B_map) F(C_map) F(z_map) F(y_map) F(dt) F(A) F(D) F(dt_bias) F(initial_states) F(final_states)     \
    F(y) F(segments) F(pieces) F(first_pieces) F(last_segments) F(segment_states) F(piece_states)                 \
    F(piece_decays) F(flags) F(segment_count) F(piece_count) F(time) F(heads) F(head_dim) F(state_size)           \
    F(head_tiles) F(x_share) F(b_share) F(c_share) F(d_per_channel) F(dt_softplus) F(chained) F(packed)           \
    F(dt_min) F(dt_max) F(B_scales) F(C_scales)
    printf("%zu\n", sizeof(STRUCT));
    FIELDS(FIELD)
#undef STRUCT
#undef FIELDS
#define STRUCT HopperGradients
#define FIELDS(F)                                                                                                 \
    F(x_map) F(B_map) F(C_map) F(dy_map) F(grad_x_map) F(dt) F(A) F(D) F(dt_bias) F(initial_states)               \
    F(dfinal_states) F(grad_initial_states) F(grad_x) F(grad_dt) F(grad_B) F(grad_C) F(part_B) F(part_C)          \
    F(part_A) F(part_dt_bias) F(part_D) F(sequences) F(chunks) F(states) F(state_gradients) F(time) F(heads)      \
    F(head_dim) F(state_size) F(head_tiles) F(b_share) F(c_share) F(part_heads) F(d_per_channel) F(dt_softplus)     \
    F(packed) F(dt_min) F(dt_max)
    printf("%zu\n", sizeof(STRUCT));
    FIELDS(FIELD)
#undef STRUCT
#undef FIELDS
#define STRUCT DenseProblem
#define FIELDS(F)                                                                                                 \
    F(a_map) F(b_map) F(a) F(b) F(c) F(a_at) F(a_row) F(a_batch) F(b_at) F(b_row) F(b_batch) F(c_at) F(c_row)      \
    F(c_batch) F(m) F(n) F(k) F(batch) F(a_shared) F(b_shared) F(add) F(c_bfloat16)
    printf("%zu\n", sizeof(STRUCT));
    FIELDS(FIELD)
#undef STRUCT
#undef FIELDS
#define STRUCT HopperSegment
#define FIELDS(F) F(sequence) F(batch) F(from) F(length) F(previous) F(last)
    printf("%zu\n", sizeof(STRUCT));
    FIELDS(FIELD)
    return 0;
}
