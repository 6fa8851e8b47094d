/*
 * One SSD problem as the kernels see it. The arrays are those of duality.ssd.SsdInputs, rows are batch * time, and all
 * lengths are in elements. What is absent is NULL. Mirrored by duality.gpu.ssd.ProblemLayout.
 *
 * The sequences are cut into chunks of at most 64 steps, numbered through all sequences. "Activations" are x, B, C, z, y
 * and their gradients, "parameters" everything else; what is computed is computed in the parameters' type.
 */
#ifndef SSD_PROBLEM_H
#define SSD_PROBLEM_H

typedef struct {
    /* inputs */
    const void *x;              /* (rows, x_heads, head_dim) */
    const void *dt;             /* (rows, heads) */
    const void *A;              /* (heads) */
    const void *B;              /* (rows, b_groups, state_size) */
    const void *C;              /* (rows, c_groups, state_size) */
    const void *D;              /* (heads) or, if d_per_channel, (heads, head_dim) */
    const void *z;              /* (rows, heads, head_dim) */
    const void *dt_bias;        /* (heads) */
    const void *initial_states; /* (sequences, heads, head_dim, state_size) */
    const void *dy;             /* (rows, heads, head_dim) */
    const void *dfinal_states;  /* (sequences, heads, head_dim, state_size) */

    /* outputs, each of the shape of its input */
    void *y; /* (rows, heads, head_dim) */
    void *final_states;
    void *grad_x;
    void *grad_dt;
    void *grad_A;
    void *grad_B;
    void *grad_C;
    void *grad_D;
    void *grad_z;
    void *grad_dt_bias;
    void *grad_initial_states;

    /* the chunks */
    const long long *chunk_row; /* (chunks): the row of the first step */
    const int *chunk_length;    /* (chunks) */
    const int *first_chunk;     /* (sequences + 1) */

    /* scratch, in the parameters' type */
    void *step;            /* (rows, heads): dt after bias, softplus and limit */
    void *decay;           /* (rows, heads): a_t */
    void *from_start;      /* (rows, heads): a_t ... a_0, from the state before the chunk to step t */
    void *to_end;          /* (rows, heads): a_{Q-1} ... a_{t+1}, from step t to the end of the chunk */
    void *through;         /* (chunks, heads): a_{Q-1} ... a_0 */
    void *states;          /* (chunks, heads, head_dim, state_size): first what a chunk adds, then what enters it */
    void *state_gradients; /* the same of the gradient: first what a chunk adds, then what enters it from behind */
    void *gated_dy;        /* (rows, heads, head_dim): the gradient of what the gate multiplies */
    void *ungated_y;       /* (rows, heads, head_dim): what the gate multiplies */
    void *part_x;          /* (rows, heads, head_dim) */
    void *part_B;          /* (rows, b_parts, state_size) */
    void *part_C;          /* (rows, c_parts, state_size) */
    void *part_A;          /* (chunks, heads) */
    void *part_dt_bias;    /* (chunks, heads) */
    void *part_D;          /* (chunks, heads, head_dim) */

    double dt_min, dt_max;
    long long rows;
    int sequences, chunks;
    int heads, x_heads, b_groups, c_groups;
    int head_dim, state_size;
    int b_parts, c_parts; /* heads / b_parts neighbouring heads, all of one group, are summed before memory is touched */
    int d_per_channel, dt_softplus;
} SsdProblem;

#endif
