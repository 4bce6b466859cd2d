// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claim, FileTail, LastStep, Position, RunEnd, Terms, Write, WriteProof} from "../types/Dispute.sol";
import {UpdateReveal} from "../types/Round.sol";
import {INarrowingGame} from "./INarrowingGame.sol";

/// @title  IDisputeGame
/// @notice Proves a false training claim to the chain: two sides narrow it down to one instruction, which the chain runs.
/// @dev    docs/disputes.md is the specification; {INarrowingGame} says what every game has, and what a move reverts with.
///
///         Assumes: somebody who can replay the run opens a game within `Challenge`; whoever takes a late defender's place gets
///         a transaction into the chain within its clock.
///         Does not support: updates that were trained in another arithmetic than the canonical one; tasks whose owner fixed no
///         terms.
interface IDisputeGame is INarrowingGame {
    /// @notice What a task's programme is, for all of its rounds.
    event TermsFixed(uint256 indexed taskId, bytes32 terms);

    /// @notice A claim is disputed. The defender is to move, from the position of the {GameMoved} that follows.
    event GameOpened(
        uint256 indexed gameId, uint256 indexed taskId, address indexed challenger, Claim claim, Terms terms
    );

    /// @notice `prover` showed that an update claims `claimed` records, and its shard has `actual`. Its trainer lost `takenWei`.
    event SampleCountDisproven(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed trainer,
        address prover,
        uint32 claimed,
        uint32 actual,
        uint256 takenWei
    );

    /// @notice The update was struck already.
    error DisputeGameStruck(uint256 taskId, uint32 round, address trainer);

    /// @notice The trace's last leaf is not the state that the update's file and the optimiser's root make.
    error DisputeGameWrongRunEnd(uint256 gameId);

    /// @notice The trace root is not one that a planted error has.
    error DisputeGameNotPlanted(uint256 gameId);

    /// @notice The update claims as many records as its shard has.
    error DisputeGameRightSampleCount(uint256 taskId, uint32 round, address trainer);

    /// @notice Disputes an update, with a bond. Emits {GameOpened} and {GameMoved}.
    /// @dev    Anyone, within the round's `Challenge`. Pulls `bondWei` of the caller's tokens.
    ///         Reverts with {DisputeGameWrongTerms}, {DisputeGameStruck}, {DisputeGameBondNotReceived}, an error of Sha256Tail
    ///         or as {IDisputedRounds-holdRound}.
    /// @param  opened What the trainer revealed.
    /// @param  base   Of the file with the weights that the round trains.
    /// @return gameId Counts from 1.
    function open(
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        Terms calldata terms,
        FileTail calldata base
    ) external returns (uint256 gameId);

    /// @notice Takes the place of a defender whose time ran out, with a bond: in a game of its own over the same claim, from the
    ///         beginning, against the same challenger. Emits {GameOpened}, {GameTakenUp} and {GameMoved}.
    /// @dev    Anyone, from the game's deadline on for `extensionSeconds`; any number of accounts, each for itself: so a false
    ///         friend helps nobody by losing. Pulls `bondWei` of the caller's tokens, half of which goes to the challenger where
    ///         the caller loses. The first to win ends the game that it took up: its challenge is lost, and half of the
    ///         challenger's bond the winner's. The trainer stakes nothing by a game in its place.
    ///         Reverts with {DisputeGameNotOpen}, {DisputeGameWrongPosition}, {DisputeGameWrongClaim}, {DisputeGameWrongTerms},
    ///         {DisputeGameNotVacant}, {DisputeGameStruck}, {DisputeGameNotLate}, {DisputeGameTooLate} or
    ///         {DisputeGameBondNotReceived}.
    /// @return sisterId The new game's.
    function takeUp(uint256 gameId, Claim calldata claim, Terms calldata terms, Position calldata position)
        external
        returns (uint256 sisterId);

    /// @notice Proves that an update claims another number of records than its shard has, which is its weight in a mean and no
    ///         part of a game. Strikes it and slashes its trainer at once. Emits {SampleCountDisproven}.
    /// @dev    Anyone, within the round's `Challenge`; with no bond, for nothing is left to be said against it.
    ///         Reverts with {DisputeGameWrongTerms}, {DisputeGameStruck}, {DisputeGameRightSampleCount}, an error of MerklePaths
    ///         or as {IDisputedRounds-holdRound}.
    /// @param  opened      What the trainer revealed.
    /// @param  count       Records of its shard, of slot `slot mod shards`.
    /// @param  recordsRoot Of the tree over the shard's record numbers.
    /// @param  path        From both to the terms' `shardsRoot`.
    function disproveSampleCount(
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        Terms calldata terms,
        uint32 count,
        bytes32 recordsRoot,
        bytes32[] calldata path
    ) external returns (uint256 takenWei);

    /// @notice Shows where the run ended, and cuts it into parts. `Stage.Answer`.
    /// @dev    Defender. The end is the trace's last leaf, and has the parameters of the update's file: a trainer whose file is
    ///         another than its trace can't answer. Reverts with {DisputeGameWrongRunEnd} or {DisputeGameWrongPointCount}.
    /// @param  points The states after the steps that part the run, see {partsOf}.
    function answer(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        RunEnd calldata end,
        bytes32[] calldata points
    ) external;

    /// @notice As {answer} for an update that was planted wrong: its trace root is none, so the file alone says where the run
    ///         ended. `Stage.Answer`.
    /// @dev    Defender. A plant is no shelter: its parameters have to be as true as any. Reverts with {DisputeGameNotPlanted} or
    ///         {DisputeGameWrongPointCount}.
    /// @param  end       Leaves and path of the trace are not looked at.
    /// @param  plantSalt See {IFLContract-reportMissedPlant}.
    function answerPlant(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        RunEnd calldata end,
        bytes32 plantSalt,
        bytes32[] calldata points
    ) external;

    /// @notice Cuts the step that is left into its writes. `Stage.OpenStep`.
    /// @dev    Defender. Reverts with {DisputeGameWrongPointCount}.
    /// @param  end    Root of T after the step.
    /// @param  points Roots of the memory between the writes that part the step.
    function openStep(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        bytes32 end,
        bytes32[] calldata points
    ) external;

    /// @notice Shows the write that is left, that it changes nothing but its slot, and the first of the slot's tree.
    ///         `Stage.OpenWrite`.
    /// @dev    Defender. Reverts with {DisputeGameWrongPointCount} or {DisputeGameWrongNode} where `proof.shown` is not the slot's.
    function openWrite(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        Write calldata write,
        WriteProof calldata proof
    ) external;

    /// @notice Has the chain run the instruction that is left. Ends the game. `Stage.Settle`.
    /// @dev    Challenger. Reverts with {DisputeGameWrongState}.
    function settle(
        uint256 gameId,
        Claim calldata claim,
        Terms calldata terms,
        Position calldata position,
        LastStep calldata last
    ) external;

    /// @return Whether this update was proven false.
    function isStruck(uint256 taskId, uint32 round, address trainer) external view returns (bool);
}
