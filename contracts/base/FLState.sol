// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "../CairnToken.sol";
import {IDataRegistry} from "../interfaces/IDataRegistry.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {TaskRules} from "../libraries/TaskRules.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {ProtocolLimits} from "../types/Task.sol";
import {Account, Round, Task} from "../types/TaskStorage.sol";

/// @title  FLState
/// @notice What all parts of FLContract share: the storage, its neighbours, and the two ways a phase is announced.
/// @dev    Holds no entry points.
abstract contract FLState is IFLContract {
    using RoundMachine for RoundMachine.State;

    CairnToken public immutable token;
    INodeRegistry public immutable nodeRegistry;
    IModelRegistry public immutable modelRegistry;
    IDataRegistry public immutable dataRegistry;

    /// @inheritdoc IFLContract
    uint256 public taskCount;
    ProtocolLimits internal _limits;
    mapping(uint256 taskId => Task) internal _tasks;

    constructor(
        CairnToken token_,
        INodeRegistry nodeRegistry_,
        IModelRegistry modelRegistry_,
        IDataRegistry dataRegistry_,
        ProtocolLimits memory limits_
    ) {
        TaskRules.checkLimits(limits_);
        (token, nodeRegistry) = (token_, nodeRegistry_);
        (modelRegistry, dataRegistry) = (modelRegistry_, dataRegistry_);
        _limits = limits_;
    }

    function _taskAt(uint256 taskId) internal view returns (Task storage task) {
        task = _tasks[taskId];
        require(task.owner != address(0), FLContractUnknownTask(taskId));
    }

    /// @dev The last round's storage. `task` has a round.
    function _lastRound(Task storage task) internal view returns (Round storage) {
        return task.rounds[task.state.round];
    }

    /// @dev Where a round is or ended: in the task while it is the last, filed away afterwards.
    function _stateOf(Task storage task, uint32 round) internal view returns (RoundMachine.State memory) {
        return round == task.state.round ? task.state : task.rounds[round].state;
    }

    function _enter(uint256 taskId, Task storage task, Phase phase, uint40 durationSeconds) internal {
        uint40 deadline = task.state.enter(phase, durationSeconds);
        emit PhaseAdvanced(taskId, task.state.round, phase, deadline);
    }

    function _fail(uint256 taskId, Task storage task, FailureReason reason) internal {
        task.state.fail(reason);
        emit PhaseAdvanced(taskId, task.state.round, Phase.Failed, 0);
        emit RoundFailed(taskId, task.state.round, reason);
    }

    function _requireStake(address node, uint256 neededWei) internal view {
        uint256 stakeWei = nodeRegistry.stakeOf(node);
        require(stakeWei >= neededWei, FLContractStakeTooLow(node, stakeWei, neededWei));
    }

    /// @dev Whether the last committee that `account` sat in is known to be paid or not, and if it is paid.
    function _lookAtSeat(Task storage task, Account memory account, address node)
        internal
        view
        returns (bool known, bool paid)
    {
        if (account.seatedRound == 0) return (false, false);
        RoundMachine.State memory state = _stateOf(task, account.seatedRound);
        bool isOver = state.phase == Phase.Final || state.phase == Phase.Failed;
        known = isOver || state.attempt > account.seatedAttempt;
        paid = isOver && state.attempt == account.seatedAttempt && RoundMachine.isDecided(state)
            && task.rounds[account.seatedRound].duties[account.seatedAttempt][node].revealed;
    }
}
