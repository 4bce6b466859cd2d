// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "../../../contracts/CairnToken.sol";
import {FLContract} from "../../../contracts/FLContract.sol";
import {IDataRegistry} from "../../../contracts/interfaces/IDataRegistry.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {Batch, BatchedCommitment, BatchProof, SignedCommitment} from "../../../contracts/types/Batch.sol";
import {ProtocolLimits} from "../../../contracts/types/Task.sol";
import {CairnTest} from "./CairnTest.sol";

/// @notice FLContract with a view of its batches, which anybody else rebuilds from events.
contract InspectedFLContract is FLContract {
    constructor(
        CairnToken token_,
        INodeRegistry nodes_,
        IModelRegistry models_,
        IDataRegistry data_,
        ProtocolLimits memory limits_
    ) FLContract(token_, nodes_, models_, data_, limits_) {}

    function batchOf(uint256 taskId, uint32 round, uint32 batch) external view returns (Batch memory) {
        return _tasks[taskId].batches[round].batches[batch];
    }
}

/// @notice A relay with stake, and what it and the trainers that it sends for do. The tree, the paths and the typed data
///         are worked out here a second time, without the contracts' own code.
abstract contract RelayTest is CairnTest {
    uint256 internal constant RELAY_KEY = 0x8E1A;
    uint256 internal constant RELAY_STAKE_WEI = 3_000 ether;
    uint256 internal constant PENALTY_WEI = 11 ether + 1; // what the tests' tasks ask for
    uint40 internal constant REPORT_SECONDS = 500; // what the tests' deployment allows

    address internal relay = vm.addr(RELAY_KEY);

    function _newFLContract() internal override returns (FLContract) {
        return new InspectedFLContract(token, registry, models, datasets, _limits());
    }

    function _deployWithRelay() internal {
        _deploy();
        _enlistAll();
        _enlist(RELAY_KEY, 1, RELAY_STAKE_WEI);
    }

    function _commitment(uint256 taskId, uint256 i) internal view returns (bytes32) {
        return this.updateCommitment(taskId, _round(taskId), _trainer(i), _update(i));
    }

    /// @return entries What the first `count` trainers commit to.
    function _entries(uint256 taskId, uint256 count) internal view returns (BatchedCommitment[] memory entries) {
        entries = new BatchedCommitment[](count);
        for (uint256 i = 0; i < count; i++) entries[i] = BatchedCommitment(_trainer(i), _commitment(taskId, i));
    }

    function _sendBatch(uint256 taskId, BatchedCommitment[] memory entries) internal returns (uint32) {
        uint32 round = _round(taskId);
        vm.prank(relay);
        return fl.commitBatch(taskId, round, entries);
    }

    /// @dev To `Reveal`, or from it to what follows.
    function _passPhase(uint256 taskId) internal {
        vm.warp(_view(taskId).deadline);
        fl.advance(taskId);
    }

    function _openEntry(uint256 taskId, uint256 i, BatchProof memory proof) internal {
        vm.prank(_trainer(i));
        fl.revealBatched(taskId, _update(i), proof);
    }

    function _batch(uint256 taskId, uint32 round, uint32 batch) internal view returns (Batch memory) {
        return InspectedFLContract(address(fl)).batchOf(taskId, round, batch);
    }

    function _lockedWei(address node) internal view returns (uint256) {
        return registry.nodeOf(node).lockedWei;
    }

    /// @return proof Of entry `index`, by recursion from the top.
    function _proof(uint256 taskId, BatchedCommitment[] memory entries, uint32 batch, uint8 index)
        internal
        view
        returns (BatchProof memory proof)
    {
        bytes32[] memory leaves = _leaves(taskId, entries);
        uint256 depth = _depth(leaves.length);
        proof = BatchProof(batch, index, new bytes32[](depth));
        for (uint256 level = 0; level < depth; level++) {
            proof.path[level] = _node(leaves, level, (uint256(index) >> level) ^ 1);
        }
    }

    function _root(uint256 taskId, BatchedCommitment[] memory entries) internal view returns (bytes32) {
        return _node(_leaves(taskId, entries), _depth(entries.length), 0);
    }

    function _leaves(uint256 taskId, BatchedCommitment[] memory entries) private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](entries.length);
        for (uint256 i = 0; i < leaves.length; i++) {
            (, uint16 slot) = fl.slotOf(taskId, entries[i].trainer);
            leaves[i] = keccak256(abi.encodePacked(entries[i].trainer, bytes11(0), uint8(slot), entries[i].commitment));
        }
    }

    function _depth(uint256 count) private pure returns (uint256 depth) {
        while (2 ** depth < count) depth++;
    }

    /// @dev A node none of whose leaves exist is zero.
    function _node(bytes32[] memory leaves, uint256 level, uint256 i) private pure returns (bytes32) {
        if (i << level >= leaves.length) return 0;
        if (level == 0) return leaves[i];
        return keccak256(abi.encode(_node(leaves, level - 1, 2 * i), _node(leaves, level - 1, 2 * i + 1)));
    }

    /// @return What trainer `i` signed for its update in `round`.
    function _signed(uint256 taskId, uint32 round, uint256 i) internal view returns (SignedCommitment memory) {
        bytes32 commitment = this.updateCommitment(taskId, round, _trainer(i), _update(i));
        return _signedAs(taskId, i, commitment, _typedHash(taskId, round, commitment, block.chainid, address(fl)));
    }

    function _signedAs(uint256 taskId, uint256 i, bytes32 commitment, bytes32 hash)
        internal
        view
        returns (SignedCommitment memory)
    {
        (, uint16 slot) = fl.slotOf(taskId, _trainer(i));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_trainerKey(i), hash);
        return SignedCommitment(_trainer(i), uint8(slot), commitment, r, bytes32(uint256(v - 27) << 255 | uint256(s)));
    }

    function _typedHash(uint256 taskId, uint32 round, bytes32 commitment, uint256 chainId, address verifier)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Cairn FLContract"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
        bytes32 kind = keccak256("CommitUpdate(uint256 taskId,uint32 round,bytes32 commitment)");
        return keccak256(bytes.concat(hex"1901", domain, keccak256(abi.encode(kind, taskId, round, commitment))));
    }
}
