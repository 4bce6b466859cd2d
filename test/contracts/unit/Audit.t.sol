// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {CommitteeSeed} from "../../../contracts/libraries/CommitteeSeed.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {CairnTest} from "../support/CairnTest.sol";

contract FLContract_Audit_Test is CairnTest {
    uint256 internal taskId;
    address[] internal members;

    function setUp() public {
        _deploy();
        _enlistAll();
        taskId = _openRound(2);
        _train(taskId, 2);
    }

    function test_drawCommittee_targetNotPassed_reverts() public {
        uint256 target = _view(taskId).seedTargetBlock;
        vm.roll(target);
        vm.expectRevert(abi.encodeWithSelector(CommitteeSeed.CommitteeSeedNotReady.selector, target, target));
        fl.drawCommittee(taskId, "");
    }

    function test_drawCommittee_anotherHeader_reverts() public {
        bytes memory header = _seedHeader(taskId);
        uint256 target = _view(taskId).seedTargetBlock;
        vm.expectRevert(
            abi.encodeWithSelector(
                CommitteeSeed.CommitteeSeedHeaderMismatch.selector, target, keccak256("other"), keccak256(header)
            )
        );
        fl.drawCommittee(taskId, "other");
    }

    function test_commitVerdict_notSeated_reverts() public {
        _draw(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotSeated.selector, taskId, 1, _trainer(0)));
        vm.prank(_trainer(0));
        fl.commitVerdict(taskId, DIGEST);
    }

    function test_commitVerdict_twice_reverts() public {
        members = _draw(taskId);
        _commitVerdict(taskId, members[0], 3);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractAlreadyCommitted.selector, taskId, 1, members[0])
        );
        vm.prank(members[0]);
        fl.commitVerdict(taskId, DIGEST);
    }

    function test_revealVerdict_changedMind_reverts() public {
        members = _draw(taskId);
        for (uint256 s = 0; s < members.length; s++) _commitVerdict(taskId, members[s], 3);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractCommitmentMismatch.selector, taskId, 1, members[0])
        );
        vm.prank(members[0]);
        fl.revealVerdict(taskId, 2, keccak256(abi.encode(members[0])), keccak256("salt"));
    }

    function test_revealVerdict_twice_reverts() public {
        members = _draw(taskId);
        for (uint256 s = 0; s < members.length; s++) _commitVerdict(taskId, members[s], 3);
        _revealVerdict(taskId, members[0], 3);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractNothingToReveal.selector, taskId, 1, members[0])
        );
        vm.prank(members[0]);
        fl.revealVerdict(taskId, 3, keccak256(abi.encode(members[0])), keccak256("salt"));
    }

    function test_revealVerdict_didNotCommit_reverts() public {
        members = _draw(taskId);
        for (uint256 s = 0; s < 2; s++) _commitVerdict(taskId, members[s], 3);
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(taskId);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractNothingToReveal.selector, taskId, 1, members[2])
        );
        vm.prank(members[2]);
        fl.revealVerdict(taskId, 3, bytes32(0), bytes32(0));
    }

    function test_proposeAggregate_again_reverts() public {
        _toAggregate();
        vm.prank(_trainer(0));
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractAlreadyProposed.selector, taskId, 1, DIGEST));
        vm.prank(_trainer(1));
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
    }

    function test_proposeAggregate_noBond_reverts() public {
        _toAggregate();
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractStakeTooLow.selector, STRANGER, 0, 500 ether));
        vm.prank(STRANGER);
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
    }

    function test_proposeAggregate_noBytes_reverts() public {
        _toAggregate();
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEmptyAggregate.selector));
        vm.prank(_trainer(0));
        fl.proposeAggregate(taskId, DIGEST, 0);
    }

    function test_attestAggregate_anotherLength_reverts() public {
        _toAggregate();
        vm.prank(_trainer(0));
        fl.proposeAggregate(taskId, DIGEST, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractNotProposed.selector, taskId, 1, DIGEST, BYTE_LENGTH)
        );
        vm.prank(members[0]);
        fl.attestAggregate(taskId, DIGEST, BYTE_LENGTH);
    }

    function test_attestAggregate_notSeated_reverts() public {
        _toAggregate();
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotSeated.selector, taskId, 1, _trainer(0)));
        vm.prank(_trainer(0));
        fl.attestAggregate(taskId, DIGEST, BYTE_LENGTH);
    }

    function test_attestAggregate_twice_reverts() public {
        _toAggregate();
        vm.prank(members[0]);
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractAlreadyAttested.selector, taskId, 1, members[0]));
        vm.prank(members[0]);
        fl.attestAggregate(taskId, DIGEST, BYTE_LENGTH);
    }

    /// @dev A wrong proposal, first and by a bonded stranger, does not keep the committee from the right one.
    function test_attestAggregate_afterASpoiler_agreesOnTheRightOne() public {
        _toAggregate();
        vm.prank(_trainer(0));
        fl.proposeAggregate(taskId, DIGEST, 1);
        _agree(taskId, members);
        _assertPhase(taskId, Phase.Challenge, "agreed");
        _assertEq(_view(taskId).aggregateByteLength, BYTE_LENGTH, "length");
        _assertEq(_view(taskId).aggregateProposer, members[0], "proposer");
        _finish(taskId);
        _assertEq(models.versionOf(1, 1).weightsByteLength, BYTE_LENGTH, "published");
    }

    function test_claim_beforeTheEnd_reverts() public {
        _toAggregate();
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractNothingToClaim.selector, taskId, members[0])
        );
        vm.prank(members[0]);
        fl.claim(taskId);
    }

    function _toAggregate() private {
        members = _draw(taskId);
        _audit(taskId, members, 3);
        _assertPhase(taskId, Phase.Aggregate, "aggregate");
    }
}
