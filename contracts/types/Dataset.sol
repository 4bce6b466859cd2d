// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A dataset as the registry shows it. Holds no rules.

/// @notice One dataset.
struct DatasetView {
    address owner;
    bool isPublic;
    /// How many records `recordsRoot` covers.
    uint64 recordCount;
    /// How many tasks have used it.
    uint64 usageCount;
    /// SHA-256 of the root block of the manifest.
    bytes32 manifestDigest;
    /// Unit: bytes.
    uint32 manifestByteLength;
    /// Merkle root over the records; fixed for good, because tasks rely on it.
    bytes32 recordsRoot;
    string name;
}
