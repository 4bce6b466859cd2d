// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {TaskRules} from "../../../contracts/libraries/TaskRules.sol";
import {FailureReason, Phase} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Attacks on stake and on the places it buys. The table in ../README.md says which case each is.
contract Abuse_Stake_Test is CairnTest {
    uint256 internal taskId;

    function setUp() public {
        _deploy();
        _enlistAll();
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
        taskId = _createTask(_parameters());
    }

    /// @dev Case 1. The trainer leaves and unstakes the moment its round is lost: the report still finds the stake.
    function test_reportMissedReveal_unstakedAtOnce_isStillPaid() public {
        _join(0);
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(taskId); // nobody revealed: the round failed
        vm.startPrank(_trainer(0));
        fl.leave(taskId);
        registry.requestUnstake(STAKE_WEI);
        vm.stopPrank();
        vm.warp(block.timestamp + UNBONDING_SECONDS - 1);
        vm.prank(STRANGER);
        _assertEq(fl.reportMissedReveal(taskId, 1, _trainer(0)), 11 ether + 1, "taken from the queue");
    }

    /// @dev M1. Phases that outlast the time in which stake waits would let a fault escape: no such task is made.
    function test_createTask_roundOutlastsUnbonding_reverts() public {
        TaskParameters memory p = _parameters();
        p.challengeSeconds = UNBONDING_SECONDS;
        uint256 needed = 2 * EPOCH_SECONDS + 2 * PHASE_SECONDS + 8 * PHASE_SECONDS + UNBONDING_SECONDS + 500;
        vm.expectRevert(_outOfRange("roundSeconds", needed, 0, UNBONDING_SECONDS));
        _createTask(p);
    }

    /// @dev H1. An owner that wants to see updates for nothing opens a task whose draw can't be made in time.
    function test_createTask_drawShorterThanItsSeed_reverts() public {
        TaskParameters memory p = _parameters();
        (p.seedDelayBlocks, p.drawSeconds) = (20, 79);
        vm.expectRevert(_outOfRange("drawSeconds", 79, 80, 1 days));
        _createTask(p);
    }

    /// @dev H1. As above, by a seed that comes only when the stakes of its draw can't be read any more.
    function test_createTask_seedLaterThanHalfAnEpoch_reverts() public {
        TaskParameters memory p = _parameters();
        (p.seedDelayBlocks, p.drawSeconds) = (501, 2_004);
        vm.expectRevert(_outOfRange("seedDelayBlocks", 501, 2, EPOCH_SECONDS / 2));
        _createTask(p);
    }

    /// @dev Case 3. A top-up and a withdrawal in the block of the draw change nothing in it.
    function test_drawCommittee_stakesMovedInItsEpoch_drawsFromBefore() public {
        _join(0);
        fl.openRound(taskId);
        _train(taskId, 1);
        for (uint256 i = 0; i < AUDITORS; i++) {
            vm.prank(_auditor(i));
            registry.requestUnstake(AUDITOR_STAKE_WEI);
        }
        _enlist(0xD000, 2, 1_000_000 ether);
        address[] memory members = _draw(taskId);
        _assertEq(members.length, 3, "the stakes of the snapshot");
        for (uint256 s = 0; s < 3; s++) _assertTrue(members[s] != vm.addr(0xD000), "who came later is not in it");
    }

    /// @dev Case 5, item 0. A stake split over minimum-size nodes has the seats of a whole one, and no more.
    function test_drawCommittee_splitStake_getsTheSeatsOfAWholeOne() public {
        for (uint256 i = 0; i < AUDITORS; i++) {
            vm.prank(_auditor(i));
            registry.requestUnstake(AUDITOR_STAKE_WEI);
        }
        for (uint256 i = 0; i < 20; i++) _enlist(0xD000 + i, 2, 500 ether); // twenty of one unit
        _enlist(0xE000, 2, 20 * 500 ether); // one of twenty units
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _join(0);
        uint256 whole;
        uint256 all;
        for (uint256 round = 0; round < 60; round++) {
            fl.openRound(taskId);
            _train(taskId, 1);
            if (_view(taskId).snapshotEpoch + 2 < registry.currentEpoch()) fl.retargetSeed(taskId);
            address[] memory members = _draw(taskId);
            for (uint256 s = 0; s < members.length; s++) if (members[s] == vm.addr(0xE000)) whole++;
            all += members.length;
            while (_phase(taskId) != Phase.Failed) _finishOrDraw();
        }
        _assertEq(all, 180, "all seats");
        _assertTrue(whole > 65 && whole < 115, "half of them, within four standard deviations"); // 90 +- 25
    }

    /// @dev Case 6. One fault is slashed once, whoever reports it and how often.
    function test_reportMissedReveal_twice_reverts() public {
        _missReveal();
        fl.reportMissedReveal(taskId, 1, _trainer(0));
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNoMissedReveal.selector, taskId, 1, _trainer(0)));
        fl.reportMissedReveal(taskId, 1, _trainer(0));
    }

    /// @dev Case 7. A slash beyond the stake takes what there is, and one of nothing reverts nobody.
    function test_slash_moreThanThereIs_takesWhatThereIs() public {
        _assertEq(registry.slash(_auditor(0), type(uint256).max, STRANGER, "fault"), AUDITOR_STAKE_WEI, "capped");
        _assertEq(registry.slash(_auditor(0), 1, STRANGER, "fault"), 0, "nothing left, no revert");
    }

    /// @dev Case 8. Reporting oneself through a second account gets half back at most.
    function test_reportMissedReveal_byAnAccomplice_burnsHalf() public {
        _missReveal();
        uint256 supplyWei = token.totalSupply();
        vm.prank(STRANGER);
        uint256 takenWei = fl.reportMissedReveal(taskId, 1, _trainer(0));
        _assertEq(supplyWei - token.totalSupply(), takenWei - takenWei / 2, "burned, the odd wei too");
    }

    /// @dev Case 10. Tokens sent without a call, and ether forced in, change no books.
    function test_closeTask_tokensAndEtherForcedIn_returnsTheEscrowOnly() public {
        uint256 escrowWei = fl.taskOf(taskId).escrowWei;
        vm.prank(OWNER);
        token.transfer(address(fl), 5 ether);
        vm.deal(address(fl), 3 ether);
        vm.prank(OWNER);
        _assertEq(fl.closeTask(taskId), escrowWei, "not a wei more");
        _assertEq(token.balanceOf(address(fl)), 5 ether, "what was sent by mistake stays");
    }

    /// @dev Case 11. The administrator can neither take stake nor hold it: that needs a role, whose grant is an event.
    function test_slash_byTheAdministrator_reverts() public {
        registry.revokeRole(registry.SLASHER_ROLE(), address(this));
        bytes32 role = registry.SLASHER_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, address(this), role)
        );
        registry.slash(_auditor(0), 1, STRANGER, "fault");
    }

    /// @dev M4. A stake that backs one task backs no other.
    function test_join_stakeBacksAnotherTask_reverts() public {
        uint256 second = _createTask(_parameters());
        uint256 third = _createTask(_parameters());
        vm.startPrank(_trainer(0)); // 1,000 for tasks of 500 each
        fl.join(taskId);
        fl.join(second);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractStakeTooLow.selector, _trainer(0), 0, 500 ether));
        fl.join(third);
        vm.stopPrank();
    }

    /// @dev M4. What a task holds is free again, to the wei, once the place is given up.
    function test_leave_whatItHeld_isFreeAgain() public {
        _join(0);
        _assertEq(registry.nodeOf(_trainer(0)).lockedWei, 500 ether, "held");
        vm.startPrank(_trainer(0));
        fl.leave(taskId);
        registry.requestUnstake(STAKE_WEI);
        vm.stopPrank();
        _assertEq(registry.stakeOf(_trainer(0)), 0, "all of it");
    }

    /// @dev H3, H4. Who holds places and never commits loses them, for anybody's call, and can't take them at once again.
    function test_evict_neverCommitted_freesThePlaces() public {
        _evictAll();
        _assertEq(fl.taskOf(taskId).enrolled, 0, "all places are free");
        _assertEq(registry.nodeOf(_trainer(0)).lockedWei, 0, "and their stake");
    }

    function test_join_evictedForIdleness_reverts() public {
        _evictAll();
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEvicted.selector, taskId, _trainer(0), 11));
        vm.prank(_trainer(0));
        fl.join(taskId);
    }

    function _evictAll() private {
        for (uint256 i = 0; i < TRAINERS; i++) _join(i);
        for (uint256 round = 0; round < 3; round++) {
            _assertTrue(!fl.isIdle(taskId, _trainer(0)), "not yet");
            fl.openRound(taskId);
            _finish(taskId);
        }
        vm.startPrank(STRANGER);
        for (uint256 i = 0; i < TRAINERS; i++) fl.evict(taskId, _trainer(i));
        vm.stopPrank();
    }

    /// @dev Rounds that lacked auditors are no fault of a trainer's.
    function test_evict_roundsLackedAuditors_reverts() public {
        _join(0);
        for (uint256 round = 0; round < 3; round++) {
            fl.openRound(taskId);
            _train(taskId, 1);
            _finish(taskId); // nobody drew
            _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NotDrawn), "failure");
        }
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEvictable.selector, taskId, _trainer(0)));
        fl.evict(taskId, _trainer(0));
    }

    /// @dev The bar keeps out who has no record; accepted work builds one, and a fault halves it.
    function test_join_belowTheReputation_reverts() public {
        _join(0);
        fl.openRound(taskId);
        _runRound(taskId, 1, 1);
        vm.prank(_trainer(0));
        fl.claim(taskId);
        _assertEq(fl.creditReputation(taskId, _trainer(0)), 1, "one outcome");
        _assertEq(registry.nodeOf(_trainer(0)).reputationNano, 31_250_000, "1/32");
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNothingToCredit.selector, taskId, _trainer(0)));
        fl.creditReputation(taskId, _trainer(0));
        TaskParameters memory p = _parameters();
        p.minReputationNano = 31_250_000;
        uint256 barred = _createTask(p);
        vm.prank(_trainer(0));
        fl.join(barred);
        vm.expectRevert(
            abi.encodeWithSelector(
                IFLContract.FLContractReputationTooLow.selector, barred, _trainer(1), 0, 31_250_000
            )
        );
        vm.prank(_trainer(1));
        fl.join(barred);
        registry.slash(_trainer(0), 1, STRANGER, "fault");
        _assertEq(registry.nodeOf(_trainer(0)).reputationNano, 15_625_000, "halved");
    }

    /// @dev Anybody can make a task that seats everybody; whoever passes it over keeps its good name.
    function test_reportSilentAuditor_taskOfDust_leavesTheReputation() public {
        registry.grantRole(registry.TASK_ROLE(), address(this));
        for (uint256 i = 0; i < AUDITORS; i++) registry.credit(_auditor(i), 1);
        TaskParameters memory p = _parameters();
        (p.rewardPerUpdateWei, p.missedRevealSlashWei, p.minStakeWei) = (0, 0, 1);
        uint256 dust = _createTask(p);
        vm.prank(_trainer(0));
        fl.join(dust);
        fl.openRound(dust);
        _train(dust, 1);
        address silent = _draw(dust)[0];
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(dust);
        _assertEq(fl.reportSilentAuditor(dust, 1, 0, silent), 2.5 ether, "0.5 % of a seat");
        _assertEq(registry.nodeOf(silent).reputationNano, 31_250_000, "not halved");
    }

    /// @dev Nor does silence in a dear task cost more than its half per cent.
    function test_slash_withoutAProver_leavesTheReputation() public {
        registry.grantRole(registry.TASK_ROLE(), address(this));
        registry.credit(_auditor(0), 1);
        registry.slash(_auditor(0), 1, address(0), "silence");
        _assertEq(registry.nodeOf(_auditor(0)).reputationNano, 31_250_000, "without a prover");
        registry.slash(_auditor(0), 1, _auditor(0), "fault");
        _assertEq(registry.nodeOf(_auditor(0)).reputationNano, 15_625_000, "proven by itself");
    }

    /// @dev Who commits again before anybody reports it saves the bounty, not its name.
    function test_commitUpdate_owesAReveal_halvesTheReputation() public {
        _missReveal();
        registry.grantRole(registry.TASK_ROLE(), address(this));
        registry.credit(_trainer(0), 1);
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        _assertEq(registry.nodeOf(_trainer(0)).reputationNano, 15_625_000, "halved");
        _assertEq(registry.slashableOf(_trainer(0)), STAKE_WEI - 11 ether - 1, "slashed");
    }

    function _missReveal() private {
        _join(0);
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        _finish(taskId);
    }

    function _finishOrDraw() private {
        vm.warp(_view(taskId).deadline);
        fl.advance(taskId);
    }

    function _join(uint256 i) private {
        vm.prank(_trainer(i));
        fl.join(taskId);
    }

    function _outOfRange(bytes32 parameter, uint256 actual, uint256 min, uint256 max)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(TaskRules.TaskRulesOutOfRange.selector, parameter, actual, min, max);
    }
}
