// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32, toFloat32} from "../libraries/Float32.sol";
import {AcceptedUpdate, AggregateClaim, AggregateReading, UpdateLeaf} from "../types/Aggregate.sol";
import {MachineState} from "../types/Dispute.sol";
import {DisputeMachine} from "./DisputeMachine.sol";
import {MerklePaths} from "./MerklePaths.sol";
import {Sha256Tail} from "./Sha256Tail.sol";

/// @title  AggregateReads
/// @notice What one instruction of a mean reads from the accepted updates, proven against what their trainers opened. Linked
///         into AggregateGame.
/// @dev    What an {AggregateReading} holds, by instruction:
///
///         | instruction | update, updatePath | file              | data                 | path                      |
///         | LOADU       | the update's       | of the update     | 32 words of a tensor | to the root in the file   |
///         | WEIGHT      | the update's       | –                 | –                    | –                         |
///         | CONTEXT     | –                  | –                 | –                    | –                         |
///
///         Nothing has to be shown of an update that there is not, nor of a word beyond a tensor: it is 0.
library AggregateReads {
    uint256 private constant WORD_BYTES = 32;
    uint256 private constant LEAF_BYTES = 128;
    uint256 private constant INFINITE_EXPONENT = 255;

    /// @dev No mean of numbers below this size overflows, nor does the norm of their change in a model of up to 2^28
    ///      parameters: see docs/disputes.md, section 11. 2^49 has this exponent.
    uint256 private constant EXTREME_EXPONENT = 127 + 49;

    /// @notice The reading has `actual` bytes; the instruction needs `needed`.
    error AggregateReadsWrongLength(uint256 actual, uint256 needed);

    /// @notice The tree over what a mean knows of the updates, and their records together.
    /// @return root      Over the hashes of the {UpdateLeaf}s, filled up with 32 zero bytes.
    /// @return totalBits The number of records, rounded once.
    function summarise(AcceptedUpdate[] calldata updates) external pure returns (bytes32 root, uint32 totalBits) {
        uint256 size = 1 << MerklePaths.heightOf(updates.length);
        bytes32[] memory row = new bytes32[](size);
        uint256 total;
        for (uint256 i = 0; i < updates.length; i++) {
            uint32 samples = updates[i].opened.sampleCount;
            row[i] = _leafOf(UpdateLeaf(updates[i].opened.updateDigest, updates[i].opened.byteLength, samples));
            total += samples;
        }
        for (; size > 1; size /= 2) {
            for (uint256 i = 0; i < size; i += 2) row[i / 2] = keccak256(abi.encode(row[i], row[i + 1]));
        }
        return (row[0], Float32.unwrap(toFloat32(int256(total)))); // at most 2^40
    }

    /// @return What `instruction` reads; 0 where it reads nothing.
    function read(
        MachineState memory state,
        uint256 instruction,
        AggregateClaim calldata claim,
        AggregateReading calldata reading
    ) external pure returns (uint32) {
        uint256 opcode = DisputeMachine.opcodeOf(instruction);
        uint256 a = DisputeMachine.register(state, DisputeMachine.raOf(instruction));
        if (opcode == DisputeMachine.CONTEXT) return _context(instruction, claim);
        if (opcode == DisputeMachine.WEIGHT) {
            if (a >= claim.updates) return 0;
            _requireUpdate(claim, a, reading);
            return Float32.unwrap(toFloat32(int256(uint256(reading.update.sampleCount))));
        }
        if (opcode != DisputeMachine.LOADU) return 0;
        uint256 number = DisputeMachine.register(state, DisputeMachine.rbOf(instruction));
        (uint256 path, uint256 depth, uint256 length) = DisputeMachine.slotOf(instruction);
        if (number >= claim.updates || a >= length) return 0;
        return word(claim, number, path << 64 | depth << 32 | length, a, reading);
    }

    /// @notice Word `index` of a tensor of update `number`.
    /// @param  slot The tensor's path, depth and length, 32 bits each.
    function word(
        AggregateClaim calldata claim,
        uint256 number,
        uint256 slot,
        uint256 index,
        AggregateReading calldata reading
    ) public pure returns (uint32) {
        _requireUpdate(claim, number, reading);
        return wordOf(reading.update.updateDigest, reading.update.byteLength, slot, index, reading);
    }

    /// @notice Word `index` of a tensor of the file with this digest and length.
    function wordOf(bytes32 digest, uint256 byteLength, uint256 slot, uint256 index, AggregateReading calldata reading)
        public
        pure
        returns (uint32)
    {
        bytes32 root = Sha256Tail.lastWord(digest, byteLength, reading.file);
        uint256 height = MerklePaths.slotHeight(uint32(slot));
        uint256 leafIndex = slot >> 64 << height | index / MerklePaths.WORDS_PER_LEAF;
        bytes calldata data = reading.data;
        require(data.length == LEAF_BYTES, AggregateReadsWrongLength(data.length, LEAF_BYTES));
        bytes32[4] memory words;
        for (uint256 i = 0; i < 4; i++) words[i] = bytes32(data[WORD_BYTES * i:]);
        MerklePaths.requireLeaf(root, MerklePaths.slotLeaf(words), leafIndex, uint32(slot >> 32) + height, reading.path);
        return MerklePaths.wordAt(words, index);
    }

    /// @return Whether the number with these bits is so large that an update with it may have to be left out.
    function isExtreme(uint32 bits) internal pure returns (bool) {
        return (bits >> 23 & INFINITE_EXPONENT) >= EXTREME_EXPONENT;
    }

    /// @dev 0: how many updates; 1: their records together. Beyond that 0.
    function _context(uint256 instruction, AggregateClaim calldata claim) private pure returns (uint32) {
        uint256 number = DisputeMachine.immOf(instruction);
        if (number == 0) return claim.updates;
        return number == 1 ? claim.totalBits : 0;
    }

    function _requireUpdate(AggregateClaim calldata claim, uint256 number, AggregateReading calldata reading) private pure {
        uint256 height = MerklePaths.heightOf(claim.updates);
        MerklePaths.requireLeaf(claim.updatesRoot, _leafOf(reading.update), number, height, reading.updatePath);
    }

    function _leafOf(UpdateLeaf memory update) private pure returns (bytes32) {
        return keccak256(abi.encode(update));
    }
}
