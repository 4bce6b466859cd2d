// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICohorts} from "../../../contracts/interfaces/ICohorts.sol";
import {CohortsTest} from "./CohortsTest.sol";

/// @dev A task of a single round: what becomes of cohorts that are done.
contract Cohorts_Retire_Test is CohortsTest {
    function setUp() public {
        _deployGroup(2);
    }

    function _taskRounds() internal pure override returns (uint32) {
        return 1;
    }

    function test_retireCohort_taskOver_othersDoNotWait() public {
        _playFailed(0);
        _play(1);
        cohorts.enterCohort(GROUP, 1);
        cohorts.retireCohort(GROUP, 0);
        _assertTrue(_cohort(0).retired, "retired");
        _assertEq(_latestDigest(ROOT), models.versionOf(_branch(1), 1).weightsDigest, "the other alone is merged at once");
        cohorts.adoptMerge(GROUP, 1);
        cohorts.retireCohort(GROUP, 1);
        _assertEq(_group().active, 0, "nobody is waited for");
        _assertEq(_group().epoch, 2, "nothing is merged where nobody entered");
    }

    function test_retireCohort_stillEngaged_reverts() public {
        bytes memory notRetiring = abi.encodeWithSelector(ICohorts.CohortsNotRetiring.selector, GROUP, 0);
        vm.expectRevert(notRetiring);
        cohorts.retireCohort(GROUP, 0); // rounds left
        fl.openRound(_task(0));
        vm.expectRevert(notRetiring);
        cohorts.retireCohort(GROUP, 0); // its last goes on
        _playOpened(0);
        vm.expectRevert(notRetiring);
        cohorts.retireCohort(GROUP, 0); // its version may still enter
        cohorts.enterCohort(GROUP, 0);
        vm.expectRevert(notRetiring);
        cohorts.retireCohort(GROUP, 0); // it takes part
        vm.warp(_group().deadline);
        cohorts.advanceGroup(GROUP);
        cohorts.retireCohort(GROUP, 0);
        vm.expectRevert(notRetiring);
        cohorts.retireCohort(GROUP, 0); // twice
    }

    function test_enterCohort_retiredButTrainsAgain_isWaitedForAgain() public {
        _playFailed(0);
        cohorts.retireCohort(GROUP, 0);
        uint256 again = _playSecondTask(0);
        cohorts.enterCohort(GROUP, 0);
        _assertEq(_group().active, 2, "waited for again");
        _assertEq(_cohort(0).entryTaskId, again, "by the task that made its version");
    }
}
