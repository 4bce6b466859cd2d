// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICohorts} from "../../../contracts/interfaces/ICohorts.sol";
import {MergeStage} from "../../../contracts/types/Cohort.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CohortsTest} from "../cohorts/CohortsTest.sol";

/// @dev Cases K1 to K7: what a bribed, absent or foreign cohort can do to its group.
contract Abuse_Cohorts_Test is CohortsTest {
    address[][] private committees;

    function setUp() public {
        _deployGroup(3);
    }

    /// @dev All three have entered: time to attest.
    function _gather(uint16 count) private {
        for (uint16 i = 0; i < count; i++) {
            committees.push(_play(i));
            cohorts.enterCohort(GROUP, i);
        }
    }

    /// @dev K1.
    function test_attestMerge_oneBribedCohort_neverDecides() public {
        _gather(3);
        _attestQuorum(0, committees[0], WRONG);
        _assertEq(_group().leadingDigest, WRONG, "it leads while it is alone");
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP);
        _assertEq(models.latestVersion(ROOT), 0, "and decides nothing: the epoch is skipped");
    }

    /// @dev K1, K2: the other two decide, at the deadline.
    function test_advanceGroup_oneBribedCohort_doesNotStopTheOthers() public {
        _gather(3);
        _attestQuorum(0, committees[0], WRONG);
        _attestQuorum(1, committees[1], MERGED);
        _assertEq(_group().leadingDigest, WRONG, "the first to lead");
        _attestQuorum(2, committees[2], MERGED);
        _assertStage(MergeStage.Attest, "not all agree");
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP);
        _assertEq(_latestDigest(ROOT), MERGED, "more than half do");
    }

    /// @dev K1: half of the cohorts are not more than half.
    function test_advanceGroup_twoCohortsDisagree_skips() public {
        _gather(2);
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP); // without the third
        _attestQuorum(0, committees[0], WRONG);
        _attestQuorum(1, committees[1], MERGED);
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP);
        _assertEq(models.latestVersion(ROOT), 0, "neither decides");
    }

    /// @dev K2.
    function test_advanceGroup_aCohortIsStalled_othersGoOnWithoutIt() public {
        _gather(2);
        _assertStage(MergeStage.Gather, "the third is waited for");
        vm.warp(_group().deadline);
        vm.prank(STRANGER);
        cohorts.advanceGroup(GROUP);
        _attestQuorum(0, committees[0], MERGED);
        _attestQuorum(1, committees[1], MERGED);
        _assertEq(_latestDigest(ROOT), MERGED, "merged without it");
    }

    /// @dev K3.
    function test_enterCohort_mergedAlready_reverts() public {
        _gather(3);
        for (uint16 i = 0; i < 3; i++) _attestQuorum(i, committees[i], MERGED);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsLate.selector, GROUP, 0, 1));
        cohorts.enterCohort(GROUP, 0);
        cohorts.adoptMerge(GROUP, 0);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNothingToEnter.selector, GROUP, 0));
        cohorts.enterCohort(GROUP, 0);
    }

    /// @dev K4.
    function test_attestMerge_noSeatInThatRound_reverts() public {
        _gather(3);
        address outsider = _outside(committees[0]);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotSeated.selector, GROUP, 0, outsider));
        _attest(0, outsider, MERGED);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotSeated.selector, GROUP, 1, _trainer(1)));
        _attest(1, _trainer(1), MERGED);
    }

    /// @dev K4: a seat of the round before counts for nothing.
    function test_attestMerge_seatedInTheRoundBefore_reverts() public {
        _gather(3);
        for (uint16 i = 0; i < 3; i++) _attestQuorum(i, committees[i], MERGED);
        for (uint16 i = 0; i < 3; i++) cohorts.adoptMerge(GROUP, i);
        address[][] memory before = committees;
        delete committees;
        _gather(3);
        uint256 found;
        for (uint16 i = 0; i < 3; i++) {
            for (uint256 s = 0; s < 3; s++) {
                address member = before[i][s];
                if (_isIn(member, committees[i])) continue;
                found++;
                vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotSeated.selector, GROUP, i, member));
                _attest(i, member, MERGED);
            }
        }
        _assertTrue(found > 0, "the committees differ somewhere");
    }

    /// @dev K5.
    function test_attestMerge_twiceOrEmptyOrForAnAbsentCohort_reverts() public {
        _gather(2);
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP);
        address member = committees[0][0];
        _attest(0, member, MERGED);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsAlreadyAttested.selector, GROUP, 0, member));
        _attest(0, member, WRONG);
        _assertTrue(cohorts.hasAttested(GROUP, 0, member), "once");
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotEntered.selector, GROUP, 1, 2));
        _attest(2, member, MERGED);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsEmptyMerge.selector));
        vm.prank(committees[1][0]);
        cohorts.attestMerge(GROUP, 1, MERGED, 0);
        uint40 deadline = _group().deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsDeadlinePassed.selector, GROUP, deadline));
        _attest(1, committees[1][0], MERGED);
    }

    /// @dev K5: an attestation of the last epoch is none of this one's.
    function test_attestMerge_outsideItsStage_reverts() public {
        _gather(2);
        bytes4 wrongStage = ICohorts.CohortsWrongStage.selector;
        vm.expectRevert(abi.encodeWithSelector(wrongStage, GROUP, MergeStage.Gather, MergeStage.Attest));
        _attest(0, committees[0][0], MERGED);
    }

    /// @dev K6.
    function test_addCohorts_foreignTaskOrModel_reverts() public {
        uint256 taskId = _newTask(BASE_DIGEST);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotModelOwner.selector, ROOT, STRANGER));
        vm.prank(STRANGER);
        cohorts.addCohorts(GROUP, _one(taskId));
        uint256 foreign = _foreignTask();
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotTaskOwner.selector, foreign, OWNER));
        cohorts.addCohorts(GROUP, _one(foreign));
        uint256 ungated = fl.createTask(_parameters()); // trains model 1
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsWrongGate.selector, 1, address(0), address(0)));
        cohorts.addCohorts(GROUP, _one(ungated));
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsModelTaken.selector, _branch(0)));
        cohorts.addCohorts(GROUP, _one(_task(0)));
        vm.stopPrank();
    }

    /// @dev K6.
    function test_addCohorts_branchOfOtherWeights_reverts() public {
        uint256 taskId = _newTask(WRONG);
        uint256 modelId = fl.taskOf(taskId).parameters.modelId;
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsWrongBranch.selector, GROUP, modelId));
        vm.prank(OWNER);
        cohorts.addCohorts(GROUP, _one(taskId));
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsUnknownGroup.selector, 9));
        cohorts.addCohorts(9, _one(taskId));
    }

    /// @dev K7: a second task on a branch publishes behind the first one's back.
    function test_enterCohort_ownersSecondTask_isMergedAsAnyAndStallsNobody() public {
        fl.openRound(_task(0));
        _playSecondTask(0);
        _assertTrue(!_mayOpen(0), "closed");
        cohorts.enterCohort(GROUP, 0);
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP);
        cohorts.adoptMerge(GROUP, 0);
        _assertTrue(_mayOpen(0), "and open again, whatever published");
    }

    /// @dev A stranger's, of whose model the group contract is the merger.
    function _foreignTask() private returns (uint256 taskId) {
        vm.startPrank(STRANGER);
        uint256 modelId = models.registerModel("foreign", bytes32(0), 10, BASE_DIGEST, BYTE_LENGTH, ROOT, 0);
        models.gateModel(modelId, address(cohorts), address(fl));
        token.approve(address(fl), type(uint256).max);
        vm.stopPrank();
        TaskParameters memory p = _parameters();
        p.modelId = modelId;
        uint256 escrowWei = fl.budgetOf(p);
        vm.prank(OWNER);
        token.transfer(STRANGER, escrowWei);
        vm.prank(STRANGER);
        taskId = fl.createTask(p);
    }

    function _outside(address[] memory members) private pure returns (address) {
        for (uint256 i = 0; i < AUDITORS; i++) if (!_isIn(_auditor(i), members)) return _auditor(i);
        revert("everybody is seated");
    }

    function _isIn(address member, address[] memory members) private pure returns (bool) {
        for (uint256 i = 0; i < members.length; i++) if (members[i] == member) return true;
        return false;
    }
}
