/** Turns a chain of layers into operations over slots that have no place yet. Knows neither losses nor optimisers. */
import type { UnplacedSlot } from "./arenaPlan.ts";
import type { Activation, EmittedLayer, LayerBuilder, ParameterSlots } from "./layers/layerKind.ts";
import { kindOf, type Layer } from "./layers/layerKinds.ts";
import type { Slot } from "./operations/slot.ts";
import type { Operation } from "./operations.ts";
import type { ProgramParameter } from "./program.ts";
import { elementCount } from "./tensor.ts";

/** What emitting fills, besides what it returns. */
export interface Emission {
  readonly batchSize: number;
  readonly parameters: ProgramParameter[];
  readonly forward: Operation[];
  /** Names of the random streams. */
  readonly streams: string[];
  /** Name of the layer that each operation belongs to. */
  readonly layerOf: Map<Operation, string>;
}

/** @returns a slot without a place. */
export function unplaced(name: string, length: number): UnplacedSlot {
  return { name, offset: -1, length };
}

/**
 * Every layer's operations: forward in the layers' order, into `emission`; backward in the reverse.
 *
 * @param prefix before `layers.0`: empty, or the name of the layer around and a dot.
 */
export function emitChain(
  emission: Emission,
  { layers, prefix }: { readonly layers: readonly Layer[]; readonly prefix: string },
  input: Activation,
): EmittedLayer {
  const backward: (readonly Operation[])[] = [];
  let output = input;
  layers.forEach((layer, at) => {
    const name = `${prefix}layers.${at}`;
    const emitted = kindOf(layer.type).emit(layer as Required<Layer>, output, createLayerBuilder(emission, name));
    for (const operation of emitted.backward) nameOnce(emission, operation, name);
    backward.unshift(emitted.backward);
    output = emitted.output;
  });
  return { output, backward: backward.flat() };
}

/** Operations of layers inside a layer keep the inner name, which came first. */
function nameOnce({ layerOf }: Emission, operation: Operation, layer: string): void {
  if (!layerOf.has(operation)) layerOf.set(operation, layer);
}

function createLayerBuilder(emission: Emission, layer: string): LayerBuilder {
  const { batchSize, parameters, forward, streams } = emission;
  const slot = (name: string, length: number): Slot => unplaced(`${layer}.${name}`, length);
  return {
    batchSize,
    slot,
    parameter(name, shape, initialisation): ParameterSlots {
      const value = slot(name, elementCount(shape));
      const gradient = slot(`${name}.gradient`, elementCount(shape));
      parameters.push({ name: `${layer}.${name}`, shape, initialisation, value, gradient });
      return { value, gradient };
    },
    stream: (purpose) => streams.push(`${purpose}/${layer}`) - 1,
    forward(operation) {
      nameOnce(emission, operation, layer);
      forward.push(operation);
    },
    chain: (layers, input) => emitChain(emission, { layers, prefix: `${layer}.` }, input),
  };
}
