// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RoundMachine} from "../../../contracts/libraries/RoundMachine.sol";
import {Phase} from "../../../contracts/types/Round.sol";

/// @title  GuardsProof
/// @notice What the SMT checker proves of the guards: a phase is open or due, never both. Never deployed.
contract GuardsProof {
    using RoundMachine for RoundMachine.State;

    RoundMachine.State private _state;

    function requireOpen(Phase needed) external view {
        _state.requireOpen(needed);
        assert(_state.phase == needed);
        assert(block.timestamp < _state.deadline);
    }

    function requireDue() external view {
        _state.requireDue();
        assert(block.timestamp >= _state.deadline);
        assert(_state.phase != Phase.None && _state.phase != Phase.Final && _state.phase != Phase.Failed);
    }
}

/// @title  NextRoundProof
/// @notice What the SMT checker proves of a new round: nothing of the last one is left but its number. Never deployed.
contract NextRoundProof {
    function next(RoundMachine.State memory last, uint16 expected) external pure {
        require(last.round < type(uint16).max);
        RoundMachine.State memory fresh = RoundMachine.next(last, expected);
        assert(fresh.round == last.round + 1);
        assert(fresh.expected == expected);
        assert(fresh.phase == Phase.None && fresh.deadline == 0 && fresh.attempt == 0);
        assert(fresh.committed == 0 && fresh.revealed == 0 && fresh.seats == 0 && fresh.attestations == 0);
    }
}
