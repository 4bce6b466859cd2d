// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "../../../contracts/CairnToken.sol";
import {DataRegistry} from "../../../contracts/DataRegistry.sol";
import {FLContract} from "../../../contracts/FLContract.sol";
import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {NodeRegistry} from "../../../contracts/NodeRegistry.sol";
import {Bitmap} from "../../../contracts/libraries/Bitmap.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {AcceptedUpdate} from "../../../contracts/types/Aggregate.sol";
import {NodeIdentity} from "../../../contracts/types/Node.sol";
import {Phase, RoundView, UpdateReveal} from "../../../contracts/types/Round.sol";
import {ProtocolLimits, TaskMode, TaskParameters} from "../../../contracts/types/Task.sol";
import {VmTest} from "./Vm.sol";

/// @notice A deployment with registered, staked trainers and auditors, and the moves of honest nodes.
abstract contract CairnTest is VmTest {
    uint256 internal constant TRAINERS = 4;
    uint256 internal constant AUDITORS = 5;
    uint256 internal constant STAKE_WEI = 1_000 ether;
    uint256 internal constant AUDITOR_STAKE_WEI = 500 ether; // one seat each
    uint40 internal constant EPOCH_SECONDS = 1_000;
    uint40 internal constant UNBONDING_SECONDS = 5_000;
    uint40 internal constant PHASE_SECONDS = 100;
    uint256 internal constant START = 1_000_000; // unix seconds, a whole number of epochs
    address internal constant OWNER = address(0xA0);
    address internal constant STRANGER = address(0xA1);
    bytes32 internal constant DIGEST = keccak256("aggregate");
    uint32 internal constant BYTE_LENGTH = 4_096;

    CairnToken internal token;
    NodeRegistry internal registry;
    ModelRegistry internal models;
    DataRegistry internal datasets;
    FLContract internal fl;

    function _deploy() internal {
        vm.warp(START);
        vm.roll(100);
        token = new CairnToken(OWNER, 1e27);
        registry = new NodeRegistry(token, EPOCH_SECONDS, UNBONDING_SECONDS, address(this));
        models = new ModelRegistry();
        datasets = new DataRegistry(address(this));
        fl = _newFLContract();
        registry.grantRole(registry.SLASHER_ROLE(), address(fl));
        registry.grantRole(registry.TASK_ROLE(), address(fl));
        datasets.grantRole(datasets.USAGE_ROLE(), address(fl));
        vm.startPrank(OWNER);
        models.registerModel("walker", bytes32(0), 10, keccak256("weights"), 4_096, 0, 0);
        models.setPublisher(1, address(fl), true);
        datasets.registerDataset("glyphs", bytes32(0), 10, keccak256("records"), 100, true);
        token.approve(address(fl), type(uint256).max);
        vm.stopPrank();
    }

    function _newFLContract() internal virtual returns (FLContract) {
        return new FLContract(token, registry, models, datasets, _limits());
    }

    /// @dev Registers and stakes everybody, and lets an epoch pass so that the stakes count.
    function _enlistAll() internal {
        for (uint256 i = 0; i < TRAINERS; i++) _enlist(_trainerKey(i), 1);
        for (uint256 i = 0; i < AUDITORS; i++) _enlist(_auditorKey(i), 2, AUDITOR_STAKE_WEI);
        vm.warp(block.timestamp + EPOCH_SECONDS);
    }

    function _enlist(uint256 key, uint8 capabilities) internal {
        _enlist(key, capabilities, STAKE_WEI);
    }

    function _enlist(uint256 key, uint8 capabilities, uint256 stakeWei) internal {
        address node = vm.addr(key);
        _announce(key, capabilities);
        vm.prank(OWNER);
        token.transfer(node, stakeWei);
        vm.startPrank(node);
        token.approve(address(registry), type(uint256).max);
        registry.stake(stakeWei);
        vm.stopPrank();
    }

    function _announce(uint256 key, uint8 capabilities) internal {
        NodeIdentity memory identity = _identity(vm.addr(key), capabilities);
        registry.announce(identity, _sign(key, registry.hashIdentity(identity)));
    }

    function _sign(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    /// @dev As large as a real one: an Ed25519 peer id, two signatures and a key, two addresses.
    function _identity(address node, uint8 capabilities) internal view returns (NodeIdentity memory) {
        string[] memory multiaddrs = new string[](2);
        multiaddrs[0] = "/ip4/127.0.0.1/tcp/40001";
        multiaddrs[1] = "/ip4/192.168.123.45/tcp/40002/ws";
        bytes32 filler = keccak256(abi.encode(node));
        return NodeIdentity({
            node: node,
            peerId: abi.encodePacked(hex"002408011220", filler),
            sealingKey: filler,
            sealingKeyVersion: 1,
            peerProof: abi.encodePacked(filler, filler, filler, filler, filler),
            multiaddrs: multiaddrs,
            capabilities: capabilities,
            nonce: registry.nodeOf(node).nonce,
            deadline: type(uint40).max
        });
    }

    function _limits() internal pure returns (ProtocolLimits memory) {
        return ProtocolLimits({
            minPhaseSeconds: 1,
            maxPhaseSeconds: 1 days,
            minChallengeSeconds: 1,
            minSeedDelayBlocks: 2,
            maxSeedDelayBlocks: 4_096,
            maxCommitteeSize: 24,
            blockSeconds: 1,
            reportSeconds: 500,
            minAuditSeconds: 60,
            minCommitteeSize: 3,
            minQuorum: 2,
            seatStakeWei: uint128(AUDITOR_STAKE_WEI)
        });
    }

    function _parameters() internal pure returns (TaskParameters memory p) {
        (p.modelId, p.datasetId, p.mode) = (1, 1, TaskMode.Replayable);
        (p.planDigest, p.planByteLength, p.rounds) = (keccak256("plan"), 321, 1_000);
        (p.minTrainers, p.maxTrainers, p.committeeSize, p.quorum) = (1, 4, 3, 2);
        p.maxUpdateBytes = 65_536;
        (p.rewardPerUpdateWei, p.rewardPerVerdictWei) = (7 ether, 3 ether);
        (p.minStakeWei, p.missedRevealSlashWei) = (500 ether, 11 ether + 1);
        p.seedDelayBlocks = 2;
        (p.commitSeconds, p.revealSeconds, p.drawSeconds) = (PHASE_SECONDS, PHASE_SECONDS, PHASE_SECONDS);
        (p.auditCommitSeconds, p.auditRevealSeconds) = (PHASE_SECONDS, PHASE_SECONDS);
        (p.aggregateSeconds, p.challengeSeconds) = (PHASE_SECONDS, PHASE_SECONDS);
    }

    function _createTask(TaskParameters memory parameters) internal returns (uint256 taskId) {
        vm.prank(OWNER);
        return fl.createTask(parameters);
    }

    /// @dev A task that the first `trainers` have joined, with its first round open.
    function _openRound(uint256 trainers) internal returns (uint256 taskId) {
        taskId = _createTask(_parameters());
        for (uint256 i = 0; i < trainers; i++) {
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        fl.openRound(taskId);
    }

    function _commitUpdate(uint256 taskId, uint256 i) internal {
        bytes32 commitment = this.updateCommitment(taskId, _round(taskId), _trainer(i), _update(i));
        vm.prank(_trainer(i));
        fl.commitUpdate(taskId, commitment);
    }

    function _revealUpdate(uint256 taskId, uint256 i) internal {
        vm.prank(_trainer(i));
        fl.revealUpdate(taskId, _update(i));
    }

    /// @dev The first `trainers` commit and reveal, which opens the draw when they are all.
    function _train(uint256 taskId, uint256 trainers) internal {
        for (uint256 i = 0; i < trainers; i++) _commitUpdate(taskId, i);
        for (uint256 i = 0; i < trainers; i++) _revealUpdate(taskId, i);
    }

    function _draw(uint256 taskId) internal returns (address[] memory members) {
        bytes memory header = _seedHeader(taskId);
        fl.drawCommittee(taskId, header);
        return fl.committeeOf(taskId, _round(taskId));
    }

    /// @dev Rolls past the seed's block and gives it a header of its own: 13 empty fields, then the RANDAO value.
    function _seedHeader(uint256 taskId) internal returns (bytes memory header) {
        uint256 target = _view(taskId).seedTargetBlock;
        header = abi.encodePacked(hex"ee", hex"80808080808080808080808080", hex"a0", keccak256(abi.encode(target)));
        if (block.number <= target) vm.roll(target + 1);
        vm.setBlockhash(target, keccak256(header));
    }

    function _commitVerdict(uint256 taskId, address auditor, uint256 bitmap) internal {
        bytes32 commitment = _verdictCommitment(taskId, auditor, bitmap);
        vm.prank(auditor);
        fl.commitVerdict(taskId, commitment);
    }

    function _revealVerdict(uint256 taskId, address auditor, uint256 bitmap) internal {
        vm.prank(auditor);
        fl.revealVerdict(taskId, bitmap, keccak256(abi.encode(auditor)), keccak256("salt"));
    }

    function _audit(uint256 taskId, address[] memory members, uint256 bitmap) internal {
        for (uint256 s = 0; s < members.length; s++) _commitVerdict(taskId, members[s], bitmap);
        for (uint256 s = 0; s < members.length; s++) _revealVerdict(taskId, members[s], bitmap);
    }

    function _agree(uint256 taskId, address[] memory members) internal {
        vm.prank(members[0]);
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        vm.prank(members[1]);
        fl.attestAggregate(taskId, DIGEST, BYTE_LENGTH);
    }

    function _finish(uint256 taskId) internal {
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(taskId);
    }

    /// @dev A whole round of `trainers`, in which the updates of `bitmap` are accepted.
    function _runRound(uint256 taskId, uint256 trainers, uint256 bitmap) internal returns (address[] memory members) {
        _train(taskId, trainers);
        members = _draw(taskId);
        _audit(taskId, members, bitmap);
        _agree(taskId, members);
        _finish(taskId);
    }

    function _update(uint256 i) internal pure returns (UpdateReveal memory) {
        return UpdateReveal(keccak256(abi.encode("update", i)), 4_321, keccak256(abi.encode("trace", i)), 640, keccak256(abi.encode("salt", i)));
    }

    /// @dev What the trainers revealed whose bits are set, in ascending order of their addresses: as games about aggregates take it.
    function _accepted(uint256 bitmap) internal view returns (AcceptedUpdate[] memory updates) {
        updates = new AcceptedUpdate[](Bitmap.count(bitmap));
        for ((uint256 i, uint256 placed) = (0, 0); placed < updates.length; i++) {
            if (!Bitmap.has(bitmap, uint8(i))) continue;
            AcceptedUpdate memory update = AcceptedUpdate(_trainer(i), _revealed(i));
            uint256 place = placed++;
            for (; place > 0 && updates[place - 1].trainer > update.trainer; place--) updates[place] = updates[place - 1];
            updates[place] = update;
        }
    }

    function _revealed(uint256 i) internal view virtual returns (UpdateReveal memory) {
        return _update(i);
    }

    function _view(uint256 taskId) internal view returns (RoundView memory) {
        return fl.roundOf(taskId, _round(taskId));
    }

    function _phase(uint256 taskId) internal view returns (Phase) {
        return _view(taskId).phase;
    }

    function _assertPhase(uint256 taskId, Phase phase, string memory what) internal view {
        _assertEq(uint256(_phase(taskId)), uint256(phase), what);
    }

    function _round(uint256 taskId) internal view returns (uint32) {
        return fl.taskOf(taskId).round;
    }

    function _trainer(uint256 i) internal pure returns (address) {
        return vm.addr(_trainerKey(i));
    }

    function _auditor(uint256 i) internal pure returns (address) {
        return vm.addr(_auditorKey(i));
    }

    function _trainerKey(uint256 i) internal pure returns (uint256) {
        return 0x7000 + i;
    }

    function _auditorKey(uint256 i) internal pure returns (uint256) {
        return 0xA000 + i;
    }

    /// @dev The contract's own hash names `address(this)`, so it is computed here as that of FLContract.
    function updateCommitment(uint256 taskId, uint32 round, address trainer, UpdateReveal calldata opened)
        external
        view
        returns (bytes32)
    {
        return keccak256(
            bytes.concat(
                abi.encode(Commitments.UPDATE_DOMAIN, block.chainid, address(fl), taskId, round, trainer),
                abi.encode(opened)
            )
        );
    }

    function _verdictCommitment(uint256 taskId, address auditor, uint256 bitmap) internal view returns (bytes32) {
        RoundView memory round = _view(taskId);
        return keccak256(
            bytes.concat(
                abi.encode(Commitments.VERDICT_DOMAIN, block.chainid, address(fl), taskId, _round(taskId)),
                abi.encode(round.attempt, auditor, bitmap, keccak256(abi.encode(auditor)), keccak256("salt"))
            )
        );
    }
}
