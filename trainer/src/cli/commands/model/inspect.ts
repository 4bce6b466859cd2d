/** `cairn model inspect <file>`: what is in a safetensors file, whoever wrote it. Needs no chain. */

import { resolve } from "node:path";
import type { Command } from "commander";
import type { Architecture } from "../../../engine/architecture.ts";
import type { SafetensorsContents } from "../../../interchange/safetensors.ts";
import { counted } from "../../../protocol/counted.ts";
import { isTagged } from "../../../protocol/errors.ts";
import { toHex } from "../../../protocol/hex.ts";
import { architectureBeside } from "../../architectureSource.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { readDocumentFile } from "../../documentFile.ts";
import { withExamples } from "../../help.ts";
import { readBytes } from "../../modelSubject.ts";
import type { Paint } from "../../output.ts";
import { shortPath } from "../../outputFile.ts";
import { bytesText, fields, table } from "../../table.ts";
import { countText } from "../../training/figures.ts";

interface Options {
  readonly architecture?: string;
}

interface TensorRow {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly bytes: number;
  /** Whether no number is an infinity or a NaN; `null` where the dtype cannot be read. */
  readonly finite: boolean | null;
}

interface Facts {
  readonly file: string;
  readonly byteLength: number;
  readonly digest: string;
  readonly canonical: boolean;
  /** `cairn/parameters/v2`, `cairn/checkpoint/v1`, or `null` for other programs' files. */
  readonly schema: string | null;
  /** Of a checkpoint. */
  readonly step: number | null;
  /** The Merkle root that a file of parameters ends in; `null` where it has none. */
  readonly root: string | null;
  readonly parameters: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly TensorRow[];
  readonly architecture: Fit | null;
}

interface Fit {
  readonly path: string;
  readonly fits: boolean;
  readonly problem: string | null;
  readonly layers: number;
}

/** More tensors are counted, not shown; `--json` has them all. */
const TENSORS_SHOWN = 60;

export function defineModelInspect(parent: Command, session: Session): void {
  const command = parent.command("inspect").summary("show what is in a safetensors file");
  withExamples(
    command,
    "cairn model inspect runs/plan/model.safetensors",
    "cairn model inspect from-pytorch.safetensors --architecture lenet.yaml",
  )
    .description(
      "Shows tensors, sizes and hash of any safetensors file, whether its bytes are canonical, and whether the architecture beside it fits.",
    )
    .argument("<file>", "a safetensors file")
    .option("--architecture <file>", "the architecture to hold it against, where no document lies beside it")
    .action(action(session, "model.inspect", modelInspect));
}

async function modelInspect(context: Context, file: string, options: Options): Promise<Outcome> {
  const path = resolve(context.host.cwd, file);
  const bytes = await readBytes(path);
  const [{ readSafetensors }, { sha256Hex }, { ROOT_NAME }] = await Promise.all([
    import("../../../interchange/safetensors.ts"),
    import("../../../engine/checkpoint.ts"),
    import("../../../engine/safetensors.ts"),
  ]);
  const contents = readSafetensors(bytes);
  const given = options.architecture;
  const found =
    given === undefined
      ? await architectureBeside(path)
      : { architecture: await readGiven(resolve(context.host.cwd, given)), path: given };
  const root = contents.tensors.get(ROOT_NAME);
  const tensors = (await rowsOf(contents)).filter(({ name }) => name !== ROOT_NAME);
  const step = Number(contents.metadata.get("step") ?? Number.NaN);
  const facts: Facts = {
    file,
    byteLength: bytes.length,
    digest: await sha256Hex(bytes),
    canonical: await isCanonical(bytes),
    schema: contents.metadata.get("schema") ?? null,
    step: Number.isSafeInteger(step) ? step : null,
    root: root === undefined ? null : toHex(root.bytes),
    parameters: tensors.reduce((sum, { elements }) => sum + elements, 0),
    metadata: Object.fromEntries(contents.metadata),
    tensors,
    architecture: found === undefined ? null : await fitOf(found, { bytes, cwd: context.host.cwd }),
  };
  return { data: facts, text: (paint) => describe(facts, paint) };
}

async function readGiven(path: string): Promise<Architecture> {
  const { architectureIn } = await import("../../architectureChoice.ts");
  return architectureIn(await readDocumentFile(path));
}

async function rowsOf({ tensors }: SafetensorsContents): Promise<TensorRow[]> {
  const [{ toTensor }, { allFinite, elementCount }] = await Promise.all([
    import("../../../interchange/safetensors.ts"),
    import("../../../engine/tensor.ts"),
  ]);
  const holdsNumbers = (name: string): boolean | null => {
    try {
      return allFinite(toTensor(name, tensors.get(name)!).data);
    } catch (error) {
      if (isTagged(error)) return null;
      throw error;
    }
  };
  return [...tensors].map(([name, { dtype, shape, bytes }]) => {
    return { name, dtype, shape, elements: elementCount(shape), bytes: bytes.length, finite: holdsNumbers(name) };
  });
}

async function isCanonical(bytes: Uint8Array): Promise<boolean> {
  const { decodeSafetensors } = await import("../../../engine/safetensors.ts");
  try {
    decodeSafetensors(bytes, { maxBytes: bytes.length });
    return true;
  } catch (error) {
    if (isTagged(error)) return false;
    throw error;
  }
}

async function fitOf(
  { architecture, path }: { readonly architecture: Architecture; readonly path: string },
  { bytes, cwd }: { readonly bytes: Uint8Array; readonly cwd: string },
): Promise<Fit> {
  const [{ compile }, { readParameters }] = await Promise.all([
    import("../../../engine/program.ts"),
    import("../../modelFile.ts"),
  ]);
  const layers = architecture.layers.length;
  try {
    const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
    readParameters(bytes, compile(architecture, { batchSize: 1, optimiser }));
    return { path: shortPath(cwd, path), fits: true, problem: null, layers };
  } catch (error) {
    if (isTagged(error)) return { path: shortPath(cwd, path), fits: false, problem: error.message, layers };
    throw error;
  }
}

function describe(facts: Facts, paint: Paint): string {
  const { tensors, architecture, canonical, schema, step } = facts;
  const kind =
    schema === null ? "another program's file" : `${schema}${step === null ? "" : `, step ${countText(step)}`}`;
  const shown = tensors.slice(0, TENSORS_SHOWN);
  const others = Object.entries(facts.metadata).filter(([key]) => key !== "schema" && key !== "step");
  const rows = fields(
    [
      ["file", facts.file],
      [
        "size",
        `${bytesText(facts.byteLength)}, ${countText(facts.parameters)} numbers in ${counted(tensors.length, "tensor")}`,
      ],
      ["sha256", facts.digest],
      ...(facts.root === null ? [] : [["root", facts.root] as const]),
      ["kind", kind],
      [
        "canonical",
        canonical ? "yes: the only bytes for these tensors" : "no: cairn model export FILE --to safetensors",
      ],
      ["architecture", architectureText(architecture)],
      ...others.map(([key, value]): [string, string] => [key, value.slice(0, 80)]),
    ],
    paint,
  );
  const list = table(
    ["TENSOR", "DTYPE", "SHAPE", "NUMBERS", ""],
    shown.map(({ name, dtype, shape, elements, finite }) => [
      ...[name, dtype, `[${shape.join(", ")}]`, countText(elements)],
      finite === false ? "holds infinities or NaNs" : "",
    ]),
    paint,
  );
  const rest = tensors.length - shown.length;
  return [rows, "", list, ...(rest > 0 ? [`… and ${rest} more`] : [])].join("\n");
}

function architectureText(fit: Fit | null): string {
  if (fit === null) return "none beside it: give --architecture FILE";
  const { path, fits, problem, layers } = fit;
  return fits ? `${path}: fits, ${counted(layers, "layer")}` : `${path}: does not fit: ${problem}`;
}
