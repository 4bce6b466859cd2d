// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {ProtocolLimits} from "../types/Task.sol";
import {Account, Duty, Round, Task} from "../types/TaskStorage.sol";
import {CommitteeSeed} from "./CommitteeSeed.sol";
import {Commitments} from "./Commitments.sol";
import {Cover} from "./Cover.sol";
import {Earnings} from "./Earnings.sol";
import {Sortition} from "./Sortition.sol";
import {SumTree} from "./SumTree.sol";

/// @title  Committee
/// @notice Draws a round's auditors and gives them their seats. Linked into FLContract, to keep that within the size limit.
/// @dev    What is drawn without replacement is not nodes but units of stake, the same in every task: so a stake gets the
///         same seats in expectation, whole or split over many nodes, and no owner chooses who can be seated.
///         Assumes: the round is in `Draw`; the caller moves it on.
library Committee {
    using Sortition for Sortition.Urn;

    /// @dev Most draws for one committee, those included that fall on a trainer of the round or on too little stake.
    ///      Bounds the draw's gas, far below what a transaction may use. A full redraw of 48 seats comes short of seats
    ///      only where over half of all stake is passed over. Unit: draws.
    uint256 internal constant MAX_DRAWS = 112;

    /// @notice Proves the seed, draws the members and, if they can make a quorum, seats them. Emits CommitteeDrawn.
    /// @dev    Reverts with CommitteeSeedNotReady, CommitteeSeedOutOfReach, CommitteeSeedHeaderMismatch or
    ///         NodeRegistrySnapshotUnreadable.
    /// @param  header RLP of the header of the seed's block.
    /// @return seats How many seats are taken.
    function draw(
        Task storage task,
        uint256 taskId,
        INodeRegistry nodeRegistry,
        bytes calldata header,
        ProtocolLimits storage limits
    ) external returns (uint8 seats) {
        Round storage round = task.lastRound();
        (uint16 number, uint8 attempt) = (task.state.round, task.state.attempt);
        bytes32 randao = CommitteeSeed.prove(round.seedTargetBlock, header);
        bytes32 seed = Commitments.hashCommitteeSeed(randao, taskId, number, attempt);
        address[] memory members = _members(task, nodeRegistry, seed, round.snapshotEpoch, limits.seatStakeWei);
        seats = uint8(members.length); // at most 48

        round.committeeSeed = seed;
        if (seats >= task.parameters.quorum) _seatAll(task, members);

        emit IFLContract.CommitteeDrawn(taskId, number, attempt, seed, members);
    }

    /// @return The block that seeds the draw instead of one that can't be proven any more.
    /// @dev    Reverts with CommitteeSeedStillProvable.
    function nextTarget(Task storage task, INodeRegistry nodeRegistry) external view returns (uint256) {
        Round storage round = task.lastRound();
        uint256 targetBlock = round.seedTargetBlock;
        bool isLost = nodeRegistry.currentEpoch() > uint256(round.snapshotEpoch) + SumTree.READABLE_EPOCHS
            || CommitteeSeed.isOutOfReach(targetBlock);
        require(isLost, CommitteeSeed.CommitteeSeedStillProvable(targetBlock));
        return CommitteeSeed.next(targetBlock, task.parameters.seedDelayBlocks);
    }

    /// @dev Up to k seats, 2k in the redraw. Passed over are who trains in this round and what is less than nine tenths of a
    ///      unit: a seat is a vote, and must not be had for dust; but one silence must not cost an auditor all others. A
    ///      smaller unit is drawn the more seldom, so splitting a stake gains next to nothing. When the draws are used up, those seated so far
    ///      are the committee.
    /// @return Who holds each seat; the seats of one node adjoin.
    function _members(
        Task storage task,
        INodeRegistry nodeRegistry,
        bytes32 seed,
        uint256 snapshotEpoch,
        uint256 unit
    ) private view returns (address[] memory) {
        address[] memory drawn = new address[](uint256(task.parameters.committeeSize) << task.state.attempt);
        uint16 round = task.state.round;
        Sortition.Urn memory urn = Sortition.open(nodeRegistry.totalWeight(snapshotEpoch), MAX_DRAWS);
        uint256 seated;
        while (seated < drawn.length && urn.count < MAX_DRAWS && !urn.isEmpty()) {
            uint256 point = urn.aim(uint256(keccak256(abi.encode(seed, urn.count))));
            (address node, uint256 offset, uint256 weight) = nodeRegistry.locate(snapshotEpoch, point);
            if (task.enrolments[node].commitRound == round) {
                urn.take(offset, weight);
                continue;
            }
            uint256 from = (point - offset) / unit * unit;
            uint256 size = weight - from < unit ? weight - from : unit;
            urn.take(offset + from, size);
            if (size >= Cover.neededWei(unit)) drawn[seated++] = node;
        }
        return _grouped(drawn, seated);
    }

    /// @return grouped The first `count` of `drawn`, each node where it comes first, with all its seats.
    function _grouped(address[] memory drawn, uint256 count) private pure returns (address[] memory grouped) {
        grouped = new address[](count);
        uint256 placed;
        for (uint256 i = 0; placed < count; i++) {
            address node = drawn[i];
            if (node == address(0)) continue; // placed with its first seat
            for (uint256 j = i; j < count; j++) {
                if (drawn[j] != node) continue;
                grouped[placed++] = node;
                drawn[j] = address(0);
            }
        }
    }

    function _seatAll(Task storage task, address[] memory members) private {
        (task.seatedRound, task.seatedAttempt) = (task.state.round, task.state.attempt);
        uint256 seats;
        for (uint256 seat = 0; seat < members.length; seat += seats) {
            seats = 0;
            while (seat + seats < members.length && members[seat + seats] == members[seat]) {
                task.committee[seat + seats] = members[seat];
                seats++;
            }
            _seat(task, members[seat], uint8(seat), uint8(seats)); // at most 48
        }
    }

    /// @dev Gives `node` its seats, and looks at the last ones it had before those are forgotten.
    function _seat(Task storage task, address node, uint8 seat, uint8 seats) private {
        (uint16 round, uint8 attempt) = (task.state.round, task.state.attempt);
        Account memory account = task.accounts[node];
        Earnings.settleSeat(task, account, node);
        (account.seatedRound, account.seatedAttempt) = (round, attempt);
        task.accounts[node] = account;
        Duty storage duty = task.rounds[round].duties[attempt][node];
        (duty.seats, duty.seat, duty.seatedAt) = (seats, seat, uint40(block.timestamp)); // 40 bits last 34,000 years
    }
}
