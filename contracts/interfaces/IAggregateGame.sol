// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AcceptedUpdate, AggregateClaim, AggregateReading, AggregateTerms} from "../types/Aggregate.sol";
import {FileTail, Instruction, MachineState, Position, Write} from "../types/Dispute.sol";
import {INarrowingGame} from "./INarrowingGame.sol";

/// @title  IAggregateGame
/// @notice Proves a false aggregate to the chain: as {IDisputeGame} proves a false update, with the same moves from a slot on.
/// @dev    docs/disputes.md, section 11, is the specification. The defender is who proposed the agreed digest first; in
///         {INarrowingGame-gameOf} `slot` is the number of the aggregation. {INarrowingGame} says what every game has, and what a
///         move reverts with.
///
///         Assumes: what {IDisputeGame} does; nobody proposes an aggregate of updates some of which it had to leave out, but for
///         numbers too large: see {excuse}.
///         Does not support: rules other than the mean by samples; tasks whose owner fixed no terms; files that nobody can
///         read: a committee that agrees on those stops its task, and no game can show it.
interface IAggregateGame is INarrowingGame {
    /// @notice How a task's mean is computed, for all of its rounds.
    event AggregateTermsFixed(uint256 indexed taskId, bytes32 terms);

    /// @notice An aggregate is disputed. The defender is to move, from the position of the {GameMoved} that follows.
    event AggregateGameOpened(
        uint256 indexed gameId,
        uint256 indexed taskId,
        address indexed challenger,
        AggregateClaim claim,
        AggregateTerms terms
    );

    /// @notice Another game has proven the aggregate false.
    error AggregateGameRefuted(uint256 taskId, uint32 round, bytes32 digest);

    /// @notice The number is an ordinary one: an update with it is not left out.
    error AggregateGameNotExtreme(uint256 gameId, uint32 bits);

    /// @notice Disputes the aggregate that the round's committee agreed on, with a bond. Emits {AggregateGameOpened} and
    ///         {GameMoved}.
    /// @dev    Anyone, within the round's `Challenge`. Pulls `bondWei` of the caller's tokens.
    ///         Reverts with DisputeGameWrongTerms, {AggregateGameRefuted}, DisputeGameBondNotReceived or as
    ///         {IDisputedRounds-holdAggregate}.
    /// @param  updates All that the round accepted, in ascending order of their trainers' addresses.
    /// @return gameId  Counts from 1.
    function open(uint256 taskId, AcceptedUpdate[] calldata updates, AggregateTerms calldata terms)
        external
        returns (uint256 gameId);

    /// @notice Takes the place of a proposer whose time ran out, or that lost by {settle}: as {IDisputeGame-takeUp}. Emits
    ///         {AggregateGameOpened}, {GameTakenUp} and {GameMoved}.
    /// @dev    Anyone: the claim is as much that of the members who attested it, and a proposer must not lose it for them on
    ///         purpose. Reverts with {AggregateGameRefuted} or as {IDisputeGame-takeUp}.
    /// @return sisterId The new game's.
    function takeUp(uint256 gameId, AggregateClaim calldata claim, AggregateTerms calldata terms, Position calldata position)
        external
        returns (uint256 sisterId);

    /// @notice Shows the root that the aggregate's file ends in. `Stage.Answer`.
    /// @dev    Defender. Reverts with an error of Sha256Tail.
    function answer(uint256 gameId, AggregateClaim calldata claim, AggregateTerms calldata terms, Position calldata position, FileTail calldata file)
        external;

    /// @notice Shows a number of an accepted update, or of the round's base, so large that updates had to be left out: the
    ///         challenge is lost. `Stage.Answer`.
    /// @dev    Defender. Numbers that are none count, and those of 2^49 and more. Reverts with {AggregateGameNotExtreme}.
    /// @param  tensor      Which of the terms' tensors.
    /// @param  programPath From it to the terms' `programRoot`.
    /// @param  update      From 0, in the order of the game's opening; as many as there are mean the base.
    /// @param  reading     As `LOADU` reads it; of the base `file` and what follows.
    function excuse(
        uint256 gameId,
        AggregateClaim calldata claim,
        AggregateTerms calldata terms,
        Position calldata position,
        Write calldata tensor,
        bytes32[] calldata programPath,
        uint32 update,
        uint32 element,
        AggregateReading calldata reading
    ) external;

    /// @notice Shows which tensor the game is at, and the first of its tree. `Stage.OpenWrite`.
    /// @dev    Defender. Beyond the tensors the right root is 32 zero bytes; where it is, the challenger loses.
    ///         Reverts with DisputeGameWrongPointCount or DisputeGameWrongNode where `shown` is not the tensor's.
    /// @param  programPath From the tensor to the terms' `programRoot`.
    /// @param  shown       As for {INarrowingGame-openNode}; for {INarrowingGame-openLeaf} where the tensor has one leaf. Empty
    ///                     beyond the tensors.
    function openSlot(
        uint256 gameId,
        AggregateClaim calldata claim,
        AggregateTerms calldata terms,
        Position calldata position,
        Write calldata tensor,
        bytes32[] calldata programPath,
        bytes32[] calldata shown
    ) external;

    /// @notice Has the chain run the instruction that is left. `Stage.Settle`.
    /// @dev    Challenger. Ends the game; but where the proposer loses its own, its place is free from then on, for
    ///         {takeUp}, as if its time were up. Reverts with DisputeGameWrongState.
    /// @param  state The machine before it.
    function settle(
        uint256 gameId,
        AggregateClaim calldata claim,
        Position calldata position,
        MachineState calldata state,
        Instruction calldata instruction,
        AggregateReading calldata reading
    ) external;

    /// @return Whether what the committee agreed on in the round's aggregation `aggregation` was proven false.
    function isRefuted(uint256 taskId, uint32 round, uint8 aggregation) external view returns (bool);
}
