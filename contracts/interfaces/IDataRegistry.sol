// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DatasetView} from "../types/Dataset.sol";

/// @title  IDataRegistry
/// @notice Which datasets exist, what binds their records, who may use them, and which tasks did.
/// @dev    Assumes: holders of USAGE_ROLE name the user truly.
///         Does not support: keeping the data itself secret. A grant is a record, not a lock.
interface IDataRegistry {
    /// @notice A dataset was registered.
    event DatasetRegistered(
        uint256 indexed datasetId,
        address indexed owner,
        string name,
        bytes32 manifestDigest,
        uint32 manifestByteLength,
        bytes32 recordsRoot,
        uint64 recordCount,
        bool isPublic
    );

    /// @notice The description of a dataset changed; its records did not.
    event ManifestUpdated(uint256 indexed datasetId, bytes32 manifestDigest, uint32 manifestByteLength);

    /// @notice `grantee` may use the dataset before `until`.
    event AccessGranted(uint256 indexed datasetId, address indexed grantee, uint40 until);

    /// @notice `grantee` may no longer use the dataset.
    event AccessRevoked(uint256 indexed datasetId, address indexed grantee);

    /// @notice `user` used the dataset in a task.
    event DatasetUsed(uint256 indexed datasetId, uint256 indexed taskId, address indexed user, uint64 newUsageCount);

    /// @notice No such dataset.
    error DataRegistryUnknownDataset(uint256 datasetId);

    /// @notice `account` does not own the dataset.
    error DataRegistryNotOwner(uint256 datasetId, address account);

    /// @notice `account` has no access to the dataset.
    error DataRegistryNoAccess(uint256 datasetId, address account);

    /// @notice A grant must end after now.
    error DataRegistryGrantInPast(uint256 datasetId, uint40 until);

    /// @notice The manifest has no bytes, or the dataset no records.
    error DataRegistryEmptyDataset();

    /// @notice The name has `actualBytes`; 1 to `maxBytes` are allowed.
    error DataRegistryBadName(uint256 actualBytes, uint256 maxBytes);

    /// @notice Registers a dataset, owned by the caller. Emits {DatasetRegistered}.
    /// @dev    Reverts with {DataRegistryBadName} or {DataRegistryEmptyDataset}.
    /// @return datasetId Counts from 1.
    function registerDataset(
        string calldata name,
        bytes32 manifestDigest,
        uint32 manifestByteLength,
        bytes32 recordsRoot,
        uint64 recordCount,
        bool isPublic
    ) external returns (uint256 datasetId);

    /// @notice Replaces the description. Emits {ManifestUpdated}.
    /// @dev    Owner only: {DataRegistryNotOwner}. Reverts with {DataRegistryEmptyDataset}.
    function updateManifest(uint256 datasetId, bytes32 manifestDigest, uint32 manifestByteLength) external;

    /// @notice Lets `grantee` use the dataset before `until`. Emits {AccessGranted}.
    /// @dev    Owner only: {DataRegistryNotOwner}. Reverts with {DataRegistryGrantInPast}.
    /// @param  until Unit: unix seconds.
    function grantAccess(uint256 datasetId, address grantee, uint40 until) external;

    /// @notice Ends a grant. Emits {AccessRevoked}.
    /// @dev    Owner only: {DataRegistryNotOwner}. Without effect on a public dataset.
    function revokeAccess(uint256 datasetId, address grantee) external;

    /// @notice Notes that `user` uses the dataset in a task. Emits {DatasetUsed}.
    /// @dev    Only USAGE_ROLE. Reverts with {DataRegistryUnknownDataset} or {DataRegistryNoAccess}.
    function recordUsage(uint256 datasetId, uint256 taskId, address user) external;

    /// @return How many datasets exist; ids count from 1 to it.
    function datasetCount() external view returns (uint256);

    /// @return Whether `account` may use the dataset: it is public, its own, or granted. False for an unknown one.
    function hasAccess(uint256 datasetId, address account) external view returns (bool);

    /// @dev Reverts with {DataRegistryUnknownDataset}.
    function datasetOf(uint256 datasetId) external view returns (DatasetView memory);
}
