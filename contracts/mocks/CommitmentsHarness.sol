// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Commitments} from "../libraries/Commitments.sol";
import {UpdateReveal} from "../types/Round.sol";

/// @title  CommitmentsHarness
/// @notice Lets a test call the library at an address of its choice. Never deployed.
contract CommitmentsHarness {
    function hashUpdate(uint256 taskId, uint32 round, address trainer, UpdateReveal calldata opened)
        external
        view
        returns (bytes32)
    {
        return Commitments.hashUpdate(taskId, round, trainer, opened);
    }

    function hashVerdict(
        uint256 taskId,
        uint32 round,
        uint8 attempt,
        address auditor,
        uint256 acceptedBitmap,
        bytes32 evidence,
        bytes32 salt
    ) external view returns (bytes32) {
        return Commitments.hashVerdict(taskId, round, attempt, auditor, acceptedBitmap, evidence, salt);
    }

    function hashCommitteeSeed(bytes32 randao, uint256 taskId, uint32 round, uint8 attempt)
        external
        view
        returns (bytes32)
    {
        return Commitments.hashCommitteeSeed(randao, taskId, round, attempt);
    }
}
