// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IDisputedRounds} from "../interfaces/IDisputedRounds.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {DisputedUpdate, Ruling} from "../types/Dispute.sol";
import {Phase, UpdateReveal} from "../types/Round.sol";
import {Round, Task} from "../types/TaskStorage.sol";
import {Aggregates} from "./Aggregates.sol";
import {Bitmap} from "./Bitmap.sol";
import {Earnings} from "./Earnings.sol";
import {Faults} from "./Faults.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  Disputes
/// @notice What a game does to the round it is about. Linked into FLContract, to keep that within the size limit.
/// @dev    Games open before the deadline of `Challenge` only: so a round is held for the length of a game and of one in its
///         place at most, however many there are. While it is held its trainers keep their places and their stakes locked.
///         INVARIANT: no round has games but the last, in `Challenge`. It leaves that phase only once all are over: else one
///         strike after the other could undo what a committee does.
library Disputes {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;

    /// @dev How often a second committee may begin `Aggregate` anew. All strikes of updates together take it back once: they
    ///      can be disputed in its first `Challenge` alone. What is left is for false aggregates.
    uint8 internal constant MAX_RERUNS = 2;

    /// @dev Of NodeRegistry: contracts that hold proof of a fault.
    bytes32 internal constant SLASHER_ROLE = keccak256("SLASHER_ROLE");

    /// @dev Why NodeRegistry slashes a trainer whose claim was proven false.
    bytes32 internal constant FALSE_CLAIM = "cairn.false-claim";

    /// @dev Why NodeRegistry slashes the proposer of an aggregate that was proven false.
    bytes32 internal constant FALSE_AGGREGATE = "cairn.false-aggregate";

    /// @dev Of the encoding of an AcceptedUpdate[]: offset and length; then six words each.
    uint256 private constant HEAD_BYTES = 64;
    uint256 private constant ACCEPTED_BYTES = 192;
    uint256 private constant WORD_BYTES = 32;

    /// @notice Holds the round. Emits RoundHeld.
    /// @dev    Reverts with FLContractNotAGame, RoundMachineWrongPhase, RoundMachineDeadlinePassed or
    ///         FLContractNotDisputable.
    function hold(
        Task storage task,
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        INodeRegistry nodeRegistry
    ) external returns (DisputedUpdate memory update) {
        _requireGame(nodeRegistry);
        task.state.requireOpen(Phase.Challenge);
        uint16 number = task.state.round;
        Round storage round = task.lastRound();
        uint8 slot = task.enrolments[trainer].slot;
        bool isDisputable = Faults.isRevealed(task, taskId, trainer, opened) && round.accepted.has(slot)
            && task.state.reruns == 0; // all were disputable before
        require(isDisputable, IDisputedRounds.FLContractNotDisputable(taskId, number, trainer));
        uint32 games = round.openDisputes + 1;

        round.openDisputes = games;

        emit IDisputedRounds.RoundHeld(taskId, number, trainer, games);
        return DisputedUpdate({
            round: number,
            slot: slot,
            roundSeed: round.seed,
            modelId: task.parameters.modelId,
            baseVersion: round.baseVersion,
            datasetId: task.parameters.datasetId
        });
    }

    /// @notice Ends one hold. Emits RoundReleased, and UpdateStruck where the ruling strikes the update; or AggregateReleased,
    ///         and AggregateRefuted where it refutes the aggregate.
    /// @return takenWei Of the trainer's stake. Unit: wei.
    /// @return isUndone Whether the first committee has accepted or agreed on what was struck, no game holds the round any more,
    ///         and another committee has to decide.
    function release(
        Task storage task,
        uint256 taskId,
        uint32 number,
        address trainer,
        uint8 slot,
        address prover,
        Ruling ruling,
        INodeRegistry nodeRegistry
    ) external returns (uint256 takenWei, bool isUndone) {
        _requireGame(nodeRegistry);
        uint32 games = task.rounds[number].openDisputes - 1;

        task.rounds[number].openDisputes = games;
        if (ruling == Ruling.AggregateFalse) _refute(task, number, slot);
        else if (ruling == Ruling.False) _strike(task, number, slot);
        isUndone = games == 0 && task.state.undone && task.state.attempt == 0;
        if (isUndone) Aggregates.forget(task.rounds[number]);

        if (ruling == Ruling.AggregateUpheld || ruling == Ruling.AggregateFalse) {
            emit IDisputedRounds.AggregateReleased(taskId, number, trainer, ruling, games);
            if (ruling == Ruling.AggregateUpheld) return (0, isUndone);
            Earnings.credit(task, trainer, nodeRegistry);
            takenWei = nodeRegistry.slash(trainer, task.parameters.minStakeWei, prover, FALSE_AGGREGATE);
            emit IDisputedRounds.AggregateRefuted(taskId, number, trainer, slot, takenWei);
            return (takenWei, isUndone);
        }
        emit IDisputedRounds.RoundReleased(taskId, number, trainer, ruling, games);
        if (ruling == Ruling.Upheld) return (0, isUndone);
        Earnings.credit(task, trainer, nodeRegistry);
        takenWei = nodeRegistry.slash(trainer, task.parameters.minStakeWei, prover, FALSE_CLAIM);
        emit IDisputedRounds.UpdateStruck(taskId, number, trainer, slot, takenWei);
    }

    /// @notice Ends a `Challenge` whose time is up.
    /// @dev    Reverts with FLContractDisputed while games hold the round.
    /// @return next `Final`; or, where disputes have undone what the second committee did, `Aggregate`, or `Failed`.
    function conclude(Task storage task, uint256 taskId) external returns (Phase next) {
        Round storage round = task.lastRound();
        uint32 games = round.openDisputes;
        require(games == 0, IDisputedRounds.FLContractDisputed(taskId, task.state.round, games));
        if (!task.state.undone) return Phase.Final;
        if (round.accepted == 0 || task.state.reruns == MAX_RERUNS) return Phase.Failed;

        Aggregates.forget(round);
        task.state.rerun();
        return Phase.Aggregate;
    }

    /// @notice Holds the round for its aggregate. Emits AggregateHeld.
    /// @dev    Not once it is undone: the updates are no longer those that the aggregate was made of.
    ///         Reverts with FLContractNotAGame, RoundMachineWrongPhase, RoundMachineDeadlinePassed or
    ///         FLContractNotTheAccepted.
    function holdAggregate(Task storage task, uint256 taskId, bytes calldata updates, INodeRegistry nodeRegistry)
        external
    {
        _requireGame(nodeRegistry);
        task.state.requireOpen(Phase.Challenge);
        Round storage round = task.lastRound();
        uint8 aggregation = task.state.aggregationOf(task.state.attempt);
        _requireAccepted(task, taskId, updates);
        bytes32 key = Aggregates.keyOf(aggregation, round.aggregateDigest, round.aggregateByteLength);
        uint32 games = round.openDisputes + 1;

        round.openDisputes = games;
        round.disputed[aggregation] = bytes16(key);

        emit IDisputedRounds.AggregateHeld(taskId, task.state.round, round.proposals[key].proposer, games);
    }

    /// @dev Nobody can agree on the same again, and who attested it can be reported.
    function _refute(Task storage task, uint32 number, uint8 aggregation) private {
        Round storage round = task.rounds[number];
        round.refuted[aggregation] = round.disputed[aggregation];
        task.state.undone = true;
    }

    /// @dev Ascending addresses name no trainer twice; as many as the bitmap has bits are all of them.
    function _requireAccepted(Task storage task, uint256 taskId, bytes calldata updates) private view {
        uint256 accepted = task.lastRound().accepted;
        bool isAll = !task.state.undone && updates.length == HEAD_BYTES + accepted.count() * ACCEPTED_BYTES;
        uint256 last;
        for (uint256 at = HEAD_BYTES; isAll && at < updates.length; at += ACCEPTED_BYTES) {
            uint256 word = uint256(bytes32(updates[at:]));
            address trainer = address(uint160(word)); // what is more than an address is refused by the comparison
            isAll = word == uint160(trainer) && word > last && accepted.has(task.enrolments[trainer].slot)
                && Faults.isRevealed(task, taskId, trainer, updates[at + WORD_BYTES:at + ACCEPTED_BYTES]);
            last = word;
        }
        require(isAll, IDisputedRounds.FLContractNotTheAccepted(taskId, task.state.round));
    }

    /// @dev What is struck is never accepted, paid or aggregated, by whatever committee.
    function _strike(Task storage task, uint32 number, uint8 slot) private {
        Round storage round = task.rounds[number];
        round.struck = round.struck.add(slot);
        round.accepted = round.accepted.remove(slot);
        task.state.undone = true;
    }

    function _requireGame(INodeRegistry nodeRegistry) private view {
        bool isGame = IAccessControl(address(nodeRegistry)).hasRole(SLASHER_ROLE, msg.sender);
        require(isGame, IDisputedRounds.FLContractNotAGame(msg.sender));
    }
}
