/** Catalogue rows of the contracts' own errors: texts of `protocol/revertTexts.ts`, and the exit class of each. */
import type { RevertErrorName } from "../../protocol/revert.ts";
import { revertTexts } from "../../protocol/revertTexts.ts";
import type { ExitClass } from "../exitClass.ts";
import type { Entry } from "./entry.ts";

/** Those that are more than a refusal. Everything else is `reverted`. */
const EXIT: { readonly [N in RevertErrorName]?: ExitClass } = {
  CommitteeSeedHeaderMismatch: "mismatch",
  CommitteeSeedNotReady: "deadline",
  CommitteeSeedOutOfReach: "deadline",
  ERC20InsufficientAllowance: "funds",
  ERC20InsufficientBalance: "funds",
  ERC2612ExpiredSignature: "deadline",
  FLContractCommitmentMismatch: "mismatch",
  FLContractStakeTooLow: "funds",
  NodeRegistryInsufficientStake: "funds",
  NodeRegistrySignatureExpired: "deadline",
  NodeRegistrySnapshotUnreadable: "deadline",
  RoundMachineDeadlinePassed: "deadline",
};

export const contractErrors = Object.fromEntries(
  (Object.keys(revertTexts) as RevertErrorName[]).map((name) => [
    name,
    { what: revertTexts[name].what, next: [revertTexts[name].next], exit: EXIT[name] ?? "reverted" },
  ]),
) as unknown as Readonly<Record<RevertErrorName, Entry>>;
