// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase} from "../types/Round.sol";
import {Account, Duty, Enrolment, Task} from "../types/TaskStorage.sol";
import {RoundMachine} from "./RoundMachine.sol";
import {SlotCounters} from "./SlotCounters.sol";

/// @title  Earnings
/// @notice What nodes have earned in a task, worked out when it is asked for: a round's end costs the same however many
///         trainers it pays, and a payment the same however many rounds it covers.
library Earnings {
    using RoundMachine for RoundMachine.State;
    using SlotCounters for SlotCounters.Counters;

    /// @notice What `node` is owed, and its account once that is paid. A round that is going on is left for later.
    /// @return amountWei Unit: wei.
    function settle(Task storage task, address node) internal view returns (uint256 amountWei, Account memory account) {
        account = task.accounts[node];
        Enrolment storage enrolment = task.enrolments[node];
        // Who never had a place has no counter: counters start at 1.
        uint256 updates = account.unpaidUpdates;
        if (account.paidCounter != 0 && enrolment.fromRound != 0) {
            uint16 counter = task.acceptedUpdates.get(enrolment.slot);
            updates += counter - account.paidCounter;
            account.paidCounter = counter;
        }
        settleSeat(task, account, node);
        uint256 verdicts = account.unpaidVerdicts;
        (account.unpaidUpdates, account.unpaidVerdicts) = (0, 0);
        account.uncredited += uint32(updates + verdicts); // far below 2^32: 65,534 rounds of at most 64 seats
        if (updates > 0) amountWei = updates * task.parameters.rewardPerUpdateWei;
        if (verdicts > 0) amountWei += verdicts * task.parameters.rewardPerVerdictWei;
    }

    /// @notice Looks at the last seat that `node` held: forgets it if its committee is done, counts it if it is paid.
    function settleSeat(Task storage task, Account memory account, address node) internal view {
        (uint16 round, uint8 attempt) = (account.seatedRound, account.seatedAttempt);
        if (round == 0) return;
        RoundMachine.State storage state = task.stateOf(round);
        bool isOver = !state.isActive();
        if (!isOver && state.attempt == attempt) return;
        account.seatedRound = 0;
        bool isDeciding = isOver && state.attempt == attempt && state.isDecided();
        if (!isDeciding) return;
        Duty storage duty = task.rounds[round].duties[attempt][node];
        if (duty.revealed) account.unpaidVerdicts += duty.seats;
    }

    /// @notice Moves what the trainer in `slot` has earned there to its account, before it gives the slot up.
    function leaveSlot(Task storage task, Account storage account, uint8 slot) internal {
        account.unpaidUpdates += task.acceptedUpdates.get(slot) - account.paidCounter;
    }
}
