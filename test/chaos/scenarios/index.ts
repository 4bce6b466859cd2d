/** Every scenario there is. */
import type { Scenario } from "../scenario.ts";
import { CLOCK_FAULTS } from "./clock.ts";
import { CRASHES } from "./crash.ts";
import { DISK_FAULTS } from "./disk.ts";
import { FREEZES } from "./freeze.ts";
import { POOLED } from "./pool.ts";
import { REORGS } from "./reorg.ts";
import { RPC_FAULTS } from "./rpc.ts";
import { TRANSACTION_FAULTS } from "./transactions.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...CRASHES,
  ...DISK_FAULTS,
  ...POOLED,
  ...TRANSACTION_FAULTS,
  ...FREEZES,
  ...RPC_FAULTS,
  ...REORGS,
  ...CLOCK_FAULTS,
];
