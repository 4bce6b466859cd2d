/** Deploys the contracts with their libraries and wires their roles. Must not know any network. */
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { keccak256, toUtf8Bytes } from "ethers";

const SLASHER_ROLE = keccak256(toUtf8Bytes("SLASHER_ROLE"));
const TASK_ROLE = keccak256(toUtf8Bytes("TASK_ROLE"));
const USAGE_ROLE = keccak256(toUtf8Bytes("USAGE_ROLE"));

export default buildModule("Cairn", (m) => {
  const admin = m.getAccount(0); // wires the contracts below; CairnHandover gives the role away
  const holder = m.getParameter("holder", m.getAccount(0)); // of the whole supply
  const cairnToken = m.contract("CairnToken", [holder, m.getParameter("supplyWei")]);
  const nodeRegistry = m.contract("NodeRegistry", [
    cairnToken,
    m.getParameter("epochSeconds"),
    m.getParameter("unbondingSeconds"),
    admin,
  ]);
  const modelRegistry = m.contract("ModelRegistry");
  const dataRegistry = m.contract("DataRegistry", [admin]);

  const limits = {
    minPhaseSeconds: m.getParameter("minPhaseSeconds"),
    maxPhaseSeconds: m.getParameter("maxPhaseSeconds"),
    minChallengeSeconds: m.getParameter("minChallengeSeconds"),
    minSeedDelayBlocks: m.getParameter("minSeedDelayBlocks"),
    maxSeedDelayBlocks: m.getParameter("maxSeedDelayBlocks"),
    maxCommitteeSize: m.getParameter("maxCommitteeSize"),
    blockSeconds: m.getParameter("blockSeconds"),
    reportSeconds: m.getParameter("reportSeconds"),
    minAuditSeconds: m.getParameter("minAuditSeconds"),
    minCommitteeSize: m.getParameter("minCommitteeSize"),
    minQuorum: m.getParameter("minQuorum"),
    seatStakeWei: m.getParameter("seatStakeWei"),
  };
  const faults = m.library("Faults");
  const libraries = {
    Aggregates: m.library("Aggregates"),
    Batches: m.library("Batches", { libraries: { Faults: faults } }),
    Committee: m.library("Committee"),
    Disputes: m.library("Disputes"),
    Earnings: m.library("Earnings"),
    Enrolments: m.library("Enrolments", { libraries: { Faults: faults } }),
    Faults: faults,
    RoundClosing: m.library("RoundClosing"),
    RoundOpening: m.library("RoundOpening"),
    RoundViews: m.library("RoundViews"),
    TaskRules: m.library("TaskRules"),
    Verdicts: m.library("Verdicts"),
  };
  const flContract = m.contract("FLContract", [cairnToken, nodeRegistry, modelRegistry, dataRegistry, limits], {
    libraries,
  });

  const disputeLimits = {
    clockSeconds: m.getParameter("clockSeconds"),
    extensionSeconds: m.getParameter("extensionSeconds"),
    bondWei: m.getParameter("bondWei"),
  };
  const [machine, tail] = [m.library("DisputeMachine"), m.library("Sha256Tail")];
  const disputeGame = m.contract(
    "DisputeGame",
    [cairnToken, nodeRegistry, modelRegistry, dataRegistry, flContract, disputeLimits],
    { libraries: { DisputeMachine: machine, DisputeReads: m.library("DisputeReads"), Sha256Tail: tail } },
  );
  const reads = m.library("AggregateReads", { libraries: { Sha256Tail: tail } });
  const aggregateGame = m.contract(
    "AggregateGame",
    [cairnToken, nodeRegistry, modelRegistry, flContract, disputeLimits],
    { libraries: { DisputeMachine: machine, AggregateReads: reads, Sha256Tail: tail } },
  );

  const cohorts = m.contract("Cohorts", [modelRegistry, flContract]);
  const roundReports = m.contract("RoundReports", [flContract]);

  m.call(nodeRegistry, "grantRole", [SLASHER_ROLE, flContract], { id: "grantSlasher" });
  m.call(nodeRegistry, "grantRole", [SLASHER_ROLE, disputeGame], { id: "grantGame" });
  m.call(nodeRegistry, "grantRole", [SLASHER_ROLE, aggregateGame], { id: "grantAggregateGame" });
  m.call(nodeRegistry, "grantRole", [TASK_ROLE, flContract], { id: "grantTask" });
  m.call(dataRegistry, "grantRole", [USAGE_ROLE, flContract]);
  const registries = { cairnToken, nodeRegistry, modelRegistry, dataRegistry };
  return { ...registries, flContract, disputeGame, aggregateGame, cohorts, roundReports };
});
