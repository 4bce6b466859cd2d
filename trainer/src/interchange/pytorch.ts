/**
 * Parameters from and to files of PyTorch models. Runs no Python and reads no pickle: safetensors only.
 *
 * A file has no architecture, so the caller brings one, and gets to see which tensor became what.
 */
import type { Architecture } from "../engine/architecture.ts";
import { elementCount, type Parameters, requireSameTensors, type Tensor } from "../engine/tensor.ts";
import { layerSites, parametersOf, permuteAxes } from "./layerSites.ts";
import { type Match, matchUnits } from "./pytorchMatch.ts";
import { type ForeignPart, foreignModules } from "./pytorchModules.ts";
import { moveIn, moveOut, type UnitTensor, unitsOf } from "./pytorchUnits.ts";
import { type SafetensorsContents, toTensor } from "./safetensors.ts";

/** What became of one tensor. */
export interface MappingLine {
  /** Our parameter. */
  readonly parameter: string;
  readonly shape: readonly number[];
  /** PyTorch's: one; three for q, k and v kept apart; none for a bias that the file does not have, and that is zero. */
  readonly tensors: readonly string[];
  readonly foreignShape: readonly number[];
  /** How its numbers were moved, and whether it was chosen by its place among others; empty when neither. */
  readonly notes: readonly string[];
}

export interface ImportedModel {
  readonly parameters: Parameters;
  readonly mapping: readonly MappingLine[];
  /** Tensors that hold no parameters: masks and counters. */
  readonly ignored: readonly string[];
}

export interface ImportOptions {
  /** The file's module for a layer of ours, where guessing goes wrong: `{ "layers.6": "final_norm" }`. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * @returns parameters that make the architecture compute what the PyTorch model does.
 * @throws {InterchangeError} `INTERCHANGE_TENSOR_MISFIT` | `INTERCHANGE_TENSOR_MISSING` | `INTERCHANGE_TENSOR_UNKNOWN` |
 *   `INTERCHANGE_LAYER_UNSUPPORTED` | `INTERCHANGE_DTYPE_UNSUPPORTED`
 * @throws {EngineError} what {@link parseArchitecture} throws
 */
export function importPyTorch(
  architecture: Architecture,
  contents: SafetensorsContents,
  { names = {} }: ImportOptions = {},
): ImportedModel {
  const units = unitsOf(layerSites(architecture));
  const foreign = foreignModules(contents);
  const parameters = new Map<string, Tensor>();
  const mapping: MappingLine[] = [];
  for (const match of matchUnits(units, foreign, names)) {
    for (const [part, site] of partsOf(match)) {
      const parameter = `${match.unit.path}.${part}`;
      const source = match.module[part];
      parameters.set(parameter, { shape: site.shape, data: readPart(contents, source, site) });
      mapping.push(mappingLine(parameter, { match, source, site }));
    }
  }
  return { parameters, mapping, ignored: foreign.ignored };
}

function partsOf({ unit: { weight, bias } }: Match): (readonly ["weight" | "bias", UnitTensor])[] {
  return bias === undefined
    ? [["weight", weight]]
    : [
        ["weight", weight],
        ["bias", bias],
      ];
}

function readPart(contents: SafetensorsContents, source: ForeignPart | undefined, site: UnitTensor): Float32Array {
  if (source === undefined) return new Float32Array(elementCount(site.shape));
  const read = (name: string): Float32Array => toTensor(name, contents.tensors.get(name)!).data;
  const data = new Float32Array(elementCount(source.shape));
  source.tensors.map(read).reduce((at, part) => {
    data.set(part, at);
    return at + part.length;
  }, 0);
  const upright = source.isTransposed ? permuteAxes(data, source.shape.toReversed(), [1, 0]) : data;
  return moveIn(upright, site.move);
}

function mappingLine(
  parameter: string,
  {
    match,
    source,
    site,
  }: { readonly match: Match; readonly source: ForeignPart | undefined; readonly site: UnitTensor },
): MappingLine {
  const notes = [
    ...(source?.isTransposed ? ["transposed"] : []),
    ...(source === undefined ? ["zeros"] : []),
    ...(source !== undefined && site.move !== undefined ? [site.move.text] : []),
    ...(match.isByOrder ? ["by order"] : []),
  ];
  const foreignShape = source?.isTransposed ? source.shape.toReversed() : (source?.shape ?? []);
  return { parameter, shape: site.shape, tensors: source?.tensors ?? [], foreignShape, notes };
}

/** @returns the mapping as a table for people: what, shape, from what, shape, notes. */
export function describeMapping(mapping: readonly MappingLine[]): string[] {
  const cells = mapping.map(({ parameter, shape, tensors, foreignShape, notes }) => [
    `${parameter} [${shape.join(", ")}]`,
    tensors.length === 0 ? "← nothing" : `← ${tensors.join(" + ")} [${foreignShape.join(", ")}]`,
    notes.join(", "),
  ]);
  const widths = [0, 1].map((column) => Math.max(0, ...cells.map((row) => row[column]!.length)));
  return cells.map(([ours, theirs, notes]) =>
    `${ours!.padEnd(widths[0]!)}  ${theirs!.padEnd(widths[1]!)}  ${notes}`.trimEnd(),
  );
}

/**
 * The inverse: tensors that a PyTorch model loads whose `layers` is a list of the same modules in the same places, an
 * attention as `nn.MultiheadAttention`, a residual as a module with `layers` of its own.
 *
 * @throws {InterchangeError} `INTERCHANGE_LAYER_UNSUPPORTED`
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH`
 */
export function exportPyTorch(architecture: Architecture, parameters: Parameters): Parameters {
  const sites = layerSites(architecture);
  requireSameTensors(parameters, parametersOf(architecture));
  const tensors = new Map<string, Tensor>();
  for (const { path, exported, weight, bias } of unitsOf(sites)) {
    for (const [part, site] of Object.entries({ weight, bias }) as ["weight" | "bias", UnitTensor | undefined][]) {
      if (site === undefined) continue;
      const { data } = parameters.get(`${path}.${part}`)!;
      tensors.set(exported[part], { shape: site.foreignShape, data: moveOut(data, site.move) });
    }
  }
  return tensors;
}
