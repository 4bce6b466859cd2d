// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title  Philox
/// @notice Random numbers of training, Philox 4×32-10: streams that everybody can draw again from a seed and a name.
/// @dev    docs/canonical-arithmetic.md, sections 3, 6 (dropout) and 10 (batch order); trainer/src/engine/philox.ts.
///         See Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
library Philox {
    uint256 private constant ROUNDS = 10;
    uint256 private constant MULTIPLIER_0 = 0xd2511f53; // Salmon et al., table 2
    uint256 private constant MULTIPLIER_1 = 0xcd9e8d57;
    uint256 private constant WEYL_0 = 0x9e3779b9; // golden ratio
    uint256 private constant WEYL_1 = 0xbb67ae85; // √3 − 1
    uint256 private constant WORD = type(uint32).max;
    uint256 private constant FEISTEL_ROUNDS = 4;
    uint256 private constant MIN_HALF_BITS = 3; // on smaller halves four rounds are no even shuffle

    /// @return The block of four words for one counter under one key.
    function draw(uint32[4] memory counter, uint32[2] memory key) internal pure returns (uint32[4] memory) {
        (uint256 c0, uint256 c1, uint256 c2, uint256 c3) = (counter[0], counter[1], counter[2], counter[3]);
        (uint256 k0, uint256 k1) = (key[0], key[1]);
        // Factors have 32 bits, so products have 64.
        unchecked {
            for (uint256 i = 0; i < ROUNDS; i++) {
                uint256 left = MULTIPLIER_0 * c0;
                uint256 right = MULTIPLIER_1 * c2;
                (c0, c1) = ((right >> 32) ^ c1 ^ k0, right & WORD);
                (c2, c3) = ((left >> 32) ^ c3 ^ k1, left & WORD);
                (k0, k1) = ((k0 + WEYL_0) & WORD, (k1 + WEYL_1) & WORD);
            }
        }
        return [uint32(c0), uint32(c1), uint32(c2), uint32(c3)];
    }

    /// @return words What keys a stream: the first four little-endian words of SHA-256(seed ‖ name).
    function streamWords(bytes32 seed, string memory name) internal pure returns (uint32[4] memory words) {
        uint256 hash = uint256(sha256(abi.encodePacked(seed, name)));
        for (uint256 i = 0; i < 4; i++) {
            words[i] = _reversed(uint32(hash >> (224 - 32 * i)));
        }
    }

    /// @return Word number `index` of a stream, from 0.
    function wordAt(uint32[4] memory stream, uint256 index) internal pure returns (uint32) {
        uint256 number = index / 4;
        return draw([uint32(number), uint32(number >> 32), stream[2], stream[3]], [stream[0], stream[1]])[index % 4];
    }

    /// @return Whether dropout keeps element `index` of a batch in `step`.
    /// @param  threshold ⌈keep · 2^24⌉.
    function keeps(uint32[4] memory stream, uint32 step, uint256 index, uint256 threshold)
        internal
        pure
        returns (bool)
    {
        uint32[4] memory words =
            draw([uint32(index / 4), step, stream[2], stream[3]], [stream[0], stream[1]]);
        return words[index % 4] >> 8 < threshold;
    }

    /// @return Which record of a shard stands at place `number mod length` of epoch `⌊number / length⌋`.
    /// @param  stream Words of the stream `batch-order`.
    /// @param  number Of the record in the run, from 0.
    /// @param  length Of the shard, from 1 to 2^32 − 1.
    /// @dev    See Black, Rogaway: "Ciphers with arbitrary finite domains", CT-RSA 2002 (cycle walking).
    function recordAt(uint32[4] memory stream, uint256 number, uint256 length) internal pure returns (uint256) {
        uint256 halfBits = MIN_HALF_BITS;
        while (1 << (2 * halfBits) < length) halfBits++;
        uint256 x = number % length;
        uint32[4] memory keys =
            draw([uint32(number / length), 0, stream[2], stream[3]], [stream[0], stream[1]]);
        do {
            x = _shuffled(x, halfBits, keys);
        } while (x >= length);
        return x;
    }

    /// @dev A permutation of 0 … 4^halfBits − 1: a Feistel network.
    function _shuffled(uint256 x, uint256 halfBits, uint32[4] memory keys) private pure returns (uint256) {
        uint256 mask = (1 << halfBits) - 1;
        (uint256 left, uint256 right) = (x >> halfBits, x & mask);
        for (uint256 i = 0; i < FEISTEL_ROUNDS; i++) {
            (left, right) = (right, left ^ (_mixed(right ^ keys[i]) & mask));
        }
        return left << halfBits | right;
    }

    /// @dev MurmurHash3's finaliser on 32 bits.
    function _mixed(uint256 x) private pure returns (uint256) {
        x = ((x ^ (x >> 16)) * 0x85ebca6b) & WORD;
        x = ((x ^ (x >> 13)) * 0xc2b2ae35) & WORD;
        return x ^ (x >> 16);
    }

    function _reversed(uint32 word) private pure returns (uint32) {
        return (word >> 24) | ((word >> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24);
    }
}
