/**
 * The modules of a PyTorch file: tensors that belong together by name, and what their names give away. Knows no
 * architecture.
 */
import { sameShape } from "../engine/tensor.ts";
import type { SafetensorsContents } from "./safetensors.ts";

/** What a name says about a module; `plain` where it says nothing. */
export type ModuleRole = "plain" | "embedding" | "positionalEmbedding" | "attentionInput" | "attentionOutput";

export interface ForeignModule {
  /** Name without `.weight` and `.bias`, for example `features.0` or `h.0.attn.c_attn`. */
  readonly name: string;
  readonly role: ModuleRole;
  readonly weight: ForeignPart;
  readonly bias: ForeignPart | undefined;
}

export interface ForeignPart {
  /** One, or those of q, k and v where a model keeps them apart: their rows one after the other. */
  readonly tensors: readonly string[];
  /** Without leading ones of a lone parameter such as `[1, positions, units]`; turned where `isTransposed`. */
  readonly shape: readonly number[];
  /** Stored `[inputs, units]`, as the Conv1D modules of the first GPT-2 do. */
  readonly isTransposed: boolean;
}

export interface ForeignModules {
  /** In the order in which the model most likely uses them. */
  readonly modules: readonly ForeignModule[];
  /** Tensors that hold no parameters: masks and counters. */
  readonly ignored: readonly string[];
}

/** The last words of modules that are one attention's q, k and v. */
const SPLIT_INPUTS = [
  ["q_proj", "k_proj", "v_proj"],
  ["query", "key", "value"],
  ["wq", "wk", "wv"],
  ["q", "k", "v"],
] as const;
const ATTENTION_OUTPUT = /(^|\.)(c_proj|out_proj|o_proj|proj|out|output|wo)$/;
const ATTENTION_INPUT = /(^|\.)(in_proj|c_attn|qkv|qkv_proj|to_qkv|Wqkv)$/;
const EMBEDDING = /emb|wte|tok/i;
const POSITIONAL = /pos|wpe/i;
/** Buffers that models carry about: causal masks, position numbers, counters. */
const BUFFER = /(^|\.)(mask|causal_mask|attn_mask|tril|masked_bias|position_ids|num_batches_tracked)$/;
/** Whole numbers and truth values are no parameters. */
const INTEGER = /^(I\d|U\d|BOOL)/;
const CONV1D = /(^|\.)(c_attn|c_proj|c_fc)$/;
const NUMBERED = /(^|\.)\d+(\.|$)/;
const FIRST_WORDS = /emb|stem|input|first|pre/i;

/** @returns the modules of a file, and what in it is none. */
export function foreignModules({ tensors }: SafetensorsContents): ForeignModules {
  const parts = new Map<string, NamedParts>();
  const ignored: string[] = [];
  const shapeOf = (tensor: string): readonly number[] => tensors.get(tensor)!.shape;
  for (const [tensor, { dtype, shape }] of tensors) {
    const { module, part, separator } = splitName(tensor);
    const isBuffer = INTEGER.test(dtype) || BUFFER.test(tensor) || (part === "bias" && shape.length > 1);
    const key = separator + module; // `a`, `a.weight` and `a_weight` may all be in one file
    if (isBuffer) ignored.push(tensor);
    else parts.set(key, { ...parts.get(key), module, [part]: tensor });
  }
  const all = [...parts.values()];
  const isConv1d = all.some(({ module, weight }) => module.endsWith("c_attn") && isWide(weight, shapeOf));
  const partOf = (module: string, tensor: string): ForeignPart => {
    const isTransposed = isConv1d && CONV1D.test(module) && shapeOf(tensor).length === 2;
    const shape = tensor === module ? withoutLeadingOnes(shapeOf(tensor)) : shapeOf(tensor);
    return { tensors: [tensor], shape: isTransposed ? shape.toReversed() : shape, isTransposed };
  };
  const modules = all.map(({ module, weight, bias }): ForeignModule => {
    const first = partOf(module, (weight ?? bias)!);
    return { name: module, role: "plain", weight: first, bias: weight && bias ? partOf(module, bias) : undefined };
  });
  return { modules: withRoles(joinSplitInputs(modules)).sort(orderOf(tensors)), ignored };
}

/** Makes one module of an attention's q, k and v, named after the first. */
function joinSplitInputs(modules: readonly ForeignModule[]): readonly ForeignModule[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const joined = new Map<ForeignModule, ForeignModule | undefined>();
  for (const first of modules) {
    const parts = splitInputs(first, byName);
    if (parts === undefined) continue;
    const biases = parts.flatMap(({ bias }) => bias ?? []);
    for (const part of parts) joined.set(part, undefined);
    const weight = join(parts.map((part) => part.weight));
    joined.set(first, { ...first, role: "attentionInput", weight, bias: biases.length > 0 ? join(biases) : undefined });
  }
  return modules.flatMap((module) => (joined.has(module) ? (joined.get(module) ?? []) : module));
}

/** q, k and v, when `first` is a q: three square weights of one shape, all with a bias or all without. */
function splitInputs(
  first: ForeignModule,
  byName: ReadonlyMap<string, ForeignModule>,
): readonly ForeignModule[] | undefined {
  const words = SPLIT_INPUTS.find(([word]) => lastWord(first.name) === word) ?? [];
  const parts = words.flatMap((word) => byName.get(first.name.slice(0, -words[0]!.length) + word) ?? []);
  const [rows, columns] = first.weight.shape;
  const areAlike = parts.every(
    ({ weight, bias }) =>
      sameShape(weight.shape, first.weight.shape) && sameShape(bias?.shape ?? [], first.bias?.shape ?? []),
  );
  return parts.length === 3 && rows === columns && first.weight.shape.length === 2 && areAlike ? parts : undefined;
}

function join(parts: readonly ForeignPart[]): ForeignPart {
  const [rows = 0, ...rest] = parts[0]!.shape;
  return {
    tensors: parts.flatMap(({ tensors }) => tensors),
    shape: [rows * parts.length, ...rest],
    isTransposed: false,
  };
}

/** What the names give away, once all are known: an attention's output is known by its place beside the input. */
function withRoles(modules: readonly ForeignModule[]): ForeignModule[] {
  const isInput = ({ name, role }: ForeignModule): boolean => role === "attentionInput" || ATTENTION_INPUT.test(name);
  const attentions = new Set(modules.filter(isInput).map(({ name }) => parentOf(name)));
  return modules.map((module) => ({ ...module, role: roleOf(module, attentions) }));
}

interface NamedParts {
  readonly module: string;
  readonly weight?: string;
  readonly bias?: string;
}

/** `a.weight` → `a`, weight; `a.in_proj_bias` → `a.in_proj`, bias; anything else is a weight by itself. */
function splitName(tensor: string): { module: string; part: "weight" | "bias"; separator: string } {
  const [, module, separator, part] = /^(.*)([._])(weight|bias)$/s.exec(tensor) ?? [];
  if (module === undefined) return { module: tensor, part: "weight", separator: "" };
  return { module, part: part as "weight" | "bias", separator: separator! };
}

/** `[units, 3 · units]`: a Linear would have it the other way. */
function isWide(weight: string | undefined, shapeOf: (tensor: string) => readonly number[]): boolean {
  const [rows = 0, columns = 0] = weight === undefined ? [] : shapeOf(weight);
  return rows > 0 && columns === 3 * rows;
}

function withoutLeadingOnes(shape: readonly number[]): readonly number[] {
  const ones = shape.findIndex((size) => size !== 1);
  return shape.slice(Math.max(0, Math.min(ones < 0 ? shape.length : ones, shape.length - 2)));
}

function roleOf({ name, role, weight, bias }: ForeignModule, attentions: ReadonlySet<string>): ModuleRole {
  const [rows = 0, columns = 0] = weight.shape;
  if (role !== "plain" || weight.shape.length !== 2) return role;
  if (ATTENTION_INPUT.test(name)) return rows === 3 * columns ? "attentionInput" : "plain";
  if (attentions.has(parentOf(name)) && rows === columns && ATTENTION_OUTPUT.test(name)) return "attentionOutput";
  if (bias !== undefined) return "plain";
  if (POSITIONAL.test(name)) return "positionalEmbedding";
  return EMBEDDING.test(name) ? "embedding" : "plain";
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

/**
 * Where tensors lie in order of name, as PyTorch's writer leaves them, the order of the modules is lost: then numbers in
 * names count as numbers, and what is not numbered comes after what is, unless its name says that it comes first. A file
 * in any other order is taken to be in the model's.
 */
function orderOf(tensors: SafetensorsContents["tensors"]): (left: ForeignModule, right: ForeignModule) => number {
  const names = [...tensors.keys()];
  const isSorted = names.every((name, i) => {
    const before = names[i - 1];
    return before === undefined || before < name || tensors.get(before)!.dtype !== tensors.get(name)!.dtype;
  });
  const place = new Map(names.map((name, i) => [name, i]));
  return (left, right) =>
    isSorted
      ? stageOf(left.name) - stageOf(right.name) || compareNatural(left.name, right.name)
      : place.get(left.weight.tensors[0]!)! - place.get(right.weight.tensors[0]!)!;
}

function stageOf(name: string): number {
  if (NUMBERED.test(name)) return 1;
  return FIRST_WORDS.test(name) ? 0 : 2;
}

/** Digits compare as numbers, the rest by code units. */
function compareNatural(left: string, right: string): number {
  const [ours, theirs] = [left.split(/(\d+)/), right.split(/(\d+)/)];
  for (let i = 0; i < Math.min(ours.length, theirs.length); i++) {
    const [a, b] = [ours[i]!, theirs[i]!];
    if (a === b) continue;
    const byNumber = i % 2 === 1 ? Number(a) - Number(b) : 0;
    return byNumber !== 0 ? byNumber : a < b ? -1 : 1;
  }
  return ours.length - theirs.length;
}
