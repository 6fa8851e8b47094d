/*
 * One SSD problem as Hopper's kernels see it: bfloat16 activations, float32 parameters, a state size that is a multiple
 * of 8 and at most 128, a head dimension that is a multiple of 8. Absent arrays are NULL. Mirrored by
 * duality.gpu.ssd.HopperProblem.
 *
 * A tile is up to 64 channels of a head, so a head has ceil(head_dim / 64) of them. A segment is a stretch of a sequence
 * that one warp group walks for one tile, carrying the state. Either segments are chained: each waits for the state that
 * the one before it leaves in its slot. Or the state before each is found in advance: the changes over pieces of segments
 * are summed, all at once, and then scanned.
 */
#ifndef HOPPER_PROBLEM_H
#define HOPPER_PROBLEM_H

#ifdef __CUDACC__
#include <cuda.h>
#else
typedef struct {
    _Alignas(64) char bytes[128];
} CUtensorMap;
#endif

/* What HopperSegment.previous says if no segment stands before. */
#define HOPPER_STARTS (-1)    /* the sequence starts here, from its initial state */
#define HOPPER_CONTINUES (-2) /* an earlier launch came up to here and left the state among the final ones */
#define HOPPER_INSIDE (-3)    /* of a piece that does not begin a segment */

typedef struct {
    int sequence; /* the row of the states */
    int batch;    /* the row of the activations */
    int from;     /* the first step in that row */
    int length;   /* a multiple of 64, unless the sequence ends */
    int previous; /* of a segment the one before it; of a piece the segment that it begins */
    int last;     /* whether the launch ends here for the sequence */
} HopperSegment;

typedef struct {
    CUtensorMap x_map, B_map, C_map, z_map, y_map; /* boxes of 64 steps by 64 channels or states */
    const float *dt;             /* (batch, time, heads) */
    const float *A;              /* (heads) */
    const float *D;              /* (heads) or, if d_per_channel, (heads, head_dim) */
    const float *dt_bias;        /* (heads) */
    const float *initial_states; /* (sequences, heads, head_dim, state_size) */
    float *final_states;         /* (sequences, heads, head_dim, state_size) */
    void *y;                     /* (batch, time, heads, head_dim) */
    const HopperSegment *segments;
    const HopperSegment *pieces;
    const int *first_pieces;     /* (sequences + 1): the pieces of a sequence stand together */
    const int *last_segments;    /* (sequences): the segment after its pieces, or -1 for a sequence without segments */
    float *segment_states;       /* (segments, tiles, 64, 64 or 128): before a segment; chained, after it */
    float *piece_states;         /* (pieces, tiles, 64, 64 or 128): the change over a piece */
    float *piece_decays;         /* (pieces, tiles) */
    int *flags;                  /* (segments, tiles): whether the slot is filled; zero between launches */
    int segment_count, piece_count;
    int time, heads, head_dim, state_size, head_tiles;
    int x_share, b_share, c_share; /* the heads that read one head of x, one group of B, of C */
    int d_per_channel, dt_softplus;
    int chained;
    int packed; /* whether the rows after a sequence's end belong to another */
    float dt_min, dt_max;
    const float *B_scales, *C_scales; /* of split operands (batch, time, groups): what brings their rows back, 1 / scale */
} HopperProblem;

#endif
