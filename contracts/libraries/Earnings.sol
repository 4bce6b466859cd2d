// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {FailureReason} from "../types/Round.sol";
import {Account, Duty, Enrolment, Task} from "../types/TaskStorage.sol";
import {RoundMachine} from "./RoundMachine.sol";
import {SlotCounters} from "./SlotCounters.sol";

/// @title  Earnings
/// @notice What nodes have earned in a task, worked out when it is asked for: a round's end costs the same however many
///         trainers it pays, and a payment the same however many rounds it covers. Linked into FLContract where it costs
///         little, to keep that within the size limit.
library Earnings {
    using RoundMachine for RoundMachine.State;
    using SlotCounters for SlotCounters.Counters;

    /// @notice What `node` is owed, and its account once that is paid. A round that is going on is left for later.
    /// @return amountWei Unit: wei.
    function settle(Task storage task, address node) internal view returns (uint256 amountWei, Account memory account) {
        account = collect(task, node);
        (uint256 updates, uint256 verdicts) = (account.unpaidUpdates, account.unpaidVerdicts);
        (account.unpaidUpdates, account.unpaidVerdicts) = (0, 0);
        if (updates > 0) amountWei = updates * task.parameters.rewardPerUpdateWei;
        if (verdicts > 0) amountWei += verdicts * task.parameters.rewardPerVerdictWei;
    }

    /// @return account That of `node` once all that it has earned is counted. A round that is going on is left for later.
    function collect(Task storage task, address node) internal view returns (Account memory account) {
        account = task.accounts[node];
        Enrolment storage enrolment = task.enrolments[node];
        // Who never had a place has no counter: counters start at 1.
        if (account.paidCounter != 0 && enrolment.fromRound != 0) {
            uint16 counter = task.acceptedUpdates.get(enrolment.slot);
            uint16 updates = counter - account.paidCounter;
            account.paidCounter = counter;
            account.unpaidUpdates += updates; // far below 2^32: 65,534 rounds
            account.uncredited += updates;
        }
        settleSeat(task, account, node);
    }

    /// @notice As {credit}, for anybody who asks. Reverts with FLContractNothingToCredit.
    function creditAsked(Task storage task, uint256 taskId, address node, INodeRegistry nodeRegistry)
        external
        returns (uint32 outcomes)
    {
        outcomes = credit(task, node, nodeRegistry);
        require(outcomes > 0, IFLContract.FLContractNothingToCredit(taskId, node));
    }

    /// @return amountWei What {settle} would have paid. Unit: wei.
    function owed(Task storage task, address node) external view returns (uint256 amountWei) {
        (amountWei,) = settle(task, node);
    }

    /// @notice Tells the registry of all outcomes of `node` in the task that it has not been told of, paid or not.
    /// @dev    Before a fault is slashed too: else who keeps its outcomes back has them count after the fault.
    /// @return outcomes How many; 0 when there is nothing to tell.
    function credit(Task storage task, address node, INodeRegistry nodeRegistry) internal returns (uint32 outcomes) {
        Account memory account = collect(task, node);
        outcomes = account.uncredited;
        if (outcomes == 0) return 0;

        account.uncredited = 0;
        task.accounts[node] = account;

        nodeRegistry.credit(node, outcomes);
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
        bool agreed = duty.revealed && (!duty.refused || state.failure == FailureReason.NothingAccepted);
        if (!agreed) return;
        account.unpaidVerdicts += duty.seats;
        account.uncredited += duty.seats;
    }

    /// @notice Moves what the trainer in `slot` has earned there to its account, before it gives the slot up.
    function leaveSlot(Task storage task, Account storage account, uint8 slot) internal {
        uint16 updates = task.acceptedUpdates.get(slot) - account.paidCounter;
        account.unpaidUpdates += updates;
        account.uncredited += updates;
    }
}
