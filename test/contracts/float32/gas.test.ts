/**
 * Binary32 in Solidity stays as cheap as the table in README.md says, and as the dispute game needs it.
 *
 * CAIRN_PRINT_GAS=1 prints the table, CAIRN_UPDATE_GAS=1 writes it.
 */
import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { describe, it } from "mocha";
import { formatGasTable, measureFloat32Gas } from "./gas.ts";

/** One instruction of the dispute game's machine. Unit: gas. */
const OPERATION_GOAL = 2_000;
/** What 150,000 gas leave when paths to a leaf's operands take 40,000. Unit: gas. */
const FUNCTION_GOAL = 110_000;
const SINGLE = ["add", "subtract", "multiply", "divide", "squareRoot"];

const README = new URL("README.md", import.meta.url);
const TABLE = /^\| operation [\s\S]*?(?=\n\n|\n$)/m;

describe("gas of binary32", () => {
  it("is within the game's goals and what the table says", async () => {
    const measured = await measureFloat32Gas();
    const table = formatGasTable(measured);
    if (process.env.CAIRN_PRINT_GAS !== undefined) process.stdout.write(`${table}\n`);
    for (const { name, most } of measured) {
      expect(most, name).to.be.at.most(SINGLE.includes(name) ? OPERATION_GOAL : FUNCTION_GOAL);
    }
    const text = await readFile(README, "utf8");
    if (process.env.CAIRN_UPDATE_GAS !== undefined) await writeFile(README, text.replace(TABLE, table));
    else expect(TABLE.exec(text)?.[0], "run this test with CAIRN_UPDATE_GAS=1").to.equal(table);
  }).timeout(120_000);
});
