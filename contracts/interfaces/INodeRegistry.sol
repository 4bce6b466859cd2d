// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NodeIdentity, NodeView} from "../types/Node.sol";

/// @title  INodeRegistry
/// @notice Who takes part: identity, keys, addresses and stake of every node, and the stake's weight in draws.
/// @dev    Assumes: the token is CairnToken (no hooks, no fee on transfer, burnable); holders of SLASHER_ROLE slash only
///         for proven faults, and those of TASK_ROLE release what they locked; fewer than 2^32 nodes; no more
///         of the token than CairnToken's largest supply.
///         Does not support: forgetting a node; stake in other tokens; tokens sent here without a call, which stay.
interface INodeRegistry {
    /// @notice A node registered, or changed what it says about itself.
    event NodeAnnounced(
        address indexed node,
        bytes peerId,
        bytes32 sealingKey,
        uint64 sealingKeyVersion,
        bytes peerProof,
        string[] multiaddrs,
        uint8 capabilities
    );

    /// @notice Stake was added. It weighs in draws from the next epoch.
    event StakeAdded(address indexed node, uint256 amountWei, uint256 newStakeWei);

    /// @notice Stake began to leave, and stops weighing in draws from the next epoch.
    event UnstakeRequested(address indexed node, uint256 amountWei, uint256 newStakeWei, uint40 availableAt);

    /// @notice Stake that had waited long enough was paid out.
    event StakeWithdrawn(address indexed node, uint256 amountWei, uint256 newUnbondingWei);

    /// @notice Stake was taken for a fault: `bountyWei` is owed to `prover`, `burnedWei` is gone.
    event StakeSlashed(
        address indexed node,
        address indexed prover,
        bytes32 indexed reason,
        uint256 bountyWei,
        uint256 burnedWei,
        uint256 newStakeWei,
        uint256 newUnbondingWei
    );

    /// @notice A task holds `amountWei` of a node's active stake: it cannot leave, nor back another task.
    event StakeLocked(address indexed node, address indexed holder, uint256 amountWei, uint256 newLockedWei);

    /// @notice A task let `amountWei` of a node's stake go.
    event StakeUnlocked(address indexed node, address indexed holder, uint256 amountWei, uint256 newLockedWei);

    /// @notice A node's accepted work was counted. A slash with a prover halves the score, without this event.
    event ReputationCredited(address indexed node, uint256 outcomes, uint32 newReputationNano);

    /// @notice A prover was paid what it was owed.
    event BountyClaimed(address indexed prover, uint256 amountWei);

    /// @notice `node` has never announced itself.
    error NodeRegistryNotRegistered(address node);

    /// @notice `signature` is not `node`'s over this identity.
    error NodeRegistryBadSignature(address node);

    /// @notice The identity's signature counted until `deadline`.
    error NodeRegistrySignatureExpired(address node, uint40 deadline);

    /// @notice The identity carries nonce `actual`; the node's next one is `needed`.
    error NodeRegistryWrongNonce(address node, uint256 actual, uint256 needed);

    /// @notice The sealing key's version may not be `actual`: at least `needed` is due.
    error NodeRegistryStaleSealingKey(address node, uint64 actual, uint64 needed);

    /// @notice `capabilities` is empty or has unknown bits.
    error NodeRegistryBadCapabilities(address node, uint8 capabilities);

    /// @notice Peer id, proof or addresses are empty or larger than the registry allows.
    error NodeRegistryBadAddresses(address node);

    /// @notice The amount is zero.
    error NodeRegistryZeroAmount(address node);

    /// @notice `node` has `stakeWei` active, and asked for `neededWei`.
    error NodeRegistryInsufficientStake(address node, uint256 stakeWei, uint256 neededWei);

    /// @notice Of `node`'s stake `freeWei` backs no task, and `neededWei` was asked for.
    error NodeRegistryStakeLocked(address node, uint256 freeWei, uint256 neededWei);

    /// @notice The token delivered `actualWei` of the `neededWei` that `node` staked: it takes a fee, or lies.
    error NodeRegistryStakeNotReceived(address node, uint256 actualWei, uint256 neededWei);

    /// @notice Nothing of `node`'s stake has waited long enough.
    error NodeRegistryNothingMatured(address node);

    /// @notice `prover` is owed nothing.
    error NodeRegistryNoBounty(address prover);

    /// @notice Weights are readable only as of the end of each of the two epochs before `currentEpoch`.
    error NodeRegistrySnapshotUnreadable(uint256 snapshotEpoch, uint256 currentEpoch);

    /// @notice Registers `identity.node`, or replaces what it announced. Emits {NodeAnnounced}.
    /// @dev    Anyone may send it; the node pays nothing. A change of capabilities changes its weight in draws.
    ///         Reverts with {NodeRegistrySignatureExpired}, {NodeRegistryWrongNonce}, {NodeRegistryBadCapabilities},
    ///         {NodeRegistryBadAddresses}, {NodeRegistryStaleSealingKey} or {NodeRegistryBadSignature}.
    /// @param  signature Over the EIP-712 hash of `identity`: ECDSA, or ERC-1271 when the node is a contract.
    function announce(NodeIdentity calldata identity, bytes calldata signature) external;

    /// @notice Adds to the caller's stake by `transferFrom`. Emits {StakeAdded}.
    /// @dev    Reverts with {NodeRegistryNotRegistered}, {NodeRegistryZeroAmount} or {NodeRegistryStakeNotReceived}.
    function stake(uint256 amountWei) external;

    /// @notice As {stake}, after trying an ERC-2612 permit. Emits {StakeAdded}.
    /// @dev    A permit that fails (somebody sent it first) is passed over: the allowance decides.
    function stakeWithPermit(uint256 amountWei, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Starts `amountWei` of the caller's stake on its way out. Emits {UnstakeRequested}.
    /// @dev    It stays slashable until {withdraw} pays it.
    ///         Reverts with {NodeRegistryZeroAmount}, {NodeRegistryInsufficientStake}, {NodeRegistryStakeLocked} or
    ///         UnbondingQueueFull.
    function requestUnstake(uint256 amountWei) external;

    /// @notice Pays the caller all stake that has waited long enough. Emits {StakeWithdrawn}.
    /// @dev    Reverts with {NodeRegistryNothingMatured}.
    function withdraw() external returns (uint256 amountWei);

    /// @notice Takes up to `amountWei` from `node`, active stake first, then the queue. Emits {StakeSlashed}.
    /// @dev    Only SLASHER_ROLE. Never reverts for lack of stake. Half, rounded down, is owed to `prover` and the
    ///         rest burned; all is burned when `prover` is zero or the node itself. Halves the node's reputation,
    ///         unless `prover` is zero: then nobody proved what it did, only that it did nothing.
    /// @param  reason The fault, as the slasher names it.
    function slash(address node, uint256 amountWei, address prover, bytes32 reason) external returns (uint256 takenWei);

    /// @notice Holds `amountWei` of `node`'s active stake for one more task. Emits {StakeLocked}.
    /// @dev    Only TASK_ROLE. So one stake never backs two tasks. Reverts with {NodeRegistryStakeLocked}.
    function lock(address node, uint256 amountWei) external;

    /// @notice Lets go what {lock} held. Emits {StakeUnlocked}.
    /// @dev    Only TASK_ROLE, which never lets go more than it locked.
    function unlock(address node, uint256 amountWei) external;

    /// @notice Counts `outcomes` pieces of accepted work for `node`'s reputation. Emits {ReputationCredited}.
    /// @dev    Only TASK_ROLE.
    function credit(address node, uint256 outcomes) external;

    /// @notice Pays the caller its bounties. Emits {BountyClaimed}.
    /// @dev    Reverts with {NodeRegistryNoBounty}.
    function claimBounty() external returns (uint256 amountWei);

    /// @return Unit: wei.
    function bountyOf(address prover) external view returns (uint256);

    /// @return How many nodes ever registered.
    function nodeCount() external view returns (uint256);

    /// @param index Below `nodeCount()`, in order of registration.
    function nodeAt(uint256 index) external view returns (address node);

    /// @return A node that never registered is all zeros.
    function nodeOf(address node) external view returns (NodeView memory);

    /// @return Active stake. Unit: wei.
    function stakeOf(address node) external view returns (uint256);

    /// @return stakeWei  Active stake. Unit: wei.
    /// @return lockedWei What tasks hold of it; more than there is after a slash, until the node adds stake or is evicted.
    function coverOf(address node) external view returns (uint256 stakeWei, uint256 lockedWei);

    /// @return Active stake and the queue. Unit: wei.
    function slashableOf(address node) external view returns (uint256);

    /// @return The EIP-712 hash that `identity.node` signs.
    function hashIdentity(NodeIdentity calldata identity) external view returns (bytes32);

    /// @return Unit: seconds.
    function epochSeconds() external view returns (uint40);

    /// @return Unit: seconds.
    function unbondingSeconds() external view returns (uint40);

    /// @return Whole epochs since the unix epoch.
    function currentEpoch() external view returns (uint256);

    /// @notice The auditors' stake as of the end of `snapshotEpoch`, which nobody can change any more.
    /// @dev    Reverts with {NodeRegistrySnapshotUnreadable} unless `snapshotEpoch` is one of the two before the current.
    /// @return Every stake rounded down to whole gwei. Unit: wei.
    function totalWeight(uint256 snapshotEpoch) external view returns (uint256);

    /// @notice The auditor on whose stake `point` falls, laying stakes end to end in order of registration.
    /// @dev    Reverts with {NodeRegistrySnapshotUnreadable} or SumTreePointOutOfRange.
    /// @param  point Below `totalWeight(snapshotEpoch)`. Unit: wei.
    /// @return node   The auditor.
    /// @return before Sum of the stakes laid before its own. Unit: wei.
    /// @return weight Its own stake, rounded down to whole gwei. Unit: wei.
    function locate(uint256 snapshotEpoch, uint256 point)
        external
        view
        returns (address node, uint256 before, uint256 weight);
}
