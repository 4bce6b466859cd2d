/** The options of `npm start`, from its arguments. Pure. */
import { parseArgs } from "node:util";
import { ARCHITECTURE_NAMES, namedArchitecture } from "../../trainer/src/learning/namedArchitectures.ts";
import { StartError } from "./startError.ts";

const LIARS = ["none", "forge", "late-bit-flip", "false-aggregate"] as const;

export type Liar = (typeof LIARS)[number];

/** Lies that bribed auditors let pass, or tell themselves, and that one who is not bribed proves to the chain. */
export function isDisputed(liar: Liar): liar is "late-bit-flip" | "false-aggregate" {
  return liar === "late-bit-flip" || liar === "false-aggregate";
}

export interface StartOptions {
  /** Data reference as the trainers take it: `glyphs`, `mnist:DIR`, `fashion-mnist` … */
  readonly data: string;
  /** A named architecture: `mlp:128`, `lenet5` … */
  readonly model: string;
  readonly rounds: number;
  readonly trainers: number;
  readonly auditors: number;
  readonly mode: "replayable" | "private";
  /** What trainers train on. */
  readonly device: "auto" | "gpu";
  /** `none`, a trainer that lies, or auditors that do. */
  readonly liar: Liar;
  /** The last auditor accepts everything unseen, and the first trainer plants errors to catch it. */
  readonly lazyAuditor: boolean;
  /** Where the JSON report goes. */
  readonly report: string | undefined;
  /** Leave chain and nodes running after the last round. */
  readonly keep: boolean;
  /** Serve the dApp beside the run. */
  readonly web: boolean;
  /** Keys the initial weights and the partition of the data; the rounds' own seeds come from the chain. */
  readonly seed: number;
  /** Print the report as one JSON document on stdout instead of tables. */
  readonly json: boolean;
  /** The whole run must end by then, `keep` apart. Unit: seconds. */
  readonly timeoutSeconds: number;
}

export const USAGE = `npm start -- [options]       train one model with processes that don't trust each other

  npm start
  npm start -- --data mnist:DIR --model lenet5 --rounds 5
  npm start -- --report run.json

  --data REF         glyphs (built in, needs no network), mnist:DIR, idx:DIR, mnist, fashion-mnist   [glyphs]
  --model NAME       linear, mlp:WIDTH,…, lenet5, cnn:FILTERS,…                                       [mlp:128]
  --rounds N         rounds to run, 1 to 1000                             [10; 3 where --liar is disputed]
  --trainers N       trainer processes, 1 to 64                                                       [4]
  --auditors N       auditor processes, 1 to 64                                                       [3]
  --mode MODE        replayable: auditors compute updates again; private: they score them             [replayable]
  --device NAME      gpu: trainers use a graphics card, where there is one (private mode only)        [auto]
  --liar HOW         forge: the last trainer submits updates it did not compute; none                 [forge]
                     late-bit-flip: it lies in one bit, all auditors but the first are bribed to accept it, and
                     that one proves the lie to the chain
                     false-aggregate: the trainers are honest, but all auditors but the first agree on a mean with
                     one wrong bit, and that one proves it to the chain
  --lazy-auditor     the last auditor accepts everything unseen; the first trainer plants errors to catch it
  --report FILE      write the figures as JSON (docs/report-schema.md)
  --keep             leave chain and nodes running until Ctrl-C
  --no-web           leave the dApp out
  --seed N           seed of the initial weights and of the data's partition                          [1]
  --timeout SECONDS  give up after so long                                                            [600]
  --json             print the report on stdout instead of tables
  -h, --help         this text
`;

const SPECIFICATION = {
  data: { type: "string", default: "glyphs" },
  model: { type: "string", default: "mlp:128" },
  rounds: { type: "string" },
  trainers: { type: "string", default: "4" },
  auditors: { type: "string", default: "3" },
  mode: { type: "string", default: "replayable" },
  device: { type: "string", default: "auto" },
  liar: { type: "string", default: "forge" },
  "lazy-auditor": { type: "boolean", default: false },
  report: { type: "string" },
  keep: { type: "boolean", default: false },
  "no-web": { type: "boolean", default: false },
  seed: { type: "string", default: "1" },
  timeout: { type: "string", default: "600" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** A round that can be disputed waits for challenges. */
const DEFAULT_ROUNDS = { none: "10", forge: "10", "late-bit-flip": "3", "false-aggregate": "3" } as const;

/**
 * @returns the options that `args` spell, or `"help"` when they ask for it.
 * @throws {StartError} `START_USAGE` naming the first option that is unknown or out of range
 */
export function parseOptions(args: readonly string[]): StartOptions | "help" {
  const values = read(args);
  if (values.help) return "help";
  const trainers = integer("trainers", values.trainers, { from: 1, to: 64 });
  const liar = oneOf("liar", values.liar, LIARS);
  const auditors = integer("auditors", values.auditors, { from: 1, to: 64 });
  if ((liar === "forge" || liar === "late-bit-flip") && trainers < 2) {
    throw usage("trainers", "one of the trainers lies, so there must be at least 2 (or --liar none)");
  }
  if (isDisputed(liar) && values.mode === "private") {
    throw usage("mode", "nobody can replay a private update, so no bit of it can be disputed: --mode replayable");
  }
  if (isDisputed(liar) && values["lazy-auditor"]) {
    throw usage("lazy-auditor", `--liar ${liar} has bribed auditors already: leave --lazy-auditor out`);
  }
  if (liar === "false-aggregate" && auditors < 3) {
    throw usage("auditors", "two auditors or more have to agree on the false mean against one: at least 3");
  }
  if (values["lazy-auditor"] && trainers < 3) {
    throw usage("trainers", "an error is planted where three trainers or more share a round: --lazy-auditor needs 3");
  }
  if (values.device === "gpu" && values.mode !== "private") {
    throw usage("device", "what a graphics card trains nobody can compute again: --device gpu needs --mode private");
  }
  if (values["lazy-auditor"] && values.mode === "private") {
    throw usage(
      "mode",
      "a planted error shows in a replay, and private tasks have none: --lazy-auditor needs --mode replayable",
    );
  }
  if (values.data === "") throw usage("data", "--data needs a reference such as glyphs or mnist:DIR");
  return {
    data: values.data,
    model: modelName(values.model),
    rounds: integer("rounds", values.rounds ?? DEFAULT_ROUNDS[liar], { from: 1, to: 1_000 }),
    trainers,
    auditors,
    mode: oneOf("mode", values.mode, ["replayable", "private"] as const),
    device: oneOf("device", values.device, ["auto", "gpu"] as const),
    liar,
    lazyAuditor: values["lazy-auditor"],
    report: values.report,
    keep: values.keep,
    web: !values["no-web"],
    seed: integer("seed", values.seed, { from: 0, to: Number.MAX_SAFE_INTEGER }),
    json: values.json,
    timeoutSeconds: integer("timeout", values.timeout, { from: 10, to: 86_400 }),
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: SPECIFICATION, allowPositionals: false, strict: true }).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const option = /'(?:-\w, )?-{0,2}([^' ]+)/.exec(message)?.[1] ?? "";
    throw new StartError({ code: "START_USAGE", option }, message.split(". ")[0] ?? message, { cause });
  }
}

/** Whether the model fits the data shows when the data is open; whether it is one shows here, in time. */
function modelName(name: string): string {
  if (namedArchitecture(name, { input: [28, 28, 1], classes: 10 }) !== undefined) return name;
  throw usage("model", `--model must be ${ARCHITECTURE_NAMES}, not "${name}"`);
}

function integer(option: string, text: string, { from, to }: { readonly from: number; readonly to: number }): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < from || value > to) {
    throw usage(option, `--${option} must be a whole number from ${from} to ${to}, not "${text}"`);
  }
  return value;
}

function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw usage(option, `--${option} must be ${choices.join(" or ")}, not "${text}"`);
  return choice;
}

function usage(option: string, message: string): StartError {
  return new StartError({ code: "START_USAGE", option }, message);
}
