// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "../../../contracts/CairnToken.sol";
import {NodeRegistry} from "../../../contracts/NodeRegistry.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Stakes, unstakes, withdraws and slashes through calls that must succeed, and keeps its own books.
contract NodeRegistryHandler is CairnTest {
    uint256 public constant NODES = AUDITORS;

    mapping(address node => uint256) public ghostSlashableWei;
    uint256 public ghostBountiesWei;
    uint256 public ghostBurnedWei;
    uint256 public ghostStakedWei;

    constructor() {
        _deploy();
        _enlistAll();
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
        for (uint256 i = 0; i < NODES; i++) ghostSlashableWei[_auditor(i)] = AUDITOR_STAKE_WEI;
        ghostStakedWei = TRAINERS * STAKE_WEI + AUDITORS * AUDITOR_STAKE_WEI;
    }

    function stake(uint8 who, uint256 amountWei) external {
        address node = _auditor(who % NODES);
        amountWei = _bound(amountWei, 1, 10 * STAKE_WEI);
        vm.prank(OWNER);
        token.transfer(node, amountWei);
        vm.prank(node);
        registry.stake(amountWei);
        ghostSlashableWei[node] += amountWei;
        ghostStakedWei += amountWei;
    }

    function requestUnstake(uint8 who, uint256 amountWei) external {
        address node = _auditor(who % NODES);
        if (registry.stakeOf(node) == 0) return;
        vm.warp(block.timestamp + UNBONDING_SECONDS); // so that the queue has room after a withdrawal
        _withdraw(node);
        amountWei = _bound(amountWei, 1, registry.stakeOf(node));
        vm.prank(node);
        registry.requestUnstake(amountWei);
    }

    function withdraw(uint8 who, uint16 afterSeconds) external {
        vm.warp(block.timestamp + afterSeconds);
        _withdraw(_auditor(who % NODES));
    }

    function slash(uint8 who, uint8 prover, uint256 amountWei) external {
        address node = _auditor(who % NODES);
        address reporter = _auditor(prover % NODES);
        amountWei = _bound(amountWei, 0, 3 * STAKE_WEI);
        uint256 takenWei = registry.slash(node, amountWei, reporter, "fault");
        uint256 bountyWei = node == reporter ? 0 : takenWei / 2;
        ghostSlashableWei[node] -= takenWei;
        ghostBountiesWei += bountyWei;
        ghostBurnedWei += takenWei - bountyWei;
    }

    function claimBounty(uint8 who) external {
        address prover = _auditor(who % NODES);
        uint256 owedWei = registry.bountyOf(prover);
        if (owedWei == 0) return;
        vm.prank(prover);
        registry.claimBounty();
        ghostBountiesWei -= owedWei;
    }

    function passEpoch() external {
        vm.warp(block.timestamp + EPOCH_SECONDS);
    }

    function system() external view returns (CairnToken, NodeRegistry) {
        return (token, registry);
    }

    function nodeOf(uint256 i) external pure returns (address) {
        return _auditor(i);
    }

    /// @return The trainers' stakes, which nothing here touches. Unit: wei.
    function untouchedWei() external pure returns (uint256) {
        return TRAINERS * STAKE_WEI;
    }

    function epochSeconds() external pure returns (uint256) {
        return EPOCH_SECONDS;
    }

    /// @dev Pays what is due, if anything is, and notes it.
    function _withdraw(address node) private {
        uint256 beforeWei = token.balanceOf(node);
        vm.prank(node);
        try registry.withdraw() returns (uint256 paidWei) {
            _assertEq(token.balanceOf(node) - beforeWei, paidWei, "paid");
            ghostSlashableWei[node] -= paidWei;
        } catch {} // nothing has waited long enough
    }
}

contract NodeRegistry_Invariant is CairnTest {
    NodeRegistryHandler internal handler;

    function setUp() public {
        handler = new NodeRegistryHandler();
        (token, registry) = handler.system();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @notice The registry holds all stakes, queues and bounties, to the wei.
    function invariant_solvency() public view {
        uint256 owedWei = handler.untouchedWei() + handler.ghostBountiesWei();
        for (uint256 i = 0; i < handler.NODES(); i++) {
            address node = handler.nodeOf(i);
            _assertEq(registry.slashableOf(node), handler.ghostSlashableWei(node), "stake and queue == ghost");
            owedWei += registry.slashableOf(node);
        }
        _assertEq(token.balanceOf(address(registry)), owedWei, "held == owed");
    }

    /// @notice A slash burns at least half; nothing else changes the supply.
    function invariant_supply() public view {
        _assertEq(token.totalSupply(), 1e27 - handler.ghostBurnedWei(), "supply == first supply - burned");
    }

    /// @notice The total weight as of the last epoch is the sum of the leaves, each found by its first point.
    function invariant_weights() public view {
        uint256 snapshotEpoch = registry.currentEpoch() - 1;
        uint256 total = registry.totalWeight(snapshotEpoch);
        uint256 sum;
        while (sum < total) {
            (, uint256 before, uint256 weight) = registry.locate(snapshotEpoch, sum);
            _assertEq(before, sum, "leaves lie end to end");
            _assertTrue(weight > 0, "a located leaf weighs");
            sum += weight;
        }
        _assertEq(sum, total, "sum of the leaves");
    }
}
