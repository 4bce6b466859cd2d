// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataRegistry} from "../interfaces/IDataRegistry.sol";
import {Philox} from "../libraries/Philox.sol";
import {DatasetView} from "../types/Dataset.sol";
import {Claim, MachineState, Moment, Reading, Terms} from "../types/Dispute.sol";
import {CanonicalTree} from "./CanonicalTree.sol";
import {DisputeMachine} from "./DisputeMachine.sol";
import {MerklePaths} from "./MerklePaths.sol";

/// @title  DisputeReads
/// @notice What one instruction reads from memory, the task's terms or the data set, proven against their roots. Linked into
///         DisputeGame.
/// @dev    What a {Reading} holds, by instruction:
///
///         | instruction | data                                   | path                    | innerPath             |
///         | LOAD        | 32 words of the slot                   | leaf to memory's root   | –                     |
///         | CONTEXT 0-3 | step, rate, c1, c2, 32 bytes each      | to `contextRoot`        | –                     |
///         | CONTEXT 4   | count, slot tree's root, 32 bytes each | to `shardsRoot`         | –                     |
///         | KEY         | the stream's name                      | to `streamsRoot`        | –                     |
///         | SHARD       | as CONTEXT 4, then 32 words            | to `shardsRoot`         | leaf to shard's root  |
///         | BYTE        | the record                             | to the data set's root  | –                     |
///
///         Nothing has to be shown of a word beyond a slot or a shard: it is 0. Nothing can be shown of a record beyond the
///         last: whoever registers a data set says how many it has, and no code of a task reads further.
library DisputeReads {
    uint256 private constant WORD_BYTES = 32;
    uint256 private constant LEAF_BYTES = 128;
    uint256 private constant SHARD_SIZE = 4; // number of the CONTEXT that is the shard's size

    /// @notice The reading has `actual` bytes; the instruction needs `needed`.
    error DisputeReadsWrongLength(uint256 actual, uint256 needed);

    /// @notice A stream's name has another length than a node of its tree, which could pass for it otherwise.
    error DisputeReadsBadStream();

    /// @dev    Its types are those that every reader of ABIs knows: neither enums nor contracts.
    /// @param  dataRegistry An {IDataRegistry}.
    /// @return What `word` reads; 0 where it reads nothing.
    function read(
        MachineState memory state,
        uint256 word,
        Moment memory moment,
        Claim calldata claim,
        Terms calldata terms,
        Reading calldata reading,
        address dataRegistry
    ) external view returns (uint32) {
        uint256 opcode = DisputeMachine.opcodeOf(word);
        uint256 index = DisputeMachine.register(state, DisputeMachine.raOf(word));
        if (opcode == DisputeMachine.LOAD) return _load(word, index, moment.memoryRoot, reading);
        if (opcode == DisputeMachine.CONTEXT) return _context(word, moment.step, claim.slot, terms, reading);
        if (opcode == DisputeMachine.KEY) return _key(word, claim.seed, terms, reading);
        if (opcode == DisputeMachine.SHARD) return _shard(index, claim.slot, terms, reading);
        uint256 place = DisputeMachine.register(state, DisputeMachine.rbOf(word));
        if (opcode == DisputeMachine.BYTE) return _byte(index, place, claim.datasetId, terms, reading, IDataRegistry(dataRegistry));
        return 0;
    }

    function _load(uint256 word, uint256 index, bytes32 memoryRoot, Reading calldata reading)
        private
        pure
        returns (uint32)
    {
        (uint256 path, uint256 depth, uint256 length) = DisputeMachine.slotOf(word);
        if (index >= length) return 0;
        uint256 height = MerklePaths.slotHeight(length);
        uint256 leafIndex = path << height | index / MerklePaths.WORDS_PER_LEAF;
        bytes32[4] memory words = _words(reading.data, 0);
        bytes32 leaf = MerklePaths.slotLeaf(words);
        MerklePaths.requireLeaf(memoryRoot, leaf, leafIndex, depth + height, reading.path);
        return MerklePaths.wordAt(words, index);
    }

    function _context(uint256 word, uint32 step, uint16 slot, Terms calldata terms, Reading calldata reading)
        private
        pure
        returns (uint32)
    {
        uint256 number = DisputeMachine.immOf(word);
        if (number == 0) return step;
        if (number == SHARD_SIZE) {
            (uint32 count,) = _shardOf(slot, terms, reading);
            return count;
        }
        if (number > SHARD_SIZE) return 0;
        _requireBytes(reading.data.length, LEAF_BYTES);
        uint256 height = MerklePaths.heightOf(terms.steps);
        MerklePaths.requireLeaf(terms.contextRoot, keccak256(reading.data), step, height, reading.path);
        return uint32(uint256(bytes32(reading.data[WORD_BYTES * number:]))); // hashed as a uint32
    }

    function _key(uint256 word, bytes32 seed, Terms calldata terms, Reading calldata reading)
        private
        pure
        returns (uint32)
    {
        uint256 number = DisputeMachine.immOf(word);
        bool isNode = reading.data.length == 2 * WORD_BYTES;
        require(!isNode, DisputeReadsBadStream());
        bytes32 leaf = keccak256(reading.data);
        MerklePaths.requireLeaf(terms.streamsRoot, leaf, number / 4, reading.path.length, reading.path);
        return Philox.streamWords(seed, string(reading.data))[number % 4];
    }

    function _shard(uint256 index, uint16 slot, Terms calldata terms, Reading calldata reading)
        private
        pure
        returns (uint32)
    {
        (uint32 count, bytes32 root) = _shardOf(slot, terms, reading);
        if (index >= count) return 0;
        bytes32[4] memory words = _words(reading.data, 2 * WORD_BYTES);
        uint256 leafIndex = index / MerklePaths.WORDS_PER_LEAF;
        bytes32 leaf = MerklePaths.slotLeaf(words);
        MerklePaths.requireLeaf(root, leaf, leafIndex, MerklePaths.slotHeight(count), reading.innerPath);
        return MerklePaths.wordAt(words, index);
    }

    function _shardOf(uint16 slot, Terms calldata terms, Reading calldata reading)
        private
        pure
        returns (uint32 count, bytes32 root)
    {
        bytes calldata data = reading.data;
        require(data.length >= 2 * WORD_BYTES, DisputeReadsWrongLength(data.length, 2 * WORD_BYTES));
        bytes32 leaf = keccak256(data[:2 * WORD_BYTES]);
        uint256 height = MerklePaths.heightOf(terms.shards);
        MerklePaths.requireLeaf(terms.shardsRoot, leaf, slot % terms.shards, height, reading.path);
        return (uint32(uint256(bytes32(data))), bytes32(data[WORD_BYTES:])); // hashed as a uint32
    }

    function _byte(
        uint256 index,
        uint256 place,
        uint256 datasetId,
        Terms calldata terms,
        Reading calldata reading,
        IDataRegistry dataRegistry
    ) private view returns (uint32) {
        DatasetView memory dataset = dataRegistry.datasetOf(datasetId);
        bytes memory content = terms.hasPrefix ? bytes.concat(terms.recordPrefix, reading.data) : reading.data;
        bytes32 leaf = CanonicalTree.leafHash(content);
        CanonicalTree.requireLeaf(dataset.recordsRoot, leaf, uint64(index), dataset.recordCount, reading.path); // it has 32 bits
        return place < reading.data.length ? uint8(reading.data[place]) : 0;
    }

    function _words(bytes calldata data, uint256 from) private pure returns (bytes32[4] memory words) {
        _requireBytes(data.length, from + LEAF_BYTES);
        for (uint256 i = 0; i < 4; i++) words[i] = bytes32(data[from + WORD_BYTES * i:]);
    }

    function _requireBytes(uint256 actual, uint256 needed) private pure {
        require(actual == needed, DisputeReadsWrongLength(actual, needed));
    }
}
