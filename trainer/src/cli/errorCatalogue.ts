/**
 * Every code that `cairn` can print, with what it means, what to do, and the exit code. Pure, offline.
 *
 * Exhaustive by types: each part satisfies `Record<Code, Entry>` for its module's union, so a new code without a row does
 * not compile. A test greps the sources as well.
 */
import { chainErrors, networkErrors } from "./catalogue/chainErrors.ts";
import { cliErrors, configErrors, keystoreErrors } from "./catalogue/cliErrors.ts";
import { contractErrors } from "./catalogue/contractErrors.ts";
import { dataErrors } from "./catalogue/dataErrors.ts";
import { disputeErrors } from "./catalogue/disputeErrors.ts";
import { computeErrors, engineErrors, learningErrors, simulationErrors } from "./catalogue/engineErrors.ts";
import type { Entry } from "./catalogue/entry.ts";
import { healthErrors } from "./catalogue/healthErrors.ts";
import { interchangeErrors } from "./catalogue/interchangeErrors.ts";
import { nodeErrors } from "./catalogue/nodeErrors.ts";
import { protocolErrors } from "./catalogue/protocolErrors.ts";
import { relayErrors } from "./catalogue/relayErrors.ts";

/** In the order in which `cairn errors` lists them. */
export const CATALOGUE: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  "Command line": cliErrors,
  Configuration: configErrors,
  Keystore: keystoreErrors,
  Chain: chainErrors,
  Contracts: contractErrors,
  Network: networkErrors,
  Node: nodeErrors,
  Health: healthErrors,
  Relay: relayErrors,
  Disputes: disputeErrors,
  Data: dataErrors,
  Engine: { ...engineErrors, ...computeErrors },
  Interchange: interchangeErrors,
  Learning: learningErrors,
  Protocol: protocolErrors,
  Simulation: simulationErrors,
};

/** @returns the row of `code`; `undefined` when there is none. */
export function explain(code: string): Entry | undefined {
  for (const rows of Object.values(CATALOGUE)) if (Object.hasOwn(rows, code)) return rows[code];
  return undefined;
}

/** @returns every code there is. */
export function allCodes(): string[] {
  return Object.values(CATALOGUE).flatMap((rows) => Object.keys(rows));
}
