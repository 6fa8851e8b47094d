"""Writes einsum.txt and einsum.npz: random contractions and what NumPy's einsum makes of them.

Run in this folder with numpy 2.4.6:
    python make_einsum.py
A line of einsum.txt is: subscripts, shapes of the operands, shape of the result. The numbers follow one
another in the arrays `operands` and `results`. Operands are eighths of small integers, so every product and
sum is exact in float64, and every order of it gives the same bits.
"""

import random

import numpy as np

random.seed(20240521)
CASES = 260
FIXED = [  # (subscripts, lengths)
    ("TN,SN,SP,TS->TP", dict(T=5, S=5, N=3, P=4)),
    ("tn,sn,sp,ts->tp", dict(t=6, s=6, n=2, p=3)),
    ("ii", dict(i=4)),
    ("ii->i", dict(i=4)),
    ("iii->i", dict(i=3)),
    ("iijj->ij", dict(i=2, j=3)),
    ("ijk->", dict(i=2, j=3, k=4)),
    ("ijk->kij", dict(i=2, j=3, k=4)),
    ("ba", dict(a=2, b=3)),
    ("aB", dict(a=2, B=3)),
    (",->", {}),
    ("->", {}),
    (",ij", dict(i=2, j=3)),
    ("i,i", dict(i=5)),
    ("i,j->ij", dict(i=5, j=2)),
    ("bij,bjk->bik", dict(b=3, i=2, j=4, k=5)),
    ("bhtn,bhsn,bhsp,ts->bhtp", dict(b=2, h=2, t=3, s=3, n=2, p=2)),
    ("ij,jk->ik", dict(i=2, j=0, k=3)),
    ("ij,jk->ik", dict(i=0, j=2, k=3)),
    ("ij->", dict(i=0, j=3)),
    ("a,b,c,d,e->", dict(a=2, b=2, c=2, d=2, e=2)),
    (" i j , j k -> i k ", dict(i=2, j=3, k=2)),
]


def random_case():
    letters = random.sample("abcdefTNSP", random.randint(1, 6))
    lengths = {letter: random.choice([1, 2, 2, 3, 3, 4]) for letter in letters}
    if random.random() < 0.08:
        lengths[random.choice(letters)] = 0
    operands = []
    for _ in range(random.choice([1, 1, 2, 2, 2, 3, 3, 4, 5])):
        rank = min(random.choice([0, 1, 1, 2, 2, 2, 3, 3, 4]), 4)
        operands.append("".join(random.choice(letters) for _ in range(rank)))
    text = ",".join(operands)
    if random.random() < 0.75:
        used = sorted(set(text) - {","})
        text += "->" + "".join(random.sample(used, random.randint(0, min(4, len(used)))))
    return text, lengths


cases = list(FIXED)
while len(cases) < CASES:
    case = random_case()
    if case not in cases:
        cases.append(case)

lines, operands, results = [], [], []
for text, lengths in cases:
    inputs = text.replace(" ", "").split("->")[0].split(",")
    shapes = [[lengths[letter] for letter in operand] for operand in inputs]
    arrays = [
        np.array([random.randint(-15, 15) / 8 for _ in range(int(np.prod(shape, dtype=int)))]).reshape(shape)
        for shape in shapes
    ]
    result = np.asarray(np.einsum(text, *arrays))
    show = lambda shape: "x".join(map(str, shape)) if len(shape) else "scalar"
    lines.append(f"{text}; {' '.join(map(show, shapes))}; {show(result.shape)}")
    operands += [array.ravel() for array in arrays]
    results.append(result.ravel())

with open("einsum.txt", "w") as file:
    file.write("\n".join(lines) + "\n")
np.savez_compressed("einsum.npz", operands=np.concatenate(operands), results=np.concatenate(results))
