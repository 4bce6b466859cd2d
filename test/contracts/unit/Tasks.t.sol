// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FLContract} from "../../../contracts/FLContract.sol";
import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {TaskRules} from "../../../contracts/libraries/TaskRules.sol";
import {FailureReason, Phase} from "../../../contracts/types/Round.sol";
import {ProtocolLimits, TaskMode, TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Longer than other files: one case for each bound of a task and of a deployment, and each way in and out of a place.
contract FLContract_CreateTask_Test is CairnTest {
    function setUp() public {
        _deploy();
    }

    function test_createTask_eachBound_isInclusive() public {
        TaskParameters memory p = _parameters();
        (p.rounds, p.maxTrainers, p.committeeSize, p.quorum) = (65_534, 256, 24, 13);
        (p.rewardPerUpdateWei, p.rewardPerVerdictWei) = (1, AUDITOR_STAKE_WEI / 200);
        (p.minStakeWei, p.missedRevealSlashWei) = (20, 20);
        (p.auditCommitSeconds, p.auditRevealSeconds, p.aggregateSeconds) = (60, 60, 60);
        (p.challengeSeconds, p.seedDelayBlocks, p.drawSeconds) = (1, 25, 100); // four delays of blocks of a second
        p.minReputationNano = 1e9;
        _assertEq(_createTask(p), 1, "first task");
        _assertEq(fl.taskOf(1).escrowWei, 65_534 * (256 + 3 * 24 * 2.5 ether), "escrow, with both committees' seats");
        p = _parameters();
        (p.committeeSize, p.quorum) = (3, 2);
        _assertEq(_createTask(p), 2, "the smallest committee");
    }

    function test_createTask_outOfRange_reverts() public {
        TaskParameters memory p = _parameters();
        p.rounds = 65_535;
        vm.expectRevert(_outOfRange("rounds", 65_535, 1, 65_534));
        _createTask(p);
        p = _parameters();
        p.maxTrainers = 257;
        vm.expectRevert(_outOfRange("maxTrainers", 257, 1, 256));
        _createTask(p);
        p = _parameters();
        p.minTrainers = 5;
        vm.expectRevert(_outOfRange("minTrainers", 5, 1, 4));
        _createTask(p);
        p = _parameters();
        p.committeeSize = 25;
        vm.expectRevert(_outOfRange("committeeSize", 25, 3, 24));
        _createTask(p);
        p = _parameters();
        p.quorum = 1;
        vm.expectRevert(_outOfRange("quorum", 1, 2, 3));
        _createTask(p);
        p.quorum = 4;
        vm.expectRevert(_outOfRange("quorum", 4, 2, 3));
        _createTask(p);
        p = _parameters();
        p.rewardPerUpdateWei = p.minStakeWei / 20 + 1;
        vm.expectRevert(_outOfRange("rewardPerUpdateWei", p.rewardPerUpdateWei, 0, p.minStakeWei / 20));
        _createTask(p);
        p = _parameters();
        p.missedRevealSlashWei = p.minStakeWei + 1;
        vm.expectRevert(_outOfRange("missedRevealSlashWei", p.minStakeWei + 1, 0, p.minStakeWei));
        _createTask(p);
        p = _parameters();
        p.seedDelayBlocks = 1;
        vm.expectRevert(_outOfRange("seedDelayBlocks", 1, 2, 4_096));
        _createTask(p);
        p = _parameters();
        p.drawSeconds = 0;
        vm.expectRevert(_outOfRange("drawSeconds", 0, 8, 1 days));
        _createTask(p);
        p = _parameters();
        p.challengeSeconds = 1 days + 1;
        vm.expectRevert(_outOfRange("challengeSeconds", 1 days + 1, 1, 1 days));
        _createTask(p);
        p = _parameters();
        p.auditCommitSeconds = 59;
        vm.expectRevert(_outOfRange("auditCommitSeconds", 59, 60, 1 days));
        _createTask(p);
        p = _parameters();
        p.auditRevealSeconds = 59;
        vm.expectRevert(_outOfRange("auditRevealSeconds", 59, 60, 1 days));
        _createTask(p);
        p = _parameters();
        p.aggregateSeconds = 59;
        vm.expectRevert(_outOfRange("aggregateSeconds", 59, 60, 1 days));
        _createTask(p);
        p = _parameters();
        p.maxUpdateBytes = 0;
        vm.expectRevert(_outOfRange("maxUpdateBytes", 0, 1, type(uint32).max));
        _createTask(p);
    }

    function test_createTask_noMode_reverts() public {
        TaskParameters memory p = _parameters();
        p.mode = TaskMode.None;
        vm.expectRevert(abi.encodeWithSelector(TaskRules.TaskRulesNoMode.selector));
        vm.prank(OWNER);
        fl.createTask(p);
    }

    function test_createTask_anothersModel_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotModelOwner.selector, 1, STRANGER));
        vm.prank(STRANGER);
        fl.createTask(_parameters());
    }

    function test_createTask_notPublisher_reverts() public {
        vm.prank(OWNER);
        models.setPublisher(1, address(fl), false);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotPublisher.selector, 1));
        vm.prank(OWNER);
        fl.createTask(_parameters());
    }

    function test_constructor_committeeTooLarge_reverts() public {
        ProtocolLimits memory limits = _limits();
        limits.maxCommitteeSize = 25;
        vm.expectRevert(
            abi.encodeWithSelector(TaskRules.TaskRulesOutOfRange.selector, bytes32("maxCommitteeSize"), 25, 1, 24)
        );
        new FLContract(token, registry, models, datasets, limits);
    }

    function test_constructor_limitsOutOfRange_refused() public {
        ProtocolLimits memory limits = _limits();
        limits.minCommitteeSize = 25;
        _expectNoDeployment(limits, _outOfRange("minCommitteeSize", 25, 1, 24));
        limits = _limits();
        limits.minQuorum = 1;
        _expectNoDeployment(limits, _outOfRange("minQuorum", 1, 2, 3));
        limits = _limits();
        limits.minAuditSeconds = 0;
        _expectNoDeployment(limits, _outOfRange("minAuditSeconds", 0, 1, 1 days));
        limits = _limits();
        limits.seatStakeWei = 1 gwei - 1;
        _expectNoDeployment(limits, _outOfRange("seatStakeWei", 1 gwei - 1, 1 gwei, type(uint112).max));
    }

    function _expectNoDeployment(ProtocolLimits memory limits, bytes memory reason) private {
        vm.expectRevert(reason);
        new FLContract(token, registry, models, datasets, limits);
    }

    function _outOfRange(bytes32 parameter, uint256 actual, uint256 min, uint256 max)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(TaskRules.TaskRulesOutOfRange.selector, parameter, actual, min, max);
    }
}

contract FLContract_Enrolment_Test is CairnTest {
    uint256 internal taskId;

    function setUp() public {
        _deploy();
        _enlistAll();
        taskId = _createTask(_parameters());
    }

    function test_join_lowestFree_isTaken() public {
        for (uint256 i = 0; i < 3; i++) _join(_trainer(i));
        vm.prank(_trainer(1));
        fl.leave(taskId);
        vm.expectEmit(address(fl));
        emit IFLContract.TrainerJoined(taskId, _trainer(3), 1);
        vm.prank(_trainer(3));
        _assertEq(fl.join(taskId), 1, "slot");
        _assertEq(fl.taskOf(taskId).enrolled, 3, "enrolled");
        (bool enrolled, uint16 slot) = fl.slotOf(taskId, _trainer(1));
        _assertTrue(!enrolled && slot == 0, "who left has no slot");
    }

    function test_join_full_reverts() public {
        for (uint256 i = 0; i < TRAINERS; i++) _join(_trainer(i));
        _enlist(0x7777, 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractTaskFull.selector, taskId, 4));
        vm.prank(vm.addr(0x7777));
        fl.join(taskId);
    }

    function test_join_twice_reverts() public {
        _join(_trainer(0));
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractAlreadyEnrolled.selector, taskId, _trainer(0)));
        vm.prank(_trainer(0));
        fl.join(taskId);
    }

    function test_join_auditorOnly_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotATrainer.selector, _auditor(0)));
        vm.prank(_auditor(0));
        fl.join(taskId);
    }

    function test_join_belowTheMinimum_reverts() public {
        vm.prank(_trainer(0));
        registry.requestUnstake(STAKE_WEI - 500 ether + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IFLContract.FLContractStakeTooLow.selector, _trainer(0), 500 ether - 1, 500 ether
            )
        );
        vm.prank(_trainer(0));
        fl.join(taskId);
    }

    function test_join_unknownTask_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractUnknownTask.selector, 99));
        vm.prank(_trainer(0));
        fl.join(99);
    }

    function test_leave_notEnrolled_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEnrolled.selector, taskId, _trainer(0)));
        vm.prank(_trainer(0));
        fl.leave(taskId);
    }

    function test_leave_awaitedCommitmentPassed_freesThePlace() public {
        for (uint256 i = 0; i < 2; i++) _join(_trainer(i));
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        _finish(taskId);
        vm.prank(_trainer(1));
        fl.leave(taskId);
        _assertEq(fl.taskOf(taskId).enrolled, 1, "enrolled");
    }

    /// @dev The deadline ends a `Commit` whose only trainer was evicted, as it would have with it.
    function test_evict_beforeAnyCommitment_leavesTheRoundOpen() public {
        _join(_trainer(0));
        fl.openRound(taskId);
        _slashToBelow(450 ether);
        fl.evict(taskId, _trainer(0));
        _assertPhase(taskId, Phase.Commit, "until the deadline");
        _finish(taskId);
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NoCommitments), "failure");
    }

    function test_evict_theOnlyOneAwaited_endsCommit() public {
        for (uint256 i = 0; i < 2; i++) _join(_trainer(i));
        fl.openRound(taskId);
        _commitUpdate(taskId, 1);
        _slashToBelow(450 ether);
        fl.evict(taskId, _trainer(0));
        _assertPhase(taskId, Phase.Reveal, "all who are left have committed");
    }

    function test_leave_joinedDuringTheRound_isNotWaitedForAnyway() public {
        for (uint256 i = 0; i < 2; i++) _join(_trainer(i));
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        _join(_trainer(2));
        vm.prank(_trainer(2));
        fl.leave(taskId);
        _assertEq(_view(taskId).expected, 2, "expected");
        _assertPhase(taskId, Phase.Commit, "trainer 1 is waited for");
    }

    function test_evict_belowTheMinimum_freesThePlace() public {
        _join(_trainer(0));
        _slashToBelow(450 ether);
        vm.expectEmit(address(fl));
        emit IFLContract.TrainerLeft(taskId, _trainer(0), 0);
        vm.prank(STRANGER);
        fl.evict(taskId, _trainer(0));
        _assertEq(fl.taskOf(taskId).enrolled, 0, "enrolled");
        _assertEq(registry.nodeOf(_trainer(0)).lockedWei, 0, "let go");
    }

    function test_evict_enoughStake_reverts() public {
        _join(_trainer(0));
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEvictable.selector, taskId, _trainer(0)));
        fl.evict(taskId, _trainer(0));
    }

    /// @dev Nine tenths are enough.
    function test_evict_atTheSlack_reverts() public {
        _join(_trainer(0));
        _slashToBelow(450 ether + 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEvictable.selector, taskId, _trainer(0)));
        fl.evict(taskId, _trainer(0));
    }

    function test_closeTask_betweenRounds_returnsTheEscrow() public {
        uint256 escrowWei = fl.taskOf(taskId).escrowWei;
        uint256 beforeWei = token.balanceOf(OWNER);
        vm.expectEmit(address(fl));
        emit IFLContract.TaskClosed(taskId, escrowWei);
        vm.prank(OWNER);
        _assertEq(fl.closeTask(taskId), escrowWei, "returned");
        _assertEq(token.balanceOf(OWNER), beforeWei + escrowWei, "paid");
        _assertEq(fl.taskOf(taskId).escrowWei, 0, "escrow");
        _assertTrue(fl.taskOf(taskId).closed, "closed");
    }

    function test_closeTask_twice_reverts() public {
        vm.prank(OWNER);
        fl.closeTask(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractTaskClosed.selector, taskId));
        vm.prank(OWNER);
        fl.closeTask(taskId);
    }

    function test_closeTask_notTheOwner_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotTaskOwner.selector, taskId, STRANGER));
        vm.prank(STRANGER);
        fl.closeTask(taskId);
    }

    function test_closeTask_duringARound_returnsTheEscrowAfterIt() public {
        uint256 escrowWei = fl.taskOf(taskId).escrowWei;
        _join(_trainer(0));
        fl.openRound(taskId);
        vm.prank(OWNER);
        _assertEq(fl.closeTask(taskId), 0, "nothing while it goes on");
        _finish(taskId);
        vm.prank(OWNER);
        _assertEq(fl.closeTask(taskId), escrowWei, "all of it afterwards");
    }

    function test_openRound_closedTask_reverts() public {
        _join(_trainer(0));
        vm.prank(OWNER);
        fl.closeTask(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractTaskClosed.selector, taskId));
        fl.openRound(taskId);
    }

    function test_openRound_tooFewTrainers_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractTooFewTrainers.selector, taskId, 0, 1));
        fl.openRound(taskId);
    }

    /// @dev Leaves the first trainer a wei less.
    function _slashToBelow(uint256 stakeWei) private {
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
        registry.slash(_trainer(0), STAKE_WEI - stakeWei + 1, address(0), "fault");
    }

    function _join(address trainer) private {
        vm.prank(trainer);
        fl.join(taskId);
    }
}
