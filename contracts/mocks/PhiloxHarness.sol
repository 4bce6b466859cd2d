// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Philox} from "../libraries/Philox.sol";

/// @title  PhiloxHarness
/// @notice Lets a test draw from streams. Never deployed.
contract PhiloxHarness {
    using Philox for uint32[4];

    function draw(uint32[4] calldata counter, uint32[2] calldata key) external pure returns (uint32[4] memory) {
        return Philox.draw(counter, key);
    }

    /// @return drawn The stream's first words.
    function words(bytes32 seed, string calldata name, uint256 count) external pure returns (uint32[] memory drawn) {
        uint32[4] memory stream = Philox.streamWords(seed, name);
        drawn = new uint32[](count);
        for (uint256 i = 0; i < count; i++) {
            drawn[i] = stream.wordAt(i);
        }
    }

    /// @return kept A bit for every element of a batch.
    function mask(bytes32 seed, string calldata name, uint32 step, uint256 elements, uint256 threshold)
        external
        pure
        returns (bool[] memory kept)
    {
        uint32[4] memory stream = Philox.streamWords(seed, name);
        kept = new bool[](elements);
        for (uint256 i = 0; i < elements; i++) {
            kept[i] = stream.keeps(step, i, threshold);
        }
    }

    /// @return records Places in the shard of `count` records of the run, from number `from`.
    function order(bytes32 seed, uint256 from, uint256 count, uint256 length)
        external
        pure
        returns (uint256[] memory records)
    {
        uint32[4] memory stream = Philox.streamWords(seed, "batch-order");
        records = new uint256[](count);
        for (uint256 i = 0; i < count; i++) {
            records[i] = stream.recordAt(from + i, length);
        }
    }
}
