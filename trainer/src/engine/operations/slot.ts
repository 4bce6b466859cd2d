/** Where operations find their numbers. Data only. */

/** A range of the arena. Unit: binary32 elements. */
export interface Slot {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** A slot read as a matrix, possibly transposed: element `(i, j)` is at `i · rowStride + j · columnStride`. */
export interface MatrixView {
  readonly slot: Slot;
  readonly rowStride: number;
  readonly columnStride: number;
}
