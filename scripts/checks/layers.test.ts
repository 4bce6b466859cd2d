/** Proves that the check of import directions sees every kind of import, each with a planted fault. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkLayers } from "./layers.ts";
import { plantTree } from "./plantedTree.fixture.ts";

const src = "trainer/src";

function faultsOf(files: Readonly<Record<string, string>>): readonly string[] {
  return checkLayers(plantTree(files)).faults;
}

describe("checkLayers", () => {
  it("finds nothing where all imports go down", () => {
    const root = plantTree({
      [`${src}/protocol/hex.ts`]: "export const a = 1;",
      [`${src}/engine/program.ts`]: 'import { a } from "../protocol/hex.ts";\nexport * from "./wasm/b.ts";',
      [`${src}/audit/replay.ts`]: 'import { train } from "../learning/localTraining.ts";',
      [`${src}/node/node.ts`]: 'import { b } from "../chain/task.ts";\nimport { readFile } from "node:fs/promises";',
      [`${src}/cli/main.ts`]: 'import { c } from "../node/node.ts";',
      "web/src/page.tsx": 'import { a } from "@cairn/trainer/protocol/hex";',
    });
    assert.deepEqual(checkLayers(root), { checked: 6, faults: [] });
  });

  const upward: readonly (readonly [string, string, string])[] = [
    ["protocol", "engine", 'import { a } from "../engine/a.ts";'],
    ["engine", "learning", "import type { A } from '../learning/a.ts';"],
    ["learning", "audit", 'export { a } from "../audit/a.ts";'],
    ["audit", "data", 'const a = await import("../data/a.ts");'],
    ["data", "chain", 'import "../chain/a.ts";'],
    ["network", "data", 'import a, { b } from "../data/a.ts";'],
    ["chain", "node", 'import {\n  a,\n} from "../node/a.ts";'],
    ["simulation", "node", 'import { a } from "../node/a.ts";'],
    ["node", "cli", 'import { a } from "../../src/cli/a.ts";'],
  ];
  for (const [part, target, text] of upward) {
    it(`finds ${part} importing ${target}`, () => {
      const [fault, ...others] = faultsOf({ [`${src}/${part}/x.ts`]: text });
      assert.deepEqual(others, [], "one fault");
      assert.match(
        fault ?? "none",
        new RegExp(`^${src}/${part}/x\\.ts: imports .*: ${part} may not import ${target}$`),
      );
    });
  }

  it("finds a built-in module of Node in a pure part and in a pure file of data", () => {
    const files = { [`${src}/engine/x.ts`]: 'import "node:fs";', [`${src}/data/idx.ts`]: 'import "fs";' };
    const fault = "it is pure and may not use Node";
    assert.deepEqual(faultsOf(files), [
      `${src}/data/idx.ts: imports fs: ${fault}`,
      `${src}/engine/x.ts: imports node:fs: ${fault}`,
    ]);
  });

  it("lets tests of a pure part use Node, but not import upwards", () => {
    const text = 'import { it } from "node:test";\nimport { a } from "../node/a.ts";';
    const faults = faultsOf({ [`${src}/engine/x.test.ts`]: text });
    assert.deepEqual(faults, [`${src}/engine/x.test.ts: imports ../node/a.ts: engine may not import node`]);
  });

  it("finds the trainer importing from the web, scripts or tests", () => {
    const fault = "the trainer imports nothing of web, scripts or test";
    for (const target of ["web/a.ts", "scripts/a.ts", "test/a.ts"]) {
      const specifier = `../../../${target}`;
      const faults = faultsOf({ [`${src}/cli/x.ts`]: `import "${specifier}";` });
      assert.deepEqual(faults, [`${src}/cli/x.ts: imports ${specifier}: ${fault}`]);
    }
  });

  it("finds the web importing a deep path of the trainer", () => {
    const fault = "the web imports sub-paths of @cairn/trainer only";
    assert.deepEqual(faultsOf({ "web/src/x.tsx": 'import "../../trainer/src/protocol/hex.ts";' }), [
      `web/src/x.tsx: imports ../../trainer/src/protocol/hex.ts: ${fault}`,
    ]);
  });

  it("finds a folder that is no part of the architecture", () => {
    const faults = faultsOf({ [`${src}/helpers/x.ts`]: 'import "../engine/a.ts";' });
    assert.deepEqual(faults, [`${src}/helpers/x.ts: imports ../engine/a.ts: helpers is no part of the architecture`]);
  });
});
