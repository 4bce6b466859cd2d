// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {FailureReason, Phase, UpdateReveal, VerdictReveal} from "../../../contracts/types/Round.sol";
import {TaskMode, TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Attacks on a round's course: stalling it, vetoing it, choosing its seeds, judging without looking.
contract Abuse_Rounds_Test is CairnTest {
    bytes32 internal constant PLANT_SALT = keccak256("plant");

    uint256 internal taskId;

    function setUp() public {
        _deploy();
        _enlistAll();
    }

    /// @dev M6. A stranger ends a round and opens the next in one breath; the owner closes all the same.
    function test_openRound_chainedAfterAClose_reverts() public {
        taskId = _openRound(1);
        uint256 escrowWei = fl.taskOf(taskId).escrowWei;
        vm.prank(OWNER);
        fl.closeTask(taskId);
        vm.warp(block.timestamp + PHASE_SECONDS);
        vm.startPrank(STRANGER);
        fl.advance(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractTaskClosed.selector, taskId));
        fl.openRound(taskId);
        vm.stopPrank();
        vm.prank(OWNER);
        _assertEq(fl.closeTask(taskId), escrowWei, "returned");
    }

    /// @dev M2. Members that keep their attestation back lose their pay, are slashed, and a larger committee decides.
    function test_advance_vetoedAggregate_redrawsAndSlashesTheVeto() public {
        taskId = _openRound(1);
        _train(taskId, 1);
        address[] memory first = _draw(taskId);
        _audit(taskId, first, 1);
        vm.prank(first[0]);
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        _finish(taskId);
        _assertPhase(taskId, Phase.Draw, "a second committee");
        _assertEq(fl.reportSilentAuditor(taskId, 1, 0, first[1]), 2.5 ether, "0.5 % of a seat's stake");
        address[] memory second = _draw(taskId);
        _audit(taskId, second, 1);
        for (uint256 s = 0; s < second.length && _phase(taskId) == Phase.Aggregate; s++) {
            vm.prank(second[s]);
            fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        }
        _finish(taskId);
        _assertPhase(taskId, Phase.Final, "decided");
        _assertEq(fl.claimable(taskId, _trainer(0)), 7 ether, "the trainer is paid");
    }

    /// @dev M2. Who did attest does not answer for those who did not.
    function test_reportSilentAuditor_attestedBeforeTheVeto_reverts() public {
        taskId = _openRound(1);
        _train(taskId, 1);
        address[] memory first = _draw(taskId);
        _audit(taskId, first, 1);
        vm.prank(first[0]);
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        _finish(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotSilent.selector, taskId, 1, 0, first[0]));
        fl.reportSilentAuditor(taskId, 1, 0, first[0]);
    }

    /// @dev M2. Who had no need to attest, as the others agreed, was not silent.
    function test_reportSilentAuditor_agreedWithoutIt_reverts() public {
        taskId = _openRound(1);
        address[] memory members = _runRound(taskId, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotSilent.selector, taskId, 1, 0, members[2]));
        fl.reportSilentAuditor(taskId, 1, 0, members[2]);
    }

    /// @dev L. Whoever opens a round may wait for a block it likes: the seed is the same in all of them.
    function test_openRound_inAnotherBlock_hasTheSameSeed() public {
        taskId = _openRound(1);
        bytes32 committeeSeed = _committeeSeedOf(1);
        bytes32 expected = keccak256(abi.encode(committeeSeed, block.chainid, address(fl), taskId, uint32(2)));
        vm.roll(block.number + 7);
        vm.prevrandao(keccak256("liked"));
        fl.openRound(taskId);
        _assertEq(_view(taskId).seed, expected, "from the last committee's seed");
    }

    /// @dev L. At an epoch's edge nobody may pass over a seed it dislikes: the stakes stay readable for one epoch more.
    function test_retargetSeed_acrossAnEpochsEdge_reverts() public {
        taskId = _openRound(1);
        _train(taskId, 1);
        uint256 target = _view(taskId).seedTargetBlock;
        bytes memory header = _seedHeader(taskId);
        vm.warp((block.timestamp / EPOCH_SECONDS + 1) * EPOCH_SECONDS);
        TaskParameters memory p = fl.taskOf(taskId).parameters;
        if (block.timestamp >= _view(taskId).deadline) vm.warp(_view(taskId).deadline - 1);
        _assertTrue(p.drawSeconds > 0, "a draw");
        vm.expectRevert(abi.encodeWithSignature("CommitteeSeedStillProvable(uint256)", target));
        fl.retargetSeed(taskId);
        fl.drawCommittee(taskId, header);
        _assertPhase(taskId, Phase.AuditCommit, "drawn with the first seed");
    }

    /// @dev L. What a place did is not shown of the place that its trainer takes later.
    function test_dutyOf_rejoinedInAnotherSlot_forgetsTheOldPlace() public {
        taskId = _openRound(2);
        _runRound(taskId, 2, 3);
        vm.prank(_trainer(0));
        fl.leave(taskId);
        vm.prank(_trainer(2));
        fl.join(taskId); // takes slot 0
        vm.prank(_trainer(0));
        fl.join(taskId);
        _assertEq(fl.dutyOf(taskId, 1, _trainer(0)).slot, 2, "slot");
        _assertTrue(!fl.dutyOf(taskId, 1, _trainer(0)).committed, "of round 1 it can't tell any more");
    }

    /// @dev Two of three mark the second update as a copy of the first: it is not accepted, and its trainer not paid.
    function test_revealVerdictMarking_quorumMarks_duplicateEarnsNothing() public {
        taskId = _openRound(2);
        _train(taskId, 2);
        address[] memory members = _draw(taskId);
        for (uint256 s = 0; s < 3; s++) {
            bytes32 plain = _verdictCommitment(taskId, members[s], 3);
            bytes32 commitment = s == 2 ? plain : Commitments.hashMarking(plain, 2);
            vm.prank(members[s]);
            fl.commitVerdict(taskId, commitment);
        }
        for (uint256 s = 0; s < 2; s++) {
            vm.prank(members[s]);
            fl.revealVerdictMarking(
                taskId, VerdictReveal(3, 2, keccak256(abi.encode(members[s])), keccak256("salt"))
            );
        }
        vm.expectEmit(address(fl));
        emit IFLContract.DuplicatesFound(taskId, 1, 2);
        _revealVerdict(taskId, members[2], 3);
        _assertEq(_view(taskId).acceptedBitmap, 1, "the first alone");
        _agree(taskId, members);
        _finish(taskId);
        _assertEq(fl.claimable(taskId, _trainer(0)), 7 ether, "the first is paid");
        _assertEq(fl.claimable(taskId, _trainer(1)), 0, "its copy is not");
    }

    /// @dev Case 14. A commitment made for the round before opens nothing in this one.
    function test_revealUpdate_committedForAnotherRound_reverts() public {
        taskId = _openRound(1);
        bytes32 old = this.updateCommitment(taskId, 1, _trainer(0), _update(0));
        _finish(taskId);
        fl.openRound(taskId);
        vm.startPrank(_trainer(0));
        fl.commitUpdate(taskId, old);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractCommitmentMismatch.selector, taskId, 2, _trainer(0))
        );
        fl.revealUpdate(taskId, _update(0));
        vm.stopPrank();
    }

    /// @dev A commitment that marks opens only with what it marks.
    function test_revealVerdict_committedWithMarks_reverts() public {
        taskId = _openRound(1);
        _train(taskId, 1);
        address[] memory members = _draw(taskId);
        for (uint256 s = 0; s < 3; s++) {
            bytes32 commitment = Commitments.hashMarking(_verdictCommitment(taskId, members[s], 1), 1);
            vm.prank(members[s]);
            fl.commitVerdict(taskId, commitment);
        }
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractCommitmentMismatch.selector, taskId, 1, members[0])
        );
        vm.prank(members[0]);
        fl.revealVerdict(taskId, 1, keccak256(abi.encode(members[0])), keccak256("salt"));
    }

    /// @dev An auditor that accepts all without looking pays for the planted error; one that replays does not.
    function test_reportMissedPlant_acceptedUnseen_costsAuditorsFivePercent() public {
        (UpdateReveal memory opened, address[] memory members) = _plant(_parameters());
        _commitVerdict(taskId, members[0], 1);
        _commitVerdict(taskId, members[1], 0);
        _commitVerdict(taskId, members[2], 1);
        _revealVerdict(taskId, members[0], 1);
        _revealVerdict(taskId, members[1], 0);
        _revealVerdict(taskId, members[2], 1);
        vm.prank(STRANGER); // who copies the report gains nothing
        uint256 takenWei = fl.reportMissedPlant(taskId, _trainer(0), opened, PLANT_SALT, members[0]);
        _assertEq(takenWei, 25 ether, "5 % of a seat's stake");
        _assertEq(registry.bountyOf(_trainer(0)), 12.5 ether, "half is the planter's");
        _assertEq(registry.bountyOf(STRANGER), 0, "none the messenger's");
    }

    /// @dev Who replayed the planted error and refused it is safe, and who accepted it pays once.
    function test_reportMissedPlant_refusedOrReported_reverts() public {
        (UpdateReveal memory opened, address[] memory members) = _plant(_parameters());
        for (uint256 s = 0; s < 3; s++) _commitVerdict(taskId, members[s], s == 1 ? 0 : 1);
        for (uint256 s = 0; s < 3; s++) _revealVerdict(taskId, members[s], s == 1 ? 0 : 1);
        fl.reportMissedPlant(taskId, _trainer(0), opened, PLANT_SALT, members[0]);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractPlantNotMissed.selector, taskId, 1, members[0])
        );
        fl.reportMissedPlant(taskId, _trainer(0), opened, PLANT_SALT, members[0]);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractPlantNotMissed.selector, taskId, 1, members[1])
        );
        fl.reportMissedPlant(taskId, _trainer(0), opened, PLANT_SALT, members[1]);
    }

    /// @dev A true update can't be passed off as a planted one.
    function test_reportMissedPlant_trueUpdate_reverts() public {
        taskId = _openRound(1);
        _runRound(taskId, 1, 1);
        address member = fl.committeeOf(taskId, 1)[0];
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNoPlant.selector, taskId, 1, _trainer(0)));
        fl.reportMissedPlant(taskId, _trainer(0), _update(0), PLANT_SALT, member);
    }

    /// @dev Where nobody can replay, a wrong trace root is nobody's fault.
    function test_reportMissedPlant_privateTask_reverts() public {
        TaskParameters memory p = _parameters();
        p.mode = TaskMode.Private;
        (UpdateReveal memory opened, address[] memory members) = _plant(p);
        _audit(taskId, members, 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNoPlant.selector, taskId, 1, _trainer(0)));
        fl.reportMissedPlant(taskId, _trainer(0), opened, PLANT_SALT, members[0]);
    }

    /// @dev Case 40. Its owner gone, and nobody but a stranger there: every phase ends, and the round with them.
    function test_advance_byAStrangerAlone_endsEveryPhase() public {
        taskId = _openRound(1);
        _train(taskId, 1);
        _draw(taskId);
        for (uint256 i = 0; i < 3 && _phase(taskId) != Phase.Failed; i++) {
            vm.warp(_view(taskId).deadline);
            vm.prank(STRANGER);
            fl.advance(taskId);
        }
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NotDrawn), "over");
    }

    /// @dev A committed update whose claimed trace root is a planted one, and the committee drawn for it.
    function _plant(TaskParameters memory p) private returns (UpdateReveal memory opened, address[] memory members) {
        taskId = _createTask(p);
        vm.prank(_trainer(0));
        fl.join(taskId);
        fl.openRound(taskId);
        opened = _update(0);
        opened.traceRoot = keccak256(
            abi.encode(
                Commitments.PLANT_DOMAIN, block.chainid, address(fl), taskId, uint32(1), _trainer(0), PLANT_SALT
            )
        );
        bytes32 commitment = this.updateCommitment(taskId, 1, _trainer(0), opened);
        vm.startPrank(_trainer(0));
        fl.commitUpdate(taskId, commitment);
        fl.revealUpdate(taskId, opened);
        vm.stopPrank();
        members = _draw(taskId);
    }

    function _committeeSeedOf(uint256 trainers) private returns (bytes32) {
        _runRound(taskId, trainers, 1);
        return _view(taskId).committeeSeed;
    }
}
