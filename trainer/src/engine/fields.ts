/** Reads fields of untrusted JSON objects, so that parsers say which path is wrong. Knows no schema. */
import { nearest } from "./nearest.ts";

/** Makes the caller's coded error for a path and a problem with it. */
export type Refuse = (path: string, problem: string) => Error;

export interface Fields {
  readonly path: string;
  /** Whether the object has this field at all, for those that may be left out. */
  has(name: string): boolean;
  /** A whole number from `min` to `max`. */
  integer(name: string, min: number, max: number): number;
  /** A finite number accepted by `isAllowed`, rounded to binary32 once. */
  float(name: string, rule: string, isAllowed: (value: number) => boolean): number;
  /** One of the given words. */
  word<W extends string>(name: string, words: readonly W[]): W;
  /** `true` or `false`. */
  flag(name: string): boolean;
  /** An object; the caller ends it. */
  object(name: string): Fields;
  /** A list of at most `max` entries. */
  list(name: string, max: number): readonly unknown[];
  /** Refuses any field but these and those read before, and says which was meant: asked before others are missed. */
  only(names: readonly string[]): void;
  /** Refuses the object when it has a field that was never read. */
  end(): void;
}

/**
 * @param value what should be a plain object.
 * @param path how messages name it, for example `$.layers[2]`.
 * @param refuse makes the error that is thrown.
 */
export function readFields(value: unknown, path: string, refuse: Refuse): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(path, "is not an object");
  const object = value as { readonly [key: string]: unknown };
  const read = new Set<string>();
  const field = (name: string): unknown => {
    read.add(name);
    if (!Object.hasOwn(object, name)) throw refuse(`${path}.${name}`, "is missing");
    return object[name];
  };
  return {
    path,
    has: (name) => Object.hasOwn(object, name),
    integer(name, min, max) {
      const found = field(name);
      if (isInteger(found, min, max)) return found;
      throw refuse(`${path}.${name}`, `is not a whole number from ${min} to ${max}`);
    },
    float(name, rule, isAllowed) {
      const found = field(name);
      const rounded = typeof found === "number" ? Math.fround(found) : Number.NaN;
      if (Number.isFinite(rounded) && isAllowed(rounded)) return rounded;
      throw refuse(`${path}.${name}`, `is not a number ${rule}`);
    },
    word(name, words) {
      const found = words.find((word) => word === field(name));
      if (found !== undefined) return found;
      throw refuse(`${path}.${name}`, `is not one of ${words.join(", ")}`);
    },
    flag(name) {
      const found = field(name);
      if (typeof found === "boolean") return found;
      throw refuse(`${path}.${name}`, "is not true or false");
    },
    object: (name) => readFields(field(name), `${path}.${name}`, refuse),
    list(name, max) {
      const found = field(name);
      if (Array.isArray(found) && found.length <= max) return found;
      throw refuse(`${path}.${name}`, `is not a list of at most ${max} entries`);
    },
    only(names) {
      const known = [...read, ...names];
      for (const name of Object.keys(object))
        if (!known.includes(name)) throw refuse(`${path}.${name.slice(0, 40)}`, unknownField(name, known));
    },
    end() {
      for (const name of Object.keys(object))
        if (!read.has(name)) throw refuse(`${path}.${name.slice(0, 40)}`, "is unknown");
    },
  };
}

/** @returns the problem with a field that is none of `known`: `is unknown; did you mean momentum?` */
export function unknownField(name: string, known: readonly string[]): string {
  const like = nearest(name.slice(0, 40), known);
  return like === undefined ? `is unknown; known are ${known.join(", ")}` : `is unknown; did you mean ${like}?`;
}

/** @returns whether `value` is a whole number from `min` to `max`. */
export function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
}
