"""Canonical arithmetic: a second implementation, written from `canonical-arithmetic.md` (and `compression.md`) alone.

Section numbers in the docstrings are those of that page. Every number is a Python float (binary64) that
holds a binary32 value; every operation is computed in binary64 and rounded once by `fl` (section 1).
Tensors are flat row-major lists; shapes are kept beside them.
"""

import hashlib
import json
import math
import struct

INF = float("inf")
NAN = float("nan")
_F32 = struct.Struct("<f")
_U32 = struct.Struct("<I")

# ---------------------------------------------------------------- 1. Numbers
def fl(x):
    """Round a binary64 number to binary32, to nearest, ties to even."""
    try:
        return _F32.unpack(_F32.pack(x))[0]
    except OverflowError:  # struct refuses a finite number that rounds to infinity
        return INF if x > 0 else -INF

def div(a, b):
    """`a / b` with the IEEE results where b is zero (Python raises instead)."""
    if b != 0:
        return fl(a / b)
    if a == 0 or a != a:
        return NAN
    return INF if (a > 0) == (to_bits(b) < 0x80000000) else -INF

def sqrt(x):
    """The correctly rounded square root; NaN below zero."""
    return NAN if x < 0 else fl(math.sqrt(x))

def to_bits(x):
    """The 32 bits of a binary32 number; every NaN is 0x7fc00000."""
    return 0x7FC00000 if x != x else _U32.unpack(_F32.pack(x))[0]

def from_bits(bits):
    """The binary32 number with these 32 bits."""
    return _F32.unpack(_U32.pack(bits))[0]

def total(xs):
    """`Σ xᵢ`: a loop from +0."""
    s = 0.0
    for x in xs:
        s = fl(s + x)
    return s

def dot(xs, ys):
    """`Σ xᵢ·yᵢ`: each product rounded, then the sum."""
    s = 0.0
    for x, y in zip(xs, ys):
        s = fl(s + fl(x * y))
    return s

# ---------------------------------------------------------------- 2. Elementary functions
def constants(*decimals):
    """Decimal constants rounded to binary32 (by way of binary64; for these that makes no difference)."""
    return tuple(fl(d) for d in decimals)

LOG2E, LN2_HIGH, LN2_LOW, MAGIC = constants(1.4426950408889634, 0.693359375, -2.12194440e-4, 12582912)
EXP_P = constants(1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5)
LOG_P = constants(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
TANH_P = constants(-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1)
PHI_P = constants(1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
COS_P = constants(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
SIN_P = constants(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
SQRT_HALF, PHI_T, PHI_DENSITY, PI = constants(0.7071067811865476, 0.3275911, 0.3989422804014327, 3.14159265358979)
LOG_SPLIT, TANH_SPLIT, EPSILON_NORM, EMBEDDING_BOUND = constants(0.70710678118654752, 0.625, 1e-5, 0.034641016)

def horner(coefficients, x):
    """`p = c₀`, then `p = p·x + c` for the others."""
    p = coefficients[0]
    for c in coefficients[1:]:
        p = fl(fl(p * x) + c)
    return p

def exp(x):
    """exp(x) of section 2."""
    if x != x:
        return NAN
    x = min(max(x, -104.0), 89.0)
    n = fl(fl(fl(x * LOG2E) + MAGIC) - MAGIC)
    r = fl(fl(x - fl(n * LN2_HIGH)) - fl(n * LN2_LOW))
    p = horner(EXP_P, r)
    m = fl(fl(fl(p * fl(r * r)) + r) + 1)
    n, h = int(n), int(n) // 2
    return fl(fl(m * 2.0 ** h) * 2.0 ** (n - h))

def log(x):
    """log(x) of section 2."""
    if x != x or x < 0:
        return NAN
    if x == 0:
        return -INF
    if x == INF:
        return INF
    x, k = (fl(x * 8388608), -23) if x < 2.0 ** -126 else (x, 0)
    bits = to_bits(x)
    e = (bits >> 23) - 126 + k
    f = from_bits(bits & 0x007FFFFF | 0x3F000000)  # 0.5 ≤ f < 1
    if f < LOG_SPLIT:
        e -= 1
        m = fl(fl(f + f) - 1)
    else:
        m = fl(f - 1)
    z = fl(m * m)
    y = fl(fl(m * z) * horner(LOG_P, m))
    y = fl(y + fl(LN2_LOW * e))
    y = fl(y - fl(0.5 * z))
    return fl(fl(m + y) + fl(LN2_HIGH * e))

def tanh(x):
    """tanh(x) of section 2."""
    if x != x:
        return NAN
    a = abs(x)
    if a < TANH_SPLIT:
        z = fl(x * x)
        return fl(fl(fl(horner(TANH_P, z) * z) * x) + x)
    t = fl(1 - div(2.0, fl(exp(fl(a + a)) + 1)))
    return -t if x < 0 else t

def _normal(x):
    """(q, e) shared by Φ and φ."""
    z = fl(abs(x) * SQRT_HALF)
    e = exp(-fl(z * z))
    t = div(1.0, fl(1 + fl(PHI_T * z)))
    p = fl(horner(PHI_P, t) * t)
    return fl(fl(0.5 * p) * e), e

def distribution(x):
    """Φ(x), the distribution of the standard normal."""
    q, _ = _normal(x)
    return fl(1 - q) if x >= 0 else q

def density(x):
    """φ(x), the density of the standard normal."""
    return fl(PHI_DENSITY * _normal(x)[1])

def cos_pi(p):
    """cos(π·p) for 0 ≤ p ≤ 1 (section 9)."""
    q = fl(1 - p) if p > 0.5 else p
    x = fl(PI * (fl(0.5 - q) if q > 0.25 else q))
    z = fl(x * x)
    if q <= 0.25:
        y = fl(fl(fl(fl(horner(COS_P, z) * z) * z) - fl(0.5 * z)) + 1)
    else:
        y = fl(fl(fl(horner(SIN_P, z) * z) * x) + x)
    return -y if p > 0.5 else y

# ---------------------------------------------------------------- 3. Randomness
def philox(counter, key):
    """One block of four words of Philox 4×32-10."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        a, b = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = ((b >> 32) ^ c1 ^ k0, b & 0xFFFFFFFF, (a >> 32) ^ c3 ^ k1, a & 0xFFFFFFFF)
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3

class Stream:
    """A named stream of 32-bit words over a 32-byte seed."""
    def __init__(self, seed, name):
        digest = hashlib.sha256(seed + name.encode("utf-8")).digest()
        self.w = struct.unpack("<4I", digest[:16])
        self.block, self.words = 0, []

    def uint32(self):
        """The next word."""
        if not self.words:
            counter = (self.block & 0xFFFFFFFF, self.block >> 32, self.w[2], self.w[3])
            self.words = list(philox(counter, self.w[:2]))
            self.block += 1
        return self.words.pop(0)

    def below(self, n):
        """A uniform number below n."""
        word = self.uint32()
        while word >= 2 ** 32 - 2 ** 32 % n:
            word = self.uint32()
        return word % n

    def float(self):
        """A uniform binary32 number in [0, 1)."""
        return (self.uint32() >> 8) / 2 ** 24

    def permutation(self, n):
        """A uniform permutation of 0 … n − 1."""
        a = list(range(n))
        for i in range(n - 1, 0, -1):
            j = self.below(i + 1)
            a[i], a[j] = a[j], a[i]
        return a

# ---------------------------------------------------------------- 4–6, 8. Layers
#
# A layer is a function (spec, name, shape, add) → (output shape, forward). `add(name, shape, bound)` declares a
# parameter and returns its full name. `forward(x, p, training)` gives (y, backward); p holds the weights by name,
# training is None or (seed, step). `backward(g, grads)` gives G and puts the parameters' gradients into grads.
# x, y, g, G are flat and hold the whole batch.

def split(flat, n):
    """A flat list as rows of n."""
    return [flat[i:i + n] for i in range(0, len(flat), n)]

def join(rows):
    """Rows as one flat list."""
    return [x for row in rows for x in row]

def product(shape):
    """The number of elements of a shape."""
    return shape[0] * product(shape[1:]) if shape else 1

def linear(rows, p, weight, bias):
    """Dense over rows: the output rows and `backward(g_rows, grads)`, which gives the rows of G."""
    w = split(p[weight], len(rows[0]))
    def backward(g_rows, grads):
        linear_parameters(rows, g_rows, grads, weight, bias)
        columns = list(zip(*w))
        return [[dot(g, column) for column in columns] for g in g_rows]
    return [[fl(dot(row, unit) + b) for unit, b in zip(w, p[bias])] for row in rows], backward

def linear_parameters(rows, g_rows, grads, weight, bias):
    """weight′ and bias′: sums over the rows, rising."""
    x_columns, g_columns = list(zip(*rows)), list(zip(*g_rows))
    grads[weight] = [dot(g, x) for g in g_columns for x in x_columns]
    grads[bias] = [total(g) for g in g_columns]

def dense(spec, name, shape, add):
    """Fully connected over the last axis."""
    n, units = shape[-1], spec["units"]
    weight, bias = add("weight", [units, n], sqrt(div(6.0, fl(n)))), add("bias", [units])
    def forward(x, p, training):
        y, back = linear(split(x, n), p, weight, bias)
        return join(y), lambda g, grads: join(back(split(g, units), grads))
    return shape[:-1] + [units], forward

def windows(h, w, size, stride):
    """The windows over an h × w image, rising: the positions in each, (u, v) rising."""
    return [[(a + u) * w + b + v for u in range(size) for v in range(size)]
            for a in range(0, h - size + 1, stride) for b in range(0, w - size + 1, stride)]

def conv2d(spec, name, shape, add):
    """Convolution: linear over the windows of the padded image."""
    (h, w, c), filters, k = shape, spec["filters"], spec["kernel"]
    stride, pad = spec.get("stride", 1), spec.get("padding", 0)
    h_pad, w_pad, h_spread, w_spread, offset = h + 2 * pad, w + 2 * pad, h + k - 1, w + k - 1, k - 1 - pad
    h_out, w_out = (h_pad - k) // stride + 1, (w_pad - k) // stride + 1
    weight = add("weight", [filters, k, k, c], sqrt(div(6.0, fl(k * k * c))))
    bias = add("bias", [filters])
    inside = [(a + pad) * w_pad + b + pad for a in range(h) for b in range(w)]
    spread = [(offset + a * stride) * w_spread + offset + b * stride for a in range(h_out) for b in range(w_out)]
    def patches(flat, count, channels, places, positions, window_list):
        """Every window of every image, after its positions are put at places among zeros."""
        result = []
        for image in split(split(flat, channels), count):
            grid = [[0.0] * channels for _ in range(positions)]
            for place, pixel in zip(places, image):
                grid[place] = pixel
            result += [join(grid[i] for i in window) for window in window_list]
        return result
    def forward(x, p, training):
        rows = patches(x, h * w, c, inside, h_pad * w_pad, windows(h_pad, w_pad, k, stride))
        y, _ = linear(rows, p, weight, bias)
        def backward(g, grads):
            linear_parameters(rows, split(g, filters), grads, weight, bias)
            kernels = [split(f, c) for f in split(p[weight], k * k * c)]
            flipped = [[kernel[k * k - 1 - i][channel] for i in range(k * k) for kernel in kernels]
                       for channel in range(c)]  # (k−1−u, k−1−v) is position k² − 1 − (u·k + v)
            g_rows = patches(g, h_out * w_out, filters, spread, h_spread * w_spread, windows(h_spread, w_spread, k, 1))
            return [dot(row, column) for row in g_rows for column in flipped]
        return join(y), backward
    return [h_out, w_out, filters], forward

def pool(choose, receivers, share):
    """A pooling layer: the value of a window, the positions in it that get g back, and how much of g each gets."""
    def build(spec, name, shape, add):
        (h, w, c), size = shape, spec["size"]
        stride = spec.get("stride", size)
        places = [[i * c + channel for i in window] for window in windows(h, w, size, stride) for channel in range(c)]
        count = fl(size * size)
        def forward(x, p, training):
            images = split(x, h * w * c)
            def backward(g, grads):
                result = []
                for image, g_image in zip(images, split(g, len(places))):
                    out = [0.0] * len(image)
                    for value, window in zip(g_image, places):
                        for place in receivers(image, window):
                            out[place] = fl(out[place] + share(value, count))
                    result += out
                return result
            return [choose(image, window, count) for image in images for window in places], backward
        return [(h - size) // stride + 1, (w - size) // stride + 1, c], forward
    return build

def largest(image, window):
    """The position of a window's maximum; the first of equals."""
    best = window[0]
    for place in window[1:]:
        if image[place] > image[best]:
            best = place
    return best

def pointwise(function, gradient):
    """A layer that works number by number: `y = function(x)`, `G = gradient(g, x, y)`."""
    def build(spec, name, shape, add):
        def forward(x, p, training):
            y = [function(v) for v in x]
            return y, lambda g, grads: [gradient(*numbers) for numbers in zip(g, x, y)]
        return shape, forward
    return build

def exponentials(row):
    """(m, e, s) of a row: its maximum, `exp(xⱼ − m)`, and their sum."""
    m = max(row)
    e = [exp(fl(x - m)) for x in row]
    return m, e, total(e)

def softmax(row):
    """`eⱼ / s`."""
    _, e, s = exponentials(row)
    return [div(v, s) for v in e]

def softmax_layer(spec, name, shape, add):
    """Softmax over the last axis."""
    def forward(x, p, training):
        rows = [softmax(row) for row in split(x, shape[-1])]
        def backward(g, grads):
            result = []
            for g_row, y in zip(split(g, shape[-1]), rows):
                s = dot(g_row, y)
                result += [fl(b * fl(a - s)) for a, b in zip(g_row, y)]
            return result
        return join(rows), backward
    return shape, forward

def dropout(spec, name, shape, add):
    """Dropout with a Philox block for every four elements."""
    keep = fl(1 - fl(spec["rate"]))
    scale, limit = div(1.0, keep), -int(-(keep * 2 ** 24) // 1)
    def forward(x, p, training):
        if training is None:
            return x, None
        seed, step = training
        w = Stream(seed, "dropout/" + name).w
        words = join(philox((block, step, w[2], w[3]), w[:2]) for block in range((len(x) + 3) // 4))
        apply = lambda values: [fl(v * scale) if word >> 8 < limit else 0.0 for v, word in zip(values, words)]
        return apply(x), lambda g, grads: apply(g)
    return shape, forward

def layer_norm(spec, name, shape, add):
    """Normalisation over the last axis."""
    n = shape[-1]
    count, weight, bias = fl(n), add("weight", [n], fill=1.0), add("bias", [n])
    def forward(x, p, training):
        kept, y = [], []
        for row in split(x, n):
            mean = div(total(row), count)
            d = [fl(v - mean) for v in row]
            r = div(1.0, sqrt(fl(div(dot(d, d), count) + EPSILON_NORM)))
            h = [fl(v * r) for v in d]
            y += [fl(fl(v * w) + b) for v, w, b in zip(h, p[weight], p[bias])]
            kept.append((h, r))
        def backward(g, grads):
            g, result = split(g, n), []
            grads[weight] = [dot(a, b) for a, b in zip(zip(*g), zip(*(h for h, _ in kept)))]
            grads[bias] = [total(a) for a in zip(*g)]
            for g_row, (h, r) in zip(g, kept):
                t = [fl(a * w) for a, w in zip(g_row, p[weight])]
                a, b = div(total(t), count), div(dot(t, h), count)
                result += [fl(fl(fl(x - a) - fl(y * b)) * r) for x, y in zip(t, h)]
            return result
        return y, backward
    return shape, forward

def embedding(spec, name, shape, add):
    """A row of the weight for each token."""
    vocabulary, units = spec["vocabulary"], spec["units"]
    weight = add("weight", [vocabulary, units], EMBEDDING_BOUND)
    def forward(x, p, training):
        def backward(g, grads):
            rows = [[0.0] * units for _ in range(vocabulary)]
            for token, g_row in zip(x, split(g, units)):
                rows[int(token)] = [fl(s + v) for s, v in zip(rows[int(token)], g_row)]
            grads[weight] = join(rows)  # tokens have no gradient
        rows = split(p[weight], units)
        return join(rows[int(token)] for token in x), backward
    return shape + [units], forward

def positional_embedding(spec, name, shape, add):
    """Adds a learnt row to each position."""
    weight, n = add("weight", shape, EMBEDDING_BOUND), product(shape)
    def forward(x, p, training):
        def backward(g, grads):
            grads[weight] = [total(column) for column in zip(*split(g, n))]
            return g
        return [fl(v + w) for example in split(x, n) for v, w in zip(example, p[weight])], backward
    return shape, forward

def attention_head(q, k, v, c):
    """One head of one example: o and `backward(g)` → (q′, k′, v′), all as one row a position."""
    scores = [softmax([fl(dot(q[i], k[j]) * c) for j in range(i + 1)]) for i in range(len(q))]
    def backward(g):
        u = []
        for g_row, p in zip(g, scores):
            r = [dot(g_row, v[j]) for j in range(len(p))]
            t = dot(r, p)
            u.append([fl(fl(a * fl(b - t)) * c) for a, b in zip(p, r)])
        looking = lambda m, j: [row[j] for row in m[j:]]  # the column of j: from the positions i ≥ j
        return ([[dot(row, column) for column in zip(*k[:len(row)])] for row in u],
                [[dot(looking(u, j), column) for column in zip(*q[j:])] for j in range(len(k))],
                [[dot(looking(scores, j), column) for column in zip(*g[j:])] for j in range(len(v))])
    return [[dot(p, column) for column in zip(*v[:len(p)])] for p in scores], backward

def causal_self_attention(spec, name, shape, add):
    """Multi-head attention of each position to those not after it."""
    t, n = shape
    d, bound = n // spec["heads"], div(1.0, sqrt(fl(n)))
    c = div(1.0, sqrt(fl(d)))
    qkv = add("qkv.weight", [3 * n, n], bound), add("qkv.bias", [3 * n])
    output = add("output.weight", [n, n], bound), add("output.bias", [n])
    def forward(x, p, training):
        rows, qkv_back = linear(split(x, n), p, *qkv)
        o, heads = [[0.0] * n for _ in rows], []
        for first in range(0, len(rows), t):
            for start in range(0, n, d):
                parts = [[row[i:i + d] for row in rows[first:first + t]] for i in (start, n + start, 2 * n + start)]
                values, back = attention_head(*parts, c)
                for i in range(t):
                    o[first + i][start:start + d] = values[i]
                heads.append((first, start, back))
        y, output_back = linear(o, p, *output)
        def backward(g, grads):
            g = output_back(split(g, n), grads)
            g_qkv = [[0.0] * (3 * n) for _ in rows]
            for first, start, back in heads:
                for part, values in enumerate(back([row[start:start + d] for row in g[first:first + t]])):
                    for i in range(t):
                        g_qkv[first + i][part * n + start:part * n + start + d] = values[i]
            return join(qkv_back(g_qkv, grads))
        return join(y), backward
    return shape, forward

def sequence(specs, prefix, shape, declare):
    """Layers one after the other, as one layer. `declare(name, shape, bound, fill)` takes each parameter."""
    forwards = []
    for index, spec in enumerate(specs):
        name = f"{prefix}.{index}"
        def add(parameter, size, bound=None, fill=0.0, name=name):
            declare(f"{name}.{parameter}", size, bound, fill)
            return f"{name}.{parameter}"
        if spec["type"] == "residual":
            _, inner = sequence(spec["layers"], name + ".layers", shape, declare)
            forwards.append(residual(inner))
        else:
            shape, forward = LAYERS[spec["type"]](spec, name, list(shape), add)
            forwards.append(forward)
    def forward(x, p, training):
        backwards = []
        for function in forwards:
            x, back = function(x, p, training)
            backwards.insert(0, back)
        def backward(g, grads):
            for back in backwards:
                g = back(g, grads)
            return g
        return x, backward
    return shape, forward

def residual(inner):
    """`x + f(x)`, f the inner layers."""
    def forward(x, p, training):
        y, back = inner(x, p, training)
        return ([fl(a + b) for a, b in zip(x, y)],
                lambda g, grads: [fl(a + b) for a, b in zip(g, back(g, grads))])
    return forward

LAYERS = {
    "dense": dense, "conv2d": conv2d, "softmax": softmax_layer, "dropout": dropout, "layerNorm": layer_norm,
    "embedding": embedding, "positionalEmbedding": positional_embedding,
    "causalSelfAttention": causal_self_attention,
    "maxPool": pool(lambda image, window, count: image[largest(image, window)],
                    lambda image, window: [largest(image, window)], lambda g, count: g),
    "averagePool": pool(lambda image, window, count: div(total(image[i] for i in window), count),
                        lambda image, window: window, div),
    "flatten": lambda spec, name, shape, add: ([product(shape)], lambda x, p, training: (x, lambda g, grads: g)),
    "relu": pointwise(lambda x: x if x > 0 or x != x else 0.0, lambda g, x, y: g if y > 0 else 0.0),
    "gelu": pointwise(lambda x: fl(x * distribution(x)),
                      lambda g, x, y: fl(g * fl(distribution(x) + fl(x * density(x))))),
    "tanh": pointwise(tanh, lambda g, x, y: fl(g * fl(1 - fl(y * y)))),
}

# ---------------------------------------------------------------- 7. Loss
def cross_entropy(outputs, targets, width):
    """(loss, gradient) of softmaxCrossEntropy; targets are classes, one a row."""
    rows = split(outputs, width)
    count = fl(len(rows))
    scale, loss, gradient = div(1.0, count), 0.0, []
    for row, target in zip(rows, targets):
        m, e, s = exponentials(row)
        loss = fl(loss + fl(log(s) - fl(row[int(target)] - m)))
        gradient += [fl(fl(div(v, s) - (1.0 if j == target else 0.0)) * scale) for j, v in enumerate(e)]
    return div(loss, count), gradient

def squared_error(outputs, targets):
    """(loss, gradient) of meanSquaredError."""
    d = [fl(y - t) for y, t in zip(outputs, targets)]
    count, scale = fl(len(d)), div(2.0, fl(len(d)))
    return div(dot(d, d), count), [fl(v * scale) for v in d]

class Network:
    """An architecture: its layers, parameters and loss."""
    def __init__(self, architecture):
        self.input, self.loss, self.parameters = architecture["input"], architecture["loss"], []
        self.output, self.run = sequence(architecture["layers"], "layers", self.input,
                                         lambda *parameter: self.parameters.append(parameter))
        self.shapes = {name: shape for name, shape, _, _ in self.parameters}

    def initial(self, seed):
        """The initial weights (section 5)."""
        weights = {}
        for name, shape, bound, fill in self.parameters:
            stream = Stream(seed, "initial/" + name)
            weights[name] = [fill if bound is None else fl((2 * stream.float() - 1) * bound)
                             for _ in range(product(shape))]
        return weights

    def forward(self, inputs, weights, training=None):
        """The outputs of a batch; training is None or (seed, step)."""
        return self.run(inputs, weights, training)[0]

    def gradients(self, inputs, targets, weights, training):
        """(loss, gradients by name) of a batch in training."""
        outputs, backward = self.run(inputs, weights, training)
        grads, cross = {}, self.loss == "softmaxCrossEntropy"
        loss, g = cross_entropy(outputs, targets, self.output[-1]) if cross else squared_error(outputs, targets)
        backward(g, grads)
        return loss, grads

# ---------------------------------------------------------------- 9. Optimisers
def clip(names, grads, limit):
    """Scale all gradients so that their norm is at most about the limit."""
    s = 0.0
    for name in names:
        for block in split(grads[name], 1024):
            s = fl(s + dot(block, block))
    norm, limit = sqrt(s), fl(limit)
    f = div(limit, norm) if norm > limit else 1.0
    for name in names:
        grads[name] = [fl(g * f) for g in grads[name]]

def rate_at(optimiser, step):
    """The rate of the step before which `step` steps were taken."""
    rate, schedule = fl(optimiser["learningRate"]), optimiser.get("schedule", {"type": "constant"})
    kind = schedule["type"]
    if kind in ("constant", "step"):
        for _ in range(step // schedule["every"] if kind == "step" else 0):
            rate = fl(rate * fl(schedule["factor"]))
        return rate
    warmup, end = schedule["warmupSteps"], schedule["totalSteps"]
    floor = fl(schedule.get("floor", 0)) if kind == "cosine" else 0.0
    if step < warmup:
        share = div(fl(step + 1), fl(warmup))
    elif step >= end:
        share = floor
    elif kind == "linear":
        share = div(fl(end - step), fl(end - warmup))
    else:
        p = div(fl(step - warmup), fl(end - warmup))
        share = fl(floor + fl(fl(1 - floor) * fl(0.5 * fl(1 + cos_pi(p)))))
    return fl(rate * share)

def state_kinds(optimiser):
    """The state tensors that an optimiser keeps for every parameter."""
    if optimiser["type"] == "adamW":
        return ["firstMoment", "secondMoment"]
    return ["velocity"] if fl(optimiser.get("momentum", 0)) != 0 else []

def sgd(optimiser, rate, weights, grads, state, step):
    """One update of every parameter by sgd."""
    momentum, decay = fl(optimiser.get("momentum", 0)), fl(optimiser.get("weightDecay", 0))
    for name, w in weights.items():
        d = grads[name]
        if decay != 0:
            d = [fl(g + fl(decay * x)) for g, x in zip(d, w)]
        if momentum != 0:
            v = [fl(fl(momentum * a) + g) for a, g in zip(state["velocity." + name], d)]
            state["velocity." + name] = v
            d = [fl(g + fl(momentum * a)) for g, a in zip(d, v)] if optimiser.get("nesterov") else v
        weights[name] = [fl(x - fl(rate * g)) for x, g in zip(w, d)]

def adam_w(optimiser, rate, weights, grads, state, step):
    """One update of every parameter by adamW."""
    beta1, beta2 = fl(optimiser.get("beta1", 0.9)), fl(optimiser.get("beta2", 0.999))
    epsilon, decay = fl(optimiser.get("epsilon", 1e-8)), fl(optimiser.get("weightDecay", 0.01))
    power1 = power2 = 1.0
    for _ in range(step + 1):
        power1, power2 = fl(power1 * beta1), fl(power2 * beta2)
    c1, c2 = div(1.0, fl(1 - power1)), div(1.0, fl(1 - power2))
    rest1, rest2, shrink = fl(1 - beta1), fl(1 - beta2), fl(1 - fl(rate * decay))
    for name, w in weights.items():
        first, second = "firstMoment." + name, "secondMoment." + name
        state[first] = [fl(fl(beta1 * m) + fl(rest1 * g)) for m, g in zip(state[first], grads[name])]
        state[second] = [fl(fl(beta2 * v) + fl(fl(rest2 * g) * g)) for v, g in zip(state[second], grads[name])]
        if decay != 0:
            w = [fl(x * shrink) for x in w]
        weights[name] = [fl(x - fl(rate * div(fl(m * c1), fl(sqrt(fl(v * c2)) + epsilon))))
                         for x, m, v in zip(w, state[first], state[second])]

# ---------------------------------------------------------------- 11. Bytes and hashes
def safetensors(tensors, metadata):
    """The bytes of {name: (shape, values)}; ASCII names, so sorting by characters is by code units."""
    header, data = {"__metadata__": metadata}, b""
    for name in sorted(tensors):
        shape, values = tensors[name]
        start = len(data)
        data += struct.pack(f"<{len(values)}I", *(to_bits(v) for v in values))
        header[name] = {"data_offsets": [start, len(data)], "dtype": "F32", "shape": shape}
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data

def sha256(*parts):
    """SHA-256 of the parts after each other."""
    return hashlib.sha256(b"".join(parts)).digest()

def keccak(message):
    """Keccak-256 of at most 135 bytes: one block."""
    def rotated(x, by):
        return (x << by | x >> 64 - by) & 2 ** 64 - 1
    block = bytearray(message) + bytes(136 - len(message)) + bytes(64)
    block[len(message)] ^= 1
    block[135] ^= 0x80
    a = {(i % 5, i // 5): lane for i, lane in enumerate(struct.unpack("<25Q", block))}
    shift = 1  # the register that the round constants come from
    for _ in range(24):
        c = [a[x, 0] ^ a[x, 1] ^ a[x, 2] ^ a[x, 3] ^ a[x, 4] for x in range(5)]
        for x, y in a:
            a[x, y] ^= c[(x + 4) % 5] ^ rotated(c[(x + 1) % 5], 1)
        x, y, lane = 1, 0, a[1, 0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            lane, a[x, y] = a[x, y], rotated(lane, (t + 1) * (t + 2) // 2 % 64)
        for y in range(5):
            row = [a[x, y] for x in range(5)]
            for x in range(5):
                a[x, y] = row[x] ^ ~row[(x + 1) % 5] & row[(x + 2) % 5] & 2 ** 64 - 1
        for j in range(7):
            if shift & 1:
                a[0, 0] ^= 1 << 2 ** j - 1
            shift = shift << 1 ^ (0x171 if shift & 0x80 else 0)
    return struct.pack("<4Q", *(a[i, 0] for i in range(4)))

def filled_root(level, missing):
    """The root of a tree filled up to a power of two; `missing` is the leaf that fills."""
    while len(level) & len(level) - 1 or not level:
        level = level + [missing]
    while len(level) > 1:
        level = [keccak(left + right) for left, right in split(level, 2)]
    return level[0]

def slot_root(values):
    """The root of one tensor's tree."""
    data = b"".join(struct.pack(">I", to_bits(v)) for v in values)
    leaves = [keccak(data[i:i + 128].ljust(128, b"\0")) for i in range(0, len(data), 128)]
    return filled_root(leaves, keccak(bytes(128)))

def tensors_root(tensors):
    """The root over tensors {name: values}."""
    return filled_root([slot_root(tensors[name]) for name in sorted(tensors)], bytes(32))

def parameters_file(tensors, metadata):
    """The bytes of parameters {name: (shape, values)}, which end in their root."""
    file = safetensors({**tensors, "~root": ([8], [0.0] * 8)}, metadata)
    return file[:-32] + tensors_root({name: values for name, (_, values) in tensors.items()})

def trace_root(hashes):
    """The root of the Merkle tree over the state hashes."""
    level = [sha256(b"\0", h) for h in hashes]
    while len(level) > 1:
        pairs = split(level, 2)
        level = [sha256(b"\1", *pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return sha256(b"\2", struct.pack(">Q", len(hashes)), level[0])

def average(updates):
    """The average of [(sample count, {name: values})], already in ascending order of the trainers."""
    n = fl(sum(count for count, _ in updates))
    result = {}
    for name in updates[0][1]:
        rows = [[fl(fl(count) * w) for w in weights[name]] for count, weights in updates]
        result[name] = [div(total(column), n) for column in zip(*rows)]
    return result

# ---------------------------------------------------------------- Compressed updates (compression.md)
CODECS = ("none", "int8", "int4", "sign", "topK", "ternary", "dct")

def _chunk_size(codec):
    return 65536 if codec in ("ternary", "dct") else 4096

def _mean(xs):
    """`Σ|x| / n`; 0 of none."""
    return div(total(abs(x) for x in xs), float(len(xs))) if xs else 0.0

def _f32_bits(x):
    return [to_bits(x) >> i & 1 for i in range(32)]

def _number_bits(n, count):
    return [n >> i & 1 for i in range(count)]

def _largest(xs, count):
    """Places of the largest |x|, ascending; of equal ones the first."""
    return sorted(sorted(range(len(xs)), key=lambda i: (-abs(xs[i]), i))[:count])

def _ternary_bits(xs, kept):
    places = _largest(xs, kept)
    low = 0
    while kept * 2 ** (low + 1) <= len(xs):
        low += 1
    high = [0] * (kept + (len(xs) - 1 >> low))
    for j, place in enumerate(places):
        high[(place >> low) + j] = 1
    bits = _f32_bits(_mean([xs[i] for i in places])) + [int(xs[i] < 0) for i in places]
    return bits + [bit for i in places for bit in _number_bits(i, low)] + high

def _cosine_table():
    """Rows of the orthonormal DCT-II of 64; every number correctly rounded from binary64."""
    return [[0.125 if k == 0 else fl(math.sqrt(2) / 8 * math.cos(math.pi * ((2 * n + 1) * k % 256) / 128))
             for n in range(64)] for k in range(64)]

COSINES = _cosine_table()

def _transform(xs):
    return [dot(row, xs[at:at + 64]) for at in range(0, len(xs), 64) for row in COSINES]

def _invert(coefficients):
    xs = [0.0] * len(coefficients)
    for at, c in enumerate(coefficients):
        for n in range(64 if c != 0 else 0):
            i = at - at % 64 + n
            xs[i] = fl(xs[i] + fl(COSINES[at % 64][n] * c))
    return xs

def _encode_chunk(codec, k, xs, stream):
    kept = -(-k * len(xs) // _chunk_size(codec))
    if codec == "none":
        return [bit for x in xs for bit in _f32_bits(x)]
    if codec in ("int8", "int4"):
        width = int(codec[3:])
        limit = 2 ** (width - 1) - 1
        s = div(max(abs(x) for x in xs), float(limit))
        bits = _f32_bits(s)
        for x in xs:
            u = stream.float()
            q = math.floor(fl(div(x, s) + u)) if s != 0 else 0
            bits += _number_bits(max(-limit, min(limit, q)), width)
        return bits
    if codec == "sign":
        return _f32_bits(_mean(xs)) + [int(x < 0) for x in xs]
    if codec == "topK":
        places = _largest(xs, kept)
        middle = _mean([xs[i] for i in places])
        large = [i for i in places if abs(xs[i]) > middle]
        small = [i for i in places if i not in large]
        bits = _f32_bits(_mean([xs[i] for i in small])) + _f32_bits(_mean([xs[i] for i in large]))
        for i in places:
            bits += [int(i in large), int(xs[i] < 0), *_number_bits(i, 12)]
        return bits
    if codec == "dct":
        xs = _transform(xs)
        kept = -(-k * len(xs) // 65536)
    return _ternary_bits(xs, kept)

def compressed(codec, k, update, stream):
    """The file of an update."""
    data = b"CUPD" + struct.pack("<BBHI", 1, CODECS.index(codec), k, len(update))
    size = _chunk_size(codec)
    for at in range(0, len(update), size):
        bits = _encode_chunk(codec, k, update[at:at + size], stream)
        bits += [0] * (-len(bits) % 8)
        data += bytes(sum(bit << i for i, bit in enumerate(bits[j:j + 8])) for j in range(0, len(bits), 8))
    return data

class _Bits:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, count):
        value = sum((self.data[(self.at + i) // 8] >> (self.at + i) % 8 & 1) << i for i in range(count))
        self.at += count
        return value

    def scale(self):
        return from_bits(self.number(32))

def _decode_ternary(bits, kept, n):
    s, xs, low = bits.scale(), [0.0] * n, 0
    while kept * 2 ** (low + 1) <= n:
        low += 1
    negative = [bits.number(1) for _ in range(kept)]
    lows = [bits.number(low) for _ in range(kept)]
    high = [at for at in range(kept + (n - 1 >> low)) if bits.number(1)]
    for j, at in enumerate(high):
        xs[(at - j << low) + lows[j]] = -s if negative[j] else s
    return xs

def _decode_chunk(codec, k, bits, n):
    if codec == "none":
        return [bits.scale() for _ in range(n)]
    if codec in ("int8", "int4"):
        s, width = bits.scale(), int(codec[3:])
        levels = [bits.number(width) for _ in range(n)]
        return [fl((q - 2 ** width if q >> width - 1 else q) * s) for q in levels]
    if codec == "sign":
        s = bits.scale()
        return [-s if bits.number(1) else s for _ in range(n)]
    kept = lambda length: -(-k * length // _chunk_size(codec))
    if codec == "topK":
        scales, xs = (bits.scale(), bits.scale()), [0.0] * n
        for _ in range(kept(n)):
            large, negative, place = bits.number(1), bits.number(1), bits.number(12)
            xs[place] = -scales[large] if negative else scales[large]
        return xs
    if codec == "ternary":
        return _decode_ternary(bits, kept(n), n)
    padded = -(-n // 64) * 64
    return _invert(_decode_ternary(bits, kept(padded), padded))[:n]

def decompressed(data):
    """The update that a file, known to be well formed, stands for."""
    _, index, k, size = struct.unpack("<BBHI", data[4:12])
    codec, xs, bits = CODECS[index], [], _Bits(data[12:])
    while len(xs) < size:
        xs += _decode_chunk(codec, k, bits, min(_chunk_size(codec), size - len(xs)))
        bits.at += -bits.at % 8
    return xs

# ---------------------------------------------------------------- 10. A training run
def mix(x):
    """The mixing of 32-bit words of the batch order."""
    x = (x ^ x >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    x = (x ^ x >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return x ^ x >> 16

def place_in_shard(seed, n, length):
    """Which place of a shard of so many records the run's record number n is at."""
    w = Stream(seed, "batch-order").w
    keys = philox((n // length, 0, w[2], w[3]), w[:2])
    h = next(h for h in range(3, 17) if 4 ** h >= length)
    x = n % length
    while True:
        left, right = x >> h, x % 2 ** h
        for key in keys:
            left, right = right, left ^ mix(right ^ key) % 2 ** h
        x = left << h | right
        if x < length:
            return x

class Training:
    """A training run over records (lists of inputs and of targets) from given weights."""
    def __init__(self, architecture, optimiser, seed, weights, inputs, targets, batch_size):
        self.network, self.optimiser, self.seed = Network(architecture), optimiser, seed
        self.weights = {name: list(values) for name, values in weights.items()}
        self.state = {f"{kind}.{name}": [0.0] * len(values)
                      for kind in state_kinds(optimiser) for name, values in weights.items()}
        self.inputs, self.targets, self.batch_size = inputs, targets, batch_size
        self.step = 0

    def take(self):
        """One training step; returns the loss."""
        first = self.step * self.batch_size
        batch = [place_in_shard(self.seed, first + row, len(self.inputs)) for row in range(self.batch_size)]
        inputs, targets = join(self.inputs[i] for i in batch), join(self.targets[i] for i in batch)
        loss, grads = self.network.gradients(inputs, targets, self.weights, (self.seed, self.step))
        if "clipNorm" in self.optimiser:
            clip(list(self.network.shapes), grads, self.optimiser["clipNorm"])
        rate = rate_at(self.optimiser, self.step)
        update = adam_w if self.optimiser["type"] == "adamW" else sgd
        update(self.optimiser, rate, self.weights, grads, self.state, self.step)
        self.step += 1
        if not all(abs(x) < INF for x in [loss, *join(self.weights.values())]):
            raise ArithmeticError(f"infinity or NaN in step {self.step}")
        return loss

    def run(self, steps, stride):
        """Train; returns the state hashes of the trace."""
        hashes = []
        while self.step < steps:
            self.take()
            if self.step % stride == 0 or self.step == steps:
                hashes.append(self.state_hash())
        return hashes

    def parameters(self):
        """The bytes of the parameters."""
        tensors = {name: (self.network.shapes[name], values) for name, values in self.weights.items()}
        return parameters_file(tensors, {"schema": "cairn/parameters/v2"})

    def state_hash(self):
        """The root of weights and optimiser state."""
        return keccak(tensors_root(self.weights) + tensors_root(self.state))

    def checkpoint(self):
        """The bytes of the checkpoint."""
        tensors = {name: (self.network.shapes[name[name.index("layers."):]], values)
                   for name, values in [*self.weights.items(), *self.state.items()]}
        return safetensors(tensors, {"schema": "cairn/checkpoint/v1", "step": str(self.step)})
