/**
 * Deploys everything, then gives the administrator's role to another account and takes it from the deployer.
 *
 * Whoever deploys needs the role for a few blocks, to wire the contracts. It is renounced only once it is handed over.
 * Must not know any network.
 */
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { ZeroHash } from "ethers";
import CairnModule from "./Cairn.ts";

/** `AccessControl.DEFAULT_ADMIN_ROLE`. */
const ADMIN_ROLE = ZeroHash;

export default buildModule("CairnHandover", (m) => {
  const contracts = m.useModule(CairnModule);
  const admin = m.getParameter("admin");
  const { nodeRegistry, dataRegistry } = contracts;
  for (const [name, registry] of Object.entries({ NodeRegistry: nodeRegistry, DataRegistry: dataRegistry })) {
    // Ignition runs all of a submodule before what uses any of it: the contracts are wired by now.
    const given = m.call(registry, "grantRole", [ADMIN_ROLE, admin], { id: `give${name}` });
    m.call(registry, "renounceRole", [ADMIN_ROLE, m.getAccount(0)], { id: `leave${name}`, after: [given] });
  }
  return contracts;
});
