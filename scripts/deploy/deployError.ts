/** Every expected way in which a deployment ends badly, with what to do next. Must not print. */
import { TaggedError } from "../../trainer/src/protocol/errors.ts";

export type DeployDetail =
  | { readonly code: "DEPLOY_USAGE"; readonly option: string }
  | { readonly code: "DEPLOY_UNKNOWN_NETWORK"; readonly name: string; readonly known: readonly string[] }
  | { readonly code: "DEPLOY_WRONG_CHAIN"; readonly expected: number; readonly actual: number }
  | { readonly code: "DEPLOY_RPC_FAILED"; readonly host: string; readonly method: string }
  | { readonly code: "DEPLOY_SIGNER_REFUSED"; readonly method: string }
  | { readonly code: "DEPLOY_SIGNER_CHANGED"; readonly field: string }
  | { readonly code: "DEPLOY_SIGNER_LACKS"; readonly address: string; readonly offered: readonly string[] }
  | { readonly code: "DEPLOY_BALANCE_TOO_LOW"; readonly address: string; readonly missingWei: string }
  | { readonly code: "DEPLOY_UNKNOWN_TRANSACTION"; readonly address: string; readonly nonce: number }
  | { readonly code: "DEPLOY_NOT_CONFIRMED"; readonly network: string }
  | { readonly code: "DEPLOY_INTERRUPTED"; readonly journal: string }
  | { readonly code: "DEPLOY_FAILED"; readonly journal: string }
  | { readonly code: "DEPLOY_CHECK_FAILED"; readonly checks: readonly string[] }
  | { readonly code: "DEPLOY_VERIFICATION_FAILED"; readonly contracts: readonly string[] };

export class DeployError extends TaggedError<DeployDetail> {}

/** @returns one sentence: what the operator can do about it. */
export function nextStepOf(detail: DeployDetail): string {
  switch (detail.code) {
    case "DEPLOY_USAGE":
      return "npm run deploy -- --help lists the options; docs/deployment.md walks through them";
    case "DEPLOY_UNKNOWN_NETWORK":
      return `known: ${detail.known.join(", ")}. Another network needs a file in scripts/deploy/networks/, and a review`;
    case "DEPLOY_WRONG_CHAIN":
      return "give the RPC of the network you named, or name the network of your RPC";
    case "DEPLOY_RPC_FAILED":
      return "look whether the RPC is up and takes this call; then run the same command again: it goes on where it was";
    case "DEPLOY_SIGNER_REFUSED":
      return "approve on the signer; nothing was sent. The same command goes on where it was";
    case "DEPLOY_SIGNER_CHANGED":
      return "set the signer to sign what it is asked, without its own fees or nonces; nothing was sent";
    case "DEPLOY_SIGNER_LACKS":
      return `give --from with an address that the signer holds: ${detail.offered.join(", ") || "it shows none"}`;
    case "DEPLOY_BALANCE_TOO_LOW":
      return `send at least ${detail.missingWei} wei to ${detail.address}, or allow less with --max-fee-gwei`;
    case "DEPLOY_UNKNOWN_TRANSACTION":
      return `find the transaction of ${detail.address} with nonce ${detail.nonce} in an explorer and give its hash with --track`;
    case "DEPLOY_NOT_CONFIRMED":
      return `type ${detail.network} when asked, or give --yes; nothing was sent`;
    case "DEPLOY_INTERRUPTED":
      return `run the same command again: it goes on from ${detail.journal}`;
    case "DEPLOY_FAILED":
      return `mend the cause, then run the same command again; the journal is ${detail.journal}`;
    case "DEPLOY_CHECK_FAILED":
      return "don't announce these addresses: what is on the chain is not what was asked for";
    case "DEPLOY_VERIFICATION_FAILED":
      return "the contracts stand and their record is written; run the same command again to hand the sources in again";
    default:
      return detail satisfies never;
  }
}

/** @returns the exit code, by the classes of the command line: 2 usage, 3 key, 4 network, 5 chain, 8 a check failed. */
export function exitCodeOf({ code }: DeployDetail): number {
  switch (code) {
    case "DEPLOY_USAGE":
    case "DEPLOY_UNKNOWN_NETWORK":
    case "DEPLOY_NOT_CONFIRMED":
      return 2;
    case "DEPLOY_SIGNER_REFUSED":
    case "DEPLOY_SIGNER_CHANGED":
    case "DEPLOY_SIGNER_LACKS":
      return 3;
    case "DEPLOY_RPC_FAILED":
      return 4;
    case "DEPLOY_WRONG_CHAIN":
      return 5;
    case "DEPLOY_BALANCE_TOO_LOW":
      return 6;
    case "DEPLOY_INTERRUPTED":
      return 130;
    case "DEPLOY_FAILED":
    case "DEPLOY_UNKNOWN_TRANSACTION":
    case "DEPLOY_VERIFICATION_FAILED":
      return 1;
    case "DEPLOY_CHECK_FAILED":
      return 8;
    default:
      return code satisfies never;
  }
}
