// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IDisputedRounds} from "../interfaces/IDisputedRounds.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {DisputedUpdate, Ruling} from "../types/Dispute.sol";
import {Phase, UpdateReveal} from "../types/Round.sol";
import {Round, Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {Earnings} from "./Earnings.sol";
import {Faults} from "./Faults.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  Disputes
/// @notice What a game does to the round it is about. Linked into FLContract, to keep that within the size limit.
/// @dev    Games open before the deadline of `Challenge` only: so a round is held for the length of a game and of one in its
///         place at most, however many there are. While it is held its trainers keep their places and their stakes locked.
library Disputes {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;

    /// @dev Of NodeRegistry: contracts that hold proof of a fault.
    bytes32 internal constant SLASHER_ROLE = keccak256("SLASHER_ROLE");

    /// @dev Why NodeRegistry slashes a trainer whose claim was proven false.
    bytes32 internal constant FALSE_CLAIM = "cairn.false-claim";

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
        bool isDisputable = Faults.isRevealed(task, taskId, trainer, opened) && round.accepted.has(slot);
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

    /// @notice Ends one hold. Emits RoundReleased, and UpdateStruck where the ruling strikes the update.
    /// @return takenWei Of the trainer's stake. Unit: wei.
    /// @return isUndone Whether the round's committee has accepted what is struck now, and another has to decide.
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
        if (ruling != Ruling.Upheld) isUndone = _strike(task, number, slot);

        emit IDisputedRounds.RoundReleased(taskId, number, trainer, ruling, games);
        if (ruling == Ruling.Upheld) return (0, false);
        Earnings.credit(task, trainer, nodeRegistry);
        takenWei = nodeRegistry.slash(trainer, task.parameters.minStakeWei, prover, FALSE_CLAIM);
        emit IDisputedRounds.UpdateStruck(taskId, number, trainer, slot, takenWei);
    }

    /// @dev What is struck is never accepted, paid or aggregated, by whatever committee. A round that failed while its games
    ///      went on has nothing to undo.
    function _strike(Task storage task, uint32 number, uint8 slot) private returns (bool isUndone) {
        Round storage round = task.rounds[number];
        uint256 accepted = round.accepted;
        round.struck = round.struck.add(slot);
        round.accepted = accepted.remove(slot);
        Phase phase = task.state.phase;
        isUndone = task.state.round == number && (phase == Phase.Aggregate || phase == Phase.Challenge) && accepted.has(slot);
        if (isUndone && task.state.attempt == 0) (round.aggregateDigest, round.aggregateByteLength) = (0, 0);
    }

    function _requireGame(INodeRegistry nodeRegistry) private view {
        bool isGame = IAccessControl(address(nodeRegistry)).hasRole(SLASHER_ROLE, msg.sender);
        require(isGame, IDisputedRounds.FLContractNotAGame(msg.sender));
    }
}
