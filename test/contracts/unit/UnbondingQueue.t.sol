// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {UnbondingQueue} from "../../../contracts/libraries/UnbondingQueue.sol";
import {VmTest} from "../support/Vm.sol";

contract UnbondingQueue_Test is VmTest {
    using UnbondingQueue for UnbondingQueue.Queue;

    UnbondingQueue.Queue internal queue;

    function test_popMatured_atTheSecond_isInclusive() public {
        queue.push(5, 100);
        _assertEq(queue.popMatured(99), 0, "a second early");
        _assertEq(queue.popMatured(100), 5, "at the second");
        _assertEq(queue.totalWei, 0, "total");
    }

    function test_push_sameSecond_takesOnePlace() public {
        queue.push(5, 100);
        queue.push(6, 100);
        _assertEq(queue.length, 1, "length");
        _assertEq(queue.popMatured(100), 11, "both");
    }

    function test_push_full_reverts() public {
        for (uint40 i = 0; i < UnbondingQueue.MAX_ENTRIES; i++) {
            queue.push(1, 100 + i);
        }
        vm.expectRevert(abi.encodeWithSelector(UnbondingQueue.UnbondingQueueFull.selector, UnbondingQueue.MAX_ENTRIES));
        this.push(1, 200);
    }

    function test_push_afterManyPops_goesRoundTheRing() public {
        for (uint40 i = 1; i <= 50; i++) {
            queue.push(uint112(i), i);
            queue.push(uint112(i), i + 1);
            _assertEq(queue.popMatured(i), i == 1 ? 1 : 2 * uint256(i) - 1, "what is due");
        }
        _assertEq(queue.totalWei, 50, "the last entry is left");
        _assertEq(queue.length, 1, "length");
    }

    function test_take_moreThanThereIs_takesAllOldestFirst() public {
        queue.push(5, 100);
        queue.push(7, 101);
        _assertEq(queue.take(6), 6, "part");
        _assertEq(queue.popMatured(100), 0, "the oldest was emptied");
        _assertEq(queue.take(100), 6, "no more than there is");
        _assertEq(queue.totalWei, 0, "total");
        _assertEq(queue.popMatured(101), 0, "nothing is left to pay");
        _assertEq(queue.length, 0, "emptied entries leave when due");
    }

    function testFuzz_take_anyAmount_keepsTheSum(uint96[8] memory amounts, uint128 amountWei, uint8 due) public {
        uint256 sumWei;
        for (uint256 i = 0; i < amounts.length; i++) {
            queue.push(amounts[i], uint40(100 + i));
            sumWei += amounts[i];
        }
        uint256 takenWei = queue.take(amountWei);
        _assertEq(takenWei, amountWei < sumWei ? amountWei : sumWei, "taken");
        uint256 paidWei = queue.popMatured(100 + _bound(due, 0, amounts.length));
        _assertEq(takenWei + paidWei + queue.totalWei, sumWei, "taken, paid and waiting make up all");
        _assertEq(queue.popMatured(type(uint40).max), sumWei - takenWei - paidWei, "the rest is paid in the end");
    }

    function test_take_all_emptiesTheRing() public {
        for (uint40 i = 0; i < UnbondingQueue.MAX_ENTRIES; i++) queue.push(1, 100 + i);
        _assertEq(queue.take(16), 16, "all");
        _assertEq(queue.length, 0, "length");
        queue.push(5, 200);
        _assertEq(queue.popMatured(200), 5, "what came later is paid");
    }

    function push(uint112 amountWei, uint40 availableAt) external {
        queue.push(amountWei, availableAt);
    }
}
