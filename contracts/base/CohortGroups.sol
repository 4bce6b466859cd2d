// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICohorts} from "../interfaces/ICohorts.sol";
import {MergeStage} from "../types/Cohort.sol";
import {Cohort, Group, Membership} from "../types/CohortStorage.sol";
import {Gate, ModelView} from "../types/Model.sol";
import {ProtocolLimits, TaskView} from "../types/Task.sol";
import {CohortState} from "./CohortState.sol";

/// @title  CohortGroups
/// @notice Making groups, and cohorts of tasks. Knows nothing of what an epoch does.
abstract contract CohortGroups is CohortState {
    using SafeCast for uint256;

    /// @dev As many as a round has trainers at most.
    uint16 public constant MAX_COHORTS = 256;
    /// @dev The longest wait for other cohorts, in the deployment's longest phases: two rounds with a redraw each.
    uint40 public constant MAX_GATHER_PHASES = 24;

    /// @inheritdoc ICohorts
    function createGroup(uint256 modelId, uint40 gatherSeconds, uint40 mergeSeconds)
        external
        returns (uint256 groupId)
    {
        _requireOwner(modelId);
        _requireGate(modelId, address(0));
        _requireFree(modelId);
        ProtocolLimits memory limits = rounds.limits();
        uint256 maxGatherSeconds = uint256(MAX_GATHER_PHASES) * limits.maxPhaseSeconds;
        _requireRange("gatherSeconds", gatherSeconds, limits.minPhaseSeconds, maxGatherSeconds);
        _requireRange("mergeSeconds", mergeSeconds, limits.minAuditSeconds, limits.maxPhaseSeconds);

        groupId = ++groupCount;
        Group storage group = _groups[groupId];
        (group.modelId, group.gatherSeconds, group.mergeSeconds) = (modelId.toUint64(), gatherSeconds, mergeSeconds);
        (group.epoch, group.stage) = (1, MergeStage.Gather);
        uint64 firstVersion = modelRegistry.latestVersion(modelId);
        group.firstVersion = firstVersion;
        _memberships[modelId] = Membership({groupId: groupId.toUint64(), cohort: 0, isBranch: false});

        emit GroupCreated(groupId, modelId, msg.sender, firstVersion, gatherSeconds, mergeSeconds);
    }

    /// @inheritdoc ICohorts
    function addCohorts(uint256 groupId, uint256[] calldata taskIds) external {
        Group storage group = _groupAt(groupId);
        uint256 rootId = group.modelId;
        _requireOwner(rootId);
        bytes32 baseDigest = modelRegistry.versionOf(rootId, group.firstVersion).weightsDigest;
        for (uint256 i = 0; i < taskIds.length; i++) _addCohort(groupId, group, taskIds[i], baseDigest);
    }

    function _addCohort(uint256 groupId, Group storage group, uint256 taskId, bytes32 baseDigest) private {
        TaskView memory task = rounds.taskOf(taskId);
        require(task.owner == msg.sender, CohortsNotTaskOwner(taskId, msg.sender));
        uint256 modelId = task.parameters.modelId;
        _requireFree(modelId);
        _requireGate(modelId, address(rounds));
        ModelView memory branch = modelRegistry.modelOf(modelId);
        bool isBranch = branch.parentModelId == group.modelId && branch.latestVersion == 0
            && modelRegistry.versionOf(modelId, 0).weightsDigest == baseDigest;
        require(isBranch, CohortsWrongBranch(groupId, modelId));
        uint16 cohort = group.cohorts;
        require(cohort < MAX_COHORTS, CohortsGroupFull(groupId, MAX_COHORTS));

        (group.cohorts, group.active) = (cohort + 1, group.active + 1);
        Cohort storage it = _cohorts[groupId][cohort];
        (it.taskId, it.modelId) = (taskId.toUint64(), modelId.toUint64());
        _memberships[modelId] = Membership({groupId: groupId.toUint64(), cohort: cohort, isBranch: true});

        emit CohortAdded(groupId, cohort, taskId, modelId);
    }

    function _requireOwner(uint256 modelId) private view {
        require(modelRegistry.ownerOf(modelId) == msg.sender, CohortsNotModelOwner(modelId, msg.sender));
    }

    function _requireFree(uint256 modelId) private view {
        require(_memberships[modelId].groupId == 0, CohortsModelTaken(modelId));
    }

    function _requireGate(uint256 modelId, address publisher) private view {
        Gate memory gate = modelRegistry.gateOf(modelId);
        bool isRight = gate.merger == address(this) && gate.publisher == publisher;
        require(isRight, CohortsWrongGate(modelId, gate.merger, gate.publisher));
    }

    function _requireRange(bytes32 name, uint256 actual, uint256 min, uint256 max) private pure {
        require(actual >= min && actual <= max, CohortsOutOfRange(name, actual, min, max));
    }
}
