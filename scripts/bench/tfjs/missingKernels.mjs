/**
 * Two kernels that TensorFlow.js's WASM backend lacks and training needs, composed of kernels that it has: without them
 * convolutions and embeddings can't be trained on it at all.
 */

/** @returns names of the kernels that were added; `tf` must be on its WASM backend. */
export function addMissingKernels(tf) {
  const kernels = { Conv2DBackpropFilter: filterGradient, UnsortedSegmentSum: segmentSum };
  const missing = Object.keys(kernels).filter((name) => tf.getKernel(name, "wasm") === undefined);
  for (const kernelName of missing) {
    const kernelFunc = (call) => tf.tidy(() => kernels[kernelName](tf, call));
    tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
  }
  return missing;
}

/** For every place in the filter: the part of the image under it, as a matrix, times the gradient. */
function filterGradient(tf, { inputs: { x, dy }, attrs: { strides, pad, filterShape } }) {
  const [rows, columns, channels, filters] = filterShape;
  const [stride] = [strides].flat();
  const [batch, outRows, outColumns] = dy.shape;
  const image = asTensor(tf, x);
  const side = pad === "valid" ? 0 : pad;
  const padded = image.pad([
    [0, 0],
    [side, side],
    [side, side],
    [0, 0],
  ]);
  const gradient = asTensor(tf, dy).reshape([-1, filters]);
  const extent = (count) => (count - 1) * stride + 1;
  const places = Array.from({ length: rows * columns }, (_, place) => {
    const from = [0, Math.floor(place / columns), place % columns, 0];
    const to = [batch, from[1] + extent(outRows), from[2] + extent(outColumns), channels];
    const under = padded.stridedSlice(from, to, [1, stride, stride, 1]).reshape([-1, channels]);
    return tf.matMul(under, gradient, true, false);
  });
  return tf.stack(places).reshape(filterShape);
}

/** One-hot rows of the segments, transposed, times the data. */
function segmentSum(tf, { inputs: { x, segmentIds }, attrs: { numSegments } }) {
  const data = asTensor(tf, x);
  const width = data.shape.slice(segmentIds.shape.length);
  const segments = tf.oneHot(asTensor(tf, segmentIds).reshape([-1]).toInt(), numSegments);
  const rows = data.reshape([segments.shape[0], -1]);
  return tf.matMul(segments, rows, true, false).reshape([numSegments, ...width]);
}

function asTensor(tf, { dataId, shape, dtype }) {
  return tf.engine().makeTensorFromDataId(dataId, shape, dtype);
}
