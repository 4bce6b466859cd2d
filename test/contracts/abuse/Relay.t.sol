// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {BatchedCommitment, BatchProof, SignedCommitment} from "../../../contracts/types/Batch.sol";
import {FailureReason, Phase, UpdateReveal} from "../../../contracts/types/Round.sol";
import {RelayTest} from "../support/RelayTest.sol";

/// @dev Attacks by relays, and on them. The table in ../README.md says which case each is.
///      Longer than other files: one deployment with two relays, and each attack a test.
contract Abuse_Relay_Test is RelayTest {
    uint256 internal constant SECOND_KEY = 0x8E1B;

    uint256 internal taskId;

    function setUp() public {
        _deployWithRelay();
        _enlist(SECOND_KEY, 1, RELAY_STAKE_WEI);
        taskId = _openRound(3);
    }

    /// @dev B1. A relay that is its own trainer commits to four updates, sees what others reveal, and opens the best. What
    ///      it keeps back costs what a trainer's missed reveal costs, once for each.
    function test_settleBatch_relayChoosesAmongItsOwnUpdates_paysForEachKeptBack() public {
        BatchedCommitment[] memory entries = _ownUpdates(4);
        _sendBatch(taskId, entries);
        _commitUpdate(taskId, 1);
        _passPhase(taskId);
        _revealUpdate(taskId, 1); // what it wanted to see
        BatchProof memory proof = _proof(taskId, entries, 1, 2);
        vm.prank(_trainer(0));
        fl.revealBatched(taskId, _update(102), proof);
        _passPhase(taskId);
        vm.warp(block.timestamp + REPORT_SECONDS);
        vm.prank(STRANGER);
        _assertEq(fl.settleBatch(taskId, 1, 1), 3 * PENALTY_WEI, "three kept back");
        _assertEq(registry.bountyOf(STRANGER), 3 * PENALTY_WEI / 2, "half burned, also through an accomplice");
    }

    /// @dev B1. As above, and it reports itself only once the trainer has committed in the next round, so that nobody can
    ///      tell what it opened. Its own word frees its relay no more.
    function test_reportUnopened_relaysOwnTrainerHasMovedOn_reverts() public {
        BatchedCommitment[] memory entries = _ownUpdates(2);
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        BatchProof memory proof = _proof(taskId, entries, 1, 0);
        vm.prank(_trainer(0));
        fl.revealBatched(taskId, _update(100), proof);
        _passPhase(taskId);
        SignedCommitment memory signed = _signedAs(taskId, 0, entries[1].commitment, _hash(1, entries[1].commitment));
        proof = _proof(taskId, entries, 1, 1);
        _passPhase(taskId); // nobody proves the seed
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractOpeningForgotten.selector, taskId, 1, _trainer(0))
        );
        fl.reportUnopened(taskId, 1, proof, signed);
        vm.prank(relay);
        _assertEq(fl.settleBatch(taskId, 1, 1), PENALTY_WEI, "the relay pays");
    }

    /// @dev B1. The trainer reports itself, so as to have half of its slash back: all of it is burned.
    function test_reportUnopened_byTheTrainerItself_burnsAll() public {
        BatchedCommitment[] memory entries = _entries(taskId, 1);
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        _passPhase(taskId);
        (BatchProof memory proof, SignedCommitment memory signed) = (_proof(taskId, entries, 1, 0), _signed(taskId, 1, 0));
        uint256 supplyWei = token.totalSupply();
        vm.prank(_trainer(0));
        _assertEq(fl.reportUnopened(taskId, 1, proof, signed), PENALTY_WEI, "taken");
        _assertEq(token.totalSupply(), supplyWei - PENALTY_WEI, "burned");
        _assertEq(registry.bountyOf(_trainer(0)), 0, "nothing back");
    }

    /// @dev B2. Forged entries in everybody's name take nobody's place: all send their own, and no phase is longer for it.
    function test_commitBatch_forgedForEverybody_costsTheForgerOnly() public {
        _sendBatch(taskId, _forged(3));
        for (uint256 i = 0; i < 3; i++) _commitUpdate(taskId, i);
        _assertPhase(taskId, Phase.Reveal, "all have committed");
        for (uint256 i = 0; i < 3; i++) _revealUpdate(taskId, i);
        _assertPhase(taskId, Phase.Draw, "all have revealed");
        vm.prank(relay);
        _assertEq(fl.settleBatch(taskId, 1, 1), 3 * PENALTY_WEI, "for three entries");
        for (uint256 i = 0; i < 3; i++) _assertEq(registry.stakeOf(_trainer(i)), STAKE_WEI, "no trainer's");
    }

    /// @dev B2. As many batches as the forger's stake bonds stop neither another relay nor a trainer.
    function test_commitBatch_forgedManyTimes_leavesRoomForOthers() public {
        for (uint256 i = 0; i < 20; i++) _sendBatch(taskId, _forged(3));
        BatchedCommitment[] memory entries = _entries(taskId, 2);
        vm.prank(vm.addr(SECOND_KEY));
        _assertEq(fl.commitBatch(taskId, 1, entries), 21, "the next number");
        _commitUpdate(taskId, 2);
        _passPhase(taskId);
        for (uint8 i = 0; i < 2; i++) _openEntry(taskId, i, _proof(taskId, entries, 21, i));
        _revealUpdate(taskId, 2);
        _assertPhase(taskId, Phase.Draw, "all have revealed");
    }

    /// @dev B3. Nothing but junk is sent: the round lasts as long as one in which a trainer never opens, for its price.
    function test_advance_nothingButForgedEntries_failsAtTheDeadline() public {
        _sendBatch(taskId, _forged(1));
        _passPhase(taskId);
        _passPhase(taskId);
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NoReveals), "failure");
        vm.prank(relay);
        _assertEq(fl.settleBatch(taskId, 1, 1), PENALTY_WEI, "what a missed reveal costs");
        _assertEq(fl.openRound(taskId), 2, "and the next opens");
    }

    /// @dev B3. A forged batch keeps trainers in their places until `Reveal` is over, and no longer.
    function test_leave_heldByAForgedBatch_freeAfterReveal() public {
        _sendBatch(taskId, _forged(1));
        _commitUpdate(taskId, 1);
        _passPhase(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractUpdatePending.selector, taskId, _trainer(0)));
        vm.prank(_trainer(0));
        fl.leave(taskId);
        _revealUpdate(taskId, 1);
        _passPhase(taskId);
        vm.prank(_trainer(0));
        fl.leave(taskId);
        (bool enrolled,) = fl.slotOf(taskId, _trainer(0));
        _assertTrue(!enrolled, "left");
    }

    /// @dev B3. Who never trains can't hold its place by batches in its own name: it is evicted between rounds.
    function test_evict_idleBehindItsOwnBatches_freesThePlace() public {
        for (uint256 round = 1; round <= 3; round++) {
            _sendBatch(taskId, _entries(taskId, 1));
            _passPhase(taskId);
            _passPhase(taskId);
            if (round < 3) fl.openRound(taskId);
        }
        fl.evict(taskId, _trainer(0));
        (bool enrolled,) = fl.slotOf(taskId, _trainer(0));
        _assertTrue(!enrolled, "evicted");
    }

    /// @dev B4. The entries of the last round, with the signatures for them, are junk in this one.
    function test_reportUnopened_batchOfTheLastRound_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 3);
        SignedCommitment memory signed = _signed(taskId, 1, 0);
        _passPhase(taskId); // nothing was sent: the round failed
        fl.openRound(taskId);
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        BatchProof memory proof = _proof(taskId, entries, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotInBatch.selector, taskId, 2, 1, 0));
        _openEntry(taskId, 0, proof);
        _passPhase(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBadSignature.selector, _trainer(0)));
        fl.reportUnopened(taskId, 2, proof, signed);
        vm.prank(relay);
        _assertEq(fl.settleBatch(taskId, 2, 1), 3 * PENALTY_WEI, "the relay pays");
    }

    /// @dev B4. The same across tasks: neither the trainer's opening nor its word fits another.
    function test_reportUnopened_batchOfAnotherTask_reverts() public {
        uint256 other = _openRound(3);
        BatchedCommitment[] memory entries = _entries(taskId, 1);
        _sendBatch(other, entries);
        _passPhase(other);
        BatchProof memory proof = _proof(other, entries, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotInBatch.selector, other, 1, 1, 0));
        _openEntry(other, 0, proof);
        _passPhase(other);
        SignedCommitment memory signed = _signed(taskId, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBadSignature.selector, _trainer(0)));
        fl.reportUnopened(other, 1, proof, signed);
    }

    /// @dev B5. The relay takes a trainer's word and leaves it out. From the last quarter on no batch can come any more, so
    ///      that the trainer knows, and its own commitment stands.
    function test_commitUpdate_leftOutByTheRelay_countsInTheLastQuarter() public {
        BatchedCommitment[] memory entries = _entries(taskId, 2);
        _sendBatch(taskId, entries);
        vm.warp(_view(taskId).deadline - PHASE_SECONDS / 4);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractBatchTooLate.selector, taskId, 1, block.timestamp)
        );
        _sendBatch(taskId, entries, 1);
        _commitUpdate(taskId, 2);
        _passPhase(taskId);
        _revealUpdate(taskId, 2);
        _assertEq(_view(taskId).revealedBitmap, 4, "its update is in");
    }

    /// @dev B5. The relay sends a trainer's word after the trainer has sent its own, to make it miss one of the two: it opens
    ///      its own, and its word for the other is kept.
    function test_reportUnopened_relayedBehindItsOwn_costsNobody() public {
        _commitUpdate(taskId, 0);
        BatchedCommitment[] memory entries = _entries(taskId, 1);
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        _revealUpdate(taskId, 0);
        _passPhase(taskId);
        (BatchProof memory proof, SignedCommitment memory signed) = (_proof(taskId, entries, 1, 0), _signed(taskId, 1, 0));
        _assertEq(fl.reportUnopened(taskId, 1, proof, signed), 0, "nothing taken");
        vm.prank(relay);
        _assertEq(fl.settleBatch(taskId, 1, 1), 0, "nor from the relay");
    }

    /// @dev B6. A relay copies another's batch, so that trainers open its entries. The first one shows their words and pays
    ///      nothing; for what is not opened from the copy, the copier pays.
    function test_settleBatch_copiedBatch_costsTheCopierOnly() public {
        BatchedCommitment[] memory entries = _entries(taskId, 3);
        address copier = vm.addr(SECOND_KEY);
        vm.prank(copier);
        fl.commitBatch(taskId, 1, entries); // it saw the other in the pool
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        for (uint8 i = 0; i < 2; i++) _openEntry(taskId, i, _proof(taskId, entries, 1, i));
        _openEntry(taskId, 2, _proof(taskId, entries, 2, 2));
        for (uint8 i = 0; i < 2; i++) {
            _assertEq(fl.reportUnopened(taskId, 1, _proof(taskId, entries, 2, i), _signed(taskId, 1, i)), 0, "kept");
        }
        vm.prank(relay);
        _assertEq(fl.settleBatch(taskId, 1, 2), 0, "the first relay");
        vm.prank(copier);
        _assertEq(fl.settleBatch(taskId, 1, 1), PENALTY_WEI, "the copier");
    }

    /// @dev B11. A trainer signs a "commitment" that is itself the entry of an accomplice, one level below the batch's tree.
    ///      Opened from there, it would close the entry of somebody else, who then could not open its own.
    function test_revealBatched_entryBelowTheTree_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 3);
        (, uint16 slot) = fl.slotOf(taskId, _trainer(2));
        bytes32 word = bytes32(abi.encodePacked(_trainer(2), bytes11(0), uint8(slot)));
        bytes32 hidden = keccak256(abi.encode(word, _commitment(taskId, 2)));
        entries[0].commitment = hidden;
        entries[2] = BatchedCommitment(_trainer(1), keccak256("a third"));
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        BatchProof memory above = _proof(taskId, entries, 1, 0);
        BatchProof memory below = BatchProof(1, 1, new bytes32[](above.path.length + 1));
        (, slot) = fl.slotOf(taskId, entries[0].trainer);
        below.path[0] = bytes32(abi.encodePacked(entries[0].trainer, bytes11(0), uint8(slot)));
        for (uint256 i = 0; i < above.path.length; i++) below.path[i + 1] = above.path[i];
        vm.prank(_trainer(2));
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotInBatch.selector, taskId, 1, 1, 1));
        fl.revealBatched(taskId, _update(2), below);
        _openEntry(taskId, 1, _proof(taskId, entries, 1, 1)); // the honest trainer's
    }

    /// @dev B7. What bonds a batch can neither leave nor bond another.
    function test_requestUnstake_bonded_reverts() public {
        _sendBatch(taskId, _entries(taskId, 3));
        uint256 freeWei = RELAY_STAKE_WEI - 3 * PENALTY_WEI;
        vm.expectRevert(
            abi.encodeWithSelector(INodeRegistry.NodeRegistryStakeLocked.selector, relay, freeWei, freeWei + 1)
        );
        vm.prank(relay);
        registry.requestUnstake(freeWei + 1);
        vm.prank(relay);
        registry.requestUnstake(freeWei - 2 * PENALTY_WEI);
        BatchedCommitment[] memory entries = _entries(taskId, 3);
        vm.expectRevert(
            abi.encodeWithSelector(
                INodeRegistry.NodeRegistryStakeLocked.selector, relay, 2 * PENALTY_WEI, 3 * PENALTY_WEI
            )
        );
        _sendBatch(taskId, entries, 1);
    }

    /// @dev B8. The committee is drawn among who does not train in the round: opening from a batch counts as training.
    function test_drawCommittee_openedFromABatch_seatsNoTrainer() public {
        for (uint256 i = 0; i < 3; i++) _announce(_trainerKey(i), 3);
        BatchedCommitment[] memory entries = _entries(taskId, 3);
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        for (uint8 i = 0; i < 3; i++) _openEntry(taskId, i, _proof(taskId, entries, 1, i));
        address[] memory members = _draw(taskId);
        _assertTrue(members.length == 3, "a whole committee");
        for (uint256 s = 0; s < members.length; s++) {
            for (uint256 i = 0; i < 3; i++) _assertTrue(members[s] != _trainer(i), "not of who trains");
        }
    }

    /// @dev B8. And it is paid as any other.
    function test_claim_openedFromABatch_isPaid() public {
        BatchedCommitment[] memory entries = _entries(taskId, 3);
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        for (uint8 i = 0; i < 3; i++) _openEntry(taskId, i, _proof(taskId, entries, 1, i));
        address[] memory members = _draw(taskId);
        _audit(taskId, members, 5);
        _agree(taskId, members);
        _finish(taskId);
        vm.prank(_trainer(0));
        _assertEq(fl.claim(taskId), _parameters().rewardPerUpdateWei, "accepted");
        _assertEq(fl.claimable(taskId, _trainer(1)), 0, "refused");
    }

    /// @return entries `count` updates of the first trainer.
    function _ownUpdates(uint256 count) private view returns (BatchedCommitment[] memory entries) {
        entries = new BatchedCommitment[](count);
        for (uint256 i = 0; i < count; i++) {
            UpdateReveal memory update = _update(100 + i);
            entries[i] = BatchedCommitment(_trainer(0), this.updateCommitment(taskId, 1, _trainer(0), update));
        }
    }

    /// @return entries Junk in the name of the first `count` trainers.
    function _forged(uint256 count) private pure returns (BatchedCommitment[] memory entries) {
        entries = new BatchedCommitment[](count);
        for (uint256 i = 0; i < count; i++) entries[i] = BatchedCommitment(_trainer(i), keccak256(abi.encode("junk", i)));
    }

    function _hash(uint32 round, bytes32 commitment) private view returns (bytes32) {
        return _typedHash(taskId, round, commitment, block.chainid, address(fl));
    }

    /// @dev As `_sendBatch`, without a look at the chain before it.
    function _sendBatch(uint256 id, BatchedCommitment[] memory entries, uint32 round) private {
        vm.prank(relay);
        fl.commitBatch(id, round, entries);
    }
}
