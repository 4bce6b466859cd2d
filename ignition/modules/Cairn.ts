/** Deploys the five contracts with their libraries and wires their roles. Must not know any network. */
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { keccak256, toUtf8Bytes } from "ethers";

const SLASHER_ROLE = keccak256(toUtf8Bytes("SLASHER_ROLE"));
const USAGE_ROLE = keccak256(toUtf8Bytes("USAGE_ROLE"));

export default buildModule("Cairn", (m) => {
  const admin = m.getParameter("admin", m.getAccount(0));
  const cairnToken = m.contract("CairnToken", [admin, m.getParameter("supplyWei")]);
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
  };
  const libraries = {
    Committee: m.library("Committee"),
    Faults: m.library("Faults"),
    RoundClosing: m.library("RoundClosing"),
    TaskRules: m.library("TaskRules"),
  };
  const flContract = m.contract("FLContract", [cairnToken, nodeRegistry, modelRegistry, dataRegistry, limits], {
    libraries,
  });

  m.call(nodeRegistry, "grantRole", [SLASHER_ROLE, flContract]);
  m.call(dataRegistry, "grantRole", [USAGE_ROLE, flContract]);
  return { cairnToken, nodeRegistry, modelRegistry, dataRegistry, flContract };
});
