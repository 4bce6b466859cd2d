// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RoundMachine} from "../libraries/RoundMachine.sol";
import {SlotCounters} from "../libraries/SlotCounters.sol";
import {RoundBatches} from "./Batch.sol";
import {TaskParameters} from "./Task.sol";

/// How FLContract stores tasks. Laid out so that what trainers and auditors write in every round is a slot that was
/// written before. Holds no rules.

/// @dev A trainer in a task: one slot, all that a commitment touches.
///
///      | bits   | field       | meaning                                                                      |
///      | 0-15   | fromRound   | first round it may commit in; 0 when it is not enrolled                      |
///      | 16-31  | commitRound | the round it committed in last from this place; 0 when none                  |
///      | 32-39  | slot        | its place, which is its update's bit in the bitmaps                          |
///      | 40-47  | owesReveal  | whether `commitment` is still to be opened                                   |
///      | 48-247 | commitment  | the first 25 bytes of what it committed to in `commitRound`. A second        |
///      |        |             | opening would take a collision of 200 bits                                   |
struct Enrolment {
    uint16 fromRound;
    uint16 commitRound;
    uint8 slot;
    bool owesReveal;
    bytes25 commitment;
}

/// @dev What a node has earned in a task and not been paid: one slot for both of its roles.
struct Account {
    /// Counter of the trainer's slot up to which it was counted, or when it took the slot.
    uint16 paidCounter;
    /// Accepted updates that were counted and not paid.
    uint32 unpaidUpdates;
    /// Verdicts that are known to be paid for.
    uint32 unpaidVerdicts;
    /// The last round in which it was seated, not looked at yet; 0 when none.
    uint16 seatedRound;
    /// The committee of that round.
    uint8 seatedAttempt;
    /// Outcomes counted here that its reputation has not been told of.
    uint32 uncredited;
    /// It was evicted for idleness or left with nothing accepted, and may join again once this round has opened; 0 when
    /// it was and did not.
    uint32 rejoinRound;
    /// Counter of the trainer's slot when it took the slot.
    uint16 joinedCounter;
}

/// @dev What a member of one committee has done.
struct Duty {
    /// How many seats it holds; 0 when it is no member.
    uint8 seats;
    /// The first of them; they adjoin.
    uint8 seat;
    bool committed;
    bool revealed;
    /// What it revealed accepts no update.
    bool refused;
    /// The number of the aggregation in which it attested last, counted from 1; 0 when in none.
    uint8 attestedIn;
    bool reported;
    bool missedPlant;
    /// When the committee was drawn. Unit: unix seconds.
    uint40 seatedAt;
    /// The first 16 bytes of the key of the proposal that it attested. Another with the same would take 2^128 tries.
    bytes16 attestedKey;
}

/// @dev A digest and length proposed as the aggregate.
struct Proposal {
    address proposer;
    uint8 attestations;
}

/// @dev What stays of a round when the next one opens.
struct Round {
    uint48 openedAtBlock;
    uint48 baseVersion;
    uint48 publishedVersion;
    uint48 seedTargetBlock;
    uint32 snapshotEpoch;
    uint32 aggregateByteLength;
    bytes32 seed;
    bytes32 committeeSeed;
    /// Bit i is *cleared* by the reveal of update i: so no reveal is charged for a fresh slot.
    uint256 unrevealed;
    uint256 accepted;
    /// The proposed digest with the most attestations so far.
    bytes32 aggregateDigest;
    /// Games that hold the round.
    uint32 openDisputes;
    /// Updates that disputes struck.
    uint256 struck;
    /// Filed here when the next round opens.
    RoundMachine.State state;
    mapping(uint8 attempt => mapping(address auditor => Duty)) duties;
    mapping(bytes32 key => Proposal) proposals;
    /// What members marked as duplicates, where `marksDuplicates`.
    mapping(uint8 attempt => mapping(uint256 seat => uint256)) duplicates;
    /// As `attestedKey`: what more than half of the seats attested in a committee that did not agree; 0 when nothing.
    mapping(uint8 aggregation => bytes16) majorities;
    /// Likewise: what the committee agreed on and a dispute proved false; 0 when nothing.
    mapping(uint8 aggregation => bytes16) refuted;
    /// Likewise: what it agreed on, once that is disputed.
    mapping(uint8 aggregation => bytes16) disputed;
}

using {lastRound, stateOf} for Task global;

/// @dev A task and the state of its last round.
struct Task {
    address owner;
    uint16 enrolled;
    bool closed;
    /// The round and committee that `committee` and `verdicts` are of.
    uint16 seatedRound;
    uint8 seatedAttempt;
    /// What can still be booked as reward. INVARIANT: the contract holds all tasks' escrows and all that is claimable.
    uint256 escrowWei;
    /// The slots that are taken.
    uint256 places;
    RoundMachine.State state;
    TaskParameters parameters;
    mapping(address trainer => Enrolment) enrolments;
    mapping(address node => Account) accounts;
    mapping(uint32 round => Round) rounds;
    /// The members of the last committee, by seat.
    mapping(uint256 seat => address) committee;
    /// Their commitments, and after the reveal their bitmaps.
    mapping(uint256 seat => bytes32) verdicts;
    SlotCounters.Counters acceptedUpdates;
    mapping(uint32 round => RoundBatches) batches;
}

/// @dev The storage of the round opened last. `task` has one.
function lastRound(Task storage task) view returns (Round storage) {
    return task.rounds[task.state.round];
}

/// @dev Where a round is or ended: in the task while it is the last, filed away afterwards.
function stateOf(Task storage task, uint32 round) view returns (RoundMachine.State storage) {
    return round == task.state.round ? task.state : task.rounds[round].state;
}
