/** Proves that the check of the README's commands fails on commands that do not exist. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkCommandsInReadme } from "./commandsInReadme.ts";
import { plantTree } from "./plantedTree.fixture.ts";

function check(readme: string): ReturnType<typeof checkCommandsInReadme> {
  return checkCommandsInReadme(
    plantTree({
      "README.md": readme,
      "package.json": JSON.stringify({ scripts: { start: "", test: "", cairn: "", "bench:engine": "" } }),
      "trainer/src/cli/commands/init.ts": "",
      "trainer/src/cli/commands/node/start.ts": "",
    }),
  );
}

describe("checkCommandsInReadme", () => {
  it("accepts scripts, npm's own commands and the command line's", () => {
    const code =
      "```sh\nnpm ci\nnpm start -- --rounds 3\nnpm run bench:engine\nnpx cairn node start\nnpm run cairn -- init\n```";
    assert.deepEqual(check(`Use \`cairn init\`.\n${code}\n`), { checked: 7, faults: [] });
  });

  it("takes prose for prose", () => {
    assert.deepEqual(check("npm runs it; a cairn is a pile of stones. `npm test` proves it.").faults, []);
  });

  it("finds a script that does not exist", () => {
    const { faults } = check("```\nnpm run bench\n```\nand `npm publish` and `npm run ci`");
    assert.deepEqual(
      faults,
      ["bench", "publish", "ci"].map((name) => `README.md: npm has no script "${name}"`),
    );
  });

  it("finds a command that does not exist, also one named after a sub-command", () => {
    const { faults } = check("`cairn destroy`, `npx cairn start`");
    assert.deepEqual(
      faults,
      ["destroy", "start"].map((name) => `README.md: cairn has no command "${name}"`),
    );
  });
});
