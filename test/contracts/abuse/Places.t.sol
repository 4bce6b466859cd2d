// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {FailureReason} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Attacks on the places of a task: holding them for nothing, burning rounds, having others evicted.
contract Abuse_Places_Test is CairnTest {
    uint256 internal constant NEWCOMER = 0xF00D;

    uint256 internal taskId;

    function setUp() public {
        _deploy();
        _enlistAll();
    }

    /// @dev P1. Leaving and joining in one transaction every second round kept a place without ever being idle.
    function test_join_leftBeforeBeingIdle_reverts() public {
        taskId = _createTask(_parameters());
        for (uint256 i = 0; i < TRAINERS; i++) _join(i);
        for (uint256 round = 0; round < 2; round++) {
            fl.openRound(taskId);
            _finish(taskId);
        }
        for (uint256 i = 0; i < TRAINERS; i++) {
            vm.prank(_trainer(i));
            fl.leave(taskId);
            vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEvicted.selector, taskId, _trainer(i), 10));
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        _enlist(NEWCOMER, 1);
        vm.prank(vm.addr(NEWCOMER));
        _assertEq(fl.join(taskId), 0, "somebody else takes the place");
    }

    /// @dev P1. Nor does claiming what an earlier stay earned make a barren one count.
    function test_join_leftAfterABarrenStay_reverts() public {
        taskId = _openRound(1);
        _runRound(taskId, 1, 1);
        _leave(0);
        _join(0); // it had an update accepted
        fl.openRound(taskId);
        _finish(taskId);
        vm.prank(_trainer(0));
        fl.claim(taskId);
        _leave(0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEvicted.selector, taskId, _trainer(0), 10));
        _join(0);
    }

    /// @dev P1. Who delivered may come and go, and who left before any round counted on it.
    function test_join_leftAfterAcceptedWork_takesAPlace() public {
        taskId = _openRound(1);
        _runRound(taskId, 1, 1);
        vm.prank(_trainer(0));
        fl.claim(taskId);
        _leave(0);
        _join(0);
        _leave(0);
        _join(0);
        _assertEq(fl.taskOf(taskId).enrolled, 1, "enrolled");
    }

    /// @dev P2. One stake opened rounds of any number of tasks and left each of them empty, in one transaction.
    function test_leave_openedTheRoundItself_reverts() public {
        taskId = _createTask(_parameters());
        vm.startPrank(_trainer(0));
        fl.join(taskId);
        fl.openRound(taskId);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractUpdatePending.selector, taskId, _trainer(0)));
        fl.leave(taskId);
        vm.stopPrank();
        _finish(taskId);
        _leave(0);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractEvicted.selector, taskId, _trainer(0), 9));
        _join(0);
    }

    /// @dev P3. A committee that refused everything three times had honest trainers evicted for idleness.
    function test_evict_revealedButAllWasRefused_reverts() public {
        taskId = _openRound(2);
        for (uint256 round = 0; round < 3; round++) {
            if (round > 0) fl.openRound(taskId);
            _commitUpdate(taskId, 0);
            _finish(taskId); // the second never commits
            _revealUpdate(taskId, 0);
            _audit(taskId, _draw(taskId), 0);
            _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.NothingAccepted), "failure");
        }
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotEvictable.selector, taskId, _trainer(0)));
        fl.evict(taskId, _trainer(0));
        _assertTrue(!fl.isIdle(taskId, _trainer(0)), "it revealed");
        fl.evict(taskId, _trainer(1)); // it did not
    }

    function _join(uint256 i) private {
        vm.prank(_trainer(i));
        fl.join(taskId);
    }

    function _leave(uint256 i) private {
        vm.prank(_trainer(i));
        fl.leave(taskId);
    }
}
