/**
 * Every command the README tells people to type exists: `npm NAME`, `npm run NAME`, and the first word after `cairn`.
 * Must not run a command; it reads package.json and the names in `trainer/src/cli/commands`.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type CheckResult, reportFaults } from "./reportFaults.ts";

/** What npm does by itself, without a script of ours. */
const BUILT_IN = new Set(["ci", "install", "exec", "ls", "help"]);

/** Code in backquotes and in fenced blocks: where a README's commands stand. */
const CODE = /```[\s\S]*?```|`[^`\n]+`/g;
const NPM_SCRIPT = /\bnpm (?:--?[\w-]+ )*(?:(run) )?([a-z][\w:-]*)/g;
const CAIRN_COMMAND = /(?:^|[\s`(])(?:npx )?cairn (?:-- )?([a-z][a-z-]*)/gm;

/** Checks README.md below `root`. */
export function checkCommandsInReadme(root: string): CheckResult {
  const readme = join(root, "README.md");
  if (!existsSync(readme)) return { checked: 0, faults: [] };
  const code = (readFileSync(readme, "utf8").match(CODE) ?? []).join("\n");
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const npm = [...code.matchAll(NPM_SCRIPT)].map(([, run, name = ""]) => ({ run, name }));
  const cairn = [...code.matchAll(CAIRN_COMMAND)].map(([, name = ""]) => name);
  const commands = new Set(globSync("trainer/src/cli/commands/*", { cwd: root }).map((path) => basename(path, ".ts")));

  const lacking = npm.filter(({ run, name }) => !(name in scripts) && (run !== undefined || !BUILT_IN.has(name)));
  const unknown = cairn.filter((name) => !commands.has(name));
  return {
    checked: npm.length + cairn.length,
    faults: [
      ...lacking.map(({ name }) => `README.md: npm has no script "${name}"`),
      ...unknown.map((name) => `README.md: cairn has no command "${name}"`),
    ],
  };
}

if (import.meta.main) {
  const { checked, faults } = checkCommandsInReadme(".");
  reportFaults("the README's commands exist", checked, faults);
}
