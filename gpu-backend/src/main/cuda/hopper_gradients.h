/*
 * The gradient of an SSD problem as Hopper's kernels see it: bfloat16 activations, float32 parameters, a state size that
 * is a multiple of 8 and at most 128, a head dimension that is a multiple of 8, and x of its own for every head; dy is
 * the gradient of what a gate multiplies. Absent arrays are NULL. Mirrored by duality.gpu.ssd.HopperGradientLayout.
 *
 * Tiles are those of hopper_problem.h. The states of a tile stand as shared memory holds them: 64 rows of 64 bfloat16,
 * exchanged by 16 bytes within a row, once or twice.
 */
#ifndef HOPPER_GRADIENTS_H
#define HOPPER_GRADIENTS_H

#include "hopper_problem.h"

typedef struct {
    CUtensorMap x_map, B_map, C_map, dy_map, grad_x_map; /* boxes of 64 steps by 64 channels or states */
    const float *dt;                                      /* (batch, time, heads) */
    const float *A;                                       /* (heads) */
    const float *D;                                       /* (heads) or, if d_per_channel, (heads, head_dim) */
    const float *dt_bias;                                 /* (heads) */
    const float *initial_states;                          /* (sequences, heads, head_dim, state_size) */
    const float *dfinal_states;                           /* likewise */
    float *grad_initial_states;                           /* likewise */
    void *grad_x;                                         /* (batch, time, heads, head_dim) */
    float *grad_dt;                                       /* (batch, time, heads) */
    void *grad_B, *grad_C;                                /* (batch, time, groups, state_size) */
    float *part_B, *part_C;                               /* (batch, time, parts, state_size) in their place, or NULL */
    float *part_A, *part_dt_bias;                         /* (chunks, heads) */
    float *part_D;                                        /* (chunks, heads), unless d_per_channel */
    const HopperSegment *sequences;                       /* whole sequences; previous is the number of the first chunk */
    const HopperSegment *chunks;                          /* the chunks of all sequences in order */
    void *states;                                         /* (chunks, tiles): before a chunk */
    void *state_gradients;                                /* (chunks, tiles): of the state after a chunk */
    int time, heads, head_dim, state_size, head_tiles;
    int b_share, c_share; /* the heads that read one group of B, of C */
    int part_heads;       /* neighbouring heads that share both, which a block sums before memory is touched */
    int d_per_channel, dt_softplus;
    int packed; /* whether the rows after a sequence's end belong to another */
    float dt_min, dt_max;
} HopperGradients;

#endif
