// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Account, Duty, Round, Task} from "../types/TaskStorage.sol";
import {CommitteeSeed} from "./CommitteeSeed.sol";
import {Commitments} from "./Commitments.sol";
import {Earnings} from "./Earnings.sol";
import {Sortition} from "./Sortition.sol";

/// @title  Committee
/// @notice Draws a round's auditors and gives them their seats. Linked into FLContract, to keep that within the size limit.
/// @dev    Assumes: the round is in `Draw`; the caller moves it on.
library Committee {
    using Sortition for Sortition.Urn;

    /// @dev How many nodes with too little stake a draw passes over. Unit: draws. Bounds the draw's gas.
    uint256 internal constant SPARE_DRAWS = 64;

    /// @notice Proves the seed, draws the members and, if they can make a quorum, seats them. Emits CommitteeDrawn.
    /// @dev    Reverts with CommitteeSeedNotReady, CommitteeSeedOutOfReach, CommitteeSeedHeaderMismatch or
    ///         NodeRegistrySnapshotUnreadable.
    /// @param  header RLP of the header of the seed's block.
    /// @return seats How many members there are.
    function draw(Task storage task, uint256 taskId, INodeRegistry nodeRegistry, bytes calldata header)
        external
        returns (uint8 seats)
    {
        Round storage round = task.lastRound();
        (uint16 number, uint8 attempt) = (task.state.round, task.state.attempt);
        bytes32 randao = CommitteeSeed.prove(round.seedTargetBlock, header);
        bytes32 seed = Commitments.hashCommitteeSeed(randao, taskId, number, attempt);
        address[] memory members = _members(task, nodeRegistry, seed, round.snapshotEpoch);
        seats = uint8(members.length); // at most 64

        round.committeeSeed = seed;
        if (seats >= task.parameters.quorum) {
            for (uint8 seat = 0; seat < seats; seat++) {
                _seat(task, members[seat], seat, attempt);
            }
        }

        emit IFLContract.CommitteeDrawn(taskId, number, attempt, seed, members);
    }

    /// @dev Up to k auditors, 2k in the redraw, in proportion to stake. Passed over are who trains in this round and who
    ///      has less stake than the task's minimum: a seat is a vote, and must not be had for dust. When the spare draws
    ///      are used up, those seated so far are the committee.
    function _members(Task storage task, INodeRegistry nodeRegistry, bytes32 seed, uint256 snapshotEpoch)
        private
        view
        returns (address[] memory members)
    {
        uint256 wanted = uint256(task.parameters.committeeSize) << task.state.attempt;
        (uint16 round, uint256 minWeight) = (task.state.round, task.parameters.minStakeWei);
        uint256 capacity = wanted + task.state.committed + SPARE_DRAWS;
        Sortition.Urn memory urn = Sortition.open(nodeRegistry.totalWeight(snapshotEpoch), capacity);
        members = new address[](wanted);
        uint256 seated;
        while (seated < wanted && urn.count < capacity && !urn.isEmpty()) {
            uint256 random = uint256(keccak256(abi.encode(seed, urn.count)));
            (address node, uint256 offset, uint256 weight) = nodeRegistry.locate(snapshotEpoch, urn.aim(random));
            urn.take(offset, weight);
            if (weight >= minWeight && task.enrolments[node].commitRound != round) members[seated++] = node;
        }
        return _shorten(members, seated);
    }

    /// @dev Gives `node` its seat, and looks at the last one it had before that is forgotten.
    function _seat(Task storage task, address node, uint8 seat, uint8 attempt) private {
        uint16 round = task.state.round;
        Account memory account = task.accounts[node];
        Earnings.settleSeat(task, account, node);
        (account.seatedRound, account.seatedAttempt) = (round, attempt);
        task.accounts[node] = account;
        task.committee[seat] = node;
        Duty storage duty = task.rounds[round].duties[attempt][node];
        (duty.seated, duty.seat) = (true, seat);
    }

    function _shorten(address[] memory members, uint256 length) private pure returns (address[] memory shortened) {
        if (members.length == length) return members;
        shortened = new address[](length);
        for (uint256 i = 0; i < length; i++) {
            shortened[i] = members[i];
        }
    }
}
