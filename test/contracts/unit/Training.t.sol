// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {RoundMachine} from "../../../contracts/libraries/RoundMachine.sol";
import {Phase, UpdateReveal} from "../../../contracts/types/Round.sol";
import {CairnTest} from "../support/CairnTest.sol";

contract FLContract_Training_Test is CairnTest {
    uint256 internal taskId;
    uint40 internal deadline;

    function setUp() public {
        _deploy();
        _enlistAll();
        taskId = _openRound(2);
        deadline = uint40(block.timestamp) + PHASE_SECONDS;
    }

    function test_commitUpdate_aSecondBeforeTheDeadline_counts() public {
        vm.warp(deadline - 1);
        _commitUpdate(taskId, 0);
        _assertEq(_view(taskId).committed, 1, "committed");
    }

    function test_commitUpdate_atTheDeadline_reverts() public {
        vm.warp(deadline);
        vm.expectRevert(
            abi.encodeWithSelector(RoundMachine.RoundMachineDeadlinePassed.selector, Phase.Commit, deadline)
        );
        vm.prank(_trainer(0));
        fl.commitUpdate(taskId, DIGEST);
    }

    function test_advance_aSecondBeforeTheDeadline_reverts() public {
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(RoundMachine.RoundMachineNotDue.selector, Phase.Commit, deadline));
        fl.advance(taskId);
    }

    function test_advance_atTheDeadline_moves() public {
        _commitUpdate(taskId, 0);
        vm.warp(deadline);
        vm.expectEmit(address(fl));
        emit IFLContract.PhaseAdvanced(taskId, 1, Phase.Reveal, deadline + PHASE_SECONDS);
        fl.advance(taskId);
        _assertPhase(taskId, Phase.Reveal, "reveal");
    }

    function test_advance_neverOpened_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(RoundMachine.RoundMachineOver.selector, Phase.None));
        fl.advance(taskId + 1);
    }

    function test_openRound_active_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractRoundActive.selector, taskId, 1));
        fl.openRound(taskId);
    }

    function test_commitUpdate_twice_reverts() public {
        _commitUpdate(taskId, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractAlreadyCommitted.selector, taskId, 1, _trainer(0))
        );
        vm.prank(_trainer(0));
        fl.commitUpdate(taskId, DIGEST);
    }

    function test_commitUpdate_zero_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEmptyCommitment.selector));
        vm.prank(_trainer(0));
        fl.commitUpdate(taskId, bytes32(0));
    }

    function test_requestUnstake_whatATaskHolds_reverts() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                INodeRegistry.NodeRegistryStakeLocked.selector, _trainer(0), STAKE_WEI - 500 ether, STAKE_WEI
            )
        );
        vm.prank(_trainer(0));
        registry.requestUnstake(STAKE_WEI);
    }

    function test_commitUpdate_stakeTaken_reverts() public {
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
        registry.slash(_trainer(0), STAKE_WEI, address(0), "fault");
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractStakeTooLow.selector, _trainer(0), 0, 450 ether)
        );
        vm.prank(_trainer(0));
        fl.commitUpdate(taskId, DIGEST);
    }

    function test_revealUpdate_inCommit_reverts() public {
        _commitUpdate(taskId, 0);
        vm.expectRevert(
            abi.encodeWithSelector(RoundMachine.RoundMachineWrongPhase.selector, Phase.Commit, Phase.Reveal)
        );
        vm.prank(_trainer(0));
        fl.revealUpdate(taskId, _update(0));
    }

    function test_revealUpdate_twice_reverts() public {
        _commitBoth();
        _revealUpdate(taskId, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractNothingToReveal.selector, taskId, 1, _trainer(0))
        );
        vm.prank(_trainer(0));
        fl.revealUpdate(taskId, _update(0));
    }

    /// @dev Copying another's commitment gains nothing: the sender is in the hash.
    function test_revealUpdate_copiedCommitment_reverts() public {
        bytes32 copied = this.updateCommitment(taskId, 1, _trainer(0), _update(0));
        _commitUpdate(taskId, 0);
        vm.prank(_trainer(1));
        fl.commitUpdate(taskId, copied);
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractCommitmentMismatch.selector, taskId, 1, _trainer(1))
        );
        vm.prank(_trainer(1));
        fl.revealUpdate(taskId, _update(0));
    }

    function test_revealUpdate_tooLarge_reverts() public {
        UpdateReveal memory update = _update(0);
        update.byteLength = 65_537;
        _commitAs(0, update);
        _commitUpdate(taskId, 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractUpdateSize.selector, 65_537, 65_536));
        vm.prank(_trainer(0));
        fl.revealUpdate(taskId, update);
    }

    function test_revealUpdate_noSamples_reverts() public {
        UpdateReveal memory update = _update(0);
        update.sampleCount = 0;
        _commitAs(0, update);
        _commitUpdate(taskId, 1);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNoSamples.selector, _trainer(0)));
        vm.prank(_trainer(0));
        fl.revealUpdate(taskId, update);
    }

    function test_revealUpdate_firstOfTwo_emitsEverything() public {
        _commitBoth();
        UpdateReveal memory update = _update(1);
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
        _revealUpdate(taskId, 1);
        _assertEq(_view(taskId).revealedBitmap, 2, "bit 1");
    }

    function _commitBoth() private {
        _commitUpdate(taskId, 0);
        _commitUpdate(taskId, 1);
    }

    function _commitAs(uint256 i, UpdateReveal memory update) private {
        bytes32 commitment = this.updateCommitment(taskId, 1, _trainer(i), update);
        vm.prank(_trainer(i));
        fl.commitUpdate(taskId, commitment);
    }
}
