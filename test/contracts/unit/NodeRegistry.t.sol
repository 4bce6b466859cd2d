// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {UnbondingQueue} from "../../../contracts/libraries/UnbondingQueue.sol";
import {CairnTest} from "../support/CairnTest.sol";

contract NodeRegistry_Stake_Test is CairnTest {
    uint256 internal constant KEY = 0xA000; // the first auditor's
    address internal node;

    function setUp() public {
        _deploy();
        node = vm.addr(KEY);
        _enlist(KEY, 2);
    }

    function test_stake_newStake_countsFromTheNextEpoch() public {
        uint256 epoch = registry.currentEpoch();
        _assertEq(registry.totalWeight(epoch - 1), 0, "in the epoch of the stake");
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _assertEq(registry.totalWeight(epoch), STAKE_WEI, "in the next");
        (address located, uint256 before, uint256 weight) = registry.locate(epoch, STAKE_WEI - 1);
        _assertEq(located, node, "node");
        _assertEq(before, 0, "before");
        _assertEq(weight, STAKE_WEI, "weight");
    }

    function test_stake_notAnAuditor_doesNotWeigh() public {
        _enlist(_trainerKey(0), 1);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _assertEq(registry.totalWeight(registry.currentEpoch() - 1), STAKE_WEI, "only the auditor's");
    }

    function test_announce_withoutAuditing_takesTheWeightAway() public {
        _announce(KEY, 1);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _assertEq(registry.totalWeight(registry.currentEpoch() - 1), 0, "weight");
        _assertEq(registry.stakeOf(node), STAKE_WEI, "the stake stays");
    }

    function test_stake_notRegistered_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.NodeRegistryNotRegistered.selector, STRANGER));
        vm.prank(STRANGER);
        registry.stake(1);
    }

    function test_stake_nothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.NodeRegistryZeroAmount.selector, node));
        vm.prank(node);
        registry.stake(0);
    }

    function test_requestUnstake_part_waitsAndIsPaid() public {
        uint40 availableAt = uint40(block.timestamp) + UNBONDING_SECONDS;
        vm.expectEmit(address(registry));
        emit INodeRegistry.UnstakeRequested(node, 300, STAKE_WEI - 300, availableAt);
        vm.prank(node);
        registry.requestUnstake(300);
        _assertEq(registry.stakeOf(node), STAKE_WEI - 300, "active");
        _assertEq(registry.slashableOf(node), STAKE_WEI, "slashable");
        _assertEq(registry.nodeOf(node).unbondingWei, 300, "on its way");

        vm.warp(availableAt);
        vm.expectEmit(address(registry));
        emit INodeRegistry.StakeWithdrawn(node, 300, 0);
        vm.prank(node);
        _assertEq(registry.withdraw(), 300, "returned");
        _assertEq(token.balanceOf(node), 300, "paid");
        _assertEq(registry.slashableOf(node), STAKE_WEI - 300, "slashable afterwards");
    }

    function test_requestUnstake_moreThanStaked_reverts() public {
        vm.expectRevert(
            abi.encodeWithSelector(INodeRegistry.NodeRegistryInsufficientStake.selector, node, STAKE_WEI, STAKE_WEI + 1)
        );
        vm.prank(node);
        registry.requestUnstake(STAKE_WEI + 1);
    }

    function test_requestUnstake_seventeenth_reverts() public {
        for (uint256 i = 0; i < UnbondingQueue.MAX_ENTRIES; i++) {
            vm.prank(node);
            registry.requestUnstake(1);
            vm.warp(block.timestamp + 1);
        }
        vm.expectRevert(abi.encodeWithSelector(UnbondingQueue.UnbondingQueueFull.selector, 16));
        vm.prank(node);
        registry.requestUnstake(1);
    }

    function test_withdraw_aSecondEarly_reverts() public {
        vm.prank(node);
        registry.requestUnstake(300);
        vm.warp(block.timestamp + UNBONDING_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.NodeRegistryNothingMatured.selector, node));
        vm.prank(node);
        registry.withdraw();
    }

    function test_locate_thisEpoch_reverts() public {
        uint256 epoch = registry.currentEpoch();
        vm.expectRevert(
            abi.encodeWithSelector(INodeRegistry.NodeRegistrySnapshotUnreadable.selector, epoch, epoch)
        );
        registry.locate(epoch, 0);
    }

    function test_totalWeight_twoEpochsAgo_isStillThere() public {
        uint256 epoch = registry.currentEpoch();
        vm.warp(block.timestamp + EPOCH_SECONDS);
        vm.prank(node);
        registry.requestUnstake(400 ether);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        vm.prank(node);
        registry.requestUnstake(100 ether);
        _assertEq(registry.totalWeight(epoch), STAKE_WEI, "two epochs ago");
        _assertEq(registry.totalWeight(epoch + 1), STAKE_WEI - 400 ether, "one epoch ago");
    }

    function test_totalWeight_threeEpochsAgo_reverts() public {
        uint256 epoch = registry.currentEpoch();
        vm.expectRevert(
            abi.encodeWithSelector(INodeRegistry.NodeRegistrySnapshotUnreadable.selector, epoch - 3, epoch)
        );
        registry.totalWeight(epoch - 3);
    }
}

contract NodeRegistry_Slash_Test is CairnTest {
    uint256 internal constant KEY = 0xA000;
    bytes32 internal constant REASON = "fault";
    address internal node;

    function setUp() public {
        _deploy();
        node = vm.addr(KEY);
        _enlist(KEY, 2);
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
    }

    function testFuzz_slash_anyAmount_givesHalfAndBurnsTheRest(uint256 amountWei, uint256 unbondingWei) public {
        unbondingWei = _bound(unbondingWei, 0, STAKE_WEI);
        amountWei = _bound(amountWei, 0, 2 * STAKE_WEI); // beyond what there is
        if (unbondingWei > 0) {
            vm.prank(node);
            registry.requestUnstake(unbondingWei);
        }
        uint256 supplyWei = token.totalSupply();
        uint256 takenWei = registry.slash(node, amountWei, STRANGER, REASON);
        _assertEq(takenWei, amountWei < STAKE_WEI ? amountWei : STAKE_WEI, "taken");
        _assertEq(registry.bountyOf(STRANGER), takenWei / 2, "bounty");
        _assertEq(supplyWei - token.totalSupply(), takenWei - takenWei / 2, "burned, the odd wei too");
        _assertEq(registry.slashableOf(node), STAKE_WEI - takenWei, "what is left");
        uint256 activeWei = STAKE_WEI - unbondingWei;
        _assertEq(registry.stakeOf(node), takenWei < activeWei ? activeWei - takenWei : 0, "active stake goes first");
        _assertEq(
            token.balanceOf(address(registry)), registry.slashableOf(node) + registry.bountyOf(STRANGER), "solvent"
        );
    }

    function test_slash_withAProver_emitsBothHalves() public {
        vm.expectEmit(address(registry));
        emit INodeRegistry.StakeSlashed(node, STRANGER, REASON, 3, 4, STAKE_WEI - 7, 0);
        registry.slash(node, 7, STRANGER, REASON);
    }

    function test_slash_byOneself_burnsAll() public {
        uint256 supplyWei = token.totalSupply();
        registry.slash(node, 10, node, REASON);
        _assertEq(registry.bountyOf(node), 0, "no bounty");
        _assertEq(supplyWei - token.totalSupply(), 10, "burned");
    }

    function test_slash_withoutAProver_burnsAll() public {
        uint256 supplyWei = token.totalSupply();
        registry.slash(node, 10, address(0), REASON);
        _assertEq(registry.bountyOf(address(0)), 0, "no bounty");
        _assertEq(supplyWei - token.totalSupply(), 10, "burned");
    }

    function test_slash_maturedButNotWithdrawn_isStillTaken() public {
        vm.prank(node);
        registry.requestUnstake(STAKE_WEI);
        vm.warp(block.timestamp + UNBONDING_SECONDS);
        _assertEq(registry.slash(node, STAKE_WEI, STRANGER, REASON), STAKE_WEI, "taken");
        _assertEq(registry.slashableOf(node), 0, "nothing is left to withdraw");
    }

    function test_slash_notRegistered_takesNothingFromAnybody() public {
        _assertEq(registry.slash(STRANGER, 5, OWNER, REASON), 0, "taken");
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _assertEq(registry.totalWeight(registry.currentEpoch() - 1), STAKE_WEI, "the first node's weight stays");
    }

    function test_slash_weight_fallsFromTheNextEpoch() public {
        vm.warp(block.timestamp + EPOCH_SECONDS);
        registry.slash(node, 10 gwei, STRANGER, REASON);
        _assertEq(registry.totalWeight(registry.currentEpoch() - 1), STAKE_WEI, "this epoch's snapshot stays");
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _assertEq(registry.totalWeight(registry.currentEpoch() - 1), STAKE_WEI - 10 gwei, "the next has fallen");
    }

    function test_slash_withoutTheRole_reverts() public {
        bytes32 role = registry.SLASHER_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, STRANGER, role)
        );
        vm.prank(STRANGER);
        registry.slash(node, 1, STRANGER, REASON);
    }

    function test_claimBounty_once_paysAll() public {
        registry.slash(node, 100, STRANGER, REASON);
        vm.expectEmit(address(registry));
        emit INodeRegistry.BountyClaimed(STRANGER, 50);
        vm.prank(STRANGER);
        _assertEq(registry.claimBounty(), 50, "returned");
        _assertEq(token.balanceOf(STRANGER), 50, "paid");
    }

    function test_claimBounty_nothingOwed_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.NodeRegistryNoBounty.selector, STRANGER));
        vm.prank(STRANGER);
        registry.claimBounty();
    }
}
