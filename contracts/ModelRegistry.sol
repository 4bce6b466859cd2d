// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {Gate, ModelView, PublishedVersion, VersionView} from "./types/Model.sol";

/// @title ModelRegistry
contract ModelRegistry is IModelRegistry {
    using SafeCast for uint256;

    /// @dev Unit: bytes.
    uint256 public constant MAX_NAME_BYTES = 64;

    /// @dev Three slots.
    struct Version {
        bytes32 weightsDigest;
        bytes32 provenanceDigest;
        uint64 taskId;
        uint64 publishedAtBlock;
        uint64 parentVersion;
        uint32 weightsByteLength;
        uint32 round;
    }

    /// @inheritdoc IModelRegistry
    uint256 public modelCount;
    mapping(uint256 modelId => ModelView) private _models;
    /// @dev INVARIANT: versions 0 to latestVersion exist and are never written again.
    mapping(uint256 modelId => mapping(uint64 version => Version)) private _versions;
    mapping(uint256 modelId => mapping(address publisher => bool)) private _isPublisher;
    /// @dev INVARIANT: merger and publisher are written once.
    mapping(uint256 modelId => Gate) private _gates;

    /// @inheritdoc IModelRegistry
    function registerModel(
        string calldata name,
        bytes32 metadataDigest,
        uint32 metadataByteLength,
        bytes32 weightsDigest,
        uint32 weightsByteLength,
        uint256 parentModelId,
        uint64 parentVersion
    ) external returns (uint256 modelId) {
        uint256 nameBytes = bytes(name).length;
        require(nameBytes > 0 && nameBytes <= MAX_NAME_BYTES, ModelRegistryBadName(nameBytes, MAX_NAME_BYTES));
        if (parentModelId != 0 || parentVersion != 0) _requireVersion(parentModelId, parentVersion);

        modelId = ++modelCount;
        ModelView storage model = _models[modelId];
        (model.name, model.owner) = (name, msg.sender);
        (model.metadataDigest, model.metadataByteLength) = (metadataDigest, metadataByteLength);
        (model.parentModelId, model.parentVersion) = (parentModelId, parentVersion);

        emit ModelRegistered(
            modelId, msg.sender, name, metadataDigest, metadataByteLength, parentModelId, parentVersion
        );
        _store(modelId, 0, PublishedVersion(weightsDigest, weightsByteLength, 0, 0, 0, bytes32(0)));
    }

    /// @inheritdoc IModelRegistry
    function publishVersion(uint256 modelId, PublishedVersion calldata published) external returns (uint64 version) {
        require(mayPublish(modelId, msg.sender), ModelRegistryNotPublisher(modelId, msg.sender));
        _requireVersion(modelId, published.parentVersion);

        version = ++_models[modelId].latestVersion;
        Gate storage gate = _gates[modelId];
        if (gate.merger != address(0)) gate.closed = msg.sender != gate.merger;
        _store(modelId, version, published);
    }

    /// @inheritdoc IModelRegistry
    function setPublisher(uint256 modelId, address publisher, bool allowed) external {
        _requireOwner(modelId);

        _isPublisher[modelId][publisher] = allowed;

        emit PublisherSet(modelId, publisher, allowed);
    }

    /// @inheritdoc IModelRegistry
    function gateModel(uint256 modelId, address merger, address publisher) external {
        _requireOwner(modelId);
        require(merger != address(0), ModelRegistryNoMerger(modelId));
        require(_gates[modelId].merger == address(0), ModelRegistryGated(modelId));

        _gates[modelId] = Gate({merger: merger, closed: false, publisher: publisher});

        emit ModelGated(modelId, merger, publisher);
    }

    /// @inheritdoc IModelRegistry
    function openGate(uint256 modelId) external {
        Gate storage gate = _gates[modelId];
        require(gate.merger == msg.sender, ModelRegistryNotMerger(modelId, msg.sender));

        gate.closed = false;

        emit GateOpened(modelId, _models[modelId].latestVersion);
    }

    /// @inheritdoc IModelRegistry
    function transferOwnership(uint256 modelId, address newOwner) external {
        _requireOwner(modelId);

        _models[modelId].pendingOwner = newOwner;

        emit OwnershipTransferStarted(modelId, msg.sender, newOwner);
    }

    /// @inheritdoc IModelRegistry
    function acceptOwnership(uint256 modelId) external {
        ModelView storage model = _models[modelId];
        require(model.pendingOwner == msg.sender, ModelRegistryNotPendingOwner(modelId, msg.sender));
        address previousOwner = model.owner;

        (model.owner, model.pendingOwner) = (msg.sender, address(0));

        emit OwnershipTransferred(modelId, previousOwner, msg.sender);
    }

    /// @inheritdoc IModelRegistry
    function ownerOf(uint256 modelId) external view returns (address) {
        return _modelAt(modelId).owner;
    }

    /// @inheritdoc IModelRegistry
    function latestVersion(uint256 modelId) external view returns (uint64) {
        return _modelAt(modelId).latestVersion;
    }

    /// @inheritdoc IModelRegistry
    function versionOf(uint256 modelId, uint64 version) external view returns (VersionView memory) {
        _requireVersion(modelId, version);
        Version storage stored = _versions[modelId][version];
        return VersionView({
            weightsDigest: stored.weightsDigest,
            weightsByteLength: stored.weightsByteLength,
            parentVersion: stored.parentVersion,
            publishedAtBlock: stored.publishedAtBlock,
            taskId: stored.taskId,
            round: stored.round,
            provenanceDigest: stored.provenanceDigest
        });
    }

    /// @inheritdoc IModelRegistry
    function modelOf(uint256 modelId) external view returns (ModelView memory) {
        return _modelAt(modelId);
    }

    /// @inheritdoc IModelRegistry
    function gateOf(uint256 modelId) external view returns (Gate memory) {
        return _gates[modelId];
    }

    /// @inheritdoc IModelRegistry
    function mayPublish(uint256 modelId, address account) public view returns (bool) {
        Gate storage gate = _gates[modelId];
        address merger = gate.merger;
        if (merger != address(0)) return account == merger || (account == gate.publisher && !gate.closed);
        return _isPublisher[modelId][account] || (account != address(0) && _models[modelId].owner == account);
    }

    function _store(uint256 modelId, uint64 version, PublishedVersion memory published) private {
        require(published.weightsByteLength > 0, ModelRegistryEmptyWeights());

        _versions[modelId][version] = Version({
            weightsDigest: published.weightsDigest,
            provenanceDigest: published.provenanceDigest,
            taskId: published.taskId.toUint64(),
            publishedAtBlock: block.number.toUint64(),
            parentVersion: published.parentVersion,
            weightsByteLength: published.weightsByteLength,
            round: published.round
        });

        emit VersionPublished(
            modelId,
            version,
            msg.sender,
            published.weightsDigest,
            published.weightsByteLength,
            published.parentVersion,
            published.taskId,
            published.round,
            published.provenanceDigest
        );
    }

    function _requireOwner(uint256 modelId) private view {
        require(_modelAt(modelId).owner == msg.sender, ModelRegistryNotOwner(modelId, msg.sender));
    }

    function _requireVersion(uint256 modelId, uint64 version) private view {
        require(version <= _modelAt(modelId).latestVersion, ModelRegistryUnknownVersion(modelId, version));
    }

    function _modelAt(uint256 modelId) private view returns (ModelView storage model) {
        model = _models[modelId];
        require(model.owner != address(0), ModelRegistryUnknownModel(modelId));
    }
}
