// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {Phase, BatchedUpdate, SignedCommitment} from "../../../contracts/types/Round.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev What a relay can do for trainers, and what it can't do to them.
contract FLContract_Batches_Test is CairnTest {
    address internal constant RELAY = address(0xB0);

    uint256 internal taskId;
    bytes32[2] internal leaves;
    bytes32 internal root;

    function setUp() public {
        _deploy();
        _enlistAll();
        taskId = _openRound(3);
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(_trainer(i));
            fl.entrust(taskId, RELAY);
            bytes32 commitment = this.updateCommitment(taskId, 1, _trainer(i), _update(i));
            leaves[i] = keccak256(bytes.concat(keccak256(abi.encode(_trainer(i), uint8(i), commitment))));
        }
        (bytes32 low, bytes32 high) = leaves[0] < leaves[1] ? (leaves[0], leaves[1]) : (leaves[1], leaves[0]);
        root = keccak256(abi.encodePacked(low, high));
    }

    function test_commitBatch_twoTrainers_countAndReveal() public {
        vm.expectEmit(address(fl));
        emit IFLContract.UpdatesCommitted(taskId, 1, RELAY, 0, root, 3);
        _post(3);
        _assertEq(_view(taskId).committed, 2, "both count");
        _assertTrue(fl.dutyOf(taskId, 1, _trainer(0)).committed, "and are shown");
        _commitUpdate(taskId, 2);
        _assertPhase(taskId, Phase.Commit, "lasts, so that who was cheated can still act");
        _finish(taskId);
        for (uint256 i = 0; i < 2; i++) _revealBatched(i);
        _revealUpdate(taskId, 2);
        _assertPhase(taskId, Phase.Draw, "all are open");
        _assertEq(_view(taskId).revealedBitmap, 7, "revealed");
    }

    /// @dev One more trainer costs a relay nothing: one bit of a word, and a leaf of a tree that it keeps off chain.
    function test_commitBatch_marginalTrainer_costsUnderFiveThousand() public {
        uint256 before = gasleft();
        vm.prank(RELAY);
        fl.commitBatch(taskId, root, 1);
        uint256 one = before - gasleft();
        before = gasleft();
        vm.prank(RELAY);
        fl.commitBatch(taskId, root, 2);
        _assertTrue(before - gasleft() <= one, "as much as the first batch, however many are in it");
    }

    function test_commitBatch_notEntrusted_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEntrusted.selector, taskId, 1, RELAY, 4));
        _post(7);
    }

    function test_commitBatch_twice_reverts() public {
        _post(3);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEntrusted.selector, taskId, 1, RELAY, 3));
        _post(3);
    }

    function test_commitBatch_secondHalf_reverts() public {
        uint256 until = block.timestamp + PHASE_SECONDS / 2;
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractBatchTooLate.selector, taskId, 1, until));
        _post(3);
    }

    /// @dev The relay put in what the trainer never said, or keeps the proof: the trainer sends its own, and counts once.
    function test_revealBatched_afterItsOwnCommitment_reverts() public {
        _post(3);
        vm.warp(block.timestamp + PHASE_SECONDS / 2);
        _commitUpdate(taskId, 0);
        _assertEq(_view(taskId).committed, 2, "counted once");
        _finish(taskId);
        _revealUpdate(taskId, 0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNothingToReveal.selector, taskId, 1, _trainer(0)));
        this.revealBatched(0);
    }

    function test_commitBatch_afterItsOwn_reverts() public {
        _commitUpdate(taskId, 0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEntrusted.selector, taskId, 1, RELAY, 1));
        _post(3);
    }

    function test_entrust_pendingCommitment_reverts() public {
        _post(3);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractUpdatePending.selector, taskId, _trainer(0)));
        vm.prank(_trainer(0));
        fl.entrust(taskId, address(0));
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractUpdatePending.selector, taskId, _trainer(0)));
        vm.prank(_trainer(0));
        fl.leave(taskId);
    }

    function test_reportMissedBatchedReveal_aSecondTime_reverts() public {
        SignedCommitment memory owed = _missed(0, _trainerKey(0));
        vm.prank(STRANGER);
        _assertEq(fl.reportMissedBatchedReveal(taskId, owed, _place(0)), 11 ether + 1, "taken");
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNoMissedReveal.selector, taskId, 1, _trainer(0)));
        fl.reportMissedBatchedReveal(taskId, owed, _place(0));
    }

    /// @dev A relay posts what a trainer never signed, and reports it for not opening that.
    function test_reportMissedBatchedReveal_signedByAnother_reverts() public {
        SignedCommitment memory owed = _missed(0, _trainerKey(1));
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNoMissedReveal.selector, taskId, 1, _trainer(0)));
        fl.reportMissedBatchedReveal(taskId, owed, _place(0));
    }

    function revealBatched(uint256 i) external {
        _revealBatched(i);
    }

    function _post(uint256 slots) private {
        vm.prank(RELAY);
        fl.commitBatch(taskId, root, slots);
    }

    function _revealBatched(uint256 i) private {
        BatchedUpdate memory place = _place(i);
        vm.prank(_trainer(i));
        fl.revealBatched(taskId, _update(i), place);
    }

    function _place(uint256 i) private view returns (BatchedUpdate memory place) {
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = leaves[1 - i];
        place = BatchedUpdate(0, uint8(i), proof);
    }

    /// @dev Batched, and past `Reveal` without being opened; the signature is by `key`.
    function _missed(uint256 i, uint256 key) private returns (SignedCommitment memory owed) {
        _post(3);
        _finish(taskId);
        _finish(taskId);
        bytes32 commitment = this.updateCommitment(taskId, 1, _trainer(i), _update(i));
        bytes32 message = keccak256(
            abi.encode(
                keccak256("UpdateCommitment(uint256 taskId,uint32 round,address trainer,uint8 slot,bytes32 commitment)"),
                taskId,
                uint32(1),
                _trainer(i),
                uint8(i),
                commitment
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Cairn FLContract"),
                keccak256("1"),
                block.chainid,
                address(fl)
            )
        );
        bytes memory signature = _sign(key, keccak256(abi.encodePacked(hex"1901", domain, message)));
        owed = SignedCommitment(1, _trainer(i), commitment, signature);
    }
}
