/** What one kind of layer must say about itself: how it is parsed, what shape it gives, what it does. No layer is here. */

import { EngineError } from "../errors.ts";
import type { Fields } from "../fields.ts";
import type { Slot } from "../operations/slot.ts";
import type { Operation } from "../operations.ts";
import type { Layer } from "./layerKinds.ts";

/** What flows between layers: values of the whole batch and, where the layers before it learn, their gradient. */
export interface Activation {
  /** Shape of one example, without the batch. */
  readonly shape: readonly number[];
  readonly values: Slot;
  /** The next layer writes it, or shares it and transforms it in place. */
  readonly gradient: Slot | undefined;
  /** Whether the next layer may write over `values`: no backward pass and no other layer needs them. */
  readonly mayOverwrite: boolean;
}

/**
 * How a parameter starts. `heUniform`: uniform over ±√(6 / fanIn); `uniform`: over ±bound, a binary32 number; `one` and
 * `zero`: every number that.
 */
export type Initialisation =
  | { readonly kind: "zero" }
  | { readonly kind: "one" }
  | { readonly kind: "heUniform"; readonly fanIn: number }
  | { readonly kind: "uniform"; readonly bound: number };

/** Where a parameter is, and where its gradient goes. */
export interface ParameterSlots {
  readonly value: Slot;
  readonly gradient: Slot;
}

/** What a layer may ask of the program that is being built. */
export interface LayerBuilder {
  readonly batchSize: number;
  /** A new slot of the arena, named after the layer. */
  slot(name: string, length: number): Slot;
  /** A new parameter, named after the layer, with its gradient. */
  parameter(name: string, shape: readonly number[], initialisation: Initialisation): ParameterSlots;
  /** Index of a new random stream `<purpose>/<layer>`. */
  stream(purpose: string): number;
  /** Appends an operation to the forward pass. */
  forward(operation: Operation): void;
  /** Emits layers inside this one; their names begin with this layer's. */
  chain(layers: readonly Layer[], input: Activation): EmittedLayer;
}

/** A layer's place in the program: what it gives on, and its backward operations in the order they run. */
export interface EmittedLayer {
  readonly output: Activation;
  readonly backward: readonly Operation[];
}

/** Where a layer stands while shapes are checked. */
export interface LayerSite {
  /** For example `$.layers[2]`. */
  readonly path: string;
  /** Checks layers inside this one and counts their parameters. @returns the shape they give. */
  chain(layers: readonly Layer[], input: readonly number[]): readonly number[];
}

/** Reads the layers inside a layer. */
export type ParseLayers = (fields: Fields) => readonly Layer[];

/** `L` is what a document may hold; `Required<L>` what is left after parsing, all defaults filled in. */
export interface LayerKind<L extends { readonly type: string }> {
  readonly type: L["type"];
  /** Whether the layer can only be the first, for it takes token numbers. @default false */
  readonly takesTokens?: true;
  /** Names of the layer's own fields. @default none */
  readonly fields?: readonly Exclude<keyof L, "type">[];
  /** Reads the layer's own fields. */
  parse(fields: Fields, parseLayers: ParseLayers): Required<L>;
  /**
   * @returns shape of one example after the layer.
   * @throws {EngineError} `ENGINE_LAYER_SHAPE` when the layer cannot take `input`
   */
  outputShape(layer: Required<L>, input: readonly number[], site: LayerSite): readonly number[];
  /** @returns number of parameters for one input shape, without those of layers inside. */
  parameterCount(layer: Required<L>, input: readonly number[]): number;
  emit(layer: Required<L>, input: Activation, builder: LayerBuilder): EmittedLayer;
}

/** Largest whole number that a layer's field may hold. */
export const MAX_FIELD = 65_536;

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

/** @returns the input's own slot where it may be written over, else a new one as long. */
export function inPlaceOrNew({ values, mayOverwrite }: Activation, builder: LayerBuilder): Slot {
  return mayOverwrite ? values : builder.slot("output", values.length);
}

/** @returns the shape read as rows of its last axis. */
export function rowsOf(shape: readonly number[]): { readonly rows: number; readonly columns: number } {
  const columns = shape.at(-1)!;
  return { rows: shape.slice(0, -1).reduce((product, size) => product * size, 1), columns };
}
