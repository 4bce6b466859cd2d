// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Models and their versions as the registry stores and shows them. Holds no rules.

/// @notice One version to publish.
struct PublishedVersion {
    /// SHA-256 of the root block of the weights.
    bytes32 weightsDigest;
    /// Unit: bytes.
    uint32 weightsByteLength;
    /// The version of the same model that it was made from.
    uint64 parentVersion;
    /// The task that made it; 0 when its owner published it by hand, or cohorts' versions were merged.
    uint256 taskId;
    /// The round that made it, or the epoch that merged it; 0 when its owner published it by hand.
    uint32 round;
    /// Binds what it was made of; see {IFLContract-RoundFinalized} and {ICohorts-EpochMerged}.
    bytes32 provenanceDigest;
}

/// @notice One published version.
struct VersionView {
    bytes32 weightsDigest;
    uint32 weightsByteLength;
    uint64 parentVersion;
    uint64 publishedAtBlock;
    uint256 taskId;
    uint32 round;
    bytes32 provenanceDigest;
}

/// @notice One model.
struct ModelView {
    address owner;
    /// Who may accept the ownership; zero when none is offered.
    address pendingOwner;
    uint64 latestVersion;
    /// The model this one descends from; 0 when none.
    uint256 parentModelId;
    /// The parent's version that this one starts from.
    uint64 parentVersion;
    bytes32 metadataDigest;
    /// Unit: bytes.
    uint32 metadataByteLength;
    string name;
}

/// @notice Who publishes versions of a model that takes turns with a merger. Zeros for a model without a gate.
struct Gate {
    /// Publishes merged versions, and opens the gate.
    address merger;
    /// `publisher` has published: it may not again before the merger has, or has opened the gate.
    bool closed;
    /// The only other publisher; zero when there is none.
    address publisher;
}
