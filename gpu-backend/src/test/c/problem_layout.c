/* Prints the size of SsdProblem, then every field and its offset. */
#include <stddef.h>
#include <stdio.h>

#include "../../main/cuda/ssd_problem.h"

#define FIELD(name) printf("%s %zu\n", #name, offsetof(SsdProblem, name));
#define FIELDS(F)                                                                                                 \
    F(x) F(dt) F(A) F(B) F(C) F(D) F(z) F(dt_bias) F(initial_states) F(dy) F(dfinal_states)                       \
    F(y) F(final_states) F(grad_x) F(grad_dt) F(grad_A) F(grad_B) F(grad_C) F(grad_D) F(grad_z) F(grad_dt_bias)   \
    F(grad_initial_states) F(chunk_row) F(chunk_length) F(first_chunk)                                            \
    F(step) F(decay) F(from_start) F(to_end) F(through) F(states) F(state_gradients) F(gated_dy) F(ungated_y)     \
    F(part_x) F(part_B) F(part_C) F(part_A) F(part_dt_bias) F(part_D)                                             \
    F(dt_min) F(dt_max) F(rows) F(sequences) F(chunks) F(heads) F(x_heads) F(b_groups) F(c_groups)                \
    F(head_dim) F(state_size) F(b_parts) F(c_parts) F(d_per_channel) F(dt_softplus)

int main(void) {
    printf("%zu\n", sizeof(SsdProblem));
    FIELDS(FIELD)
    return 0;
}
