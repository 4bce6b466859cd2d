// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {UpdateReveal} from "../types/Round.sol";
import {Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  Updates
/// @notice What every revealed update must be, and how its reveal is kept.
library Updates {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;

    /// @notice Marks the update of the caller, in `slot`, as revealed. Emits UpdateRevealed.
    /// @dev    Reverts with FLContractUpdateSize or FLContractNoSamples.
    /// @return isLast Whether nobody is left to reveal.
    function keep(Task storage task, uint256 taskId, uint8 slot, UpdateReveal calldata opened)
        internal
        returns (bool isLast)
    {
        (uint32 byteLength, uint32 maxBytes) = (opened.byteLength, task.parameters.maxUpdateBytes);
        require(byteLength > 0 && byteLength <= maxBytes, IFLContract.FLContractUpdateSize(byteLength, maxBytes));
        require(opened.sampleCount > 0, IFLContract.FLContractNoSamples(msg.sender));
        uint16 revealed = task.state.revealed + 1;

        task.rounds[task.state.round].unrevealed = task.rounds[task.state.round].unrevealed.remove(slot);
        task.state.revealed = revealed;

        _emit(taskId, task.state.round, slot, opened);
        return task.state.isAllRevealed();
    }

    function _emit(uint256 taskId, uint32 round, uint8 slot, UpdateReveal calldata opened) private {
        emit IFLContract.UpdateRevealed(
            taskId,
            round,
            msg.sender,
            slot,
            opened.updateDigest,
            opened.byteLength,
            opened.traceRoot,
            opened.sampleCount,
            opened.salt
        );
    }
}
