/** Marks every branch of a Solidity file with a statement of its own, so that statement coverage counts branches. */
import { createRequire } from "node:module";

interface Node {
  readonly nodeType: string;
  /** `start:length:file`, in bytes. */
  readonly src: string;
  readonly [field: string]: unknown;
}

interface Edit {
  readonly at: number;
  readonly text: string;
  /** Of edits in one place, the higher goes first. */
  readonly rank: number;
}

type Sources = Readonly<Record<string, { readonly content: string }>>;

/** Ends the line that a marker makes; coverage is counted by lines. */
export const MARKER = "// branch of line ";

/** Every file with a marker in each arm of each `if`, and with each `require` turned into such an `if`. */
export function markBranches(sources: Sources, readImport: (path: string) => object): Readonly<Record<string, string>> {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string, callbacks: object): string };
  const settings = { evmVersion: "cancun", outputSelection: { "*": { "": ["ast"] } } };
  const input = JSON.stringify({ language: "Solidity", sources, settings });
  const output = JSON.parse(solc.compile(input, { import: readImport })) as {
    sources: Record<string, { ast: Node }>;
  };
  return Object.fromEntries(
    Object.entries(sources).map(([file, { content }]) => [file, mark(content, output.sources[file]?.ast)]),
  );
}

function mark(content: string, ast: Node | undefined): string {
  if (ast === undefined) throw new Error("the compiler gave no syntax tree");
  const bytes = Buffer.from(content);
  const edits: Edit[] = [];
  visit(ast, 0, (node, depth) => {
    if (node.nodeType === "IfStatement") markIf(node, depth, bytes, edits);
    else if (isRequire(node)) markRequire(node, bytes, edits, depth);
  });
  let [text, last] = ["", 0];
  for (const { at, text: added } of edits.sort((a, b) => a.at - b.at || b.rank - a.rank)) {
    text += bytes.subarray(last, at).toString() + added;
    last = at;
  }
  return text + bytes.subarray(last).toString();
}

function markIf(node: Node, depth: number, bytes: Buffer, edits: Edit[]): void {
  const marker = markerOf(node, bytes);
  const trueBody = node.trueBody as Node;
  const falseBody = node.falseBody as Node | null | undefined;
  wrap(trueBody, marker, depth, edits, bytes);
  if (falseBody === null || falseBody === undefined) {
    edits.push({ at: endOf(trueBody, bytes), text: ` else {${marker}}`, rank: depth - 0.5 });
  } else if (falseBody.nodeType !== "IfStatement") {
    wrap(falseBody, marker, depth, edits, bytes);
  }
}

/** The deeper a body, the later it opens and the sooner it closes among those that begin or end in one place. */
function wrap(body: Node, marker: string, depth: number, edits: Edit[], bytes: Buffer): void {
  const start = startOf(body);
  if (body.nodeType === "Block") {
    edits.push({ at: start + 1, text: marker, rank: -depth });
  } else {
    edits.push({ at: start, text: `{${marker}`, rank: -depth });
    edits.push({ at: endOf(body, bytes), text: "}", rank: depth });
  }
}

/** `require(condition, Error(…));` → `if (!(condition)) { revert Error(…); } else { }`, by edits around its parts. */
function markRequire(statement: Node, bytes: Buffer, edits: Edit[], depth: number): void {
  const [condition, error] = (statement.expression as Node & { arguments: readonly Node[] }).arguments;
  if (condition === undefined || error === undefined) return;
  const marker = markerOf(statement, bytes);
  const start = startOf(statement);
  const source = bytes.subarray(start, endOf(statement, bytes)).toString();
  const part = (node: Node): string => bytes.subarray(startOf(node), startOf(node) + lengthOf(node)).toString();
  // The old text stays as a comment, so that no offset moves.
  const replaced = `if (!(${flat(part(condition))})) {${marker}revert ${flat(part(error))}; } else {${marker}}`;
  edits.push({ at: start, text: `${replaced} /* `, rank: -depth - 1 });
  edits.push({ at: start + source.length, text: " */", rank: depth + 1 });
}

function isRequire(node: Node): boolean {
  const call = node.nodeType === "ExpressionStatement" ? (node.expression as Node) : undefined;
  const callee = call?.nodeType === "FunctionCall" ? (call.expression as Node & { name?: string }) : undefined;
  return callee?.name === "require" && (call as Node & { arguments: readonly Node[] }).arguments.length === 2;
}

function visit(value: unknown, depth: number, enter: (node: Node, depth: number) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, depth, enter);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  if ("nodeType" in value) enter(value as Node, depth);
  for (const child of Object.values(value)) visit(child, depth + 1, enter);
}

function markerOf(node: Node, bytes: Buffer): string {
  const line = bytes.subarray(0, startOf(node)).toString().split("\n").length;
  return `\nuint256(0); ${MARKER}${line}\n`;
}

/** A statement's range may leave its semicolon out. */
function endOf(node: Node, bytes: Buffer): number {
  const end = startOf(node) + lengthOf(node);
  return node.nodeType !== "Block" && bytes.subarray(end, end + 1).toString() === ";" ? end + 1 : end;
}

const startOf = ({ src }: Node): number => Number(src.split(":")[0]);
const lengthOf = ({ src }: Node): number => Number(src.split(":")[1]);
const flat = (text: string): string => text.replace(/\/\/[^\n]*/g, "").replace(/\s+/g, " ");
