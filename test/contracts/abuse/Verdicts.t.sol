// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {FailureReason, Phase, UpdateReveal, VerdictReveal} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Attacks by members of a committee: vetoes that cost nothing, refusals that are paid, faults that escape.
contract Abuse_Verdicts_Test is CairnTest {
    bytes32 internal constant PLANT_SALT = keccak256("plant");

    uint256 internal taskId;
    UpdateReveal internal planted;

    function setUp() public {
        _deploy();
        _enlistAll();
    }

    /// @dev V1. A minority proposes junk: it has attested, but not what more than half of the seats did.
    function test_reportSilentAuditor_attestedJunk_isSlashed() public {
        address[] memory members = _toAggregateOfFive();
        for (uint256 s = 0; s < 3; s++) _propose(members[s], DIGEST);
        for (uint256 s = 3; s < 5; s++) _propose(members[s], keccak256(abi.encode("junk", s)));
        _finish(taskId);
        _assertPhase(taskId, Phase.Draw, "a second committee");
        for (uint256 s = 0; s < 3; s++) _expectNotSilent(members[s]);
        for (uint256 s = 3; s < 5; s++) {
            _assertEq(fl.reportSilentAuditor(taskId, 1, 0, members[s]), 2.5 ether, "0.5 % of a seat");
        }
    }

    /// @dev V1. Where no digest has more than half, nobody can tell who is wrong: who attested is safe.
    function test_reportSilentAuditor_noMajority_sparesWhoAttested() public {
        address[] memory members = _toAggregateOfFive();
        for (uint256 s = 0; s < 2; s++) _propose(members[s], DIGEST);
        for (uint256 s = 2; s < 4; s++) _propose(members[s], keccak256("another"));
        _finish(taskId);
        for (uint256 s = 0; s < 4; s++) _expectNotSilent(members[s]);
        _assertEq(fl.reportSilentAuditor(taskId, 1, 0, members[4]), 2.5 ether, "who attested nothing is not");
    }

    /// @dev V1. The same in the second committee, whose round fails: shown in its duty, and slashed.
    function test_dutyOf_attestedJunkInTheRedraw_dissented() public {
        for (uint256 i = 5; i < 10; i++) _enlist(_auditorKey(i), 2, AUDITOR_STAKE_WEI);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _toAggregateOfFive();
        _finish(taskId); // nobody attests
        address[] memory members = _draw(taskId);
        _audit(taskId, members, 1);
        for (uint256 s = 0; s < 10; s++) _propose(members[s], s < 7 ? DIGEST : keccak256("junk"));
        _finish(taskId);
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NoAggregate), "failure");
        _assertTrue(!fl.dutyOf(taskId, 1, members[0]).dissented, "with the majority");
        _assertTrue(fl.dutyOf(taskId, 1, members[9]).dissented, "against it");
        _expectNotSilent(1, members[0]);
        _assertEq(fl.reportSilentAuditor(taskId, 1, 1, members[9]), 2.5 ether, "0.5 % of a seat");
    }

    /// @dev V2. So many that the others have no quorum refuse everything unseen: they are not paid for it, and have to be
    ///      as many in a second committee too.
    function test_revealVerdict_aMinorityRefusesEverything_redrawsUnpaid() public {
        address[] memory members = _toVerdictsOfFive();
        for (uint256 s = 0; s < 5; s++) _commitVerdict(taskId, members[s], s < 3 ? 1 : 0);
        for (uint256 s = 0; s < 5; s++) _revealVerdict(taskId, members[s], s < 3 ? 1 : 0);
        _assertPhase(taskId, Phase.Draw, "a second committee");
        for (uint256 s = 0; s < 5; s++) {
            _assertEq(fl.claimable(taskId, members[s]), 0, "unpaid");
            _expectNotSilent(members[s]);
        }
        members = _draw(taskId);
        for (uint256 s = 0; s < 5; s++) _commitVerdict(taskId, members[s], s < 3 ? 1 : 0);
        for (uint256 s = 0; s < 5; s++) _revealVerdict(taskId, members[s], s < 3 ? 1 : 0);
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NoQuorum), "failure");
        for (uint256 s = 0; s < 5; s++) _assertEq(fl.claimable(taskId, members[s]), 0, "unpaid again");
    }

    /// @dev V2. Who refuses what a quorum accepts earns nothing by it; marking all it accepts as copies, or accepting what
    ///      nobody revealed, is a refusal too.
    function test_claimable_refusedWhatAQuorumAccepted_earnsNothing() public {
        taskId = _createTask(_parametersOfFive(3));
        _openAndTrain();
        address[] memory members = _draw(taskId);
        for (uint256 s = 0; s < 4; s++) _commitVerdict(taskId, members[s], s < 3 ? 1 : 1 << 200);
        bytes32 marking = Commitments.hashMarking(_verdictCommitment(taskId, members[4], 1), 1);
        vm.prank(members[4]);
        fl.commitVerdict(taskId, marking);
        for (uint256 s = 0; s < 4; s++) _revealVerdict(taskId, members[s], s < 3 ? 1 : 1 << 200);
        vm.prank(members[4]);
        fl.revealVerdictMarking(taskId, VerdictReveal(1, 1, keccak256(abi.encode(members[4])), keccak256("salt")));
        for (uint256 s = 0; s < 3; s++) _propose(members[s], DIGEST);
        uint256 escrowWei = fl.taskOf(taskId).escrowWei;
        _finish(taskId);
        for (uint256 s = 0; s < 5; s++) _assertEq(fl.claimable(taskId, members[s]), s < 3 ? 3 ether : 0, "verdict");
        _assertEq(escrowWei - fl.taskOf(taskId).escrowWei, 3 * 3 ether + 7 ether, "booked");
    }

    /// @dev V2. Who can't use a plan refuses everything, and is then neither silent nor slashed for a veto of others.
    function test_reportSilentAuditor_refusedAllInAVetoedRound_isSpared() public {
        taskId = _createTask(_parametersOfFive(3));
        _openAndTrain();
        address[] memory members = _draw(taskId);
        for (uint256 s = 0; s < 5; s++) _commitVerdict(taskId, members[s], s == 0 ? 0 : 1);
        for (uint256 s = 0; s < 5; s++) _revealVerdict(taskId, members[s], s == 0 ? 0 : 1);
        _propose(members[1], DIGEST);
        _finish(taskId);
        _expectNotSilent(members[0]);
        _assertEq(fl.reportSilentAuditor(taskId, 1, 0, members[2]), 2.5 ether, "who accepted and kept back");
    }

    /// @dev V2. A quorum that refuses is a decision, and honest work: it is paid at once.
    function test_revealVerdict_aQuorumRefusesEverything_isPaid() public {
        address[] memory members = _toVerdictsOfFive();
        _audit(taskId, members, 0);
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NothingAccepted), "failure");
        for (uint256 s = 0; s < 5; s++) _assertEq(fl.claimable(taskId, members[s]), 3 ether, "paid");
    }

    /// @dev V3. The last to reveal accepts a plant unseen, ends the round by it and opens the next in one transaction.
    function test_reportMissedPlant_nextRoundOpened_isStillPaid() public {
        address[] memory members = _plant();
        for (uint256 s = 0; s < 3; s++) _commitVerdict(taskId, members[s], s == 2 ? 1 : 0);
        for (uint256 s = 0; s < 3; s++) _revealVerdict(taskId, members[s], s == 2 ? 1 : 0);
        fl.openRound(taskId);
        _assertEq(_report(members[2]), 25 ether, "5 % of a seat's stake");
    }

    /// @dev V3. Nor does it help that the committee was dismissed, until the next one is drawn.
    function test_reportMissedPlant_nextCommitteeDrawn_reverts() public {
        address[] memory members = _plant();
        for (uint256 s = 0; s < 3; s++) _commitVerdict(taskId, members[s], 1);
        for (uint256 s = 0; s < 3; s++) _revealVerdict(taskId, members[s], 1);
        _finish(taskId); // no aggregate
        _assertEq(_report(members[2]), 25 ether, "before the redraw");
        _draw(taskId);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractPlantNotMissed.selector, taskId, 1, members[1])
        );
        fl.reportMissedPlant(taskId, _trainer(0), planted, PLANT_SALT, members[1]);
    }

    /// @dev V4. Outcomes kept back until after a fault count before it all the same.
    function test_reportMissedReveal_outcomesKeptBack_countBeforeIt() public {
        taskId = _openRound(1);
        _runRound(taskId, 1, 1);
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        _finish(taskId);
        fl.reportMissedReveal(taskId, 2, _trainer(0));
        _assertEq(registry.nodeOf(_trainer(0)).reputationNano, 15_625_000, "1/32, then halved");
        vm.prank(_trainer(0));
        fl.claim(taskId);
        (bool isCredited,) = address(fl).call(abi.encodeCall(fl.creditReputation, (taskId, _trainer(0))));
        _assertTrue(!isCredited, "nothing is left to count after it");
    }

    /// @dev V4. As above, for an auditor's verdicts and a plant that it missed.
    function test_reportMissedPlant_verdictsKeptBack_countBeforeIt() public {
        address[] memory members = _plant();
        for (uint256 s = 0; s < 3; s++) _commitVerdict(taskId, members[s], 1);
        for (uint256 s = 0; s < 3; s++) _revealVerdict(taskId, members[s], 1);
        _agree(taskId, members);
        _finish(taskId);
        _report(members[2]);
        _assertEq(registry.nodeOf(members[2]).reputationNano, 15_625_000, "1/32, then halved");
        _assertEq(fl.claimable(taskId, members[2]), 3 ether, "still to be paid");
    }

    function _toVerdictsOfFive() private returns (address[] memory members) {
        taskId = _createTask(_parametersOfFive(4));
        _openAndTrain();
        return _draw(taskId);
    }

    function _toAggregateOfFive() private returns (address[] memory members) {
        members = _toVerdictsOfFive();
        _audit(taskId, members, 1);
    }

    function _parametersOfFive(uint16 quorum) private pure returns (TaskParameters memory p) {
        p = _parameters();
        (p.committeeSize, p.quorum) = (5, quorum);
    }

    function _openAndTrain() private {
        vm.prank(_trainer(0));
        fl.join(taskId);
        fl.openRound(taskId);
        _train(taskId, 1);
    }

    function _propose(address member, bytes32 digest) private {
        vm.prank(member);
        fl.proposeAggregate(taskId, digest, BYTE_LENGTH);
    }

    function _expectNotSilent(address member) private {
        _expectNotSilent(0, member);
    }

    function _expectNotSilent(uint8 attempt, address member) private {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotSilent.selector, taskId, 1, attempt, member));
        fl.reportSilentAuditor(taskId, 1, attempt, member);
    }

    function _report(address auditor) private returns (uint256 takenWei) {
        return fl.reportMissedPlant(taskId, _trainer(0), planted, PLANT_SALT, auditor);
    }

    /// @dev A revealed update whose claimed trace root is a planted one, and the committee drawn for it.
    function _plant() private returns (address[] memory members) {
        taskId = _openRound(1);
        planted = _update(0);
        planted.traceRoot = keccak256(
            abi.encode(
                Commitments.PLANT_DOMAIN, block.chainid, address(fl), taskId, uint32(1), _trainer(0), PLANT_SALT
            )
        );
        bytes32 commitment = this.updateCommitment(taskId, 1, _trainer(0), planted);
        vm.startPrank(_trainer(0));
        fl.commitUpdate(taskId, commitment);
        fl.revealUpdate(taskId, planted);
        vm.stopPrank();
        return _draw(taskId);
    }
}
