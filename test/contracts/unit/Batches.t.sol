// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {RoundMachine} from "../../../contracts/libraries/RoundMachine.sol";
import {Batch, BatchedCommitment, BatchProof} from "../../../contracts/types/Batch.sol";
import {Phase, UpdateReveal} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {RelayTest} from "../support/RelayTest.sol";

/// @dev Sending a batch, and opening its entries. Longer than other files: each way in which either is refused.
contract FLContract_Batches_Test is RelayTest {
    uint256 internal taskId;
    uint40 internal deadline;

    function setUp() public {
        _deployWithRelay();
        taskId = _openRound(3);
        deadline = uint40(block.timestamp) + PHASE_SECONDS;
    }

    function test_commitBatch_threeEntries_keepsRootAndLocksTheBond() public {
        BatchedCommitment[] memory entries = _entries(taskId, 3);
        bytes32 root = _root(taskId, entries);
        vm.expectEmit(address(fl));
        emit IFLContract.BatchCommitted(taskId, 1, relay, 1, root, entries);
        _assertEq(_sendBatch(taskId, entries), 1, "the first batch");

        Batch memory batch = _batch(taskId, 1, 1);
        _assertEq(batch.relay, relay, "relay");
        _assertEq(batch.root, root, "root");
        _assertEq(batch.count, 3, "count");
        _assertEq(batch.openBitmap, 7, "three open entries");
        _assertEq(_lockedWei(relay), 3 * PENALTY_WEI, "bond");
        _assertEq(_view(taskId).committed, 0, "binds no trainer");
        _assertPhase(taskId, Phase.Commit, "does not end the phase");
    }

    function test_commitBatch_one_rootIsItsLeaf() public {
        _sendBatch(taskId, _entries(taskId, 1));
        _assertEq(_batch(taskId, 1, 1).root, _root(taskId, _entries(taskId, 1)), "root");
        _passPhase(taskId);
        _openEntry(taskId, 0, BatchProof(1, 0, new bytes32[](0)));
        _assertEq(_view(taskId).revealed, 1, "opened without a path");
    }

    function test_commitBatch_fullBatch_opensTheLast() public {
        BatchedCommitment[] memory entries = _repeated(256);
        entries[255] = BatchedCommitment(_trainer(1), _commitment(taskId, 1));
        _sendBatch(taskId, entries);
        _assertEq(_batch(taskId, 1, 1).openBitmap, type(uint256).max, "every bit");
        _passPhase(taskId);
        _openEntry(taskId, 1, _proof(taskId, entries, 1, 255));
        _assertEq(_batch(taskId, 1, 1).openBitmap, type(uint256).max >> 1, "all but the last");
    }

    function test_commitBatch_noneOr257_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchSize.selector, 0, 256));
        vm.prank(relay);
        fl.commitBatch(taskId, 1, new BatchedCommitment[](0));
        BatchedCommitment[] memory entries = _repeated(257);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchSize.selector, 257, 256));
        vm.prank(relay);
        fl.commitBatch(taskId, 1, entries);
    }

    function test_commitBatch_anotherRound_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotThisRound.selector, taskId, 2, 1));
        vm.prank(relay);
        fl.commitBatch(taskId, 2, entries);
    }

    function test_commitBatch_aSecondBeforeTheLastQuarter_isTaken() public {
        vm.warp(deadline - PHASE_SECONDS / 4 - 1);
        _assertEq(_sendBatch(taskId, _entries(taskId, 2)), 1, "taken");
    }

    function test_commitBatch_inTheLastQuarter_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 1);
        uint40 until = deadline - PHASE_SECONDS / 4;
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchTooLate.selector, taskId, 1, until));
        vm.prank(relay);
        fl.commitBatch(taskId, 1, entries);
    }

    function test_commitBatch_inReveal_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 1);
        for (uint256 i = 0; i < 3; i++) _commitUpdate(taskId, i);
        vm.expectRevert(
            abi.encodeWithSelector(RoundMachine.RoundMachineWrongPhase.selector, Phase.Reveal, Phase.Commit)
        );
        vm.prank(relay);
        fl.commitBatch(taskId, 1, entries);
    }

    function test_commitBatch_notEnrolled_reverts() public {
        vm.prank(_trainer(3));
        fl.join(taskId); // counts from the next round on
        for (uint256 i = 0; i < 2; i++) {
            BatchedCommitment[] memory entries = new BatchedCommitment[](1);
            entries[0] = BatchedCommitment(i == 0 ? STRANGER : _trainer(3), DIGEST);
            vm.expectRevert(
                abi.encodeWithSelector(IFLContract.FLContractNotEnrolled.selector, taskId, entries[0].trainer)
            );
            vm.prank(relay);
            fl.commitBatch(taskId, 1, entries);
        }
    }

    function test_commitBatch_emptyCommitment_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 2);
        entries[1].commitment = 0;
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEmptyCommitment.selector));
        vm.prank(relay);
        fl.commitBatch(taskId, 1, entries);
    }

    function test_commitBatch_withoutStake_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 2);
        vm.expectRevert(
            abi.encodeWithSelector(INodeRegistry.NodeRegistryStakeLocked.selector, STRANGER, 0, 2 * PENALTY_WEI)
        );
        vm.prank(STRANGER);
        fl.commitBatch(taskId, 1, entries);
    }

    function test_commitBatch_taskWithoutPenalty_reverts() public {
        TaskParameters memory p = _parameters();
        p.missedRevealSlashWei = 0;
        uint256 free = _createTask(p);
        vm.prank(_trainer(0));
        fl.join(free);
        fl.openRound(free);
        BatchedCommitment[] memory entries = _entries(free, 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchUnbonded.selector, free));
        vm.prank(relay);
        fl.commitBatch(free, 1, entries);
    }

    function test_advance_onlyABatch_opensReveal() public {
        _sendBatch(taskId, _entries(taskId, 1));
        _passPhase(taskId);
        _assertPhase(taskId, Phase.Reveal, "a batch is something to reveal");
    }

    function test_commitUpdate_allSentTheirOwn_endsCommitInSpiteOfABatch() public {
        _sendBatch(taskId, _entries(taskId, 1));
        for (uint256 i = 0; i < 3; i++) _commitUpdate(taskId, i);
        _assertPhase(taskId, Phase.Reveal, "nobody is left to commit");
    }

    function test_revealBatched_firstOfThree_emitsEverything() public {
        BatchedCommitment[] memory entries = _sent(3);
        BatchProof memory proof = _proof(taskId, entries, 1, 1);
        UpdateReveal memory update = _update(1);
        vm.expectEmit(address(fl));
        emit IFLContract.BatchedUpdateOpened(taskId, 1, _trainer(1), 1, 1, entries[1].commitment);
        vm.expectEmit(address(fl));
        emit IFLContract.UpdateRevealed(
            taskId,
            1,
            _trainer(1),
            1,
            update.updateDigest,
            update.byteLength,
            update.traceRoot,
            update.sampleCount,
            update.salt
        );
        _openEntry(taskId, 1, proof);
        _assertEq(_view(taskId).revealedBitmap, 2, "bit 1");
        _assertEq(_view(taskId).committed, 1, "committed by opening");
        _assertEq(_batch(taskId, 1, 1).openBitmap, 5, "the other two are open");
        _assertTrue(fl.dutyOf(taskId, 1, _trainer(1)).revealed, "its duty is done");
    }

    function test_revealBatched_all_endsRevealAtOnce() public {
        BatchedCommitment[] memory entries = _sent(3);
        for (uint8 i = 0; i < 3; i++) _openEntry(taskId, i, _proof(taskId, entries, 1, i));
        _assertPhase(taskId, Phase.Draw, "all who may commit have revealed");
    }

    /// @dev The one that sent its own has revealed: as many as `committed` counts, but the entries are not open yet.
    function test_revealUpdate_entriesStillToOpen_leavesRevealOpen() public {
        BatchedCommitment[] memory entries = _entries(taskId, 2);
        _sendBatch(taskId, entries);
        _commitUpdate(taskId, 2);
        _passPhase(taskId);
        _revealUpdate(taskId, 2);
        _assertPhase(taskId, Phase.Reveal, "open for the entries");
        _openEntry(taskId, 0, _proof(taskId, entries, 1, 0));
        _openEntry(taskId, 1, _proof(taskId, entries, 1, 1));
        _assertPhase(taskId, Phase.Draw, "over with the last");
    }

    function test_revealBatched_twice_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 2);
        _sendBatch(taskId, entries);
        _sendBatch(taskId, entries);
        _passPhase(taskId);
        _openEntry(taskId, 0, _proof(taskId, entries, 1, 0));
        BatchProof memory proof = _proof(taskId, entries, 2, 0);
        _expectSecond(0);
        _openEntry(taskId, 0, proof);
    }

    function test_revealBatched_hasSentItsOwn_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 2);
        _sendBatch(taskId, entries);
        _commitUpdate(taskId, 0);
        _passPhase(taskId);
        BatchProof memory proof = _proof(taskId, entries, 1, 0);
        _expectSecond(0);
        _openEntry(taskId, 0, proof);
        _revealUpdate(taskId, 0);
        _assertEq(_view(taskId).revealed, 1, "opens its own");
    }

    function test_revealBatched_anothersEntry_reverts() public {
        BatchedCommitment[] memory entries = _sent(3);
        BatchProof memory proof = _proof(taskId, entries, 1, 1);
        _expectMissing(1, 1);
        _openEntry(taskId, 0, proof);
    }

    function test_revealBatched_anotherBatchOrIndex_reverts() public {
        BatchedCommitment[] memory entries = _sent(3);
        BatchProof memory proof = _proof(taskId, entries, 1, 1);
        proof.batch = 2;
        _expectMissing(2, 1);
        _openEntry(taskId, 1, proof);
        (proof.batch, proof.index) = (1, 5); // the same path: the third bit is not in it
        _expectMissing(1, 5);
        _openEntry(taskId, 1, proof);
    }

    function test_revealBatched_anotherUpdate_reverts() public {
        BatchProof memory proof = _proof(taskId, _sent(3), 1, 0);
        UpdateReveal memory update = _update(0);
        update.sampleCount++;
        _expectMissing(1, 0);
        vm.prank(_trainer(0));
        fl.revealBatched(taskId, update, proof);
    }

    function test_revealBatched_inCommit_reverts() public {
        BatchedCommitment[] memory entries = _entries(taskId, 1);
        _sendBatch(taskId, entries);
        vm.expectRevert(
            abi.encodeWithSelector(RoundMachine.RoundMachineWrongPhase.selector, Phase.Commit, Phase.Reveal)
        );
        _openEntry(taskId, 0, BatchProof(1, 0, new bytes32[](0)));
    }

    function test_revealBatched_notEnrolled_reverts() public {
        BatchProof memory proof = _proof(taskId, _sent(3), 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEnrolled.selector, taskId, _trainer(3)));
        _openEntry(taskId, 3, proof);
    }

    function test_revealBatched_owesAnEarlierReveal_isSlashedForIt() public {
        for (uint256 i = 0; i < 3; i++) _commitUpdate(taskId, i);
        _passPhase(taskId); // nobody reveals
        fl.openRound(taskId);
        BatchedCommitment[] memory entries = _sent(3);
        _openEntry(taskId, 0, _proof(taskId, entries, 1, 0));
        _assertEq(registry.stakeOf(_trainer(0)), STAKE_WEI - PENALTY_WEI, "pays for the round before");
    }

    /// @dev A slash elsewhere took more than a little of what its place holds: it has to add stake first.
    function test_revealBatched_shortOfStake_reverts() public {
        BatchProof memory proof = _proof(taskId, _sent(3), 1, 0);
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
        registry.slash(_trainer(0), STAKE_WEI - 400 ether, address(0), "fault");
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractStakeTooLow.selector, _trainer(0), 400 ether, 450 ether)
        );
        _openEntry(taskId, 0, proof);
        vm.prank(OWNER);
        token.transfer(_trainer(0), 50 ether);
        vm.prank(_trainer(0));
        registry.stake(50 ether);
        _openEntry(taskId, 0, proof);
        _assertEq(_view(taskId).revealed, 1, "with its stake back");
    }

    function testFuzz_revealBatched_anyPlace_opensThereAndNowhereElse(uint256 count, uint256 index, uint256 other) public {
        count = _bound(count, 2, 40); // deep enough for every shape of an incomplete tree
        (index, other) = (_bound(index, 0, count - 1), _bound(other, 0, 255));
        BatchedCommitment[] memory entries = _repeated(count);
        entries[index] = BatchedCommitment(_trainer(0), _commitment(taskId, 0));
        _sendBatch(taskId, entries);
        _assertEq(_batch(taskId, 1, 1).root, _root(taskId, entries), "root");
        _passPhase(taskId);
        BatchProof memory proof = _proof(taskId, entries, 1, uint8(index));
        if (other != index) {
            proof.index = uint8(other);
            _expectMissing(1, uint8(other));
            _openEntry(taskId, 0, proof);
            proof.index = uint8(index);
        }
        _openEntry(taskId, 0, proof);
        _assertEq(_batch(taskId, 1, 1).openBitmap, (2 ** count - 1) ^ (1 << index), "its bit, and no other");
    }

    /// @return entries Of the first `count` trainers, sent, and the round in `Reveal`.
    function _sent(uint256 count) private returns (BatchedCommitment[] memory entries) {
        entries = _entries(taskId, count);
        _sendBatch(taskId, entries);
        _passPhase(taskId);
    }

    /// @return entries Junk in the name of one trainer.
    function _repeated(uint256 count) private pure returns (BatchedCommitment[] memory entries) {
        entries = new BatchedCommitment[](count);
        for (uint256 i = 0; i < count; i++) entries[i] = BatchedCommitment(_trainer(2), keccak256(abi.encode("junk", i)));
    }

    function _expectSecond(uint256 i) private {
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractAlreadyCommitted.selector, taskId, 1, _trainer(i))
        );
    }

    function _expectMissing(uint32 batch, uint8 index) private {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotInBatch.selector, taskId, 1, batch, index));
    }
}
