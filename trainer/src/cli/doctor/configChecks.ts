/** Configuration, folders, keystore and data: what can be checked without a chain. */

import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counted } from "../../protocol/counted.ts";
import type { Context } from "../command.ts";
import { ConfigError } from "../config.ts";
import { readKeystore } from "../keystore/keystoreFolder.ts";
import { checksumAddress } from "../keystore/privateKey.ts";
import { loadDataset } from "../loadDataset.ts";
import { type Check, ok, skipped, warning } from "./check.ts";
import { canWrite } from "./writable.ts";

export function configChecks(context: Context, data: string | undefined): Check[] {
  const group = "Here";
  return [
    {
      group,
      name: "config",
      async run() {
        const { origins } = await context.config();
        const files = new Set(Object.values(origins).filter((origin) => origin.endsWith(".json")));
        return ok(files.size === 0 ? "no file; flags, variables and defaults only" : [...files].join(", "));
      },
    },
    {
      group,
      name: "data folder",
      async run() {
        const { dataDir } = (await context.config()).settings;
        if (await canWrite(dataDir)) return ok(dataDir);
        throw new ConfigError({ code: "CONFIG_UNWRITABLE", path: dataDir }, `cannot write to ${dataDir}`);
      },
    },
    {
      group,
      name: "keystore",
      async run() {
        const { keystoreDir, settings } = await context.config();
        const { keystore, path } = await readKeystore(keystoreDir, settings.account);
        const { kdf, kdfparams } = keystore.crypto;
        const address = keystore.address === undefined ? "address hidden" : checksumAddress(keystore.address);
        const weak = kdf === "scrypt" && Number(kdfparams.n) < MIN_SCRYPT_N;
        if (!weak) return ok(`${settings.account} ${address}`);
        return warning(`${settings.account} ${address}, weakly encrypted`, `use it on the local chain only (${path})`);
      },
    },
    { group, name: "store", run: () => storeCheck(context) },
    {
      group,
      name: "data set",
      async run() {
        if (data === undefined) return skipped("not asked for; --data REF checks one");
        const dataset = await loadDataset(context, data);
        dataset.close();
        const { manifest } = dataset;
        return ok(
          `${manifest.name}, ${counted(manifest.recordCount, "record")} in ${counted(manifest.classes, "class")}`,
        );
      },
    },
  ];
}

/** geth's standard is 2¹⁸; below this a password falls to one graphics card in hours. */
const MIN_SCRYPT_N = 2 ** 14;

/** Starts the content store in a passing folder, so that a running node is not disturbed, and stops it. */
async function storeCheck({ config, signal }: Context) {
  const { ipfs } = (await config()).settings;
  const { openContentStore } = await import("../../network/openContentStore.ts");
  const dataDir = await mkdtemp(join(tmpdir(), "cairn-doctor-"));
  try {
    const peerKey = new Uint8Array(randomBytes(32));
    const store = await openContentStore({ dataDir, peerKey, ...(ipfs === undefined ? {} : { ipfsUrl: ipfs }) });
    try {
      const ref = await store.put(randomBytes(64), { signal });
      await store.get(ref, { signal, deadlineMs: 5_000 });
    } finally {
      await store.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  return ok(ipfs === undefined ? "built-in store starts, stores and reads" : `Kubo at ${ipfs} stores and reads`);
}
