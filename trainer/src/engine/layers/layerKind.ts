/** What one kind of layer must say about itself: how it is parsed, what shape it gives, what it does. No layer is here. */

import { EngineError } from "../errors.ts";
import type { Fields } from "../fields.ts";
import type { Operation, Slot } from "../operations.ts";

/** What flows between layers: values of the whole batch and, where the layers before it learn, their gradient. */
export interface Activation {
  /** Shape of one example, without the batch. */
  readonly shape: readonly number[];
  readonly values: Slot;
  readonly gradient: Slot | undefined;
}

/** How a parameter starts. `heUniform`: uniform over ±√(6 / fanIn). */
export type Initialisation = { readonly kind: "zero" } | { readonly kind: "heUniform"; readonly fanIn: number };

/** What a layer may ask of the program that is being built. */
export interface LayerBuilder {
  readonly batchSize: number;
  /** A new slot of the arena. */
  slot(name: string, length: number): Slot;
  /** A new parameter, named after the layer, with its gradient. */
  parameter(name: string, shape: readonly number[], initialisation: Initialisation): { value: Slot; gradient: Slot };
  /** Appends an operation to the forward pass. */
  forward(operation: Operation): void;
}

/** A layer's place in the program: what it gives on, and its backward operations in the order they run. */
export interface EmittedLayer {
  readonly output: Activation;
  readonly backward: readonly Operation[];
}

export interface LayerKind<L extends { readonly type: string }> {
  readonly type: L["type"];
  /** Reads the layer's own fields. */
  parse(fields: Fields): L;
  /**
   * @returns shape of one example after the layer.
   * @throws {EngineError} `ENGINE_LAYER_SHAPE` when the layer cannot take `input`
   */
  outputShape(layer: L, input: readonly number[], path: string): readonly number[];
  /** @returns number of parameters for one input shape. */
  parameterCount(layer: L, input: readonly number[]): number;
  emit(layer: L, input: Activation, builder: LayerBuilder): EmittedLayer;
}

/** @returns the refusal of an input shape, naming the layer. */
export function shapeRefused(
  site: { readonly path: string; readonly type: string; readonly shape: readonly number[] },
  advice: string,
): EngineError {
  const { path, type, shape } = site;
  return new EngineError(
    { code: "ENGINE_LAYER_SHAPE", path, type, shape },
    `${path} (${type}) cannot take an input of shape [${shape}]: ${advice}`,
  );
}
