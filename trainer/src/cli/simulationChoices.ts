/** The `simulation` block of a plan file: who trains beside the task's own places, who is bad, how slow the network is. */
import { type Fields, readFields } from "../engine/fields.ts";
import type { Attack, AttackKind, NetworkModel } from "../simulation/scenario.ts";
import type { DocumentFile } from "./documentFile.ts";
import { planError } from "./training/soloPlan.ts";

export interface SimulationChoices {
  /** @default the task's trainers */
  readonly trainers?: number;
  /** @default all */
  readonly perRound?: number;
  readonly dropout?: number;
  /** @default 1 */
  readonly evaluateEvery?: number;
  /** Measure at the end what each trainer of the last round was worth. @default false */
  readonly contribution?: boolean;
  readonly attack?: Attack;
  readonly network?: NetworkModel;
}

const FIELDS = ["trainers", "perRound", "dropout", "evaluateEvery", "contribution", "attack", "network"];
const NETWORK_FIELDS = [
  ["stepSeconds", "upMbps", "downMbps", "latencySeconds", "spread"],
  ["stragglers", "deadlineSeconds", "late"],
].flat();
const ATTACK_FIELDS = {
  labelFlip: [],
  signFlip: ["factor"],
  scaled: ["factor"],
  gaussian: ["deviation"],
  alie: ["z"],
  ipm: ["epsilon"],
  minMax: [],
  minSum: [],
  backdoor: ["target", "share", "factor"],
  freeRider: [],
  copy: [],
} as const satisfies Record<AttackKind, readonly string[]>;
const ATTACK_KINDS = Object.keys(ATTACK_FIELDS) as readonly AttackKind[];

/** @throws {CliError} `CLI_PLAN_MALFORMED` with the line of the field */
export function readSimulation(document: DocumentFile, value: unknown): SimulationChoices {
  const refuse = (field: string, problem: string) => planError(document, field, problem);
  const fields = readFields(value, "$.simulation", refuse);
  fields.only(FIELDS);
  const { has } = fields;
  const choices: SimulationChoices = {
    ...(has("trainers") ? { trainers: fields.integer("trainers", 1, 2 ** 31) } : {}),
    ...(has("perRound") ? { perRound: fields.integer("perRound", 1, 2 ** 31) } : {}),
    ...(has("dropout") ? { dropout: share(fields, "dropout") } : {}),
    ...(has("evaluateEvery") ? { evaluateEvery: fields.integer("evaluateEvery", 1, 1_000_000) } : {}),
    ...(has("contribution") ? { contribution: fields.flag("contribution") } : {}),
    ...(has("attack") ? { attack: readAttack(fields.object("attack")) } : {}),
    ...(has("network") ? { network: readNetwork(fields.object("network")) } : {}),
  };
  const { trainers, perRound, attack } = choices;
  if (trainers !== undefined && perRound !== undefined && perRound > trainers) {
    throw refuse("$.simulation.perRound", `is above the ${trainers} trainers that there are`);
  }
  if (trainers !== undefined && attack !== undefined && attack.count > trainers) {
    throw refuse("$.simulation.attack.count", `is above the ${trainers} trainers that there are`);
  }
  return choices;
}

function readAttack(fields: Fields): Attack {
  const kind = fields.word("kind", ATTACK_KINDS);
  fields.only(["count", ...ATTACK_FIELDS[kind]]);
  const count = fields.integer("count", 0, 2 ** 31);
  const number = (name: string, otherwise: number): number =>
    fields.has(name) ? fields.float(name, "above 0", (found) => found > 0) : otherwise;
  switch (kind) {
    case "signFlip":
      return { kind, count, factor: number("factor", 1) };
    case "scaled":
      return { kind, count, factor: number("factor", 10) };
    case "gaussian":
      return { kind, count, deviation: number("deviation", 0.1) };
    case "alie":
      return { kind, count, z: number("z", 1.5) };
    case "ipm":
      return { kind, count, epsilon: number("epsilon", 0.1) };
    case "backdoor": {
      const target = fields.integer("target", 0, 65_535);
      return { kind, count, target, share: number("share", 0.5), factor: number("factor", 1) };
    }
    case "labelFlip":
    case "minMax":
    case "minSum":
    case "freeRider":
    case "copy":
      return { kind, count };
    default:
      return kind satisfies never;
  }
}

function readNetwork(fields: Fields): NetworkModel {
  fields.only(NETWORK_FIELDS);
  const number = (name: string, otherwise: number): number =>
    fields.has(name) ? fields.float(name, "from 0 on", (found) => found >= 0) : otherwise;
  const above = (name: string, otherwise: number): number =>
    fields.has(name) ? fields.float(name, "above 0", (found) => found > 0) : otherwise;
  const slow = fields.has("stragglers") ? fields.object("stragglers") : undefined;
  slow?.only(["share", "slowdown"]);
  return {
    stepSeconds: number("stepSeconds", 0.01),
    upMbps: above("upMbps", 10),
    downMbps: above("downMbps", 50),
    latencySeconds: number("latencySeconds", 0.05),
    spread: number("spread", 0),
    stragglers: slow === undefined ? NO_STRAGGLERS : { share: share(slow, "share"), slowdown: slowdownOf(slow) },
    deadlineSeconds: number("deadlineSeconds", 0),
    late: fields.has("late") ? fields.word("late", ["drop", "fewerSteps"]) : "drop",
  };
}

const NO_STRAGGLERS = { share: 0, slowdown: 1 };

function slowdownOf(fields: Fields): number {
  return fields.float("slowdown", "from 1 on", (found) => found >= 1);
}

function share(fields: Fields, name: string): number {
  return fields.float(name, "from 0 to below 1", (found) => found >= 0 && found < 1);
}
