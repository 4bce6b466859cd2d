/** Identities and permits, as clients sign them. */
import { expect } from "chai";
import { Signature } from "ethers";
import { describe, it } from "mocha";
import {
  announce,
  CAIRN,
  type Cairn,
  identityOf,
  type Signer,
  setUp,
  signIdentity,
  type TestContract,
} from "./support/cairn.ts";
import { PARAMETERS } from "./support/round.ts";

/** An ERC-2612 permit of `owner` for `spender`. */
async function signPermit(cairn: Cairn, owner: Signer, spender: TestContract, valueWei: bigint) {
  const { token, ethers } = cairn;
  const deadline = 4_000_000_000n;
  const domain = {
    name: "Cairn",
    version: "1",
    chainId: (await ethers.provider.getNetwork()).chainId,
    verifyingContract: await token.getAddress(),
  };
  const Permit = ["owner:address", "spender:address", "value:uint256", "nonce:uint256", "deadline:uint256"].map(
    (field) => {
      const [name, type] = field.split(":") as [string, string];
      return { name, type };
    },
  );
  const message = {
    owner: owner.address,
    spender: await spender.getAddress(),
    value: valueWei,
    nonce: await token.nonces(owner),
    deadline,
  };
  const { v, r, s } = Signature.from(await owner.signTypedData(domain, { Permit }, message));
  return { deadline, v, r, s };
}

describe("NodeRegistry.announce", () => {
  it("takes a signed identity from anybody, keeps little, and tells all of it", async () => {
    const cairn = await setUp();
    const { nodeRegistry, stranger, owner } = cairn;
    const identity = await identityOf(cairn, stranger, { capabilities: 3 });
    const signature = await signIdentity(cairn, stranger, identity);
    await expect(nodeRegistry.connect(owner).announce(identity, signature))
      .to.emit(nodeRegistry, "NodeAnnounced")
      .withArgs(
        stranger,
        identity.peerId,
        identity.sealingKey,
        1n,
        identity.peerProof,
        identity.multiaddrs,
        identity.capabilities,
      );
    const node = await nodeRegistry.nodeOf(stranger);
    expect(node.registered).to.equal(true);
    expect(node.announcedAtBlock).to.equal(BigInt(await cairn.ethers.provider.getBlockNumber()));
    expect(node.capabilities).to.equal(3n);
    expect(node.nonce).to.equal(1n);
    expect(await nodeRegistry.nodeAt((await nodeRegistry.nodeCount()) - 1n)).to.equal(stranger.address);
    await expect(nodeRegistry.announce(identity, signature), "the same again")
      .to.be.revertedWithCustomError(nodeRegistry, "NodeRegistryWrongNonce")
      .withArgs(stranger, 0n, 1n);
  });

  it("refuses what another signed, what has expired, and roles or addresses it does not know", async () => {
    const cairn = await setUp();
    const { nodeRegistry, stranger, owner } = cairn;
    const identity = await identityOf(cairn, stranger);
    await expect(nodeRegistry.announce(identity, await signIdentity(cairn, owner, identity)))
      .to.be.revertedWithCustomError(nodeRegistry, "NodeRegistryBadSignature")
      .withArgs(stranger);
    await expect(announce(cairn, stranger, { deadline: 1 }))
      .to.be.revertedWithCustomError(nodeRegistry, "NodeRegistrySignatureExpired")
      .withArgs(stranger, 1n);
    for (const capabilities of [0, 4]) {
      await expect(announce(cairn, stranger, { capabilities }))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeRegistryBadCapabilities")
        .withArgs(stranger, capabilities);
    }
    const tooMuch = [
      { peerId: "0x" },
      { peerId: `0x${"00".repeat(65)}` },
      { peerProof: `0x${"00".repeat(257)}` },
      { multiaddrs: Array.from({ length: 17 }, () => "/ip4/127.0.0.1") },
      { multiaddrs: ["x".repeat(257)] },
    ];
    for (const changes of tooMuch) {
      await expect(announce(cairn, stranger, changes))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeRegistryBadAddresses")
        .withArgs(stranger);
    }
  });

  it("asks for a higher version with a new sealing key, and never takes a lower one", async () => {
    const cairn = await setUp();
    const { nodeRegistry } = cairn;
    const node = cairn.trainers[0] as Signer;
    const newKey = `0x${"d7".repeat(32)}`;
    await expect(announce(cairn, node, { sealingKey: newKey }))
      .to.be.revertedWithCustomError(nodeRegistry, "NodeRegistryStaleSealingKey")
      .withArgs(node, 1n, 2n);
    await announce(cairn, node, { sealingKey: newKey, sealingKeyVersion: 2n });
    await expect(announce(cairn, node, { sealingKey: newKey, sealingKeyVersion: 1n }))
      .to.be.revertedWithCustomError(nodeRegistry, "NodeRegistryStaleSealingKey")
      .withArgs(node, 1n, 2n);
    expect((await nodeRegistry.nodeOf(node)).sealingKeyVersion).to.equal(2n);
  });
});

describe("permits", () => {
  it("let a node stake and an owner pay for a task without an approval", async () => {
    const cairn = await setUp();
    const { nodeRegistry, flContract, token, owner } = cairn;
    await announce(cairn, owner);
    const stake = await signPermit(cairn, owner, nodeRegistry, 5n * CAIRN);
    await nodeRegistry.connect(owner).stakeWithPermit(5n * CAIRN, stake.deadline, stake.v, stake.r, stake.s);
    expect(await nodeRegistry.stakeOf(owner)).to.equal(5n * CAIRN);

    const escrowWei: bigint = await flContract.budgetOf(PARAMETERS);
    const escrow = await signPermit(cairn, owner, flContract, escrowWei);
    const { deadline, v, r, s } = escrow;
    await expect(flContract.connect(owner).createTaskWithPermit(PARAMETERS, deadline, v, r, s)).to.changeTokenBalance(
      cairn.ethers,
      token,
      flContract,
      escrowWei,
    );
  });

  it("still work when somebody else has sent them first", async () => {
    const cairn = await setUp();
    const { nodeRegistry, token, owner, stranger } = cairn;
    await announce(cairn, owner);
    const { deadline, v, r, s } = await signPermit(cairn, owner, nodeRegistry, 5n * CAIRN);
    await token.connect(stranger).permit(owner, nodeRegistry, 5n * CAIRN, deadline, v, r, s);
    await nodeRegistry.connect(owner).stakeWithPermit(5n * CAIRN, deadline, v, r, s);
    expect(await nodeRegistry.stakeOf(owner)).to.equal(5n * CAIRN);
    await expect(nodeRegistry.connect(owner).stakeWithPermit(5n * CAIRN, deadline, v, r, s), "a permit counts once")
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(nodeRegistry, 0n, 5n * CAIRN);
  });
});
