// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Cohorts} from "../../../contracts/Cohorts.sol";
import {CohortView, GroupView, MergeStage} from "../../../contracts/types/Cohort.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @notice A group around model 1, whose cohorts have one trainer each: cohort i trainer i.
abstract contract CohortsTest is CairnTest {
    uint256 internal constant ROOT = 2;
    uint256 internal constant GROUP = 1;
    uint40 internal constant GATHER_SECONDS = 900;
    uint40 internal constant MERGE_SECONDS = 300;
    bytes32 internal constant BASE_DIGEST = keccak256("base");
    bytes32 internal constant MERGED = keccak256("merged");
    bytes32 internal constant WRONG = keccak256("wrong");

    Cohorts internal cohorts;

    /// @dev The group's model is 2, that of cohort i is 3 + i, and its task 1 + i.
    function _deployGroup(uint256 count) internal {
        _deploy();
        cohorts = new Cohorts(models, fl);
        _enlistAll();
        vm.startPrank(OWNER);
        models.registerModel("root", bytes32(0), 10, BASE_DIGEST, BYTE_LENGTH, 0, 0);
        models.gateModel(ROOT, address(cohorts), address(0));
        cohorts.createGroup(ROOT, GATHER_SECONDS, MERGE_SECONDS);
        vm.stopPrank();
        for (uint256 i = 0; i < count; i++) _addCohort();
    }

    function _addCohort() internal returns (uint256 taskId) {
        taskId = _newTask(BASE_DIGEST);
        vm.prank(OWNER);
        cohorts.addCohorts(GROUP, _one(taskId));
    }

    /// @dev A task on a branch of its own, which its first trainer joins.
    function _newTask(bytes32 weightsDigest) internal returns (uint256 taskId) {
        vm.startPrank(OWNER);
        uint256 modelId = models.registerModel("branch", bytes32(0), 10, weightsDigest, BYTE_LENGTH, ROOT, 0);
        models.gateModel(modelId, address(cohorts), address(fl));
        TaskParameters memory p = _parameters();
        (p.modelId, p.rounds) = (modelId, _taskRounds());
        taskId = fl.createTask(p);
        vm.stopPrank();
        vm.prank(_trainer(taskId - 1));
        fl.join(taskId);
    }

    function _taskRounds() internal pure virtual returns (uint32) {
        return 1_000;
    }

    /// @dev A whole round of the cohort, with an aggregate of its own.
    function _play(uint16 cohort) internal returns (address[] memory members) {
        uint256 taskId = _task(cohort);
        fl.openRound(taskId);
        members = _playOpened(cohort);
    }

    function _playOpened(uint16 cohort) internal returns (address[] memory members) {
        uint256 taskId = _task(cohort);
        _commitUpdate(taskId, cohort);
        _revealUpdate(taskId, cohort);
        members = _draw(taskId);
        _audit(taskId, members, 1);
        bytes32 digest = _digest(cohort);
        vm.prank(members[0]);
        fl.proposeAggregate(taskId, digest, BYTE_LENGTH);
        vm.prank(members[1]);
        fl.attestAggregate(taskId, digest, BYTE_LENGTH);
        _finish(taskId);
    }

    /// @dev Another task of the owner's on the cohort's branch, with trainer 3 alone, and a whole round of it.
    function _playSecondTask(uint16 cohort) internal returns (uint256 taskId) {
        TaskParameters memory p = _parameters();
        p.modelId = _branch(cohort);
        taskId = _createTask(p);
        vm.prank(_trainer(3));
        fl.join(taskId);
        fl.openRound(taskId);
        _commitUpdate(taskId, 3);
        _revealUpdate(taskId, 3);
        address[] memory members = _draw(taskId);
        _audit(taskId, members, 1);
        _agree(taskId, members);
        _finish(taskId);
    }

    /// @dev A round in which nobody commits.
    function _playFailed(uint16 cohort) internal {
        fl.openRound(_task(cohort));
        _finish(_task(cohort));
    }

    function _attest(uint16 cohort, address member, bytes32 digest) internal {
        vm.prank(member);
        cohorts.attestMerge(GROUP, cohort, digest, BYTE_LENGTH);
    }

    /// @dev As many as the cohort's quorum takes.
    function _attestQuorum(uint16 cohort, address[] memory members, bytes32 digest) internal {
        for (uint256 i = 0; i < 2; i++) _attest(cohort, members[i], digest);
    }

    function _digest(uint16 cohort) internal view returns (bytes32) {
        return keccak256(abi.encode("aggregate", cohort, _round(_task(cohort))));
    }

    function _task(uint16 cohort) internal pure returns (uint256) {
        return 1 + uint256(cohort);
    }

    function _branch(uint16 cohort) internal pure returns (uint256) {
        return 3 + uint256(cohort);
    }

    function _group() internal view returns (GroupView memory) {
        return cohorts.groupOf(GROUP);
    }

    function _cohort(uint16 cohort) internal view returns (CohortView memory) {
        return cohorts.cohortOf(GROUP, cohort);
    }

    function _mayOpen(uint16 cohort) internal view returns (bool) {
        return models.mayPublish(_branch(cohort), address(fl));
    }

    function _latestDigest(uint256 modelId) internal view returns (bytes32) {
        return models.versionOf(modelId, models.latestVersion(modelId)).weightsDigest;
    }

    function _assertStage(MergeStage stage, string memory what) internal view {
        _assertEq(uint256(_group().stage), uint256(stage), what);
    }

    function _one(uint256 taskId) internal pure returns (uint256[] memory taskIds) {
        taskIds = new uint256[](1);
        taskIds[0] = taskId;
    }
}
