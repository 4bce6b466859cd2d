/** Tests that what a tab announces is what the registry and peers accept. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifyPeerProof } from "@cairn/trainer/protocol/peerProof";
import { privateKeyToAccount } from "viem/accounts";
import type { Runtime } from "../runtime/runtime.ts";
import { announcementOf } from "./announcement.ts";

const NODE_REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const runtime = {
  chain: { id: 31_337, name: "local", rpcUrl: "http://127.0.0.1", isTestnet: true },
  contracts: { nodeRegistry: NODE_REGISTRY },
} as unknown as Runtime;

const wallet = privateKeyToAccount(`0x${"11".repeat(32)}`);
const keys = { peer: new Uint8Array(32).fill(3), sealing: new Uint8Array(32).fill(4) };

describe("announcementOf", () => {
  it("proves both keys for this wallet, and can be signed at any moment of the chain's clock", async () => {
    const typed = announcementOf({ runtime, account: wallet.address, keys, nowSeconds: 1_700_000_000.7 });
    const scope = { chainId: 31_337n, nodeRegistry: NODE_REGISTRY } as const;
    assert.ok(verifyPeerProof(typed.message, scope));
    assert.equal(verifyPeerProof({ ...typed.message, node: `0x${"22".repeat(20)}` }, scope), false);
    assert.equal(typed.message.deadline, 1_700_003_600);
    assert.match(await wallet.signTypedData(typed), /^0x[0-9a-f]{130}$/); // a fraction of a second cannot be encoded
  });
});
