// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What a node says about itself, and what the registry remembers of it. Holds no rules.

/// @dev Bit of `capabilities`: the node trains.
uint8 constant CAPABILITY_TRAINER = 1;

/// @dev Bit of `capabilities`: the node audits, so its stake weighs in draws.
uint8 constant CAPABILITY_AUDITOR = 2;

/// @notice What a node announces, signed by its wallet as EIP-712 typed data.
struct NodeIdentity {
    /// The account that signs, stakes and acts.
    address node;
    /// libp2p peer id as multihash bytes. 1 to 64 bytes.
    bytes peerId;
    /// X25519 public key to which others seal content.
    bytes32 sealingKey;
    /// Only grows, and must grow when `sealingKey` changes.
    uint64 sealingKeyVersion;
    /// Ed25519 signature by the libp2p key over this binding; checked by peers, opaque here. Up to 256 bytes.
    bytes peerProof;
    /// Where the node listens. Up to 16 entries of up to 256 bytes.
    string[] multiaddrs;
    /// Union of the CAPABILITY bits, not empty.
    uint8 capabilities;
    /// The node's `nonce` in the registry.
    uint256 nonce;
    /// Last second at which the signature counts. Unit: unix seconds.
    uint40 deadline;
}

/// @notice What the registry remembers of a node.
struct NodeView {
    bool registered;
    uint64 announcedAtBlock;
    uint64 sealingKeyVersion;
    uint8 capabilities;
    uint256 nonce;
    /// Active stake. Unit: wei.
    uint256 stakeWei;
    /// Stake on its way out, slashable until paid. Unit: wei.
    uint256 unbondingWei;
    /// What the tasks that the node trains in hold of its active stake. Unit: wei.
    uint256 lockedWei;
    /// Exponentially weighted score of objective outcomes. Unit: 10^-9; 10^9 is flawless.
    uint32 reputationNano;
}
