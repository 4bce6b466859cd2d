/**
 * The file that `cairn task create --file` takes, read and written. Pure.
 *
 * The form and the text are two views of one {@link TaskFile}: what is written is read back the same, and keys that the form
 * has no field for stay as they were.
 */

/** Keys that the form has fields for, in the order in which they are written. */
export const FORM_KEYS = {
  data: "text",
  model: "text",
  modelName: "text",
  rounds: "number",
  trainers: "number",
  minTrainers: "number",
  committee: "number",
  quorum: "number",
  reward: "amount",
  verdictReward: "amount",
  minStake: "amount",
  batch: "number",
  localEpochs: "number",
  learningRate: "number",
  momentum: "number",
  partition: "text",
  seed: "number",
  phaseSeconds: "number",
} as const satisfies Record<string, "text" | "number" | "amount">;

export type FormKey = keyof typeof FORM_KEYS;

/** Keys that the file may have and the form has no field for. */
export const OTHER_KEYS = ["optimiser", "aggregation", "compression", "localSteps"] as const;

/** Values as the file has them; amounts as decimal text. */
export type TaskFile = Readonly<Partial<Record<FormKey, string | number>>> &
  Readonly<Partial<Record<(typeof OTHER_KEYS)[number], unknown>>>;

export type FileProblem =
  | { readonly code: "notJson"; readonly detail: string }
  | { readonly code: "notAnObject" }
  | { readonly code: "tooLong" }
  | { readonly code: "unknownKey"; readonly key: string }
  | { readonly code: "wrongKind"; readonly key: string; readonly kind: "text" | "number" | "amount" };

/** Unit: characters. A task file has some hundred. */
const MAX_LENGTH = 65_536;

/** @returns the file that `text` spells, or the first thing that is wrong with it. */
export function parseTaskFile(text: string): { readonly file: TaskFile } | { readonly problem: FileProblem } {
  if (text.length > MAX_LENGTH) return { problem: { code: "tooLong" } };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: { code: "notJson", detail: error instanceof Error ? error.message : "" } };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { problem: { code: "notAnObject" } };
  const entries = Object.entries(value).filter(([key]) => key !== "$schema");
  for (const [key, field] of entries) {
    if ((OTHER_KEYS as readonly string[]).includes(key)) continue;
    if (!Object.hasOwn(FORM_KEYS, key)) return { problem: { code: "unknownKey", key } };
    const kind = FORM_KEYS[key as FormKey];
    if (!isOfKind(field, kind)) return { problem: { code: "wrongKind", key, kind } };
  }
  return { file: Object.fromEntries(entries) as TaskFile };
}

function isOfKind(value: unknown, kind: "text" | "number" | "amount"): boolean {
  if (kind === "text") return typeof value === "string";
  if (kind === "number") return typeof value === "number" && Number.isFinite(value);
  return isAmount(String(value)) && (typeof value === "string" || typeof value === "number");
}

/** As the command line reads CAIRN: digits, a point, at most 18 digits after it. */
export function isAmount(text: string): boolean {
  return /^\d{1,30}(\.\d{1,18})?$/.test(text);
}

/** @returns the file's text, keys in the form's order, empty fields left out. */
export function printTaskFile(file: TaskFile): string {
  const keys: readonly string[] = [...Object.keys(FORM_KEYS), ...OTHER_KEYS];
  const fields = keys
    .filter((key) => Object.hasOwn(file, key))
    .map((key) => [key, file[key as keyof TaskFile]] as const)
    .filter(([, value]) => value !== undefined && value !== "");
  return `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
}

/** @returns `file` with a form's field changed: numbers as numbers, an emptied field gone. */
export function withField(file: TaskFile, key: FormKey, text: string): TaskFile {
  const { [key]: _, ...rest } = file;
  if (text.trim() === "") return rest;
  const isNumber = FORM_KEYS[key] === "number" && text.trim() !== "" && Number.isFinite(Number(text));
  return { ...rest, [key]: isNumber ? Number(text) : text };
}

export const DEFAULT_FILE: TaskFile = {
  data: "glyphs",
  model: "mlp:128",
  modelName: "",
  rounds: 10,
  trainers: 4,
  committee: 3,
  reward: "1",
  verdictReward: "0.5",
  batch: 32,
  localEpochs: 2,
  learningRate: 0.05,
  momentum: 0.9,
  partition: "iid",
  phaseSeconds: 300,
};
