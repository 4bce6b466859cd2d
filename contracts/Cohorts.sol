// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CohortGroups} from "./base/CohortGroups.sol";
import {CohortState} from "./base/CohortState.sol";
import {ICohorts} from "./interfaces/ICohorts.sol";
import {IFLContract} from "./interfaces/IFLContract.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {MergeStage} from "./types/Cohort.sol";
import {Cohort, Group} from "./types/CohortStorage.sol";
import {PublishedVersion, VersionView} from "./types/Model.sol";
import {Phase} from "./types/Round.sol";
import {TaskView} from "./types/Task.sol";

/// @title  Cohorts
/// @notice The epochs of groups: entering, attesting, moving on, adopting.
/// @dev    Nothing here loops over cohorts, so a group of 256 costs each call no more than one of two.
contract Cohorts is CohortGroups {
    using SafeCast for uint256;

    constructor(IModelRegistry modelRegistry_, IFLContract rounds_) CohortState(modelRegistry_, rounds_) {}

    /// @inheritdoc ICohorts
    function enterCohort(uint256 groupId, uint16 cohort) external {
        (Group storage group, Cohort storage it) = _cohortAt(groupId, cohort);
        _requireStage(groupId, group, MergeStage.Gather);
        uint32 epoch = group.epoch;
        uint256 modelId = it.modelId;
        require(it.enteredEpoch != epoch, CohortsAlreadyEntered(groupId, epoch, cohort));
        require(modelRegistry.gateOf(modelId).closed, CohortsNothingToEnter(groupId, cohort));
        uint64 version = modelRegistry.latestVersion(modelId);
        VersionView memory made = modelRegistry.versionOf(modelId, version);
        require(_isFresh(group, it, made), CohortsLate(groupId, cohort, version));
        uint16 quorum = rounds.roundOf(made.taskId, made.round).quorum;

        (it.enteredEpoch, it.version, it.quorum) = (epoch, version, quorum);
        (it.entryTaskId, it.round) = (made.taskId.toUint64(), made.round);
        group.entriesDigest = keccak256(abi.encode(group.entriesDigest, cohort, made.taskId, made.round, version));
        group.lastEntered = cohort;
        if (it.retired) (it.retired, group.active) = (false, group.active + 1);
        uint16 entered = ++group.entered;

        emit CohortEntered(groupId, epoch, cohort, version, made.taskId, made.round, quorum);
        if (entered == group.active) _endGather(groupId, group);
        else if (entered == 1) _enter(groupId, group, MergeStage.Gather, group.gatherSeconds);
    }

    /// @inheritdoc ICohorts
    function retireCohort(uint256 groupId, uint16 cohort) external {
        (Group storage group, Cohort storage it) = _cohortAt(groupId, cohort);
        uint256 modelId = it.modelId;
        bool mayEnter = modelRegistry.gateOf(modelId).closed
            && _isFresh(group, it, modelRegistry.versionOf(modelId, modelRegistry.latestVersion(modelId)));
        bool isEngaged = it.retired || it.enteredEpoch == group.epoch || mayEnter;
        require(!isEngaged && _isOver(it.taskId), CohortsNotRetiring(groupId, cohort));

        it.retired = true;
        uint16 active = --group.active;

        emit CohortRetired(groupId, cohort);
        bool isComplete = group.stage == MergeStage.Gather && active > 0 && group.entered == active;
        if (isComplete) _endGather(groupId, group);
    }

    /// @inheritdoc ICohorts
    function attestMerge(uint256 groupId, uint16 cohort, bytes32 digest, uint32 byteLength) external {
        (Group storage group, Cohort storage it) = _cohortAt(groupId, cohort);
        _requireStage(groupId, group, MergeStage.Attest);
        uint32 epoch = group.epoch;
        require(byteLength > 0, CohortsEmptyMerge());
        require(it.enteredEpoch == epoch, CohortsNotEntered(groupId, epoch, cohort));
        uint16 held = _takeSeats(groupId, epoch, cohort, it);
        bytes32 mergeKey = keccak256(abi.encode(groupId, epoch, digest, byteLength));
        bytes32 tallyKey = keccak256(abi.encode(mergeKey, cohort));
        uint16 attestations = _seats[tallyKey] + held; // at most the committee's 48

        _seats[tallyKey] = attestations;

        emit MergeAttested(groupId, epoch, msg.sender, cohort, digest, byteLength, attestations);
        bool isQuorum = attestations >= it.quorum && attestations - held < it.quorum;
        if (isQuorum) _agree(groupId, group, mergeKey, digest, byteLength);
    }

    /// @inheritdoc ICohorts
    function advanceGroup(uint256 groupId) external {
        Group storage group = _groupAt(groupId);
        uint40 deadline = group.deadline;
        require(deadline != 0 && block.timestamp >= deadline, CohortsNotDue(groupId, deadline));
        if (group.stage == MergeStage.Gather) {
            _endGather(groupId, group);
        } else if (2 * uint256(group.agreeing) > group.entered) {
            _merge(groupId, group, group.leadingDigest, group.leadingByteLength);
        } else {
            emit EpochSkipped(groupId, group.epoch);
            _startEpoch(groupId, group);
        }
    }

    /// @inheritdoc ICohorts
    function adoptMerge(uint256 groupId, uint16 cohort) external {
        (Group storage group, Cohort storage it) = _cohortAt(groupId, cohort);
        uint256 modelId = it.modelId;
        (uint32 ended, uint32 baseEpoch, uint64 baseVersion) = (group.epoch - 1, it.baseEpoch, it.baseVersion);
        uint64 version = modelRegistry.latestVersion(modelId);
        bool isClosed = modelRegistry.gateOf(modelId).closed;
        bool isMerged = group.mergedEpoch > baseEpoch;
        bool isStray = isClosed && modelRegistry.versionOf(modelId, version).parentVersion != baseVersion;
        require(baseEpoch < ended || isStray, CohortsNothingToAdopt(groupId, cohort));

        if (isMerged) version = _publish(modelId, modelRegistry.versionOf(group.modelId, group.mergedVersion));
        else if (isStray) version = _publish(modelId, modelRegistry.versionOf(modelId, baseVersion));
        else if (isClosed) modelRegistry.openGate(modelId);
        // The registry is Cairn's own and calls nobody, so writing its answer after the call is safe.
        (it.baseEpoch, it.baseVersion) = (ended, version);

        emit CohortAdopted(groupId, cohort, ended, version);
    }

    /// @dev A cohort alone has nothing to be merged with.
    function _endGather(uint256 groupId, Group storage group) private {
        if (group.entered > 1) return _enter(groupId, group, MergeStage.Attest, group.mergeSeconds);
        Cohort storage it = _cohorts[groupId][group.lastEntered];
        VersionView memory only = modelRegistry.versionOf(it.modelId, it.version);
        _merge(groupId, group, only.weightsDigest, only.weightsByteLength);
    }

    /// @return held The caller's seats in the committee that made the cohort's version, which count once in an epoch.
    function _takeSeats(uint256 groupId, uint32 epoch, uint16 cohort, Cohort storage it)
        private
        returns (uint16 held)
    {
        bytes32 key = keccak256(abi.encode(groupId, epoch, cohort, msg.sender));
        require(!_attested[key], CohortsAlreadyAttested(groupId, cohort, msg.sender));
        held = rounds.dutyOf(it.entryTaskId, it.round, msg.sender).seats;
        require(held > 0, CohortsNotSeated(groupId, cohort, msg.sender));

        _attested[key] = true;
    }

    /// @dev One more cohort is for this merge.
    function _agree(uint256 groupId, Group storage group, bytes32 mergeKey, bytes32 digest, uint32 byteLength) private {
        uint16 agreeing = ++_agreeing[mergeKey];
        if (agreeing <= group.agreeing) return;
        group.agreeing = agreeing;
        (group.leadingDigest, group.leadingByteLength) = (digest, byteLength);
        emit MergeLed(groupId, group.epoch, digest, byteLength, agreeing);
        if (agreeing == group.entered) _merge(groupId, group, digest, byteLength);
    }

    /// @dev The registry is Cairn's own and calls nobody, so writing its answer after the call is safe.
    function _merge(uint256 groupId, Group storage group, bytes32 digest, uint32 byteLength) private {
        (uint256 modelId, uint32 epoch) = (group.modelId, group.epoch);
        bytes32 provenance =
            keccak256(abi.encode(block.chainid, address(this), groupId, epoch, group.entriesDigest));
        uint64 version = modelRegistry.publishVersion(
            modelId,
            PublishedVersion({
                weightsDigest: digest,
                weightsByteLength: byteLength,
                parentVersion: modelRegistry.latestVersion(modelId),
                taskId: 0,
                round: epoch,
                provenanceDigest: provenance
            })
        );
        (group.mergedEpoch, group.mergedVersion) = (epoch, version);

        emit EpochMerged(groupId, epoch, version, digest, byteLength);
        _startEpoch(groupId, group);
    }

    /// @return version Of the model, with the weights of `made`, on top of its latest.
    function _publish(uint256 modelId, VersionView memory made) private returns (uint64 version) {
        return modelRegistry.publishVersion(
            modelId,
            PublishedVersion({
                weightsDigest: made.weightsDigest,
                weightsByteLength: made.weightsByteLength,
                parentVersion: modelRegistry.latestVersion(modelId),
                taskId: 0,
                round: made.round,
                provenanceDigest: made.provenanceDigest
            })
        );
    }

    function _startEpoch(uint256 groupId, Group storage group) private {
        group.epoch++;
        (group.entered, group.agreeing, group.entriesDigest) = (0, 0, 0);
        (group.leadingDigest, group.leadingByteLength) = (0, 0);
        _enter(groupId, group, MergeStage.Gather, 0);
    }

    /// @dev Without a duration the stage waits for the first to act.
    function _enter(uint256 groupId, Group storage group, MergeStage stage, uint40 durationSeconds) private {
        uint40 deadline = durationSeconds == 0 ? 0 : uint40(block.timestamp) + durationSeconds; // 40 bits last 34,000 years
        (group.stage, group.deadline) = (stage, deadline);
        emit StageAdvanced(groupId, group.epoch, stage, deadline);
    }

    /// @return Whether a cohort's version was made from what the last epoch ended with.
    function _isFresh(Group storage group, Cohort storage it, VersionView memory made) private view returns (bool) {
        return it.baseEpoch == group.epoch - 1 && made.parentVersion == it.baseVersion;
    }

    /// @return Whether a task opens no more rounds, and none is going on.
    function _isOver(uint256 taskId) private view returns (bool) {
        TaskView memory task = rounds.taskOf(taskId);
        if (!task.closed && task.round < task.parameters.rounds) return false;
        Phase phase = rounds.roundOf(taskId, task.round).phase;
        return phase == Phase.None || phase == Phase.Final || phase == Phase.Failed;
    }

    function _requireStage(uint256 groupId, Group storage group, MergeStage needed) private view {
        (MergeStage actual, uint40 deadline) = (group.stage, group.deadline);
        require(actual == needed, CohortsWrongStage(groupId, actual, needed));
        require(deadline == 0 || block.timestamp < deadline, CohortsDeadlinePassed(groupId, deadline));
    }
}
