/** What training needs to know of a data set. The seam between `data`, which reads files, and `learning`, which must not. */

/** Examples by number, each a row of binary32 inputs and a class. */
export interface Records {
  readonly count: number;
  /** Elements of one example's input. */
  readonly inputSize: number;
  readonly classes: number;
  /**
   * Writes the examples `indices`, in that order.
   *
   * @param inputs Receives shape `[indices.length, inputSize]`, row-major.
   * @param labels Receives `indices.length` class numbers.
   */
  read(indices: ArrayLike<number>, inputs: Float32Array, labels: Int32Array): void;
}
