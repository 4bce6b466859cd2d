/** What training needs to know of a data set. The seam between `data`, which reads files, and `learning`, which must not. */

/** Examples by number, each a row of binary32 inputs and a row of binary32 targets. */
export interface Records {
  readonly count: number;
  /** Numbers of one example's input; token numbers for text. */
  readonly inputSize: number;
  /** Numbers of one example's target: 1 for a class, T for a class a position, or as many as there are values. */
  readonly targetSize: number;
  /** How many classes a target may name; 0 when targets are values. */
  readonly classes: number;
  /** How many tokens an input may name; 0 when inputs are values. @default unknown, and not compared with the program's */
  readonly vocabulary?: number;
  /**
   * Writes the examples `indices`, in that order; synchronous.
   *
   * @param inputs Receives shape `[indices.length, inputSize]`, row-major.
   * @param targets Receives shape `[indices.length, targetSize]`: class or token numbers as exact floats, or values.
   */
  read(indices: ArrayLike<number>, inputs: Float32Array, targets: Float32Array): void;
}
