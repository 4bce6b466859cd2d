/**
 * Helia and libp2p put together without loading what we never use. Knows nothing of Cairn.
 *
 * `import "helia"` and `import "@helia/libp2p"` also load WebRTC, the DHT, ACME, UPnP, mDNS and two HTTP stacks, for
 * the sake of their ready-made defaults: 1,700 modules, 59 MB of resident memory and 0.35 s of CPU in every process.
 * So the class behind `createHeliaLight` is imported by its file, which the exact version in package.json pins, and
 * libp2p is attached as `withLibp2pLight` would, less the routers that we have no use for.
 */
import type { Helia } from "@helia/interface";
import type { createHeliaLight } from "helia";
import { createLibp2p, type Libp2p, type Libp2pOptions } from "libp2p";

type HeliaInit = NonNullable<Parameters<typeof createHeliaLight>[0]>;
type ServiceMap = Record<string, unknown>;
export type HeliaWithLibp2p<T extends ServiceMap> = Helia & { libp2p: Libp2p<T> };

/** @returns a node that is not started yet: no router, no block broker, and libp2p that starts and stops with it. */
export async function createLightHelia<T extends ServiceMap>(
  init: HeliaInit,
  libp2pOptions: Libp2pOptions<T>,
): Promise<HeliaWithLibp2p<T>> {
  const path = new URL("helia.js", import.meta.resolve("helia"));
  const { Helia } = (await import(path.href)) as { Helia: new (init: HeliaInit & Named) => Helia };
  const libp2p = await createLibp2p({ ...libp2pOptions, start: false });
  const helia = Object.assign(new Helia({ name: "cairn", version: "1", ...init }), { libp2p });
  helia.addMixin({ name: "libp2p", start: () => libp2p.start(), stop: () => libp2p.stop() });
  return helia;
}

interface Named {
  readonly name: string;
  readonly version: string;
}
