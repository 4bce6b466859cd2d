/** Types of kernelSources.mjs. */

/** What became of the last build. */
export interface NativeRecord {
  /** Changes with sources, compiler and flags; absent when the build is to be tried again. */
  readonly stamp?: string;
  /** `sourcesDigest` of what was built. */
  readonly sources: string;
  /** Path of the compiler; absent when none was found. */
  readonly compiler?: string;
  /** Modules by vector width; a width that could not be built is missing. */
  readonly modules: Readonly<Record<string, string>>;
  /** Why there are none, or why some are missing. */
  readonly problem?: string;
}

export const NATIVE_FOLDER: string;
export const NATIVE_RECORD: string;
export function kernelSources(): string[];
export function sourcesDigest(): string;
export function readNativeRecord(): NativeRecord | undefined;
