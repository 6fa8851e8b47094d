"""Times mamba_ssm's SSD kernels on the shapes of GpuReport: shape, forward, forward and backward in ms, between tabs."""

import statistics
import sys

try:
    import torch
    from mamba_ssm.ops.triton.ssd_combined import mamba_chunk_scan_combined
except ImportError as e:
    print(f"no times of mamba_ssm: {e}", file=sys.stderr)
    sys.exit(0)

SHAPES = [
    (8, 4096, 80, 64, 128, 1),
    (1, 16384, 80, 64, 128, 1),
    (1, 131072, 80, 64, 128, 1),
    (1, 2048, 24, 64, 128, 1),
    (8, 4096, 128, 64, 128, 8),
    (8, 4096, 80, 64, 64, 1),
    (1, 16384, 32, 64, 64, 1),
]


def inputs(batch, time, heads, head_dim, state_size, groups):
    def normal(*shape, dtype=torch.bfloat16):
        return torch.randn(*shape, device="cuda", dtype=dtype).requires_grad_()

    x = normal(batch, time, heads, head_dim)
    dt = normal(batch, time, heads, dtype=torch.float32)
    rates = (-torch.rand(heads, device="cuda") * 15 - 1).requires_grad_()
    b = normal(batch, time, groups, state_size)
    c = normal(batch, time, groups, state_size)
    return x, dt, rates, b, c


def median(sets, run):
    times = []
    for i in range(60):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        run(sets[i % len(sets)])
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times[10:])


for shape in SHAPES:
    batch, time, heads, head_dim, state_size, groups = shape
    size = 2 * batch * time * heads * head_dim
    sets = [inputs(*shape) for _ in range(max(1, min(16, (256 << 20) // size)))]
    dy = torch.randn(batch, time, heads, head_dim, device="cuda", dtype=torch.bfloat16)

    def forward(given):
        return mamba_chunk_scan_combined(*given, chunk_size=256, dt_softplus=True)

    def no_grad(given):
        with torch.no_grad():
            forward(given)

    def both(given):
        forward(given).backward(dy)

    name = f"{batch}x{time} {heads} {head_dim} {state_size} {groups}"
    print(f"{name}\t{median(sets, no_grad):.3f}\t{median(sets, both):.3f}", flush=True)
    del sets, dy
    torch.cuda.empty_cache()
