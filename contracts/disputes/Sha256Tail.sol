// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FileTail} from "../types/Dispute.sol";

/// @title  Sha256Tail
/// @notice Learns the last 32 bytes of a file from the file's digest: runs SHA-256's last one or two blocks.
/// @dev    Whoever shows another state and tail for the same digest has found a preimage. Linked into DisputeGame.
///         Assumes: a file of more than 1 MiB is laid out as UnixFS profile unixfs-v1-2025 (trainer/src/protocol/contentRef.ts):
///         raw leaves of 1 MiB, and a root block that links them.
///         Does not support: files of more than 1 GiB, whose root block links no leaves; files whose last 32 bytes lie in
///         two chunks.
///         See FIPS 180-4, sections 5.1.1 and 6.2.2.
library Sha256Tail {
    uint256 internal constant CHUNK_BYTES = 1_048_576; // IPIP-499
    uint256 private constant MAX_LINKS = 1_024; // IPIP-499
    uint256 private constant WORD = type(uint32).max;
    uint256 private constant DOUBLE = 0x100000001; // x · DOUBLE is x twice in a row: shifted right, x rotated
    bytes32 private constant INITIAL = 0x6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19;
    uint256 private constant ROOT_BYTES = 32;

    /// @dev Of one link in a root block: tag and length (2), tag, length and CID (38), empty name (2), tag and size (4).
    uint256 private constant LINK_BYTES = 46;
    bytes8 private constant LINK_HEAD = 0x122c0a2401551220; // field 2 of 44 bytes; field 1 of 36: CIDv1, raw, sha2-256, 32
    bytes2 private constant LAST_LINK_HEAD = 0x0a24; // the last one's length may differ with its size

    /// @notice The tail has `actual` bytes; of this file it has `needed`.
    error Sha256TailWrongLength(uint256 actual, uint256 needed);

    /// @notice State and tail hash to `actual`; the file's digest is `needed`.
    error Sha256TailWrongDigest(bytes32 actual, bytes32 needed);

    /// @notice A file of `byteLength` bytes is too short, too long or cut within its last 32 bytes.
    error Sha256TailUnsupported(uint256 byteLength);

    /// @notice The root block is not that of the file.
    error Sha256TailBadRootBlock(bytes32 digest);

    /// @notice The last 32 bytes of the file with this digest and length.
    /// @dev    Reverts with one of the errors above unless `end` is the file's.
    function lastWord(bytes32 digest, uint256 byteLength, FileTail calldata end) external pure returns (bytes32) {
        uint256 chunkBytes = byteLength;
        bytes32 chunkDigest = digest;
        if (byteLength > CHUNK_BYTES) {
            chunkBytes = (byteLength - 1) % CHUNK_BYTES + 1;
            chunkDigest = _lastChunk(digest, byteLength, end.rootBlock);
        }
        require(chunkBytes >= ROOT_BYTES, Sha256TailUnsupported(byteLength));
        uint256 from = (chunkBytes - ROOT_BYTES) / 64 * 64;
        require(end.tail.length == chunkBytes - from, Sha256TailWrongLength(end.tail.length, chunkBytes - from));
        bytes32 actual = _finish(from == 0 ? INITIAL : end.midstate, end.tail, chunkBytes);
        require(actual == chunkDigest, Sha256TailWrongDigest(actual, chunkDigest));
        return bytes32(end.tail[end.tail.length - ROOT_BYTES:]);
    }

    /// @dev The digest of the last link. All links but the last have one length, as all chunks but the last have.
    function _lastChunk(bytes32 digest, uint256 byteLength, bytes calldata rootBlock) private pure returns (bytes32) {
        uint256 links = (byteLength + CHUNK_BYTES - 1) / CHUNK_BYTES;
        require(links <= MAX_LINKS, Sha256TailUnsupported(byteLength));
        uint256 place = LINK_BYTES * (links - 1);
        bool isLong = rootBlock.length >= place + LINK_BYTES && sha256(rootBlock) == digest;
        require(isLong, Sha256TailBadRootBlock(digest));
        bool isLink = bytes8(rootBlock[:8]) == LINK_HEAD && rootBlock[place] == 0x12
            && bytes2(rootBlock[place + 2:place + 4]) == LAST_LINK_HEAD;
        // A link of another length would have a name, in which the bytes of one might stand where the last should be.
        for (uint256 i = LINK_BYTES; isLink && i < place; i += LINK_BYTES) {
            isLink = bytes2(rootBlock[i:i + 2]) == bytes2(LINK_HEAD);
        }
        require(isLink, Sha256TailBadRootBlock(digest));
        return bytes32(rootBlock[place + 8:place + 40]);
    }

    /// @dev Pads what is left of the message, and runs its one or two blocks.
    function _finish(bytes32 state, bytes calldata tail, uint256 byteLength) private pure returns (bytes32) {
        uint256 length = tail.length; // 32 to 95
        bytes memory blocks = bytes.concat(tail, bytes1(0x80), new bytes((183 - length) % 64), bytes8(uint64(8 * byteLength)));
        for (uint256 i = 0; i < blocks.length; i += 64) state = _compress(state, _wordsOf(blocks, i));
        return state;
    }

    function _wordsOf(bytes memory blocks, uint256 from) private pure returns (uint256[64] memory w) {
        // Bounded by the block's 64 bytes; a word has four.
        unchecked {
            for (uint256 i = 0; i < 16; i++) {
                uint256 place = from + 4 * i;
                w[i] = uint256(uint8(blocks[place])) << 24 | uint256(uint8(blocks[place + 1])) << 16
                    | uint256(uint8(blocks[place + 2])) << 8 | uint256(uint8(blocks[place + 3]));
            }
        }
    }

    function _compress(bytes32 state, uint256[64] memory w) private pure returns (bytes32) {
        uint256[8] memory k = [
            0x428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5,
            0xd807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174,
            0xe49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da,
            0x983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967,
            0x27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85,
            0xa2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070,
            0x19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3,
            0x748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2
        ];
        uint256[8] memory v;
        // Sums of at most six words of 32 bits; shifts and places are below the words' and the arrays' sizes.
        unchecked {
            for (uint256 i = 0; i < 8; i++) v[i] = uint256(state) >> (224 - 32 * i) & WORD;
            for (uint256 i = 16; i < 64; i++) {
                uint256 x = w[i - 15] * DOUBLE;
                uint256 y = w[i - 2] * DOUBLE;
                x = (x >> 7 ^ x >> 18) & WORD ^ w[i - 15] >> 3;
                y = (y >> 17 ^ y >> 19) & WORD ^ w[i - 2] >> 10;
                w[i] = w[i - 16] + x + w[i - 7] + y & WORD;
            }
            for (uint256 i = 0; i < 64; i++) w[i] += k[i / 8] >> (224 - 32 * (i % 8)) & WORD;
            _mix(v, w);
            uint256 next;
            for (uint256 i = 0; i < 8; i++) {
                next = next << 32 | (v[i] + (uint256(state) >> (224 - 32 * i)) & WORD);
            }
            return bytes32(next);
        }
    }

    /// @param v The state's words, before and after.
    /// @param w The schedule with the constants added.
    function _mix(uint256[8] memory v, uint256[64] memory w) private pure {
        (uint256 a, uint256 b, uint256 c, uint256 d) = (v[0], v[1], v[2], v[3]);
        (uint256 e, uint256 f, uint256 g, uint256 h) = (v[4], v[5], v[6], v[7]);
        // As above.
        unchecked {
            for (uint256 i = 0; i < 64; i++) {
                uint256 t = e * DOUBLE;
                t = (t >> 6 ^ t >> 11 ^ t >> 25) & WORD;
                t += h + (e & f ^ (e ^ WORD) & g) + w[i];
                uint256 u = a * DOUBLE;
                u = ((u >> 2 ^ u >> 13 ^ u >> 22) & WORD) + (a & b ^ a & c ^ b & c);
                (h, g, f, e) = (g, f, e, d + t & WORD);
                (d, c, b, a) = (c, b, a, t + u & WORD);
            }
        }
        v[0] = a;
        v[1] = b;
        v[2] = c;
        v[3] = d;
        v[4] = e;
        v[5] = f;
        v[6] = g;
        v[7] = h;
    }
}
