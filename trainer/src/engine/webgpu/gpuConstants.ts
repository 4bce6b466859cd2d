/** Numbers of the WebGPU specification, which Node has no globals for. */

/** @see https://www.w3.org/TR/webgpu/#namespacedef-gpubufferusage */
export const USAGE = {
  mapRead: 0x0001,
  mapWrite: 0x0002,
  copySource: 0x0004,
  copyTarget: 0x0008,
  uniform: 0x0040,
  storage: 0x0080,
  queryResolve: 0x0200,
} as const;

/** @see https://www.w3.org/TR/webgpu/#namespacedef-gpumapmode */
export const MAP_READ = 0x0001;
export const MAP_WRITE = 0x0002;

/** @see https://www.w3.org/TR/webgpu/#namespacedef-gpushaderstage */
export const COMPUTE_STAGE = 0x4;
