"""A PyTorch module for an architecture of this project, with the same weights; and the optimiser that belongs to it.

Images stay in PyTorch's own layout, [channels, rows, columns], so that PyTorch runs as it is used to: the columns of the
dense layer after a flatten are reordered once, when weights are loaded.
"""
import torch
from torch import nn
from torch.nn import functional as F


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Attention(nn.Module):
    """Causal self-attention with one product for queries, keys and values."""

    def __init__(self, units, heads, positions):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(units, 3 * units)
        self.output = nn.Linear(units, units)
        self.register_buffer("mask", torch.triu(torch.ones(positions, positions, dtype=torch.bool), 1), persistent=False)

    def forward(self, x):
        batch, positions, units = x.shape
        size = units // self.heads
        q, k, v = self.qkv(x).view(batch, positions, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q @ k.transpose(-1, -2)) * size**-0.5
            mixed = F.softmax(scores.masked_fill(self.mask, float("-inf")), -1) @ v
        return self.output(mixed.transpose(1, 2).reshape(batch, positions, units))


class Position(nn.Module):
    def __init__(self, positions, units):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(positions, units))

    def forward(self, x):
        return x + self.weight


def build(layers, shape, prefix, found):
    """Builds a layer list on examples of `shape`.

    `found` collects (our name, torch parameter, channels-last shape of the flattened image before it, or None).
    Gives back the module and the shape after it.
    """
    modules = []
    image = None
    for at, layer in enumerate(layers):
        kind, name = layer["type"], f"{prefix}{at}"
        flattened, image = image, None
        if kind == "dense":
            module = nn.Linear(shape[-1], layer["units"])
            found += [(f"{name}.weight", module.weight, flattened), (f"{name}.bias", module.bias, None)]
            shape = [*shape[:-1], layer["units"]]
        elif kind == "conv2d":
            kernel, stride, padding = layer["kernel"], layer.get("stride", 1), layer.get("padding", 0)
            module = nn.Conv2d(shape[2], layer["filters"], kernel, stride, padding)
            found += [(f"{name}.weight", module.weight, None), (f"{name}.bias", module.bias, None)]
            shape = [*((size + 2 * padding - kernel) // stride + 1 for size in shape[:2]), layer["filters"]]
        elif kind in ("maxPool", "averagePool"):
            size, stride = layer["size"], layer.get("stride", layer["size"])
            module = (nn.MaxPool2d if kind == "maxPool" else nn.AvgPool2d)(size, stride)
            shape = [*((length - size) // stride + 1 for length in shape[:2]), shape[2]]
        elif kind == "flatten":
            module = nn.Flatten()
            image = tuple(shape)
            shape = [torch.Size(shape).numel()]
        elif kind in ("relu", "gelu", "tanh"):
            module = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh}[kind]()
        elif kind == "layerNorm":
            module = nn.LayerNorm(shape[-1], eps=1e-5)
            found += [(f"{name}.weight", module.weight, None), (f"{name}.bias", module.bias, None)]
        elif kind == "embedding":
            module = nn.Embedding(layer["vocabulary"], layer["units"])
            found += [(f"{name}.weight", module.weight, None)]
            shape = [*shape, layer["units"]]
        elif kind == "positionalEmbedding":
            module = Position(*shape)
            found += [(f"{name}.weight", module.weight, None)]
        elif kind == "causalSelfAttention":
            module = Attention(shape[1], layer["heads"], shape[0])
            for part in ("qkv", "output"):
                linear = getattr(module, part)
                found += [(f"{name}.{part}.weight", linear.weight, None), (f"{name}.{part}.bias", linear.bias, None)]
        elif kind == "residual":
            inner, shape = build(layer["layers"], shape, f"{name}.layers.", found)
            module = Residual(inner)
        else:
            raise SystemExit(f"no PyTorch layer for {kind}")
        modules.append(module)
    return nn.Sequential(*modules), shape


class Model:
    """The module, and how the file's weights and batches become PyTorch's."""

    def __init__(self, document):
        architecture = document["architecture"]
        self.document = document
        self.shape = architecture["input"]
        self.is_text = architecture["layers"][0]["type"] == "embedding"
        self.found = []
        self.module, _ = build(architecture["layers"], self.shape, "layers.", self.found)
        names = sorted(name for name, _, _ in self.found)
        if names != sorted(parameter["name"] for parameter in document["parameters"]):
            raise SystemExit("the parameters' names are not those of the file")

    def load(self, numbers):
        """Sets the weights from a flat tensor in the file's order."""
        targets = {name: (parameter, image) for name, parameter, image in self.found}
        offset = 0
        with torch.no_grad():
            for entry in self.document["parameters"]:
                parameter, image = targets[entry["name"]]
                shape = entry["shape"]
                value = numbers[offset : offset + torch.Size(shape).numel()].reshape(shape)
                offset += value.numel()
                if len(shape) == 4:  # [filters, rows, columns, channels]
                    value = value.permute(0, 3, 1, 2)
                if image is not None and len(image) == 3:
                    value = value.reshape(shape[0], *image).permute(0, 3, 1, 2).reshape(shape)
                parameter.copy_(value)

    def inputs(self, numbers):
        """From rows of the file to what the module takes: token numbers, or channels-first images."""
        if self.is_text:
            return numbers.long()
        images = numbers.reshape(-1, *self.shape)
        return images.permute(0, 3, 1, 2).contiguous() if len(self.shape) == 3 else images

    def loss(self, inputs, targets):
        outputs = self.module(inputs)
        return F.cross_entropy(outputs.reshape(-1, outputs.shape[-1]), targets.reshape(-1))

    def optimiser(self):
        options = self.document["optimiser"]
        rate = options["learningRate"]
        if options["type"] == "sgd":
            return torch.optim.SGD(
                self.module.parameters(),
                rate,
                momentum=options.get("momentum", 0),
                nesterov=options.get("nesterov", False),
                weight_decay=options.get("weightDecay", 0),
            )
        return torch.optim.AdamW(
            self.module.parameters(),
            rate,
            betas=(options.get("beta1", 0.9), options.get("beta2", 0.999)),
            eps=options.get("epsilon", 1e-8),
            weight_decay=options.get("weightDecay", 0.01),
        )
