/** A trainer's word for a commitment that somebody else sends, as `FLContract.reportUnopened` checks it. */
import {
  type Address,
  compactSignatureToSignature,
  isAddressEqual,
  type LocalAccount,
  parseSignature,
  recoverTypedDataAddress,
  signatureToCompactSignature,
} from "viem";
import type { Deployment } from "../../chain/deployment.ts";
import { COMMIT_UPDATE_TYPES, commitUpdateDomain } from "../../protocol/commitmentBatch.ts";
import type { Hex } from "../../protocol/hex.ts";
import type { HandIn } from "./relayProtocol.ts";

type Network = Pick<Deployment, "chainId" | "contracts">;
type Signed = Pick<HandIn, "taskId" | "round" | "commitment">;

/** @returns the two halves of an ERC-2098 signature. */
export async function signCommit(
  account: Pick<LocalAccount, "signTypedData">,
  network: Network,
  signed: Signed,
): Promise<{ readonly r: Hex; readonly vs: Hex }> {
  const signature = await account.signTypedData(typedData(network, signed));
  const { r, yParityAndS: vs } = signatureToCompactSignature(parseSignature(signature));
  return { r, vs };
}

/** Half of the order of secp256k1: the contract takes no signature above it. Source: EIP-2. */
const MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * @returns whether the contract would take the entry's signature for its trainer's. What it would not take is worth
 * nothing to a relay: it could not have the trainer answer for the entry.
 */
export async function isSigned(network: Network, { trainer, r, vs, ...signed }: HandIn): Promise<boolean> {
  const signature = compactSignatureToSignature({ r, yParityAndS: vs });
  if (BigInt(signature.s) > MAX_S) return false;
  try {
    const signer: Address = await recoverTypedDataAddress({ ...typedData(network, signed), signature });
    return isAddressEqual(signer, trainer);
  } catch {
    return false; // no point of the curve
  }
}

function typedData({ chainId, contracts }: Network, { taskId, round, commitment }: Signed) {
  return {
    domain: commitUpdateDomain(chainId, contracts.flContract),
    types: COMMIT_UPDATE_TYPES,
    primaryType: "CommitUpdate",
    message: { taskId, round, commitment },
  } as const;
}
