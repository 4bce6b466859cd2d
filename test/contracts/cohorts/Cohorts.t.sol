// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICohorts} from "../../../contracts/interfaces/ICohorts.sol";
import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {CohortView, GroupView, MergeStage} from "../../../contracts/types/Cohort.sol";
import {VersionView} from "../../../contracts/types/Model.sol";
import {CohortsTest} from "./CohortsTest.sol";

/// @dev One epoch after the other, over real rounds.
contract Cohorts_Epoch_Test is CohortsTest {
    function setUp() public {
        _deployGroup(2);
    }

    function test_attestMerge_bothCohortsAgree_mergesAndAllGoOnFromIt() public {
        address[] memory first = _play(0);
        cohorts.enterCohort(GROUP, 0);
        _assertEq(_group().deadline, block.timestamp + GATHER_SECONDS, "the first to enter sets the deadline");
        address[] memory second = _play(1);
        cohorts.enterCohort(GROUP, 1);
        _assertStage(MergeStage.Attest, "the last to enter ends the stage");
        _assertEq(_group().deadline, block.timestamp + MERGE_SECONDS, "time to attest");
        _attestQuorum(0, first, MERGED);
        _assertEq(_group().agreeing, 1, "one cohort agrees");
        _attestQuorum(1, second, MERGED);

        GroupView memory group = _group();
        _assertEq(group.epoch, 2, "the next epoch");
        _assertEq(group.mergedEpoch, 1, "the first was merged");
        _assertEq(models.latestVersion(ROOT), 1, "a version of the group's model");
        _assertEq(_latestDigest(ROOT), MERGED, "its weights");
        _checkProvenance();
        for (uint16 i = 0; i < 2; i++) {
            _assertTrue(!_mayOpen(i), "closed until the merge is adopted");
            cohorts.adoptMerge(GROUP, i);
            _assertTrue(_mayOpen(i), "open again");
            _assertEq(_latestDigest(_branch(i)), MERGED, "what the next round trains from");
            _assertEq(fl.openRound(_task(i)), 2, "which opens");
            _assertEq(_view(_task(i)).baseVersion, 2, "from the merged version");
        }
    }

    /// @dev Two entries, in the order in which they entered.
    function _checkProvenance() private view {
        VersionView memory root = models.versionOf(ROOT, 1);
        bytes32 entries = keccak256(abi.encode(bytes32(0), uint16(0), uint256(1), uint32(1), uint64(1)));
        entries = keccak256(abi.encode(entries, uint16(1), uint256(2), uint32(1), uint64(1)));
        bytes32 provenance = keccak256(abi.encode(block.chainid, address(cohorts), GROUP, uint32(1), entries));
        _assertEq(root.provenanceDigest, provenance, "provenance over the cohorts' versions");
        _assertEq(root.round, 1, "the epoch");
        _assertEq(root.taskId, 0, "of no task");
    }

    function test_openRound_beforeTheMerge_reverts() public {
        _play(0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotPublisher.selector, _branch(0)));
        fl.openRound(_task(0));
    }

    function test_openRound_roundFailed_opensTheNext() public {
        _playFailed(0);
        _assertTrue(_mayOpen(0), "no version, no gate");
        _assertEq(fl.openRound(_task(0)), 2, "the next round");
    }

    function test_advance_gateOpenDuringTheRound_publishes() public {
        _play(0);
        _assertEq(_view(_task(0)).publishedVersion, 1, "the round's version");
        _assertTrue(models.gateOf(_branch(0)).closed, "and the gate closed behind it");
    }

    function test_adoptMerge_lateCohort_dropsItsVersion() public {
        fl.openRound(_task(1)); // from version 0
        _play(0);
        cohorts.enterCohort(GROUP, 0);
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP); // a single cohort is taken as it is
        bytes32 only = models.versionOf(_branch(0), 1).weightsDigest;
        _assertEq(_latestDigest(ROOT), only, "the only cohort's version");
        fl.advance(_task(1)); // nobody committed: a failed round
        cohorts.adoptMerge(GROUP, 1);
        _assertEq(_latestDigest(_branch(1)), only, "who made nothing goes on from it");
    }

    function test_enterCohort_madeFromAPastEpoch_reverts() public {
        _play(0);
        _play(1);
        cohorts.enterCohort(GROUP, 0);
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsLate.selector, GROUP, 1, 1));
        cohorts.enterCohort(GROUP, 1);
        cohorts.adoptMerge(GROUP, 1);
        _assertEq(_latestDigest(_branch(1)), _latestDigest(ROOT), "it goes on from the merged version");
        _assertTrue(_mayOpen(1), "and its next round opens");
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNothingToAdopt.selector, GROUP, 1));
        cohorts.adoptMerge(GROUP, 1);
    }

    function test_adoptMerge_duringARound_lateVersionGoesBackToTheBase() public {
        _play(0);
        fl.openRound(_task(1));
        cohorts.enterCohort(GROUP, 0);
        vm.warp(block.timestamp + GATHER_SECONDS);
        cohorts.advanceGroup(GROUP);
        fl.advance(_task(1)); // the round failed, the next one trains from the merge or not
        fl.openRound(_task(1));
        cohorts.adoptMerge(GROUP, 1); // while it goes on from version 0
        _playOpened(1);
        _assertEq(models.versionOf(_branch(1), 2).parentVersion, 0, "made from what is past");
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsLate.selector, GROUP, 1, 2));
        cohorts.enterCohort(GROUP, 1);
        cohorts.adoptMerge(GROUP, 1);
        _assertEq(_latestDigest(_branch(1)), _latestDigest(ROOT), "back to the base");
        _assertTrue(_mayOpen(1), "and open");
    }

    function test_advanceGroup_nobodyAttests_skipsAndEachGoesOnFromItsOwn() public {
        for (uint16 i = 0; i < 2; i++) {
            _play(i);
            cohorts.enterCohort(GROUP, i);
        }
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP);
        _assertEq(models.latestVersion(ROOT), 0, "no merged version");
        for (uint16 i = 0; i < 2; i++) {
            bytes32 own = _latestDigest(_branch(i));
            cohorts.adoptMerge(GROUP, i);
            _assertEq(_latestDigest(_branch(i)), own, "its own version");
            _assertTrue(_mayOpen(i), "open");
            _play(i);
            cohorts.enterCohort(GROUP, i);
        }
        _assertStage(MergeStage.Attest, "both have entered the next epoch");
    }

    function test_advanceGroup_beforeTheDeadline_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotDue.selector, GROUP, 0));
        cohorts.advanceGroup(GROUP);
        _play(0);
        cohorts.enterCohort(GROUP, 0);
        uint40 deadline = _group().deadline;
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotDue.selector, GROUP, deadline));
        cohorts.advanceGroup(GROUP);
    }

    function test_enterCohort_notReadyOrTwiceOrTooLate_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNothingToEnter.selector, GROUP, 0));
        cohorts.enterCohort(GROUP, 0);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsUnknownCohort.selector, GROUP, 2));
        cohorts.enterCohort(GROUP, 2);
        _play(0);
        cohorts.enterCohort(GROUP, 0);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsAlreadyEntered.selector, GROUP, 1, 0));
        cohorts.enterCohort(GROUP, 0);
        _play(1);
        uint40 deadline = _group().deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsDeadlinePassed.selector, GROUP, deadline));
        cohorts.enterCohort(GROUP, 1);
    }

    function test_addCohorts_groupGoesOn_startsFromTheLatestMerge() public {
        address[] memory first = _play(0);
        address[] memory second = _play(1);
        cohorts.enterCohort(GROUP, 0);
        cohorts.enterCohort(GROUP, 1);
        _attestQuorum(0, first, MERGED);
        _attestQuorum(1, second, MERGED);
        uint256 taskId = _addCohort();
        cohorts.adoptMerge(GROUP, 2);
        _assertEq(_latestDigest(_branch(2)), MERGED, "a newcomer goes on from the merge");
        _play(2);
        cohorts.enterCohort(GROUP, 2);
        CohortView memory third = _cohort(2);
        _assertEq(third.enteredEpoch, 2, "it takes part in the second epoch");
        _assertEq(third.taskId, taskId, "its task");
        _assertEq(_group().active, 3, "which waits for three");
    }
}
