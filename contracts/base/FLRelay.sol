// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {Batches} from "../libraries/Batches.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {BatchedCommitment, BatchProof, SignedCommitment} from "../types/Batch.sol";
import {Phase, UpdateReveal} from "../types/Round.sol";
import {Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLRelay
/// @notice Commitments that somebody else sends: a bonded relay for many trainers at once. Self-sending, which is in
///         FLTraining, needs none of it.
abstract contract FLRelay is FLTransitions {
    using RoundMachine for RoundMachine.State;

    /// @inheritdoc IFLContract
    function commitBatch(uint256 taskId, uint32 round, BatchedCommitment[] calldata entries)
        external
        returns (uint32 batch)
    {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Commit);
        return Batches.commit(task, taskId, round, entries, nodeRegistry);
    }

    /// @inheritdoc IFLContract
    function revealBatched(uint256 taskId, UpdateReveal calldata opened, BatchProof calldata proof) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Reveal);
        bool isLast = Batches.open(task, taskId, opened, proof, nodeRegistry);
        _requireCover(msg.sender);
        if (isLast) _endReveal(taskId, task);
    }

    /// @inheritdoc IFLContract
    function reportUnopened(
        uint256 taskId,
        uint32 round,
        BatchProof calldata proof,
        SignedCommitment calldata signed
    ) external returns (uint256 takenWei) {
        return Batches.report(_taskAt(taskId), taskId, round, proof, signed, nodeRegistry, _limits.reportSeconds);
    }

    /// @inheritdoc IFLContract
    function settleBatch(uint256 taskId, uint32 round, uint32 batch) external returns (uint256 takenWei) {
        return Batches.settle(_taskAt(taskId), taskId, round, batch, nodeRegistry, _limits.reportSeconds);
    }
}
