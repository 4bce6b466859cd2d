// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CanonicalTree} from "../../../contracts/disputes/CanonicalTree.sol";
import {DisputeMachine} from "../../../contracts/disputes/DisputeMachine.sol";
import {DisputeReads} from "../../../contracts/disputes/DisputeReads.sol";
import {MerklePaths} from "../../../contracts/disputes/MerklePaths.sol";
import {Sha256Tail} from "../../../contracts/disputes/Sha256Tail.sol";
import {IDataRegistry} from "../../../contracts/interfaces/IDataRegistry.sol";
import {Claim, FileTail, MachineState, Moment, Reading, Terms} from "../../../contracts/types/Dispute.sol";

/// @notice Gives tests the libraries of disputes with calldata. Never deployed.
contract DisputeHarness {
    function requireLeaf(bytes32 root, bytes32 leaf, uint256 index, uint256 height, bytes32[] calldata path)
        external
        pure
    {
        MerklePaths.requireLeaf(root, leaf, index, height, path);
    }

    function requireUpdate(
        bytes32[2] memory roots,
        bytes32[2] calldata leaves,
        uint256 index,
        uint256 height,
        bytes32[] calldata path
    ) external pure {
        MerklePaths.requireUpdate(roots, leaves, index, height, path);
    }

    function requireCanonical(bytes32 root, bytes calldata content, uint64 index, uint64 count, bytes32[] calldata path)
        external
        pure
    {
        CanonicalTree.requireLeaf(root, CanonicalTree.leafHash(content), index, count, path);
    }

    function lastWord(bytes32 digest, uint256 byteLength, FileTail calldata end) external pure returns (bytes32) {
        return Sha256Tail.lastWord(digest, byteLength, end);
    }

    function step(MachineState memory state, uint256 word, uint32 read) external pure returns (MachineState memory) {
        return DisputeMachine.step(state, word, read);
    }

    function read(
        MachineState memory state,
        uint256 word,
        Moment calldata moment,
        Claim calldata claim,
        Terms calldata terms,
        Reading calldata reading,
        IDataRegistry dataRegistry
    ) external view returns (uint32) {
        return DisputeReads.read(state, word, moment, claim, terms, reading, address(dataRegistry));
    }
}
