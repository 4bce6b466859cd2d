// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregateGame} from "../../../contracts/disputes/AggregateGame.sol";
import {AcceptedUpdate, AggregateTerms} from "../../../contracts/types/Aggregate.sol";
import {DisputeLimits} from "../../../contracts/types/Dispute.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev The largest opening that there can be: of a game about the aggregate of 256 updates, which all stand in one call, as a
///      transaction of its own with all its slots cold.
contract AggregateOpenGas_Test is CairnTest {
    uint256 internal constant MOST = 256;
    uint256 internal constant BOND_WEI = 30 ether;

    /// @dev A fifth of what a transaction may use (EIP-7825: 16,777,216). Unit: gas.
    uint256 internal constant MAX_GAS = 3_200_000;

    /// hardhat-config: default.isolate = true
    function test_open_aggregateOf256Updates_benchmark() public {
        _deploy();
        AggregateGame game = new AggregateGame(token, registry, models, fl, DisputeLimits(60, 10, BOND_WEI));
        registry.grantRole(registry.SLASHER_ROLE(), address(game));
        for (uint256 i = 0; i < AUDITORS; i++) _enlist(_auditorKey(i), 2, AUDITOR_STAKE_WEI);
        for (uint256 i = 0; i < MOST; i++) _enlist(_trainerKey(i), 1);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        TaskParameters memory p = _parameters();
        (p.maxTrainers, p.rounds) = (uint16(MOST), 1);
        uint256 taskId = _createTask(p);
        AggregateTerms memory terms = AggregateTerms(keccak256("program"), 1, 0);
        vm.startPrank(OWNER);
        game.fixTerms(taskId, keccak256(abi.encode(terms)));
        token.approve(address(game), BOND_WEI);
        vm.stopPrank();
        for (uint256 i = 0; i < MOST; i++) {
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        fl.openRound(taskId);
        _train(taskId, MOST);
        address[] memory members = _draw(taskId);
        _audit(taskId, members, type(uint256).max);
        _agree(taskId, members);
        _assertPhase(taskId, Phase.Challenge, "agreed");
        AcceptedUpdate[] memory updates = _accepted(type(uint256).max);
        vm.prank(OWNER);
        game.open(taskId, updates, terms);
        uint256 gasUsed = vm.snapshotGasLastCall("AggregateGame.open (256 updates)");
        _assertTrue(gasUsed <= MAX_GAS, "below what a transaction of ours may use");
        _assertEq(game.gameOf(1).challenger, OWNER, "opened");
    }
}
