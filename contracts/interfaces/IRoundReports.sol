// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase} from "../types/Round.sol";

/// @title  IRoundReports
/// @notice Who says what each trainer was worth in a round: digests of documents that a round's auditors computed.
/// @dev    Assumes: the task contract is Cairn's own, and calls nobody; readers fetch the document by its digest, and compute
///         it again where they doubt it, as everything in it follows from the chain and the task's files.
///         Does not support: judging a report, or deciding by one: nothing is paid, slashed or published for what it says;
///         taking a word back; rounds that failed, which made no version that anybody could have contributed to; pay for
///         filing. Everything is in the events; storage keeps only who has filed.
interface IRoundReports {
    /// @notice An auditor says that a report is the round's. `digest` is the SHA-256 of its root block.
    event ReportFiled(
        uint256 indexed taskId, uint32 indexed round, address indexed auditor, bytes32 digest, uint32 byteLength
    );

    /// @notice The round is in phase `actual`: only of a final one there are reports. A task that does not exist has none.
    error RoundReportsNotFinal(uint256 taskId, uint32 round, Phase actual);

    /// @notice `account` opened no verdict in the committee that decided the round.
    error RoundReportsNoVerdict(uint256 taskId, uint32 round, address account);

    /// @notice `auditor` has filed a report of the round.
    error RoundReportsAlreadyFiled(uint256 taskId, uint32 round, address auditor);

    /// @notice The report has no bytes.
    error RoundReportsEmpty();

    /// @notice Files the caller's report of a round. Emits {ReportFiled}.
    /// @dev    Who opened a verdict in the committee that decided the round, once, at any time after its end: so a round has
    ///         at most as many reports as seats.
    ///         Reverts with {RoundReportsEmpty}, {RoundReportsAlreadyFiled}, {RoundReportsNotFinal} or
    ///         {RoundReportsNoVerdict}.
    /// @param  byteLength Unit: bytes.
    function fileReport(uint256 taskId, uint32 round, bytes32 digest, uint32 byteLength) external;

    /// @return Whether `auditor` has filed a report of the round.
    function hasFiled(uint256 taskId, uint32 round, address auditor) external view returns (bool);
}
