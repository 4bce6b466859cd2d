// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {CAPABILITY_AUDITOR, CAPABILITY_TRAINER, NodeIdentity} from "../types/Node.sol";

/// @title  Identities
/// @notice What an announcement may say, how it is hashed, and what is kept of it. Knows nothing of stake.
library Identities {
    /// @dev An Ed25519 peer id has 38 bytes, an RSA one 34. Unit: bytes.
    uint256 internal constant MAX_PEER_ID_BYTES = 64;

    /// @dev Two Ed25519 signatures and a key have 160 bytes. Unit: bytes.
    uint256 internal constant MAX_PEER_PROOF_BYTES = 256;

    /// @dev Unit: addresses.
    uint256 internal constant MAX_MULTIADDRS = 16;

    /// @dev Unit: bytes.
    uint256 internal constant MAX_MULTIADDR_BYTES = 256;

    bytes32 internal constant TYPEHASH = keccak256(
        "NodeIdentity(address node,bytes peerId,bytes32 sealingKey,uint64 sealingKeyVersion,bytes peerProof,string[] multiaddrs,uint8 capabilities,uint256 nonce,uint40 deadline)"
    );

    /// @dev What is kept of an identity: two slots; the rest is in the event of `announcedAtBlock`.
    struct Registration {
        uint64 announcedAtBlock;
        uint64 sealingKeyVersion;
        uint64 nonce;
        uint32 index;
        uint8 capabilities;
        bool registered;
        bytes32 sealingKey;
    }

    /// @notice Reverts unless the identity is well formed, in time, and follows what is registered.
    function check(NodeIdentity calldata identity, Registration storage registration) internal view {
        (address node, uint40 deadline, uint256 nonce) = (identity.node, identity.deadline, registration.nonce);
        require(block.timestamp <= deadline, INodeRegistry.NodeRegistrySignatureExpired(node, deadline));
        require(identity.nonce == nonce, INodeRegistry.NodeRegistryWrongNonce(node, identity.nonce, nonce));
        uint8 capabilities = identity.capabilities;
        bool isKnown = capabilities != 0 && capabilities <= CAPABILITY_TRAINER | CAPABILITY_AUDITOR;
        require(isKnown, INodeRegistry.NodeRegistryBadCapabilities(node, capabilities));
        require(_isReachable(identity), INodeRegistry.NodeRegistryBadAddresses(node));
        if (!registration.registered) return;
        uint64 version = identity.sealingKeyVersion;
        uint64 needed = registration.sealingKeyVersion;
        if (identity.sealingKey != registration.sealingKey) needed++;
        require(version >= needed, INodeRegistry.NodeRegistryStaleSealingKey(node, version, needed));
    }

    /// @notice Keeps what later announcements and readers need.
    function store(NodeIdentity calldata identity, Registration storage registration) internal {
        registration.announcedAtBlock = uint64(block.number); // 64 bits outlast any chain
        registration.sealingKeyVersion = identity.sealingKeyVersion;
        registration.capabilities = identity.capabilities;
        registration.nonce++;
        registration.sealingKey = identity.sealingKey;
    }

    /// @notice Tells all of an identity. Emits NodeAnnounced.
    function announced(NodeIdentity calldata identity) internal {
        emit INodeRegistry.NodeAnnounced(
            identity.node,
            identity.peerId,
            identity.sealingKey,
            identity.sealingKeyVersion,
            identity.peerProof,
            identity.multiaddrs,
            identity.capabilities
        );
    }

    /// @return The EIP-712 struct hash.
    function structHash(NodeIdentity calldata identity) internal pure returns (bytes32) {
        bytes32[] memory multiaddrHashes = new bytes32[](identity.multiaddrs.length);
        for (uint256 i = 0; i < multiaddrHashes.length; i++) {
            multiaddrHashes[i] = keccak256(bytes(identity.multiaddrs[i]));
        }
        return keccak256(
            bytes.concat(
                abi.encode(TYPEHASH, identity.node, keccak256(identity.peerId), identity.sealingKey),
                abi.encode(
                    identity.sealingKeyVersion,
                    keccak256(identity.peerProof),
                    keccak256(abi.encodePacked(multiaddrHashes)),
                    identity.capabilities,
                    identity.nonce,
                    identity.deadline
                )
            )
        );
    }

    function _isReachable(NodeIdentity calldata identity) private pure returns (bool) {
        uint256 count = identity.multiaddrs.length;
        if (identity.peerId.length == 0 || identity.peerId.length > MAX_PEER_ID_BYTES) return false;
        if (identity.peerProof.length > MAX_PEER_PROOF_BYTES || count > MAX_MULTIADDRS) return false;
        for (uint256 i = 0; i < count; i++) {
            if (bytes(identity.multiaddrs[i]).length > MAX_MULTIADDR_BYTES) return false;
        }
        return true;
    }
}
