/** Compiles our contracts as far as their NatSpec and ABI, which takes a second. Must not write anything. */
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly internalType?: string;
  readonly indexed?: boolean;
}

export interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: string;
}

/** What NatSpec says of one item: `notice` is for users, `details` is `@dev`. */
export interface Comment {
  readonly notice?: string;
  readonly details?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly returns?: Readonly<Record<string, string>>;
}

/** A contract, interface or library with all that is said of it. Keys of the records are signatures. */
export interface Documented {
  readonly name: string;
  readonly source: string;
  readonly title: string;
  readonly notice: string;
  readonly details: string;
  readonly abi: readonly AbiItem[];
  readonly comments: Readonly<Record<"methods" | "events" | "errors", Readonly<Record<string, Comment>>>>;
}

type Entries = Readonly<Record<string, Comment | readonly Comment[]>>;

interface Doc {
  readonly title?: string;
  readonly notice?: string;
  readonly details?: string;
  readonly methods?: Entries;
  readonly events?: Entries;
  readonly errors?: Entries;
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<
    Record<string, Readonly<Record<string, { abi: readonly AbiItem[]; userdoc: Doc; devdoc: Doc }>>>
  >;
}

/** Every contract, interface and library in the files that match `patterns`, in order of path. */
export function readNatSpec(patterns: readonly string[]): readonly Documented[] {
  const files = patterns.flatMap((pattern) => globSync(pattern).sort());
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string, callbacks: object): string };
  const sources = Object.fromEntries(files.map((file) => [file, { content: readFileSync(file, "utf8") }]));
  const outputSelection = { "*": { "*": ["abi", "userdoc", "devdoc"] } };
  const input = { language: "Solidity", sources, settings: { evmVersion: "cancun", outputSelection } };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readSource })) as Output;
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage);
  return files.flatMap((file) =>
    Object.entries(output.contracts?.[file] ?? {}).map(([name, { abi, userdoc, devdoc }]) => ({
      name,
      source: file,
      title: devdoc.title ?? name,
      notice: userdoc.notice ?? "",
      details: devdoc.details ?? "",
      abi,
      comments: {
        methods: merge(userdoc.methods, devdoc.methods),
        events: merge(userdoc.events, devdoc.events),
        errors: merge(userdoc.errors, devdoc.errors),
      },
    })),
  );
}

/** Errors come as lists, the rest plain; user and developer texts apart. */
function merge(user: Entries = {}, developer: Entries = {}): Readonly<Record<string, Comment>> {
  const first = (entry: Comment | readonly Comment[] | undefined): Comment =>
    (Array.isArray(entry) ? entry[0] : (entry as Comment | undefined)) ?? {};
  const keys = new Set([...Object.keys(user), ...Object.keys(developer)]);
  return Object.fromEntries([...keys].map((key) => [key, { ...first(user[key]), ...first(developer[key]) }]));
}

function readSource(path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(path.startsWith("@") ? `node_modules/${path}` : path, "utf8") };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
