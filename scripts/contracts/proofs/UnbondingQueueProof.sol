// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {UnbondingQueue} from "../../../contracts/libraries/UnbondingQueue.sol";

/// @title  QueuePushProof
/// @notice What the SMT checker proves of a request to unstake. Never deployed.
contract QueuePushProof {
    using UnbondingQueue for UnbondingQueue.Queue;

    UnbondingQueue.Queue private _queue;

    function push(uint112 amountWei, uint40 availableAt) external {
        uint256 beforeWei = _queue.totalWei;
        _queue.push(amountWei, availableAt);
        assert(_queue.totalWei == beforeWei + amountWei);
        assert(_queue.length <= UnbondingQueue.MAX_ENTRIES);
    }
}

/// @title  QueueTakeProof
/// @notice What the SMT checker proves of a slash: it takes no more than it was told to, and the sum falls by that much.
///         Never deployed.
contract QueueTakeProof {
    using UnbondingQueue for UnbondingQueue.Queue;

    UnbondingQueue.Queue private _queue;

    function take(uint256 amountWei) external {
        uint256 beforeWei = _queue.totalWei;
        uint112 takenWei = _queue.take(amountWei);
        assert(takenWei <= amountWei);
        assert(_queue.totalWei + uint256(takenWei) == beforeWei);
    }
}

/// @title  QueuePopProof
/// @notice What the SMT checker proves of a withdrawal: what is paid leaves the sum. Never deployed.
contract QueuePopProof {
    using UnbondingQueue for UnbondingQueue.Queue;

    UnbondingQueue.Queue private _queue;

    function popMatured(uint256 nowSeconds) external {
        uint256 beforeWei = _queue.totalWei;
        uint112 paidWei = _queue.popMatured(nowSeconds);
        assert(_queue.totalWei + uint256(paidWei) == beforeWei);
    }
}
