/** FLTrust: updates weighed by how far they point where an update from public records points. */
import { LearningError } from "../errors.ts";
import { addScaled, divide, dot, norm } from "./vectors.ts";

const { fround } = Math;

/**
 * `tᵢ = max(0, cos(xᵢ, g))`, result `(Σ (tᵢ·(‖g‖/‖xᵢ‖))·xᵢ) / Σ tᵢ`: every update counts with the length of g.
 *
 * @param root g, shape `[P]`.
 * @throws {LearningError} `LEARNING_NONE_TRUSTED` when every tᵢ is 0
 * @see Cao et al. 2021, algorithm 2, https://arxiv.org/abs/2012.13995
 */
export function trustedMean(vectors: readonly Float32Array[], root: Float32Array): Float32Array {
  const length = norm(root);
  const sum = new Float32Array(root.length);
  let total = 0;
  for (const x of vectors) {
    const own = norm(x);
    const lengths = fround(own * length);
    const trust = lengths > 0 ? Math.max(0, fround(dot(x, root) / lengths)) : 0;
    if (trust === 0) continue;
    addScaled(sum, x, fround(trust * fround(length / own)));
    total = fround(total + trust);
  }
  if (total > 0) {
    divide(sum, total);
    return sum;
  }
  throw new LearningError(
    { code: "LEARNING_NONE_TRUSTED", updates: vectors.length },
    "no update points where the one from the root records does",
  );
}
