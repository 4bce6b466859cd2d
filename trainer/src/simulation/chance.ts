/** Everything that chance decides in a simulation: functions of its seed, the round and the trainer's number. */
import { createHash } from "node:crypto";
import { createRandomStream, type RandomStream } from "../engine/philox.ts";
import { fillNormal } from "../learning/gamma.ts";
import { toHex } from "../protocol/hex.ts";
import { trainingSeed } from "../protocol/plan.ts";
import type { RoundSeeds, Scenario } from "./scenario.ts";

/** @returns `SHA-256("cairn.simulation.v1/" ‖ NAME ‖ "/" ‖ round ‖ seed)` under the names of both seeds. */
export function roundSeeds({ seed, roundSeeds: given }: Scenario, round: number): RoundSeeds {
  if (given !== undefined) return given(round);
  const named = (name: string) =>
    toHex(new Uint8Array(createHash("sha256").update(`cairn.simulation.v1/${name}/${round}`).update(seed).digest()));
  return { seed: named("round"), committeeSeed: named("committee") };
}

export function taskOf({ taskId = 1n }: Scenario): bigint {
  return taskId;
}

/** Slots of one task's seeds; trainers beyond them train under a neighbouring task's. */
const SLOTS = 0xffff;

/** @returns what keys the training of trainer `number`: the task's own seed for all that a task can have. */
export function seedOfTrainer(scenario: Scenario, seeds: RoundSeeds, round: number, number: number): Uint8Array {
  const task = taskOf(scenario) + (BigInt(Math.floor(number / SLOTS)) << 128n);
  return trainingSeed(seeds.seed, task, round, number % SLOTS);
}

/** @returns address of trainer `number`; ascending with the number where none are given. */
export function addressOf({ addresses }: Scenario, number: number): string {
  return addresses?.[number]?.toLowerCase() ?? `0x${(number + 1).toString(16).padStart(40, "0")}`;
}

/** @returns the numbers of the round's trainers, ascending by address. Cost: grows with those drawn, not with the pool. */
export function drawTrainers(scenario: Scenario, round: number): number[] {
  const { trainers, perRound, seed } = scenario;
  const drawn = perRound === trainers ? [...Array(trainers).keys()] : sample(seed, `trainers/${round}`, scenario);
  return scenario.addresses === undefined
    ? drawn.sort((left, right) => left - right)
    : drawn.sort((left, right) => (addressOf(scenario, left) < addressOf(scenario, right) ? -1 : 1));
}

/** Floyd's algorithm: `perRound` of `trainers` without replacement. */
function sample(seed: Uint8Array, name: string, { trainers, perRound }: Scenario): number[] {
  const stream = createRandomStream(seed, name);
  const chosen = new Set<number>();
  for (let last = trainers - perRound; last < trainers; last++) {
    const candidate = stream.nextBelow(last + 1);
    chosen.add(chosen.has(candidate) ? last : candidate);
  }
  return [...chosen];
}

/** @returns whether nobody hears of the trainer in this round. */
export function dropsOut({ dropout = 0, seed }: Scenario, round: number, number: number): boolean {
  return dropout > 0 && createRandomStream(seed, `dropout/${round}/${number}`).nextFloat() < dropout;
}

/** @returns the stream of one trainer's noise in one round. */
export function noiseStream({ seed }: Scenario, round: number, number: number): RandomStream {
  return createRandomStream(seed, `noise/${round}/${number}`);
}

/** @returns the trainer's own numbers of the network model: standard normals, and a uniform one last. */
export function traits({ seed }: Scenario, number: number): readonly [number, number, number, number] {
  const stream = createRandomStream(seed, `traits/${number}`);
  const normals = new Float32Array(3);
  fillNormal(stream, normals);
  return [normals[0]!, normals[1]!, normals[2]!, stream.nextFloat()];
}
