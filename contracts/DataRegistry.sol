// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IDataRegistry} from "./interfaces/IDataRegistry.sol";
import {DatasetView} from "./types/Dataset.sol";

/// @title DataRegistry
contract DataRegistry is IDataRegistry, AccessControl {
    /// @dev May record usage: contracts that run tasks.
    bytes32 public constant USAGE_ROLE = keccak256("USAGE_ROLE");

    /// @dev Unit: bytes.
    uint256 public constant MAX_NAME_BYTES = 64;

    /// @inheritdoc IDataRegistry
    uint256 public datasetCount;
    mapping(uint256 datasetId => DatasetView) private _datasets;
    mapping(uint256 datasetId => mapping(address grantee => uint40 until)) private _grantedUntil;

    constructor(address admin) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    /// @inheritdoc IDataRegistry
    function registerDataset(
        string calldata name,
        bytes32 manifestDigest,
        uint32 manifestByteLength,
        bytes32 recordsRoot,
        uint64 recordCount,
        bool isPublic
    ) external returns (uint256 datasetId) {
        uint256 nameBytes = bytes(name).length;
        require(nameBytes > 0 && nameBytes <= MAX_NAME_BYTES, DataRegistryBadName(nameBytes, MAX_NAME_BYTES));
        require(manifestByteLength > 0 && recordCount > 0, DataRegistryEmptyDataset());

        datasetId = ++datasetCount;
        DatasetView storage dataset = _datasets[datasetId];
        (dataset.name, dataset.owner, dataset.isPublic) = (name, msg.sender, isPublic);
        (dataset.manifestDigest, dataset.manifestByteLength) = (manifestDigest, manifestByteLength);
        (dataset.recordsRoot, dataset.recordCount) = (recordsRoot, recordCount);

        emit DatasetRegistered(
            datasetId, msg.sender, name, manifestDigest, manifestByteLength, recordsRoot, recordCount, isPublic
        );
    }

    /// @inheritdoc IDataRegistry
    function updateManifest(uint256 datasetId, bytes32 manifestDigest, uint32 manifestByteLength) external {
        DatasetView storage dataset = _ownDataset(datasetId);
        require(manifestByteLength > 0, DataRegistryEmptyDataset());

        (dataset.manifestDigest, dataset.manifestByteLength) = (manifestDigest, manifestByteLength);

        emit ManifestUpdated(datasetId, manifestDigest, manifestByteLength);
    }

    /// @inheritdoc IDataRegistry
    function grantAccess(uint256 datasetId, address grantee, uint40 until) external {
        _ownDataset(datasetId);
        require(until > block.timestamp, DataRegistryGrantInPast(datasetId, until));

        _grantedUntil[datasetId][grantee] = until;

        emit AccessGranted(datasetId, grantee, until);
    }

    /// @inheritdoc IDataRegistry
    function revokeAccess(uint256 datasetId, address grantee) external {
        _ownDataset(datasetId);

        delete _grantedUntil[datasetId][grantee];

        emit AccessRevoked(datasetId, grantee);
    }

    /// @inheritdoc IDataRegistry
    function recordUsage(uint256 datasetId, uint256 taskId, address user) external onlyRole(USAGE_ROLE) {
        DatasetView storage dataset = _datasetAt(datasetId);
        require(hasAccess(datasetId, user), DataRegistryNoAccess(datasetId, user));
        uint64 newUsageCount = dataset.usageCount + 1;

        dataset.usageCount = newUsageCount;

        emit DatasetUsed(datasetId, taskId, user, newUsageCount);
    }

    /// @inheritdoc IDataRegistry
    function datasetOf(uint256 datasetId) external view returns (DatasetView memory) {
        return _datasetAt(datasetId);
    }

    /// @inheritdoc IDataRegistry
    function hasAccess(uint256 datasetId, address account) public view returns (bool) {
        DatasetView storage dataset = _datasets[datasetId];
        if (dataset.owner == address(0)) return false;
        return dataset.isPublic || dataset.owner == account || _grantedUntil[datasetId][account] > block.timestamp;
    }

    function _ownDataset(uint256 datasetId) private view returns (DatasetView storage dataset) {
        dataset = _datasetAt(datasetId);
        require(dataset.owner == msg.sender, DataRegistryNotOwner(datasetId, msg.sender));
    }

    function _datasetAt(uint256 datasetId) private view returns (DatasetView storage dataset) {
        dataset = _datasets[datasetId];
        require(dataset.owner != address(0), DataRegistryUnknownDataset(datasetId));
    }
}
