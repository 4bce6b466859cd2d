// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What a task fixes for all of its rounds. Holds no rules; those are in libraries/TaskRules.sol.

/// @notice Whether the work of a task can be replayed. `None` is never a task's mode.
enum TaskMode {
    None,
    /// Data is public or assigned; every update can be recomputed bit for bit.
    Replayable,
    /// Data never leaves the trainer; updates are scored on a validation set.
    Private,
    /// As `Private`, and single updates stay hidden too; only their sum is opened.
    Sealed
}

/// @notice Bounds that one deployment puts on every task: long for real chains, short for a local one.
struct ProtocolLimits {
    /// Shortest phase but `Challenge` and the committee's. Unit: seconds.
    uint40 minPhaseSeconds;
    /// Longest phase. Unit: seconds.
    uint40 maxPhaseSeconds;
    /// Shortest `Challenge`. Unit: seconds.
    uint40 minChallengeSeconds;
    /// Unit: blocks.
    uint16 minSeedDelayBlocks;
    /// Unit: blocks.
    uint16 maxSeedDelayBlocks;
    /// At most 24, so that the draw of the 2k seats of a redraw stays far below what a transaction may use.
    uint16 maxCommitteeSize;
    /// Usual time between two blocks, rounded up. Unit: seconds.
    uint40 blockSeconds;
    /// How long an auditor's silence can be reported. Unit: seconds.
    uint40 reportSeconds;
    /// Shortest `AuditCommit`, `AuditReveal` and `Aggregate`: nobody asks auditors whether they want a seat, so each must
    /// have the time to fill it. Unit: seconds.
    uint40 minAuditSeconds;
    /// Smallest committee: so many auditors that hardly anybody holds it by luck.
    uint16 minCommitteeSize;
    /// Smallest quorum.
    uint16 minQuorum;
    /// The stake that a seat stands for, in every task: an owner that chose it could seat its own auditors only. Unit: wei.
    uint128 seatStakeWei;
}

/// @notice What the owner fixes when creating a task.
struct TaskParameters {
    uint256 modelId;
    uint256 datasetId;
    TaskMode mode;
    /// SHA-256 of the root block of the training plan.
    bytes32 planDigest;
    /// Unit: bytes.
    uint32 planByteLength;
    /// How many rounds are paid for; failed ones count. 1 to 65,534.
    uint32 rounds;
    /// A round opens with at least so many enrolled trainers.
    uint16 minTrainers;
    /// Places in the task. At most 256, so that a verdict on all updates is one word.
    uint16 maxTrainers;
    /// Seats of the first draw, k; a redraw has 2k.
    uint16 committeeSize;
    /// Agreeing members that decide, of those drawn. More than half of `committeeSize`.
    uint16 quorum;
    /// Largest update. Unit: bytes.
    uint32 maxUpdateBytes;
    /// Paid for each accepted update. Unit: wei.
    uint256 rewardPerUpdateWei;
    /// Paid for each seat that agreed with the committee that decided, to accept something or to refuse everything. At
    /// least what a seat's silence costs. Unit: wei.
    uint256 rewardPerVerdictWei;
    /// Active stake that a place in the task locks, and that a proposer needs. At least 20 times `rewardPerUpdateWei`.
    /// Unit: wei.
    uint256 minStakeWei;
    /// What a commitment that is never opened costs. At most `minStakeWei`. Unit: wei.
    uint256 missedRevealSlashWei;
    /// Reputation needed to join; 0 when anybody may. Unit: 10^-9.
    uint32 minReputationNano;
    /// From the start of `Draw` to the block whose RANDAO value seeds the draw. Unit: blocks.
    uint16 seedDelayBlocks;
    uint40 commitSeconds;
    uint40 revealSeconds;
    /// At least four seed delays: the draw can move to a later block once and still be made.
    uint40 drawSeconds;
    uint40 auditCommitSeconds;
    uint40 auditRevealSeconds;
    uint40 aggregateSeconds;
    uint40 challengeSeconds;
}

/// @notice A task now.
struct TaskView {
    address owner;
    TaskParameters parameters;
    /// Trainers enrolled now.
    uint16 enrolled;
    /// The round opened last; rounds count from 1, and 0 means none yet.
    uint32 round;
    /// What the task can still pay: deposits, less refunds and rewards already booked. Unit: wei.
    uint256 escrowWei;
    /// No further round opens and nobody joins.
    bool closed;
}
