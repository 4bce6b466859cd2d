// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";

/// @title  CommitteeSeed
/// @notice Proves the RANDAO value of a block chosen before it existed, so that nobody can pick the value by picking when
///         to ask.
/// @dev    Assumes: EIP-2935 keeps the hashes of the last 8,191 blocks. On a chain without it, 256 blocks are in reach.
library CommitteeSeed {
    /// @dev How far back the BLOCKHASH instruction sees. Unit: blocks.
    uint256 private constant NATIVE_REACH_BLOCKS = 256;

    /// @notice The seed's block is still to come.
    error CommitteeSeedNotReady(uint256 targetBlock, uint256 currentBlock);

    /// @notice The chain no longer knows the hash of the seed's block. Retarget it.
    error CommitteeSeedOutOfReach(uint256 targetBlock, uint256 currentBlock);

    /// @notice The header hashes to `actual`; the seed's block has the hash `needed`.
    error CommitteeSeedHeaderMismatch(uint256 targetBlock, bytes32 actual, bytes32 needed);

    /// @notice The seed's block can still be proven, so it stays.
    error CommitteeSeedStillProvable(uint256 targetBlock);

    /// @notice The RANDAO value of block `targetBlock`.
    /// @dev    Reverts with {CommitteeSeedNotReady}, {CommitteeSeedOutOfReach} or {CommitteeSeedHeaderMismatch}.
    /// @param  header RLP of the block's header.
    function prove(uint256 targetBlock, bytes memory header) internal view returns (bytes32 randao) {
        require(targetBlock < block.number, CommitteeSeedNotReady(targetBlock, block.number));
        bytes32 needed = _hashOf(targetBlock);
        require(needed != 0, CommitteeSeedOutOfReach(targetBlock, block.number));
        bytes32 actual = keccak256(header);
        require(actual == needed, CommitteeSeedHeaderMismatch(targetBlock, actual, needed));
        return BlockHeader.getPrevRandao(header);
    }

    /// @return Whether the block has passed and its hash is no longer known.
    function isOutOfReach(uint256 targetBlock) internal view returns (bool) {
        return targetBlock < block.number && _hashOf(targetBlock) == 0;
    }

    /// @return The first block that is a whole number of `delay` after `targetBlock` and at least `delay` ahead.
    /// @param  delay Above 0. Unit: blocks.
    function next(uint256 targetBlock, uint256 delay) internal view returns (uint256) {
        uint256 earliest = block.number + delay;
        if (targetBlock >= earliest) return targetBlock + delay;
        return targetBlock + delay * ((earliest - targetBlock + delay - 1) / delay);
    }

    /// @dev Not OpenZeppelin's Blockhash.blockHash: that takes the data of a failed call for a hash, and Hardhat's chain has
    ///      a contract in this place that fails with a message.
    function _hashOf(uint256 blockNumber) private view returns (bytes32) {
        if (block.number - blockNumber <= NATIVE_REACH_BLOCKS) return blockhash(blockNumber);
        (bool isKnown, bytes memory data) = Blockhash.HISTORY_STORAGE_ADDRESS.staticcall(abi.encode(blockNumber));
        return isKnown && data.length == 32 ? bytes32(data) : bytes32(0);
    }
}
