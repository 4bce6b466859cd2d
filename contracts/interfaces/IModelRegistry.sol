// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Gate, ModelView, PublishedVersion, VersionView} from "../types/Model.sol";

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

    /// @notice From now on `publisher` and `merger` alone publish versions, and take turns.
    event ModelGated(uint256 indexed modelId, address indexed merger, address indexed publisher);

    /// @notice The merger lets the publisher go on from its own version.
    event GateOpened(uint256 indexed modelId, uint64 version);

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

    /// @notice The model has a gate, which stays as it is.
    error ModelRegistryGated(uint256 modelId);

    /// @notice A gate needs a merger, or it would stay closed for ever.
    error ModelRegistryNoMerger(uint256 modelId);

    /// @notice `account` is not the model's merger.
    error ModelRegistryNotMerger(uint256 modelId, address account);

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
    /// @dev    Owner only: {ModelRegistryNotOwner}. Survives a change of owner until the new one sets it. Of no effect on a
    ///         model with a gate.
    function setPublisher(uint256 modelId, address publisher, bool allowed) external;

    /// @notice Gives the model a gate, for good. Emits {ModelGated}.
    /// @dev    Owner only: {ModelRegistryNotOwner}; the owner publishes no more itself. Each version of `publisher` closes the
    ///         gate to it, and each of `merger` opens it.
    ///         Reverts with {ModelRegistryGated} or {ModelRegistryNoMerger}.
    /// @param  publisher Zero when the merger alone is to publish.
    function gateModel(uint256 modelId, address merger, address publisher) external;

    /// @notice Lets the publisher go on without a merged version. Emits {GateOpened}.
    /// @dev    The merger only: {ModelRegistryNotMerger}.
    function openGate(uint256 modelId) external;

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

    /// @return Whether `account` owns the model or was made its publisher; of a model with a gate, whether it is the merger,
    ///         or the publisher while the gate is open.
    function mayPublish(uint256 modelId, address account) external view returns (bool);

    /// @return All zeros for a model without a gate.
    function gateOf(uint256 modelId) external view returns (Gate memory);

    /// @dev Reverts with {ModelRegistryUnknownModel}.
    function latestVersion(uint256 modelId) external view returns (uint64);

    /// @dev Reverts with {ModelRegistryUnknownVersion}.
    function versionOf(uint256 modelId, uint64 version) external view returns (VersionView memory);

    /// @dev Reverts with {ModelRegistryUnknownModel}.
    function modelOf(uint256 modelId) external view returns (ModelView memory);
}
