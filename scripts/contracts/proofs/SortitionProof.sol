// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Sortition} from "../../../contracts/libraries/Sortition.sol";

/// @title  SortitionProof
/// @notice What the SMT checker proves of an urn. Never deployed.
contract SortitionProof {
    using Sortition for Sortition.Urn;

    function open(uint256 totalWeight, uint256 capacity) external pure {
        require(capacity <= 64);
        Sortition.Urn memory urn = Sortition.open(totalWeight, capacity);
        assert(urn.totalWeight == totalWeight && urn.drawnWeight == 0 && urn.count == 0);
        assert(urn.isEmpty() == (totalWeight == 0));
    }

    /// @dev Before anything is drawn, a point falls on the whole weight and nowhere else.
    function firstAim(uint256 totalWeight, uint256 random) external pure {
        require(totalWeight > 0);
        Sortition.Urn memory urn = Sortition.open(totalWeight, 1);
        assert(urn.aim(random) < totalWeight);
    }
}
