// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {VerdictReveal} from "../types/Round.sol";
import {Duty, Round, Task} from "../types/TaskStorage.sol";
import {Commitments} from "./Commitments.sol";

/// @title  Verdicts
/// @notice How an auditor binds itself to a verdict and opens it. Linked into FLContract, to keep that within the size
///         limit.
/// @dev    Assumes: the round is in `AuditCommit` or `AuditReveal`; the caller moves it on.
library Verdicts {
    /// @notice Binds the caller to a verdict, for all its seats. Emits VerdictCommitted.
    /// @return committed Seats that are bound now.
    function commit(Task storage task, uint256 taskId, bytes32 commitment) external returns (uint8 committed) {
        uint16 round = task.state.round;
        Duty storage duty = task.rounds[round].duties[task.state.attempt][msg.sender];
        require(commitment != 0, IFLContract.FLContractEmptyCommitment());
        require(duty.seats > 0, IFLContract.FLContractNotSeated(taskId, round, msg.sender));
        require(!duty.committed, IFLContract.FLContractAlreadyCommitted(taskId, round, msg.sender));

        duty.committed = true;
        task.verdicts[duty.seat] = commitment;
        committed = task.state.verdictsCommitted + duty.seats;
        task.state.verdictsCommitted = committed;

        emit IFLContract.VerdictCommitted(taskId, round, msg.sender, commitment);
    }

    /// @notice Opens the caller's verdict. Emits VerdictRevealed, and DuplicatesMarked if it marks any.
    function open(Task storage task, uint256 taskId, VerdictReveal memory opened) external {
        Round storage round = task.lastRound();
        (uint16 number, uint8 attempt) = (task.state.round, task.state.attempt);
        Duty storage duty = round.duties[attempt][msg.sender];
        (uint8 seat, uint8 seats) = (duty.seat, duty.seats);
        require(seats > 0, IFLContract.FLContractNotSeated(taskId, number, msg.sender));
        bool owesReveal = duty.committed && !duty.revealed;
        require(owesReveal, IFLContract.FLContractNothingToReveal(taskId, number, msg.sender));
        bytes32 actual = _hash(taskId, number, attempt, opened);
        require(actual == task.verdicts[seat], IFLContract.FLContractCommitmentMismatch(taskId, number, msg.sender));

        duty.revealed = true;
        if (opened.acceptedBitmap & ~opened.duplicateBitmap & ~round.unrevealed == 0) {
            duty.refused = true;
            task.state.refusingSeats += seats;
        }
        if (opened.duplicateBitmap != 0) task.state.marksDuplicates = true;
        for (uint8 i = seat; i < seat + seats; i++) {
            task.verdicts[i] = bytes32(opened.acceptedBitmap);
            if (opened.duplicateBitmap != 0) round.duplicates[attempt][i] = opened.duplicateBitmap;
        }
        task.state.revealedSeats |= (type(uint48).max >> (48 - seats)) << seat;

        emit IFLContract.VerdictRevealed(taskId, number, msg.sender, opened.acceptedBitmap, opened.evidence);
        if (opened.duplicateBitmap == 0) return;
        emit IFLContract.DuplicatesMarked(taskId, number, msg.sender, opened.duplicateBitmap);
    }

    function _hash(uint256 taskId, uint16 round, uint8 attempt, VerdictReveal memory opened)
        private
        view
        returns (bytes32 verdict)
    {
        (uint256 bitmap, bytes32 evidence, bytes32 salt) = (opened.acceptedBitmap, opened.evidence, opened.salt);
        verdict = Commitments.hashVerdict(taskId, round, attempt, msg.sender, bitmap, evidence, salt);
        if (opened.duplicateBitmap != 0) verdict = Commitments.hashMarking(verdict, opened.duplicateBitmap);
    }
}
