// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TaskRules} from "../../../contracts/libraries/TaskRules.sol";
import {ProtocolLimits, TaskParameters} from "../../../contracts/types/Task.sol";

/// @title  TaskRulesProof
/// @notice What the SMT checker proves of a task that passed the rules. Never deployed.
contract TaskRulesProof {
    function check(TaskParameters calldata p, ProtocolLimits memory limits) external pure {
        TaskRules.check(p, limits);
        assert(p.minTrainers >= 1 && p.minTrainers <= p.maxTrainers && p.maxTrainers <= 256);
        assert(2 * uint256(p.quorum) > p.committeeSize && p.quorum <= p.committeeSize);
        assert(p.missedRevealSlashWei <= p.minStakeWei);
        assert(p.rewardPerUpdateWei <= p.minStakeWei / 18);
    }
}
