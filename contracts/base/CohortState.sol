// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICohorts} from "../interfaces/ICohorts.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {CohortView, GroupView, MergeStage} from "../types/Cohort.sol";
import {Cohort, Group, Membership} from "../types/CohortStorage.sol";

/// @title  CohortState
/// @notice What all parts of Cohorts share: the storage, its neighbours, and the views.
/// @dev    Changes nothing.
abstract contract CohortState is ICohorts {
    IModelRegistry public immutable modelRegistry;
    IFLContract public immutable rounds;

    /// @inheritdoc ICohorts
    uint256 public groupCount;
    mapping(uint256 groupId => Group) internal _groups;
    mapping(uint256 groupId => mapping(uint16 cohort => Cohort)) internal _cohorts;
    mapping(uint256 modelId => Membership) internal _memberships;
    /// @dev Seats of a cohort for a merge; the key binds group, epoch, digest, length and cohort.
    mapping(bytes32 key => uint16) internal _seats;
    /// @dev Cohorts whose quorum is for a merge; the key binds group, epoch, digest and length.
    mapping(bytes32 key => uint16) internal _agreeing;
    /// @dev Who has attested; the key binds group, epoch, cohort and account.
    mapping(bytes32 key => bool) internal _attested;

    constructor(IModelRegistry modelRegistry_, IFLContract rounds_) {
        (modelRegistry, rounds) = (modelRegistry_, rounds_);
    }

    /// @inheritdoc ICohorts
    function groupOf(uint256 groupId) external view returns (GroupView memory) {
        Group storage group = _groupAt(groupId);
        return GroupView({
            modelId: group.modelId,
            firstVersion: group.firstVersion,
            epoch: group.epoch,
            stage: group.stage,
            deadline: group.deadline,
            gatherSeconds: group.gatherSeconds,
            mergeSeconds: group.mergeSeconds,
            cohorts: group.cohorts,
            active: group.active,
            entered: group.entered,
            agreeing: group.agreeing,
            mergedEpoch: group.mergedEpoch,
            mergedVersion: group.mergedVersion,
            leadingDigest: group.leadingDigest,
            leadingByteLength: group.leadingByteLength,
            entriesDigest: group.entriesDigest
        });
    }

    /// @inheritdoc ICohorts
    function cohortOf(uint256 groupId, uint16 cohort) external view returns (CohortView memory) {
        (, Cohort storage it) = _cohortAt(groupId, cohort);
        return CohortView({
            taskId: it.taskId,
            modelId: it.modelId,
            baseEpoch: it.baseEpoch,
            baseVersion: it.baseVersion,
            enteredEpoch: it.enteredEpoch,
            version: it.version,
            entryTaskId: it.entryTaskId,
            round: it.round,
            quorum: it.quorum,
            retired: it.retired
        });
    }

    /// @inheritdoc ICohorts
    function membershipOf(uint256 modelId) external view returns (uint256 groupId, uint16 cohort) {
        Membership storage membership = _memberships[modelId];
        groupId = membership.groupId;
        cohort = membership.isBranch ? membership.cohort : _groups[groupId].cohorts;
    }

    /// @inheritdoc ICohorts
    function hasAttested(uint256 groupId, uint16 cohort, address member) external view returns (bool) {
        return _attested[keccak256(abi.encode(groupId, _groups[groupId].epoch, cohort, member))];
    }

    function _groupAt(uint256 groupId) internal view returns (Group storage group) {
        group = _groups[groupId];
        require(group.stage != MergeStage.None, CohortsUnknownGroup(groupId));
    }

    function _cohortAt(uint256 groupId, uint16 cohort) internal view returns (Group storage group, Cohort storage it) {
        group = _groups[groupId];
        it = _cohorts[groupId][cohort];
        require(it.taskId != 0, CohortsUnknownCohort(groupId, cohort));
    }
}
