// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumTree} from "../../../contracts/libraries/SumTree.sol";
import {VmTest} from "../support/Vm.sol";

/// @dev The tree against two plain lists: weights now, and weights when the epoch began.
contract SumTree_Model_Test is VmTest {
    using SumTree for SumTree.Tree;

    /// @dev More than one level past 16, so that the tree grows twice.
    uint256 internal constant LEAVES = 70;
    uint256 internal constant WRITES = 40;

    SumTree.Tree internal tree;
    uint256[LEAVES] internal weights;
    uint256[LEAVES] internal weightsBefore;

    function testFuzz_set_anyWrites_agreesWithPlainLists(uint256 seed) public {
        uint256 epoch = 1;
        for (uint256 i = 0; i < WRITES; i++) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            if (random % 4 == 0) {
                epoch += 1 + (random >> 8) % 3; // an epoch or several pass
                weightsBefore = weights;
            }
            uint256 index = (random >> 16) % LEAVES;
            uint256 weight = (random >> 32) % 3 == 0 ? 0 : uint72(random >> 64) / (2 * LEAVES);
            tree.set(index, weight, epoch);
            weights[index] = weight;
        }
        _assertEq(tree.total(epoch), _sum(LEAVES), "total");
        uint256 total = tree.total(epoch);
        if (total > 0) _checkPoint(uint256(keccak256(abi.encode(seed))) % total, epoch);
        if (total > 0) _checkPoint(total - 1, epoch);
        if (total > 0) _checkPoint(0, epoch);
    }

    /// @dev The located leaf holds the point, and the sum before it is that of the leaves before it.
    function _checkPoint(uint256 point, uint256 epoch) private view {
        (uint256 index, uint256 offset, uint256 weight) = tree.locate(point, epoch);
        _assertEq(weight, weightsBefore[index], "weight");
        _assertEq(offset, _sum(index), "offset");
        _assertTrue(offset <= point && point < offset + weight, "the leaf holds the point");
    }

    function _sum(uint256 leaves) private view returns (uint256 sum) {
        for (uint256 i = 0; i < leaves; i++) {
            sum += weightsBefore[i];
        }
    }
}
