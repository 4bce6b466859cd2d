/**
 * One entry for every error name in the contracts' ABI: what happened, and what to do next. Text only.
 *
 * Longer than other files because it is one object: `satisfies Record<RevertErrorName, …>` is what makes it complete, and names the
 * missing one when it is not.
 */
import type { RevertErrorName } from "./revert.ts";

export interface RevertText {
  /** What happened: one sentence. */
  readonly what: string;
  /** What to do next: one sentence. */
  readonly next: string;
}

const BUG = "This should not happen: please report it with the transaction's hash.";
const CHECK_TASK = "Look at the task with `cairn task show`.";
const WAIT_GROUP = "Nothing to do: the group goes on without it.";
const WAIT_FOR_NEXT_ROUND = "Nothing to do: wait for the next round.";

export const revertTexts = {
  AccessControlBadConfirmation: {
    what: "A role can only be given up by the account that holds it.",
    next: "Send the call from that account.",
  },
  AccessControlUnauthorizedAccount: {
    what: "The account does not hold the role that this call needs.",
    next: "Ask the administrator of the contracts to grant it, or send from an account that holds it.",
  },
  CairnTokenSupplyTooLarge: {
    what: "The token's supply is larger than the registry can count.",
    next: "Deploy with a smaller supply.",
  },
  CanonicalTreeOutOfRange: {
    what: "The tree has no leaf with this number.",
    next: "Prove a leaf below the tree's count.",
  },
  CanonicalTreeWrongLength: {
    what: "The path has too many nodes for its leaf, or too few.",
    next: "Build the path again from the trace or the data set.",
  },
  CanonicalTreeWrongRoot: {
    what: "The path leads to another root than the one that was committed to.",
    next: "Build the path again from the trace or the data set that the root is of.",
  },
  CheckpointUnorderedInsertion: { what: "The record of votes got out of order.", next: BUG },
  CohortsAlreadyAttested: {
    what: "The account has attested this epoch's merge for this cohort.",
    next: WAIT_GROUP,
  },
  CohortsAlreadyEntered: {
    what: "The cohort takes part in this epoch already.",
    next: WAIT_GROUP,
  },
  CohortsDeadlinePassed: {
    what: "The stage's time is up.",
    next: "Advance the group; then it goes on in the next stage.",
  },
  CohortsEmptyMerge: {
    what: "A merged version cannot be empty.",
    next: "Attest the digest and the length of the merged version.",
  },
  CohortsGroupFull: {
    what: "The group has as many cohorts as it may have.",
    next: "Create another group, or larger cohorts.",
  },
  CohortsLate: {
    what: "The cohort's version was not made from what the last epoch ended with.",
    next: "Adopt the merge; the cohort's next round starts from it.",
  },
  CohortsModelTaken: {
    what: "The model has a place in a group already.",
    next: "Register another model, with the group's as its parent.",
  },
  CohortsNotDue: {
    what: "The stage is not over yet.",
    next: "Wait for its deadline; where there is none, for a cohort to enter.",
  },
  CohortsNotEntered: {
    what: "The cohort does not take part in this epoch.",
    next: "Attest for a cohort that has entered.",
  },
  CohortsNotModelOwner: {
    what: "Only the owner of the group's model may do this.",
    next: "Send the call from the owner's account.",
  },
  CohortsNotRetiring: {
    what: "The cohort still takes part, or its task goes on.",
    next: "Wait until its task is over and its last version is merged.",
  },
  CohortsNotSeated: {
    what: "The account held no seat in the committee that made the cohort's version.",
    next: "Attest for the cohort whose round the account judged.",
  },
  CohortsNotTaskOwner: {
    what: "Only a task's owner can make it a cohort.",
    next: "Send the call from the account that owns the group's model and the task.",
  },
  CohortsNothingToAdopt: {
    what: "The cohort has all that the epochs so far ended with.",
    next: WAIT_GROUP,
  },
  CohortsNothingToEnter: {
    what: "The cohort has no version that waits for a merge.",
    next: "Finish a round of its task first.",
  },
  CohortsOutOfRange: {
    what: "A time of the group is outside what this deployment allows.",
    next: "The error names it, its value, and the least and most allowed.",
  },
  CohortsUnknownCohort: {
    what: "The group has no cohort with this number.",
    next: "Check the number; cohorts count from 0.",
  },
  CohortsUnknownGroup: {
    what: "There is no group with this number.",
    next: "Check the number; groups count from 1.",
  },
  CohortsWrongBranch: {
    what: "The task's model is no branch of the group's model as it is now.",
    next: "Register one with the group's model as its parent and the weights of its latest version.",
  },
  CohortsWrongGate: {
    what: "The model does not have the gate that its place in the group needs.",
    next: "Give it one with `gateModel`: the group contract merges; a cohort's rounds publish, and nobody to the group's model.",
  },
  CohortsWrongStage: {
    what: "The group is in another stage than this call belongs to.",
    next: "Look at the group with `cairn task show`; it may have moved on.",
  },
  CommitteeSeedHeaderMismatch: {
    what: "The header is not that of the block that seeds the draw.",
    next: "Read the block `seedTargetBlock` from an RPC of this chain and encode its header again.",
  },
  CommitteeSeedNotReady: {
    what: "The block that seeds the draw is still to come.",
    next: "Try again once that block has passed.",
  },
  CommitteeSeedOutOfReach: {
    what: "The chain no longer knows the block that was to seed the draw.",
    next: "Retarget the seed, then draw once its new block has passed.",
  },
  CommitteeSeedStillProvable: {
    what: "The block that seeds the draw can still be proven, so it stays.",
    next: "Draw the committee with that block's header.",
  },
  DataRegistryBadName: { what: "The data set's name is empty or too long.", next: "Choose a name of 1 to 64 bytes." },
  DataRegistryEmptyDataset: {
    what: "The data set has no records, or its manifest no bytes.",
    next: "Check the data set with `cairn data` and register it again.",
  },
  DataRegistryGrantInPast: {
    what: "The access would end before it begins.",
    next: "Choose an end that lies in the future.",
  },
  DataRegistryNoAccess: {
    what: "The account may not use this data set.",
    next: "Ask the data set's owner to grant access, or choose a public one.",
  },
  DataRegistryNotOwner: {
    what: "The account does not own this data set.",
    next: "Send the call from the owner's account.",
  },
  DataRegistryUnknownDataset: { what: "There is no data set with this number.", next: "Check the number." },
  DisputeGameBondNotReceived: {
    what: "The token delivered less than the challenger's bond.",
    next: "Nothing to do here: the deployment's token must be CairnToken.",
  },
  DisputeGameNoSuchElement: {
    what: "The element is in another leaf than the one that was shown.",
    next: "Pick one of the 32 of the leaf that the error names.",
  },
  DisputeGameNoSuchPart: {
    what: "The interval has no part with this number.",
    next: "Pick one below the number of parts that the error names.",
  },
  DisputeGameNotHalted: {
    what: "The machine does not stand still in the state that was shown as its last.",
    next: "Replay the element and show the state in which it halts.",
  },
  DisputeGameNotLate: {
    what: "The side to move still has time.",
    next: "Try again after the deadline that the error names.",
  },
  DisputeGameNotMoot: {
    what: "No game has struck the update, nor was one won in the trainer's place: this one goes on.",
    next: "Play on, or wait for the other side's time to run out.",
  },
  DisputeGameNotOpen: {
    what: "The game was never opened, or is over.",
    next: "Look at its last event: `GameEnded` says how it ended.",
  },
  DisputeGameNotPlanted: {
    what: "The trace root is not one that a planted error has.",
    next: "Show the salt that the error was planted with, or answer the challenge.",
  },
  DisputeGameNotTaskOwner: {
    what: "Only the task's owner fixes its terms.",
    next: "Send the call from the owner's account.",
  },
  DisputeGameNotVacant: {
    what: "There is no late defender whose place could be taken: the challenger is to move, or the game is played in another's place.",
    next: "Nothing to do: wait for the challenger, or for the game's end.",
  },
  DisputeGameNotYourTurn: {
    what: "It is another player's turn.",
    next: "Wait for its move, or have it name this account as its second.",
  },
  DisputeGameNothingToWithdraw: {
    what: "The account has no bonds to withdraw.",
    next: "Nothing to do: bonds are free once their games are over.",
  },
  DisputeGameOutlastsUnbonding: {
    what: "A game and one in its place could outlast the time for which withdrawn stake waits.",
    next: "Deploy with shorter clocks, or a longer unbonding.",
  },
  DisputeGameRightSampleCount: {
    what: "The update claims as many records as its shard has.",
    next: "Nothing to do: there is nothing to prove.",
  },
  DisputeGameStruck: {
    what: "The update was struck by an earlier game.",
    next: "Nothing to do: it is neither paid nor aggregated.",
  },
  DisputeGameTermsFixed: {
    what: "The task's terms were fixed before, or its first round has opened.",
    next: "Create a new task for other terms.",
  },
  DisputeGameTakenUp: {
    what: "Somebody plays in the late trainer's place.",
    next: "Play those games: each that is won brings half a bond. Once none is open, this one can be ended.",
  },
  DisputeGameTooLate: {
    what: "The time for this move is up.",
    next: "Nothing to do: the other side can end the game.",
  },
  DisputeGameWrongClaim: {
    what: "The claim is not the one that this game is about.",
    next: "Take the claim from the game's `GameOpened` event.",
  },
  DisputeGameWrongNode: {
    what: "What was shown of the slot does not make the node that the game is at.",
    next: "Show the nodes below it, or the words of its leaf, as they are after the write.",
  },
  DisputeGameWrongElement: {
    what: "The slot holds another word than the machine ends with, or not 0 beyond its length.",
    next: "Replay the write: what was claimed of it can't be defended.",
  },
  DisputeGameWrongPointCount: {
    what: "The interval is cut by another number of points.",
    next: "Cut it into as many parts as `partsOf` says of its length.",
  },
  DisputeGameWrongPoints: {
    what: "The points are not those that the defender posted.",
    next: "Take them from the game's last `GameMoved` event.",
  },
  DisputeGameWrongPosition: {
    what: "The game is not in this position any more.",
    next: "Take the position from its last `GameMoved` event, then move again.",
  },
  DisputeGameWrongRunEnd: {
    what: "The trace has no leaves, so no run ends with it.",
    next: "Show the trace that the update was revealed with.",
  },
  DisputeGameWrongStage: {
    what: "The game waits for another move.",
    next: "Make the move that its last `GameMoved` event names.",
  },
  DisputeGameWrongState: {
    what: "The machine's state is not the one that both sides agree on.",
    next: "Replay the element up to the interval's start and show that state.",
  },
  DisputeGameWrongTerms: {
    what: "The terms are not those of the task, or it has none.",
    next: "Compute them from the plan; a task without fixed terms has no disputes.",
  },
  DisputeReadsBadStream: {
    what: "What was shown as a stream's name has the length of a node of its tree.",
    next: "Show the stream's name and its path as the task's terms have them.",
  },
  DisputeReadsWrongLength: {
    what: "What the instruction reads was shown with too few bytes or too many.",
    next: "Show what the instruction needs; the specification of disputes has a table.",
  },
  ECDSAInvalidSignature: { what: "The signature is not one.", next: "Sign again." },
  ECDSAInvalidSignatureLength: { what: "The signature has the wrong length.", next: "Sign again." },
  ECDSAInvalidSignatureS: { what: "The signature is not in its canonical form.", next: "Sign again." },
  ERC20ExceededSafeSupply: { what: "The token's supply is larger than votes can count.", next: BUG },
  ERC20InsufficientAllowance: {
    what: "The contract may not take that much CAIRN from the account.",
    next: "Approve the amount, or sign a permit for it, and try again.",
  },
  ERC20InsufficientBalance: {
    what: "The account has less CAIRN than this needs.",
    next: "Get CAIRN into the account, or choose a smaller amount.",
  },
  ERC20InvalidApprover: { what: "The zero address cannot approve anything.", next: BUG },
  ERC20InvalidReceiver: { what: "CAIRN cannot go to the zero address.", next: "Check the receiver's address." },
  ERC20InvalidSender: { what: "CAIRN cannot come from the zero address.", next: BUG },
  ERC20InvalidSpender: { what: "The zero address cannot be approved.", next: "Check the spender's address." },
  ERC2612ExpiredSignature: { what: "The permit has expired.", next: "Sign a new one." },
  ERC2612InvalidSigner: {
    what: "The permit was not signed by the owner of the tokens, or was used before.",
    next: "Sign a new one with the owner's account.",
  },
  ERC5805FutureLookup: { what: "Votes were asked for as of a time to come.", next: "Ask for a block that has passed." },
  ERC6372InconsistentClock: { what: "The token's clock disagrees with itself.", next: BUG },
  FLContractAlreadyAttested: {
    what: "The account has attested an aggregate in this round before.",
    next: "Nothing to do: an attestation counts once and stays.",
  },
  FLContractAlreadyCommitted: {
    what: "The account has committed in this round before.",
    next: "Nothing to do: the first commitment stands. Reveal it in the next phase.",
  },
  FLContractAlreadyEnrolled: {
    what: "The trainer is enrolled in this task already.",
    next: "Nothing to do: commit when a round opens.",
  },
  FLContractAlreadyProposed: {
    what: "Somebody has proposed this aggregate before.",
    next: "Nothing to do: the committee attests the one that stands.",
  },
  FLContractRefutedAggregate: {
    what: "A dispute proved this aggregate false in this round.",
    next: "Compute it again from the accepted updates; the proven one can't be proposed any more.",
  },
  FLContractNotTheAccepted: {
    what: "These are not all updates that the round accepted, in ascending order of their trainers' addresses.",
    next: "Take every accepted update just as its trainer opened it.",
  },
  AggregateGameRefuted: {
    what: "Another dispute has proven this aggregate false already.",
    next: "Nothing to do: the round is with another committee, or over.",
  },
  AggregateGameNotExtreme: {
    what: "The number shown is an ordinary one.",
    next: "Show one that is none, or of 2^49 and more; where there is none, answer the challenge.",
  },
  AggregateReadsWrongLength: {
    what: "The proof shows too many words or too few.",
    next: "Show the 32 words of the leaf that the instruction reads.",
  },
  FLContractBadSignature: {
    what: "The trainer did not sign this commitment for this round.",
    next: "Show the signature that came with the commitment; without one the relay answers for the entry.",
  },
  FLContractBatchNotDue: {
    what: "The batch can't be reported on or settled yet.",
    next: "Wait until the round's `Reveal` is over; only the relay may settle before the time for reports is.",
  },
  FLContractBatchSettled: {
    what: "The batch was settled.",
    next: "Nothing to do.",
  },
  FLContractBatchSize: {
    what: "The batch has no entries, or more than a batch may have.",
    next: "Send 1 to 256 entries, and the others in another batch.",
  },
  FLContractBatchTooLate: {
    what: "What is left of `Commit` is for trainers whom the relays left out.",
    next: "Tell the trainers to send their own commitments.",
  },
  FLContractBatchUnbonded: {
    what: "The task asks nothing for a missed reveal, so it takes no batches.",
    next: "Have every trainer send its own commitment.",
  },
  FLContractCommitmentMismatch: {
    what: "What was revealed is not what was committed to.",
    next: "Reveal exactly what the node's journal says was committed, salt included. A reveal that is missed costs stake.",
  },
  FLContractDisputed: {
    what: "Disputes about the round are still open.",
    next: "Try again once they are over; their clocks bound how long that takes.",
  },
  FLContractEmptyAggregate: { what: "The proposed aggregate has no bytes.", next: "Propose its real length." },
  FLContractEmptyCommitment: { what: "The commitment is zero.", next: "Commit to the hash of the update or verdict." },
  FLContractEntryClosed: {
    what: "The entry of the batch was opened or answered for already.",
    next: "Nothing to do.",
  },
  FLContractEscrowNotReceived: {
    what: "The token delivered less than the task's escrow: it takes a fee, or lies.",
    next: "Nothing to do here: the deployment's token must be CairnToken.",
  },
  FLContractEvicted: {
    what: "The trainer was evicted for idleness, or left with nothing accepted, and has to wait for some rounds.",
    next: "Join another task, or this one again once the named round has opened.",
  },
  FLContractNoMissedReveal: {
    what: "The trainer owes no reveal for this round, or it was reported before.",
    next: "Nothing to report.",
  },
  FLContractNoPlant: {
    what: "The trainer did not reveal this in the round of the last committee, or it is no planted error.",
    next: "Check salt, opening and round; once the next committee is drawn it is too late.",
  },
  FLContractNoSamples: {
    what: "The update claims to have seen no records.",
    next: "Reveal the sample count that was committed to.",
  },
  FLContractNotAGame: {
    what: "Only a dispute game may hold a round or strike an update.",
    next: "Open a game at DisputeGame.",
  },
  FLContractNotATrainer: {
    what: "The node has not announced that it trains.",
    next: "Register it as a trainer with `cairn register --role trainer`.",
  },
  FLContractNotDisputable: {
    what: "This is not an accepted update of a replayable round.",
    next: "Show exactly what the trainer revealed; what was not accepted needs no dispute.",
  },
  FLContractNotEnrolled: {
    what: "The trainer is not enrolled in the task, or joined after this round opened.",
    next: "Join the task; who joined during a round takes part from the next one.",
  },
  FLContractNotEvictable: {
    what: "The trainer has nine tenths of the stake that its tasks hold, and is not idle.",
    next: "Nothing to do: only trainers short of stake or idle for three rounds can be evicted.",
  },
  FLContractNotInBatch: {
    what: "The batch holds no such commitment at that place.",
    next: "Build the path again from the entries of `BatchCommitted`, and check the batch's number.",
  },
  FLContractNotModelOwner: {
    what: "The account does not own the model that the task would train.",
    next: "Create the task with the model owner's account.",
  },
  FLContractNotProposed: {
    what: "Nobody has proposed an aggregate with this digest and length.",
    next: "Propose it; a committee member's proposal is its attestation.",
  },
  FLContractNotPublisher: {
    what: "The model's owner has not made the contract a publisher, so no round could publish its result.",
    next: "Let the owner allow it with `setPublisher` in the model registry.",
  },
  FLContractNotSeated: {
    what: "The account holds no seat in this round's committee.",
    next: WAIT_FOR_NEXT_ROUND,
  },
  FLContractNotSilent: {
    what: "The auditor was not silent in that committee, or it was reported before.",
    next: "Nothing to report.",
  },
  FLContractNotTaskOwner: {
    what: "The account does not own this task.",
    next: "Send the call from the owner's account.",
  },
  FLContractNotThisRound: {
    what: "The batch is for another round than the one that is going on.",
    next: "Drop it: its commitments count in their own round only.",
  },
  FLContractNothingToClaim: {
    what: "There is nothing to claim in this task.",
    next: "Wait until a round in which you took part is final.",
  },
  FLContractNothingToCredit: {
    what: "All outcomes of the node in the task are in its reputation.",
    next: "Nothing to do until it has earned more.",
  },
  FLContractNothingToReveal: {
    what: "The account has no commitment left to open in this round.",
    next: WAIT_FOR_NEXT_ROUND,
  },
  FLContractOpeningForgotten: {
    what: "The trainer opened something in the round and has moved on, so that nobody can tell what.",
    next: "Report earlier: before the round is over.",
  },
  FLContractPlantNotMissed: {
    what: "The auditor did not accept the planted error, or was reported already.",
    next: "Nothing to do.",
  },
  FLContractReportTooLate: {
    what: "The time in which the fault could be reported is over.",
    next: "Nothing to do: report earlier next time.",
  },
  FLContractReputationTooLow: {
    what: "The trainer's reputation is below what the task asks for.",
    next: "Train in tasks without a bar first, then credit what was paid.",
  },
  FLContractRoundActive: { what: "A round of this task is going on.", next: "Try again when it is over." },
  FLContractRoundsUsedUp: {
    what: "All rounds that the task paid for have been opened.",
    next: "Claim what is yours; the owner can close the task and open another.",
  },
  FLContractStakeTooLow: {
    what: "The node's active stake is below what the task asks for.",
    next: "Add stake with `cairn stake`, then try again.",
  },
  FLContractTaskClosed: { what: "The task is closed.", next: "Choose another task; what was earned stays claimable." },
  FLContractTaskFull: {
    what: "Every place in the task is taken.",
    next: "Wait until a trainer leaves, or choose another task.",
  },
  FLContractTooFewTrainers: {
    what: "Fewer trainers are enrolled than a round of this task needs.",
    next: "Wait until more have joined.",
  },
  FLContractUnknownBatch: {
    what: "There is no such batch in this round.",
    next: "Check the round and the number in `BatchCommitted`.",
  },
  FLContractUnknownTask: { what: "There is no task with this number.", next: "Check the number." },
  FLContractUpdatePending: {
    what: "The round that is going on waits for the trainer's commitment, or has it.",
    next: "Leave when the round is over; without a commitment, when its first phase is.",
  },
  FLContractUpdateSize: {
    what: "The update is empty, or larger than the task allows.",
    next: `Make it smaller. ${CHECK_TASK}`,
  },
  FieldNotPresentInBlockHeader: {
    what: "The header lacks the RANDAO value.",
    next: "Encode the header of the block `seedTargetBlock` in full.",
  },
  InvalidAccountNonce: { what: "The signature carries a nonce that was used before.", next: "Sign again." },
  InvalidShortString: { what: "A name stored in the contract is malformed.", next: BUG },
  MerklePathsWrongHeight: {
    what: "The path is not as long as its tree is high.",
    next: "Build the path again from the tree.",
  },
  MerklePathsWrongRoot: {
    what: "The path leads to another root.",
    next: "Build the path again from the state that both sides agree on.",
  },
  ModelRegistryBadName: { what: "The model's name is empty or too long.", next: "Choose a name of 1 to 64 bytes." },
  ModelRegistryEmptyWeights: { what: "The weights have no bytes.", next: "Give the length of the weights in bytes." },
  ModelRegistryGated: {
    what: "The model has a gate, which stays as it is.",
    next: "Register another model.",
  },
  ModelRegistryNoMerger: {
    what: "A gate needs a merger.",
    next: "Name the contract that merges.",
  },
  ModelRegistryNotMerger: {
    what: "Only the model's merger may do this.",
    next: "Nothing to do: the group contract opens the gate when a cohort adopts a merge.",
  },
  ModelRegistryNotOwner: {
    what: "The account does not own this model.",
    next: "Send the call from the owner's account.",
  },
  ModelRegistryNotPendingOwner: {
    what: "The model was not offered to this account.",
    next: "Let its owner offer it first.",
  },
  ModelRegistryNotPublisher: {
    what: "The account may not publish versions of this model.",
    next: "Let the model's owner make it a publisher.",
  },
  ModelRegistryUnknownModel: { what: "There is no model with this number.", next: "Check the number." },
  ModelRegistryUnknownVersion: { what: "The model has no such version.", next: "Check the version." },
  NodeRegistryBadAddresses: {
    what: "The node's peer id, proof or addresses are empty or too large.",
    next: "Announce at most 16 addresses of at most 256 bytes, and a peer id.",
  },
  NodeRegistryBadCapabilities: {
    what: "The node announces no role, or one that the registry does not know.",
    next: "Announce `trainer`, `auditor` or both.",
  },
  NodeRegistryBadSignature: {
    what: "The announcement is not signed by the node that it speaks for.",
    next: "Sign it with that node's account, for this chain and this registry.",
  },
  NodeRegistryInsufficientStake: {
    what: "The node has less active stake than it asks back.",
    next: "Ask for at most what `cairn stake` shows as active.",
  },
  NodeRegistryNoBounty: { what: "No bounty is owed to this account.", next: "Nothing to claim." },
  NodeRegistryNotRegistered: {
    what: "The node is not registered.",
    next: "Register it with `cairn register`, then try again.",
  },
  NodeRegistryNothingMatured: {
    what: "None of the stake on its way out has waited long enough.",
    next: "Try again when the unbonding time is over.",
  },
  NodeRegistrySignatureExpired: { what: "The announcement's signature has expired.", next: "Sign a new one." },
  NodeRegistrySnapshotUnreadable: {
    what: "Stakes have moved on since the draw's snapshot.",
    next: "Retarget the seed, then draw once its new block has passed.",
  },
  NodeRegistryStakeLocked: {
    what: "Tasks that the node trains in hold its stake.",
    next: "Leave a task with `cairn task leave`, or stake more with `cairn stake add`.",
  },
  NodeRegistryStaleSealingKey: {
    what: "The sealing key's version did not grow with the key.",
    next: "Announce a higher version.",
  },
  NodeRegistryWrongNonce: {
    what: "The announcement carries a nonce that is not the node's next one.",
    next: "Read the node's nonce from the registry and sign again.",
  },
  NodeRegistryStakeNotReceived: {
    what: "The token did not deliver all of the stake.",
    next: "Use a deployment whose token is CairnToken.",
  },
  NodeRegistryZeroAmount: { what: "The amount is zero.", next: "Choose an amount above zero." },
  RLPInvalidEncoding: {
    what: "The block header is not valid RLP.",
    next: "Encode the header of the block `seedTargetBlock` again.",
  },
  RoundMachineDeadlinePassed: {
    what: "The phase is over.",
    next: "Advance the round, then do what its new phase asks for.",
  },
  RoundMachineNotDue: {
    what: "The phase is not over yet.",
    next: "Wait for its deadline; it ends earlier when everybody has acted.",
  },
  RoundMachineOver: { what: "No round of this task is going on.", next: "Open the next round." },
  RoundMachineWrongPhase: {
    what: "The round is in another phase than this call belongs to.",
    next: "Look at the round with `cairn status`; it may have moved on.",
  },
  RoundReportsAlreadyFiled: {
    what: "The account has filed a report of this round.",
    next: "Nothing to do: a report can't be taken back or replaced.",
  },
  RoundReportsEmpty: { what: "A report cannot be empty.", next: BUG },
  RoundReportsNoVerdict: {
    what: "The account opened no verdict in the committee that decided this round.",
    next: "Leave the report to the round's auditors.",
  },
  RoundReportsNotFinal: {
    what: "The round is not over, failed, or does not exist; only of a final one there are reports.",
    next: CHECK_TASK,
  },
  SafeCastOverflowedUintDowncast: {
    what: "A number is larger than the contract can store.",
    next: "Choose a smaller number.",
  },
  SafeERC20FailedOperation: { what: "The token refused the transfer.", next: BUG },
  Sha256TailBadRootBlock: {
    what: "The root block is not that of the file.",
    next: "Fetch the file's root block again by its CID.",
  },
  Sha256TailUnsupported: {
    what: "The file is too short or too long, or its last 32 bytes lie in two blocks.",
    next: "Use a model whose files of parameters have less than 1 GiB.",
  },
  Sha256TailWrongDigest: {
    what: "The end of the file does not fit its digest.",
    next: "Take state and bytes from the file that the chain names.",
  },
  Sha256TailWrongLength: {
    what: "The end of the file has too many bytes or too few.",
    next: "Show the file from the block of 64 bytes on that holds the first of its last 32.",
  },
  StringTooLong: { what: "A name stored in the contract is too long.", next: BUG },
  SumTreePointOutOfRange: { what: "The drawn point lies past all stakes.", next: BUG },
  TaskRulesNoMode: { what: "The task has no mode.", next: "Choose `Replayable`, `Private` or `Sealed`." },
  TaskRulesOutOfRange: {
    what: "A parameter of the task is outside what this deployment allows.",
    next: "The error names the parameter, its value, and the least and most allowed.",
  },
  UnbondingQueueFull: {
    what: "Sixteen withdrawals are waiting already.",
    next: "Withdraw those that have waited long enough, or wait.",
  },
  VotesExpiredSignature: { what: "The delegation's signature has expired.", next: "Sign a new one." },
} as const satisfies Record<RevertErrorName, RevertText>;
