/**
 * Where each setting comes from: flag, then `CAIRN_*`, then `./cairn.config.json`, then the user's own file, then a default.
 *
 * Secrets are not settings: a password is named by its file, a key by its keystore. Paths in a file are relative to it.
 */
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { nearest } from "../engine/nearest.ts";
import { TaggedError } from "../protocol/errors.ts";
import type { Host } from "./host.ts";

export type ConfigDetail =
  | { readonly code: "CONFIG_UNREADABLE"; readonly path: string }
  | { readonly code: "CONFIG_MALFORMED"; readonly path: string; readonly field: string }
  | { readonly code: "CONFIG_UNKNOWN_KEY"; readonly path: string; readonly key: string; readonly nearest?: string }
  | { readonly code: "CONFIG_EXISTS"; readonly path: string }
  | { readonly code: "CONFIG_UNWRITABLE"; readonly path: string }
  /** `file` is the folder's configuration, where there is one. */
  | { readonly code: "CONFIG_NETWORK_MISSING"; readonly file?: string }
  | { readonly code: "CONFIG_NETWORK_UNREADABLE"; readonly path: string };

export class ConfigError extends TaggedError<ConfigDetail> {}

export const CONFIG_FILE = "cairn.config.json";

/** Every setting: its variable, whether it is a path, and what it means. The JSON schema in `docs/` says the same. */
export const SETTINGS = {
  network: { variable: "CAIRN_NETWORK", isPath: true, meaning: "deployment record of the network to use" },
  rpcUrl: {
    variable: "CAIRN_RPC_URL",
    isPath: false,
    meaning: "RPC to use instead of the record's; several with commas between",
  },
  maxFeeGwei: { variable: "CAIRN_MAX_FEE_GWEI", isPath: false, meaning: "most gwei that a unit of gas may cost" },
  account: { variable: "CAIRN_ACCOUNT", isPath: false, meaning: "keystore name, or path of a keystore file" },
  dataDir: { variable: "CAIRN_DATA_DIR", isPath: true, meaning: "the node's keys, journal and content" },
  passwordFile: { variable: "CAIRN_PASSWORD_FILE", isPath: true, meaning: "file that holds the keystore's password" },
  ipfs: { variable: "CAIRN_IPFS", isPath: false, meaning: "URL of a Kubo daemon to use instead of the built-in store" },
} as const;

export type Setting = keyof typeof SETTINGS;

export type Origin = "flag" | "default" | (string & {});

/** Settings that nobody gave are absent. Paths are absolute. */
export type Settings = { readonly [S in Setting]?: string };

export interface Config {
  readonly settings: Settings & { readonly account: string; readonly dataDir: string };
  /** For each setting that is there: `flag`, a variable, a file, or `default`. */
  readonly origins: { readonly [S in Setting]?: Origin };
  /** The working directory's `cairn.config.json`, where there is one. */
  readonly file?: string;
  /** Where named keystores live. */
  readonly keystoreDir: string;
  /** Where downloads are kept. */
  readonly cacheDir: string;
}

/**
 * @param flags settings given on the command line; relative paths start at the working directory.
 * @throws {ConfigError} `CONFIG_UNREADABLE` | `CONFIG_MALFORMED` | `CONFIG_UNKNOWN_KEY`
 */
export async function loadConfig(host: Host, flags: Settings): Promise<Config> {
  const { env, cwd, home } = host;
  const configHome = join(baseDir(env.XDG_CONFIG_HOME, home, ".config"), "cairn");
  const sources: (readonly [origin: (setting: Setting) => Origin, base: string, values: Settings])[] = [
    [() => "flag", cwd, flags],
    [(setting) => SETTINGS[setting].variable, cwd, environmentSettings(env)],
  ];
  const own = join(cwd, CONFIG_FILE);
  let file: string | undefined;
  for (const path of [own, join(configHome, "config.json")]) {
    const values = await readSettings(path);
    if (values === undefined) continue;
    if (path === own) file = path;
    sources.push([() => path, dirname(path), values]);
  }
  const defaults = { account: "default", dataDir: join(baseDir(env.XDG_STATE_HOME, home, ".local/state"), "cairn") };
  sources.push([() => "default", cwd, defaults]);

  const settings: { [S in Setting]?: string } = {};
  const origins: { [S in Setting]?: Origin } = {};
  for (const setting of Object.keys(SETTINGS) as Setting[]) {
    for (const [origin, base, values] of sources) {
      const value = values[setting];
      if (value === undefined || settings[setting] !== undefined) continue;
      settings[setting] = isFilePath(setting, value) ? resolve(base, expandHome(value, home)) : value;
      origins[setting] = origin(setting);
    }
  }
  return {
    settings: { ...defaults, ...settings },
    origins,
    ...(file === undefined ? {} : { file }),
    keystoreDir: join(configHome, "keystore"),
    cacheDir: join(baseDir(env.XDG_CACHE_HOME, home, ".cache"), "cairn"),
  };
}

/**
 * @returns the settings in the file at `path`; `undefined` when there is no such file.
 * @throws {ConfigError} `CONFIG_UNREADABLE` | `CONFIG_MALFORMED` | `CONFIG_UNKNOWN_KEY`
 */
export async function readSettings(path: string): Promise<Settings | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new ConfigError({ code: "CONFIG_UNREADABLE", path }, `cannot read ${path}`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError({ code: "CONFIG_MALFORMED", path, field: "$" }, `${path} is not JSON`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError({ code: "CONFIG_MALFORMED", path, field: "$" }, `${path} does not hold a JSON object`);
  }
  return checkSettings(path, value as Record<string, unknown>);
}

function checkSettings(path: string, fields: Record<string, unknown>): Settings {
  const settings: { [S in Setting]?: string } = {};
  for (const [key, field] of Object.entries(fields)) {
    if (key === "$schema") continue;
    if (!Object.hasOwn(SETTINGS, key)) {
      const like = nearest(key, Object.keys(SETTINGS));
      const detail = {
        code: "CONFIG_UNKNOWN_KEY",
        path,
        key,
        ...(like === undefined ? {} : { nearest: like }),
      } as const;
      throw new ConfigError(detail, `${path} has an unknown key "${key}"${like === undefined ? "" : ` (${like}?)`}`);
    }
    if (typeof field !== "string" || field === "") {
      throw new ConfigError({ code: "CONFIG_MALFORMED", path, field: key }, `${path}: "${key}" must be a text`);
    }
    settings[key as Setting] = field;
  }
  return settings;
}

function environmentSettings(env: Host["env"]): Settings {
  const entries = (Object.keys(SETTINGS) as Setting[]).map((setting) => [setting, env[SETTINGS[setting].variable]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ""));
}

/** A relative base folder is ignored, as the XDG specification asks. */
function baseDir(path: string | undefined, home: string, fallback: string): string {
  return path !== undefined && isAbsolute(path) ? path : join(home, fallback);
}

/** An account is a path as soon as it looks like one; a bare word is a name. */
function isFilePath(setting: Setting, value: string): boolean {
  return SETTINGS[setting].isPath || (setting === "account" && looksLikePath(value));
}

/** @returns whether `account` names a file and not a keystore of ours. */
export function looksLikePath(account: string): boolean {
  return /[/\\]|\.json$|^~/.test(account);
}

function expandHome(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
}
