// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title  CanonicalTree
/// @notice Merkle trees over SHA-256 that traces and data sets are committed to with. Mirrors trainer/src/protocol/merkle.ts.
/// @dev    `leaf = H(0x00 ‖ content)`, `node = H(0x01 ‖ left ‖ right)`, `root = H(0x02 ‖ uint64 count ‖ top)`; an odd node
///         moves up unchanged. The prefixes keep a leaf from passing for a node, the count a short tree for a longer one.
library CanonicalTree {
    bytes1 private constant LEAF = 0x00;
    bytes1 private constant NODE = 0x01;
    bytes1 private constant ROOT = 0x02;

    /// @notice The tree has no leaf `index`: it has `count`.
    error CanonicalTreeOutOfRange(uint256 index, uint256 count);

    /// @notice The path has `actual` nodes, and needs `needed`.
    error CanonicalTreeWrongLength(uint256 actual, uint256 needed);

    /// @notice The path leads to `actual`, not to the root `needed`.
    error CanonicalTreeWrongRoot(bytes32 actual, bytes32 needed);

    /// @notice Reverts unless `leaf`, hashed with {leafHash}, is leaf `index` of `count` under `root`.
    /// @param  path Siblings from the leaf's up; a level at which the node has none adds nothing.
    function requireLeaf(bytes32 root, bytes32 leaf, uint64 index, uint64 count, bytes32[] calldata path) internal pure {
        require(index < count, CanonicalTreeOutOfRange(index, count));
        bytes32 node = leaf;
        uint256 used;
        uint256 position = index;
        for (uint256 width = count; width > 1; width = (width + 1) / 2) {
            if (position ^ 1 < width) {
                require(used < path.length, CanonicalTreeWrongLength(path.length, used + 1));
                bytes32 sibling = path[used++];
                node = position & 1 == 0 ? nodeHash(node, sibling) : nodeHash(sibling, node);
            }
            position >>= 1;
        }
        require(used == path.length, CanonicalTreeWrongLength(path.length, used));
        bytes32 actual = sha256(abi.encodePacked(ROOT, count, node));
        require(actual == root, CanonicalTreeWrongRoot(actual, root));
    }

    function leafHash(bytes memory content) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(LEAF, content));
    }

    function nodeHash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(NODE, left, right));
    }
}
