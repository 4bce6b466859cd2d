/**
 * TensorFlow.js for an architecture of this project: the loss as a function of its variables, in TensorFlow.js's own
 * operations. Knows no file; `tf` comes in, because it is no dependency of this project.
 */

/**
 * @param tf the library.
 * @param architecture JSON, as in `model.json`.
 * @returns `(variables by name, inputs, targets) → mean loss`.
 */
export function createLoss(tf, { input, layers }) {
  return (variables, inputs, targets) => {
    const outputs = forward(tf, { layers, variables, prefix: "layers." }, inputs.reshape([-1, ...input]));
    const logits = outputs.reshape([-1, outputs.shape.at(-1)]);
    const chosen = tf.oneHot(targets.reshape([-1]).toInt(), logits.shape[1]);
    return tf.losses.softmaxCrossEntropy(chosen, logits);
  };
}

function forward(tf, { layers, variables, prefix }, inputs) {
  return layers.reduce((x, layer, at) => {
    const weight = (name) => variables.get(`${prefix}${at}.${name}`);
    return LAYERS[layer.type](tf, x, { ...layer, weight, prefix: `${prefix}${at}.layers.`, variables });
  }, inputs);
}

const LAYERS = {
  dense: (tf, x, { weight }) => dense(tf, x, weight("weight"), weight("bias")),
  // The file's filters are [filters, rows, columns, channels], TensorFlow.js's [rows, columns, channels, filters].
  conv2d: (_, x, { weight, stride = 1, padding = 0 }) =>
    x.conv2d(weight("weight").transpose([1, 2, 3, 0]), stride, padding).add(weight("bias")),
  maxPool: (_, x, { size, stride = size }) => x.maxPool(size, stride, 0),
  averagePool: (_, x, { size, stride = size }) => x.avgPool(size, stride, 0),
  flatten: (_, x) => x.reshape([x.shape[0], -1]),
  relu: (_, x) => x.relu(),
  tanh: (_, x) => x.tanh(),
  gelu: (_, x) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1)),
  layerNorm: (tf, x, { weight }) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x.sub(mean).mul(variance.add(1e-5).rsqrt()).mul(weight("weight")).add(weight("bias"));
  },
  embedding: (tf, x, { weight }) => tf.gather(weight("weight"), x.toInt()),
  positionalEmbedding: (_, x, { weight }) => x.add(weight("weight")),
  causalSelfAttention: (tf, x, { weight, heads }) => attention(tf, x, { weight, heads }),
  residual: (tf, x, { layers, prefix, variables }) => x.add(forward(tf, { layers, variables, prefix }, x)),
};

function dense(tf, x, weight, bias) {
  const rows = x.reshape([-1, x.shape.at(-1)]);
  return tf
    .matMul(rows, weight, false, true)
    .add(bias)
    .reshape([...x.shape.slice(0, -1), weight.shape[0]]);
}

function attention(tf, x, { weight, heads }) {
  const [batch, positions, units] = x.shape;
  const size = units / heads;
  const parts = dense(tf, x, weight("qkv.weight"), weight("qkv.bias"))
    .reshape([batch, positions, 3, heads, size])
    .transpose([2, 0, 3, 1, 4]);
  const [q, k, v] = tf.unstack(parts).map((part) => part.reshape([batch * heads, positions, size]));
  const isBefore = tf.linalg.bandPart(tf.ones([positions, positions]), -1, 0);
  const scores = tf.matMul(q, k, false, true).mul(size ** -0.5);
  const weights = scores.add(isBefore.sub(1).mul(1e9)).softmax();
  const mixed = tf.matMul(weights, v).reshape([batch, heads, positions, size]);
  const rows = mixed.transpose([0, 2, 1, 3]).reshape([batch, positions, units]);
  return dense(tf, rows, weight("output.weight"), weight("output.bias"));
}
