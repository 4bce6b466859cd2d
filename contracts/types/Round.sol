// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// The states of a round and what the contract shows of one. Holds no rules; those are in libraries/RoundMachine.sol.

/// @notice Where a round is. It only moves down this list, except that one redraw goes back to `Draw`, and that disputes about
///         what the redrawn committee did go back to `Aggregate`, twice at most.
enum Phase {
    /// The round was never opened.
    None,
    /// Entered by `openRound`. Enrolled trainers commit; ends when all have, or at the deadline.
    Commit,
    /// Entered with at least one commitment. Committed trainers reveal; ends when all have, or at the deadline.
    Reveal,
    /// Entered with at least one reveal, or once more when the first committee had no quorum of verdicts, for one
    /// answer, or did not agree on an aggregate. Anyone proves the seed's block.
    Draw,
    /// Entered when the committee is drawn. Its members commit verdicts; ends when all have, or at the deadline.
    AuditCommit,
    /// Entered with a quorum of commitments. Members who committed reveal; ends when all have, or at the deadline.
    AuditReveal,
    /// Entered when at least one update was accepted; or once more from `Challenge`, under the redrawn committee, where
    /// disputes struck an update that it had accepted or the aggregate. Bonded nodes propose the aggregate, members attest.
    Aggregate,
    /// Entered when a quorum attests one digest. Disputes belong here: a dispute game may hold this phase open.
    Challenge,
    /// Entered from `Challenge` after its deadline. The version is published and rewards are booked. Nothing moves.
    Final,
    /// Entered when a phase lacks what it needs; see `FailureReason`. Nothing moves, and the budget stays in escrow.
    Failed
}

/// @notice Why a round failed. `None` while it has not.
enum FailureReason {
    None,
    /// `Commit` ended without a commitment.
    NoCommitments,
    /// `Reveal` ended without a reveal.
    NoReveals,
    /// Nobody proved the seed before the end of `Draw`.
    NotDrawn,
    /// Too few eligible auditors; or too few verdicts after the redraw, or no quorum of them for any update nor for
    /// refusing all.
    NoQuorum,
    /// A quorum of the committee refused every update. Its members are paid all the same.
    NothingAccepted,
    /// No digest had a quorum of attestations in time, in the redrawn committee either.
    NoAggregate,
    /// Disputes left nothing accepted by the redrawn committee, or struck what it did once more than it may begin anew.
    Disputed
}

/// @notice Opens an update's commitment.
struct UpdateReveal {
    /// SHA-256 of the root block of the update.
    bytes32 updateDigest;
    /// Unit: bytes.
    uint32 byteLength;
    /// Merkle root over the training's state hashes.
    bytes32 traceRoot;
    /// Records seen in training: the update's weight in the aggregate.
    uint32 sampleCount;
    bytes32 salt;
}

/// @notice Opens a verdict's commitment.
struct VerdictReveal {
    /// Bit i is set when the update with index i is accepted.
    uint256 acceptedBitmap;
    /// Bit i is set when the update with index i nearly repeats one that was committed earlier.
    uint256 duplicateBitmap;
    /// Hash over trace leaves bound to the auditor; checked off chain.
    bytes32 evidence;
    bytes32 salt;
}

/// @notice A round now. Bit i of a bitmap speaks of the update whose trainer has slot i.
struct RoundView {
    Phase phase;
    /// First second at which the phase is over. Unit: unix seconds.
    uint40 deadline;
    uint64 openedAtBlock;
    /// The model version that the round trains.
    uint64 baseVersion;
    /// Seeds the training: the round before's committee seed, or its own seed where none was drawn, bound to chain,
    /// contract, task and round. The first round's comes from the RANDAO value at the task's creation.
    bytes32 seed;
    /// Trainers who may commit.
    uint16 expected;
    uint16 committed;
    uint16 revealed;
    /// 0 for the first committee, 1 for the redrawn one.
    uint8 attempt;
    /// The block whose RANDAO value seeds the draw.
    uint64 seedTargetBlock;
    /// The epoch as of whose end stakes weigh in the draw.
    uint64 snapshotEpoch;
    bytes32 committeeSeed;
    uint16 seats;
    uint16 verdictsCommitted;
    uint16 verdictsRevealed;
    uint256 revealedBitmap;
    uint256 acceptedBitmap;
    /// The proposed digest with the most attestations so far; the agreed one from `Challenge` on.
    bytes32 aggregateDigest;
    /// Unit: bytes.
    uint32 aggregateByteLength;
    address aggregateProposer;
    uint16 attestations;
    /// The version made by this round; 0 before `Final`, or when the model's owner had revoked this contract.
    uint64 publishedVersion;
    /// Agreeing members that decide, scaled to the seats; 0 before the draw.
    uint16 quorum;
    FailureReason failure;
    /// How often the second committee has begun `Aggregate` anew, as disputes had struck what it accepted or agreed on.
    uint8 reruns;
}

/// @notice What one node may do, and has done, in a round.
struct DutyView {
    /// Enrolled in the task now.
    bool enrolled;
    /// The node's slot in the task, when enrolled.
    uint16 slot;
    /// The round is in `Commit`, the node was enrolled when it opened, and has not committed.
    bool mayCommit;
    bool committed;
    /// Its update's bit in the bitmaps: the slot it has in the task. Known while it keeps the place.
    uint8 updateIndex;
    bool revealed;
    /// Holds a seat in the round's current committee.
    bool seated;
    /// How many: one for each `seatStakeWei` of its stake that was drawn.
    uint8 seats;
    bool verdictCommitted;
    bool verdictRevealed;
    bool attested;
    /// In a committee that did not agree in time, it attested another digest than more than half of the seats.
    bool dissented;
}
