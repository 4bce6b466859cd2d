// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Phase} from "../types/Round.sol";
import {Round, Task} from "../types/TaskStorage.sol";
import {Commitments} from "./Commitments.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  RoundOpening
/// @notice When a round may open, and what it starts from. Linked into FLContract, to keep that within the size limit.
library RoundOpening {
    using RoundMachine for RoundMachine.State;

    /// @notice Files the last round away and opens the next. Emits RoundOpened.
    function open(Task storage task, uint256 taskId, IModelRegistry modelRegistry) external returns (uint32 round) {
        (uint16 last, uint16 enrolled) = (task.state.round, task.enrolled);
        (uint16 minTrainers, uint256 modelId) = (task.parameters.minTrainers, task.parameters.modelId);
        require(!task.closed, IFLContract.FLContractTaskClosed(taskId));
        require(!task.state.isActive(), IFLContract.FLContractRoundActive(taskId, last));
        require(last < task.parameters.rounds, IFLContract.FLContractRoundsUsedUp(taskId, last));
        require(enrolled >= minTrainers, IFLContract.FLContractTooFewTrainers(taskId, enrolled, minTrainers));
        bool isPublisher = modelRegistry.mayPublish(modelId, address(this));
        require(isPublisher, IFLContract.FLContractNotPublisher(modelId));
        round = last + 1;
        uint64 baseVersion = modelRegistry.latestVersion(modelId);
        bytes32 seed = Commitments.hashRoundSeed(_entropyAfter(task.rounds[last]), taskId, round);

        if (last > 0) task.rounds[last].state = task.state;
        task.state = RoundMachine.next(task.state, enrolled);
        Round storage opened = task.rounds[round];
        opened.openedAtBlock = uint48(block.number); // block numbers and versions stay far below 48 bits
        opened.baseVersion = uint48(baseVersion);
        opened.seed = seed;
        opened.unrevealed = type(uint256).max;
        uint40 deadline = task.state.enter(Phase.Commit, task.parameters.commitSeconds);

        emit IFLContract.RoundOpened(taskId, round, baseVersion, seed, enrolled, deadline);
    }

    /// @dev What the next round's seed comes from. It was fixed before that round can be opened, so whoever opens it has
    ///      nothing to choose; and nobody gains by knowing it, as the version to train is not known before.
    function _entropyAfter(Round storage round) private view returns (bytes32) {
        bytes32 committeeSeed = round.committeeSeed;
        return committeeSeed == 0 ? round.seed : committeeSeed;
    }
}
