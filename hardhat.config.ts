/** Compiler, networks and test runners. Must not hold keys or public RPC addresses. */
import { createRequire } from "node:module";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatIgnitionEthers from "@nomicfoundation/hardhat-ignition-ethers";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

/** More or fewer random tests than CI: a fraction where a quick answer is wanted. `npm run test:nightly` plays CI's ten times. */
const factor = Number(process.env.CAIRN_TEST_FACTOR ?? 1);
const scaled = (runs: number): number => Math.max(1, Math.ceil(runs * factor));

/** Campaigns of 128 calls; those of FLContract cost more than all fuzzing, so CI plays a quarter of its share. */
const campaigns = factor === 1 ? 64 : scaled(256);

/** Compiles in a third of the time, to code that is too large and costs too much gas: for planted faults alone. */
const isUnoptimised = process.env.CAIRN_TEST_UNOPTIMISED === "1";

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatIgnitionEthers, hardhatMocha, hardhatNetworkHelpers],
  solidity: {
    version: "0.8.37",
    path: require.resolve("solc/soljson.js"), // the compiler npm ships: nothing is downloaded
    settings: { optimizer: { enabled: !isUnoptimised, runs: 200 }, evmVersion: "cancun" },
  },
  networks: {
    default: { type: "edr-simulated", allowUnlimitedContractSize: isUnoptimised },
    // What `hardhat node` serves: every transaction mined at once, and a block every 250 ms so that the seed's target
    // block comes without anybody sending anything. Same-second blocks keep block.timestamp on the wall clock.
    node: {
      type: "edr-simulated",
      chainType: "l1",
      chainId: 31337,
      allowBlocksWithSameTimestamp: true,
      mining: { auto: true, interval: 250 },
    },
    // A client that somebody else started: `hardhat --network external test mocha`, see scripts/contracts/clients/anvil.ts.
    external: { type: "http", chainType: "l1", url: process.env.CAIRN_TEST_RPC_URL ?? "http://127.0.0.1:8545" },
  },
  paths: { tests: { solidity: "test/contracts", mocha: "test/contracts" } },
  test: {
    mocha: { timeout: 60_000, bail: isUnoptimised },
    solidity: {
      fuzz: { runs: scaled(10_000), seed: process.env.CAIRN_TEST_SEED ?? "0x01" },
      invariant: { runs: campaigns, depth: 128, failOnRevert: true },
    },
  },
});
