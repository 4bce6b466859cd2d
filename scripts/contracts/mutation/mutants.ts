/** Small faults that could be made in a Solidity file, found in its text. Must not touch a file. */
import { createHash } from "node:crypto";

export interface Mutant {
  /** Stays the same while the line does, wherever it moves. */
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  /** Unit: characters from the start of the file. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

interface Operator {
  readonly name: string;
  /** Matches in the text without comments and strings. */
  readonly pattern: RegExp;
  readonly replace: (match: string) => string;
}

const RELATIONS: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "==": "!=",
  "!=": "==",
};
const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "/",
  "+=": "-=",
  "-=": "+=",
};
const LOGIC: Readonly<Record<string, string>> = { "&&": "||", "||": "&&" };
const BITS: Readonly<Record<string, string>> = {
  "&": "|",
  "|": "&",
  "^": "&",
  "<<": ">>",
  ">>": "<<",
  "|=": "&=",
  "&=": "|=",
};

const OPERATORS: readonly Operator[] = [
  swap("relation", RELATIONS),
  swap("arithmetic", ARITHMETIC),
  swap("logic", LOGIC),
  swap("bits", BITS),
  { name: "drop require", pattern: /^ +require\([^;]*?\);$/gm, replace: () => "" },
  {
    // An assignment, a deletion, an event or a call that stands alone; declarations must stay, or nothing compiles.
    name: "drop statement",
    pattern:
      /^ +(?:(?:[\w.]|\[[^\]\n]*\])+ (?:[-+|&^]|<<|>>)?= [^;\n]*|delete [^;\n]*|emit [^;\n]*|[\w.]+\([^;\n]*\)|[\w.[\]]+(?:\+\+|--));$/gm,
    replace: () => "",
  },
  { name: "negate if", pattern: /(?<=\bif )\((?:[^()\n]|\([^()\n]*\))*\)/g, replace: (condition) => `(!${condition})` },
  {
    name: "constant",
    pattern: /(?<=\bconstant [A-Z_]+ = )\d[\d_]*(?=;)/g,
    replace: (n) => String(Number(n.replaceAll("_", "")) + 1),
  },
  { name: "flip", pattern: /\b(?:true|false)\b/g, replace: (word) => (word === "true" ? "false" : "true") },
];

/** Every fault of the operators that `text` has a place for, in order of place. */
export function findMutants(file: string, text: string): readonly Mutant[] {
  const code = blank(text);
  const seen = new Map<string, number>();
  const found = OPERATORS.flatMap(({ name, pattern, replace }) =>
    [...code.matchAll(pattern)].flatMap((match) => {
      if (/^ *(require|return|revert|import|pragma|using|event|error)\b/.test(match[0]) && name === "drop statement") {
        return [];
      }
      const [start, end] = [match.index, match.index + match[0].length];
      const before = text.slice(start, end);
      return [{ file, operator: name, start, end, before, after: replace(before) }];
    }),
  );
  return found
    .sort((a, b) => a.start - b.start)
    .map((mutant) => {
      const lineStart = text.lastIndexOf("\n", mutant.start) + 1;
      const context = text.slice(lineStart, mutant.end).trim();
      const key = `${file}|${mutant.operator}|${context}`;
      const copies = seen.get(key) ?? 0;
      seen.set(key, copies + 1);
      const id = createHash("sha256").update(`${key}|${copies}`).digest("hex").slice(0, 10);
      return { id, ...mutant, line: text.slice(0, mutant.start).split("\n").length + leadingLines(mutant.before) };
    });
}

/** The file with one fault in it. */
export function applyMutant(text: string, { start, end, after }: Mutant): string {
  return text.slice(0, start) + after + text.slice(end);
}

/**
 * About `count` of them, the same ones each time: from each file its share, at least two, one kind of fault after the other.
 * Within a kind ids decide, which are as good as random; with which kind a file begins, its own name does.
 */
export function sample(mutants: readonly Mutant[], count: number): readonly Mutant[] {
  const files = Map.groupBy(mutants, ({ file }) => file);
  return [...files].flatMap(([file, all]) => {
    const share = Math.max(2, Math.round((count * all.length) / mutants.length));
    const byId = all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const kinds = [...Map.groupBy(byId, ({ operator }) => operator)].toSorted(
      ([a], [b]) => rank(file, a) - rank(file, b),
    );
    const turns = Math.max(0, ...kinds.map(([, each]) => each.length));
    const dealt = Array.from({ length: turns }, (_, turn) => kinds.flatMap(([, each]) => each[turn] ?? []));
    return dealt.flat().slice(0, share);
  });
}

function rank(file: string, operator: string): number {
  return createHash("sha256").update(`${file}|${operator}`).digest().readUInt32BE(0);
}

function swap(name: string, table: Readonly<Record<string, string>>): Operator {
  const tokens = Object.keys(table).map((token) => token.replace(/[|^*+/]/g, "\\$&"));
  const pattern = new RegExp(`(?<=[\\w)\\]] )(?:${tokens.sort((a, b) => b.length - a.length).join("|")})(?= )`, "g");
  return { name, pattern, replace: (token) => table[token] ?? token };
}

/** Comments and strings, character by character, become spaces, so that offsets stay. */
function blank(text: string): string {
  return text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, (part) => part.replace(/[^\n]/g, " "));
}

function leadingLines(text: string): number {
  return text.match(/^\n*/)?.[0].length ?? 0;
}
