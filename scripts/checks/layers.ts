/**
 * Imports keep to the directions of the architecture, and the pure parts reach neither Node nor a library that does.
 *
 * Paths are compared as text, with TypeScript's own import scanner: side-effect, dynamic and type imports all count.
 * Must not resolve or load a module.
 */
import { globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix, sep } from "node:path";
import ts from "typescript";
import { type CheckResult, reportFaults } from "./reportFaults.ts";

const TRAINER = "trainer/src/";
const PACKAGE = "@cairn/trainer/";

/** The same in Node and in browsers: no clock, no randomness of their own, no I/O. */
const PURE = ["protocol", "engine", "interchange", "learning", "privacy", "audit"];
/** What touches the machine, the chain and the network; passed in to the roles. */
const ADAPTERS = ["compute", "data", "network", "chain"];

/** Each part of the trainer, and the parts it may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  engine: ["protocol"],
  interchange: ["protocol", "engine"],
  learning: ["protocol", "engine"],
  privacy: ["protocol", "engine", "learning"],
  audit: ["protocol", "engine", "learning"],
  compute: ["protocol", "engine"],
  data: ["protocol", "engine", "interchange", "learning"],
  network: ["protocol", "engine", "learning"],
  chain: ["protocol", "engine", "learning", "audit"],
  node: [...PURE, ...ADAPTERS],
  simulation: [...PURE, ...ADAPTERS],
  cli: [...PURE, ...ADAPTERS, "node", "simulation"],
};

const PURE_PARTS = new Set(PURE);

/** Files of `data` that a browser tab imports too. */
const PURE_DATA = new Set(
  ["glyphs", "manifest", "idx", "records", "dataset", "dataError"].map((name) => `${TRAINER}data/${name}.ts`),
);

/** Code that runs beside the code it is about, under Node: tests, their fixtures, and suites shared by several tests. */
const TEST_CODE = /\.(test|contract|fixture)\.ts$|\/testing\//;

/** Checks every TypeScript file of the trainer and the web below `root`. */
export function checkLayers(root: string): CheckResult {
  const exclude = (path: string): boolean => /(^|[\\/])(node_modules|\.next)$/.test(path);
  const found = globSync("{trainer,web}/**/*.{ts,tsx,mjs}", { cwd: root, exclude });
  const files = found.map((file) => file.replaceAll(sep, "/")).sort();
  const faults = files.flatMap((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
    return importedFiles.flatMap(({ fileName }) => {
      const fault = findFault(file, fileName);
      return fault === undefined ? [] : [`${file}: imports ${fileName}: ${fault}`];
    });
  });
  return { checked: files.length, faults };
}

function findFault(file: string, specifier: string): string | undefined {
  if (isBuiltin(specifier))
    return isPure(file) && !TEST_CODE.test(file) ? "it is pure and may not use Node" : undefined;
  const target = specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier;
  return file.startsWith("web/") ? findWebFault(target) : findTrainerFault(file, target);
}

function findWebFault(target: string): string | undefined {
  if (target.startsWith("trainer/") || target.startsWith(`${PACKAGE}src`) || /^(scripts|test)\//.test(target)) {
    return "the web imports sub-paths of @cairn/trainer only";
  }
  return undefined;
}

function findTrainerFault(file: string, target: string): string | undefined {
  if (/^(web|scripts|test)\//.test(target) || target.startsWith("@cairn/"))
    return "the trainer imports nothing of web, scripts or test";
  const [part, targetPart] = [partOf(file), partOf(target)];
  if (targetPart === undefined || part === targetPart) return undefined;
  if (part === undefined) return targetPart === "cli" ? undefined : "only the command line may be imported from here";
  if (!(part in MAY_IMPORT)) return `${part} is no part of the architecture`;
  return MAY_IMPORT[part]?.includes(targetPart) ? undefined : `${part} may not import ${targetPart}`;
}

function isPure(file: string): boolean {
  return PURE_PARTS.has(partOf(file) ?? "") || PURE_DATA.has(file);
}

/** `trainer/src/engine/wasm/x.ts` → `engine`; `undefined` outside the trainer's parts. */
function partOf(path: string): string | undefined {
  return path.startsWith(TRAINER) ? path.slice(TRAINER.length).split("/")[0] : undefined;
}

if (import.meta.main) {
  const { checked, faults } = checkLayers(".");
  reportFaults("imports keep to the directions of the architecture", checked, faults);
}
