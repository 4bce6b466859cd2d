/** What anybody may write into `NodeRegistry`, read back: only peers that prove their keys are dialled. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { listNodes } from "../../trainer/src/chain/nodes.ts";
import { announceNode } from "../../trainer/src/node/announcement.ts";
import { openNodeKeys } from "../../trainer/src/node/nodeKeys.ts";
import { peerIdOf, peerIdText } from "../../trainer/src/protocol/peerProof.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

describe("listNodes", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("leaves out a node that announces another's peer id as its own", async () => {
    const { signal } = network;
    const honest = await network.participant("honest");
    const keys = await openNodeKeys(honest.dataDir);
    const { multiaddrs } = honest.store.peer;
    await announceNode(honest.chain, { keys, multiaddrs, roles: ["trainer"] }, { signal });

    const thief = await network.participant("thief");
    const own = await openNodeKeys(thief.dataDir);
    const stolen = peerIdOf(keys.peer);
    const { chain } = thief;
    const lying = { ...chain, account: claiming(chain.account!, stolen), send: replacing(chain.send, stolen) };
    await announceNode(lying, { keys: own, multiaddrs, roles: ["trainer"] }, { signal });

    const nodes = await listNodes(network.admin.chain, { signal });
    const announced = Number(await network.admin.chain.read("nodeRegistry", "nodeCount", [], { signal }));
    assert.equal(announced, 3, "admin, honest and thief are registered");
    const listed = nodes.map(({ node }) => node);
    assert.ok(listed.includes(honest.chain.account!.address), "the honest node is listed");
    assert.ok(!listed.includes(thief.chain.account!.address), "the thief is not");
    assert.equal(nodes.filter(({ peerId }) => peerId === peerIdText(peerIdOf(keys.peer))).length, 1);
  });
});

type Account = NonNullable<LocalNetwork["admin"]["chain"]["account"]>;
type Send = LocalNetwork["admin"]["chain"]["send"];

/** Signs the same announcement with another's peer id in it: the wallet's signature is good, the peer's proof is not. */
function claiming(account: Account, peerId: `0x${string}`): Account {
  const signTypedData: Account["signTypedData"] = (data) =>
    account.signTypedData({ ...data, message: { ...(data.message as object), peerId } } as never);
  return { ...account, signTypedData };
}

function replacing(send: Send, peerId: `0x${string}`): Send {
  return (contract, functionName, args, options) => {
    if ((functionName as string) !== "announce") return send(contract, functionName, args, options);
    const [identity, signature] = args as unknown as [object, string];
    return send(contract, functionName, [{ ...identity, peerId }, signature] as never, options);
  };
}
