// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CairnToken} from "./CairnToken.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {Identities} from "./libraries/Identities.sol";
import {Reputation} from "./libraries/Reputation.sol";
import {SumTree} from "./libraries/SumTree.sol";
import {UnbondingQueue} from "./libraries/UnbondingQueue.sol";
import {CAPABILITY_AUDITOR, NodeIdentity, NodeView} from "./types/Node.sol";

/// @title NodeRegistry
contract NodeRegistry is INodeRegistry, AccessControl, EIP712 {
    using SafeCast for uint256;
    using SafeERC20 for CairnToken;
    using SumTree for SumTree.Tree;
    using UnbondingQueue for UnbondingQueue.Queue;

    /// @dev May slash: contracts that hold proof of a fault.
    bytes32 public constant SLASHER_ROLE = keccak256("SLASHER_ROLE");

    /// @dev May lock stake and credit outcomes: contracts that run tasks.
    bytes32 public constant TASK_ROLE = keccak256("TASK_ROLE");

    /// @dev Draws weigh stake in whole gwei, so that three weights fit one slot. Unit: wei.
    uint256 private constant WEIGHT_UNIT_WEI = 1 gwei;

    /// @dev INVARIANT: `lockedWei` is at most `activeWei`, unless a slash took some of it since.
    struct Stake {
        uint112 activeWei;
        uint112 lockedWei;
        uint32 reputationNano;
        UnbondingQueue.Queue queue;
    }

    CairnToken public immutable token;
    /// @inheritdoc INodeRegistry
    uint40 public immutable epochSeconds;
    /// @inheritdoc INodeRegistry
    uint40 public immutable unbondingSeconds;

    address[] private _nodes;
    mapping(address node => Identities.Registration) private _registrations;
    /// @dev INVARIANT: the token's balance is at least all active stakes, queues and bounties.
    mapping(address node => Stake) private _stakes;
    mapping(address prover => uint256 amountWei) private _bounties;
    /// @dev INVARIANT: leaf i weighs the active stake of node i if it audits, else nothing.
    SumTree.Tree private _weights;

    constructor(CairnToken token_, uint40 epochSeconds_, uint40 unbondingSeconds_, address admin)
        EIP712("Cairn NodeRegistry", "1")
    {
        (token, epochSeconds, unbondingSeconds) = (token_, epochSeconds_, unbondingSeconds_);
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    /// @inheritdoc INodeRegistry
    function announce(NodeIdentity calldata identity, bytes calldata signature) external {
        address node = identity.node;
        Identities.Registration storage registration = _registrations[node];
        Identities.check(identity, registration);
        bool isSigned = SignatureChecker.isValidSignatureNowCalldata(node, hashIdentity(identity), signature);
        require(isSigned, NodeRegistryBadSignature(node));

        if (!registration.registered) {
            registration.registered = true;
            registration.index = _nodes.length.toUint32();
            _nodes.push(node);
        }
        Identities.store(identity, registration);
        _reweigh(node);

        Identities.announced(identity);
    }

    /// @inheritdoc INodeRegistry
    function stake(uint256 amountWei) external {
        _stake(amountWei);
    }

    /// @inheritdoc INodeRegistry
    function stakeWithPermit(uint256 amountWei, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amountWei, deadline, v, r, s) {} catch {}
        _stake(amountWei);
    }

    /// @inheritdoc INodeRegistry
    function requestUnstake(uint256 amountWei) external {
        Stake storage staked = _stakes[msg.sender];
        uint256 stakeWei = staked.activeWei;
        require(amountWei > 0, NodeRegistryZeroAmount(msg.sender));
        require(stakeWei >= amountWei, NodeRegistryInsufficientStake(msg.sender, stakeWei, amountWei));
        uint256 freeWei = _free(staked);
        require(freeWei >= amountWei, NodeRegistryStakeLocked(msg.sender, freeWei, amountWei));
        uint40 availableAt = (block.timestamp + unbondingSeconds).toUint40();

        staked.activeWei = (stakeWei - amountWei).toUint112();
        staked.queue.push(amountWei.toUint112(), availableAt);
        _reweigh(msg.sender);

        emit UnstakeRequested(msg.sender, amountWei, stakeWei - amountWei, availableAt);
    }

    /// @inheritdoc INodeRegistry
    function withdraw() external returns (uint256 amountWei) {
        UnbondingQueue.Queue storage queue = _stakes[msg.sender].queue;

        amountWei = queue.popMatured(block.timestamp);
        require(amountWei > 0, NodeRegistryNothingMatured(msg.sender));

        emit StakeWithdrawn(msg.sender, amountWei, queue.totalWei);

        token.safeTransfer(msg.sender, amountWei);
    }

    /// @inheritdoc INodeRegistry
    function slash(address node, uint256 amountWei, address prover, bytes32 reason)
        external
        onlyRole(SLASHER_ROLE)
        returns (uint256 takenWei)
    {
        Stake storage staked = _stakes[node];
        uint112 activeWei = staked.activeWei;
        uint112 fromActiveWei = amountWei < activeWei ? uint112(amountWei) : activeWei; // the smaller: 112 bits

        staked.activeWei = activeWei - fromActiveWei;
        takenWei = uint256(fromActiveWei) + staked.queue.take(amountWei - fromActiveWei);
        uint256 bountyWei = prover == address(0) || prover == node ? 0 : takenWei / 2;
        if (bountyWei > 0) _bounties[prover] += bountyWei;
        if (prover != address(0)) staked.reputationNano = Reputation.afterFault(staked.reputationNano);
        _reweigh(node);

        uint256 burnedWei = takenWei - bountyWei;
        emit StakeSlashed(node, prover, reason, bountyWei, burnedWei, staked.activeWei, staked.queue.totalWei);

        token.burn(burnedWei);
    }

    /// @inheritdoc INodeRegistry
    function lock(address node, uint256 amountWei) external onlyRole(TASK_ROLE) {
        Stake storage staked = _stakes[node];
        uint256 freeWei = _free(staked);
        require(freeWei >= amountWei, NodeRegistryStakeLocked(node, freeWei, amountWei));
        uint112 newLockedWei = staked.lockedWei + amountWei.toUint112();

        staked.lockedWei = newLockedWei;

        emit StakeLocked(node, msg.sender, amountWei, newLockedWei);
    }

    /// @inheritdoc INodeRegistry
    function unlock(address node, uint256 amountWei) external onlyRole(TASK_ROLE) {
        uint112 newLockedWei = _stakes[node].lockedWei - amountWei.toUint112();

        _stakes[node].lockedWei = newLockedWei;

        emit StakeUnlocked(node, msg.sender, amountWei, newLockedWei);
    }

    /// @inheritdoc INodeRegistry
    function credit(address node, uint256 outcomes) external onlyRole(TASK_ROLE) {
        Stake storage staked = _stakes[node];
        uint32 reputationNano = Reputation.afterSuccesses(staked.reputationNano, outcomes);

        staked.reputationNano = reputationNano;

        emit ReputationCredited(node, outcomes, reputationNano);
    }

    /// @inheritdoc INodeRegistry
    function claimBounty() external returns (uint256 amountWei) {
        amountWei = _bounties[msg.sender];
        require(amountWei > 0, NodeRegistryNoBounty(msg.sender));

        delete _bounties[msg.sender];

        emit BountyClaimed(msg.sender, amountWei);

        token.safeTransfer(msg.sender, amountWei);
    }

    /// @inheritdoc INodeRegistry
    function bountyOf(address prover) external view returns (uint256) {
        return _bounties[prover];
    }

    /// @inheritdoc INodeRegistry
    function nodeCount() external view returns (uint256) {
        return _nodes.length;
    }

    /// @inheritdoc INodeRegistry
    function nodeAt(uint256 index) external view returns (address node) {
        return _nodes[index];
    }

    /// @inheritdoc INodeRegistry
    function nodeOf(address node) external view returns (NodeView memory) {
        Identities.Registration storage registration = _registrations[node];
        Stake storage staked = _stakes[node];
        return NodeView({
            registered: registration.registered,
            announcedAtBlock: registration.announcedAtBlock,
            sealingKeyVersion: registration.sealingKeyVersion,
            capabilities: registration.capabilities,
            nonce: registration.nonce,
            stakeWei: staked.activeWei,
            unbondingWei: staked.queue.totalWei,
            lockedWei: staked.lockedWei,
            reputationNano: staked.reputationNano
        });
    }

    /// @inheritdoc INodeRegistry
    function stakeOf(address node) external view returns (uint256) {
        return _stakes[node].activeWei;
    }

    /// @inheritdoc INodeRegistry
    function coverOf(address node) external view returns (uint256 stakeWei, uint256 lockedWei) {
        Stake storage staked = _stakes[node];
        return (staked.activeWei, staked.lockedWei);
    }

    /// @inheritdoc INodeRegistry
    function slashableOf(address node) external view returns (uint256) {
        return uint256(_stakes[node].activeWei) + _stakes[node].queue.totalWei;
    }

    /// @inheritdoc INodeRegistry
    function totalWeight(uint256 snapshotEpoch) external view returns (uint256) {
        return _weights.total(_epochAfter(snapshotEpoch)) * WEIGHT_UNIT_WEI;
    }

    /// @inheritdoc INodeRegistry
    function locate(uint256 snapshotEpoch, uint256 point)
        external
        view
        returns (address node, uint256 before, uint256 weight)
    {
        uint256 index;
        (index, before, weight) = _weights.locate(point / WEIGHT_UNIT_WEI, _epochAfter(snapshotEpoch));
        (node, before, weight) = (_nodes[index], before * WEIGHT_UNIT_WEI, weight * WEIGHT_UNIT_WEI);
    }

    /// @inheritdoc INodeRegistry
    function hashIdentity(NodeIdentity calldata identity) public view returns (bytes32) {
        return _hashTypedDataV4(Identities.structHash(identity));
    }

    /// @inheritdoc INodeRegistry
    function currentEpoch() public view returns (uint256) {
        return block.timestamp / epochSeconds;
    }

    function _stake(uint256 amountWei) private {
        require(_registrations[msg.sender].registered, NodeRegistryNotRegistered(msg.sender));
        require(amountWei > 0, NodeRegistryZeroAmount(msg.sender));
        uint256 newStakeWei = _stakes[msg.sender].activeWei + amountWei;

        _stakes[msg.sender].activeWei = newStakeWei.toUint112();
        _reweigh(msg.sender);

        emit StakeAdded(msg.sender, amountWei, newStakeWei);

        uint256 heldWei = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = token.balanceOf(address(this)) - heldWei;
        require(receivedWei == amountWei, NodeRegistryStakeNotReceived(msg.sender, receivedWei, amountWei));
    }

    /// @dev Brings a node's leaf in step with its stake and capabilities. Who never registered has no leaf.
    function _reweigh(address node) private {
        Identities.Registration storage registration = _registrations[node];
        if (!registration.registered) return;
        bool isAuditor = registration.capabilities & CAPABILITY_AUDITOR != 0;
        uint256 weight = isAuditor ? _stakes[node].activeWei / WEIGHT_UNIT_WEI : 0;
        _weights.set(registration.index, weight, currentEpoch());
    }

    /// @dev What no task holds; nothing when a slash took more than that.
    function _free(Stake storage staked) private view returns (uint256) {
        (uint256 activeWei, uint256 lockedWei) = (staked.activeWei, staked.lockedWei);
        return activeWei > lockedWei ? activeWei - lockedWei : 0;
    }

    /// @return The epoch after `snapshotEpoch`: the current one or the one before.
    function _epochAfter(uint256 snapshotEpoch) private view returns (uint256) {
        uint256 epoch = currentEpoch();
        bool isReadable = snapshotEpoch < epoch && snapshotEpoch + SumTree.READABLE_EPOCHS >= epoch;
        require(isReadable, NodeRegistrySnapshotUnreadable(snapshotEpoch, epoch));
        return snapshotEpoch + 1;
    }
}
