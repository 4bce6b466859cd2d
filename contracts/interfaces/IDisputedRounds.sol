// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputedUpdate, Ruling} from "../types/Dispute.sol";
import {UpdateReveal} from "../types/Round.sol";

/// @title  IDisputedRounds
/// @notice What a dispute game may do to a round: hold it, and strike an update or an aggregate that it proved false.
/// @dev    Implemented by FLContract. Only for contracts that hold NodeRegistry's SLASHER_ROLE.
interface IDisputedRounds {
    /// @notice A game about `trainer`'s update holds the round in `Challenge`, with `games` of them in all.
    event RoundHeld(uint256 indexed taskId, uint32 indexed round, address indexed trainer, uint32 games);

    /// @notice A game about `trainer`'s update is over; `games` still hold the round.
    event RoundReleased(
        uint256 indexed taskId, uint32 indexed round, address indexed trainer, Ruling ruling, uint32 games
    );

    /// @notice An update was struck: no committee can accept it any more. Its trainer lost `takenWei`.
    event UpdateStruck(
        uint256 indexed taskId, uint32 indexed round, address indexed trainer, uint8 slot, uint256 takenWei
    );

    /// @notice A game about the agreed aggregate holds the round in `Challenge`, with `games` of them in all.
    event AggregateHeld(uint256 indexed taskId, uint32 indexed round, address indexed proposer, uint32 games);

    /// @notice A game about an aggregate is over; `games` still hold the round.
    event AggregateReleased(
        uint256 indexed taskId, uint32 indexed round, address indexed proposer, Ruling ruling, uint32 games
    );

    /// @notice What the committees agreed on in aggregation `aggregation`, see {FLContractRefutedAggregate}, was proven false. Its
    ///         proposer lost `takenWei`.
    event AggregateRefuted(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed proposer,
        uint8 aggregation,
        uint256 takenWei
    );

    /// @notice The updates are not those that the round accepted, in ascending order of their trainers' addresses; or disputes have
    ///         undone the aggregate already; or the task is not replayable.
    error FLContractNotTheAccepted(uint256 taskId, uint32 round);

    /// @notice `account` does not hold the role that games need.
    error FLContractNotAGame(address account);

    /// @notice `trainer` revealed something else in the round, or its update is not accepted, or could be disputed before the
    ///         aggregation began anew, or the task is not replayable.
    error FLContractNotDisputable(uint256 taskId, uint32 round, address trainer);

    /// @notice `games` disputes about the round are still open.
    error FLContractDisputed(uint256 taskId, uint32 round, uint32 games);

    /// @notice Holds the task's round in `Challenge` until {releaseRound}. Emits {RoundHeld}.
    /// @dev    Only until the phase's deadline: so games hold a round as long as one of them may last, and once more where it
    ///         is taken up for a trainer that is late, whoever opens them.
    ///         Reverts with {FLContractNotAGame}, RoundMachineWrongPhase, RoundMachineDeadlinePassed or
    ///         {FLContractNotDisputable}.
    /// @param  opened What the trainer revealed.
    function holdRound(uint256 taskId, address trainer, UpdateReveal calldata opened)
        external
        returns (DisputedUpdate memory update);

    /// @notice Ends one hold. Emits {RoundReleased}, and {UpdateStruck} where the ruling strikes the update.
    /// @dev    A struck update sends the round back, once no game holds it: under the first committee to a draw of twice the
    ///         size; under the second, when `Challenge` is over, to `Aggregate`, where the same members agree on the mean of what
    ///         is left. There all updates were disputable, so none is any more. Where nothing is left, or a third aggregate of
    ///         the second committee is false, it fails: `FailureReason.Disputed`. Once for an update.
    ///         Assumes: the game held the round for this trainer, in this slot. Reverts with {FLContractNotAGame}.
    ///
    ///         With a ruling about an aggregate, ends a hold of {holdAggregate}; `trainer` is the aggregate's proposer, `slot` the
    ///         number of the aggregation: 0 under the first committee, from 1 on under the second. Emits {AggregateReleased}, and
    ///         {AggregateRefuted} where it is false: then it can't be proposed again in the round, who attested it can be
    ///         reported as silent, and the round goes back as above. The proposer loses the task's `minStakeWei`, or what it
    ///         has.
    /// @param  prover   Gets half of a slash.
    /// @return takenWei What the trainer lost. Unit: wei.
    function releaseRound(uint256 taskId, uint32 round, address trainer, uint8 slot, address prover, Ruling ruling)
        external
        returns (uint256 takenWei);

    /// @notice Holds the task's round in `Challenge` for its agreed aggregate until {releaseRound}. Emits {AggregateHeld}.
    /// @dev    As {holdRound}. Reverts with {FLContractNotAGame}, RoundMachineWrongPhase, RoundMachineDeadlinePassed or
    ///         {FLContractNotTheAccepted}.
    /// @param  updates abi.encode of an AcceptedUpdate[]: all that the round accepted, in ascending order of their trainers'
    ///                 addresses. Encoded, for FLContract is at the size limit.
    function holdAggregate(uint256 taskId, bytes calldata updates) external;
}
