// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumTree} from "../../../contracts/libraries/SumTree.sol";
import {VmTest} from "../support/Vm.sol";

contract SumTree_Test is VmTest {
    using SumTree for SumTree.Tree;

    SumTree.Tree internal tree;

    function test_set_inThisEpoch_isReadInTheNext() public {
        tree.set(0, 5, 10);
        _assertEq(tree.total(10), 0, "total in the epoch of the write");
        _assertEq(tree.total(11), 5, "total in the epoch after");
    }

    function test_set_twiceInAnEpoch_keepsWhatTheEpochBeganWith() public {
        tree.set(2, 5, 10);
        tree.set(2, 9, 11);
        tree.set(2, 1, 11);
        _assertEq(tree.total(11), 5, "as of the end of epoch 10");
        _assertEq(tree.total(12), 1, "as of the end of epoch 11");
    }

    function test_set_beyondTheDepth_growsAndKeepsTheSnapshot() public {
        tree.set(0, 5, 10);
        tree.set(100, 7, 11); // four levels of four: 256 leaves
        _assertEq(tree.depth, 4, "depth");
        _assertEq(tree.total(11), 5, "as of the end of epoch 10");
        _assertEq(tree.total(12), 12, "as of the end of epoch 11");
        (uint256 index, uint256 offset, uint256 weight) = tree.locate(5, 12);
        _assertEq(index, 100, "leaf of the first point after 0's");
        _assertEq(offset, 5, "offset");
        _assertEq(weight, 7, "weight");
    }

    /// @dev What an epoch ended with can be read in the two after it, whatever is written meanwhile.
    function test_set_inEachOfThreeEpochs_keepsTheLastTwo() public {
        tree.set(0, 5, 10);
        tree.set(0, 6, 11);
        tree.set(0, 7, 12);
        tree.set(0, 8, 12);
        _assertEq(tree.total(11), 5, "as of the end of epoch 10");
        _assertEq(tree.total(12), 6, "as of the end of epoch 11");
        _assertEq(tree.total(13), 8, "as of the end of epoch 12");
    }

    function test_set_afterAPause_readsTheSameForBothEpochs() public {
        tree.set(0, 5, 10);
        tree.set(0, 6, 20);
        _assertEq(tree.total(19), 5, "as of the end of epoch 18");
        _assertEq(tree.total(20), 5, "as of the end of epoch 19");
    }

    function test_set_toZero_leavesNoPoint() public {
        tree.set(0, 5, 10);
        tree.set(1, 6, 10);
        tree.set(0, 0, 10);
        (uint256 index, uint256 offset,) = tree.locate(0, 11);
        _assertEq(index, 1, "leaf");
        _assertEq(offset, 0, "offset");
    }

    function test_set_pastAllBits_reverts() public {
        tree.set(0, type(uint72).max, 10);
        vm.expectRevert(
            abi.encodeWithSignature("SafeCastOverflowedUintDowncast(uint8,uint256)", 72, uint256(type(uint72).max) + 1)
        );
        this.set(1, 1, 10);
    }

    function test_locate_atTheTotal_reverts() public {
        tree.set(3, 5, 10);
        vm.expectRevert(abi.encodeWithSelector(SumTree.SumTreePointOutOfRange.selector, 5, 5));
        this.locate(5, 11);
    }

    function test_locate_emptyTree_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(SumTree.SumTreePointOutOfRange.selector, 0, 0));
        this.locate(0, 1);
    }

    function set(uint256 index, uint256 weight, uint256 epoch) external {
        tree.set(index, weight, epoch);
    }

    function locate(uint256 point, uint256 epoch) external view returns (uint256 index, uint256 offset, uint256 weight) {
        return tree.locate(point, epoch);
    }
}
