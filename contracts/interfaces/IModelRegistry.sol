// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ModelView, PublishedVersion, VersionView} from "../types/Model.sol";

/// @title  IModelRegistry
/// @notice Which models exist, who owns them, and every version with what it was made of. Versions are never changed.
/// @dev    Assumes: readers fetch weights by digest and length, and check both.
///         Does not support: deleting a version or a model; judging whether a version is good.
interface IModelRegistry {
    /// @notice A model was registered, with its initial weights as version 0.
    event ModelRegistered(
        uint256 indexed modelId,
        address indexed owner,
        string name,
        bytes32 metadataDigest,
        uint32 metadataByteLength,
        uint256 parentModelId,
        uint64 parentVersion
    );

    /// @notice A version was added.
    event VersionPublished(
        uint256 indexed modelId,
        uint64 indexed version,
        address indexed publisher,
        bytes32 weightsDigest,
        uint32 weightsByteLength,
        uint64 parentVersion,
        uint256 taskId,
        uint32 round,
        bytes32 provenanceDigest
    );

    /// @notice `publisher` may (or may no longer) publish versions of the model.
    event PublisherSet(uint256 indexed modelId, address indexed publisher, bool allowed);

    /// @notice The owner offered the model to `newOwner`; zero takes the offer back.
    event OwnershipTransferStarted(uint256 indexed modelId, address indexed owner, address indexed newOwner);

    /// @notice The model changed hands.
    event OwnershipTransferred(uint256 indexed modelId, address indexed previousOwner, address indexed newOwner);

    /// @notice No such model.
    error ModelRegistryUnknownModel(uint256 modelId);

    /// @notice The model has no such version.
    error ModelRegistryUnknownVersion(uint256 modelId, uint64 version);

    /// @notice `account` does not own the model.
    error ModelRegistryNotOwner(uint256 modelId, address account);

    /// @notice `account` may not publish versions of the model.
    error ModelRegistryNotPublisher(uint256 modelId, address account);

    /// @notice The model was not offered to `account`.
    error ModelRegistryNotPendingOwner(uint256 modelId, address account);

    /// @notice The weights have no bytes.
    error ModelRegistryEmptyWeights();

    /// @notice The name has `actualBytes`; 1 to `maxBytes` are allowed.
    error ModelRegistryBadName(uint256 actualBytes, uint256 maxBytes);

    /// @notice Registers a model, owned by the caller. Emits {ModelRegistered} and {VersionPublished}.
    /// @dev    Reverts with {ModelRegistryBadName}, {ModelRegistryEmptyWeights} or, for a parent that does not exist,
    ///         {ModelRegistryUnknownModel} or {ModelRegistryUnknownVersion}.
    /// @param  parentModelId The model that the initial weights come from; 0 when none.
    /// @param  parentVersion The parent's version; 0 when there is no parent.
    /// @return modelId Counts from 1.
    function registerModel(
        string calldata name,
        bytes32 metadataDigest,
        uint32 metadataByteLength,
        bytes32 weightsDigest,
        uint32 weightsByteLength,
        uint256 parentModelId,
        uint64 parentVersion
    ) external returns (uint256 modelId);

    /// @notice Adds a version. Emits {VersionPublished}.
    /// @dev    Owner or publisher. Reverts with {ModelRegistryNotPublisher}, {ModelRegistryEmptyWeights} or, for a
    ///         parent that does not exist, {ModelRegistryUnknownVersion}.
    function publishVersion(uint256 modelId, PublishedVersion calldata published) external returns (uint64 version);

    /// @notice Lets `publisher` publish, or no longer. Emits {PublisherSet}.
    /// @dev    Owner only: {ModelRegistryNotOwner}. Survives a change of owner until the new one sets it.
    function setPublisher(uint256 modelId, address publisher, bool allowed) external;

    /// @notice Offers the model to `newOwner`. Emits {OwnershipTransferStarted}.
    /// @dev    Owner only: {ModelRegistryNotOwner}.
    function transferOwnership(uint256 modelId, address newOwner) external;

    /// @notice Takes a model offered to the caller. Emits {OwnershipTransferred}.
    /// @dev    Reverts with {ModelRegistryNotPendingOwner}.
    function acceptOwnership(uint256 modelId) external;

    /// @return How many models exist; ids count from 1 to it.
    function modelCount() external view returns (uint256);

    /// @dev Reverts with {ModelRegistryUnknownModel}.
    function ownerOf(uint256 modelId) external view returns (address);

    /// @return Whether `account` owns the model or was made its publisher.
    function mayPublish(uint256 modelId, address account) external view returns (bool);

    /// @dev Reverts with {ModelRegistryUnknownModel}.
    function latestVersion(uint256 modelId) external view returns (uint64);

    /// @dev Reverts with {ModelRegistryUnknownVersion}.
    function versionOf(uint256 modelId, uint64 version) external view returns (VersionView memory);

    /// @dev Reverts with {ModelRegistryUnknownModel}.
    function modelOf(uint256 modelId) external view returns (ModelView memory);
}
