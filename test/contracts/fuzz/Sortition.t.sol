// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Sortition} from "../../../contracts/libraries/Sortition.sol";
import {VmTest} from "../support/Vm.sol";

contract Sortition_Test is VmTest {
    using Sortition for Sortition.Urn;

    uint256 internal constant NODES = 12;

    /// @dev Enough draws that a share is off by less than 5 standard deviations; the seed is fixed.
    uint256 internal constant DRAWS = 4_000;

    function testFuzz_aim_untilEmpty_drawsEachOnceAndNeverNothing(uint256 seed) public pure {
        uint256[NODES] memory weights = _weights(seed);
        uint256 total;
        uint256 eligible;
        for (uint256 i = 0; i < NODES; i++) {
            total += weights[i];
            if (weights[i] > 0) eligible++;
        }
        Sortition.Urn memory urn = Sortition.open(total, NODES);
        bool[NODES] memory drawn;
        while (!urn.isEmpty()) {
            uint256 point = urn.aim(uint256(keccak256(abi.encode(seed, urn.count))));
            _assertTrue(point < total, "the point is in range");
            (uint256 index, uint256 offset) = _locate(weights, point);
            _assertTrue(!drawn[index], "no node is drawn twice");
            _assertTrue(weights[index] > 0, "no node without stake is drawn");
            drawn[index] = true;
            urn.take(offset, weights[index]);
        }
        _assertEq(urn.count, eligible, "all eligible nodes are drawn in the end");
    }

    function test_aim_manyDraws_followsTheStakes() public pure {
        uint256[NODES] memory weights;
        uint256 total;
        for (uint256 i = 0; i < NODES; i++) {
            weights[i] = (i + 1) ** 2;
            total += weights[i];
        }
        uint256[NODES] memory hits;
        for (uint256 draw = 0; draw < DRAWS; draw++) {
            Sortition.Urn memory urn = Sortition.open(total, 1);
            (uint256 index,) = _locate(weights, urn.aim(uint256(keccak256(abi.encode("first seat", draw)))));
            hits[index]++;
        }
        for (uint256 i = 0; i < NODES; i++) {
            uint256 expected = DRAWS * weights[i] / total;
            uint256 distance = hits[i] > expected ? hits[i] - expected : expected - hits[i];
            // Variance of a count is below its expectation; + 1 for rounding it down.
            _assertTrue(distance ** 2 <= 25 * (expected + 1), "within 5 standard deviations");
        }
    }

    function test_aim_secondSeat_followsTheStakesThatAreLeft() public pure {
        // Weights 1, 2, 3; the last is drawn first. The second seat is then 1 : 2.
        uint256[NODES] memory weights;
        (weights[0], weights[1], weights[2]) = (1, 2, 3);
        uint256 hits;
        for (uint256 draw = 0; draw < DRAWS; draw++) {
            Sortition.Urn memory urn = Sortition.open(6, 2);
            urn.take(3, 3);
            (uint256 index,) = _locate(weights, urn.aim(uint256(keccak256(abi.encode("second seat", draw)))));
            _assertTrue(index < 2, "the drawn one is not drawn again");
            if (index == 1) hits++;
        }
        uint256 expected = DRAWS * 2 / 3;
        uint256 distance = hits > expected ? hits - expected : expected - hits;
        _assertTrue(distance ** 2 <= 25 * DRAWS * 2 / 9, "within 5 standard deviations");
    }

    function _weights(uint256 seed) private pure returns (uint256[NODES] memory weights) {
        for (uint256 i = 0; i < NODES; i++) {
            uint256 random = uint256(keccak256(abi.encode(seed, "weight", i)));
            weights[i] = random % 3 == 0 ? 0 : uint96(random >> 8) >> (random >> 128) % 90; // from 1 to 2^96, log-uniform
        }
    }

    function _locate(uint256[NODES] memory weights, uint256 point) private pure returns (uint256 index, uint256 offset) {
        while (point - offset >= weights[index]) {
            offset += weights[index++];
        }
    }
}
