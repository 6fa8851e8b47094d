#!/usr/bin/env python3
"""Duality beside PyTorch: the same shapes, on the same machine, in turns.

    pip install numpy torch        (the CPU build is enough)
    ./benchmarks/side_by_side.py --threads 1

Runs `./duality bench` and the PyTorch versions alternately, so that both meet the same disturbances, and prints medians.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

import torch
import torch.nn.functional as F

HEADS, HEAD_DIM, STATE_SIZE = 24, 64, 128
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def segment_sums(log_decay):
    """Entry (t, s) is the sum of log_decay over (s, t], and -inf above the diagonal, without subtracting sums."""
    steps = log_decay.size(-1)
    repeated = log_decay.unsqueeze(-1).expand(*log_decay.shape, steps)
    below = torch.ones(steps, steps, dtype=torch.bool).tril(-1)
    sums = repeated.masked_fill(~below, 0).cumsum(-2)
    return sums.masked_fill(~below.logical_or(torch.eye(steps, dtype=torch.bool)), -torch.inf)


def listing(x, log_decay, b, c, chunk):
    """The four steps as published (Dao and Gu 2024, Listing 1): einsums over all chunks, B and C repeated for each head."""
    batch, length, heads, _ = x.shape
    chunks = length // chunk
    x, b, c = (t.reshape(batch, chunks, chunk, heads, -1) for t in (x, b, c))
    a = log_decay.reshape(batch, chunks, chunk, heads).permute(0, 3, 1, 2)
    sums = a.cumsum(-1)
    mask = segment_sums(a).exp()
    diagonal = torch.einsum("bclhn,bcshn,bhcls,bcshp->bclhp", c, b, mask, x)
    to_end = (sums[..., -1:] - sums).exp()
    states = torch.einsum("bclhn,bhcl,bclhp->bchpn", b, to_end, x)
    states = torch.cat([torch.zeros_like(states[:, :1]), states], dim=1)
    between = segment_sums(F.pad(sums[..., -1], (1, 0))).exp()
    entering = torch.einsum("bhzc,bchpn->bzhpn", between, states)[:, :-1]
    off = torch.einsum("bclhn,bchpn,bhcl->bclhp", c, entering, sums.exp())
    return (diagonal + off).reshape(batch, length, heads, -1)


def tuned(x, log_decay, b, c, chunk):
    """Batched matrix products, C B^T once for all heads, a loop over chunks for the states; b and c (length, state)."""
    _, length, heads, head_dim = x.shape
    chunks = length // chunk
    x = x.reshape(chunks, chunk, heads, head_dim).permute(0, 2, 1, 3)
    b = b.reshape(chunks, chunk, -1)
    c = c.reshape(chunks, chunk, -1)
    a = log_decay.reshape(chunks, chunk, heads).permute(0, 2, 1)
    sums = a.cumsum(-1)
    gram = torch.bmm(c, b.transpose(1, 2)).unsqueeze(1)
    mask = (sums.unsqueeze(-1) - sums.unsqueeze(-2)).tril().exp_().tril_()
    y = torch.matmul(mask.mul_(gram), x)
    weighted = x * (sums[..., -1:] - sums).exp().unsqueeze(-1)
    added = torch.matmul(b.unsqueeze(1).transpose(-1, -2), weighted)
    through = sums[..., -1].exp()
    entering = torch.empty_like(added)
    state = torch.zeros_like(added[0])
    for i in range(chunks):
        entering[i] = state
        state = torch.addcmul(added[i], state, through[i][:, None, None])
    off = torch.matmul(c.unsqueeze(1), entering)
    y.addcmul_(off, sums.exp().unsqueeze(-1))
    return y.permute(0, 2, 1, 3).reshape(1, length, heads, head_dim)


def ssd_case(length):
    torch.manual_seed(1)
    x = torch.rand(1, length, HEADS, HEAD_DIM) * 2 - 1
    dt = torch.rand(1, length, HEADS) * 0.099 + 0.001
    rates = -(torch.rand(HEADS) * 15 + 1)
    b, c = (torch.rand(1, length, 1, STATE_SIZE) * 2 - 1 for _ in range(2))
    return x * dt.unsqueeze(-1), dt * rates, b, c


def cases(lengths):
    """Names and functions; the names are those of `./duality bench` where Duality has the same case."""
    for size in (64, 128, 1024, 2048):
        left, right = torch.rand(size, size), torch.rand(size, size)
        yield f"sgemm {size}", "torch", lambda left=left, right=right: left @ right
    for size in (64, 1024, 2048):
        left, right = torch.rand(size, size).double(), torch.rand(size, size).double()
        yield f"dgemm {size}", "torch", lambda left=left, right=right: left @ right
    for length in lengths:
        x, decay, b, c = ssd_case(length)
        repeated = [t.expand(-1, -1, HEADS, -1).contiguous() for t in (b, c)]
        name = f"ssd forward T={length}"
        yield name, "listing, chunk 64", lambda x=x, d=decay, r=repeated: listing(x, d, *r, 64)
        yield name, "tuned, chunk 64", lambda x=x, d=decay, b=b, c=c: tuned(x, d, b[0, :, 0], c[0, :, 0], 64)
        q, k, v = (torch.rand(1, HEADS, length, HEAD_DIM) for _ in range(3))
        yield name, "attention (SDPA)", lambda q=q, k=k, v=v: F.scaled_dot_product_attention(q, k, v, is_causal=True)


def milliseconds(run, seconds):
    run()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        inner, start = 0, time.perf_counter()
        while inner == 0 or time.perf_counter() - start < 0.01:
            run()
            inner += 1
        times.append((time.perf_counter() - start) * 1e3 / inner)
    return statistics.median(times)


def agree():
    """What is compared computes the same."""
    x, decay, b, c = (t.double() for t in ssd_case(256))
    wide = [t.expand(-1, -1, HEADS, -1) for t in (b, c)]
    difference = listing(x, decay, *wide, 64) - tuned(x, decay, b[0, :, 0], c[0, :, 0], 64)
    assert difference.abs().max() < 1e-10, difference.abs().max()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each")
    parser.add_argument("--seconds", type=float, default=2, help="time for a case in a turn")
    parser.add_argument("--lengths", type=int, nargs="*", default=[2048, 4096, 8192, 16384])
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_grad_enabled(False)
    agree()
    ours, theirs, shares = {}, {}, {}
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "bench.json")
            command = [os.path.join(ROOT, "duality"), "bench", "--json", file]
            command += ["--threads", str(arguments.threads), "--seconds", str(arguments.seconds)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            with open(file) as stream:
                for result in json.load(stream):
                    ours.setdefault(result["case"], []).append(result["ms"])
                    shares.setdefault(result["case"], []).append((result["share_of_peak"], result["share_of_triad"]))
        for name, rival, run in cases(arguments.lengths):
            theirs.setdefault(name, {}).setdefault(rival, []).append(milliseconds(run, arguments.seconds))
    print(f"torch {torch.__version__}, {arguments.threads} thread(s), medians of {arguments.rounds} turns, ms\n")
    print("| case | Duality | of peak | of triad | rivals (times slower) |\n|---|---|---|---|---|")
    for name, times in ours.items():
        median = statistics.median(times)
        rivals = ", ".join(
            f"{rival} {statistics.median(t):.3g} ({statistics.median(t) / median:.1f}×)"
            for rival, t in theirs.get(name, {}).items()
        )
        peak, triad = (statistics.median(s) for s in zip(*shares[name]))
        print(f"| {name} | {median:.3g} | {peak:.0%} | {triad:.0%} | {rivals} |")


if __name__ == "__main__":
    main()
