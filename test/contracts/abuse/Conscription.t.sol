// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {TaskRules} from "../../../contracts/libraries/TaskRules.sol";
import {FailureReason, Phase} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Attacks by a task's owner on auditors, who are seated without being asked.
contract Abuse_Conscription_Test is CairnTest {
    /// @dev The attacker's only trainer, and its only auditor.
    uint256 internal constant ACCOMPLICE = 0xE71;
    uint256 internal constant OWN_AUDITOR = 0xC0DE;

    uint256 internal taskId;

    /// @dev C1. No task is made whose seats can't be filled in time, or pay less than their silence costs.
    function test_createTask_seatsThatCantBeFilled_refused() public {
        _deploy();
        TaskParameters memory p = _parameters();
        p.rewardPerVerdictWei = 2.5 ether - 1;
        _expectOutOfRange(p, "rewardPerVerdictWei", 2.5 ether - 1, 2.5 ether, type(uint112).max);
        p = _parameters();
        p.auditCommitSeconds = 1;
        _expectOutOfRange(p, "auditCommitSeconds", 1, 60, 1 days);
        p = _parameters();
        p.auditRevealSeconds = 1;
        _expectOutOfRange(p, "auditRevealSeconds", 1, 60, 1 days);
        p = _parameters();
        p.aggregateSeconds = 1;
        _expectOutOfRange(p, "aggregateSeconds", 1, 60, 1 days);
    }

    /// @dev C1. A task with nobody's plan: what it makes others lose, both committees of every round, its owner loses too,
    ///      and gets nothing of it back by closing the task before anybody reports.
    function test_closeTask_committeesWereSilent_costsTheOwnerAsMuch() public {
        _deploy();
        _enlistAll();
        TaskParameters memory p = _conscripting();
        p.rounds = 5;
        taskId = _createTask(p);
        vm.prank(_trainer(0));
        fl.join(taskId);
        uint256 escrowWei = fl.taskOf(taskId).escrowWei;
        uint256 takenWei;
        for (uint256 round = 1; round <= 5; round++) {
            fl.openRound(taskId);
            _train(taskId, 1);
            for (uint8 attempt = 0; attempt < 2; attempt++) {
                _draw(taskId);
                vm.warp(_view(taskId).deadline);
                fl.advance(taskId);
            }
            if (round == 5) {
                vm.prank(OWNER);
                fl.closeTask(taskId);
            }
            takenWei += _reportAll(uint32(round));
        }
        uint256 burnedWei = 5 * (3 + 5) * 2.5 ether; // 0.5 % a seat: three, then all five that there are
        _assertEq(token.balanceOf(OWNER), 1e27 - _handedOut() - burnedWei, "what the owner has lost");
        _assertTrue(takenWei <= burnedWei && takenWei > burnedWei * 95 / 100, "the others lost no more");
        _assertTrue(burnedWei < escrowWei, "of what it had put aside");
        for (uint256 i = 0; i < AUDITORS; i++) _assertTrue(registry.stakeOf(_auditor(i)) > 450 ether, "can still be seated");
    }

    /// @dev C1. One silence in another's task neither keeps a trainer out of its own nor has it evicted, though it staked no
    ///      more than the task holds.
    function test_evict_silentInAnotherTask_reverts() public {
        _deploy();
        for (uint256 i = 0; i < 4; i++) _enlist(_trainerKey(i), 3, 500 ether); // train and audit
        _enlist(ACCOMPLICE, 1, 500 ether);
        vm.warp(block.timestamp + 2 * EPOCH_SECONDS);
        uint256 good = _openRound(4);
        taskId = _createTask(_conscripting());
        _openWithAccomplice();
        address[] memory members = _draw(taskId);
        vm.warp(block.timestamp + 60);
        fl.advance(taskId);
        _assertPhase(good, Phase.Commit, "the other task's round waits for its commitments");
        for (uint256 i = 0; i < members.length; i++) {
            fl.reportSilentAuditor(taskId, 1, 0, members[i]);
            vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEvictable.selector, good, members[i]));
            fl.evict(good, members[i]);
        }
        for (uint256 i = 0; i < 4; i++) _commitUpdate(good, i);
        _assertPhase(good, Phase.Reveal, "all have committed");
    }

    /// @dev C1. Who can't use the plan refuses everything; so does everybody else, and its owner pays them.
    function test_reportSilentAuditor_planThatNobodyHas_reverts() public {
        _deploy();
        _enlistAll();
        taskId = _createTask(_conscripting());
        vm.prank(_trainer(0));
        fl.join(taskId);
        fl.openRound(taskId);
        _train(taskId, 1);
        address[] memory members = _draw(taskId);
        _audit(taskId, members, 0);
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NothingAccepted), "failure");
        for (uint256 s = 0; s < members.length; s++) {
            _assertEq(fl.claimable(taskId, members[s]), 2.5 ether, "no less than silence would have cost");
            vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotSilent.selector, taskId, 1, 0, members[s]));
            fl.reportSilentAuditor(taskId, 1, 0, members[s]);
        }
    }

    /// @dev C1. Auditors who keep silent to cost an owner money lose as much themselves, and the owner no more than their
    ///      reward.
    function test_advance_oneOfThreeSilent_burnsItsPartOnly() public {
        _deploy();
        _enlistAll();
        taskId = _openRound(1);
        _train(taskId, 1);
        address[] memory members = _draw(taskId);
        for (uint256 s = 0; s < 2; s++) _commitVerdict(taskId, members[s], 1);
        _finish(taskId);
        _revealVerdict(taskId, members[0], 1);
        uint256 escrowWei = fl.taskOf(taskId).escrowWei;
        uint256 supplyWei = token.totalSupply();
        vm.expectEmit(address(fl));
        emit IFLContract.SilenceBurned(taskId, 1, 0, 1, 2.5 ether);
        _revealVerdict(taskId, members[1], 1);
        _assertEq(escrowWei - fl.taskOf(taskId).escrowWei, 2.5 ether, "of the escrow");
        _assertEq(supplyWei - token.totalSupply(), 2.5 ether, "burned");
    }

    /// @dev C2. An owner that asks for more stake than anybody but its own auditor has seats the others all the same, and
    ///      may not ask for a committee of one.
    function test_drawCommittee_minimumOnlyTheOwnersAuditorHas_seatsOthers() public {
        _deploy();
        _enlistAll();
        _enlist(OWN_AUDITOR, 2, 501 ether);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        TaskParameters memory p = _parameters();
        (p.minStakeWei, p.committeeSize, p.quorum) = (501 ether, 1, 1);
        _expectOutOfRange(p, "committeeSize", 1, 3, 24);
        (p.committeeSize, p.quorum) = (3, 2);
        taskId = _createTask(p);
        vm.prank(_trainer(0));
        fl.join(taskId);
        fl.openRound(taskId);
        _train(taskId, 1);
        address[] memory members = _draw(taskId);
        _assertEq(members.length, 3, "seats");
        uint256 own;
        for (uint256 s = 0; s < 3; s++) if (members[s] == vm.addr(OWN_AUDITOR)) own++;
        _assertTrue(own <= 1, "one unit of stake, one seat");
    }

    /// @dev The worst terms there can be.
    function _conscripting() private pure returns (TaskParameters memory p) {
        p = _parameters();
        p.planDigest = keccak256("a plan that nobody has: no verdict can be worked out");
        (p.rewardPerUpdateWei, p.rewardPerVerdictWei, p.missedRevealSlashWei) = (0, 2.5 ether, 0);
        (p.auditCommitSeconds, p.auditRevealSeconds, p.aggregateSeconds) = (60, 60, 60);
    }

    function _openWithAccomplice() private {
        address accomplice = vm.addr(ACCOMPLICE);
        vm.prank(accomplice);
        fl.join(taskId);
        fl.openRound(taskId);
        bytes32 commitment = this.updateCommitment(taskId, 1, accomplice, _update(9));
        vm.startPrank(accomplice);
        fl.commitUpdate(taskId, commitment);
        fl.revealUpdate(taskId, _update(9));
        vm.stopPrank();
    }

    /// @return takenWei What the members of both committees lost; who holds no seat can't be reported.
    function _reportAll(uint32 round) private returns (uint256 takenWei) {
        for (uint8 attempt = 0; attempt < 2; attempt++) {
            for (uint256 i = 0; i < AUDITORS; i++) {
                (bool taken, bytes memory data) = address(fl).call(
                    abi.encodeCall(fl.reportSilentAuditor, (taskId, round, attempt, _auditor(i)))
                );
                if (taken) takenWei += abi.decode(data, (uint256));
            }
        }
    }

    function _handedOut() private pure returns (uint256) {
        return TRAINERS * STAKE_WEI + AUDITORS * AUDITOR_STAKE_WEI;
    }

    function _expectOutOfRange(TaskParameters memory p, bytes32 parameter, uint256 actual, uint256 min, uint256 max)
        private
    {
        vm.expectRevert(abi.encodeWithSelector(TaskRules.TaskRulesOutOfRange.selector, parameter, actual, min, max));
        _createTask(p);
    }
}
