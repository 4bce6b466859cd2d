// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {Bitmap} from "../../../contracts/libraries/Bitmap.sol";
import {BatchedCommitment, BatchProof, SignedCommitment} from "../../../contracts/types/Batch.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {RelayTest} from "../support/RelayTest.sol";

/// @dev Who pays for entries that were not opened. Longer than other files: one case for each fate of an entry.
contract FLContract_BatchSettling_Test is RelayTest {
    uint256 internal taskId;
    BatchedCommitment[] internal entries;

    function setUp() public {
        _deployWithRelay();
        taskId = _openRound(3);
    }

    function test_reportUnopened_signedAndSilent_slashesTheTrainer() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(1);
        vm.expectEmit(address(fl));
        emit IFLContract.UnopenedReported(taskId, 1, _trainer(1), 1, 1, relay, PENALTY_WEI);
        vm.prank(relay);
        _assertEq(fl.reportUnopened(taskId, 1, proof, signed), PENALTY_WEI, "taken");
        _assertEq(registry.stakeOf(_trainer(1)), STAKE_WEI - PENALTY_WEI, "the trainer's stake");
        _assertEq(registry.bountyOf(relay), PENALTY_WEI / 2, "half to who reported it");
        _assertEq(_batch(taskId, 1, 1).openBitmap, 5, "the relay is free of it");
    }

    function test_reportUnopened_twice_reverts() public {
        _send(3);
        _endReveal();
        _report(1);
        (BatchProof memory proof, SignedCommitment memory signed) = _word(1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEntryClosed.selector, taskId, 1, 1, 1));
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    function test_reportUnopened_opened_reverts() public {
        _send(3);
        _passPhase(taskId);
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        _openEntry(taskId, 0, proof);
        _passPhase(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEntryClosed.selector, taskId, 1, 1, 0));
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    function test_reportUnopened_inReveal_reverts() public {
        _send(3);
        _passPhase(taskId);
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchNotDue.selector, taskId, 1, 1));
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    function test_reportUnopened_lastSecond_counts() public {
        _send(3);
        _endReveal();
        vm.warp(block.timestamp + REPORT_SECONDS - 1);
        _assertEq(_report(0), PENALTY_WEI, "taken");
    }

    function test_reportUnopened_tooLate_reverts() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        vm.warp(block.timestamp + REPORT_SECONDS);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractReportTooLate.selector, taskId, 1, block.timestamp)
        );
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    function test_reportUnopened_settled_reverts() public {
        _send(3);
        _endReveal();
        vm.prank(relay);
        fl.settleBatch(taskId, 1, 1);
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchSettled.selector, taskId, 1, 1));
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    function test_reportUnopened_signedForAnythingElse_reverts() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        bytes32 commitment = signed.commitment;
        bytes32[5] memory hashes = [
            _typedHash(taskId, 2, commitment, block.chainid, address(fl)),
            _typedHash(taskId + 1, 1, commitment, block.chainid, address(fl)),
            _typedHash(taskId, 1, DIGEST, block.chainid, address(fl)),
            _typedHash(taskId, 1, commitment, block.chainid + 1, address(fl)),
            _typedHash(taskId, 1, commitment, block.chainid, address(registry))
        ];
        for (uint256 i = 0; i < hashes.length; i++) {
            signed = _signedAs(taskId, 0, commitment, hashes[i]);
            vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBadSignature.selector, _trainer(0)));
            fl.reportUnopened(taskId, 1, proof, signed);
        }
    }

    function test_reportUnopened_anothersSignature_reverts() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        (, SignedCommitment memory other) = _word(1);
        (signed.r, signed.vs) = (other.r, other.vs);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBadSignature.selector, _trainer(0)));
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    function test_reportUnopened_highS_reverts() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        uint256 s = uint256(signed.vs) & (type(uint256).max >> 1);
        uint256 parity = uint256(signed.vs) >> 255;
        // The other root of the same signature. Its s may need the bit that holds the parity: then it can't be written.
        uint256 high = order - s;
        if (high >> 255 == 0) signed.vs = bytes32((1 - parity) << 255 | high);
        else signed.vs = bytes32(high);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBadSignature.selector, _trainer(0)));
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    function test_reportUnopened_notInTheBatch_reverts() public {
        _send(2);
        _endReveal();
        (BatchProof memory proof,) = _word(1);
        SignedCommitment memory signed = _signed(taskId, 1, 2);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotInBatch.selector, taskId, 1, 1, 1));
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    function test_reportUnopened_anotherSlot_reverts() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        signed.slot = 1; // whose bit in the bitmap is another's
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotInBatch.selector, taskId, 1, 1, 0));
        fl.reportUnopened(taskId, 1, proof, signed);
    }

    /// @dev It sent the same commitment too and opened that: it did what it promised.
    function test_reportUnopened_openedAsItsOwn_costsNobody() public {
        _send(3);
        _commitUpdate(taskId, 0);
        _passPhase(taskId);
        _revealUpdate(taskId, 0);
        _passPhase(taskId);
        _assertEq(_report(0), 0, "taken");
        _assertEq(registry.stakeOf(_trainer(0)), STAKE_WEI, "untouched");
        _assertEq(_batch(taskId, 1, 1).openBitmap, 6, "the relay is free of it");
    }

    function test_reportUnopened_openedFromAnotherBatch_costsNobody() public {
        _send(3);
        _send(3);
        _passPhase(taskId);
        _openEntry(taskId, 0, _proof(taskId, entries, 2, 0));
        _passPhase(taskId);
        _assertEq(_report(0), 0, "taken");
    }

    /// @dev Two different updates for one round: it pays for the one that it kept back.
    function test_reportUnopened_openedAnother_slashesTheTrainer() public {
        _send(3);
        bytes32 second = this.updateCommitment(taskId, 1, _trainer(0), _update(7));
        vm.prank(_trainer(0));
        fl.commitUpdate(taskId, second);
        _passPhase(taskId);
        vm.prank(_trainer(0));
        fl.revealUpdate(taskId, _update(7));
        _passPhase(taskId);
        _assertEq(_report(0), PENALTY_WEI, "taken");
    }

    function test_reportUnopened_relayedTwice_costsTheTrainerOnce() public {
        _send(3);
        _send(3);
        _endReveal();
        _assertEq(_report(0), PENALTY_WEI, "the first batch's");
        (, SignedCommitment memory signed) = _word(0);
        _assertEq(fl.reportUnopened(taskId, 1, _proof(taskId, entries, 2, 0), signed), 0, "the second's");
        _assertEq(registry.stakeOf(_trainer(0)), STAKE_WEI - PENALTY_WEI, "once");
        _assertEq(_batch(taskId, 1, 2).openBitmap, 6, "both relays are free of it");
    }

    function test_reportUnopened_owedAsItsOwn_isSlashedAsThatOnly() public {
        _send(3);
        _commitUpdate(taskId, 0);
        _passPhase(taskId);
        _passPhase(taskId); // nobody reveals
        _assertEq(_report(0), 0, "not for the entry");
        _assertEq(fl.reportMissedReveal(taskId, 1, _trainer(0)), PENALTY_WEI, "for its own");
        _assertEq(registry.stakeOf(_trainer(0)), STAKE_WEI - PENALTY_WEI, "once");
    }

    /// @dev The next commitment overwrote what it owed and settled it. Nothing of that is forgotten.
    function test_reportUnopened_paidByItsNextCommitment_costsNothing() public {
        _send(3);
        _commitUpdate(taskId, 0);
        _passPhase(taskId);
        _passPhase(taskId); // nobody reveals: the round fails
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        _assertEq(registry.stakeOf(_trainer(0)), STAKE_WEI - PENALTY_WEI, "paid for the first round");
        _assertEq(fl.reportUnopened(taskId, 1, proof, signed), 0, "not again");
    }

    /// @dev It opened something in the round, and nobody can tell any more what: its word frees nobody.
    function test_reportUnopened_openedAndMovedOn_reverts() public {
        _send(3);
        _commitUpdate(taskId, 0);
        _passPhase(taskId);
        _revealUpdate(taskId, 0);
        _passPhase(taskId);
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        _failDraw();
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractOpeningForgotten.selector, taskId, 1, _trainer(0))
        );
        fl.reportUnopened(taskId, 1, proof, signed);
        _assertEq(_batch(taskId, 1, 1).openBitmap, 7, "the relay answers");
    }

    /// @dev It signed, opened nothing, and commits in the next round before anybody reported it.
    function test_reportUnopened_silentAndMovedOn_slashesTheTrainer() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        fl.openRound(taskId);
        _commitUpdate(taskId, 0);
        _assertEq(fl.reportUnopened(taskId, 1, proof, signed), PENALTY_WEI, "taken");
    }

    function test_reportUnopened_left_slashesTheTrainer() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        vm.prank(_trainer(0));
        fl.leave(taskId);
        _assertEq(fl.reportUnopened(taskId, 1, proof, signed), PENALTY_WEI, "without a place too");
    }

    function test_reportUnopened_onItsWayOut_slashesTheQueue() public {
        _send(3);
        _endReveal();
        (BatchProof memory proof, SignedCommitment memory signed) = _word(0);
        vm.startPrank(_trainer(0));
        fl.leave(taskId);
        registry.requestUnstake(STAKE_WEI);
        vm.stopPrank();
        _assertEq(fl.reportUnopened(taskId, 1, proof, signed), PENALTY_WEI, "taken");
        _assertEq(registry.nodeOf(_trainer(0)).unbondingWei, STAKE_WEI - PENALTY_WEI, "from the queue");
    }

    function test_settleBatch_signerWithoutStake_relayPaysTheRest() public {
        _send(2);
        _endReveal();
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
        registry.slash(_trainer(0), STAKE_WEI - 4 ether, address(0), "fault");
        _assertEq(_report(0), 4 ether, "all it has");
        _assertEq(_report(1), PENALTY_WEI, "the other pays for itself");
        _assertEq(_settle(relay), PENALTY_WEI - 4 ether, "the relay pays what is missing");
    }

    function test_settleBatch_allOpened_freesTheBond() public {
        _send(3);
        _passPhase(taskId);
        for (uint8 i = 0; i < 3; i++) _openEntry(taskId, i, _proof(taskId, entries, 1, i));
        vm.expectEmit(address(fl));
        emit IFLContract.BatchSettled(taskId, 1, relay, 1, 0, 0);
        _assertEq(_settle(relay), 0, "taken");
        _assertEq(_lockedWei(relay), 0, "free");
        _assertEq(registry.stakeOf(relay), RELAY_STAKE_WEI, "whole");
    }

    function test_settleBatch_unanswered_slashesTheRelay() public {
        _send(3);
        _passPhase(taskId);
        _openEntry(taskId, 1, _proof(taskId, entries, 1, 1));
        _passPhase(taskId);
        _report(0);
        vm.warp(block.timestamp + REPORT_SECONDS);
        vm.expectEmit(address(fl));
        emit IFLContract.BatchSettled(taskId, 1, relay, 1, PENALTY_WEI, PENALTY_WEI);
        _assertEq(_settle(STRANGER), PENALTY_WEI, "one entry's");
        _assertEq(registry.stakeOf(relay), RELAY_STAKE_WEI - PENALTY_WEI, "the relay's stake");
        _assertEq(registry.bountyOf(STRANGER), PENALTY_WEI / 2, "half to who settled it");
        _assertEq(_lockedWei(relay), 0, "free");
        _assertTrue(_batch(taskId, 1, 1).settled, "settled");
    }

    function test_settleBatch_byTheRelayItself_burnsAll() public {
        _send(3);
        _endReveal();
        uint256 supplyWei = token.totalSupply();
        _assertEq(_settle(relay), 3 * PENALTY_WEI, "taken");
        _assertEq(token.totalSupply(), supplyWei - 3 * PENALTY_WEI, "burned");
    }

    function test_settleBatch_byAStrangerTooEarly_reverts() public {
        _send(3);
        _endReveal();
        vm.warp(block.timestamp + REPORT_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchNotDue.selector, taskId, 1, 1));
        fl.settleBatch(taskId, 1, 1);
    }

    function test_settleBatch_inReveal_reverts() public {
        _send(3);
        _passPhase(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchNotDue.selector, taskId, 1, 1));
        vm.prank(relay);
        fl.settleBatch(taskId, 1, 1);
    }

    function test_settleBatch_twice_reverts() public {
        _send(3);
        _endReveal();
        _settle(relay);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchSettled.selector, taskId, 1, 1));
        vm.prank(relay);
        fl.settleBatch(taskId, 1, 1);
    }

    function test_settleBatch_unknown_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractUnknownBatch.selector, taskId, 1, 1));
        fl.settleBatch(taskId, 1, 1);
    }

    function test_settleBatch_roundsLaterInAClosedTask_settles() public {
        _send(3);
        _endReveal();
        for (uint256 i = 0; i < 2; i++) {
            fl.openRound(taskId);
            for (uint256 t = 0; t < 3; t++) _commitUpdate(taskId, t);
            _passPhase(taskId);
        }
        vm.prank(OWNER);
        fl.closeTask(taskId);
        vm.warp(block.timestamp + REPORT_SECONDS);
        _assertEq(_settle(STRANGER), 3 * PENALTY_WEI, "taken");
    }

    /// @dev Nobody moves the round on until long after `Reveal` could have been over.
    function test_settleBatch_revealBeganLate_leavesTheWholeTime() public {
        _send(3);
        vm.warp(block.timestamp + 10 * REPORT_SECONDS);
        fl.advance(taskId);
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchNotDue.selector, taskId, 1, 1));
        fl.settleBatch(taskId, 1, 1);
        _assertEq(_report(0), PENALTY_WEI, "in time");
    }

    function test_settleBatch_outOfGas_changesNothing() public {
        _send(3);
        _endReveal();
        vm.warp(block.timestamp + REPORT_SECONDS);
        for (uint256 gasLimit = 20_000; gasLimit <= 80_000; gasLimit += 10_000) {
            try fl.settleBatch{gas: gasLimit}(taskId, 1, 1) {
                revert AssertionFailed("settled with too little gas", gasLimit, 0);
            } catch {
                _assertTrue(!_batch(taskId, 1, 1).settled, "not settled");
                _assertEq(_lockedWei(relay), 3 * PENALTY_WEI, "still bonded");
            }
        }
        _assertEq(_settle(STRANGER), 3 * PENALTY_WEI, "as before");
    }

    /// @dev Whatever trainers and relay do, every entry that stays closed costs somebody its price, and none twice.
    function testFuzz_settleBatch_anyBehaviour_unopenedIsPaidOnce(uint8 opens, uint8 signs) public {
        _send(3);
        _passPhase(taskId);
        for (uint8 i = 0; i < 3; i++) {
            if (opens >> i & 1 == 1) _openEntry(taskId, i, _proof(taskId, entries, 1, i));
        }
        if (_phase(taskId) == Phase.Reveal) _passPhase(taskId);
        uint256 unopened = 3 - Bitmap.count(opens & 7);
        uint256 supplyWei = token.totalSupply();
        for (uint256 i = 0; i < 3; i++) {
            if (opens >> i & 1 == 1) continue;
            bool signed = signs >> i & 1 == 1;
            if (signed) _report(i);
            _assertEq(registry.stakeOf(_trainer(i)), STAKE_WEI - (signed ? PENALTY_WEI : 0), "the trainer's part");
        }
        vm.warp(block.timestamp + REPORT_SECONDS);
        _settle(STRANGER);
        uint256 answered = Bitmap.count(signs & ~opens & 7);
        _assertEq(registry.stakeOf(relay), RELAY_STAKE_WEI - (unopened - answered) * PENALTY_WEI, "the relay's part");
        uint256 paidWei = supplyWei - token.totalSupply() + registry.bountyOf(STRANGER) + registry.bountyOf(address(this));
        _assertEq(paidWei, unopened * PENALTY_WEI, "all of it");
    }

    function _send(uint256 count) private {
        delete entries;
        BatchedCommitment[] memory sent = _entries(taskId, count);
        for (uint256 i = 0; i < count; i++) entries.push(sent[i]);
        _sendBatch(taskId, sent);
    }

    /// @dev Nobody reveals anything.
    function _endReveal() private {
        _passPhase(taskId);
        _passPhase(taskId);
    }

    /// @dev Nobody proves the seed.
    function _failDraw() private {
        _passPhase(taskId);
        _assertPhase(taskId, Phase.Failed, "not drawn");
    }

    /// @return proof Of trainer `i`'s entry in the round's first batch.
    function _word(uint256 i) private view returns (BatchProof memory proof, SignedCommitment memory signed) {
        return (_proof(taskId, entries, 1, uint8(i)), _signed(taskId, 1, i));
    }

    function _report(uint256 i) private returns (uint256) {
        (BatchProof memory proof, SignedCommitment memory signed) = _word(i);
        return fl.reportUnopened(taskId, 1, proof, signed);
    }

    function _settle(address by) private returns (uint256) {
        vm.prank(by);
        return fl.settleBatch(taskId, 1, 1);
    }
}
