// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FailureReason, Phase} from "../types/Round.sol";

/// @title  RoundMachine
/// @notice Where a round is, who has acted in it, and when what is allowed. Knows no callers, tokens or events.
library RoundMachine {
    /// @dev One slot, shared by all rounds of a task in turn; the contract files it away when the next one opens.
    ///      INVARIANT: revealed <= committed <= expected; verdicts revealed <= committed <= seats.
    struct State {
        Phase phase;
        FailureReason failure;
        uint40 deadline;
        uint16 round;
        uint8 attempt;
        uint16 expected;
        uint16 committed;
        uint16 revealed;
        /// Relays sent batches: trainers may open what `committed` does not count yet.
        bool batched;
        uint8 seats;
        uint8 verdictsCommitted;
        /// Bit s: the verdict of seat s was revealed. A redraw has 48 seats at most.
        uint48 revealedSeats;
        /// Attestations of the leading digest.
        uint8 attestations;
        /// Bit a: committee a had no quorum of commitments, so nobody could reveal.
        uint8 unopenedAttempts;
        /// Bit a: committee a did not agree on an aggregate in time.
        uint8 vetoedAttempts;
        /// A verdict of the committee marks duplicates.
        bool marksDuplicates;
        /// Seats whose revealed verdict accepts no update.
        uint8 refusingSeats;
        /// How often the second committee began `Aggregate` anew.
        uint8 reruns;
        /// A dispute has struck what the committee accepted, or refuted what it agreed on. The round goes back when no game
        /// holds it any more.
        bool undone;
    }

    /// @notice The round is in phase `actual`; this needs `needed`.
    error RoundMachineWrongPhase(Phase actual, Phase needed);

    /// @notice The phase was over at `deadline`. Somebody has to advance the round.
    error RoundMachineDeadlinePassed(Phase phase, uint40 deadline);

    /// @notice The phase lasts until `deadline`.
    error RoundMachineNotDue(Phase phase, uint40 deadline);

    /// @notice No round is going on.
    error RoundMachineOver(Phase phase);

    /// @notice Reverts unless the round is in `needed`, before its deadline.
    function requireOpen(State storage self, Phase needed) internal view {
        (Phase phase, uint40 deadline) = (self.phase, self.deadline);
        require(phase == needed, RoundMachineWrongPhase(phase, needed));
        require(block.timestamp < deadline, RoundMachineDeadlinePassed(phase, deadline));
    }

    /// @notice Reverts unless a round is going on and its phase is over.
    function requireDue(State storage self) internal view {
        (Phase phase, uint40 deadline) = (self.phase, self.deadline);
        require(isActive(self), RoundMachineOver(phase));
        require(block.timestamp >= deadline, RoundMachineNotDue(phase, deadline));
    }

    function isActive(State storage self) internal view returns (bool) {
        Phase phase = self.phase;
        return phase != Phase.None && phase != Phase.Final && phase != Phase.Failed;
    }

    /// @return fresh The state of the round after `self`, before its first phase.
    function next(State memory self, uint16 expected) internal pure returns (State memory fresh) {
        fresh.round = self.round + 1;
        fresh.expected = expected;
    }

    /// @notice Enters `phase` for `durationSeconds`; 0 when nothing follows.
    function enter(State storage self, Phase phase, uint40 durationSeconds) internal returns (uint40 deadline) {
        deadline = durationSeconds == 0 ? 0 : uint40(block.timestamp) + durationSeconds; // 40 bits last 34,000 years
        self.phase = phase;
        self.deadline = deadline;
    }

    /// @return Whether nobody is left to reveal. Entries of a batch can't be counted on, as a relay may send anything, so
    ///         where there are some, all who may commit must have revealed.
    function isAllRevealed(State storage self) internal view returns (bool) {
        return self.revealed == (self.batched ? self.expected : self.committed);
    }

    /// @notice Ends the round without a version.
    function fail(State storage self, FailureReason reason) internal {
        self.phase = Phase.Failed;
        self.failure = reason;
        self.deadline = 0;
    }

    /// @notice Dismisses the first committee.
    function redraw(State storage self) internal {
        self.attempt++;
        self.seats = 0;
        self.verdictsCommitted = 0;
        self.revealedSeats = 0;
        self.attestations = 0;
        self.marksDuplicates = false;
        self.refusingSeats = 0;
        self.undone = false;
    }

    /// @notice Has the second committee agree on another aggregate.
    function rerun(State storage self) internal {
        self.reruns++;
        self.attestations = 0;
        self.undone = false;
    }

    /// @return The number of the last aggregation of committee `attempt`: the first committee has one, number 0; the second
    ///         has number 1, and one more each time it began anew.
    function aggregationOf(State storage self, uint8 attempt) internal view returns (uint8) {
        return attempt == 0 ? 0 : attempt + self.reruns;
    }

    /// @return Whether the round's last committee decided: a quorum of it for some update, or against all.
    function isDecided(State storage self) internal view returns (bool) {
        return self.phase == Phase.Final || self.failure == FailureReason.NothingAccepted;
    }

    /// @notice Agreeing members that decide: the task's share of the seats, rounded up, and never below its quorum.
    /// @dev    So a redraw of 2k seats needs twice the quorum, and a committee cut short by want of auditors no less.
    function quorumOf(uint256 seats, uint256 quorum, uint256 committeeSize) internal pure returns (uint256) {
        uint256 share = (quorum * seats + committeeSize - 1) / committeeSize;
        return share > quorum ? share : quorum;
    }
}
