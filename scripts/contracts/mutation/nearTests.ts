/** Which tests a fault is likeliest to fail: they run first, and alone as long as they fail. Must not be relied on to pass. */
import { globSync, readFileSync } from "node:fs";

/** For files that no test imports: whoever exercises them through FLContract. What is missing here costs time only. */
const THROUGH_FLCONTRACT: Readonly<Record<string, readonly RegExp[]>> = {
  "unit/Audit.t.sol": [/FLAudit/, /Verdict/, /CommitteeSeed/, /FLTransitions/],
  "unit/Committee.t.sol": [/FLAggregation/, /Aggregates/, /Committee/, /RoundClosing/, /Earnings/, /RoundViews/],
  "unit/NodeRegistry.t.sol": [/NodeRegistry/, /Identities/, /Reputation/],
  "unit/Tasks.t.sol": [/FLTasks/, /TaskRules/, /FLState/, /RoundOpening/, /Registry/],
  "unit/Training.t.sol": [/FLTraining/, /Updates/, /Enrolments/, /RoundMachine/, /RoundOpening/],
  "unit/Batches.t.sol": [/FLRelay/, /Batches/],
  "unit/BatchSettling.t.sol": [/FLRelay/, /Batches/],
  "abuse/Stake.t.sol": [/Faults/, /Enrolments/],
  "cohorts/Cohorts.t.sol": [/Cohort/, /ModelRegistry/],
  "cohorts/Create.t.sol": [/CohortGroups/, /ModelRegistry/],
  "cohorts/Retire.t.sol": [/Cohorts/],
  "abuse/Cohorts.t.sol": [/Cohort/],
  "abuse/RoundReports.t.sol": [/RoundReports/],
};

/** @param file such as `contracts/libraries/Faults.sol`. @returns test files, perhaps none */
export function nearTests(file: string): readonly string[] {
  const importPath = new RegExp(`/${file}"`);
  return globSync("test/contracts/**/*.t.sol")
    .filter((test) => {
      const patterns = THROUGH_FLCONTRACT[test.replace(/^test\/contracts\//, "")] ?? [];
      return patterns.some((pattern) => pattern.test(file)) || importPath.test(readFileSync(test, "utf8"));
    })
    .filter((test) => !/invariant|gas/i.test(test))
    .sort();
}
