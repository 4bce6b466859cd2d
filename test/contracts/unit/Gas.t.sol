// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NodeIdentity} from "../../../contracts/types/Node.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev What each entry point costs, kept in snapshots/. Execution only: a transaction adds 21,000 and its calldata.
///      Slots are warm where an earlier call of the same test touched them, so the cold figures are in gas.test.ts.
contract Gas_Test is CairnTest {
    uint256 internal taskId;

    function setUp() public {
        _deploy();
        _enlistAll();
        taskId = _openRound(TRAINERS);
    }

    function test_nodeRegistry_eachEntryPoint_benchmark() public {
        uint256 key = 0xBEE;
        address node = vm.addr(key);
        NodeIdentity memory identity = _identity(node, 3);
        bytes memory signature = _sign(key, registry.hashIdentity(identity));
        registry.announce(identity, signature);
        vm.snapshotGasLastCall("NodeRegistry.announce");
        vm.prank(OWNER);
        token.transfer(node, STAKE_WEI);
        vm.startPrank(node);
        token.approve(address(registry), STAKE_WEI);
        registry.stake(STAKE_WEI);
        vm.snapshotGasLastCall("NodeRegistry.stake");
        registry.requestUnstake(STAKE_WEI);
        vm.snapshotGasLastCall("NodeRegistry.requestUnstake");
        vm.warp(block.timestamp + UNBONDING_SECONDS);
        registry.withdraw();
        vm.snapshotGasLastCall("NodeRegistry.withdraw");
        vm.stopPrank();
        _assertEq(token.balanceOf(node), STAKE_WEI, "paid back");
    }

    function test_flContract_eachEntryPoint_benchmark() public {
        TaskParameters memory parameters = _parameters();
        vm.prank(OWNER);
        fl.createTask(parameters);
        vm.snapshotGasLastCall("FLContract.createTask");
        vm.prank(_trainer(0));
        fl.join(taskId + 1);
        vm.snapshotGasLastCall("FLContract.join");
        fl.openRound(taskId + 1);
        vm.snapshotGasLastCall("FLContract.openRound");

        _commitUpdate(taskId, 0);
        vm.snapshotGasLastCall("FLContract.commitUpdate");
        for (uint256 i = 1; i < TRAINERS; i++) _commitUpdate(taskId, i);
        vm.snapshotGasLastCall("FLContract.commitUpdate (last)");
        _revealUpdate(taskId, 0);
        vm.snapshotGasLastCall("FLContract.revealUpdate");
        for (uint256 i = 1; i < TRAINERS; i++) _revealUpdate(taskId, i);
        vm.snapshotGasLastCall("FLContract.revealUpdate (last)");
        bytes memory header = _seedHeader(taskId);
        fl.drawCommittee(taskId, header);
        vm.snapshotGasLastCall("FLContract.drawCommittee (3 seats)");

        address[] memory members = fl.committeeOf(taskId, 1);
        _commitVerdict(taskId, members[0], 5);
        vm.snapshotGasLastCall("FLContract.commitVerdict");
        for (uint256 s = 1; s < members.length; s++) _commitVerdict(taskId, members[s], 5);
        vm.snapshotGasLastCall("FLContract.commitVerdict (last)");
        _revealVerdict(taskId, members[0], 5);
        vm.snapshotGasLastCall("FLContract.revealVerdict");
        for (uint256 s = 1; s < members.length; s++) _revealVerdict(taskId, members[s], 5);
        vm.snapshotGasLastCall("FLContract.revealVerdict (last, tallies 3)");
        vm.prank(members[0]);
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        vm.snapshotGasLastCall("FLContract.proposeAggregate");
        vm.prank(members[1]);
        fl.attestAggregate(taskId, DIGEST, BYTE_LENGTH);
        vm.snapshotGasLastCall("FLContract.attestAggregate (last)");
        _finish(taskId);
        vm.snapshotGasLastCall("FLContract.advance (to Final)");
        _assertPhase(taskId, Phase.Final, "final");
        vm.prank(_trainer(0));
        fl.claim(taskId);
        vm.snapshotGasLastCall("FLContract.claim (trainer)");
        vm.prank(members[0]);
        fl.claim(taskId);
        vm.snapshotGasLastCall("FLContract.claim (auditor)");
    }

    function test_deploy_eachContract_fitsTheSizeLimit() public {
        vm.snapshotValue("NodeRegistry bytes", address(registry).code.length);
        vm.snapshotValue("ModelRegistry bytes", address(models).code.length);
        vm.snapshotValue("DataRegistry bytes", address(datasets).code.length);
        vm.snapshotValue("FLContract bytes", address(fl).code.length);
        _assertTrue(address(fl).code.length <= 24_576, "EIP-170");
    }
}
