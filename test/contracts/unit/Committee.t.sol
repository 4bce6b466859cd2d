// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Who gets a seat, and what it costs not to fill it.
contract FLContract_Committee_Test is CairnTest {
    /// @dev Nodes that have a wei less than a seat can do with, together as much as all honest auditors.
    uint256 internal constant MANY = 5;

    function setUp() public {
        _deploy();
        _enlistAll();
    }

    function test_drawCommittee_oneWeiNodes_seatsOnlyTheMinimumStake() public {
        _enlistDust(3);
        address[] memory members = _drawOf(8, 5);
        _assertEq(members.length, AUDITORS, "seats");
        for (uint256 i = 0; i < members.length; i++) _assertTrue(registry.stakeOf(members[i]) == AUDITOR_STAKE_WEI, "stake");
    }

    function test_drawCommittee_aWeiBelowTheMinimum_isPassedOver() public {
        _enlist(0xD000, 2, 450 ether - 1);
        _enlist(0xD001, 2, 450 ether);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _assertEq(_drawOf(8, 5).length, AUDITORS + 1, "the minimum is enough");
    }

    function test_drawCommittee_asMuchDustAsStake_isPassedOver() public {
        for (uint256 i = 0; i < MANY; i++) _enlist(0xD000 + i, 2, 450 ether - 1);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _assertEq(_drawOf(8, 5).length, AUDITORS, "seats");
    }

    /// @dev Dust in the redraw would raise the quorum above the honest auditors that there are.
    function test_drawCommittee_dustInTheRedraw_leavesTheQuorumInReach() public {
        for (uint256 i = 3; i < AUDITORS; i++) {
            vm.prank(_auditor(i));
            registry.requestUnstake(AUDITOR_STAKE_WEI);
        }
        _enlistDust(3);
        uint256 taskId = _openRound(1);
        _train(taskId, 1);
        _draw(taskId);
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(taskId); // everybody was late
        _assertEq(_draw(taskId).length, 3, "seats");
        for (uint256 i = 0; i < 3; i++) _commitVerdict(taskId, _auditor(i), 1);
        _assertPhase(taskId, Phase.AuditReveal, "all have committed");
    }

    /// @dev Anybody can make a task that seats everybody, so its silence must not be worth anybody's while.
    function test_reportSilentAuditor_aTaskOfSmallStakes_burnsAShareOfTheSeatsAndPaysNobody() public {
        TaskParameters memory p = _parameters();
        (p.rewardPerUpdateWei, p.missedRevealSlashWei, p.minStakeWei) = (0, 0, 1_000);
        address[] memory members = _drawOf(p);
        address silent = members[0];
        uint256 seats;
        for (uint256 i = 0; i < members.length; i++) if (members[i] == silent) seats++;
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(1);
        uint256 supplyWei = token.totalSupply();
        vm.prank(STRANGER);
        _assertEq(fl.reportSilentAuditor(1, 1, 0, silent), 2.5 ether * seats, "0.5 % of what each seat stands for");
        _assertEq(registry.bountyOf(STRANGER), 0, "bounty");
        _assertEq(token.totalSupply(), supplyWei - 2.5 ether * seats, "burned");
        _assertEq(registry.slashableOf(silent), AUDITOR_STAKE_WEI - 2.5 ether * seats, "left");
    }

    function test_reportSilentAuditor_stakeTakenElsewhere_takesAShareOfWhatIsLeft() public {
        address silent = _silentIn(_parameters());
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
        registry.slash(silent, AUDITOR_STAKE_WEI - 200, address(0), "fault");
        _assertEq(fl.reportSilentAuditor(1, 1, 0, silent), 1, "0.5 % of 200 wei");
    }

    function test_reportSilentAuditor_aSecondTooLate_reverts() public {
        address silent = _silentIn(_parameters());
        uint256 deadline = START + EPOCH_SECONDS + 3 * PHASE_SECONDS + 500; // drawn at once; three phases, then reports
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractReportTooLate.selector, 1, 1, deadline));
        fl.reportSilentAuditor(1, 1, 0, silent);
        vm.warp(deadline - 1);
        _assertEq(fl.reportSilentAuditor(1, 1, 0, silent), 2.5 ether, "a second earlier");
    }

    function _enlistDust(uint256 nodes) private {
        for (uint256 i = 0; i < nodes; i++) _enlist(0xD000 + i, 2, 1);
        vm.warp(block.timestamp + EPOCH_SECONDS);
    }

    /// @dev A member of the first committee of task 1, which let its time pass.
    function _silentIn(TaskParameters memory p) private returns (address silent) {
        silent = _drawOf(p)[0];
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(1);
    }

    function _drawOf(uint16 committeeSize, uint16 quorum) private returns (address[] memory members) {
        TaskParameters memory p = _parameters();
        (p.committeeSize, p.quorum) = (committeeSize, quorum);
        return _drawOf(p);
    }

    function _drawOf(TaskParameters memory p) private returns (address[] memory members) {
        uint256 taskId = _createTask(p);
        vm.prank(_trainer(0));
        fl.join(taskId);
        fl.openRound(taskId);
        _train(taskId, 1);
        return _draw(taskId);
    }
}
