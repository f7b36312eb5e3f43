"""The loss curve of examples/BracketsGpt.java beside that of the same model in PyTorch.

    python gpt_curves.py JAVA     writes docs/images/gpt-loss.csv and gpt-loss.svg; about five minutes
    python gpt_curves.py          draws gpt-loss.svg from gpt-loss.csv and compares

JAVA is the command of a JDK 25; the project has to be packaged. Both sides train with five seeds. The
model, the distributions that its weights are drawn from, the language and the optimiser are written
here again from their descriptions; random numbers differ. Losses are means over 20 steps.
"""

import math
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[3]
KINDS, LENGTH, STEPS, BATCH, WIDTH, HEADS, BLOCKS = 2, 24, 1000, 32, 32, 4, 2
SEEDS = range(1, 6)
BIN = 20


def word(rng):
    tokens, open_ = [], []
    for place in range(LENGTH):
        if not open_ or (len(open_) < LENGTH - place and rng.random() < 0.5):
            open_.append(rng.integers(KINDS))
            tokens.append(open_[-1])
        else:
            tokens.append(KINDS + open_.pop())
    return tokens


def entropy():
    """In nats a token, by the depths that words have at each place."""
    at, total = {0: 1.0}, 0.0
    for place in range(LENGTH):
        then = {}
        for depth, p in at.items():
            opens = 1.0 if depth == 0 else 0.0 if depth == LENGTH - place else 0.5
            total += p * (opens * math.log(KINDS) + (math.log(2) if opens == 0.5 else 0))
            then[depth + 1] = then.get(depth + 1, 0) + p * opens
            then[depth - 1] = then.get(depth - 1, 0) + p * (1 - opens)
        at = then
    return total / LENGTH


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        def apart(z):
            return z.unflatten(2, (HEADS, -1)).transpose(1, 2)

        y = self.norm1(x)
        y = F.scaled_dot_product_attention(apart(self.q(y)), apart(self.k(y)), apart(self.v(y)), is_causal=True)
        x = x + self.o(y.transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(2 * KINDS + 1, WIDTH), nn.Embedding(LENGTH, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2 * KINDS + 1, bias=False)
        for m in self.modules():
            if isinstance(m, nn.Embedding):
                nn.init.normal_(m.weight, 0, 0.02)
            elif isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)

    def forward(self, x):
        y = self.tokens(x) + self.places.weight[: x.shape[1]]
        return self.head(self.norm(self.blocks(y)))


def torch_curve(seed):
    torch.manual_seed(seed)
    rng = numpy.random.default_rng(seed)
    model = Gpt()
    weights = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() < 2]
    rate = lambda i: min(1, (i + 1) / 20) * (1 + math.cos(math.pi * i / STEPS)) / 2
    adam = torch.optim.AdamW([{"params": weights, "weight_decay": 0.01}, {"params": others, "weight_decay": 0}], lr=5e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, rate)
    losses = []
    for _ in range(STEPS):
        y = torch.tensor([word(rng) for _ in range(BATCH)])
        x = torch.cat([torch.full((BATCH, 1), 2 * KINDS), y[:, :-1]], 1)
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        adam.step()
        schedule.step()
        losses.append(loss.item())
    return losses


def java_curve(java, seed):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "curve.csv"
        command = [java, "--add-modules", "jdk.incubator.vector", "-cp", "cli/target/lib/*"]
        command += ["examples/BracketsGpt.java", str(seed), str(out)]
        said = subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout
        print("Backlight", seed, said.strip().splitlines()[-1], flush=True)
        return [float(line.split(",")[1]) for line in out.read_text().splitlines()[1:]]


def binned(curves):
    return numpy.array(curves).reshape(len(curves), STEPS // BIN, BIN).mean(2)


def path(xs, ys):
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys))


def svg(steps, sides, entropy):
    left, top, wide, high, low, peak = 60, 24, 560, 280, 0.75, 1.4
    px = lambda s: left + wide * s / STEPS
    py = lambda v: top + high * (peak - min(v, peak)) / (peak - low)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + wide + 20} {top + high + 56}" font-family="sans-serif" font-size="13">',
        "<title>Loss of a tiny GPT on brackets, five seeds each: Backlight and PyTorch</title>",
        f'<rect width="{left + wide + 20}" height="{top + high + 56}" fill="#ffffff"/>',
    ]
    for v in (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4):
        parts.append(f'<path d="M{left} {py(v):.1f} H{left + wide}" stroke="#e0e0e0"/>')
        parts.append(f'<text x="{left - 8}" y="{py(v) + 4:.1f}" text-anchor="end" fill="#444444">{v:.1f}</text>')
    for s in range(0, STEPS + 1, 200):
        parts.append(f'<text x="{px(s):.1f}" y="{top + high + 18}" text-anchor="middle" fill="#444444">{s}</text>')
    parts.append(f'<text x="{left + wide / 2}" y="{top + high + 40}" text-anchor="middle" fill="#444444">step</text>')
    parts.append(f'<text x="{left}" y="{top - 8}" fill="#444444">nats a token; bands are the range of five seeds, lines their mean</text>')
    parts.append(f'<path d="M{left} {py(entropy):.1f} H{left + wide}" stroke="#444444" stroke-dasharray="4 4"/>')
    parts.append(f'<text x="{left + 6}" y="{py(entropy) + 15:.1f}" fill="#444444">entropy of the language, {entropy:.3f}</text>')
    for k, (name, colour, dash, curves) in enumerate(sides):
        xs = [px(s) for s in steps]
        above = path(xs, [py(v) for v in curves.max(0)])
        below = " L".join(f"{x:.1f} {py(v):.1f}" for x, v in reversed(list(zip(xs, curves.min(0)))))
        parts.append(f'<path d="{above} L{below} Z" fill="{colour}" fill-opacity="0.18"/>')
        parts.append(f'<path d="{path(xs, [py(v) for v in curves.mean(0)])}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        y = top + 24 + 22 * k
        parts.append(f'<path d="M{left + wide - 130} {y - 4} h28" stroke="{colour}" stroke-width="2"{dash}/>')
        parts.append(f'<text x="{left + wide - 94}" y="{y}" fill="#222222">{name}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"


def measure(java, file):
    ours = binned([java_curve(java, seed) for seed in SEEDS])
    theirs = binned([torch_curve(seed) for seed in SEEDS])
    rows = ["step," + ",".join(f"{side}_{seed}" for side in ("backlight", "pytorch") for seed in SEEDS)]
    for i in range(STEPS // BIN):
        rows.append(f"{BIN * (i + 0.5):g}," + ",".join(f"{v:.4f}" for v in [*ours[:, i], *theirs[:, i]]))
    file.write_text("\n".join(rows) + "\n")


def main():
    images = TOP / "docs" / "images"
    if len(sys.argv) > 1:
        measure(sys.argv[1], images / "gpt-loss.csv")
    table = numpy.loadtxt(images / "gpt-loss.csv", delimiter=",", skiprows=1)
    steps, ours, theirs = table[:, 0], table[:, 1 : 1 + len(SEEDS)].T, table[:, 1 + len(SEEDS) :].T
    sides = [("Backlight", "#0b62a4", "", ours), ("PyTorch", "#c2410c", ' stroke-dasharray="7 4"', theirs)]
    (images / "gpt-loss.svg").write_text(svg(steps, sides, entropy()))
    gap = numpy.abs(ours.mean(0) - theirs.mean(0))
    noise = numpy.sqrt((ours.var(0, ddof=1) + theirs.var(0, ddof=1)) / len(SEEDS))
    print(f"PyTorch {torch.__version__}; means differ by {gap.mean():.4f} on average, {gap.max():.4f} at most")
    print(f"within two standard errors: {(gap < 2 * noise).sum()} of {len(steps)} bins; three: {(gap < 3 * noise).sum()}")
    print(f"last bin: Backlight {ours[:, -1].mean():.4f}, PyTorch {theirs[:, -1].mean():.4f}, entropy {entropy():.4f}")


if __name__ == "__main__":
    main()
