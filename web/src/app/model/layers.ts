/** An architecture as rows of a table, with what each layer learns. Pure. */
import type { Architecture, Layer } from "@cairn/trainer/engine/architecture";
import { compile } from "@cairn/trainer/engine/program";

export interface LayerRow {
  /** As parameters name it: `layers.2.layers.0`. */
  readonly path: string;
  readonly name: Layer["type"];
  /** Residuals inside residuals. */
  readonly depth: number;
  readonly settings: string;
  readonly parameters: number;
}

/** @param architecture already parsed. */
export function describeLayers(architecture: Architecture): LayerRow[] {
  const { parameters } = compile(architecture, {
    batchSize: 1,
    optimiser: { type: "sgd", learningRate: 0.1, momentum: 0 },
  });
  const learnt = new Map<string, number>();
  for (const { name, value } of parameters) {
    const path = name.slice(0, name.lastIndexOf("."));
    learnt.set(path, (learnt.get(path) ?? 0) + value.length);
  }
  return rowsOf(architecture.layers, { prefix: "", depth: 0, learnt });
}

interface Place {
  readonly prefix: string;
  readonly depth: number;
  readonly learnt: ReadonlyMap<string, number>;
}

function rowsOf(layers: readonly Layer[], { prefix, depth, learnt }: Place): LayerRow[] {
  return layers.flatMap((layer, i) => {
    const path = `${prefix}layers.${i}`;
    const row = { path, name: layer.type, depth, settings: settingsOf(layer), parameters: learnt.get(path) ?? 0 };
    const inner = "layers" in layer ? rowsOf(layer.layers, { prefix: `${path}.`, depth: depth + 1, learnt }) : [];
    return [row, ...inner];
  });
}

function settingsOf(layer: Layer): string {
  return Object.entries(layer)
    .filter(([name]) => name !== "type" && name !== "layers")
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(" × ") : String(value)}`)
    .join(", ");
}
