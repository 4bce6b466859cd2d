/**
 * Finds for every unit of an architecture the module of a PyTorch file that it is. Moves no numbers.
 *
 * By shape first; among modules of one shape, by what their names give away; among those, by order. So order matters
 * only between modules that could stand for each other, and the mapping says where it did.
 */
import { sameShape } from "../engine/tensor.ts";
import { InterchangeError, shortName } from "./interchangeError.ts";
import type { ForeignModule, ForeignModules } from "./pytorchModules.ts";
import type { Unit, UnitKind } from "./pytorchUnits.ts";

export interface Match {
  readonly unit: Unit;
  readonly module: ForeignModule;
  /** Other modules would have fitted too. */
  readonly isByOrder: boolean;
}

/** Kinds that look alike are told apart in this order: what takes the fewest candidates first. */
const KINDS: readonly UnitKind[] = [
  ...(["attentionInput", "attentionOutput", "conv2d", "layerNorm"] as const),
  ...(["embedding", "positionalEmbedding", "dense"] as const),
];

/**
 * @param names module by our unit's path, where the choice is the caller's.
 * @returns one match a unit, in the units' order.
 * @throws {InterchangeError} `INTERCHANGE_TENSOR_MISFIT` | `INTERCHANGE_TENSOR_MISSING` | `INTERCHANGE_TENSOR_UNKNOWN`
 */
export function matchUnits(
  units: readonly Unit[],
  { modules }: ForeignModules,
  names: Readonly<Record<string, string>>,
): Match[] {
  const matches = new Map<Unit, Match>();
  const claimed = new Set<ForeignModule>();
  const claim = (unit: Unit, module: ForeignModule, isByOrder: boolean): void => {
    matches.set(unit, { unit, module, isByOrder });
    claimed.add(module);
  };
  for (const [unit, module] of namedPairs(units, modules, names)) claim(unit, module, false);
  for (const group of groupsOf(units.filter((unit) => !matches.has(unit)))) {
    const free = modules.filter((module) => !claimed.has(module) && fits(group[0]!, module));
    const candidates = likely(group[0]!.kind, free);
    group.forEach((unit, i) => {
      const module = candidates[i];
      if (module !== undefined) claim(unit, module, candidates.length > 1);
    });
  }
  const left = modules.filter((module) => !claimed.has(module));
  for (const unit of units) if (!matches.has(unit)) throw unmatched(unit, left);
  for (const module of left) throw unknown(module);
  return units.map((unit) => matches.get(unit)!);
}

/** What the caller named, and everything when the file uses our own names throughout. */
function namedPairs(
  units: readonly Unit[],
  modules: readonly ForeignModule[],
  names: Readonly<Record<string, string>>,
): (readonly [Unit, ForeignModule])[] {
  const byTensor = new Map(modules.map((module) => [module.weight.tensors.join(), module]));
  const own = units.map((unit) => [unit, byTensor.get(unit.exported.weight)] as const);
  const complete = own.filter((pair): pair is readonly [Unit, ForeignModule] => {
    const [unit, module] = pair;
    return module !== undefined && hasShapes(unit, module);
  });
  if (complete.length === units.length && Object.keys(names).length === 0) return complete;
  return units
    .filter(({ path }) => Object.hasOwn(names, path))
    .map((unit) => {
      const module = modules.find(({ name }) => name === names[unit.path]);
      if (module === undefined) throw missing(unit, ` and no ${shortName(names[unit.path]!)}`);
      if (!hasShapes(unit, module)) throw misfit(unit, module);
      return [unit, module] as const;
    });
}

/** Units that any one module would fit alike. */
function groupsOf(units: readonly Unit[]): Unit[][] {
  const groups = new Map<string, Unit[]>();
  for (const kind of KINDS) {
    for (const unit of units.filter((one) => one.kind === kind)) {
      const key = `${kind} ${unit.weight.foreignShape}`;
      groups.set(key, [...(groups.get(key) ?? []), unit]);
    }
  }
  return [...groups.values()];
}

function fits(unit: Unit, module: ForeignModule): boolean {
  return hasRole(unit, module) && hasShapes(unit, module);
}

/** Attention is known by its names alone: its weights have the shapes of dense layers. */
function hasRole({ kind }: Unit, { role }: ForeignModule): boolean {
  const isAttention = (word: string): boolean => word === "attentionInput" || word === "attentionOutput";
  return isAttention(kind) || isAttention(role) ? kind === role : true;
}

function hasShapes({ weight, bias }: Unit, module: ForeignModule): boolean {
  const isBiasRight =
    module.bias === undefined || (bias !== undefined && sameShape(module.bias.shape, bias.foreignShape));
  return isBiasRight && sameShape(module.weight.shape, weight.foreignShape);
}

/** Those whose names agree with the kind, if any; else those whose names don't speak against it; else all. */
function likely(kind: UnitKind, modules: readonly ForeignModule[]): readonly ForeignModule[] {
  if (kind !== "embedding" && kind !== "positionalEmbedding" && kind !== "dense") return modules;
  const wanted = modules.filter(({ role }) => role === (kind === "dense" ? "plain" : kind));
  if (wanted.length > 0) return wanted;
  const silent = modules.filter(({ role }) => role === "plain");
  return silent.length > 0 ? silent : modules;
}

/** The refusal of a unit without a module: names the module that is left and comes closest. */
function unmatched(unit: Unit, left: readonly ForeignModule[]): InterchangeError {
  const rank = unit.weight.foreignShape.length;
  const nearest = left.find((module) => hasRole(unit, module) && module.weight.shape.length === rank);
  return nearest === undefined ? missing(unit, "") : misfit(unit, nearest);
}

function missing({ kind, path, weight: { foreignShape: shape } }: Unit, also: string): InterchangeError {
  return new InterchangeError(
    { code: "INTERCHANGE_TENSOR_MISSING", layer: path, shape },
    `the file has no tensor for ${path} (${kind}), which needs one of shape [${shape}]${also}`,
  );
}

function misfit({ kind, path, weight, bias }: Unit, module: ForeignModule): InterchangeError {
  const isWeight = module.bias === undefined || !sameShape(module.weight.shape, weight.foreignShape);
  const { tensors, shape: actual } = isWeight ? module.weight : module.bias;
  const tensor = shortName(tensors.join(" + "));
  const needed = isWeight ? weight.foreignShape : (bias?.foreignShape ?? []);
  return new InterchangeError(
    { code: "INTERCHANGE_TENSOR_MISFIT", tensor, layer: path, actual, needed },
    `tensor ${tensor} has shape [${actual}], and ${path} (${kind}) needs [${needed}]`,
  );
}

function unknown({ weight: { tensors, shape } }: ForeignModule): InterchangeError {
  const tensor = shortName(tensors.join(" + "));
  return new InterchangeError(
    { code: "INTERCHANGE_TENSOR_UNKNOWN", tensor },
    `tensor ${tensor} of shape [${shape}] belongs to no layer of the architecture`,
  );
}
